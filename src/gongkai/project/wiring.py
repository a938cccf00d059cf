"""Which fact wakes which room (事实 → 处理). Handlers are called after commit, at least once, in any order; all are idempotent."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gongkai.journal import api as journal

# Fact name -> dotted paths, called as `handler(entry)`. What the public sees comes first.
HANDLERS: dict[str, tuple[str, ...]] = {
    "records.RecordDrafted": ("gongkai.catalogue.api.note_draft",),
    "records.RecordPublished": ("gongkai.project.wiring.show_release", "gongkai.catalogue.api.note_release"),
    "records.RecordWithdrawn": (
        "gongkai.project.wiring.show_release",
        "gongkai.catalogue.api.note_withdrawal",
    ),
    "records.CleanupAnnounced": ("gongkai.project.wiring.carry_out_cleanup",),
    "records.RecordWithheld": ("gongkai.catalogue.api.note_withheld",),
    "records.WithholdingAssessed": ("gongkai.catalogue.api.note_assessment",),
    "records.RecordPinned": ("gongkai.project.wiring.show_board",),
    "records.RecordUnpinned": ("gongkai.project.wiring.show_board",),
    "records.EventClosed": ("gongkai.project.wiring.show_board",),
}


def show_release(entry: journal.Entry) -> None:
    """Bring a release, of either kind, to the public side."""
    from gongkai.portal import api as portal

    portal.apply_release(release_id=int(entry.body["release_id"]), now=timezone.now())


def show_board(entry: journal.Entry) -> None:
    """Bring a pin, its end or the end of an event to the public side."""
    from gongkai.portal import api as portal

    portal.refresh_board(today=timezone.localdate())


def carry_out_cleanup(entry: journal.Entry) -> None:
    """Let out the changes of validity that waited for the result of their clean-up; what the gate refuses stays at the desk."""
    from gongkai.records import api as records

    for _ in records.publish_prepared(round_id=int(entry.body["round_id"]), now=timezone.now()):
        pass


def render_preview(*, payload: dict[str, Any]) -> str:
    """Return the public page of a payload; loaded when first asked for."""
    from gongkai.portal import api as portal

    return portal.render_preview(payload=payload)


def connect() -> None:
    """Register every handler and the renderer of previews; called once when Django starts."""
    from gongkai.records import api as records

    for name, paths in HANDLERS.items():
        for path in paths:
            journal.on_fact(name, path)
    records.set_preview_renderer(render_preview)


def disconnect() -> None:
    """Take every handler out again in this process: facts written from now on are told to nobody (filling a home for measuring)."""
    for name, paths in HANDLERS.items():
        for path in paths:
            journal.off_fact(name, path)
