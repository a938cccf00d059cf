"""A policy carries its interpretation plan through every gate; the pairs are listed with counted days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.findings import Severity
from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.core.canonical import content_digest
from gongkai.records.core.interpretation import (
    PARTS,
    Plan,
    Stage,
    asks_for_interpretation,
    checked_plan,
    exceptions,
    forms,
    plan_findings,
    plan_from,
    plan_rules,
    posts,
    stage_of,
)
from gongkai.records.core.kinds import CHANGES, GENRES, GRADES, KINDS
from gongkai.records.models import InterpretationExemption, Record, RecordState, Release
from gongkai.records.selectors_interpretation import pairs
from gongkai.records.selectors_sheet import sheet_of
from gongkai.records.services.content import draft_of
from gongkai.records.table_checks import differences_in_exemptions
from gongkai.records.tests.conftest import PLAN

POLICY = {"kind": "policy", "genre": "办法"}
ON = date(2020, 6, 15)
PLANS = st.builds(
    Plan,
    outline=st.text("提纲", max_size=3),
    forms=st.lists(st.sampled_from([one.id for one in forms()]), unique=True).map(tuple),
    channels=st.sampled_from(["", "网站"]),
    interpreter_post=st.sampled_from(["", *(one.id for one in posts())]),
    interpreter=st.sampled_from(["", "测试人"]),
    planned_date=st.none() | st.dates(date(2020, 1, 1), date(2021, 1, 1)),
    drafter=st.sampled_from(["", "医政科"]),
)


def exempt(office, record_id, **changes):
    values = {
        "ground": "internal",
        "reason": "只规定科室内部分工",
        "content_sha256": api.content_hash(record_id=record_id),
        "user": office.office,
        "now": office.later(),
    }
    return api.exempt_interpretation(record_id=record_id, **{**values, **changes})


@given(plan=PLANS)
def test_plan_comes_back_as_it_was_kept_and_only_a_full_one_passes(plan):
    assert plan_from(plan.as_json()) == plan
    assert checked_plan(plan.as_json()) == plan
    rule = plan_rules()[0]
    found = list(plan_findings(plan, rule=rule, change="first", exempt=False, formed=None))
    blocked = any(one.severity is Severity.BLOCK for one in found)
    assert blocked == any(not getattr(plan, name) for name in rule.needs)
    assert set(rule.needs) <= set(PARTS)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    genre=st.sampled_from(["", *GENRES]),
    grade=st.sampled_from(sorted(GRADES)),
    change=st.sampled_from(sorted(CHANGES)),
    migrated=st.booleans(),
    exempt=st.booleans(),
)
def test_a_plan_is_asked_for_by_rule_and_by_nothing_else(kind, genre, grade, change, migrated, exempt):
    rule = asks_for_interpretation(kind=kind, genre=genre, grade=grade, migrated=migrated, on=ON)
    found = list(plan_findings(None, rule=rule, change=change, exempt=exempt, formed=ON))
    named = plan_rules()[0]
    asked = kind in named.kinds and genre not in named.genres_not and grade not in named.grades_not
    assert bool(found) == (asked and not migrated and change in named.changes and not exempt)


@given(
    has_plan=st.booleans(),
    exempt=st.booleans(),
    released=st.none() | st.dates(date(2020, 6, 1), date(2020, 6, 30)),
    after=st.none() | st.integers(0, 20),
    waited=st.integers(0, 30),
)
def test_a_pair_is_late_exactly_after_its_last_day(has_plan, exempt, released, after, waited):
    due = released + timedelta(days=5) if released else None
    interpreted = released + timedelta(days=after) if released and after is not None else None
    today = (released or ON) + timedelta(days=waited)
    stage = stage_of(
        has_plan=has_plan, exempt=exempt, released=released, interpreted=interpreted, due=due, today=today
    )
    if interpreted:
        assert stage == (Stage.PUBLISHED if after <= 5 else Stage.PUBLISHED_LATE)
    elif exempt and not has_plan:
        assert stage is Stage.EXEMPT
    elif released:
        assert stage == (Stage.LATE if waited > 5 else Stage.DUE)
    else:
        assert stage == (Stage.PLANNED if has_plan else Stage.MISSING)


def test_what_is_signed_beside_changes_the_hash_and_nothing_beside_does_not():
    payload = {"title": "办法"}
    bare = content_digest(payload, change="first", change_note="")
    assert bare == content_digest(payload, change="first", change_note="", beside={})
    plan = {"interpretation": {"plan": Plan(outline="提纲").as_json()}}
    assert bare != content_digest(payload, change="first", change_note="", beside=plan)


@pytest.mark.django_db
def test_policy_without_plan_cannot_be_handed_in_by_any_path(office):
    record = office.draft(metadata=POLICY, plan=None)
    with pytest.raises(api.FindingsOpen, match="没有解读方案") as refused:
        api.submit(record_id=record.id, user=office.editor, now=office.later())
    with pytest.raises(api.RecordError):
        api.waive(
            record_id=record.id,
            finding_key=refused.value.keys[0],
            reason="先发再说",
            user=office.office,
            now=office.later(),
        )
    office.plan(record.id, {**PLAN, "outline": " "})
    with pytest.raises(api.FindingsOpen, match="没有写解读提纲"):
        api.submit(record_id=record.id, user=office.editor, now=office.later())
    office.plan(record.id)
    assert api.submit(record_id=record.id, user=office.editor, now=office.later()).state == "in_review"
    facts = list(journal.entries(names=("records.InterpretationPlanned",)))
    assert [fact.body["planned_on"] for fact in facts] == ["2020-06-18", "2020-06-18"]
    assert facts[0].body["plan_sha256"] != facts[1].body["plan_sha256"]


@pytest.mark.django_db
def test_plan_is_signed_with_the_text_and_never_public(office):
    record = office.approved(metadata=POLICY)
    state = RecordState.objects.get(pk=record.id)
    draft = draft_of(state)
    assert draft.beside == {"interpretation": {"plan": {**PLAN, "interpreter": ""}}}
    assert "提纲" not in str(api.public_payload(record_id=record.id))
    assert "局网站" not in str(draft.payload)
    lines = dict(sheet_of(state, 1).interpretation)
    assert (lines["解读形式"], lines["解读人"]) == ("文字解读、政策问答", "主要负责人")
    # past every service: another plan in the signed text is another content
    changed = draft.record
    changed.interpretation_plan = {**PLAN, "outline": "换一个提纲"}
    revision = changed.latest_revision
    revision.content = {**revision.content, "interpretation_plan": changed.interpretation_plan}
    revision.save(update_fields=["content"])
    with pytest.raises(api.ContentChanged):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_somebody_else_may_decide_that_no_interpretation_is_needed(office):
    record = office.draft(metadata=POLICY, plan=None)
    shown = api.content_hash(record_id=record.id)
    for changes, error in (
        ({"ground": "whim"}, api.BadInput),
        ({"reason": " "}, api.BadInput),
        ({"content_sha256": "0" * 64}, api.BadInput),
        ({"user": office.editor}, organisations.NotPermitted),
    ):
        with pytest.raises(error), transaction.atomic():
            exempt(office, record.id, **changes)
    assert not InterpretationExemption.objects.exists()
    exempt(office, record.id)
    assert api.content_hash(record_id=record.id) != shown
    assert api.submit(record_id=record.id, user=office.editor, now=office.later()).state == "in_review"
    line = sheet_of(RecordState.objects.get(pk=record.id), 1).interpretation
    assert line == (("不配发解读", f"{exceptions()[0].name}：只规定科室内部分工"),)
    with pytest.raises(api.StepRefused):
        exempt(office, record.id)
    assert not list(differences_in_exemptions())
    with pytest.raises(DatabaseError), transaction.atomic():
        InterpretationExemption.objects.update(reason="改")
    with pytest.raises(IntegrityError), transaction.atomic():
        InterpretationExemption.objects.create(
            record_id=record.id, sequence=1, ground="internal", reason="再来", content_sha256="0" * 64,
            user=office.office, role="x", at=office.now,
        )  # fmt: skip


@pytest.mark.django_db
def test_author_does_not_exempt_and_a_plan_outweighs(office):
    own = office.draft(org_code="demo", metadata=POLICY, user=office.office, plan=None)
    with pytest.raises(api.SeparationBroken):
        exempt(office, own.id)
    with pytest.raises(api.StepRefused, match="不要求"):
        exempt(office, office.draft().id)
    record = office.draft(metadata=POLICY, plan=None)
    exempt(office, record.id)
    office.plan(record.id)
    assert "plan" in draft_of(RecordState.objects.get(pk=record.id)).beside["interpretation"]
    with pytest.raises(api.StepRefused, match="已有"):
        exempt(office, record.id)
    with pytest.raises(api.BadInput, match="只有政策文件"):
        office.plan(office.draft().id)


@pytest.mark.django_db
def test_pairs_are_planned_due_late_and_published_in_counted_days(office):
    codes = frozenset({"demo", "demo-yz"})

    def stage(day):
        return {row.record_id: row for row in pairs(org_codes=codes, today=day)}

    office.draft(metadata={**POLICY, "grade": "relayed", "issuer": "某省卫生健康委"}, plan=None)
    office.draft(metadata={**POLICY, "genre": "批复"}, plan=None)
    bare = office.draft(metadata=POLICY, plan=None)
    policy = office.published(metadata=POLICY)
    day = office.today
    calendar = load_calendar()
    due = calendar.nth_working_day_after(day, 3)
    rows = stage(day)
    assert set(rows) == {bare.id, policy.record_id}
    assert rows[bare.id].stage is Stage.MISSING
    row = rows[policy.record_id]
    assert (row.stage, row.due, row.left, row.light) == (Stage.DUE, due, 3, "fine")
    assert stage(calendar.nth_working_day_after(day, 2))[policy.record_id].light == "near"
    late = stage(calendar.nth_working_day_after(day, 5))[policy.record_id]
    assert (late.stage, late.days_over, late.light) == (Stage.LATE, 2, "late")
    making = office.draft(metadata={"kind": "interpretation", "interprets": [policy.record_id]})
    assert [one.released for one in stage(day)[policy.record_id].materials] == [None]
    api.submit(record_id=making.id, user=office.editor, now=office.later())
    office.sign_all(making.id)
    api.publish(record_id=making.id, user=office.leader, now=office.later(days=2))
    done = stage(office.today)[policy.record_id]
    assert done.stage is Stage.PUBLISHED
    assert done.taken == calendar.working_days_between(day, office.today)


@pytest.mark.django_db
def test_desk_walk_plan_list_overlap(office, client):
    people = get_user_model()
    client.force_login(people.objects.get(username="editor"))
    record = office.draft(metadata=POLICY, plan=None, title="医疗服务价格公示办法")
    address = f"/desk/records/{record.id}/interpretation/"
    page = client.get(address)
    assert page.status_code == 200
    assert "解读提纲" in page.content.decode()
    refused = client.post(address, {"version": record.version, "forms": ["dance"], "outline": "提纲在此"})
    assert refused.status_code == 400
    assert "提纲在此" in refused.content.decode()
    given = {**PLAN, "version": api.get_record(record_id=record.id).version, "plan": "1"}
    assert client.post(address, given).status_code == 302
    assert Record.objects.get(pk=record.id).interpretation_plan == {**PLAN, "interpreter": ""}
    kept = client.post(address, {**given, "outline": "迟到的"}, follow=True)
    assert "没有覆盖" in kept.content.decode()
    assert (
        client.get("/desk/records/interpretations/?stage=planned").content.decode().count(record.title) == 1
    )
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    interpretation = office.draft(
        title="价格公示办法解读",
        metadata={"kind": "interpretation", "interprets": [record.id]},
        blocks=[
            {"type": "paragraph", "html": "做好疫情防控信息公开。一、总体要求，下面用自己的话说明为什么。"}
        ],
    )
    shown = client.get(f"/desk/records/{interpretation.id}/").content.decode()
    assert "与原文的重合" in shown
    assert "连续 13 个字" in shown
    client.force_login(people.objects.get(username="reviewer"))
    review = client.get(f"/desk/records/{record.id}/review/").content.decode()
    assert "与文件一并签署" in review
    assert PLAN["outline"] in review
