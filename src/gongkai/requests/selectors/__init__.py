"""Reading the requests room: the ledger, the limits, the figures."""

from gongkai.requests.selectors.ledger import (
    LedgerFilter,
    LedgerPage,
    deadline_of_case,
    ledger,
    lights,
    list_near_due,
    list_overdue_closed,
    list_overdue_open,
    near_limit,
)
from gongkai.requests.selectors.numbers import (
    case_facts,
    quick_numbers,
    quick_remedies,
    tables_from_cases,
    tables_from_facts,
)

__all__ = [
    "LedgerFilter",
    "LedgerPage",
    "case_facts",
    "deadline_of_case",
    "ledger",
    "lights",
    "list_near_due",
    "list_overdue_closed",
    "list_overdue_open",
    "near_limit",
    "quick_numbers",
    "quick_remedies",
    "tables_from_cases",
    "tables_from_facts",
]
