"""An office that moves in, and an old site to move from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 5, 6, 10, 0, tzinfo=ZONE)
SITE = "http://old.example.gov.cn/"
PEOPLE = {
    "mover": "disclosure_office",
    "editor": "section_editor",
    "reviewer": "reviewer",
    "secrecy": "secrecy_officer",
    "leader": "leader",
}
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_示范市卫生健康局</title>
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:30"><meta name="ContentSource" content="示范市卫生健康局">
</head><body><div class="nav"><a href="/">首页</a></div><div id="zoom">{body}</div></body></html>"""
BODY = "<p>为方便群众办事，现将预防接种门诊开诊安排通知如下。</p><p>每周一至周五上午八时至十一时开诊，节假日另行通知。</p>"


@dataclass
class Office:
    """People by short name and a clock that moves."""

    people: dict[str, Any]
    now: datetime = NOW

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def page(title: str, *, day: str = "2015-06-01", body: str = BODY) -> bytes:
    """Return a page as government sites write it."""
    return PAGE.format(title=title, day=day, body=body).encode()


def write(folder: Path, pages: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, data in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def make_office() -> Office:
    from gongkai.catalogue.models import Column
    from gongkai.organisations import api as organisations

    today = date(2026, 1, 2)
    moment = {"today": today, "now": datetime(2026, 1, 2, 9, tzinfo=ZONE)}
    organisations.create_organisation(
        code="demo", name="示范市卫生健康局", kind="authority", index_prefix="11990000MB0000000X", **moment
    )
    Column.objects.get_or_create(
        org_code="demo", code="tzgg", defaults={"name": "通知公告", "column_type": "notice", "position": 1}
    )
    people = {}
    for username, role in PEOPLE.items():
        person = organisations.create_user(
            username=username, name=f"测试{username}", org_code="demo", password=None, **moment
        )
        organisations.give_post(person=person, role=role, org_code="demo", from_date=today, **moment)
        people[username] = person
    return Office(people)


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


@pytest.fixture
def stage(office: Office) -> Callable[..., Any]:
    """Return a function that stages a source and returns the move."""
    from gongkai.project.moving.staging import Source, open_move
    from gongkai.project.moving.staging import stage as run

    def go(*, kind: str = "mirror", mapping: str = "", workers: int = 0, **places: Any) -> Any:
        source = Source(kind=kind, site=SITE, mapping=mapping, **places)
        move = open_move(source=source, org_code="demo", user=office.mover, now=office.later())
        return run(move=move, source=source, user=office.mover, now=office.later(), workers=workers)

    return go
