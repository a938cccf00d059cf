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
        """Return the stop that is open before publication, None when all of those are signed."""
        step = open_step(self.chain, self.signed_kinds)
        return None if step is None or step.after else step

    @property
    def later_step(self) -> Step | None:
        """Return the stop that is open after publication, None when there is none left."""
        step = open_step(self.chain, self.signed_kinds)
        return step if step is not None and step.after else None

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
    return round_of(state.record_id, state.round)


def round_of(record_id: int, number: int) -> Round | None:
    """Return one round of a record, None when there was none of that number."""
    submission = Submission.objects.filter(record_id=record_id, round=number).first()
    if submission is None:
        return None
    signed = Review.objects.filter(record_id=record_id, round=number, decision="signed").order_by("pk")
    return Round(
        number=number,
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


def waits_as(chain: Chain, step: Step) -> str:
    """Return how a state names the stop that it waits for: roles of one stop's name differ between chains."""
    return f"{chain.id}:{step.name}"


def author_ids(state: RecordState, *, epoch: int | None = None) -> frozenset[int]:
    """Return everyone who saved the text since the last release, with those they stood in for.

    With `epoch` those who saved after the release of that number: release n was written in epoch n - 1.
    """
    number = state.release_count if epoch is None else epoch
    rows = Author.objects.filter(record_id=state.record_id, epoch=number)
    return frozenset(
        number for pair in rows.values_list("user_id", "on_behalf_of") for number in pair if number
    )
