"""Plans, evidence and orders as people use them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.organisations.testing import TODAY, make_person, make_tree
from gongkai.registers import api as registers
from gongkai.supervision.core.lights import Light
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Plan, SupervisionOrder, Task
from gongkai.supervision.selectors import list_orders, list_standings
from gongkai.supervision.services import orders
from gongkai.supervision.services.attach_evidence import Offered, attach_evidence
from gongkai.supervision.services.change_task import (
    TaskSettings,
    close_task,
    confirm_task,
    drop_task,
    reopen_task,
)
from gongkai.supervision.services.import_plan import import_plan

pytestmark = pytest.mark.django_db
NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)
PLAN = "示范区卫生健康局2020年政务公开工作要点\n一、公开\n（一）饮用水。每季度公布水质监测结果。\n（二）目录。编制主动公开目录，6月底前完成。\n".encode()


@pytest.fixture
def people() -> dict[str, Any]:
    make_tree()
    return {
        "office": make_person("office", ("disclosure_office", "demo")),
        "second": make_person("second", ("leader", "demo")),
        "editor": make_person("editor", ("section_editor", "demo-control")),
        "stranger": make_person("stranger", ("disclosure_office", "other"), org_code="other"),
    }


def imported(user: object) -> Plan:
    plan_id = import_plan(org_code="demo", name="plan.txt", data=PLAN, user=user, today=TODAY, now=NOW)
    return Plan.objects.get(pk=plan_id)


def confirm(task: Task, user: object, **changes: Any) -> None:
    values = {
        "owner_code": "demo-control", "deadline_kind": task.deadline_kind, "deadline_date": task.deadline_date,
        "deadline_every": task.deadline_every, "duty_id": task.duty_id,
    }  # fmt: skip
    confirm_task(
        task_id=task.pk, settings=TaskSettings(**(values | changes)), user=user, today=TODAY, now=NOW
    )


def names(prefix: str = "supervision.") -> list[str]:
    return [entry.name for entry in journal.entries() if entry.name.startswith(prefix)]


def test_import_stores_proposed_tasks_with_a_fact_and_once(people: dict[str, Any]) -> None:
    plan = imported(people["office"])
    water, catalogue = plan.tasks.all()
    assert (water.state, water.deadline_every, water.duty_id) == ("proposed", "quarter", "P一三-1")
    assert catalogue.deadline_date == date(2020, 6, 30)
    assert names() == ["supervision.PlanImported"]
    with pytest.raises(SupervisionRefused, match="已经导入过"):
        imported(people["office"])


@pytest.mark.parametrize("who", ["editor", "stranger"])
def test_import_needs_the_right(people: dict[str, Any], who: str) -> None:
    with pytest.raises(organisations.NotPermitted):
        imported(people[who])
    assert not Plan.objects.exists()


def test_a_task_closes_only_with_evidence_and_turns_green_then(people: dict[str, Any]) -> None:
    plan = imported(people["office"])
    task = plan.tasks.last()
    confirm(task, people["office"])
    with pytest.raises(SupervisionRefused, match="没有证据"):
        close_task(task_id=task.pk, user=people["office"], today=TODAY, now=NOW)
    assert {s.task.pk: s.light.light for s in list_standings(plan=plan, today=TODAY)}[task.pk] != Light.GREEN
    offered = Offered("file", name="目录.pdf", data=b"%PDF-1.4 demo", note="定稿")
    first = attach_evidence(task_id=task.pk, offered=offered, user=people["editor"], today=TODAY, now=NOW)
    assert first == attach_evidence(
        task_id=task.pk, offered=offered, user=people["editor"], today=TODAY, now=NOW
    )
    close_task(task_id=task.pk, user=people["office"], today=TODAY, now=NOW)
    standing = {s.task.pk: s for s in list_standings(plan=plan, today=TODAY)}[task.pk]
    assert (standing.light.light, standing.progress) == (Light.GREEN, 1.0)
    reopen_task(task_id=task.pk, reason="发现漏项", user=people["office"], today=TODAY, now=NOW)
    assert names()[1:] == [
        "supervision.TaskConfirmed", "supervision.EvidenceAttached", "supervision.TaskClosed", "supervision.TaskReopened",
    ]  # fmt: skip


def test_progress_computes_itself_from_the_register_once_confirmed(people: dict[str, Any]) -> None:
    plan = imported(people["office"])
    water = plan.tasks.first()
    day = date(2020, 2, 10)
    raw = {
        "sample_no": "W1", "sampled_date": "2020-02-10", "point_name": "城北水厂", "point_type": "factory",
        "indicator": registers.register("drinking_water_sample", on=TODAY).field("indicator").codes[0].id, "value": "0",
        "qualified": "是",
    }  # fmt: skip
    registers.record_row(
        register_id="drinking_water_sample",
        org_code="demo",
        raw=raw,
        actor=journal.SYSTEM,
        today=TODAY,
        now=NOW,
    )
    before = list_standings(plan=plan, today=TODAY)[0]
    confirm(water, people["office"])
    after = list_standings(plan=plan, today=TODAY)[0]
    assert (before.progress, after.progress) == (0.0, 0.25)
    assert [f.day for f in after.found] == [day]
    assert after.light.light == Light.GREEN
    assert list_standings(plan=plan, today=date(2020, 9, 1))[0].light.light == Light.RED


@pytest.mark.parametrize(
    ("offered", "code"),
    [
        (Offered("release", ref="999"), "no_such_evidence"),
        (Offered("fact", ref="7777777"), "no_such_evidence"),
        (Offered("fact", ref="abc"), "no_such_evidence"),
        (Offered("register", ref="没有"), "no_such_evidence"),
        (Offered("register", ref="training"), "empty_register"),
        (Offered("file", name="a.exe", data=b"x"), "file_type"),
        (Offered("file", name="a.pdf", data=b""), "empty_file"),
        (Offered("word", ref="1"), "bad_kind"),
    ],
)
def test_evidence_that_does_not_exist_is_refused(people: dict[str, Any], offered: Offered, code: str) -> None:
    plan = imported(people["office"])
    task = plan.tasks.first()
    confirm(task, people["office"])
    with pytest.raises(SupervisionRefused) as refused:
        attach_evidence(task_id=task.pk, offered=offered, user=people["editor"], today=TODAY, now=NOW)
    assert refused.value.code == code
    assert not task.evidence.exists()


def test_a_fact_of_another_authority_is_no_evidence(people: dict[str, Any]) -> None:
    plan = imported(people["office"])
    task = plan.tasks.first()
    confirm(task, people["office"])
    theirs = next(e for e in journal.entries(orgs={"other"}))
    ours = next(e for e in journal.entries(names=("supervision.PlanImported",)))
    with pytest.raises(SupervisionRefused):
        attach_evidence(
            task_id=task.pk,
            offered=Offered("fact", ref=str(theirs.id)),
            user=people["office"],
            today=TODAY,
            now=NOW,
        )
    attach_evidence(
        task_id=task.pk,
        offered=Offered("fact", ref=str(ours.id)),
        user=people["office"],
        today=TODAY,
        now=NOW,
    )
    assert task.evidence.get().ref == f"entry:{ours.id}"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"owner_code": "other-office"}, "no_owner"),
        ({"deadline_kind": "someday"}, "bad_deadline"),
        ({"deadline_kind": "recurring", "deadline_every": ""}, "no_rhythm"),
        ({"deadline_kind": "date", "deadline_date": None}, "no_date"),
        ({"duty_id": "P九九-1"}, "no_duty"),
    ],
)
def test_confirm_refuses_what_cannot_be(people: dict[str, Any], changes: dict[str, Any], code: str) -> None:
    task = imported(people["office"]).tasks.first()
    with pytest.raises(SupervisionRefused) as refused:
        confirm(task, people["office"], **changes)
    assert refused.value.code == code
    task.refresh_from_db()
    assert task.state == "proposed"


def test_a_dropped_line_needs_a_reason(people: dict[str, Any]) -> None:
    task = imported(people["office"]).tasks.first()
    with pytest.raises(SupervisionRefused, match="理由"):
        drop_task(task_id=task.pk, reason=" ", user=people["office"], today=TODAY, now=NOW)
    drop_task(task_id=task.pk, reason="口号", user=people["office"], today=TODAY, now=NOW)
    with pytest.raises(SupervisionRefused, match="不作为任务"):
        close_task(task_id=task.pk, user=people["office"], today=TODAY, now=NOW)


def issued(user: object, due: date = TODAY + timedelta(days=10)) -> SupervisionOrder:
    words = orders.OrderWords("水质未公布", "第四季度水质没有公布", "三日内补公布并说明", "demo-control", due)
    pk = orders.issue_order(org_code="demo", words=words, user=user, today=TODAY, now=NOW)
    return SupervisionOrder.objects.get(pk=pk)


def test_an_order_is_signed_for_answered_and_closed_by_another(people: dict[str, Any]) -> None:
    order = issued(people["office"])
    assert order.number == "督〔2020〕1号"
    at: dict[str, Any] = {"order_id": order.pk, "today": TODAY, "now": NOW}
    with pytest.raises(SupervisionRefused, match="不能"):
        orders.close_order(words="好", user=people["second"], **at)
    orders.sign_for_order(user=people["editor"], **at)
    orders.reply_order(words="已公布", user=people["editor"], **at)
    orders.send_back_order(words="缺证明", user=people["second"], **at)
    orders.reply_order(words="附链接", user=people["office"], **at)
    with pytest.raises(SupervisionRefused, match="另一人"):
        orders.close_order(words="好", user=people["office"], **at)
    orders.close_order(words="已核对网页", user=people["second"], **at)
    order.refresh_from_db()
    assert order.state == "closed"
    assert [s.verb for s in order.steps.all()] == [
        "issue",
        "sign_for",
        "reply",
        "send_back",
        "reply",
        "close",
    ]
    assert names() == [
        f"supervision.Order{n}" for n in ("Issued", "SignedFor", "Replied", "SentBack", "Replied", "Closed")
    ]


def test_the_owner_never_closes_its_own_order(people: dict[str, Any]) -> None:
    organisations.give_post(
        person=people["second"],
        role="reviewer",
        org_code="demo-control",
        from_date=TODAY,
        today=TODAY,
        now=NOW,
    )
    order = issued(people["office"])
    at: dict[str, Any] = {"order_id": order.pk, "today": TODAY, "now": NOW}
    orders.sign_for_order(user=people["editor"], **at)
    orders.reply_order(words="已公布", user=people["editor"], **at)
    with pytest.raises(SupervisionRefused, match="责任科室"):
        orders.close_order(words="好", user=people["second"], **at)
    with pytest.raises(organisations.NotPermitted):
        orders.close_order(words="好", user=people["editor"], **at)


def test_an_overdue_order_is_escalated_step_by_step_and_extended_once(people: dict[str, Any]) -> None:
    order = issued(people["office"])
    late = order.due_date + timedelta(days=30)
    common: dict[str, Any] = {"order_id": order.pk, "user": people["second"], "now": NOW}
    with pytest.raises(SupervisionRefused, match="还没有逾期"):
        orders.escalate_order(words="催", today=TODAY, **common)
    orders.extend_order(due_date=TODAY + timedelta(days=20), words="设备检修", today=TODAY, **common)
    with pytest.raises(SupervisionRefused, match="一次"):
        orders.extend_order(due_date=TODAY + timedelta(days=25), words="再延", today=TODAY, **common)
    assert list_orders(org_codes=["demo"], today=late)[0][1].light == Light.RED
    orders.escalate_order(words="通报", today=late, **common)
    orders.escalate_order(words="约谈", today=late, **common)
    with pytest.raises(SupervisionRefused, match="最高"):
        orders.escalate_order(words="再升", today=late, **common)
