"""The jobs a worker's child can do (隔离进程里的工作), by name; each reads its request and writes into its folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gongkai.guard.attachments.inspection import inspect
from gongkai.guard.attachments.limits import Limits
from gongkai.guard.attachments.spool import SpoolSink


def _read(request: dict[str, Any]) -> None:
    folder = Path(request["folder"])
    sink = SpoolSink(folder)
    kind = inspect(Path(request["path"]), request["name"], Limits(**request["limits"]), sink)
    sink.close()
    (folder / "kind").write_text(json.dumps(asdict(kind)), encoding="utf-8")


JOBS: dict[str, Callable[[dict[str, Any]], None]] = {"read": _read}
