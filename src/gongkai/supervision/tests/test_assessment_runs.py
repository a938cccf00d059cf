"""An assessment from the indicator system to the frozen result: folds, given values, appeals, levels, verification."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.organisations.testing import TODAY, make_person, make_tree
from gongkai.supervision.core.indicator_system import SystemInvalid, read_system, shipped_system
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.governance_checks import differences_in_assessments
from gongkai.supervision.models import Appeal, AssessmentResult, AssessmentRun, IndicatorSystem, Plan
from gongkai.supervision.services import assess, assess_by_hand, indicator_systems, orders
from gongkai.supervision.services.assess_by_hand import GivenValue
from gongkai.supervision.services.attach_evidence import Offered, attach_evidence
from gongkai.supervision.services.bind_values import unpack_ids
from gongkai.supervision.services.change_task import TaskSettings, close_task, confirm_task
from gongkai.supervision.services.import_plan import import_plan
from gongkai.supervision.services.training import TrainingWords, enrol_recruit, hold_training

pytestmark = pytest.mark.django_db
NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)
PLAN = "示范区卫生健康局2020年政务公开工作要点\n一、公开\n（一）目录。编制主动公开目录，6月底前完成。\n（二）培训。开展公开培训，9月底前完成。\n".encode()
When = dict[str, Any]


@pytest.fixture
def people() -> dict[str, Any]:
    make_tree()
    return {
        "office": make_person("office", ("disclosure_office", "demo")),
        "leader": make_person("leader", ("leader", "demo")),
        "editor": make_person("editor", ("section_editor", "demo-control")),
    }


def at(user: Any, day: date = TODAY) -> When:
    return {"user": user, "today": day, "now": NOW + timedelta(days=(day - TODAY).days)}


def worked_year(people: dict[str, Any]) -> Plan:
    """One task of the section done with evidence, one not; an order replied in time, one escalated; training."""
    office = people["office"]
    plan_id = import_plan(org_code="demo", name="plan.txt", data=PLAN, **at(office))
    plan = Plan.objects.get(pk=plan_id)
    for task in plan.tasks.all():
        settings = TaskSettings("demo-control", "date", task.deadline_date)
        confirm_task(task_id=task.pk, settings=settings, **at(office))
    first = plan.tasks.first()
    attach_evidence(
        task_id=first.pk,
        offered=Offered("file", name="目录.txt", data="目录一览".encode()),
        **at(people["editor"]),
    )
    close_task(task_id=first.pk, **at(office))
    for _ in range(2):
        words = orders.OrderWords("水质", "没有公布", "补公布", "demo-control", TODAY + timedelta(days=5))
        order_id = orders.issue_order(org_code="demo", words=words, **at(office))
    orders.sign_for_order(order_id=order_id, **at(people["editor"]))
    orders.reply_order(order_id=order_id, words="已公布", **at(people["editor"]))
    orders.escalate_order(
        order_id=order_id - 1, words="逾期", **at(people["leader"], TODAY + timedelta(days=9))
    )
    for number in ("R-1", "R-2"):
        enrol_recruit(
            org_code="demo", number=number, owner_code="demo-control", joined_on=TODAY, **at(office)
        )
    words = TrainingWords(TODAY, "条例培训", "regulation", "new_recruits", 20, 3, ("R-1",))
    hold_training(org_code="demo", words=words, **at(office))
    return plan


def in_force(people: dict[str, Any]) -> IndicatorSystem:
    system = indicator_systems.new_version(org_code="demo", **at(people["office"]))
    return indicator_systems.bring_into_force(system_id=system.pk, **at(people["office"]))


def begun(people: dict[str, Any], day: date = date(2021, 1, 10), **more: Any) -> AssessmentRun:
    return assess.begin_run(org_code="demo", year=2020, title="", **at(people["office"], day), **more)


def fill(run: AssessmentRun, people: dict[str, Any], day: date) -> None:
    """Give every value that no fact tells."""
    for result in run.results.all():
        given = [GivenValue(name, "1", "核查记录") for name in result.unmeasured]
        assess_by_hand.give_values(
            run_id=run.pk, result_id=result.pk, values=given, **at(people["office"], day)
        )


def of(run: AssessmentRun, code: str) -> AssessmentResult:
    return AssessmentResult.objects.get(run=run, target_code=code)


def points(result: AssessmentResult, indicator: str) -> str | None:
    return next(s["points"] for s in result.detail["scores"] if s["id"] == indicator)


def test_scores_come_from_facts_and_open_to_them(people: dict[str, Any]) -> None:
    worked_year(people)
    in_force(people)
    run = begun(people)
    section = of(run, "demo-control")
    assert (points(section, "S1.1"), points(section, "S1.2"), points(section, "S2.1")) == ("20", "10", "10")
    assert (points(section, "S2.2"), points(section, "S3.1")) == ("5", "5")
    assert (section.total, section.grade) == (Decimal("50.00"), "不合格")
    value = section.values.get(name="s1.met")
    entries = journal.entries_with(ids=unpack_ids(value.facts))
    assert [e.name for e in entries] == ["supervision.TaskClosed"]
    idle = of(run, "demo-office")
    assert idle.total is None
    assert points(idle, "S1.1") is None
    authority = of(run, "demo")
    assert authority.total is None
    assert "a1_1.holds" in authority.unmeasured
    assert authority.values.get(name="g1_3.new_trained").value == 1
    assert points(authority, "G1.3") == "0.75"
    assert {r.level for r in run.results.all()} == {"authority", "section", "institution"}
    assert not run.results.filter(target_code="demo-hospital-ward").exists()


def test_from_given_values_over_an_appeal_to_the_frozen_result(people: dict[str, Any]) -> None:
    worked_year(people)
    in_force(people)
    day = date(2021, 1, 10)
    run = begun(people)
    with pytest.raises(SupervisionRefused, match="没填的数"):
        assess.announce_run(run_id=run.pk, appeal_until=date(2021, 1, 20), **at(people["office"], day))
    with pytest.raises(SupervisionRefused, match="依据"):
        assess_by_hand.give_values(
            run_id=run.pk, result_id=of(run, "demo").pk, values=[GivenValue("a1_1.holds", "1", " ")],
            **at(people["office"], day),
        )  # fmt: skip
    fill(run, people, day)
    authority = of(run, "demo")
    assert authority.unmeasured == []
    # One escalation costs a point under level-1 indicator G, beside its own indicators.
    parts = {p["part"]: Decimal(p["points"]) for p in authority.detail["parts"]}
    own = sum(
        Decimal(s["points"]) for s in authority.detail["scores"] if s["id"].startswith("G") and s["points"]
    )
    assert parts["G"] == own - 1
    assess.announce_run(run_id=run.pk, appeal_until=date(2021, 1, 20), **at(people["office"], day))
    with pytest.raises(SupervisionRefused, match="公示"):
        assess.compute_run(run_id=run.pk, **at(people["office"], day))
    section = of(run, "demo-control")
    appeal = assess_by_hand.lodge_appeal(
        run_id=run.pk,
        result_id=section.pk,
        indicator="S2.2",
        words="升级时已经回复",
        **at(people["editor"], day),
    )
    with pytest.raises(organisations.NotPermitted):
        assess_by_hand.lodge_appeal(
            run_id=run.pk,
            result_id=of(run, "demo-office").pk,
            indicator="S2.2",
            words="替别人",
            **at(people["editor"], day),
        )
    with pytest.raises(SupervisionRefused, match="申诉期"):
        assess.freeze_run(run_id=run.pk, **at(people["leader"], day))
    decide = {"appeal_id": appeal.pk, "upheld": True, "decision": "查实，不计升级"}
    with pytest.raises(SupervisionRefused, match="更正哪个数"):
        assess_by_hand.decide_appeal(correction=None, **decide, **at(people["leader"], day))
    correction = GivenValue("s2.escalated", "0", "")
    assess_by_hand.decide_appeal(correction=correction, **decide, **at(people["leader"], day))
    section.refresh_from_db()
    assert (points(section, "S2.2"), section.total) == ("10", Decimal("55.00"))
    assert section.values.get(name="s2.escalated").source == "appealed"
    assess.freeze_run(run_id=run.pk, **at(people["leader"], date(2021, 1, 21)))
    assert list(differences_in_assessments()) == []
    facts = list(journal.entries(names=("supervision.OrganisationAssessed",)))
    assert {e.org: Decimal(str(e.body["total"])) for e in facts}["demo-control"] == Decimal("55.00")
    with pytest.raises(SupervisionRefused, match="已定案"):
        fill(run, people, day)
    section.values.filter(name="s1.met").update(value=2)
    assert [d.message for d in differences_in_assessments()] == ["定案之后内容被改动"]


def test_a_correction_is_a_new_run_that_takes_over_what_people_gave(people: dict[str, Any]) -> None:
    worked_year(people)
    in_force(people)
    day, later = date(2021, 1, 10), date(2021, 2, 1)
    run = begun(people)
    fill(run, people, day)
    assess.announce_run(run_id=run.pk, appeal_until=date(2021, 1, 20), **at(people["office"], day))
    assess.freeze_run(run_id=run.pk, **at(people["leader"], date(2021, 1, 21)))
    with pytest.raises(SupervisionRefused, match="更正的理由"):
        begun(people, later, replaces=run.pk)
    second = begun(people, later, replaces=run.pk, reason="漏算培训")
    assert of(second, "demo").unmeasured == []
    assert of(second, "demo").total == of(run, "demo").total
    assess.announce_run(run_id=second.pk, appeal_until=date(2021, 2, 10), **at(people["office"], later))
    assess.freeze_run(run_id=second.pk, **at(people["leader"], date(2021, 2, 11)))
    run.refresh_from_db()
    assert run.state == "replaced"
    assert list(differences_in_assessments()) == []


def test_veto_bonus_and_the_outside_score(people: dict[str, Any]) -> None:
    in_force(people)
    day = date(2021, 1, 10)
    run = begun(people)
    fill(run, people, day)
    authority = of(run, "demo")
    before = authority.total
    act = {"run_id": run.pk, "result_id": authority.pk, **at(people["office"], day)}
    assess_by_hand.give_outside_score(text="40", note="评估报告", **act)
    authority.refresh_from_db()
    # Without a bonus the whole is 0.7 of the outside score and 0.3 of the routine parts.
    parts = authority.detail["parts"]
    routine = [p for p in parts if p["part"] in ("E", "G")]
    share = sum(Decimal(p["points"]) for p in routine) / sum(Decimal(p["weight"]) for p in routine) * 100
    assert abs(authority.total - (Decimal("0.7") * 40 + Decimal("0.3") * share)) <= Decimal("0.01")
    assess_by_hand.give_outside_score(text="", note="撤回", **act)
    assess_by_hand.mark(kind="veto", code="falsified", times=1, reason="倒填日期", **act)
    authority.refresh_from_db()
    assert (authority.total, authority.grade) == (min(before, Decimal(59)), "不合格")
    assess_by_hand.mark(kind="veto", code="falsified", times=0, reason="", **act)
    assess_by_hand.mark(kind="bonus", code="commended", times=2, reason="省通报", **act)
    authority.refresh_from_db()
    assert authority.total == before + (authority.bonus if authority.base > 80 else 0)
    with pytest.raises(SupervisionRefused, match="没有这种情形"):
        assess_by_hand.mark(kind="veto", code="own_invention", times=1, reason="x", **act)


def test_systems_are_versioned_checked_and_bound_by_hash(people: dict[str, Any]) -> None:
    office = at(people["office"])
    first = in_force(people)
    with pytest.raises(SupervisionRefused, match="不能改"):
        indicator_systems.change_system(
            system_id=first.pk, kind="indicators", row={}, old_id="S1.1", **office
        )
    second = indicator_systems.new_version(org_code="demo", based_on=first.pk, **office)
    rule = next(r for r in second.content["indicators"] if r["id"] == "S1.1")
    indicator_systems.change_system(
        system_id=second.pk, kind="indicators", row={**rule, "weight": "30"}, old_id="S1.1", **office
    )
    with pytest.raises(SupervisionRefused, match="分值合计"):
        indicator_systems.bring_into_force(system_id=second.pk, **office)
    with pytest.raises(SupervisionRefused, match="没有数"):
        indicator_systems.change_system(
            system_id=second.pk,
            kind="indicators",
            row={**rule, "numerator": "nowhere"},
            old_id="S1.1",
            **office,
        )
    indicator_systems.change_system(system_id=second.pk, kind="indicators", row=rule, old_id="S1.1", **office)
    indicator_systems.bring_into_force(system_id=second.pk, **office)
    first.refresh_from_db()
    assert first.state == "retired"
    assert list(differences_in_assessments()) == []
    IndicatorSystem.objects.filter(pk=second.pk).update(content={**second.content, "indicators": []})
    assert len(list(differences_in_assessments())) == 1
    with pytest.raises(organisations.NotPermitted):
        indicator_systems.new_version(org_code="demo", **at(people["editor"]))


def test_the_shipped_system_is_sound_and_most_of_it_computes_itself() -> None:
    system = read_system(shipped_system())
    values = system.values_of_level("authority")
    folded = [b for b in values if b.kind != "given"]
    assert len(folded) > len(values) / 2
    content = shipped_system()
    with pytest.raises(SystemInvalid, match="两次"):
        read_system({**content, "indicators": [*content["indicators"], content["indicators"][0]]})


def test_an_appeal_is_decided_by_others(people: dict[str, Any]) -> None:
    worked_year(people)
    in_force(people)
    day = date(2021, 1, 10)
    run = begun(people)
    fill(run, people, day)
    assess.announce_run(run_id=run.pk, appeal_until=date(2021, 1, 20), **at(people["office"], day))
    both = make_person("both", ("leader", "demo"), ("section_editor", "demo-control"))
    assess_by_hand.lodge_appeal(
        run_id=run.pk,
        result_id=of(run, "demo-control").pk,
        indicator="S1.1",
        words="有误",
        **at(people["editor"], day),
    )
    appeal = Appeal.objects.get()
    with pytest.raises(SupervisionRefused, match="本单位的申诉"):
        assess_by_hand.decide_appeal(
            appeal_id=appeal.pk, upheld=False, decision="否", correction=None, **at(both, day)
        )
    assess_by_hand.decide_appeal(
        appeal_id=appeal.pk, upheld=False, decision="没有新证据", correction=None, **at(people["leader"], day)
    )
    appeal.refresh_from_db()
    assert appeal.state == "rejected"
    assert list(differences_in_assessments()) == []
