"""Every chain holds: nothing goes out unsigned, each step has its clock, what goes out first is reviewed afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.clocks import Light
from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.core.chains import Chain, chain_by_id, chain_for, chains
from gongkai.records.core.office_time import OFFICE_ZONE
from gongkai.records.core.step_clock import read_clock
from gongkai.records.models import (
    LaterReview,
    Record,
    RecordState,
    Release,
    Review,
    Submission,
    WaitingNotice,
)
from gongkai.records.services.notices import notify_waiting, set_mail_notices
from gongkai.records.table_checks import differences_in_later_reviews

BY_KIND = {
    "content": "reviewer",
    "personal_data": "reviewer",
    "legality": "legal",
    "openness": "office",
    "secrecy": "secrecy",
    "approval": "leader",
    "principal": "principal",
}
RELAYED = {"issuer": "国家卫生健康委", "source": "国家卫生健康委网站"}
NAMED = {"authority": "headquarters_order", "authority_note": "县应急指挥部6月15日9时决定"}
MAIL = override_settings(
    MAIL_NOTICES_POSSIBLE=True, MAIL_DOMAIN="demo.example", DEFAULT_FROM_EMAIL="a@demo.example"
)


@pytest.fixture
def full(office):
    """The office with a legal officer, a principal and a head of the hospital."""
    begun = {"today": date(2020, 1, 2), "now": datetime(2020, 1, 2, 9, tzinfo=OFFICE_ZONE)}
    for name, role, org_code in (
        ("legal", "legal_officer", "demo"),
        ("principal", "principal", "demo"),
        ("head", "reviewer", "demo-yy"),
    ):
        person = organisations.create_user(
            username=name, name=f"测试{name}", org_code=org_code, password=None, **begun
        )
        organisations.give_post(
            person=person, role=role, org_code=org_code, from_date=begun["today"], **begun
        )
        office.people[name] = person
    return office


def sign(office, record_id, kind, user):
    return api.sign(
        record_id=record_id,
        kind=kind,
        content_sha256=api.content_hash(record_id=record_id),
        user=user,
        opinion="同意",
        now=office.later(),
    )


def first_out(office, **changes):
    """Return the release of something that went out first."""
    changes.setdefault("metadata", {"grade": "emergency", "kind": "emergency"})
    record = office.draft(**changes)
    api.submit(record_id=record.id, user=office.editor, now=office.later(), **NAMED)
    sign(office, record.id, "approval", office.leader)
    return api.publish(record_id=record.id, user=office.leader, now=office.later())


def sign_later(office, release, kind, user, sha256=""):
    api.sign_later(
        release_id=release.id,
        kind=kind,
        content_sha256=sha256 or Release.objects.get(pk=release.id).content_sha256,
        user=user,
        opinion="",
        now=office.later(),
    )


def chain_of(record_id: int) -> Chain:
    turn = Submission.objects.filter(record_id=record_id).latest("pk")
    return chain_by_id(turn.chain_id, turn.chain_version)


def draft_for(office, grade: str):
    if grade == "institution":
        office.people |= {"editor": office.clerk, "reviewer": office.head, "leader": office.office}
        return office.draft(org_code="demo-yy")
    if grade == "minor":
        release = office.published()
        api.amend(
            record_id=release.record_id, change="typo", note="改错字", user=office.editor, now=office.later()
        )  # more than letters, so that three people sign it
        office.edit(release.record_id, grade="minor", title="关于做好信息公开工作的通知（二次勘误）")
        return api.get_record(record_id=release.record_id)
    kind = {"emergency": "emergency"}.get(grade, "notice")
    return office.draft(metadata={"grade": grade, "kind": kind, **(RELAYED if grade == "relayed" else {})})


@pytest.mark.django_db
@pytest.mark.parametrize("grade", ["important", "major", "minor", "relayed", "institution", "emergency"])
def test_nothing_goes_out_by_any_chain_before_its_last_signature(full, grade):
    record = draft_for(full, grade)
    before = Release.objects.filter(record_id=record.id).count()
    api.submit(
        record_id=record.id, user=full.editor, now=full.later(), **(NAMED if grade == "emergency" else {})
    )
    chain = chain_of(record.id)
    assert chain.id == grade
    for kind in chain.kinds_before:
        for refused in (
            lambda: api.publish(record_id=record.id, user=full.office, now=full.later()),
            lambda: api.publish(record_id=record.id, user=None, now=full.later()),
            lambda: api.schedule(
                record_id=record.id,
                publish_at=full.now + timedelta(hours=1),
                user=full.office,
                now=full.later(),
            ),
        ):
            with pytest.raises(api.StepRefused):
                refused()
        RecordState.objects.filter(pk=record.id).update(state="approved")
        with pytest.raises(api.StepRefused, match="还缺"):
            api.publish(record_id=record.id, user=full.office, now=full.later())
        RecordState.objects.filter(pk=record.id).update(state="in_review")
        sign(full, record.id, kind, getattr(full, BY_KIND[kind]))
    assert Release.objects.filter(record_id=record.id).count() == before
    api.publish(record_id=record.id, user=full.office, now=full.later())
    signed = Review.objects.filter(record_id=record.id, decision="signed", round=chain_round(record.id))
    assert {review.kind for review in signed} == set(chain.kinds_before)
    assert LaterReview.objects.filter(record_id=record.id).exists() == bool(chain.later_steps)


def chain_round(record_id: int) -> int:
    return RecordState.objects.get(pk=record_id).round


@pytest.mark.django_db
def test_major_record_needs_the_legal_officer_and_the_principal_themselves(full):
    record = draft_for(full, "major")
    api.submit(record_id=record.id, user=full.editor, now=full.later())
    sign(full, record.id, "content", full.reviewer)
    sign(full, record.id, "personal_data", full.reviewer)
    for other in (full.leader, full.office, full.principal):
        with pytest.raises((api.StepRefused, organisations.NotPermitted)):
            sign(full, record.id, "legality", other)
    sign(full, record.id, "legality", full.legal)
    sign(full, record.id, "openness", full.office)
    sign(full, record.id, "secrecy", full.secrecy)
    sign(full, record.id, "approval", full.leader)
    with pytest.raises((api.StepRefused, organisations.NotPermitted)):
        sign(full, record.id, "principal", full.leader2)
    assert sign(full, record.id, "principal", full.principal).state == "approved"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("grade", "metadata", "told"),
    [
        ("relayed", {"source": "国家卫生健康委网站"}, "发文机关是本单位"),
        ("relayed", {"issuer": "国家卫生健康委"}, "转载自哪里"),
        ("minor", {}, "勘误"),
    ],
)
def test_a_lighter_chain_is_only_for_what_it_is_meant_for(office, grade, metadata, told):
    record = office.draft(metadata={"grade": grade, **metadata})
    with pytest.raises(api.BadInput, match=told):
        api.submit(record_id=record.id, user=office.editor, now=office.later())
    assert api.get_record(record_id=record.id).state == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "named",
    [
        {},
        {"authority": "whoever", "authority_note": "县应急指挥部决定"},
        {"authority": "superior_order", "authority_note": " "},
    ],
)
def test_nothing_goes_out_first_without_a_named_authority(office, named):
    record = office.draft(metadata={"grade": "emergency", "kind": "emergency"})
    with pytest.raises(api.BadInput, match=r"授权|决定先发"):
        api.submit(record_id=record.id, user=office.editor, now=office.later(), **named)
    other = office.draft()
    with pytest.raises(api.BadInput, match="不写先发"):
        api.submit(record_id=other.id, user=office.editor, now=office.later(), **NAMED)


@pytest.mark.django_db
def test_the_grade_alone_brings_no_policy_out_first(office):
    record = office.draft(metadata={"grade": "emergency", "kind": "policy"})
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    assert chain_of(record.id).id == "ordinary"


@pytest.mark.django_db
def test_emergency_release_still_passes_the_check(office):
    record = office.draft(
        metadata={"grade": "emergency", "kind": "emergency"},
        blocks=[{"type": "paragraph", "html": "联系人电话：13812345678，请来电咨询。"}],
    )
    with pytest.raises(api.FindingsOpen):
        api.submit(record_id=record.id, user=office.editor, now=office.later(), **NAMED)


@pytest.mark.django_db
def test_what_went_out_first_owes_its_review_and_turns_red_when_late(office):
    release = first_out(office)
    later = LaterReview.objects.get(pk=release.id)
    assert (later.authority, later.waits_for, later.state) == (
        "headquarters_order", "emergency:section_after", "open",
    )  # fmt: skip
    codes = organisations.scope(user=office.reviewer, action="view", kind="record", today=office.today)
    ask = {"user": office.reviewer, "org_codes": codes, "limit": 10}
    count, rows = api.list_waiting(today=office.today, **ask)
    assert (count, rows[0].light) == (1, "fine")
    assert "事后补审" in rows[0].step
    _, rows = api.list_waiting(today=office.today + timedelta(days=2), **ask)
    assert rows[0].light == "late"
    assert "逾期" in rows[0].step


@pytest.mark.django_db
def test_later_review_is_signed_by_others_for_exactly_what_went_out(office):
    release = first_out(office)
    with pytest.raises(api.ContentChanged):
        sign_later(office, release, "content", office.reviewer, "0" * 64)
    with pytest.raises(api.StepRefused):
        sign_later(office, release, "secrecy", office.secrecy)
    organisations.give_post(
        person=office.leader, role="reviewer", org_code="demo-yz", from_date=date(2020, 1, 2), today=office.today, now=office.now,
    )  # fmt: skip
    with pytest.raises(api.SeparationBroken):
        sign_later(office, release, "content", office.leader)
    organisations.give_post(
        person=office.editor, role="reviewer", org_code="demo-yz", from_date=date(2020, 1, 2), today=office.today, now=office.now,
    )  # fmt: skip
    with pytest.raises(api.SeparationBroken):
        sign_later(office, release, "content", office.editor)
    for kind, user in (
        ("content", office.reviewer),
        ("personal_data", office.reviewer),
        ("secrecy", office.secrecy),
    ):
        sign_later(office, release, kind, user)
    assert LaterReview.objects.get(pk=release.id).state == "upheld"
    assert {r.content_sha256 for r in Review.objects.filter(record_id=release.record_id)} == {
        Release.objects.get(pk=release.id).content_sha256
    }
    names = ("records.LaterReviewOpened", "records.LaterReviewClosed")
    assert [entry.name for entry in journal.entries(names=names)] == list(names)
    with pytest.raises(api.StepRefused, match="办结"):
        sign_later(office, release, "secrecy", office.secrecy)


@pytest.mark.django_db
def test_refused_later_review_stays_red_until_a_signed_version_replaces_it(office):
    release = first_out(office)
    with pytest.raises(api.BadInput):
        api.refuse_later(release_id=release.id, user=office.reviewer, opinion=" ", now=office.later())
    api.refuse_later(release_id=release.id, user=office.reviewer, opinion="数字未核实", now=office.later())
    codes = organisations.scope(user=office.leader, action="view", kind="record", today=office.today)
    ask = {"user": office.leader, "org_codes": codes, "limit": 10, "today": office.today}
    assert api.list_waiting(**ask)[0] == 1
    api.amend(
        record_id=release.record_id,
        change="correction",
        note="更正数字",
        user=office.editor,
        now=office.later(),
    )
    office.edit(release.record_id, grade="ordinary", title="更正后的通报")
    api.submit(record_id=release.record_id, user=office.editor, now=office.later())
    office.sign_all(release.record_id)
    api.publish(record_id=release.record_id, user=office.leader, now=office.later())
    assert LaterReview.objects.get(pk=release.id).state == "superseded"
    assert list(differences_in_later_reviews()) == []
    LaterReview.objects.filter(pk=release.id).update(state="upheld")
    assert [d.where for d in differences_in_later_reviews()] == [f"records_laterreview {release.id}"]
    assert api.list_waiting(**ask)[0] == 0


@pytest.mark.django_db
def test_a_second_emergency_release_does_not_free_the_first_from_its_review(office):
    first = first_out(office)
    api.amend(
        record_id=first.record_id, change="correction", note="续报", user=office.editor, now=office.later()
    )
    office.edit(first.record_id, title="续报")
    api.submit(record_id=first.record_id, user=office.editor, now=office.later(), **NAMED)
    sign(office, first.record_id, "approval", office.leader)
    second = api.publish(record_id=first.record_id, user=office.leader, now=office.later())
    assert set(LaterReview.objects.filter(state="open").values_list("pk", flat=True)) == {first.id, second.id}
    sign_later(office, first, "content", office.reviewer)


@pytest.mark.django_db
def test_deputy_counts_only_within_their_dates(office):
    organisations.give_post(
        person=office.office, role="secrecy_officer", org_code="demo", from_date=date(2020, 6, 1), to_date=date(2020, 6, 14),
        deputy_for=office.secrecy, today=office.today, now=office.now,
    )  # fmt: skip
    record = office.submitted()
    office.sign_all(record.id, upto="personal_data")
    with pytest.raises((api.StepRefused, organisations.NotPermitted)):
        sign(office, record.id, "secrecy", office.office)


@pytest.mark.django_db
def test_step_clock_starts_anew_with_each_step(office):
    record = office.submitted()
    begun = RecordState.objects.get(pk=record.id).waiting_since
    sign(office, record.id, "content", office.reviewer)
    assert RecordState.objects.get(pk=record.id).waiting_since == begun
    sign(office, record.id, "personal_data", office.reviewer)
    state = RecordState.objects.get(pk=record.id)
    assert state.waits_for == "ordinary:secrecy"
    assert state.waiting_since > begun


@given(
    rule_id=st.sampled_from(sorted({step.clock for chain in chains() for step in chain.steps})),
    days=st.integers(0, 330),
    minutes=st.integers(0, 24 * 60 - 1),
    passed=st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_a_step_is_late_exactly_after_its_end(rule_id, days, minutes, passed):
    since = datetime(2020, 1, 2, tzinfo=OFFICE_ZONE) + timedelta(days=days, minutes=minutes)
    clock = read_clock(rule_id=rule_id, since=since, now=since + passed, calendar=load_calendar())
    assert clock is not None
    late = since + passed > clock.ends_at if clock.by_hours else since + passed >= clock.ends_at
    assert (clock.light is Light.LATE) == late
    assert ("逾期" in clock.left_text) == late


@given(
    kind=st.sampled_from(["policy", "notice", "emergency", "news"]),
    grade=st.sampled_from(["ordinary", "important", "major", "minor", "relayed", "emergency"]),
    publisher=st.sampled_from(["authority", "institution"]),
)
def test_every_record_has_one_chain_with_the_four_signatures(kind, grade, publisher):
    chain = chain_for(kind=kind, grade=grade, on=date(2020, 6, 15), publisher=publisher)
    assert {"content", "personal_data", "secrecy", "approval"} <= set(chain.review_kinds)
    assert "approval" in chain.kinds_before
    if chain.later_steps:
        assert grade == "emergency"
        assert kind in chain.kinds


@pytest.mark.django_db
@MAIL
def test_people_are_mailed_once_for_what_waits_and_once_more_when_late(office):
    for person in (office.reviewer, office.editor, office.secrecy):
        person.email = f"{person.username}@demo.example"
        person.save(update_fields=["email"])
    record = office.submitted(title="一个不该写进邮件的标题")
    assert notify_waiting(now=office.later()).sent == 0
    with pytest.raises(organisations.NotPermitted):
        set_mail_notices(org_code="demo", on=True, user=office.editor, now=office.later())
    set_mail_notices(org_code="demo", on=True, user=office.office, now=office.later())

    assert (notify_waiting(now=office.later()).sent, notify_waiting(now=office.later()).sent) == (1, 0)
    assert [message.to for message in mail.outbox] == [["reviewer@demo.example"]]
    assert notify_waiting(now=office.later(days=5)).sent == 1
    assert "超过办理时限" in mail.outbox[-1].subject
    assert not any("不该写进" in message.body + message.subject for message in mail.outbox)
    office.sign_all(record.id, upto="personal_data")
    assert notify_waiting(now=office.later()).sent == 1
    assert mail.outbox[-1].to == ["secrecy@demo.example"]
    api.take_back(record_id=record.id, user=office.editor, now=office.later())
    assert notify_waiting(now=office.later(days=200)).sent == 0
    assert not WaitingNotice.objects.exists()


@pytest.mark.django_db
@MAIL
@override_settings(
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9
)
def test_a_notice_that_the_server_did_not_take_is_tried_again(office):
    office.reviewer.email = "reviewer@demo.example"
    office.reviewer.save(update_fields=["email"])
    set_mail_notices(org_code="demo", on=True, user=office.office, now=office.later())
    office.submitted()
    told = notify_waiting(now=office.later())
    assert (told.sent, told.failed) == (0, 1)
    assert WaitingNotice.objects.filter(sent_at__isnull=True).count() == 1
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        assert notify_waiting(now=office.later()).sent == 1
    assert Record.objects.count() == 1
