"""One changed row: exactly which figures, equations, relations and sentences fall; the way to 31 January; roll-up; year chains."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from gongkai.annual_report import api
from gongkai.annual_report.core.ladder import ladder
from gongkai.annual_report.models import ReportRun
from gongkai.annual_report.tests.test_report_runs import (
    BUILD,
    NOW,
    TODAY,
    WHO,
    approve,
    case,
    columns,
    posts,
    requests,
    values,
)
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.organisations.testing import make_person, make_tree
from gongkai.registers import api as registers

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def people():
    make_tree()
    return make_person("office", ("disclosure_office", "demo")), make_person("leader", ("leader", "demo"))


def penalties(count, org="demo", **changes):
    rows = [
        {
            "case_no": f"{org}{n}", "decision_document": f"文〔2020〕{n}号", "decided_date": "2020-05-01", "filed_date": "2020-04-01",
            "enforcement_field": "medical", "party_kind": "person", "party_person": "测某", "offence": "超范围",
            "legal_basis": "条例", "penalty_kind": "warning", "content": "警告", "published_date": "2020-05-06", **changes,
        }
        for n in range(count)
    ]  # fmt: skip
    registers.record_rows(register_id="penalty_case", raw_rows=rows, **{**WHO, "org_code": org})


def remove_one(register_id):
    row = registers.rows_of(rule=registers.register(register_id, on=TODAY), org_code="demo").first()
    registers.remove_row(register_id=register_id, row_id=row.pk, reason="登记错误", **WHO)


def test_nothing_changed_has_no_effects(people):
    penalties(4)
    run = api.build_run(**BUILD)
    found = api.effects_of(run=run, today=TODAY, now=LATER)
    assert (found.figures, found.equations, found.sentences) == ((), (), ())


def test_removed_row_names_exactly_its_figures_equations_and_sentences(people):
    office, _ = people
    posts(3)
    penalties(4)
    run = api.build_run(**BUILD)
    api.edit_texts(
        run_id=run.pk, texts={"s5": "作出行政处罚决定4件，其余工作正常。公众号发文3篇。"}, text_version=1, user=office,
        today=TODAY, now=NOW,
    )  # fmt: skip
    run.refresh_from_db()
    remove_one("penalty_case")
    found = api.effects_of(run=run, today=TODAY, now=LATER)
    assert {(f["cell"], f["before"], f["after"]) for f in found.figures} == {
        (name, "4", "3")
        for name in ("penalties.decided", "decisions.penalties", "t2.art20_6.penalties.decisions")
    }
    assert {(e.formula, e.held, e.holds) for e in found.equations} == {
        ("R19", True, True),
        ("R20", True, True),
    }
    bound = {s.before: s.after for s in found.sentences if s.before != s.after}
    assert {b.count("4起") + b.count("4件") for b in bound} == {1}
    assert all("3" in after for after in bound.values())
    assert len(bound) == 2, "one sentence of the annual report and one of the work report"
    fallen = [s for s in found.sentences if s.before == s.after]
    assert [(s.before, s.cells) for s in fallen] == [
        ("作出行政处罚决定4件，其余工作正常。", ("t2.art20_6.penalties.decisions",))
    ]
    assert run.cells.get(cell="penalties.decided").value == "4", "only told, not stored"


def test_request_closed_without_receipt_makes_an_equation_fall(people):
    case(1, "natural_person", date(2020, 3, 1), date(2020, 3, 20))
    run = api.build_run(**BUILD)
    with transaction.atomic():
        closed = requests.RequestClosed(
            org="demo", subject="request:9", state="closed", on=date(2020, 2, 1), seq=2, row="granted", how="reply", way=None,
            applicant_kind="natural_person", outcomes=("granted",), due=None, in_time=True, rule_version=1,
        )  # fmt: skip
        journal.record_fact(closed, actor=journal.SYSTEM, now=NOW)
    found = api.effects_of(run=run, today=TODAY, now=LATER)
    assert {(e.formula, e.held, e.holds) for e in found.equations if e.formula == "F1"} == {
        ("F1", True, False)
    }
    assert {e.formula for e in found.equations if e.holds} == {"F2", "F3"}


def test_change_in_another_year_or_register_has_no_effect(people):
    posts(3)
    run = api.build_run(**BUILD)
    posts(2, day=date(2019, 5, 1), head="old")
    assert api.effects_of(run=run, today=TODAY, now=LATER).figures == ()


def test_ladder_ends_on_31_january_and_follows_the_work(people):
    office, leader = people
    columns()

    def lights(today):
        steps = api.list_ladder(org_code="demo", year=2020, today=today)
        assert [s.due_date for s in steps] == sorted(s.due_date for s in steps)
        assert (steps[-1].due_date, steps[-1].is_statutory) == (date(2021, 1, 31), True)
        return [s.light for s in steps]

    assert lights(date(2021, 1, 4)) == ["near", "due", "due", "due", "due", "due"]
    assert lights(date(2021, 2, 1)) == ["late"] * 6
    run = api.build_run(**BUILD)
    assert lights(TODAY)[:3] == ["fine", "near", "fine"]
    api.edit_texts(
        run_id=run.pk, texts={"s5": "有 7 个问题。"}, text_version=1, user=office, today=TODAY, now=NOW
    )
    assert lights(TODAY)[1:3] == ["fine", "near"], "an unbound number keeps the step open"
    approve(run, leader, unbound_reason="本段为定性描述")
    assert lights(TODAY)[:5] == ["fine", "fine", "fine", "fine", "due"]
    api.draft_record(run_id=run.pk, user=office, today=TODAY, now=NOW)
    assert lights(TODAY)[4:] == ["fine", "due"]
    assert len(ladder()) == 6


def test_roll_up_takes_the_authorities_below_in_and_their_own_report_does_not(people):
    organisations.create_organisation(
        code="demo-town", name="示范区下属局", kind="authority", parent_code="demo", today=TODAY, now=NOW
    )
    penalties(4)
    penalties(3, org="demo-town")
    penalties(2, org="demo-hospital")
    penalties(1, org="other")
    own, whole = (
        values(api.build_run(**BUILD, scope=scope))["penalties.decided"] for scope in ("own", "all")
    )
    below = values(api.build_run(**{**BUILD, "org_code": "demo-town"}))["penalties.decided"]
    assert (own, whole, below) == ("6", "9", "3")
    assert api.organisation_codes(org_code="demo", scope="own") >= {"demo", "demo-hospital"}


def test_own_and_rolled_up_reports_are_frozen_side_by_side(people):
    _, leader = people
    penalties(2)
    for scope in ("own", "all"):
        approve(api.build_run(**BUILD, scope=scope), leader)
    assert ReportRun.objects.filter(state="approved").count() == 2
    assert api.run_in_force(org_code="demo", year=2020, scope="all").scope == "all"


def document(number, formed, repealed=None):
    return {
        "document_no": f"d{number}", "formed_date": formed, "title": "文件", "kind": "normative", "published_date": formed,
        "repealed_date": repealed,
    }  # fmt: skip


def test_documents_in_force_chain_from_year_to_year_and_a_break_is_warned(people):
    _, leader = people
    rows = [
        document(1, "2020-02-01"),
        document(2, "2021-03-01"),
        document(3, "2021-04-01", "2022-06-01"),
        document(4, "2022-05-01"),
    ]
    registers.record_rows(register_id="policy_document", raw_rows=rows, **{**WHO, "today": date(2023, 1, 5)})
    for year in (2021, 2022):
        when = NOW.replace(year=year + 1)
        run = api.build_run(**{**BUILD, "year": year, "now": when, "today": when.date()})
        row = "t2.art20_1.normative_documents"
        numbers = {c: values(run)[f"{row}.{c}"] for c in ("made", "repealed", "in_force")}
        approve(run, leader)
    assert numbers == {"made": "1", "repealed": "1", "in_force": "3"}
    assert run.outcome["checked"]["F6"] == 2
    assert run.outcome["checked"]["F5"] == 7
    assert not [f for f in run.outcome["failures"] if f["formula"] in ("F5", "F6")]
    late = document(5, "2020-12-01")
    registers.record_rows(
        register_id="policy_document", raw_rows=[late], **{**WHO, "today": date(2023, 1, 5)}
    )
    when = NOW.replace(year=2023)
    again = api.build_run(
        **{**BUILD, "year": 2022, "now": when, "today": when.date()}, replaces=run.pk, reason="补录旧文件"
    )
    assert [d["cell"] for d in again.differences if d["cell"].startswith("t2.")] == [f"{row}.in_force"]
    assert {f["formula"] for f in again.outcome["failures"] if f["severity"] == "warning"} == {"F6"}
