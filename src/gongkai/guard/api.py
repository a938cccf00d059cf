"""The door of the guard (发布前检查): text in, findings out; stateless, no Django."""

from __future__ import annotations

from gongkai.guard.check import apply_replacement, check, check_text, detectors, rule_version
from gongkai.guard.core.document import Context, Document
from gongkai.guard.core.lexicon import read_overlay
from gongkai.guard.core.masking import mask
from gongkai.guard.core.registry import Detector
from gongkai.guard.parts import Part
from gongkai.guard.scan import FileFindings, scan_file, scan_paths

RULE_VERSION = rule_version()

__all__ = [
    "RULE_VERSION",
    "Context",
    "Detector",
    "Document",
    "FileFindings",
    "Part",
    "apply_replacement",
    "check",
    "check_text",
    "detectors",
    "mask",
    "read_overlay",
    "rule_version",
    "scan_file",
    "scan_paths",
]
