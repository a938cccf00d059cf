"""Requests of the demonstration (演示的依申请公开): a case in every state, carried there through the room's door, day by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gongkai.kernel.calendar import WorkCalendar, load_calendar
from gongkai.kernel.regulations import read_yaml
from gongkai.organisations import api as organisations
from gongkai.requests import api as requests

ORG = "demo"
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
CONTENT = Path(__file__).parent / "content" / "requests.yaml"
# Values that are days: a whole number in the file counts working days from the receipt.
DAYS = frozenset({
    "inner_due", "sent", "delivered", "answered", "told", "searched_on", "asked", "received", "served", "lodged", "ended",
    "opened", "confirmed",
})  # fmt: skip
# What an act works on is what this earlier act of the same case made.
WORKS_ON = {
    "note_delivery": ("consultation_id", "ask_third_party"),
    "note_answer": ("consultation_id", "ask_third_party"),
    "end_remedy": ("remedy_id", "lodge_remedy"),
    "open_round": ("remedy_id", "lodge_remedy"),
}
Say = Callable[[str], None]


@dataclass(slots=True)
class _Walk:
    """One request on its way: when it arrived, and what its acts made."""

    case_id: int
    arrived: date
    made: dict[str, int] = field(default_factory=dict)


class RequestsYear:
    """Carries the requests of the file to where they stand today."""

    def __init__(self, *, today: date, now: datetime) -> None:
        self.today, self.now = today, now
        self.calendar: WorkCalendar = load_calendar()
        self.content = read_yaml(CONTENT)
        self.people = {
            name: organisations.get_user(username=name) for name in ("handler", "office", "reviewer")
        }

    def carry_out(self, *, say: Say) -> int:
        """Register every request and do its steps; return how many there are."""
        for spec in self.content["cases"]:
            self._walk(spec)
        say(f"演示申请 {len(self.content['cases'])} 件")
        return len(self.content["cases"])

    def _day(self, arrived: date, working_days: int) -> date:
        day = self.calendar.nth_working_day_after(arrived, working_days) if working_days else arrived
        return day

    def _moment(self, day: date, hour: int = 10) -> datetime:
        return min(datetime.combine(day, time(hour), OFFICE_ZONE), self.now)

    def _arrived(self, ago: int) -> date:
        day = self.today
        for _ in range(ago):
            day = self.calendar.previous_working_day(day - timedelta(days=1))
        return day

    def _walk(self, spec: Mapping[str, Any]) -> None:
        arrived, channel = self._arrived(int(spec["ago"])), str(spec.get("channel", "online"))
        person = (
            spec["person"] if isinstance(spec["person"], dict) else self.content["people"][spec["person"]]
        )
        now, handler = self._moment(arrived, 9), self.people["handler"]
        if channel == "letter":
            receipt = requests.receive_from_letter(
                letter_ref=f"letter:{spec['key']}", org_code=ORG, applicant=person, content=spec["content"],
                arrived=arrived, now=now,
            )  # fmt: skip
        else:
            receipt = requests.receive(
                submission=requests.Submission(
                    org_code=ORG, channel=channel, applicant_kind=spec.get("kind", "natural_person"), person=person,
                    agent=spec.get("agent", {}), content=spec["content"], form_wanted="电子文件", way_wanted="网上获取",
                    submission_key=f"demonstration:{spec['key']}", arrived_date=arrived,
                    signed_date=arrived if channel == "registered_mail" else None,
                ),
                now=now, user=None if channel == "online" else handler,
            )  # fmt: skip
        walk = _Walk(receipt.case_id, arrived)
        if channel in ("online", "letter"):
            self._act(walk, "hand_over", now, handler, {"to": handler})
        for number, verb, *values in spec["steps"]:
            self._step(walk, self._day(arrived, int(number)), str(verb), dict(values[0]) if values else {})

    def _step(self, walk: _Walk, day: date, verb: str, values: dict[str, Any]) -> None:
        by = str(values.pop("by", "handler"))
        if verb == "reply":
            self._reply(walk, day, until=str(values.get("until", "closed")))
            return
        if "keep_years" in values:
            values["keep_until"] = day.replace(year=day.year + int(values.pop("keep_years")), day=1)
        values = {
            key: self._day(walk.arrived, value) if key in DAYS else value for key, value in values.items()
        }
        if verb in WORKS_ON:
            name, maker = WORKS_ON[verb]
            values[name] = walk.made[maker]
        self._act(walk, verb, self._moment(day), None if by == "citizen" else self.people[by], values)

    def _act(self, walk: _Walk, verb: str, now: datetime, user: Any, values: Mapping[str, Any]) -> None:
        walk.made[verb] = requests.carry_out(case_id=walk.case_id, verb=verb, user=user, now=now, **values)

    def _reply(self, walk: _Walk, day: date, *, until: str) -> None:
        """Draft the reply, put it before its signers, serve it; stop at `signing` (one has signed) or `signed`."""
        handler, now = self.people["handler"], self._moment(day)
        self._act(walk, "draft_letter", now, handler, {})
        letter_id = walk.made["draft_letter"]
        self._act(walk, "submit_for_signing", now, handler, {"letter_id": letter_id})
        signers = self.content["replies"]["signers"]
        for name in signers[:1] if until == "signing" else signers:
            shown = requests.letter_digest(letter_id=letter_id)
            self._act(walk, "sign", now, self.people[name], {"letter_id": letter_id, "sha256": shown})
        if until == "closed":
            self._act(walk, "serve", now, handler, {"way": "portal", "served": day, "proof": "网上查询页"})
