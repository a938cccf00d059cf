"""The round of review a record is in (审查轮次): its chain, who signed, who wrote."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from gongkai.records.core.chains import Chain, Step, chain_by_id, open_step
from gongkai.records.core.errors import StepRefused
from gongkai.records.models import Author, RecordState, Review, Submission


@dataclass(frozen=True, slots=True)
class Round:
    """One round: `signed` are the reviews that agreed, in order."""

    number: int
    chain: Chain
    submission: Submission
    signed: tuple[Review, ...]

    @property
    def signed_kinds(self) -> frozenset[str]:
        """Return the kinds signed so far."""
        return frozenset(review.kind for review in self.signed)

    @property
    def step(self) -> Step | None:
        """Return the stop that is open, None when all is signed."""
        return open_step(self.chain, self.signed_kinds)

    def persons_by_step(self) -> dict[str, set[int]]:
        """Return who signed at each step, the persons replaced included."""
        persons: dict[str, set[int]] = defaultdict(set)
        for review in self.signed:
            step = self.chain.step_of(review.kind)
            if step is not None:
                persons[step.name] |= {
                    review.user_id,
                    *([review.on_behalf_of] if review.on_behalf_of else []),
                }
        return dict(persons)


def current_round(state: RecordState) -> Round | None:
    """Return the newest round of the record, None when it was never submitted."""
    submission = Submission.objects.filter(record_id=state.record_id, round=state.round).first()
    if submission is None:
        return None
    signed = Review.objects.filter(record_id=state.record_id, round=state.round, decision="signed").order_by(
        "pk"
    )
    return Round(
        number=state.round,
        chain=chain_by_id(submission.chain_id, submission.chain_version),
        submission=submission,
        signed=tuple(signed),
    )


def require_round(state: RecordState) -> Round:
    """Return the newest round. Raises StepRefused for a record that was never submitted."""
    turn = current_round(state)
    if turn is None:
        raise StepRefused(
            code="never_reviewed", message="没有经过审查", where=f"信息 {state.record_id}", remedy="请先送审"
        )
    return turn


def author_ids(state: RecordState) -> frozenset[int]:
    """Return everyone who saved the text since the last release, with those they stood in for."""
    rows = Author.objects.filter(record_id=state.record_id, epoch=state.release_count)
    return frozenset(
        number for pair in rows.values_list("user_id", "on_behalf_of") for number in pair if number
    )
