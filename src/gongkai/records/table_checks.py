"""What `journal verify` compares: releases and states with the facts that speak of them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from gongkai.journal import api as journal
from gongkai.records.models import (
    CleanupDecision,
    CleanupItem,
    CleanupRound,
    Event,
    InterpretationExemption,
    LaterReview,
    Pin,
    Record,
    RecordState,
    Release,
    ReleasePayload,
    Withholding,
)

_RELEASE_FACTS = ("records.RecordPublished", "records.RecordWithdrawn")


def differences_in_releases() -> Iterator[journal.Difference]:
    """Yield releases without their fact, facts without their release, changed rows and payloads that do not match."""
    told: dict[int, tuple[str, str, dict[str, Any]]] = {
        int(entry.body["release_id"]): (entry.name, entry.subject, entry.body)
        for entry in journal.entries(names=_RELEASE_FACTS)
    }
    erased = {int(e.body["release_id"]) for e in journal.entries(names=("records.PayloadErased",))}
    for release in Release.objects.order_by("pk").iterator(chunk_size=2000):
        fact = told.pop(release.pk, None)
        if fact is None:
            yield _difference("records_release", release.pk, "没有对应的事实")
            continue
        name, subject, body = fact
        kind = "publish" if name == "records.RecordPublished" else "withdraw"
        expected = (kind, subject, body["sequence"], body["release_sha256"])
        found = (release.kind, f"record:{release.record_id}", release.sequence, release.sha256)
        if expected != found:
            yield _difference("records_release", release.pk, "与事实不一致")
    for release_id in sorted(told):
        yield _difference("records_release", release_id, "事实所指的发布件不在")
    yield from _payload_differences(erased)


def differences_in_states() -> Iterator[journal.Difference]:
    """Yield states whose current release is not the record's newest one, and records live without reason."""
    newest: dict[int, tuple[int, str]] = {}
    for release_id, record_id, kind in Release.objects.order_by("pk").values_list("pk", "record_id", "kind"):
        newest[record_id] = (release_id, kind)
    rows = RecordState.objects.order_by("pk").values_list("pk", "current_release_id", "record__live")
    seen = set()
    for record_id, current, live in rows.iterator(chunk_size=2000):
        seen.add(record_id)
        release_id, kind = newest.get(record_id, (None, ""))
        if current != release_id:
            yield _difference("records_recordstate", record_id, "当前发布件不是最近一次的")
        elif live != (kind == "publish"):
            yield _difference("records_record", record_id, "公开状态与发布件不一致")
    for record_id in Record.objects.exclude(pk__in=seen).values_list("pk", flat=True):
        yield _difference("records_record", record_id, "没有办理状态")


def differences_in_later_reviews() -> Iterator[journal.Difference]:
    """Yield releases that owe a review and have none, reviews without their fact, and outcomes that disagree with it."""
    opened = {int(e.body["release_id"]) for e in journal.entries(names=("records.LaterReviewOpened",))}
    closed = {
        int(e.body["release_id"]): str(e.body["outcome"])
        for e in journal.entries(names=("records.LaterReviewClosed",))
    }
    rows = dict(LaterReview.objects.order_by("pk").values_list("pk", "state"))
    for release_id in sorted(opened - set(rows)):
        yield _difference("records_laterreview", release_id, "事实所说的事后补审不在")
    for release_id, state in rows.items():
        if release_id not in opened:
            yield _difference("records_laterreview", release_id, "没有对应的事实")
        elif state != closed.get(release_id, "open"):
            yield _difference("records_laterreview", release_id, "补审结论与事实不一致")


def differences_in_withholdings() -> Iterator[journal.Difference]:
    """Yield decisions without their fact, facts without their decision, and records whose state disagrees with both."""
    told: dict[int, tuple[str, str]] = {}
    for entry in journal.entries(names=("records.RecordWithheld", "records.WithholdingAssessed")):
        decision = str(entry.body.get("decision") or "withheld")
        told[int(entry.body["decision_id"])] = (entry.subject, decision)
    newest: dict[int, str] = {}
    for number, record_id, decision in Withholding.objects.order_by("pk").values_list(
        "pk", "record_id", "decision"
    ):
        newest[record_id] = decision
        if told.pop(number, None) != (f"record:{record_id}", decision):
            yield _difference("records_withholding", number, "与事实不一致")
    for number in sorted(told):
        yield _difference("records_withholding", number, "事实所指的决定不在")
    closed = set(RecordState.objects.filter(state="withheld").values_list("pk", flat=True))
    shut = {record_id for record_id, decision in newest.items() if decision != "opened"}
    for record_id in sorted(closed ^ shut):
        yield _difference("records_recordstate", record_id, "不公开的状态与决定不一致")


def differences_in_exemptions() -> Iterator[journal.Difference]:
    """Yield decisions against an interpretation that have no fact, or another one, and facts without their decision."""
    told = {
        int(entry.body["decision_id"]): (entry.subject, str(entry.body["ground"]))
        for entry in journal.entries(names=("records.InterpretationExempted",))
    }
    rows = InterpretationExemption.objects.order_by("pk").values_list("pk", "record_id", "ground")
    for number, record_id, ground in rows:
        if told.pop(number, None) != (f"record:{record_id}", ground):
            yield _difference("records_interpretationexemption", number, "与事实不一致")
    for number in sorted(told):
        yield _difference("records_interpretationexemption", number, "事实所指的决定不在")


def differences_in_events() -> Iterator[journal.Difference]:
    """Yield events and pins without their fact, first releases that disagree with it, and pins whose end does."""
    first = {e.subject: int(e.body["release_id"]) for e in _told("records.EventReleased") if e.body["first"]}
    closed = {e.subject for e in _told("records.EventClosed")}
    opened = {e.subject for e in _told("records.EventOpened")}
    for event in Event.objects.order_by("pk").iterator(chunk_size=500):
        name = f"event:{event.pk}"
        found = (name in opened, first.get(name), name in closed)
        if found != (True, event.first_release_id, event.closed_at is not None):
            yield _difference("records_event", event.pk, "与事实不一致")
    pinned = {int(e.body["pin_id"]) for e in _told("records.RecordPinned")}
    ended = {int(e.body["pin_id"]): str(e.body["reason"]) for e in _told("records.RecordUnpinned")}
    for number, end in Pin.objects.order_by("pk").values_list("pk", "end"):
        if number not in pinned or end != ended.get(number, ""):
            yield _difference("records_pin", number, "与事实不一致")


def _told(name: str) -> Iterator[journal.Entry]:
    yield from journal.entries(names=(name,))


_ROUND_STATES = {
    "records.CleanupStarted": "open",
    "records.CleanupFinished": "decided",
    "records.CleanupReopened": "open",
    "records.CleanupDrafted": "drafted",
    "records.CleanupAnnounced": "announced",
    "records.CleanupCancelled": "cancelled",
}


def differences_in_cleanups() -> Iterator[journal.Difference]:
    """Yield clean-ups whose state is not what the facts say, and decisions without their fact or the other way round."""
    told: dict[int, str] = {}
    for entry in journal.entries(names=tuple(_ROUND_STATES)):
        told[int(entry.body["round_id"])] = _ROUND_STATES[entry.name]
    for number, state in CleanupRound.objects.order_by("pk").values_list("pk", "state"):
        if told.pop(number, None) != state:
            yield _difference("records_cleanupround", number, "状态与事实不一致")
    for number in sorted(told):
        yield _difference("records_cleanupround", number, "事实所指的清理不在")
    said = {
        int(entry.body["decision_id"]): (entry.subject, str(entry.body["decision"]))
        for entry in journal.entries(names=("records.CleanupDecided",))
    }
    newest: dict[int, str] = {}
    rows = CleanupDecision.objects.order_by("pk").values_list("pk", "item_id", "item__record_id", "decision")
    for number, item_id, record_id, decision in rows:
        newest[item_id] = decision
        if said.pop(number, None) != (f"record:{record_id}", decision):
            yield _difference("records_cleanupdecision", number, "与事实不一致")
    for number in sorted(said):
        yield _difference("records_cleanupdecision", number, "事实所指的决定不在")
    for number, decision in CleanupItem.objects.order_by("pk").values_list("pk", "decision"):
        if newest.get(number, "") != decision:
            yield _difference("records_cleanupitem", number, "决定与最后一次决定不一致")


def _payload_differences(erased: set[int]) -> Iterator[journal.Difference]:
    present = set()
    for release_id, text, expected in (
        ReleasePayload.objects.order_by("pk")
        .values_list("pk", "text", "release__sha256")
        .iterator(chunk_size=500)
    ):
        present.add(release_id)
        if release_id in erased:
            yield _difference("records_releasepayload", release_id, "已清除的内容又出现了")
        elif sha256(text.encode("utf-8")).hexdigest() != expected:
            yield _difference("records_releasepayload", release_id, "内容与发布时的校验值不一致")
    for release_id in Release.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=5000):
        if release_id not in present and release_id not in erased:
            yield _difference("records_releasepayload", release_id, "内容不在")


def _difference(table: str, key: int, problem: str) -> journal.Difference:
    return journal.Difference(kind=f"table.{table}", where=f"{table} {key}", message=problem)
