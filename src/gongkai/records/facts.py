"""Facts of this room (事实): ids, codes, hashes and dates. Subject is `record:<id>`, of events `event:<id>`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from gongkai.journal.facts import Code, Fact, Sha256


class RecordDrafted(Fact, name="records.RecordDrafted"):
    """A draft was begun (新建): `origin` is form, file, paste, command, sample, withheld, cleanup or moved (from an old site)."""

    kind: Code
    origin: Code
    catalogue: tuple[Code, ...] = ()
    formed_on: date | None = None


class RecordSubmitted(Fact, name="records.RecordSubmitted"):
    """A draft went to review (送审); `chain` is the review chain with its version, as `ordinary:1`."""

    round: int
    chain: Code
    content_sha256: Sha256


class RecordSigned(Fact, name="records.RecordSigned"):
    """One kind of review was signed for exactly this content (签署)."""

    round: int
    review_kind: Code
    content_sha256: Sha256
    review_id: int


class RecordApproved(Fact, name="records.RecordApproved"):
    """Every signature of the chain is there (审签完毕)."""

    round: int
    content_sha256: Sha256


class RecordSentBack(Fact, name="records.RecordSentBack"):
    """A reviewer returned the draft with a comment (退回)."""

    round: int
    review_kind: Code
    content_sha256: Sha256
    review_id: int


class RecordTakenBack(Fact, name="records.RecordTakenBack"):
    """The drafter took the draft out of review (收回)."""

    round: int


class FindingWaived(Fact, name="records.FindingWaived"):
    """A finding was let pass with a reason that is kept (留痕放行)."""

    waiver_id: int
    finding_key: Code
    detector: Code
    severity: Code


class RecordScheduled(Fact, name="records.RecordScheduled"):
    """An approved record will be published at a set moment (定时发布)."""

    publish_at: datetime
    content_sha256: Sha256


class RecordUnscheduled(Fact, name="records.RecordUnscheduled"):
    """The set moment was given up (取消定时): `reason` is person or gate."""

    reason: Code


class RecordPublished(Fact, name="records.RecordPublished"):
    """A release of kind publish went out (发布). `first` tells the first release of the record from later ones.

    `index_number` is None where the number's own letters are no Code; the release holds it in any case. What moved in from an
    old site was public before: `first` is False and `original_on` is the day of its first publication there.
    """

    release_id: int
    release_sha256: Sha256
    content_sha256: Sha256
    sequence: int
    index_number: Code | None = None
    kind: Code
    change: Code
    catalogue: tuple[Code, ...] = ()
    columns: tuple[Code, ...] = ()
    topics: tuple[Code, ...] = ()
    interprets: tuple[Code, ...] = ()
    formed_on: date | None = None
    first: bool
    original_on: date | None = None


class RecordWithdrawn(Fact, name="records.RecordWithdrawn"):
    """A release of kind withdraw went out (撤回). `emergency` when one person did it without a second signature."""

    release_id: int
    release_sha256: Sha256
    sequence: int
    index_number: Code | None = None
    reason: Code
    catalogue: tuple[Code, ...] = ()
    columns: tuple[Code, ...] = ()
    topics: tuple[Code, ...] = ()
    emergency: bool


class WithdrawalReviewed(Fact, name="records.WithdrawalReviewed"):
    """An emergency withdrawal was looked at by a second person (撤回事后复核)."""

    release_id: int
    upheld: bool


class PayloadErased(Fact, name="records.PayloadErased"):
    """Payload and files of a release were erased; the hash stays (清除内容). A restore replays this."""

    release_id: int
    release_sha256: Sha256
    files: tuple[Sha256, ...] = ()
    reason: Code


class DraftErased(Fact, name="records.DraftErased"):
    """What a draft that never went out said was erased after its term (处置未公开的草稿). A restore replays this."""

    files: tuple[Sha256, ...] = ()


class AmendmentStarted(Fact, name="records.AmendmentStarted"):
    """Work on a new version of a released record began (启动修改)."""

    change: Code


class AmendmentDropped(Fact, name="records.AmendmentDropped"):
    """The new version was given up; what is public stays (放弃修改)."""


class RecordDiscarded(Fact, name="records.RecordDiscarded"):
    """A draft that never went out was put away for good (作废)."""


class BackScanFound(Fact, name="records.BackScanFound"):
    """Looking again at what is public found something, and it became a task (回查发现)."""

    task_id: int
    detector: Code
    severity: Code
    due_date: date | None = None


class BackScanDecided(Fact, name="records.BackScanDecided"):
    """A task of the back-scan ended (回查办结): `decision` is done, once or always."""

    task_id: int
    decision: Code


class WordListChanged(Fact, name="records.WordListChanged"):
    """An entry was put into one of the office's word lists or taken out (词表变动); which one, `change_id` says."""

    change_id: int
    action: Code


class LaterReviewOpened(Fact, name="records.LaterReviewOpened"):
    """A release went out first, on a named authority, and owes its review (应急先发，欠事后补审)."""

    release_id: int
    authority: Code


class LaterReviewClosed(Fact, name="records.LaterReviewClosed"):
    """A later review ended (补审办结): `outcome` is upheld, refused or superseded."""

    release_id: int
    outcome: Code


class ReviewSettingChanged(Fact, name="records.ReviewSettingChanged"):
    """An authority switched e-mail notices of its reviews on or off (审签设置变动)."""

    mail_notices: bool


class InterpretationPlanned(Fact, name="records.InterpretationPlanned"):
    """A plan for interpreting a policy was written or changed (制定解读方案); `plan_sha256` is over the plan alone."""

    plan_sha256: Sha256
    forms: tuple[Code, ...] = ()
    post: Code | None = None
    planned_on: date | None = None


class InterpretationExempted(Fact, name="records.InterpretationExempted"):
    """It was decided that a policy goes out without an interpretation (决定不配发解读)."""

    decision_id: int
    ground: Code
    content_sha256: Sha256


class RecordWithheld(Fact, name="records.RecordWithheld"):
    """A record was closed as not for the public (不予公开办结); `attribute` is withheld or on_request."""

    decision_id: int
    ground: Code
    attribute: Code
    content_sha256: Sha256
    next_date: date | None = None


class WithholdingAssessed(Fact, name="records.WithholdingAssessed"):
    """Something withheld was looked at again (定期评估): `decision` is kept or opened."""

    decision_id: int
    decision: Code
    ground: Code
    next_date: date | None = None


class EventOpened(Fact, name="records.EventOpened"):
    """An emergency was entered, its clocks run from `known_at` (突发事件登记); `grade` is g1 to g4."""

    grade: Code
    known_at: datetime


class EventReleased(Fact, name="records.EventReleased"):
    """Something about an event went out (突发事件信息发布). `first` marks the first authoritative information.

    `minutes` is how long after the event became known; `in_time` tells whether every clock that the first release stops was
    met, None for later releases.
    """

    release_id: int
    record: Code
    number: int
    first: bool
    minutes: int
    in_time: bool | None = None


class EventConferenceHeld(Fact, name="records.EventConferenceHeld"):
    """A press conference on an event was held (新闻发布会召开)."""

    held_at: datetime
    in_time: bool | None = None


class EventClosed(Fact, name="records.EventClosed"):
    """An event is over: its topic column stays, the home page no longer shows it (突发事件办结)."""

    releases: int


class RecordPinned(Fact, name="records.RecordPinned"):
    """A public record was put on the home page until a day (置顶); `purpose` is emergency or important."""

    pin_id: int
    purpose: Code
    until: date


class RecordUnpinned(Fact, name="records.RecordUnpinned"):
    """A record left the home page (取消置顶): `reason` is unpinned, replaced, withdrawn or expired."""

    pin_id: int
    reason: Code


class CleanupStarted(Fact, name="records.CleanupStarted"):
    """A clean-up of documents began (启动清理); its subject is `cleanup:<id>`, as that of the other facts of a round."""

    round_id: int
    items: int
    formed_before: date


class CleanupDecided(Fact, name="records.CleanupDecided"):
    """It was decided what becomes of one document (作出清理决定); its subject is the document."""

    round_id: int
    decision_id: int
    decision: Code


class CleanupFinished(Fact, name="records.CleanupFinished"):
    """Every document of a round is decided (清理办结); `decided` counts them by decision."""

    round_id: int
    decided: Mapping[Code, int]


class CleanupReopened(Fact, name="records.CleanupReopened"):
    """The list of a round was opened again (重新打开清理)."""

    round_id: int


class CleanupDrafted(Fact, name="records.CleanupDrafted"):
    """The notice of a round was drafted from its decisions (起草清理结果)."""

    round_id: int
    record_id: int


class CleanupAnnounced(Fact, name="records.CleanupAnnounced"):
    """The result of a round is public (公布清理结果)."""

    round_id: int
    release_id: int


class CleanupCancelled(Fact, name="records.CleanupCancelled"):
    """A round was given up (取消清理)."""

    round_id: int
