"""The door of the records room (信息与发布): draft, review, release, withdraw. Keyword arguments only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from gongkai.records.core.errors import (
    BadInput,
    ContentChanged,
    FindingsOpen,
    NotFound,
    RecordError,
    SeparationBroken,
    StepRefused,
)
from gongkai.records.core.finding_json import finding_as_json, finding_from_json
from gongkai.records.core.info import RecordInfo, ReleaseInfo, WaitingInfo
from gongkai.records.core.office_time import office_day, office_time
from gongkai.records.core.payload import public_payload as assemble
from gongkai.records.models import RecordState
from gongkai.records.preview_slot import set_preview_renderer
from gongkai.records.selectors import (
    current_release,
    get_release,
    iter_current_releases,
    list_releases,
    record_ids_by_number,
)
from gongkai.records.selectors_disposal import Outlived, list_erasable_withdrawals, list_old_drafts
from gongkai.records.selectors_events import front_snapshot
from gongkai.records.selectors_matters import list_matters
from gongkai.records.selectors_sentences import SentenceChange, sentence_changes
from gongkai.records.selectors_waiting import list_waiting
from gongkai.records.services.amend import amend, discard, drop_amendment
from gongkai.records.services.back_scan import back_scan
from gongkai.records.services.cleanup import (
    cancel_cleanup,
    decide_item,
    finish_cleanup,
    reopen_cleanup,
    start_cleanup,
)
from gongkai.records.services.cleanup_release import publish_prepared
from gongkai.records.services.cleanup_result import draft_cleanup_result, prepare_validity
from gongkai.records.services.clone import Cloned, clone_record
from gongkai.records.services.content import content_of, draft_of, newest, publication_of
from gongkai.records.services.create_draft import create_draft
from gongkai.records.services.dispose_draft import dispose_draft, erase_draft_again, replay_disposals
from gongkai.records.services.edit_draft import edit_draft
from gongkai.records.services.erase import erase, replay_erasures
from gongkai.records.services.events import close_event, note_conference, open_event
from gongkai.records.services.file_proof import damaged_files, stored_names
from gongkai.records.services.files import open_file, store_file
from gongkai.records.services.import_draft import ImportedDraft, import_draft
from gongkai.records.services.import_library import LibraryImport, import_library
from gongkai.records.services.info import fresh_info
from gongkai.records.services.later_review import refuse_later, sign_later
from gongkai.records.services.locking import get_state
from gongkai.records.services.matters import MatterSeen, add_matter_source, gather_matters
from gongkai.records.services.moved_in import (
    FirstGuess,
    MovedDraft,
    Staged,
    first_guess,
    look_over,
    moving_context,
    stage_moved,
)
from gongkai.records.services.moved_in_review import (
    BatchStep,
    batch_steps,
    require_batch_signer,
    require_separate_from,
    sign_moved,
    submit_moved,
)
from gongkai.records.services.numbering import Number, reserve_numbers, skip_numbers
from gongkai.records.services.pins import pin, unpin
from gongkai.records.services.plan_interpretation import exempt_interpretation, plan_interpretation
from gongkai.records.services.publish import publish
from gongkai.records.services.repair import repair, repair_alike
from gongkai.records.services.replace_file import clean_attachment, redact_attachment
from gongkai.records.services.save_draft import Saved, save_draft
from gongkai.records.services.scan_tasks import ignore_finding
from gongkai.records.services.schedule import publish_due, schedule, unschedule
from gongkai.records.services.send_back import send_back, take_back
from gongkai.records.services.sign import sign
from gongkai.records.services.submit import recheck, submit
from gongkai.records.services.urgent import UrgentText, write_urgent
from gongkai.records.services.waive import waive
from gongkai.records.services.withdraw import review_withdrawal, withdraw
from gongkai.records.services.withheld_notice import draft_withheld_notice
from gongkai.records.services.withhold import assess_withheld, withhold

__all__ = [
    "BadInput",
    "BatchStep",
    "Cloned",
    "ContentChanged",
    "FindingsOpen",
    "FirstGuess",
    "ImportedDraft",
    "LibraryImport",
    "MatterSeen",
    "MovedDraft",
    "NotFound",
    "Number",
    "Outlived",
    "RecordError",
    "RecordInfo",
    "ReleaseInfo",
    "Saved",
    "SentenceChange",
    "SeparationBroken",
    "Staged",
    "StepRefused",
    "UrgentText",
    "WaitingInfo",
    "add_matter_source",
    "amend",
    "assess_withheld",
    "back_scan",
    "batch_steps",
    "cancel_cleanup",
    "clean_attachment",
    "clone_record",
    "close_event",
    "content_hash",
    "create_draft",
    "current_release",
    "damaged_files",
    "decide_item",
    "discard",
    "dispose_draft",
    "draft_cleanup_result",
    "draft_withheld_notice",
    "drop_amendment",
    "edit_draft",
    "erase",
    "erase_draft_again",
    "exempt_interpretation",
    "finding_as_json",
    "finding_from_json",
    "finish_cleanup",
    "first_guess",
    "front_snapshot",
    "gather_matters",
    "get_record",
    "get_release",
    "ignore_finding",
    "import_draft",
    "import_library",
    "iter_current_releases",
    "list_erasable_withdrawals",
    "list_matters",
    "list_old_drafts",
    "list_releases",
    "list_waiting",
    "look_over",
    "moving_context",
    "note_conference",
    "office_day",
    "office_time",
    "open_event",
    "open_file",
    "pin",
    "plan_interpretation",
    "prepare_validity",
    "public_payload",
    "publish",
    "publish_due",
    "publish_prepared",
    "recheck",
    "record_ids_by_number",
    "redact_attachment",
    "refuse_later",
    "reopen_cleanup",
    "repair",
    "repair_alike",
    "replay_disposals",
    "replay_erasures",
    "require_batch_signer",
    "require_separate_from",
    "reserve_numbers",
    "review_withdrawal",
    "save_draft",
    "schedule",
    "send_back",
    "sentence_changes",
    "set_preview_renderer",
    "sign",
    "sign_later",
    "sign_moved",
    "skip_numbers",
    "stage_moved",
    "start_cleanup",
    "states_of",
    "store_file",
    "stored_names",
    "submit",
    "submit_moved",
    "take_back",
    "unpin",
    "unschedule",
    "untouched_of",
    "waive",
    "withdraw",
    "withhold",
    "write_urgent",
]


def get_record(*, record_id: int) -> RecordInfo:
    """Return where a record stands. Raises NotFound."""
    return fresh_info(record_id)


def states_of(*, record_ids: Collection[int]) -> dict[int, str]:
    """Return where each of these records stands; unknown ones are left out."""
    numbers = list(record_ids)
    found: dict[int, str] = {}
    for start in range(0, len(numbers), 500):
        rows = RecordState.objects.filter(pk__in=numbers[start : start + 500])
        found |= {int(number): str(state) for number, state in rows.values_list("pk", "state")}
    return found


def untouched_of(*, record_ids: Collection[int]) -> frozenset[int]:
    """Return which of these records are drafts that nobody has saved since they were staged."""
    numbers, found = list(record_ids), set()
    for start in range(0, len(numbers), 500):
        rows = RecordState.objects.filter(
            pk__in=numbers[start : start + 500], state__in=["draft", "returned"], version=1
        )
        found |= set(rows.values_list("pk", flat=True))
    return frozenset(found)


def content_hash(*, record_id: int) -> str:
    """Return the SHA-256 that a signature given now would be bound to."""
    return draft_of(get_state(record_id)).sha256


def public_payload(*, record_id: int, now: datetime | None = None) -> dict[str, Any]:
    """Return what would be published: with `now`, exactly the payload of a release made at that moment."""
    state = get_state(record_id)
    record = newest(state.record)
    return assemble(content_of(record, state), publication_of(state, now=now) if now else None)
