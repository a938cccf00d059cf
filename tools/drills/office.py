"""The invented authority of the drills, made through the same doors as real work: people, catalogue, approved drafts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from gongkai.organisations import api as organisations
from gongkai.records import api as records
from tools.drills.stage import Stage

SIGNERS = {"content": "reviewer", "personal_data": "reviewer", "secrecy": "secrecy", "approval": "leader"}
TITLE = "关于第{}号社区健康小屋开放的公告"
PREPARED = 8


def person(username: str) -> Any:
    """Return an account of the office."""
    return organisations.get_user(username=username)


def draft(number: int, *, editor: Any, file: str = "") -> int:
    """Make a draft with a title of its own and return its number; `file` is the SHA-256 of a stored attachment."""
    blocks: list[dict[str, Any]] = [
        {"type": "heading", "level": 1, "text": "一、开放安排"},
        {"type": "paragraph", "html": f"第{number}号健康小屋每周一至周五开放，提供血压测量和健康咨询。"},
    ]
    if file:
        blocks.append({"type": "attachment", "sha256": file, "name": f"安排表{number}.txt"})
    made = records.create_draft(
        org_code="demo", catalogue_codes=["F22"], title=TITLE.format(number), blocks=blocks, user=editor, now=timezone.now(),
        metadata={"kind": "notice", "section_code": "demo-ggws", "columns": ["tzgg"], "formed_date": date(2020, 6, 10),
                  "topic": {"major": "卫生、体育", "minor": "卫生"}, "source": "云岭县卫生健康局"},
    )  # fmt: skip
    return int(made.id)


def approve(record_id: int, people: dict[str, Any]) -> None:
    """Carry a draft through its whole chain."""
    records.submit(record_id=record_id, user=people["editor"], now=timezone.now())
    shown = records.content_hash(record_id=record_id)
    for kind, username in SIGNERS.items():
        records.sign(
            record_id=record_id, kind=kind, content_sha256=shown, user=people[username], opinion="同意", now=timezone.now()
        )  # fmt: skip


def people() -> dict[str, Any]:
    """Return the accounts that a publication needs."""
    return {name: person(name) for name in ("editor", "reviewer", "secrecy", "leader", "office")}


def approved(count: int) -> list[int]:
    """Return `count` approved records that were never public; makes what is missing."""
    from gongkai.records.models import RecordState

    found = list(RecordState.objects.filter(state="approved").order_by("pk").values_list("pk", flat=True))
    known, staff = len(found), people()
    for number in range(known + 1, count + 1):
        found.append(draft(number, editor=staff["editor"]))
        approve(found[-1], staff)
    return found[:count]


def run(stage: Stage) -> None:
    """Fill a set-up home: the demonstration's authority without its year, a few approved records, the first public tree."""
    from gongkai.portal import api as portal
    from gongkai.project import home
    from gongkai.project.demonstration.load import load
    from gongkai.project.models import PeriodicRun
    from gongkai.project.worker.schedule import SCHEDULE

    now = timezone.now()
    load(now=now, content=False, say=lambda text: None)
    home.mark_demonstration(stage.environment)
    approved(PREPARED)
    # What runs daily ran today: a drill is not about the first night of a home.
    PeriodicRun.objects.bulk_create(
        PeriodicRun(name=work.name, started_at=now, finished_at=now) for work in SCHEDULE if work.at
    )
    portal.build(full=True, today=timezone.localdate())
