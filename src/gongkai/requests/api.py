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
from gongkai.requests.services.personal_data import (
    OverTerm,
    erase,
    erase_again,
    list_over_term,
    replay_erasures,
)
from gongkai.requests.services.public_forms import (
    browser_task,
    browser_worked,
    count_public_try,
    keyed_digest,
    open_particulars,
    seal_particulars,
)
from gongkai.requests.services.receive import Receipt, receive, receive_from_letter, skip_numbers
from gongkai.requests.services.verbs import carry_out, letter_digest

__all__ = [
    "Broken",
    "ComplaintReceipt",
    "NoSuchCase",
    "OverTerm",
    "Receipt",
    "Refused",
    "RequestError",
    "Submission",
    "SubmissionInvalid",
    "Tables",
    "TooMany",
    "browser_task",
    "browser_worked",
    "carry_out",
    "check_equations",
    "count_public_try",
    "deadline_of_case",
    "erase",
    "erase_again",
    "keyed_digest",
    "letter_digest",
    "lights",
    "list_near_due",
    "list_over_term",
    "list_overdue_closed",
    "list_overdue_open",
    "open_particulars",
    "quick_numbers",
    "receive",
    "receive_complaint",
    "receive_from_letter",
    "replay_erasures",
    "seal_particulars",
    "skip_numbers",
    "tables_from_cases",
    "tables_from_facts",
]
