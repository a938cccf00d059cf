"""A record's life played at random: whatever is tried in whatever order, the promises hold."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.core.canonical import digest
from gongkai.records.core.chains import chain_by_id
from gongkai.records.models import Author, LaterReview, Record, RecordState, Release, Review, Submission
from gongkai.records.table_checks import (
    differences_in_later_reviews,
    differences_in_releases,
    differences_in_states,
    differences_in_withholdings,
)

WHO = st.sampled_from(
    ["editor", "editor2", "reviewer", "reviewer2", "secrecy", "leader", "leader2", "office"]
)
KIND = st.sampled_from(["content", "personal_data", "secrecy", "approval"])
FIRST = {"authority": "principal_order", "authority_note": "主要负责人6月15日决定"}
REFUSALS = (api.RecordError, organisations.NotPermitted)


class RecordLife(RuleBasedStateMachine):
    """Every verb by anybody at any time; the model knows only which content was ever shown to a signer."""

    office: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.records: list[int] = []
        self.shown: dict[tuple[int, str], str] = {}
        self.numbers: dict[int, str] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)

    @initialize()
    def one_draft_and_one_public_record(self) -> None:
        self.records = [self.office.draft().id, self.office.published(title="已公开的一条").record_id]

    def tried(self, call: Any) -> None:
        try:
            with transaction.atomic():
                call()
        except REFUSALS:
            pass

    def one(self, data: Any) -> int:
        return data.draw(st.sampled_from(self.records))

    @rule()
    def another_draft(self) -> None:
        if len(self.records) < 4:
            self.records.append(self.office.draft(title=f"第{len(self.records)}条").id)

    @rule(data=st.data(), who=WHO, text=st.text("甲乙丙丁", min_size=1, max_size=6))
    def save(self, data: Any, who: str, text: str) -> None:
        record = self.one(data)
        self.tried(lambda: self.office.edit(record, user=getattr(self.office, who), title=text))

    @rule(data=st.data())
    def call_it_an_emergency(self, data: Any) -> None:
        record = self.one(data)
        self.tried(lambda: self.office.edit(record, grade="emergency", kind="emergency"))
        self.tried(
            lambda: api.submit(record_id=record, user=self.office.editor, now=self.office.later(), **FIRST)
        )

    @rule(data=st.data(), who=WHO, kind=KIND, right=st.booleans())
    def sign_afterwards(self, data: Any, who: str, kind: str, right: bool) -> None:
        owed = list(LaterReview.objects.order_by("pk").select_related("release"))
        if owed:
            later = data.draw(st.sampled_from(owed))
            shown = later.release.content_sha256 if right else "0" * 64
            self.tried(
                lambda: api.sign_later(
                    release_id=later.pk,
                    kind=kind,
                    content_sha256=shown,
                    user=getattr(self.office, who),
                    opinion="",
                    now=self.office.later(),
                )
            )

    @rule(data=st.data(), who=WHO, what=st.sampled_from(["mark", "withhold", "keep", "open"]))
    def keep_from_the_public(self, data: Any, who: str, what: str) -> None:
        record, user = self.one(data), getattr(self.office, who)
        common = {"record_id": record, "reason": "过程稿", "user": user, "now": self.office.later()}
        calls = {
            "mark": lambda: self.office.edit(record, disclosure="withheld", disclosure_reason="过程稿"),
            "withhold": lambda: api.withhold(
                ground="process",
                public_words="",
                content_sha256=api.content_hash(record_id=record),
                **common,
            ),
            "keep": lambda: api.assess_withheld(opened=False, **common),
            "open": lambda: api.assess_withheld(opened=True, **common),
        }
        self.tried(calls[what])

    @rule(data=st.data(), who=WHO)
    def look(self, data: Any, who: str) -> None:
        record = self.one(data)
        self.shown[record, who] = api.content_hash(record_id=record)

    @rule(data=st.data(), who=WHO)
    def submit(self, data: Any, who: str) -> None:
        record = self.one(data)
        self.tried(
            lambda: api.submit(record_id=record, user=getattr(self.office, who), now=self.office.later())
        )

    @rule(data=st.data(), who=WHO, kind=KIND, fresh=st.booleans())
    def sign(self, data: Any, who: str, kind: str, fresh: bool) -> None:
        record = self.one(data)
        if fresh:
            self.shown[record, who] = api.content_hash(record_id=record)
        self.tried(
            lambda: api.sign(
                record_id=record,
                kind=kind,
                content_sha256=self.shown.get((record, who), "0" * 64),
                user=getattr(self.office, who),
                opinion="",
                now=self.office.later(),
            )
        )

    @rule(data=st.data())
    def sign_in_order(self, data: Any) -> None:
        self.sign_in_order_of(self.one(data))

    def sign_in_order_of(self, record: int) -> None:
        self.tried(lambda: api.submit(record_id=record, user=self.office.editor, now=self.office.later()))
        self.tried(lambda: self.office.sign_all(record))

    @rule(
        data=st.data(),
        who=WHO,
        verb=st.sampled_from(["send_back", "take_back", "publish", "discard", "drop"]),
    )
    def plain_verb(self, data: Any, who: str, verb: str) -> None:
        record, user, now = self.one(data), getattr(self.office, who), self.office.later()
        calls = {
            "send_back": lambda: api.send_back(record_id=record, user=user, opinion="改", now=now),
            "take_back": lambda: api.take_back(record_id=record, user=user, now=now),
            "publish": lambda: api.publish(record_id=record, user=user, now=now),
            "discard": lambda: api.discard(record_id=record, user=user, now=now),
            "drop": lambda: api.drop_amendment(record_id=record, user=user, now=now),
        }
        self.tried(calls[verb])

    @rule(data=st.data(), who=WHO)
    def amend(self, data: Any, who: str) -> None:
        record, user = self.one(data), getattr(self.office, who)
        self.tried(
            lambda: api.amend(
                record_id=record, change="amendment", note="改", user=user, now=self.office.later()
            )
        )

    @rule(data=st.data(), who=WHO)
    def withdraw(self, data: Any, who: str) -> None:
        record, user = self.one(data), getattr(self.office, who)
        self.tried(
            lambda: api.withdraw(
                record_id=record,
                reason_code="error",
                note="",
                replaced_by=None,
                user=user,
                now=self.office.later(),
            )
        )

    @invariant()
    def every_publication_was_signed_for_exactly_its_content(self) -> None:
        for release in Release.objects.filter(kind="publish"):
            signed = Review.objects.filter(
                record_id=release.record_id, round=release.round, decision="signed"
            )
            turn = Submission.objects.get(record_id=release.record_id, round=release.round)
            chain = chain_by_id(turn.chain_id, turn.chain_version)
            later = LaterReview.objects.filter(pk=release.pk).first()
            kinds = {r.kind for r in signed}
            assert (later is not None) == bool(chain.later_steps) == (chain.id == "emergency")
            if later is None or later.state == "upheld":
                assert kinds == {"content", "personal_data", "secrecy", "approval"}
            else:
                assert {"approval"} <= kinds < {"content", "personal_data", "secrecy", "approval"}
                assert later.authority == FIRST["authority"]
            assert {r.content_sha256 for r in signed} == {release.content_sha256}
            assert {r.revision_id for r in signed} == {release.revision_id}
            authors = set(
                Author.objects.filter(record_id=release.record_id, epoch=release.sequence - 1).values_list(
                    "user_id", flat=True
                )
            )
            assert not authors & {r.user_id for r in signed}
            steps = {chain.step_of(kind).name for kind in kinds}
            assert len({r.user_id for r in signed}) == len(steps)
            assert later is not None or len(steps) == 3

    @invariant()
    def live_means_current_release_of_kind_publish(self) -> None:
        for state in RecordState.objects.select_related("record", "current_release"):
            current = state.current_release
            assert state.record.live == (current is not None and current.kind == "publish")
            assert state.release_count == Release.objects.filter(record_id=state.pk).count()

    @invariant()
    def what_is_withheld_never_went_out(self) -> None:
        for state in RecordState.objects.filter(state="withheld"):
            assert not Release.objects.filter(record_id=state.pk).exists()

    @invariant()
    def numbers_are_unique_and_stay(self) -> None:
        now = dict(RecordState.objects.filter(index_number__isnull=False).values_list("pk", "index_number"))
        assert len(set(now.values())) == len(now)
        assert self.numbers.items() <= now.items()
        self.numbers = now

    @invariant()
    def portal_sees_what_was_released(self) -> None:
        for release in api.iter_current_releases():
            assert release.payload is not None
            assert digest(release.payload) == release.sha256

    @invariant()
    def tables_agree_with_facts(self) -> None:
        assert not [*differences_in_releases(), *differences_in_states()]
        assert not [*differences_in_later_reviews(), *differences_in_withholdings()]
        published = sum(1 for _ in journal.entries(names=("records.RecordPublished",)))
        assert published == Release.objects.filter(kind="publish").count()
        assert Record.objects.count() == RecordState.objects.count()


@pytest.mark.django_db
@pytest.mark.slow
def test_a_records_life_keeps_its_promises(office):
    machine = type("RecordLifeHere", (RecordLife,), {"office": office})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
