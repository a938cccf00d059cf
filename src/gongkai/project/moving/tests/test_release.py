"""From the list to the public: signed by three people who did not move it in, released through the gate, old addresses lead on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.project.moving import carrying_on, review
from gongkai.project.moving.models import MoveIn, MoveState
from gongkai.project.moving.tests.conftest import BODY, Office, page, write
from gongkai.records import api as records
from gongkai.records.models import Record, RecordState, Review

pytestmark = pytest.mark.django_db
NUMBER = "<p>联系人身份证号110101199003078515。</p>"
MAPPING = "defaults: {column: tzgg, kind: notice, topic: {major: 卫生、体育, minor: 卫生}}"


@pytest.fixture
def staged(stage: Any, tmp_path: Path) -> MoveIn:
    write(tmp_path, {
        "a/one.html": page("关于第一件事的通知"),
        "a/two.html": page("关于第二件事的通知", day="2013-03-04"),
        "a/bad.html": page("关于第三件事的通知", body=BODY + NUMBER),
    })  # fmt: skip
    return stage(folder=tmp_path, mapping=MAPPING)


def carry(move: MoveIn, office: Office) -> MoveIn:
    return carrying_on.carry_on(move=move, clock=office.later)


def open_all(move: MoveIn, user: Any, office: Office) -> None:
    signing = review.signing_of(move, user=user, now=office.later())
    assert signing is not None
    for number in signing.unopened:
        review.note_opened(move, record_id=number, user=user, now=office.later())


def sign(move: MoveIn, user: Any, office: Office) -> MoveIn:
    open_all(move, user, office)
    review.sign_list(move=move, list_sha256=move.list_sha256, opinion="同意", user=user, now=office.later())
    return carry(move, office)


def put(move: MoveIn, office: Office) -> MoveIn:
    return carry(review.put_forward(move=move, user=office.editor, now=office.later()), office)


def test_three_signatures_of_the_list_release_what_is_clean(staged: MoveIn, office: Office) -> None:
    move = put(staged, office)
    assert (move.state, move.listed_count, Record.objects.filter(live=True).count()) == (
        MoveState.IN_REVIEW,
        2,
        0,
    )
    for person in (office.reviewer, office.secrecy, office.leader):
        move = sign(move, person, office)
    assert move.state == MoveState.RELEASED
    item = move.items.get(place="a/one.html")
    release = records.current_release(record_id=item.record_id)
    assert release is not None
    payload = release.payload
    assert payload["first_published_at"] == payload["published_at"] == "2015-06-01T09:30:00+08:00"
    assert payload["history"] == [
        {"sequence": 1, "published_at": "2015-06-01T09:30:00+08:00", "change": "moved_in", "note": ""}
    ]
    fact = next(journal.entries(names=("records.RecordPublished",), subject=f"record:{item.record_id}"))
    assert (fact.body["first"], fact.body["original_on"], fact.body["change"]) == (
        False,
        "2015-06-01",
        "moved_in",
    )
    assert RecordState.objects.get(pk=move.items.get(place="a/bad.html").record_id).state == "draft"
    assert {r.content_sha256 for r in Review.objects.filter(record_id=item.record_id)} == {
        item.content_sha256
    }
    assert [e.name for e in journal.entries(subject=f"move:{move.pk}")] == [
        "project.MoveStaged", "project.MovePutForward", *["project.MoveSigned"] * 3, "project.MoveReleased",
    ]  # fmt: skip
    assert journal.verify().ok
    from gongkai.project.moving.table_check import differences_in_signatures

    assert not list(differences_in_signatures())


def test_nobody_signs_what_they_moved_or_put_forward_or_signed(staged: MoveIn, office: Office) -> None:
    move = put(staged, office)
    organisations.give_post(
        person=office.mover, role="reviewer", org_code="demo", from_date=office.now.date(),
        today=office.now.date(), now=office.now,
    )  # fmt: skip
    open_all(move, office.mover, office)
    with pytest.raises(review.MoveRefused) as refused:
        review.sign_list(
            move=move, list_sha256=move.list_sha256, opinion="", user=office.mover, now=office.later()
        )
    assert refused.value.code == "separation"
    with pytest.raises((organisations.NotPermitted, records.StepRefused)):
        review.sign_list(
            move=move, list_sha256=move.list_sha256, opinion="", user=office.leader, now=office.later()
        )
    assert not Review.objects.exists()


def test_nobody_signs_unread_or_another_list(staged: MoveIn, office: Office) -> None:
    move = put(staged, office)
    with pytest.raises(review.MoveRefused) as refused:
        review.sign_list(
            move=move, list_sha256=move.list_sha256, opinion="", user=office.reviewer, now=office.later()
        )
    assert refused.value.code == "sample_unopened"
    open_all(move, office.reviewer, office)
    with pytest.raises(review.MoveRefused) as refused:
        review.sign_list(
            move=move, list_sha256="0" * 64, opinion="", user=office.reviewer, now=office.later()
        )
    assert refused.value.code == "list_changed"


def test_a_returned_list_gives_every_draft_back_and_can_come_again(staged: MoveIn, office: Office) -> None:
    move = put(staged, office)
    open_all(move, office.reviewer, office)
    review.return_list(move=move, opinion="栏目要改", user=office.reviewer, now=office.later())
    move = carry(move, office)
    assert move.state == MoveState.STAGED
    assert set(
        records.states_of(record_ids=list(move.items.values_list("record_id", flat=True))).values()
    ) == {"returned", "draft"}
    assert put(move, office).state == MoveState.IN_REVIEW


def test_an_interrupted_release_goes_on_where_it_was(
    staged: MoveIn, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = put(staged, office)
    for person in (office.reviewer, office.secrecy):
        move = sign(move, person, office)
    publish, gone = records.publish, []

    def once(**values: Any) -> Any:
        if gone:
            raise KeyboardInterrupt
        gone.append(values["record_id"])
        return publish(**values)

    monkeypatch.setattr(records, "publish", once)
    with pytest.raises(KeyboardInterrupt):
        sign(move, office.leader, office)
    assert (Record.objects.filter(live=True).count(), MoveIn.objects.get().state) == (1, MoveState.RELEASING)
    monkeypatch.setattr(records, "publish", publish)
    assert carry(move, office).state == MoveState.RELEASED
    assert Record.objects.filter(live=True).count() == 2
    assert carry(move, office).state == MoveState.RELEASED
    assert len(list(journal.entries(names=("records.RecordPublished",)))) == 2


def test_the_gate_holds_for_what_moved_in(staged: MoveIn, office: Office) -> None:
    move = put(staged, office)
    number = move.items.get(place="a/one.html").record_id
    with pytest.raises(records.StepRefused):
        records.publish(record_id=number, user=office.leader, now=office.later())
    RecordState.objects.filter(pk=number).update(state="approved")
    with pytest.raises(records.StepRefused) as refused:
        records.publish(record_id=number, user=office.leader, now=office.later())
    assert refused.value.code == "signatures_missing"


def test_a_draft_that_somebody_changed_is_not_on_the_list(staged: MoveIn, office: Office) -> None:
    item = staged.items.get(place="a/one.html")
    RecordState.objects.filter(pk=item.record_id).update(version=2)
    move = put(staged, office)
    assert move.listed_count == 1
    assert "一般程序" in move.items.get(pk=item.pk).note
