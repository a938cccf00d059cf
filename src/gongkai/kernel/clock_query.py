"""Answering a clock question from outside (时限查询): strings in, the JSON shape of `gongkai clock due` out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar
from gongkai.kernel.clocks import (
    ClockUnknown,
    Deadline,
    Event,
    EventNotAllowed,
    Extend,
    ExtensionNotAllowed,
    Pause,
    Restart,
    due,
    nearest_version,
)
from gongkai.kernel.rules import is_in_force

_KINDS = "pause:开始[:结束]、restart:新起算日、extend:告知日:天数"


class QueryError(ValueError):
    """A question that cannot be answered: `code` for programs, message, place and remedy in Chinese for people."""

    def __init__(self, code: str, message: str, where: str, remedy: str) -> None:
        self.code, self.message, self.where, self.remedy = code, message, where, remedy
        super().__init__(f"{message}（{where}）：{remedy}")

    def __reduce__(self) -> tuple[type[QueryError], tuple[str, str, str, str]]:
        return type(self), (self.code, self.message, self.where, self.remedy)

    def as_dict(self) -> dict[str, str]:
        """Return the four parts as the `error` object of the JSON output."""
        return {"code": self.code, "message": self.message, "where": self.where, "remedy": self.remedy}


def run_query(
    rule_id: str, start: str, event_strings: Sequence[str], calendar: WorkCalendar
) -> dict[str, Any]:
    """Work out a limit and return it as JSON-ready values (查询时限).

    `start` is an ISO date, or date and time for limits of hours; each event is `KIND:FROM[:TO]` with kind pause, restart or
    extend. Beside the promised keys the answer carries name, confidence, scope, effective_from, first_due_date, due_at,
    extended and warnings.

    Raises:
        QueryError: code `unknown_rule`, `before_calendar`, `bad_date`, `bad_event`, `event_not_allowed` or
            `extension_not_allowed`.
    """
    begun = _moment(start, where="--from")
    try:
        rule = nearest_version(rule_id, begun.date() if isinstance(begun, datetime) else begun)
    except ClockUnknown as error:
        raise QueryError(
            "unknown_rule",
            f"没有编号为“{rule_id}”的时限规则",
            "--rule",
            "请用 regulations/clocks/ 中的编号，如 ogi.reply",
        ) from error
    events = [_event(text) for text in event_strings]
    try:
        deadline = due(rule=rule, start=begun, events=events, calendar=calendar)
    except CalendarUnknown as error:
        raise QueryError(
            "before_calendar", str(error), "--from", f"请用 {calendar.first_year} 年及以后的日期"
        ) from error
    except ExtensionNotAllowed as error:
        raise QueryError(
            "extension_not_allowed", str(error), "--event extend", "请核对延期的长度、次数和告知日"
        ) from error
    except EventNotAllowed as error:
        raise QueryError("event_not_allowed", str(error), "--event", "请核对事件的种类和日期") from error
    except OverflowError as error:
        raise QueryError(
            "before_calendar", "推算结果超出日历可表示的范围", "--from", "请用公元 9999 年以内的日期"
        ) from error
    extra = (
        ()
        if is_in_force(rule, deadline.start)
        else (f"{deadline.start} 不在该规则的有效期内，请核对当时的规定",)
    )
    return {
        "rule": rule.id,
        "rule_version": rule.version,
        "from": start,
        **_as_json(deadline),
        "name": rule.name,
        "length": rule.length_text,
        "scope": rule.scope,
        "confidence": str(rule.confidence),
        "warnings": [*deadline.warnings, *extra],
    }


def _as_json(deadline: Deadline) -> dict[str, Any]:
    return {
        "due_date": deadline.due_date.isoformat() if deadline.due_date else None,
        "provisional": deadline.provisional,
        "basis": list(deadline.basis),
        "trace": [
            {"date": line.date.isoformat(), "counted": line.counted, "number": line.number, "why": line.why}
            for line in deadline.trace
        ],
        "effective_from": deadline.start.isoformat(),
        "first_due_date": deadline.first_due_date.isoformat() if deadline.first_due_date else None,
        "due_at": deadline.due_at.isoformat() if deadline.due_at else None,
        "extended": deadline.extended,
    }


def _event(text: str) -> Event:
    kind, _, rest = text.partition(":")
    parts = rest.split(":") if rest else []
    where = f"--event {text}"
    match kind, parts:
        case "pause", [first]:
            return Pause(_date(first, where))
        case "pause", [first, last]:
            return Pause(_date(first, where), _date(last, where) if last else None)
        case "restart", [day]:
            return Restart(_date(day, where))
        case "extend", [day, length]:
            if not (length.isascii() and length.isdigit()):
                raise QueryError(
                    "bad_event", f"延期天数“{length}”不是正整数", where, "请写成 extend:2024-09-30:20"
                )
            return Extend(_date(day, where), int(length))
        case (("pause" | "restart" | "extend"), _):
            raise QueryError(
                "bad_event", f"事件“{text}”的写法不完整或多了内容", where, f"可用的写法：{_KINDS}"
            )
        case _:
            raise QueryError("bad_event", f"不认识的事件种类“{kind}”", where, f"可用的写法：{_KINDS}")


def _date(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise QueryError("bad_date", f"“{text}”不是日期", where, "请写成 2024-05-01 的形式") from error


def _moment(text: str, where: str) -> date:
    try:
        return datetime.fromisoformat(text) if "T" in text or " " in text else date.fromisoformat(text)
    except ValueError as error:
        raise QueryError(
            "bad_date", f"“{text}”不是日期", where, "请写成 2024-05-01 或 2024-05-01T09:30"
        ) from error
