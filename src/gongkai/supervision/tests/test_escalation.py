"""Proposals to escalate: they appear by themselves, a person decides, putting off is on record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations
from gongkai.organisations.testing import TODAY, make_person, make_tree
from gongkai.supervision.core.escalation import escalation_rules, red_since, working_days
from gongkai.supervision.core.lights import Light, TaskTime, light_rule, read_light
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import EscalationPutOff, Plan, SupervisionOrder
from gongkai.supervision.selectors_escalation import list_proposals, proposal_matters
from gongkai.supervision.services import orders
from gongkai.supervision.services.attach_evidence import Offered, attach_evidence
from gongkai.supervision.services.change_task import TaskSettings, confirm_task
from gongkai.supervision.services.escalation import put_off_escalation
from gongkai.supervision.services.import_plan import import_plan
from gongkai.supervision.table_checks import differences_in_put_offs

CALENDAR, LIGHTS = load_calendar(), light_rule()
DAYS = {rule.id: rule.working_days for rule in escalation_rules()}
DUE = date(2020, 3, 31)
PLAN = (
    "示范区卫生健康局2020年政务公开工作要点\n一、公开\n（一）目录。编制主动公开目录，6月底前完成。\n".encode()
)


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def on(user: Any, day: date) -> dict[str, Any]:
    return {"user": user, "today": day, "now": moment(day)}


def later(start: date, days: int) -> date:
    return CALENDAR.nth_working_day_after(start, days)


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    make_tree()
    return {
        "leader": make_person("leader", ("leader", "demo")),
        "office": make_person("office", ("disclosure_office", "demo")),
        "editor": make_person("editor", ("section_editor", "demo-control")),
    }


def issued(people: dict[str, Any], *, task_id: int | None = None, due: date = DUE, day: date = TODAY) -> int:
    words = orders.OrderWords("水质未公布", "没有公布", "补公布", "demo-control", due)
    return orders.issue_order(org_code="demo", words=words, task_id=task_id, **on(people["leader"], day))


def red_task(people: dict[str, Any]) -> Any:
    plan = import_plan(org_code="demo", name="plan.txt", data=PLAN, **on(people["office"], TODAY))
    task = Plan.objects.get(pk=plan).tasks.get()
    settings = TaskSettings("demo-control", "month_end", date(2020, 6, 30), "", "")
    confirm_task(task_id=task.pk, settings=settings, **on(people["office"], TODAY))
    return task


def proposed(day: date) -> list[tuple[str, str, str]]:
    return [(p.subject, p.advice, p.rule.id) for p in list_proposals(org_code="demo", today=day)]


def test_an_overdue_order_proposes_circular_and_then_talk_and_nothing_moves_by_itself(
    people: dict[str, Any],
) -> None:
    order = issued(people)
    before = journal.newest_seal()
    assert proposed(DUE) == []
    first = later(DUE, DAYS["order_circular"])
    assert proposed(first) == [(f"order:{order}", "通报", "order_circular")]
    assert (SupervisionOrder.objects.get().level, journal.newest_seal()) == (0, before)
    orders.escalate_order(order_id=order, words="逾期", **on(people["leader"], first))
    assert proposed(first) == []
    assert proposed(later(first, DAYS["order_talk"] - 1)) == []
    talk = later(first, DAYS["order_talk"])
    assert proposed(talk) == [(f"order:{order}", "约谈", "order_talk")]
    orders.escalate_order(order_id=order, words="仍未办", **on(people["leader"], talk))
    assert proposed(later(talk, 40)) == []


def test_a_proposal_is_a_matter_for_whoever_supervises_until_it_is_decided(people: dict[str, Any]) -> None:
    order = issued(people)
    day = later(DUE, DAYS["order_circular"])
    (matter,) = proposal_matters(day, datetime(2026, 1, 1, tzinfo=UTC))
    assert (matter.owner_code, matter.light) == ("demo", "late")
    assert matter.key.startswith(f"escalation:order:{order}:1:")
    assert "通报" in matter.words
    assert "leader" in matter.roles
    assert not {"section_editor", "auditor"} & set(matter.roles)
    orders.escalate_order(order_id=order, words="逾期", **on(people["leader"], day))
    assert list(proposal_matters(day, datetime(2026, 1, 1, tzinfo=UTC))) == []


def test_an_extended_or_closed_order_proposes_nothing(people: dict[str, Any]) -> None:
    order = issued(people)
    orders.extend_order(
        order_id=order, due_date=date(2020, 5, 29), words="资料多", **on(people["leader"], DUE)
    )
    assert proposed(date(2020, 5, 29)) == []
    assert proposed(date(2020, 6, 1)) == [(f"order:{order}", "通报", "order_circular")]
    orders.sign_for_order(order_id=order, **on(people["editor"], date(2020, 6, 1)))
    orders.reply_order(order_id=order, words="已办", **on(people["editor"], date(2020, 6, 1)))
    orders.close_order(order_id=order, words="属实", **on(people["leader"], date(2020, 6, 2)))
    assert proposed(date(2020, 6, 30)) == []


def test_a_task_that_stays_red_proposes_an_order_then_a_circular(people: dict[str, Any]) -> None:
    task = red_task(people)
    red = next(p for p in _every_day(TODAY, date(2020, 8, 31)))
    assert (red.subject, red.level, red.rule.id) == (f"task:{task.pk}", 0, "task_order")
    assert red.days == DAYS["task_order"]
    day = later(red.since, red.days)
    order = issued(people, task_id=task.pk, due=date(2020, 12, 31), day=day)
    assert proposed(day) == []
    with pytest.raises(SupervisionRefused, match="没有到规定的天数"):
        orders.escalate_order(order_id=order, words="急", **on(people["leader"], day))
    circular = later(day, DAYS["task_circular"])
    assert proposed(later(day, DAYS["task_circular"] - 1)) == []
    assert proposed(circular) == [(f"order:{order}", "通报", "task_circular")]
    orders.escalate_order(order_id=order, words="任务落后", **on(people["leader"], circular))
    assert SupervisionOrder.objects.get().level == 1
    proof = Offered("file", name="目录.pdf", data=b"%PDF-1.4 demo", note="定稿")
    attach_evidence(task_id=task.pk, offered=proof, **on(people["editor"], circular))
    assert proposed(later(circular, DAYS["task_talk"])) == []


def _every_day(start: date, end: date) -> Any:
    while start <= end:
        yield from list_proposals(org_code="demo", today=start)
        start += timedelta(days=1)


def test_putting_off_needs_a_reason_is_on_record_and_lasts_its_days(people: dict[str, Any]) -> None:
    order = issued(people)
    day = later(DUE, 3)
    put = {"org_code": "demo", "subject": f"order:{order}"}
    with pytest.raises(SupervisionRefused, match="理由"):
        put_off_escalation(**put, words=" ", **on(people["leader"], day))
    with pytest.raises(organisations.NotPermitted):
        put_off_escalation(**put, words="在办", **on(people["editor"], day))
    put_off_escalation(**put, words="仪器送修，已说明", **on(people["leader"], day))
    rule = next(r for r in escalation_rules() if r.id == "order_circular")
    assert proposed(later(day, rule.again_working_days - 1)) == []
    assert proposed(later(day, rule.again_working_days)) == [(f"order:{order}", "通报", "order_circular")]
    with pytest.raises(SupervisionRefused, match="不在了"):
        put_off_escalation(**put, words="再等", **on(people["leader"], day))
    entry = next(journal.entries(names=("supervision.EscalationPutOff",)))
    assert (entry.subject, entry.body["proposed"]) == (f"order:{order}", 1)
    assert "仪器" not in str(entry.body)
    assert list(differences_in_put_offs()) == []
    EscalationPutOff.objects.update(level=2)
    assert len(list(differences_in_put_offs())) == 2


def test_the_list_is_for_who_may_decide(people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    order = issued(people)
    day = later(DUE, 3)
    for module in ("staff.escalation_views", "staff.reach", "staff.order_views"):
        monkeypatch.setattr(f"gongkai.supervision.{module}.timezone.localdate", lambda: day)
        monkeypatch.setattr(f"gongkai.supervision.{module}.timezone.now", lambda: moment(day))
    desks = {}
    for name, user in people.items():
        desks[name] = Client()
        desks[name].force_login(user, backend="gongkai.organisations.staff.backend.RoleBackend")
    page = reverse("supervision:proposals")
    assert "升级建议" in desks["leader"].get(reverse("supervision:orders")).content.decode()
    assert desks["editor"].get(page).status_code in (302, 403)
    assert "升级建议" not in desks["editor"].get(reverse("supervision:orders")).content.decode()
    shown = desks["leader"].get(page).content.decode()
    assert "建议通报" in shown
    assert "本系统默认" in shown
    asked = desks["leader"].get(reverse("supervision:order", args=[order])).content.decode()
    assert "没有办结</textarea>" in asked
    sent = desks["leader"].post(page, {"subject": f"order:{order}", "words": "在办"}, follow=True)
    assert "现在没有需要升级的事" in sent.content.decode()
    assert "在办" in sent.content.decode()


@given(
    st.sampled_from(["date", "continuous"]),
    st.sets(st.integers(0, 360), max_size=5),
    st.integers(0, 365),
    st.integers(0, 200),
    st.integers(30, 360),
)
def test_red_since_is_the_first_day_of_the_run_that_shows_today(
    kind: str, evidence: set[int], now: int, asked: int, due: int
) -> None:
    start = date(2020, 1, 1)
    today, first = start + timedelta(days=now), start + timedelta(days=asked)
    days = tuple(start + timedelta(days=d) for d in sorted(evidence))

    def time_on(day: date) -> TaskTime:
        seen = tuple(d for d in days if d <= day)
        return TaskTime(kind, start, start + timedelta(days=due), len(seen) / 6, seen, False)

    def is_red(day: date) -> bool:
        return read_light(time=time_on(day), today=day, calendar=CALENDAR, rule=LIGHTS).light == Light.RED

    found = red_since(time_on=time_on, today=today, not_before=first, calendar=CALENDAR, rule=LIGHTS)
    if today < first or not is_red(today):
        assert found is None
        return
    expected = today
    while expected > first and is_red(expected - timedelta(days=1)):
        expected -= timedelta(days=1)
    assert found == expected


def test_every_level_has_a_rule_with_its_ground() -> None:
    assert {(r.what, r.level) for r in escalation_rules()} == {
        ("order", 1), ("order", 2), ("task", 0), ("task", 1), ("task", 2),
    }  # fmt: skip
    assert all(r.basis and r.confidence for r in escalation_rules())
    assert working_days(date(2020, 3, 6), date(2020, 3, 9), CALENDAR) == 1
