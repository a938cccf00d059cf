"""The door of the requests room (依申请公开)."""

from __future__ import annotations

from gongkai.requests.core.submission import Submission
from gongkai.requests.core.tables import Broken, Tables, check_equations
from gongkai.requests.errors import NoSuchCase, Refused, RequestError, SubmissionInvalid, TooMany
from gongkai.requests.selectors import (
    deadline_of_case,
    lights,
    list_near_due,
    list_overdue_closed,
    list_overdue_open,
    quick_numbers,
    tables_from_cases,
    tables_from_facts,
)
from gongkai.requests.services.complaints import ComplaintReceipt, receive_complaint
from gongkai.requests.services.receive import Receipt, receive, receive_from_letter, skip_numbers
from gongkai.requests.services.verbs import carry_out, letter_digest

__all__ = [
    "Broken",
    "ComplaintReceipt",
    "NoSuchCase",
    "Receipt",
    "Refused",
    "RequestError",
    "Submission",
    "SubmissionInvalid",
    "Tables",
    "TooMany",
    "carry_out",
    "check_equations",
    "deadline_of_case",
    "letter_digest",
    "lights",
    "list_near_due",
    "list_overdue_closed",
    "list_overdue_open",
    "quick_numbers",
    "receive",
    "receive_complaint",
    "receive_from_letter",
    "skip_numbers",
    "tables_from_cases",
    "tables_from_facts",
]
