"""How fast the text detectors are (检查速度): Chinese text through all of them, on one core."""

from __future__ import annotations

import time
from typing import Any

from gongkai.guard.api import Document, check
from gongkai.guard.quality_corpus import written_prose

NAMES = ("guard.text",)
BUDGET_MB_PER_SECOND = 1.0
_CHARACTERS = 350_000
_ROUNDS = 3


def measure() -> list[dict[str, Any]]:
    """Return rows of the bench: megabytes of UTF-8 Chinese text a second per core, best of three rounds of processor time."""
    documents = [Document.of_text(text) for text in written_prose(_CHARACTERS)]
    size = sum(len(part.text.encode()) for document in documents for part in document.parts) / 1_000_000
    check(documents[0])
    best = 0.0
    for _ in range(_ROUNDS):
        started = time.process_time()
        for document in documents:
            check(document)
        best = max(best, size / (time.process_time() - started))
    return [
        {
            "name": "guard.text",
            "value": round(best, 2),
            "unit": "MB/s",
            "ratio_to": None,
            "ratio": None,
            "budget": f"≥ {BUDGET_MB_PER_SECOND:g} MB/s（每核，UTF-8 中文，全部文字检查器）",
            "met": best >= BUDGET_MB_PER_SECOND,
            "n": len(documents),
        }
    ]
