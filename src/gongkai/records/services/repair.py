"""One-click repair of findings whose remedy is sure (一键改正): in the newest draft, through the ordinary save."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.kernel.findings import Finding
from gongkai.records.core.errors import BadInput, NotFound, StepRefused
from gongkai.records.core.places import place_label
from gongkai.records.core.repairing import PlaceChanged, repaired_body, repaired_text
from gongkai.records.core.states import EDITABLE_STATES, LABELS
from gongkai.records.core.stream import file_digests
from gongkai.records.models import Record, RecordState, Waiver
from gongkai.records.services.checking import finding_key, guard_parts, stored_findings
from gongkai.records.services.content import draft_of, file_facts, raw_body
from gongkai.records.services.locking import lock_state
from gongkai.records.services.save_draft import Saved, save_draft

#: metadata that the guard reads as parts of its own: part → field of the record
_FIELDS = {
    "title": "title",
    **{f"field:{name}": name for name in ("document_number", "summary", "author", "source")},
}


@dataclass(frozen=True, slots=True)
class Repaired:
    """How many places were changed, and the save that holds them."""

    places: int
    saved: Saved


def repair(*, record_id: int, finding_key: str, version: int, user: Any, now: datetime) -> Repaired:
    """Put the sure replacement of one finding into its place, save and check again; `version` is the one that was shown.

    Equal paragraphs share a finding's key and are repaired together.

    Raises StepRefused when the text moved on, NotFound when the finding is gone, BadInput when it has no sure remedy,
    organisations.api.NotPermitted when the user may not edit there.
    """
    return _repair(record_id, lambda key, finding: key == finding_key, version, user, now)


def repair_alike(*, record_id: int, detector: str, version: int, user: Any, now: datetime) -> Repaired:
    """Repair every finding of one detector that has a sure remedy and was not waived; raises as `repair` does."""
    waived = set(Waiver.objects.filter(record_id=record_id).values_list("key", flat=True))
    return _repair(
        record_id,
        lambda key, finding: finding.detector == detector and key not in waived and is_repairable(finding),
        version,
        user,
        now,
    )


def is_repairable(finding: Finding) -> bool:
    """Tell whether the finding has a sure remedy in a place that can be repaired here."""
    kind = finding.part.partition(":")[0]
    inside = finding.part in _FIELDS or kind in {"block", "attachment"}
    return finding.replacement is not None and finding.span is not None and inside


@transaction.atomic
def _repair(
    record_id: int, wanted: Callable[[str, Finding], bool], version: int, user: Any, now: datetime
) -> Repaired:
    state = lock_state(record_id)
    _require_version(state, version)
    draft = draft_of(state)
    keyed = stored_findings(record_id, draft.sha256)
    if keyed is None:
        raise _moved(str(draft.record))
    chosen = [(key, finding) for key, finding in keyed if wanted(key, finding)]
    if not chosen:
        raise NotFound(
            code="finding_gone", message="这处检查发现已经不在", where=str(draft.record), remedy="请刷新页面"
        )
    texts = {part.name: part.text for part in guard_parts(draft.payload)}
    for key, finding in chosen:
        if not is_repairable(finding):
            raise BadInput(
                code="no_sure_remedy",
                message="这一处没有可以直接套用的改法",
                where=place_label(finding.part),
                remedy=finding.suggestion or "请人工修改",
            )
        if finding_key(finding, texts.get(finding.part, "")) != key:
            raise _moved(place_label(finding.part))
    places = _apply(draft.record, draft.payload, [finding for _, finding in chosen])
    saved = save_draft(record=draft.record, version=version, user=user, now=now)
    if saved.kept_apart:
        raise _moved(str(draft.record))
    return Repaired(places, saved)


def _apply(record: Record, payload: dict[str, Any], findings: Iterable[Finding]) -> int:
    """Make the repairs from the last place to the first, so that spans stay true; of overlapping ones the last wins."""
    raw = raw_body(record)
    files = file_facts(file_digests(raw))
    ends: dict[str, int] = {}
    places = 0
    for finding in sorted(findings, key=lambda one: one.span or (0, 0), reverse=True):
        start, end = finding.span or (0, 0)
        if end > ends.get(finding.part, end):
            continue
        ends[finding.part] = start
        try:
            if name := _FIELDS.get(finding.part):
                payload[name] = repaired_text(payload[name] or "", finding)
                setattr(record, name, payload[name])
            else:
                raw = repaired_body(raw, files, finding)
        except PlaceChanged as error:
            raise _moved(place_label(finding.part)) from error
        places += 1
    record.body = json.dumps(raw, ensure_ascii=False)
    return places


def _require_version(state: RecordState, version: int) -> None:
    if state.state not in EDITABLE_STATES:
        raise StepRefused(
            code="not_editable",
            message=f"这条信息{LABELS[state.state]}，不能修改",
            where=str(state.record),
            remedy="送审后要改，请先收回；已发布的，请先启动修改",
        )
    if version != state.version:
        raise _moved(str(state.record))


def _moved(where: str) -> StepRefused:
    return StepRefused(
        code="text_changed",
        message="页面打开之后文字有变动，没有改动任何内容",
        where=where,
        remedy="请刷新页面，核对后再改",
    )
