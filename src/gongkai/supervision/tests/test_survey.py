"""The satisfaction survey: formulas, independence, tokens that lead nowhere, the public form, the result in the assessment."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import mean, stdev
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.organisations.testing import TODAY, make_person, make_tree
from gongkai.supervision.core.survey import (
    Estimate,
    Stratum,
    dimension_scores,
    estimate,
    institution_total,
    method,
    person_index,
    questionnaires,
    quotas,
    sample_size,
    shares_for,
)
from gongkai.supervision.core.survey_checks import Answer, conductor_faults, flags_of, perfect_share
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.governance_checks import differences_in_surveys
from gongkai.supervision.models import AssessmentResult, SurveyAnswer, SurveyRound, SurveyStratum, SurveyToken
from gongkai.supervision.services import assess, assess_by_hand, indicator_systems, surveys
from gongkai.supervision.services.report_survey import report_survey, result_of
from gongkai.supervision.services.survey_tokens import answer
from gongkai.supervision.services.surveys import StratumWords, SurveyWords

NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)
RULE = method()
OUTPATIENT = questionnaires()[0]


def test_sample_size_follows_the_formula() -> None:
    assert sample_size(10**9, rule=RULE) == 385
    assert sample_size(1000, rule=RULE) == math.ceil(384.16 / (1 + 383.16 / 1000))
    assert sample_size(110, rule=RULE) == 100
    assert (sample_size(60, rule=RULE), sample_size(0, rule=RULE)) == (60, 0)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5000), min_size=1), st.integers(10, 400))
def test_quotas_add_up_and_follow_the_volumes(volumes: dict[str, int], total: int) -> None:
    total = min(total, sum(volumes.values()))
    found = quotas(volumes, total)
    everyone = sum(volumes.values())
    assert all(1 <= found[name] <= volumes[name] for name in volumes)
    assert all(abs(found[name] - total * volumes[name] / everyone) <= 1 for name in volumes)
    assert 0 <= sum(found.values()) - total <= len(volumes)


def test_scores_of_a_person() -> None:
    marks = {code: 5 for code, _, _ in OUTPATIENT.questions()} | {"doctor.1": 3, "doctor.2": 0, "doctor.3": 0}
    scores = dimension_scores(OUTPATIENT, marks, rule=RULE)
    # One of three items answered is less than half: the dimension is left out, the index rests on the others.
    assert "doctor" not in scores
    assert person_index(OUTPATIENT, scores) == 100
    scores = dimension_scores(OUTPATIENT, marks | {"doctor.2": 1}, rule=RULE)
    assert scores["doctor"] == 25
    assert person_index(OUTPATIENT, scores) == pytest.approx((75 * 100 + 25 * 25) / 100)
    assert person_index(OUTPATIENT, {}) is None


def test_one_stratum_gives_the_textbook_interval() -> None:
    values = (50.0, 60.0, 70.0, 90.0, 100.0)
    found = estimate([Stratum(50, values)], rule=RULE)
    assert found is not None
    error = stdev(values) / math.sqrt(5) * math.sqrt(1 - 5 / 50)
    assert (found.mean, found.error) == (pytest.approx(mean(values)), pytest.approx(error))
    assert found.high - found.low == pytest.approx(2 * 1.96 * error)
    assert estimate([], rule=RULE) is None


def test_strata_weigh_by_volume_and_the_cap_is_told() -> None:
    big, small = Stratum(900, (80.0,) * 10), Stratum(100, (40.0,) * 10)
    found = estimate([big, small], rule=RULE)
    assert found is not None
    assert found.mean == pytest.approx(76)
    assert (found.error, found.is_capped) == (pytest.approx(0, abs=1e-9), False)
    lone = estimate([Stratum(100000, (80.0, 82.0)), Stratum(10, (40.0, 41.0) * 50)], rule=RULE)
    assert lone is not None
    assert lone.is_capped


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = Random(3)
    people = {"a": [rng.gauss(70, 15) for _ in range(800)], "b": [rng.gauss(50, 10) for _ in range(200)]}
    people = {name: [min(100.0, max(0.0, v)) for v in values] for name, values in people.items()}
    truth = sum(map(sum, people.values())) / 1000
    hits = 0
    for _ in range(400):
        strata = [Stratum(len(v), tuple(rng.sample(v, 40))) for v in people.values()]
        found = estimate(strata, rule=RULE)
        assert found is not None
        hits += found.low <= truth <= found.high
    assert 0.91 <= hits / 400 <= 0.98


def test_suspicions_are_reported() -> None:
    full = {f"d.{n}": n % 5 + 1 for n in range(8)}
    straight = dict.fromkeys(full, 5)
    answers = [Answer(full, 120, f"p{n}", "2020-03-02", False) for n in range(6)]
    answers += [Answer(full, 10, "q", "2020-03-02", True), Answer(straight, 100, "r", "2020-03-02", False)]
    answers += [Answer(full, 100, "s", "2020-03-02", False)] * 6
    flags = flags_of(answers, rule=RULE)
    assert flags[:6] == [[]] * 6
    assert flags[6] == ["fast", "inside"]
    assert flags[7] == ["straight"]
    assert flags[8:] == [["burst"]] * 6
    assert perfect_share(answers) == pytest.approx(1 / 14)
    assert flags_of([], rule=RULE) == []


def test_staff_answer_at_work_and_that_is_no_suspicion() -> None:
    marks = {f"d.{n}": n % 5 + 1 for n in range(8)}
    answers = [Answer(marks, 120, "same", "2020-03-02", True)] * 20
    assert flags_of(answers, rule=RULE) == [["burst", "inside"]] * 20
    assert flags_of(answers, rule=RULE, at_work=True) == [[]] * 20
    assert [q.id for q in questionnaires() if q.at_work] == ["staff"]


def test_every_questionnaire_weighs_100_and_says_how_sure_it_is() -> None:
    for sheet in questionnaires():
        assert sum(d.weight for d in sheet.dimensions) == 100
        assert sheet.confidence != "confirmed"
        assert sheet.basis
    assert {s.id for s in RULE.fuller_services} <= {q.id for q in questionnaires()}
    assert sum(s.share for s in RULE.services) == sum(s.share for s in RULE.fuller_services) == 1


@given(st.dictionaries(st.sampled_from(("outpatient", "inpatient", "staff")), st.floats(0, 100), min_size=1))
def test_the_total_takes_the_shares_of_what_was_asked(means: dict[str, float]) -> None:
    shares = shares_for(means, rule=RULE)
    expected = {
        ("inpatient", "outpatient", "staff"): {"outpatient": 0.4, "inpatient": 0.5, "staff": 0.1},
        ("inpatient", "outpatient"): {"outpatient": 0.45, "inpatient": 0.55},
        ("inpatient", "staff"): {"inpatient": 1},
        ("outpatient", "staff"): {"outpatient": 1},
        ("staff",): {},
    }.get(tuple(sorted(means)), dict.fromkeys(means, 1))
    assert shares == pytest.approx(expected)
    found = {name: Estimate(mean, mean, mean, 0, 10, False) for name, mean in means.items()}
    total = institution_total(found, rule=RULE)
    if not expected:
        assert total is None
    else:
        assert total is not None
        assert total.mean == pytest.approx(sum(share * means[name] for name, share in expected.items()))


@pytest.mark.parametrize(
    ("conductor", "contract", "faults"),
    [
        ("云岭调查有限公司", "委托合同1号", 0), ("示范区人民医院", "合同", 1), ("示范区人民医院信息科", "合同", 1),
        ("示范区卫生健康局", "合同", 1), ("", "", 2),
    ],
)  # fmt: skip
def test_whoever_runs_it_is_not_the_one_surveyed(conductor: str, contract: str, faults: int) -> None:
    found = conductor_faults(
        conductor=conductor,
        contract=contract,
        surveyed_names=["示范区人民医院"],
        own_names=["示范区卫生健康局"],
    )
    assert len(found) == faults


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    make_tree()
    return {
        "office": make_person("office", ("disclosure_office", "demo")),
        "leader": make_person("leader", ("leader", "demo")),
        "clerk": make_person("clerk", ("disclosure_office", "demo"), ("institution_clerk", "demo-hospital")),
    }


def at(user: Any, day: date = TODAY) -> dict[str, Any]:
    return {"user": user, "today": day, "now": NOW + timedelta(days=(day - TODAY).days)}


def opened(people: dict[str, Any], *, closes: date = date(2020, 3, 31), staff: int = 0) -> SurveyRound:
    words = SurveyWords(2020, "2020年满意度调查", "云岭调查有限公司", "委托合同1号", TODAY, closes)
    found = surveys.design_survey(org_code="demo", words=words, **at(people["office"]))
    for service, department, volume in (
        ("outpatient", "内科", 900),
        ("outpatient", "外科", 100),
        ("inpatient", "内科", 300),
    ):
        stratum = StratumWords("demo-hospital", 2, service, department, volume, "10.1.0.0/16")
        surveys.add_stratum(round_id=found.pk, words=stratum, user=people["office"], today=TODAY)
    if staff:
        stratum = StratumWords("demo-hospital", 2, "staff", "全院", staff, "10.1.0.0/16")
        surveys.add_stratum(round_id=found.pk, words=stratum, user=people["office"], today=TODAY)
    surveys.open_survey(round_id=found.pk, **at(people["office"]))
    found.refresh_from_db()
    return found


def marks_for(stratum: SurveyStratum, mark: int) -> dict[str, int]:
    sheet = next(q for q in questionnaires() if q.id == stratum.service)
    return {code: mark for code, _, _ in sheet.questions()}


def test_from_design_to_a_score_in_the_assessment(people: dict[str, Any]) -> None:
    found = opened(people)
    quota = {(s.service, s.department): s.quota for s in SurveyStratum.objects.all()}
    assert quota[("outpatient", "内科")] + quota[("outpatient", "外科")] == sample_size(1000, rule=RULE)
    with pytest.raises(SupervisionRefused, match="被调查机构的人"):
        surveys.issue_tokens(stratum_id=SurveyStratum.objects.first().pk, count=1, **at(people["clerk"]))
    for stratum, mark, count in zip(
        SurveyStratum.objects.order_by("pk"), (5, 3, 4), (12, 12, 12), strict=True
    ):
        for code in surveys.issue_tokens(stratum_id=stratum.pk, count=count, **at(people["office"])):
            answer(code=code, marks=marks_for(stratum, mark), seconds=100, address="192.0.2.7", today=TODAY)
    with pytest.raises(SupervisionRefused, match="用过"):
        answer(code=code, marks=marks_for(stratum, 5), seconds=100, address="192.0.2.7", today=TODAY)
    surveys.close_survey(round_id=found.pk, **at(people["office"], date(2020, 4, 1)))
    assert not SurveyAnswer.objects.exclude(place="").exists()
    report_survey(round_id=found.pk, **at(people["leader"], date(2020, 4, 2)))
    found.refresh_from_db()
    unit = found.result["units"][0]
    # Outpatient 0.9·100 + 0.1·50, inpatient 75, together 0.45 and 0.55.
    assert unit["total"]["mean"] == f"{0.45 * 95 + 0.55 * 75:.2f}"
    assert unit["rank"] == "1/1"
    assert unit["flags"]["burst"] == 36
    assert list(differences_in_surveys()) == []
    facts = list(journal.entries(names=("supervision.HospitalSurveyed",)))
    assert [(e.org, e.body["level"], e.body["answers"]) for e in facts] == [("demo-hospital", 2, 36)]
    system = indicator_systems.new_version(org_code="demo", **at(people["office"]))
    indicator_systems.change_system(
        system_id=system.pk, kind="scoring", row={"least_weight": "0"}, old_id="", **at(people["office"])
    )
    indicator_systems.bring_into_force(system_id=system.pk, **at(people["office"]))
    run = assess.begin_run(org_code="demo", year=2020, title="", **at(people["office"], date(2020, 5, 1)))
    hospital = AssessmentResult.objects.get(run=run, target_code="demo-hospital")
    given = [assess_by_hand.GivenValue(name, "10", "核查") for name in hospital.unmeasured]
    assess_by_hand.give_values(
        run_id=run.pk, result_id=hospital.pk, values=given, **at(people["office"], date(2020, 5, 1))
    )
    hospital.refresh_from_db()
    assert hospital.satisfaction == Decimal(unit["total"]["mean"])
    share = Decimal("0.2")
    expected = hospital.total_without * (1 - share) + hospital.satisfaction * share
    assert abs(hospital.total - expected) <= Decimal("0.01")
    assert hospital.total != hospital.total_without
    SurveyAnswer.objects.first().delete()
    SurveyRound.objects.update(result={"units": []})
    assert len(list(differences_in_surveys())) == 3


def test_staff_counts_a_tenth_of_the_total_when_enough_of_it_answered(people: dict[str, Any]) -> None:
    found = opened(people, staff=200)
    for stratum in SurveyStratum.objects.order_by("pk"):
        mark, count = {"outpatient": (5, 6), "inpatient": (3, 6), "staff": (1, 6)}[stratum.service]
        for code in surveys.issue_tokens(stratum_id=stratum.pk, count=count, **at(people["office"])):
            address = "10.1.0.9" if stratum.service == "staff" else ""
            answer(code=code, marks=marks_for(stratum, mark), seconds=90, address=address, today=TODAY)
    surveys.close_survey(round_id=found.pk, **at(people["office"], date(2020, 4, 1)))
    staff = SurveyAnswer.objects.filter(stratum__service="staff")
    assert all("inside" not in row.flags and "burst" not in row.flags for row in staff)
    unit = result_of(found)["units"][0]
    assert {s["service"]: s["share"] for s in unit["services"]} == {
        "outpatient": "0.40", "inpatient": "0.50", "staff": "0.10",
    }  # fmt: skip
    assert unit["total"]["mean"] == f"{0.4 * 100 + 0.5 * 50 + 0.1 * 0:.2f}"
    for row in staff[:2]:
        row.delete()
    unit = result_of(found)["units"][0]
    # Four people of the staff are too few: what they said can be read neither there nor out of the total.
    assert unit["total"]["mean"] == f"{0.45 * 100 + 0.55 * 50:.2f}"
    assert {s["service"]: s["index"] for s in unit["services"]}["staff"] is None


def test_nothing_leads_from_an_answer_to_its_token(people: dict[str, Any]) -> None:
    opened(people)
    stratum = SurveyStratum.objects.first()
    codes = surveys.issue_tokens(stratum_id=stratum.pk, count=3, **at(people["office"]))
    assert len(set(codes)) == 3
    assert all(re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", code) for code in codes)
    answer(
        code=codes[1].lower().replace("-", " "),
        marks=marks_for(stratum, 4),
        seconds=60,
        address="10.1.2.3",
        today=TODAY,
    )
    row = SurveyAnswer.objects.get()
    assert row.is_inside
    token_fields = {f.name for f in SurveyToken._meta.get_fields()}
    answer_fields = {f.name for f in SurveyAnswer._meta.get_fields()}
    assert token_fields == {"id", "stratum", "digest", "is_used"}
    assert answer_fields == {"id", "stratum", "marks", "day", "seconds", "place", "is_inside", "flags"}
    stored = " ".join(SurveyToken.objects.values_list("digest", flat=True))
    bare = [code.replace("-", "") for code in codes]
    assert not any(code in stored for code in bare)
    assert "10.1.2.3" not in str(row.__dict__)
    said = [str(e.body) for e in journal.entries(names=("supervision.TokensIssued",))]
    assert not any(code in line for code in bare for line in said)
    assert not list(journal.entries(names=("supervision.SurveyAnswered",)))


def test_cells_of_few_people_are_hidden_and_few_answers_are_not_ranked(people: dict[str, Any]) -> None:
    found = opened(people)
    stratum = SurveyStratum.objects.filter(service="outpatient").first()
    for code in surveys.issue_tokens(stratum_id=stratum.pk, count=4, **at(people["office"])):
        answer(code=code, marks=marks_for(stratum, 4), seconds=60, address="", today=TODAY)
    surveys.close_survey(round_id=found.pk, **at(people["office"], date(2020, 4, 1)))
    report_survey(round_id=found.pk, **at(people["leader"], date(2020, 4, 2)))
    found.refresh_from_db()
    unit = found.result["units"][0]
    assert (unit["total"], unit["rank"]) == (None, None)
    assert all(d["index"] is None for s in unit["services"] for d in s["dimensions"])
    assert not list(journal.entries(names=("supervision.HospitalSurveyed",)))


def test_the_public_form_works_without_script(
    people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(people)
    monkeypatch.setattr("gongkai.supervision.counter.views.timezone.localdate", lambda: TODAY)
    stratum = SurveyStratum.objects.filter(service="inpatient").get()
    code = surveys.issue_tokens(stratum_id=stratum.pk, count=1, **at(people["office"]))[0]
    visitor = Client()
    page = visitor.get(reverse("survey:start"))
    assert "<script" not in page.content.decode()
    assert visitor.post(reverse("survey:start"), {"code": "AAAA-BBBB-CCCC"}).status_code == 422
    sheet = visitor.post(reverse("survey:start"), {"code": code}).content.decode()
    assert "示范区人民医院" in sheet
    begun = re.search(r'name="begun" value="([^"]+)"', sheet)[1]
    chosen = {f"q-{key}": "4" for key in marks_for(stratum, 4)}
    first = next(iter(chosen))
    some = {key: value for key, value in chosen.items() if key != first} | {"code": code, "begun": begun}
    again = visitor.post(reverse("survey:sheet"), some | {"send": "1"})
    assert again.status_code == 422
    assert "还有 1 题没有选" in again.content.decode()
    assert again.content.decode().count("checked") == len(chosen) - 1
    large = visitor.post(reverse("survey:sheet"), some | {"elder": "1"})
    assert 'class="elder"' in large.content.decode()
    assert large.content.decode().count("checked") == len(chosen) - 1
    sent = visitor.post(reverse("survey:sheet"), chosen | {"code": code, "begun": begun, "send": "1"})
    assert sent.headers["Location"] == reverse("survey:done")
    assert SurveyAnswer.objects.count() == 1
    assert visitor.post(reverse("survey:start"), {"code": code}).status_code == 422
    assert "sessionid" not in visitor.cookies
    for _ in range(RULE.tries_an_hour):
        wrong = visitor.post(reverse("survey:start"), {"code": "AAAA-BBBB-CCCC"})
    assert wrong.status_code == 429


def test_a_survey_by_the_surveyed_is_refused(people: dict[str, Any]) -> None:
    words = SurveyWords(2020, "调查", "示范区人民医院", "合同", TODAY, TODAY)
    found = surveys.design_survey(org_code="demo", words=words, **at(people["office"]))
    SurveyRound.objects.filter(pk=found.pk).update(conductor="第三方公司")
    with pytest.raises(SupervisionRefused, match="科室和服务量"):
        surveys.open_survey(round_id=found.pk, **at(people["office"]))
    SurveyRound.objects.filter(pk=found.pk).update(conductor="示范区人民医院")
    surveys.add_stratum(
        round_id=found.pk,
        words=StratumWords("demo-hospital", 2, "outpatient", "内科", 100),
        user=people["office"],
        today=TODAY,
    )
    with pytest.raises(SupervisionRefused, match="被调查机构"):
        surveys.open_survey(round_id=found.pk, **at(people["office"]))
