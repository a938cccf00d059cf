"""The main path of a record, from draft to release, amendment and withdrawal."""

from __future__ import annotations

import json

import pytest

from gongkai.journal import api as journal
from gongkai.records import api
from gongkai.records.core.canonical import digest
from gongkai.records.models import Record, RecordState, Release, Review

pytestmark = pytest.mark.django_db


def names(record_id: int) -> list[str]:
    return [entry.name.split(".")[1] for entry in journal.entries(subject=f"record:{record_id}")]


def test_record_goes_from_draft_to_release_with_one_fact_an_act(office):
    release = office.published()

    record = api.get_record(record_id=release.record_id)
    assert (record.state, record.live, record.sequence) == ("released", True, 1)
    assert record.index_number == "11990000MB0000000X/2020-00001"
    assert record.path == "doc/demo/2020/00001.html"
    assert names(record.id) == [
        "RecordDrafted",
        "RecordSubmitted",
        "RecordSigned",
        "RecordSigned",
        "RecordSigned",
        "RecordSigned",
        "RecordApproved",
        "RecordPublished",
    ]
    assert release.payload is not None
    assert release.sha256 == digest(release.payload)
    assert release.payload["section"] == {"code": "demo-yz", "name": "医政科"}
    assert release.payload["blocks"][1] == {
        "type": "paragraph",
        "html": "做好<strong>疫情防控</strong>信息公开。",
    }
    assert release.payload["published_at"] == office.now.isoformat()
    assert [h["change"] for h in release.payload["history"]] == ["first"]
    json.dumps(release.payload)


def test_signatures_are_bound_to_the_released_content(office):
    release = office.published()

    stored = Release.objects.get(pk=release.id)
    signed = set(Review.objects.filter(record_id=release.record_id).values_list("content_sha256", flat=True))
    assert signed == {stored.content_sha256}


def test_amendment_keeps_public_version_until_it_is_published(office):
    first = office.published()
    api.amend(
        record_id=first.record_id,
        change="correction",
        note="更正联系电话",
        user=office.editor,
        now=office.later(),
    )
    office.edit(first.record_id, title="关于做好信息公开工作的通知（更正）")

    assert next(iter(api.iter_current_releases())).id == first.id
    assert Record.objects.get(pk=first.record_id).title == "关于做好信息公开工作的通知"

    api.submit(record_id=first.record_id, user=office.editor, now=office.later())
    office.sign_all(first.record_id)
    second = api.publish(record_id=first.record_id, user=office.leader, now=office.later())

    assert second.sequence == 2
    assert second.payload["title"].endswith("（更正）")
    assert second.payload["path"] == first.payload["path"]
    assert second.payload["first_published_at"] == first.payload["published_at"]
    assert [(h["change"], h["note"]) for h in second.payload["history"]] == [
        ("first", ""),
        ("correction", "更正联系电话"),
    ]
    assert [r.id for r in api.iter_current_releases()] == [second.id]


def test_withdrawal_leaves_tombstone_and_can_be_followed_by_a_new_release(office):
    first = office.published()
    gone = api.withdraw(
        record_id=first.record_id,
        reason_code="error",
        note="表格有误",
        replaced_by=None,
        user=office.leader,
        now=office.later(),
    )

    assert gone.kind == "withdraw"
    assert gone.payload["title"] is None
    assert gone.payload["path"] == first.payload["path"]
    assert "blocks" not in gone.payload
    state = RecordState.objects.get(pk=first.record_id)
    assert (state.state, state.record.live) == ("withdrawn", False)

    api.amend(
        record_id=first.record_id,
        change="correction",
        note="更正后重发",
        user=office.editor,
        now=office.later(),
    )
    api.submit(record_id=first.record_id, user=office.editor, now=office.later())
    office.sign_all(first.record_id)
    again = api.publish(record_id=first.record_id, user=office.leader, now=office.later())
    assert (again.sequence, again.kind) == (3, "publish")
    assert journal.verify().ok


def test_draft_changes_make_public_payload_but_no_release(office):
    record = office.draft()
    payload = api.public_payload(record_id=record.id)

    assert payload["index_number"] is None
    assert payload["published_at"] is None
    assert list(api.iter_current_releases()) == []


def test_preview_payload_at_the_moment_of_publication_equals_release(office):
    record = office.approved()
    moment = office.later()
    promised = api.public_payload(record_id=record.id, now=moment)
    release = api.publish(record_id=record.id, user=office.leader, now=moment)

    assert release.payload == promised
