"""An office for the tests of this room: one authority with two sections, a hospital, and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2020, 6, 15, 10, 0, tzinfo=ZONE)
PEOPLE = {
    "editor": ("section_editor", "demo-yz"),
    "editor2": ("section_editor", "demo-yz"),
    "foreign_editor": ("section_editor", "demo-jk"),
    "reviewer": ("reviewer", "demo-yz"),
    "reviewer2": ("reviewer", "demo-yz"),
    "secrecy": ("secrecy_officer", "demo"),
    "leader": ("leader", "demo"),
    "leader2": ("leader", "demo"),
    "office": ("disclosure_office", "demo"),
    "clerk": ("institution_clerk", "demo-yy"),
}
BLOCKS = (
    {"type": "heading", "level": 1, "text": "一、总体要求"},
    {"type": "paragraph", "html": "做好<strong>疫情防控</strong>信息公开。"},
    {"type": "table", "rows": [["项目", "数量"], ["培训", "3"]], "header_rows": 1},
)

PLAN = {
    "outline": "背景依据；主要内容；怎么办理",
    "forms": ["text", "questions"],
    "channels": "局网站政策解读栏目",
    "interpreter_post": "principal",
    "planned_date": "2020-06-18",
    "drafter": "医政科",
}


@dataclass
class Office:
    """People by short name, a clock that moves, and the verbs of a record's life in one word each."""

    people: dict[str, Any]
    now: datetime = NOW
    log: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def today(self) -> date:
        return self.now.date()

    def later(self, **step: int) -> datetime:
        self.now += timedelta(**(step or {"minutes": 1}))
        return self.now

    def draft(self, **changes: Any) -> Any:
        from gongkai.records import api

        values: dict[str, Any] = {
            "org_code": "demo-yz",
            "catalogue_codes": [],
            "title": "关于做好信息公开工作的通知",
            "blocks": BLOCKS,
            "user": self.editor,
            "now": self.later(),
        }
        metadata = {
            "kind": "notice",
            "formed_date": date(2020, 6, 10),
            "topic": {"major": "卫生、体育", "minor": "卫生"},
        }
        values["metadata"] = {**metadata, **changes.pop("metadata", {})}
        plan = changes.pop("plan", PLAN)
        made = api.create_draft(**{**values, **changes})
        if plan and made.kind == "policy":
            self.plan(made.id, plan, user=changes.get("user", self.editor))
        return api.get_record(record_id=made.id)

    def plan(self, record_id: int, plan: Any = None, user: Any = None) -> Any:
        from gongkai.records import api

        return api.plan_interpretation(
            record_id=record_id,
            plan=plan or PLAN,
            version=api.get_record(record_id=record_id).version,
            user=user or self.editor,
            now=self.later(),
        )

    def submitted(self, **changes: Any) -> Any:
        from gongkai.records import api

        record = self.draft(**changes)
        return api.submit(record_id=record.id, user=changes.get("user", self.editor), now=self.later())

    def sign_all(self, record_id: int, *, upto: str = "approval") -> None:
        from gongkai.records import api

        signers = {
            "content": self.reviewer,
            "personal_data": self.reviewer,
            "secrecy": self.secrecy,
            "approval": self.leader,
        }
        for kind, user in signers.items():
            api.sign(
                record_id=record_id,
                kind=kind,
                content_sha256=api.content_hash(record_id=record_id),
                user=user,
                opinion="同意",
                now=self.later(),
            )
            if kind == upto:
                return

    def approved(self, **changes: Any) -> Any:
        from gongkai.records import api

        record = self.submitted(**changes)
        self.sign_all(record.id)
        return api.get_record(record_id=record.id)

    def published(self, **changes: Any) -> Any:
        from gongkai.records import api

        record = self.approved(**changes)
        return api.publish(record_id=record.id, user=self.leader, now=self.later())

    def edit(self, record_id: int, user: Any = None, **values: Any) -> Any:
        from gongkai.records import api
        from gongkai.records.models import RecordState
        from gongkai.records.services.content import newest

        state = RecordState.objects.select_related("record").get(pk=record_id)
        record = newest(state.record)
        for name, value in values.items():
            setattr(record, name, value)
        return api.save_draft(
            record=record, version=state.version, user=user or self.editor, now=self.later()
        )


def make_office() -> Office:
    from gongkai.organisations import api as organisations

    today = date(2020, 1, 2)
    moment = {"today": today, "now": datetime(2020, 1, 2, 9, tzinfo=ZONE)}
    organisations.create_organisation(
        code="demo", name="示范市卫生健康局", kind="authority", index_prefix="11990000MB0000000X", **moment
    )
    for code, name in (("demo-yz", "医政科"), ("demo-jk", "健康科")):
        organisations.create_organisation(code=code, name=name, kind="section", parent_code="demo", **moment)
    organisations.create_organisation(
        code="demo-yy", name="示范市第一医院", kind="institution", parent_code="demo", **moment
    )
    people = {}
    for username, (role, org_code) in PEOPLE.items():
        person = organisations.create_user(
            username=username, name=f"测试{username}", org_code=org_code, password=None, **moment
        )
        organisations.give_post(person=person, role=role, org_code=org_code, from_date=today, **moment)
        people[username] = person
    return Office(people)


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


@pytest.fixture
def transactional_office(transactional_db: None) -> Office:
    return make_office()
