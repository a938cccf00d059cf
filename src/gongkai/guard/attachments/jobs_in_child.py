"""The jobs a worker's child can do (隔离进程里的工作), by name; each reads its request and writes into its folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gongkai.guard.attachments.cleaning import clean_bytes
from gongkai.guard.attachments.inspection import inspect
from gongkai.guard.attachments.limits import Budget, Limits, Overrun, Unreadable
from gongkai.guard.attachments.page_view import boxes_around, page_picture
from gongkai.guard.attachments.redaction import Box, proof, redact
from gongkai.guard.attachments.removed import Removed
from gongkai.guard.attachments.spool import SpoolSink


def _read(request: dict[str, Any]) -> None:
    folder = Path(request["folder"])
    sink = SpoolSink(folder)
    kind = inspect(Path(request["path"]), request["name"], Limits(**request["limits"]), sink)
    sink.close()
    (folder / "kind").write_text(json.dumps(asdict(kind)), encoding="utf-8")


def _clean(request: dict[str, Any]) -> None:
    folder = Path(request["folder"])
    budget = Budget(Limits(**request["limits"]))
    removed = Removed()
    answer: dict[str, Any] = {"refused": None, "overrun": False}
    try:
        data = clean_bytes(Path(request["path"]).read_bytes(), request["name"], budget, removed)
        (folder / "made").write_bytes(data)
    except Unreadable as error:
        answer["refused"] = str(error)
    except Overrun as error:
        answer |= {"refused": str(error), "overrun": True}
    except MemoryError:
        raise
    except Exception as error:
        # Whatever a library stumbles over, the answer is a refusal with a reason, not a crash.
        answer["refused"] = f"文件的结构不合规范，不能处理（{type(error).__name__}）；请用原软件另存后再试"
    answer["removed"] = removed.rows()
    (folder / "answer").write_text(json.dumps(answer), encoding="utf-8")


def _redact(request: dict[str, Any]) -> None:
    folder = Path(request["folder"])
    budget = Budget(Limits(**request["limits"]))
    boxes = [
        Box(page, (left, top, right, bottom), ground)
        for page, left, top, right, bottom, ground in json.loads(request["boxes"])
    ]
    answer: dict[str, Any] = {"refused": None, "overrun": False, "still": [], "pages": [], "words": 0}
    try:
        result = redact(Path(request["path"]).read_bytes(), boxes, budget)
        answer["still"] = proof(result, boxes, budget, elsewhere_allowed=request["elsewhere"] == "allowed")
        answer |= {"pages": sorted(result.painted), "words": len(result.words)}
        (folder / "made").write_bytes(result.data)
    except Unreadable as error:
        answer["refused"] = str(error)
    except Overrun as error:
        answer |= {"refused": str(error), "overrun": True}
    except MemoryError:
        raise
    except Exception as error:
        # Whatever a library stumbles over, the answer is a refusal with a reason, not a crash.
        answer["refused"] = f"文件的结构不合规范，不能处理（{type(error).__name__}）；请用原软件另存后再试"
    (folder / "answer").write_text(json.dumps(answer), encoding="utf-8")


def _page(request: dict[str, Any]) -> None:
    folder = Path(request["folder"])
    data = Path(request["path"]).read_bytes()
    answer: dict[str, Any] = {"refused": None, "boxes": []}
    try:
        if request["words"]:
            budget = Budget(Limits(**request["limits"]))
            boxes = boxes_around(data, json.loads(request["words"]), request["ground"], budget)
            answer["boxes"] = [[box.page, *box.rect, box.ground] for box in boxes]
        else:
            (folder / "made").write_bytes(page_picture(data, int(request["page"]), int(request["width"])))
    except (Unreadable, Overrun) as error:
        answer["refused"] = str(error)
    except (ValueError, TypeError, RuntimeError, OSError) as error:
        answer["refused"] = f"文件的结构不合规范，打不开页面（{type(error).__name__}）"
    (folder / "answer").write_text(json.dumps(answer), encoding="utf-8")


JOBS: dict[str, Callable[[dict[str, Any]], None]] = {
    "read": _read,
    "clean": _clean,
    "redact": _redact,
    "page": _page,
}
