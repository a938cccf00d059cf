"""Carry the demonstration year out (装入演示数据): through the same doors, reviews and gates as real work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gongkai.catalogue import api as catalogue
from gongkai.kernel.regulations import regulations_dir
from gongkai.organisations import api as organisations
from gongkai.project.demonstration.specs import DraftSpec, authority, draft_specs
from gongkai.project.demonstration.year_requests import RequestsYear
from gongkai.records import api as records

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
EDITORS = {"demo-ggws": "editor", "demo-jkk": "editor"}
SIGNERS = {"content": "reviewer", "personal_data": "reviewer", "secrecy": "secrecy", "approval": "leader"}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LogIn:
    """A demonstration account as told at the start."""

    username: str
    password: str
    role: str


def log_ins() -> list[LogIn]:
    """Return the accounts of the demonstration in the order of work."""
    data = authority()
    return [
        LogIn(person["username"], data["password"], person["name"].removesuffix("（演示）"))
        for person in data["people"]
    ]


def load(*, now: datetime, content: bool = True, say: Say) -> None:
    """Make the authority with its people and catalogue and, with `content`, a year of records in every state."""
    today = now.astimezone(OFFICE_ZONE).date()
    start = today - timedelta(days=400)
    people = _make_authority(start=start, today=today, now=now)
    files = [
        (name, (regulations_dir() / "catalogue" / name).read_bytes())
        for name in ("statutory.csv", "standard.csv")
    ]
    actor = organisations.actor(user=people["office"], role="disclosure_office")
    catalogue.import_catalogue(org_code="demo", files=files, actor=actor, today=start, now=_moment(start, 9))
    if content:
        with organisations.reading_once():
            _Year(people=people, today=today, now=now, say=say).carry_out()
            RequestsYear(today=today, now=now).carry_out(say=say)


def _moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), OFFICE_ZONE)


def _make_authority(*, start: date, today: date, now: datetime) -> dict[str, Any]:
    data, begun = authority(), _moment(start, 8)
    main = data["authority"]
    site = organisations.SiteInfo(**main["site"])
    organisations.create_organisation(
        code=main["code"], name=main["name"], short_name=main["short_name"], kind="authority",
        index_prefix=main["index_prefix"], opened_date=start, site=site, today=start, now=begun,
    )  # fmt: skip
    for kind, rows in (("section", data["sections"]), ("institution", data["institutions"])):
        for order, row in enumerate(rows):
            organisations.create_organisation(
                code=row["code"], name=row["name"], short_name=row["short_name"], kind=kind, parent_code=main["code"],
                institution_type=row.get("type", ""), sort_order=order, opened_date=start, today=start, now=begun,
            )  # fmt: skip
    people = {}
    for person in data["people"]:
        user = organisations.create_user(
            username=person["username"], name=person["name"], org_code=person["posts"][0][1], password=data["password"],
            today=today, now=now,
        )  # fmt: skip
        for role, org_code in person["posts"]:
            organisations.give_post(
                person=user, role=role, org_code=org_code, from_date=start, today=start, now=begun
            )
        people[person["username"]] = user
    return people


class _Year:
    """Carries the drafts of the year through review in order of time."""

    def __init__(self, *, people: dict[str, Any], today: date, now: datetime, say: Say) -> None:
        self.people, self.today, self.now, self.say = people, today, now, say
        self.ids: dict[str, int] = {}

    def _moment(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return that moment of the day, or now when it is still to come: nothing is ever told of the future."""
        return min(_moment(day, hour, minute), self.now)

    def carry_out(self) -> None:
        """Make, review and publish every record; change and withdraw some; leave some unfinished."""
        specs = draft_specs(today=self.today)
        for count, spec in enumerate(specs, start=1):
            self._carry(spec)
            if count % 25 == 0 or count == len(specs):
                self.say(f"演示内容 {count} / {len(specs)}")
        for spec in specs:
            if spec.then:
                getattr(self, f"_then_{spec.then}")(spec)

    def _carry(self, spec: DraftSpec) -> None:
        editor = self.people[EDITORS.get(spec.section, "editor2")]
        metadata = {
            "kind": spec.kind, "section_code": spec.section, "columns": list(spec.columns), "topics": list(spec.topics),
            "document_number": spec.document_number, "formed_date": spec.day, "summary": spec.summary,
            "source": spec.source, "keywords": list(spec.keywords), "topic": {"major": "卫生、体育", "minor": "卫生"},
            "interprets": [self.ids[spec.interprets]] if spec.interprets else [],
        }  # fmt: skip
        made = records.create_draft(
            org_code="demo", catalogue_codes=spec.catalogue, title=spec.title, blocks=spec.blocks, metadata=metadata,
            user=editor, now=self._moment(spec.day, 9),
        )  # fmt: skip
        self.ids[spec.key] = made.id
        if spec.kind == "policy":
            self._arrange_interpretation(spec, made, editor)
        if spec.stop_at == "draft":
            return
        records.submit(record_id=made.id, user=editor, now=self._moment(spec.day, 9, 30))
        if spec.stop_at == "taken_back":
            records.take_back(record_id=made.id, user=editor, now=self._moment(spec.day, 9, 40))
            return
        if spec.stop_at == "sent_back":
            records.send_back(
                record_id=made.id,
                opinion="请补充办理时间和联系电话",
                user=self.people["reviewer"],
                now=self._moment(spec.day, 10),
            )
            return
        if self._sign_until(made.id, spec.day, spec.stop_at):
            records.publish(record_id=made.id, user=self.people["leader"], now=self._moment(spec.day, 11))

    def _arrange_interpretation(self, spec: DraftSpec, made: Any, editor: Any) -> None:
        """Plan the interpretation of a policy; rules for the office alone need none, which the disclosure office decides."""
        if spec.columns == ("gkzd",):
            records.exempt_interpretation(
                record_id=made.id, ground="internal", reason="只规范本机关办理程序",
                content_sha256=records.content_hash(record_id=made.id), user=self.people["office"],
                now=self._moment(spec.day, 9, 5),
            )  # fmt: skip
            return
        plan = {
            "outline": f"背景和依据；主要内容：{spec.summary}；适用范围和办理方式；新旧规定的差别", "forms": ["text", "questions"],
            "channels": "县卫生健康局网站政策解读栏目", "interpreter_post": "principal", "planned_date": spec.day,
            "drafter": "文件起草科室",
        }  # fmt: skip
        records.plan_interpretation(
            record_id=made.id, plan=plan, version=made.version, user=editor, now=self._moment(spec.day, 9, 10)
        )

    def _sign_until(self, record_id: int, day: date, stop_at: str) -> bool:
        """Sign the chain in order; return True when all is signed."""
        if stop_at == "submitted":
            return False
        shown = records.content_hash(record_id=record_id)
        for minute, (kind, signer) in enumerate(SIGNERS.items()):
            records.sign(
                record_id=record_id, kind=kind, content_sha256=shown, user=self.people[signer], opinion="同意",
                now=self._moment(day, 10, minute),
            )  # fmt: skip
            if kind == stop_at or (stop_at == "content" and kind == "personal_data"):
                return False
        return True

    def _again(
        self, spec: DraftSpec, *, change: str, note: str, changes: dict[str, Any], days_later: int
    ) -> None:
        day = min(spec.day + timedelta(days=days_later), self.today - timedelta(days=1))
        editor = self.people[EDITORS.get(spec.section, "editor2")]
        opened = records.amend(
            record_id=self.ids[spec.key], change=change, note=note, user=editor, now=self._moment(day, 9)
        )
        records.edit_draft(
            record_id=opened.id,
            version=opened.version,
            changes=changes,
            user=editor,
            now=self._moment(day, 9, 10),
        )
        records.submit(record_id=opened.id, user=editor, now=self._moment(day, 9, 30))
        self._sign_until(opened.id, day, "published")
        records.publish(record_id=opened.id, user=self.people["leader"], now=self._moment(day, 11))

    def _then_corrected(self, spec: DraftSpec) -> None:
        blocks = [*spec.blocks, {"type": "paragraph", "html": "活动地点改为青屿社区卫生服务中心一楼大厅。"}]
        self._again(spec, change="correction", note="更正活动地点", changes={"blocks": blocks}, days_later=2)

    def _then_amended(self, spec: DraftSpec) -> None:
        changes = {"validity_state": "amended", "validity_note": "第二部分已按新的水质标准修改"}
        self._again(spec, change="validity", note="标注修改情况", changes=changes, days_later=120)

    def _then_repealed(self, spec: DraftSpec) -> None:
        changes = {"validity_state": "repealed", "validity_note": "文件清理中宣布废止"}
        self._again(spec, change="validity", note="文件清理：废止", changes=changes, days_later=150)

    def _then_withdrawn(self, spec: DraftSpec) -> None:
        day = min(spec.day + timedelta(days=5), self.today - timedelta(days=1))
        records.withdraw(
            record_id=self.ids[spec.key], reason_code="error", note="演示：内容有误", replaced_by=None,
            user=self.people["leader"], now=self._moment(day, 16),
        )  # fmt: skip
