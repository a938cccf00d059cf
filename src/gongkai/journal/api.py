"""The door of the journal room (事实账本)."""

from __future__ import annotations

from gongkai.journal.core.actor import SYSTEM, Actor
from gongkai.journal.entry_view import Entry
from gongkai.journal.selectors import entries
from gongkai.journal.services.deliver import on_fact
from gongkai.journal.services.publish_heads import HeadConflict, publish_heads
from gongkai.journal.services.record_fact import OutsideTransaction, record_fact, record_facts
from gongkai.journal.services.seal_pending import EntryLost, seal_pending
from gongkai.journal.triggers import append_only, install_triggers, lifted_triggers, missing_triggers

__all__ = [
    "SYSTEM",
    "Actor",
    "Entry",
    "EntryLost",
    "HeadConflict",
    "OutsideTransaction",
    "append_only",
    "entries",
    "install_triggers",
    "lifted_triggers",
    "missing_triggers",
    "on_fact",
    "publish_heads",
    "record_fact",
    "record_facts",
    "seal_pending",
]
