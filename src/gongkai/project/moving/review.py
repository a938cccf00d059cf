"""Putting a list forward, signing or returning it (提请、审签、退回): acts of one person each, bound to the digest of the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.project.facts import MoveSigned
from gongkai.project.moving.core.listing import list_digest, sample_of
from gongkai.project.moving.models import ItemState, MoveIn, MoveOpened, MoveSignature, MoveState
from gongkai.project.moving.summary import sum_up
from gongkai.project.moving.telling import chunks
from gongkai.records import api as records

REPORT = 0
"""Stands for the report among the pages that were opened."""


class MoveRefused(Exception):
    """A step of a move that cannot be taken now: code, message, where, remedy."""

    def __init__(self, code: str, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.where, self.remedy = code, message, where, remedy


@dataclass(frozen=True, slots=True)
class Signing:
    """What a person has before them: the open step, the sample, and which of it they have opened."""

    step: records.BatchStep
    sample: tuple[int, ...]
    opened: frozenset[int]

    @property
    def unopened(self) -> tuple[int, ...]:
        """Return what still has to be opened; 0 stands for the report."""
        return tuple(number for number in (REPORT, *self.sample) if number not in self.opened)


def get_move(move_id: int) -> MoveIn:
    """Return a move. Raises MoveRefused."""
    move = MoveIn.objects.filter(pk=move_id).first()
    if move is None:
        raise MoveRefused(
            "move_unknown", "没有这一批迁移", where=str(move_id), remedy="请用 gongkai move-in list 查看"
        )
    return move


def listed_of(move: MoveIn) -> Iterator[tuple[int, str]]:
    """Yield record and content of everything on the list that was put forward, in order of the records."""
    rows = move.items.exclude(listed_sha256="").order_by("record_id")
    for record_id, digest in rows.values_list("record_id", "listed_sha256").iterator(chunk_size=5000):
        yield int(record_id or 0), str(digest)


@transaction.atomic
def put_forward(*, move: MoveIn, user: Any, now: datetime) -> MoveIn:
    """List the clean items that nobody touched since; `carry_on` then hands them in. What is not clean stays a draft.

    Raises MoveRefused when nothing is clean or the move is not staged, NotPermitted.
    """
    today = records.office_day(now)
    organisations.require(user=user, action="submit", kind="record", org_code=move.org_code, today=today)
    move = _locked(move, MoveState.STAGED, "提请审签")
    move.summary = sum_up(move)
    move.items.exclude(listed_sha256="").update(listed_sha256="")
    ready = move.items.filter(state=ItemState.DRAFTED, is_clean=True)
    ready.update(note="")
    numbers = [int(number) for number in ready.values_list("record_id", flat=True) if number]
    untouched = records.untouched_of(record_ids=numbers)
    for chunk in chunks([number for number in numbers if number not in untouched], 500):
        ready.filter(record_id__in=chunk).update(note="改动过或已另行办理，请按一般程序送审")
    ready.filter(note="").update(listed_sha256=F("content_sha256"))
    listed = list(listed_of(move))
    if not listed:
        raise MoveRefused(
            "nothing_clean",
            "没有可以列入清单的信息",
            where=str(move),
            remedy="请先处理检查发现，改好的草稿按一般程序送审",
        )
    move.round, move.written_signatures = move.round + 1, 0
    move.list_sha256, move.listed_count = list_digest(listed), len(listed)
    move.put_by, move.put_at, move.state = user, now, MoveState.PUTTING_FORWARD
    move.save()
    return move


def open_step(move: MoveIn, *, now: datetime) -> records.BatchStep | None:
    """Return the step that waits for a signature, None when none does."""
    if move.state != MoveState.IN_REVIEW:
        return None
    signed = set(move.signatures.filter(round=move.round, decision="signed").values_list("step", flat=True))
    return next((step for step in records.batch_steps(now=now) if step.name not in signed), None)


def signing_of(move: MoveIn, *, user: Any, now: datetime) -> Signing | None:
    """Return what a signature needs of this person, None when no step is open."""
    step = open_step(move, now=now)
    if step is None:
        return None
    sample = sample_of((number for number, _ in listed_of(move)), move.list_sha256)
    opened = MoveOpened.objects.filter(move=move, round=move.round, user=user).values_list(
        "record_id", flat=True
    )
    return Signing(step, tuple(sample), frozenset(opened))


def note_opened(move: MoveIn, *, record_id: int, user: Any, now: datetime) -> None:
    """Remember that this person opened the report (0) or a page of the list; twice is once."""
    if open_step(move, now=now) is not None:
        MoveOpened.objects.get_or_create(
            move=move, round=move.round, user=user, record_id=record_id, defaults={"at": now}
        )


@transaction.atomic
def sign_list(*, move: MoveIn, list_sha256: str, opinion: str, user: Any, now: datetime) -> MoveSignature:
    """Sign the open step for exactly this list. `carry_on` then writes the signature for every record.

    Raises:
        MoveRefused: another list, report or sample not opened, or the signer started, put forward or signed this move.
        records.SeparationBroken: the signer, or somebody they stand in for, wrote one of the records.
        records.StepRefused, organisations.NotPermitted: no post for this step.
    """
    move = _locked(move, MoveState.IN_REVIEW, "审签")
    signing = signing_of(move, user=user, now=now)
    if signing is None:
        raise MoveRefused("no_step", "没有待签的步骤", where=str(move), remedy="请刷新页面")
    hat = records.require_batch_signer(user=user, step=signing.step, org_code=move.org_code, now=now)
    _require_apart(move, user, now)
    if list_sha256 != move.list_sha256 or list_digest(listed_of(move)) != move.list_sha256:
        raise MoveRefused(
            "list_changed",
            "您看到的清单与现在的不一致，签署没有生效",
            where=str(move),
            remedy="请重新打开报告再签",
        )
    if signing.unopened:
        raise MoveRefused(
            "sample_unopened",
            f"还有 {len(signing.unopened)} 页没有打开看过（报告和抽样页）",
            where=str(move),
            remedy="请逐页打开抽样页，看过再签",
        )
    return _keep(move, signing.step.name, "signed", opinion, user, hat.role, now)


@transaction.atomic
def return_list(*, move: MoveIn, opinion: str, user: Any, now: datetime) -> MoveSignature:
    """Return the whole list with a comment; `carry_on` gives every record back to its drafters. Raises as `sign_list`."""
    move = _locked(move, MoveState.IN_REVIEW, "退回")
    if not opinion.strip():
        raise MoveRefused("comment_missing", "没有写退回意见", where="意见", remedy="请写明要改什么，再退回")
    step = open_step(move, now=now)
    if step is None:
        raise MoveRefused("no_step", "没有待签的步骤", where=str(move), remedy="请刷新页面")
    hat = records.require_batch_signer(user=user, step=step, org_code=move.org_code, now=now)
    _require_apart(move, user, now)
    signature = _keep(move, step.name, "returned", opinion, user, hat.role, now)
    MoveIn.objects.filter(pk=move.pk).update(state=MoveState.RETURNING)
    return signature


def _keep(
    move: MoveIn, step: str, decision: str, opinion: str, user: Any, role: str, now: datetime
) -> MoveSignature:
    signature = MoveSignature.objects.create(
        move=move, round=move.round, step=step, decision=decision, list_sha256=move.list_sha256, user=user, role=role,
        opinion=opinion.strip()[:1000], at=now,
    )  # fmt: skip
    record_fact(
        MoveSigned(
            org=_authority(move), subject=f"move:{move.pk}", on=records.office_day(now), round=move.round, step=step,
            decision=decision, list_sha256=move.list_sha256,
        ),
        actor=organisations.actor(user=user, role=role),
        now=now,
    )  # fmt: skip
    return signature


def _require_apart(move: MoveIn, user: Any, now: datetime) -> None:
    """Refuse whoever started the move, put the list forward or signed another step of it, deputies included."""
    acting = organisations.effective_persons(user=user, today=records.office_day(now)) | {user.pk}
    involved = {move.started_by_id, move.put_by_id}
    involved |= set(move.signatures.filter(round=move.round).values_list("user_id", flat=True))
    if acting & involved:
        raise MoveRefused(
            "separation",
            "您启动、提请过这一批迁移，或已经签过另一道，不能签署",
            where=str(move),
            remedy="请由没有经手的人签署；每人只能签一道",
        )
    records.require_separate_from(
        record_ids=[number for number, _ in listed_of(move)][:1], user=user, now=now
    )


def _locked(move: MoveIn, state: MoveState, verb: str) -> MoveIn:
    found = MoveIn.objects.select_for_update().get(pk=move.pk)
    if found.state != state:
        raise MoveRefused(
            "move_state",
            f"这一批{found.get_state_display()}，不能“{verb}”",
            where=str(found),
            remedy="请刷新页面；正在生成清单或发布的，等后台做完",
        )
    return found


def _authority(move: MoveIn) -> str:
    return organisations.authority_of(code=move.org_code).code
