"""An invented authority with its people, for the tests of this room. No real person has these numbers."""

from __future__ import annotations

import itertools
import time as clock
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import testing
from gongkai.requests.core.submission import Submission
from gongkai.requests.services.assign import hand_over
from gongkai.requests.services.receive import Receipt, receive

CHINA = ZoneInfo("Asia/Shanghai")
_serial = itertools.count(1)
PEOPLE = {
    "handler": ("request_handler", "demo-office"),
    "second": ("request_handler", "demo-office"),
    "head": ("reviewer", "demo-control"),
    "office": ("disclosure_office", "demo"),
    "leader": ("leader", "demo"),
    "clerk": ("institution_clerk", "demo-hospital"),
    "stranger": ("request_handler", "other-office"),
    "editor": ("section_editor", "demo-control"),
}


def identity_number(serial: int = 1, born: str = "19900101") -> str:
    """Return a well-formed identity number of an area that is assigned to nobody."""
    body = f"999999{born}{serial % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def credit_code(serial: int = 1) -> str:
    """Return a well-formed social credit code of nobody."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"Y1999999TEST{serial % 100000:05d}".replace("S", "5")
    total = sum(signs.index(c) * pow(3, n, 31) for n, c in enumerate(body))
    return body + signs[(31 - total % 31) % 31]


def at(day: date, hour: int = 10) -> datetime:
    """Return a moment of that day in China."""
    return datetime.combine(day, time(hour), tzinfo=CHINA)


def this_day() -> date:
    """Return today in China, for tests of screens that look at the clock themselves."""
    return datetime.fromtimestamp(clock.time(), tz=CHINA).date()


def people() -> dict[str, Any]:
    """Make the authority and one account for every role that matters."""
    testing.make_tree()
    return {name: testing.make_person(name, post, org_code=post[1]) for name, post in PEOPLE.items()}


def person(serial: int = 1) -> dict[str, str]:
    """Return the particulars of an invented citizen."""
    return {
        "name": "测试某甲",
        "id_kind": "居民身份证",
        "id_number": identity_number(serial),
        "phone": f"1990000{serial % 10000:04d}",
        "email": "someone@example.invalid",
        "address": "示范区测试路 1 号",
    }


def submission(day: date, **changes: Any) -> Submission:
    """Return a complete online request of that day."""
    serial = next(_serial)
    values: dict[str, Any] = {
        "org_code": "demo",
        "channel": "online",
        "applicant_kind": "natural_person",
        "person": person(serial),
        "content": f"请公开示范区第 {serial} 份疫苗接种点设置方案。",
        "form_wanted": "电子文件",
        "way_wanted": "网上获取",
        "submission_key": f"test-{serial}",
        "arrived_date": day,
    }
    return Submission(**{**values, **changes})


def register(day: date, handler: Any = None, **changes: Any) -> Receipt:
    """Register a request and give it to a handler."""
    receipt = receive(submission=submission(day, **changes), now=at(day))
    if handler is not None:
        hand_over(case_id=receipt.case_id, to=handler, user=handler, now=at(day))
    return receipt


def working_days_after(day: date, number: int) -> date:
    """Return the working day so many after `day` by the shipped calendar."""

    return load_calendar().nth_working_day_after(day, number)


def days(number: int) -> timedelta:
    """Return so many days."""
    return timedelta(days=number)
