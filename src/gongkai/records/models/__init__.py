"""What is stored about records. Rules live in `core` and `services`."""

from __future__ import annotations

from gongkai.records.models.cleanup import CleanupDecision, CleanupItem, CleanupRound
from gongkai.records.models.event import Event, EventRecord, Pin
from gongkai.records.models.files import StoredFile
from gongkai.records.models.interpretation import InterpretationExemption
from gongkai.records.models.later_review import LaterReview, LaterState, ReviewSetting, WaitingNotice
from gongkai.records.models.matter import DueMatter
from gongkai.records.models.numbers import IndexCounter
from gongkai.records.models.record import Record
from gongkai.records.models.release import RecordLink, Release, ReleaseFile, ReleasePayload, WithdrawalReview
from gongkai.records.models.review import Author, GuardRun, Review, StoredFinding, Submission, Waiver
from gongkai.records.models.scan import ScanState, ScanTask
from gongkai.records.models.state import RecordState
from gongkai.records.models.withholding import Withholding, WithholdingDecision
from gongkai.records.models.words import WordAction, WordChange

__all__ = [
    "Author",
    "CleanupDecision",
    "CleanupItem",
    "CleanupRound",
    "DueMatter",
    "Event",
    "EventRecord",
    "GuardRun",
    "IndexCounter",
    "InterpretationExemption",
    "LaterReview",
    "LaterState",
    "Pin",
    "Record",
    "RecordLink",
    "RecordState",
    "Release",
    "ReleaseFile",
    "ReleasePayload",
    "Review",
    "ReviewSetting",
    "ScanState",
    "ScanTask",
    "StoredFile",
    "StoredFinding",
    "Submission",
    "WaitingNotice",
    "Waiver",
    "WithdrawalReview",
    "Withholding",
    "WithholdingDecision",
    "WordAction",
    "WordChange",
]
