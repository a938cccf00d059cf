"""Conditions of single verbs that the paths do not cover: links, validity, clocks, amendment, withdrawal, checks, verify."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.core.canonical import canonical_text
from gongkai.records.models import GuardRun, Record, RecordState, Release, ReleasePayload, Review, Waiver
from gongkai.records.services.back_scan import back_scan
from gongkai.records.services.due import interpretation_due
from gongkai.records.triggers import install_record_triggers, missing_record_triggers

pytestmark = pytest.mark.django_db
PHONE = [{"type": "paragraph", "text": "联系人电话：13812345678，请来电咨询。"}]


def test_policy_and_interpretation_know_each_other(office):
    policy = office.published(metadata={"kind": "policy"})
    reading = office.published(metadata={"kind": "interpretation", "interprets": [policy.record_id]})

    assert reading.payload["interprets"] == [policy.payload["index_number"]]
    later = api.public_payload(record_id=policy.record_id, now=office.later())
    assert later["interpreted_by"] == [reading.payload["index_number"]]


def test_new_interpretation_does_not_undo_signatures_of_its_policy(office):
    policy = office.approved(metadata={"kind": "policy"})
    before = api.content_hash(record_id=policy.id)
    office.published(metadata={"kind": "interpretation", "interprets": [policy.id]})
    assert api.content_hash(record_id=policy.id) == before
    api.publish(record_id=policy.id, user=office.leader, now=office.later())


def test_interpretation_is_due_three_working_days_after_the_policy(office):
    policy = office.published(metadata={"kind": "policy"})
    deadline = interpretation_due(policy.record_id)
    assert deadline is not None
    assert deadline.due_date == date(2020, 6, 18)
    draft = office.draft(metadata={"kind": "interpretation", "interprets": [policy.record_id]})
    assert RecordState.objects.get(pk=draft.id).due_date == date(2020, 6, 18)


def test_validity_chain_that_bites_its_tail_is_refused(office):
    first = office.published(metadata={"kind": "policy"})
    second = office.published(
        metadata={"kind": "policy", "validity_state": "repealed", "validity_by": first.record_id}
    )
    api.amend(
        record_id=first.record_id, change="validity", note="废止", user=office.editor, now=office.later()
    )
    office.edit(first.record_id, validity_state="repealed", validity_by=second.record_id)
    with pytest.raises(api.StepRefused, match="成环"):
        api.submit(record_id=first.record_id, user=office.editor, now=office.later())


def test_repealed_policy_names_what_replaced_it_in_a_new_release(office):
    old, new = office.published(metadata={"kind": "policy"}), office.published(metadata={"kind": "policy"})
    api.amend(
        record_id=old.record_id,
        change="validity",
        note="被新文件废止",
        user=office.editor,
        now=office.later(),
    )
    office.edit(old.record_id, validity_state="repealed", validity_by=new.record_id)
    api.submit(record_id=old.record_id, user=office.editor, now=office.later())
    office.sign_all(old.record_id)
    release = api.publish(record_id=old.record_id, user=office.leader, now=office.later())
    assert release.payload["validity"] == {
        "state": "repealed",
        "note": "",
        "by": new.payload["index_number"],
    }
    assert release.payload["history"][-1]["change"] == "validity"


def test_dropped_amendment_leaves_what_is_public_and_its_text(office):
    release = office.published()
    api.amend(record_id=release.record_id, change="typo", note="改字", user=office.editor, now=office.later())
    office.edit(release.record_id, title="改坏的标题")
    after = api.drop_amendment(record_id=release.record_id, user=office.editor, now=office.later())
    assert (after.state, after.release_id) == ("released", release.id)
    assert api.public_payload(record_id=release.record_id)["title"] == release.payload["title"]


@pytest.mark.parametrize(("change", "note"), [("first", "说明"), ("rewrite", "说明"), ("typo", " ")])
def test_amendment_needs_a_known_change_and_a_note(office, change, note):
    release = office.published()
    with pytest.raises(api.BadInput):
        api.amend(
            record_id=release.record_id, change=change, note=note, user=office.editor, now=office.later()
        )


def test_withdrawal_needs_a_known_reason_a_live_record_and_the_post(office):
    release = office.published()
    values = {"record_id": release.record_id, "note": "", "replaced_by": None, "now": office.later()}
    with pytest.raises(api.BadInput):
        api.withdraw(reason_code="whim", user=office.leader, **values)
    with pytest.raises(organisations.NotPermitted):
        api.withdraw(reason_code="error", user=office.editor, **values)
    with pytest.raises(api.BadInput, match="没有索引号"):
        api.withdraw(reason_code="error", user=office.leader, **{**values, "replaced_by": "X/2020-1"})
    api.withdraw(reason_code="error", user=office.leader, **values)
    with pytest.raises(api.StepRefused):
        api.withdraw(reason_code="error", user=office.leader, **values)


def test_withdrawal_names_what_replaces_it(office):
    old, new = office.published(), office.published()
    gone = api.withdraw(
        record_id=old.record_id,
        reason_code="replaced",
        note="",
        replaced_by=new.payload["index_number"],
        user=office.leader,
        now=office.later(),
    )
    assert gone.payload["replaced_by"] == new.payload["index_number"]
    assert gone.payload["by"] == {"code": "demo", "name": "示范市卫生健康局"}


def test_current_releases_come_in_order_of_first_release(office):
    first, second = office.published(), office.published()
    api.withdraw(
        record_id=first.record_id,
        reason_code="error",
        note="",
        replaced_by=None,
        user=office.leader,
        now=office.later(),
    )
    assert [r.record_id for r in api.iter_current_releases()] == [first.record_id, second.record_id]
    assert [r.record_id for r in api.iter_current_releases(after_id=first.id)] == [second.record_id]


def test_findings_are_stored_with_content_and_rule_version_and_masked(office):
    record = office.draft(blocks=PHONE)
    run = GuardRun.objects.get(record_id=record.id)
    assert run.content_sha256 == api.content_hash(record_id=record.id)
    assert run.rule_version
    finding = run.findings.get(detector="pii.mobile")
    assert "13812345678" not in finding.matched


def test_waiver_holds_while_its_paragraph_does_and_no_longer(office):
    record = office.draft(blocks=PHONE)
    key = api.recheck(record_id=record.id, now=office.later())[0].key
    api.waive(
        record_id=record.id, finding_key=key, reason="公开的值班电话", user=office.office, now=office.later()
    )
    office.edit(record.id, title="标题改了，段落没有改")
    assert api.submit(record_id=record.id, user=office.editor, now=office.later()).state == "in_review"

    api.take_back(record_id=record.id, user=office.editor, now=office.later())
    changed = '[{"type": "paragraph", "value": "<p>另一个人的电话：13812345678。</p>"}]'
    office.edit(record.id, body=changed)
    with pytest.raises(api.FindingsOpen):
        api.submit(record_id=record.id, user=office.editor, now=office.later())


def test_metadata_errors_cannot_be_waived_and_authors_cannot_waive(office):
    record = office.draft(metadata={"document_number": "示卫发[2020]5号"}, user=office.office)
    keys = {c.finding.detector: c.key for c in api.recheck(record_id=record.id, now=office.later())}
    with pytest.raises(api.StepRefused, match="不能放行"):
        api.waive(
            record_id=record.id,
            finding_key=keys["metadata.number_brackets"],
            reason="历史写法",
            user=office.secrecy,
            now=office.later(),
        )
    own = office.draft(blocks=PHONE, user=office.office)
    key = api.recheck(record_id=own.id, now=office.later())[0].key
    with pytest.raises(api.SeparationBroken):
        api.waive(
            record_id=own.id, finding_key=key, reason="公开电话", user=office.office, now=office.later()
        )
    assert not Waiver.objects.exists()


def test_important_records_need_the_disclosure_office_too(office):
    record = office.submitted(metadata={"grade": "important", "kind": "policy"})
    office.sign_all(record.id, upto="personal_data")
    values = {"record_id": record.id, "opinion": "", "content_sha256": api.content_hash(record_id=record.id)}
    with pytest.raises(api.StepRefused, match="还没有轮到"):
        api.sign(kind="secrecy", user=office.secrecy, now=office.later(), **values)
    api.sign(kind="openness", user=office.office, now=office.later(), **values)
    api.sign(kind="secrecy", user=office.secrecy, now=office.later(), **values)


def test_back_scan_checks_what_is_public_under_todays_rules(office):
    release = office.published()
    GuardRun.objects.all().delete()
    assert back_scan(now=office.later()) == 1
    assert GuardRun.objects.filter(record_id=release.record_id).exists()
    assert back_scan(now=office.later()) == 0


@pytest.mark.parametrize(
    ("model", "values"),
    [(Release, {"sha256": "0" * 64}), (Review, {"opinion": "改过的意见"}), (Waiver, {"reason": "改过"})],
)
def test_proofs_cannot_be_changed_or_removed(office, model, values):
    record = office.draft(blocks=PHONE)
    key = api.recheck(record_id=record.id, now=office.later())[0].key
    api.waive(record_id=record.id, finding_key=key, reason="公开电话", user=office.office, now=office.later())
    office.published()
    for change in (
        lambda: model.objects.update(**values),
        lambda: model.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_verify_names_a_payload_changed_behind_the_releases_back(office):
    release = office.published()
    payload = {**release.payload, "title": "换过的标题"}
    ReleasePayload.objects.filter(pk=release.id).update(text=canonical_text(payload))
    found = journal.verify()
    assert not found.ok
    assert any(f"records_releasepayload {release.id}" in d.where for d in found.differences)


def test_verify_names_a_state_pointing_at_an_older_release(office):
    first = office.published()
    api.withdraw(
        record_id=first.record_id,
        reason_code="error",
        note="",
        replaced_by=None,
        user=office.leader,
        now=office.later(),
    )
    RecordState.objects.filter(pk=first.record_id).update(current_release_id=first.id)
    assert Record.objects.get(pk=first.record_id).live
    assert any("records_recordstate" in d.where for d in journal.verify().differences)


def test_missing_trigger_is_noticed_and_installed_again(office):
    assert missing_record_triggers() == []
    with connection.cursor() as cursor:
        where = "" if connection.vendor == "sqlite" else " ON records_record"
        cursor.execute(f"DROP TRIGGER records_live_needs_release{where}")
    assert missing_record_triggers() == ["records_live_needs_release"]
    install_record_triggers()
    assert missing_record_triggers() == []


def test_unknown_codes_keys_and_long_titles_are_refused_in_words(office):
    for changes in (
        {"catalogue_codes": ["不存在"]},
        {"metadata": {"columns": ["nowhere"]}},
        {"metadata": {"colour": "red"}},
        {"metadata": {"kind": "poem"}},
        {"metadata": {"formed_date": "昨天"}},
        {"title": "题" * 501},
        {"blocks": [{"type": "poem"}]},
    ):
        with pytest.raises(api.BadInput) as refused:
            office.draft(**changes)
        assert refused.value.remedy
    assert office.draft(title="题" * 500).title == "题" * 500


def test_schedule_in_the_past_is_refused_and_can_be_taken_off(office):
    record = office.approved()
    with pytest.raises(api.BadInput):
        api.schedule(record_id=record.id, publish_at=office.now, user=office.leader, now=office.later())
    api.schedule(
        record_id=record.id, publish_at=office.now + timedelta(days=1), user=office.leader, now=office.later()
    )
    after = api.unschedule(record_id=record.id, user=office.leader, now=office.later())
    assert after.state == "approved"
    assert RecordState.objects.get(pk=record.id).publish_at is None
