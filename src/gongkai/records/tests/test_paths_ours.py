"""No way that we offer brings out unsigned, unseen or self-signed content."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from wagtail.models import Revision

from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.models import Author, Record, RecordState, Release, Review

pytestmark = pytest.mark.django_db


def nothing_out(record_id: int) -> bool:
    return (
        not Record.objects.get(pk=record_id).live and not Release.objects.filter(record_id=record_id).exists()
    )


def sign(office, record_id, kind, user):
    return api.sign(
        record_id=record_id,
        kind=kind,
        content_sha256=api.content_hash(record_id=record_id),
        user=user,
        opinion="",
        now=office.later(),
    )


@pytest.mark.parametrize("upto", [None, "content", "personal_data", "secrecy"])
def test_publish_before_every_signature(office, upto):
    record = office.submitted()
    if upto:
        office.sign_all(record.id, upto=upto)
    with pytest.raises(api.StepRefused):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert nothing_out(record.id)


def test_publish_from_draft(office):
    record = office.draft()
    with pytest.raises(api.StepRefused):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert nothing_out(record.id)


def test_publish_with_a_forged_state(office):
    record = office.submitted()
    RecordState.objects.filter(pk=record.id).update(state="approved")
    with pytest.raises(api.StepRefused, match="还缺 4 道审签"):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert nothing_out(record.id)


def test_publish_of_a_draft_forged_as_approved(office):
    record = office.submitted()
    api.take_back(record_id=record.id, user=office.editor, now=office.later())
    RecordState.objects.filter(pk=record.id).update(state="approved", round=0)
    with pytest.raises(api.StepRefused):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert nothing_out(record.id)


def test_signed_revision_rewritten_in_the_database(office):
    record = office.approved()
    revision = Revision.objects.get(pk=RecordState.objects.get(pk=record.id).submitted_revision)
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "title": "没有人看过的标题"})
    with pytest.raises(api.ContentChanged):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert nothing_out(record.id)


def test_newer_revision_slipped_in_after_signing(office):
    record = office.approved()
    stored = Record.objects.get(pk=record.id)
    forged = Revision.objects.create(
        content_object=stored,
        base_content_type=stored.get_base_content_type(),
        content={**stored.latest_revision.content, "title": "没有人看过的标题"},
        user=office.editor,
    )
    Record.objects.filter(pk=record.id).update(latest_revision=forged)
    with pytest.raises(api.ContentChanged):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert nothing_out(record.id)


def test_names_that_changed_after_signing(office):
    record = office.approved()
    organisations.rename_organisation(
        code="demo",
        name="示范市卫生健康委员会",
        from_date=office.today,
        today=office.today,
        now=office.later(),
    )
    with pytest.raises(api.ContentChanged):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert nothing_out(record.id)


def test_signing_what_was_not_shown(office):
    record = office.submitted()
    shown = api.content_hash(record_id=record.id)
    api.take_back(record_id=record.id, user=office.editor, now=office.later())
    office.edit(record.id, title="后来改的标题")
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    with pytest.raises(api.ContentChanged, match="看过最新内容"):
        api.sign(
            record_id=record.id,
            kind="content",
            content_sha256=shown,
            user=office.reviewer,
            opinion="",
            now=office.later(),
        )
    assert not Review.objects.exists()


def give(office, person, role, org_code, **post):
    organisations.give_post(
        person=person,
        role=role,
        org_code=org_code,
        from_date=date(2020, 1, 2),
        today=office.today,
        now=office.now,
        **post,
    )


def test_author_with_a_reviewers_post(office):
    give(office, office.editor, "reviewer", "demo-yz")
    record = office.submitted()
    with pytest.raises(api.SeparationBroken):
        sign(office, record.id, "content", office.editor)


def test_second_author_who_only_saved_once(office):
    record = office.draft()
    office.edit(record.id, user=office.reviewer, title="审核人动过的标题")
    office.edit(record.id, user=office.editor, title="又改回来的标题")
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    with pytest.raises(api.SeparationBroken):
        sign(office, record.id, "content", office.reviewer)
    assert sign(office, record.id, "content", office.reviewer2).state == "in_review"


def test_author_whose_revisions_were_purged(office):
    record = office.draft()
    office.edit(record.id, user=office.reviewer, title="审核人动过的标题")
    office.edit(record.id, user=office.editor, title="又改回来的标题")
    call_command("purge_revisions")
    assert not Revision.objects.filter(object_id=str(record.id), user=office.reviewer).exists()
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    with pytest.raises(api.SeparationBroken):
        sign(office, record.id, "content", office.reviewer)


def test_one_person_with_two_posts_signs_two_steps(office):
    give(office, office.reviewer, "secrecy_officer", "demo")
    record = office.submitted()
    office.sign_all(record.id, upto="personal_data")
    with pytest.raises(api.SeparationBroken):
        sign(office, record.id, "secrecy", office.reviewer)


def test_deputy_of_an_author(office):
    record = office.draft()
    office.edit(record.id, user=office.reviewer2, title="科室负责人改过的标题")
    give(
        office, office.office, "reviewer", "demo-yz", to_date=date(2020, 12, 31), deputy_for=office.reviewer2
    )
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    with pytest.raises(api.SeparationBroken):
        sign(office, record.id, "content", office.office)


def test_deputy_of_someone_who_signed_before(office):
    record = office.submitted()
    office.sign_all(record.id, upto="secrecy")
    give(office, office.secrecy, "leader", "demo", to_date=date(2020, 12, 31), deputy_for=office.leader)
    with pytest.raises(api.SeparationBroken):
        sign(office, record.id, "approval", office.secrecy)


def test_deputy_signs_for_the_one_replaced_and_it_is_written_down(office):
    give(
        office,
        office.office,
        "secrecy_officer",
        "demo",
        to_date=date(2020, 12, 31),
        deputy_for=office.secrecy,
    )
    record = office.submitted()
    office.sign_all(record.id, upto="personal_data")
    sign(office, record.id, "secrecy", office.office)
    review = Review.objects.get(kind="secrecy")
    assert (review.user_id, review.on_behalf_of) == (office.office.pk, office.secrecy.pk)


@pytest.mark.parametrize(
    ("kind", "who"), [("content", "secrecy"), ("content", "leader"), ("content", "editor2")]
)
def test_signing_without_the_post(office, kind, who):
    record = office.submitted()
    with pytest.raises((api.StepRefused, organisations.NotPermitted)):
        sign(office, record.id, kind, getattr(office, who))


def test_signing_out_of_turn(office):
    record = office.submitted()
    with pytest.raises(api.StepRefused, match="还没有轮到"):
        sign(office, record.id, "approval", office.leader)


def test_signing_twice(office):
    record = office.submitted()
    sign(office, record.id, "content", office.reviewer)
    with pytest.raises(api.StepRefused, match="已经签过"):
        sign(office, record.id, "content", office.reviewer2)


def test_signatures_of_an_earlier_round_count_for_nothing(office):
    record = office.submitted()
    office.sign_all(record.id, upto="secrecy")
    api.take_back(record_id=record.id, user=office.editor, now=office.later())
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    with pytest.raises(api.StepRefused, match="还没有轮到"):
        sign(office, record.id, "approval", office.leader)


def test_author_list_forged_by_deletion_is_caught_by_the_submitter(office):
    give(office, office.editor, "reviewer", "demo-yz")
    record = office.submitted()
    Author.objects.all().delete()
    with pytest.raises(api.SeparationBroken):
        sign(office, record.id, "content", office.editor)


def test_scheduled_publication_passes_the_same_gate(office):
    record = office.approved()
    api.schedule(
        record_id=record.id,
        publish_at=office.now + timedelta(hours=2),
        user=office.leader,
        now=office.later(),
    )
    revision = Record.objects.get(pk=record.id).latest_revision
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "title": "没有人看过的标题"})

    assert [(pk, error.code) for pk, error in api.publish_due(now=office.later(hours=3))] == [
        (record.id, "content_changed")
    ]
    assert nothing_out(record.id)
    assert api.get_record(record_id=record.id).state == "approved"


def test_scheduled_publication_goes_out_at_its_moment_and_not_before(office):
    record = office.approved()
    moment = office.now + timedelta(hours=2)
    api.schedule(record_id=record.id, publish_at=moment, user=office.leader, now=office.later())

    assert list(api.publish_due(now=moment - timedelta(seconds=1))) == []
    assert list(api.publish_due(now=moment)) == [(record.id, None)]
    assert api.get_record(record_id=record.id).live


def test_import_makes_a_draft_and_nothing_else(office):
    made = api.import_draft(
        data="标题一\n\n正文。".encode(),
        name="a.txt",
        org_code="demo-yz",
        catalogue_codes=(),
        user=office.editor,
        now=office.later(),
    )
    assert made.record.state == "draft"
    assert nothing_out(made.record.id)


def test_new_findings_after_approval_close_the_gate(office, monkeypatch):
    from gongkai.records.services import checking

    record = office.approved()
    monkeypatch.setattr(checking, "check_metadata", _one_more_block(checking.check_metadata))
    with pytest.raises(api.FindingsOpen):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    assert nothing_out(record.id)


def _one_more_block(original):
    from dataclasses import replace

    from gongkai.kernel.findings import Severity

    def check(content, *, today):
        sample = original({**content, "title": ""}, today=today)[0]
        return [*original(content, today=today), replace(sample, severity=Severity.BLOCK)]

    return check


def test_record_that_must_not_be_public_never_leaves_the_draft(office):
    record = office.draft(metadata={"disclosure": "withheld", "disclosure_reason": "内部事务信息"})
    with pytest.raises(api.FindingsOpen):
        api.submit(record_id=record.id, user=office.editor, now=office.later())


def test_people_without_the_post_cannot_use_the_services(office):
    record = office.approved()
    for call in (
        lambda: api.publish(record_id=record.id, user=office.editor, now=office.later()),
        lambda: api.publish(record_id=record.id, user=office.clerk, now=office.later()),
        lambda: office.draft(user=office.leader),
        lambda: office.draft(user=office.foreign_editor),
    ):
        with pytest.raises(organisations.NotPermitted):
            call()
    assert nothing_out(record.id)
