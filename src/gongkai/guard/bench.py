"""How fast the text detectors are (检查速度): Chinese text through all of them, on one core."""

from __future__ import annotations

import random
import time
from typing import Any

from gongkai.guard.api import Document, Part, check
from gongkai.guard.quality_corpus import written_prose

NAMES = ("guard.text", "guard.tables")
BUDGET_MB_PER_SECOND = 1.0
_CHARACTERS = 350_000
_ROUNDS = 3


def measure() -> list[dict[str, Any]]:
    """Return rows of the bench: megabytes of UTF-8 text a second per core, best of three rounds of processor time."""
    prose = [Document.of_text(text) for text in written_prose(_CHARACTERS)]
    return [
        _row("guard.text", prose, "每核，UTF-8 中文，全部文字检查器"),
        _row("guard.tables", _tables(_CHARACTERS), "每核，数字为主的表格，全部文字检查器"),
    ]


def _row(name: str, documents: list[Document], what: str) -> dict[str, Any]:
    size = sum(len(part.text.encode()) for document in documents for part in document.parts) / 1_000_000
    check(documents[0])
    best = 0.0
    for _ in range(_ROUNDS):
        started = time.process_time()
        for document in documents:
            check(document)
        best = max(best, size / (time.process_time() - started))
    return {
        "name": name,
        "value": round(best, 2),
        "unit": "MB/s",
        "ratio_to": None,
        "ratio": None,
        "budget": f"≥ {BUDGET_MB_PER_SECOND:g} MB/s（{what}）",
        "met": best >= BUDGET_MB_PER_SECOND,
        "n": len(documents),
    }


_HEADS = ("序号", "机构名称", "门诊人次", "住院人次", "收入（万元）", "支出（万元）", "咨询电话")
_ROWS = 60


def _tables(characters: int) -> list[Document]:
    """Return tables of figures, about `characters` together."""
    draw = random.Random(20250611)  # noqa: S311  (reproducible text, no secret)
    documents: list[Document] = []
    written = 0
    while written < characters:
        rows = [_HEADS]
        for number in range(1, _ROWS + 1):
            figures = (str(draw.randint(100, 99_999)), str(draw.randint(10, 9_999)))
            money = (f"{draw.randint(100, 9_999)}.{draw.randint(10, 99)}" for _ in range(2))
            rows.append(
                (str(number), f"第{number}卫生院", *figures, *money, f"0573-8000{draw.randint(1000, 9999)}")
            )
        text = "\n".join("\t".join(row) for row in rows)
        documents.append(Document((Part("sheet:1", text, table=tuple(rows), kind="table"),)))
        written += len(text)
    return documents
