"""The gate (发布闸门): what must hold before anything goes out, whichever way it came here."""

from __future__ import annotations

from datetime import datetime

from gongkai.records.core.errors import ContentChanged, FindingsOpen, SeparationBroken, StepRefused
from gongkai.records.core.places import place_label
from gongkai.records.core.stream import file_digests
from gongkai.records.models import Record, RecordState
from gongkai.records.services.checking import check_draft, standing
from gongkai.records.services.content import Draft, draft_of, raw_body
from gongkai.records.services.file_proof import prove_files
from gongkai.records.services.review_round import Round, author_ids, require_round


def pass_gate(state: RecordState, *, now: datetime) -> Draft:
    """Return the content that may go out now.

    It must be the newest text, the one that was submitted, signed in every kind that its chain asks for before publication
    by people who did not write it and no two steps by one person, and clean under today's rules; so are the very bytes of its files.

    Raises ContentChanged, StepRefused, SeparationBroken, FindingsOpen.
    """
    draft = draft_of(state)
    turn = require_round(state)
    hashes = {
        turn.submission.content_sha256,
        state.submitted_sha256,
        *(r.content_sha256 for r in turn.signed),
    }
    revisions = {turn.submission.revision_id, state.submitted_revision, *(r.revision_id for r in turn.signed)}
    if hashes != {draft.sha256} or revisions != {draft.revision_id}:
        raise ContentChanged(
            code="content_changed",
            message="审签之后内容有变动，不能发布",
            where=str(draft.record),
            remedy="请退回后重新送审，由审签人看过现在的内容再签",
        )
    missing = [kind for kind in turn.chain.kinds_before if kind not in turn.signed_kinds]
    if missing:
        raise StepRefused(
            code="signatures_missing",
            message=f"还缺 {len(missing)} 道审签",
            where=str(draft.record),
            remedy="请按审查流程办理完毕再发布",
        )
    _require_separate(turn, state, draft)
    _require_source_public(state, draft)
    prove_files(file_digests(raw_body(draft.record)), now=now)
    waiting = standing(check_draft(draft, state, now=now), "publish")
    if waiting:
        first = waiting[0].finding
        raise FindingsOpen(
            keys=tuple(concern.key for concern in waiting),
            message=f"还有 {len(waiting)} 处检查发现没有处理，第一处在{place_label(first.part)}",
            where=str(draft.record),
            remedy="请退回修改，或由有权人说明理由后放行",
        )
    return draft


def _require_source_public(state: RecordState, draft: Draft) -> None:
    """A document does not turn invalid in public by something that the public cannot read yet."""
    source = draft.record.validity_by
    if state.change == "validity" and source and not Record.objects.filter(pk=source, live=True).exists():
        raise StepRefused(
            code="validity_source_hidden",
            message="有效性变更所依据的文件还没有公开",
            where=str(draft.record),
            remedy="请先公布修改、废止它的文件或者清理结果",
        )


def _require_separate(turn: Round, state: RecordState, draft: Draft) -> None:
    authors = author_ids(state) | {turn.submission.user_id}
    by_step = turn.persons_by_step()
    signers = [number for numbers in by_step.values() for number in numbers]
    if authors & set(signers) or len(signers) != len(set(signers)):
        raise SeparationBroken(
            code="separation_in_chain",
            message="审签人中有起草人，或同一人签了两道审查",
            where=str(draft.record),
            remedy="请退回后由不同的人重新审签",
        )
