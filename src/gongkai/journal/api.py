"""The door of the journal room (事实账本)."""

from __future__ import annotations

from pathlib import Path

from gongkai.journal.core.actor import SYSTEM, Actor
from gongkai.journal.core.folding import DefinitionInvalid, FoldDefinition, read_definition
from gongkai.journal.core.process import is_gone, this_process
from gongkai.journal.entry_view import Entry
from gongkai.journal.selectors import (
    as_entries,
    count_unsealed,
    counts_by,
    entries,
    entries_with,
    fact_names,
    fact_titles,
    find_entries,
    newest_moment,
    newest_seal,
)
from gongkai.journal.services.deliver import off_fact, on_fact
from gongkai.journal.services.deliver import take_back as take_back_deliveries
from gongkai.journal.services.export_span import Span, SpanEmpty, find_span, span_lines
from gongkai.journal.services.fold import Folded, Shelf, fold, fold_cells, fold_members, newest_shelf
from gongkai.journal.services.publish_heads import HeadConflict, newest_head_at, publish_heads
from gongkai.journal.services.record_fact import OutsideTransaction, record_fact, record_facts
from gongkai.journal.services.seal_pending import EntryLost, seal_pending
from gongkai.journal.services.tail import Later, TailDiffers, append_tail, find_later, head_files
from gongkai.journal.services.verify import Difference, Verification, register_table_check, verify
from gongkai.journal.triggers import append_only, install_triggers, lifted_triggers, missing_triggers

VERIFIER = Path(__file__).with_name("standalone") / "verify_span.py"
"""The program that verifies an exported span without us (独立核验程序)."""

__all__ = [
    "SYSTEM",
    "VERIFIER",
    "Actor",
    "DefinitionInvalid",
    "Difference",
    "Entry",
    "EntryLost",
    "FoldDefinition",
    "Folded",
    "HeadConflict",
    "Later",
    "OutsideTransaction",
    "Shelf",
    "Span",
    "SpanEmpty",
    "TailDiffers",
    "Verification",
    "append_only",
    "append_tail",
    "as_entries",
    "count_unsealed",
    "counts_by",
    "entries",
    "entries_with",
    "fact_names",
    "fact_titles",
    "find_entries",
    "find_later",
    "find_span",
    "fold",
    "fold_cells",
    "fold_members",
    "head_files",
    "install_triggers",
    "is_gone",
    "lifted_triggers",
    "missing_triggers",
    "newest_head_at",
    "newest_moment",
    "newest_seal",
    "newest_shelf",
    "off_fact",
    "on_fact",
    "publish_heads",
    "read_definition",
    "record_fact",
    "record_facts",
    "register_table_check",
    "seal_pending",
    "span_lines",
    "take_back_deliveries",
    "this_process",
    "verify",
]
