"""Whether logs are kept as long as the law asks (日志留存): our own files, and those of the server in front."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PERIODS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 28, "yearly": 365}
"""Words of logrotate → days between two turns; a month counts as its shortest."""
_DATED = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """One block of a file of logrotate: the patterns it turns over, and for how many days a line is kept at least."""

    patterns: tuple[str, ...]
    days: float


def read_rotations(text: str) -> list[Rotation]:
    """Return the blocks of a file of logrotate (日志轮转规则).

    A block without a period or a number inherits what stands outside blocks before it, else weekly and 0, as logrotate
    itself does. `size` and `maxsize` turn a log over whatever its age, so nothing is promised: 0 days. `maxage` removes
    what is older.
    """
    outside: dict[str, str] = {}
    found: list[Rotation] = []
    block: dict[str, str] | None = None
    names: list[str] = []
    in_script = False
    for raw in text.splitlines():
        line = raw.strip()
        word, _, value = line.partition(" ")
        if in_script:
            in_script = word != "endscript"
        elif not line or line.startswith("#"):
            continue
        elif word in {"postrotate", "prerotate", "firstaction", "lastaction", "preremove"}:
            in_script = True
        elif line == "}":
            found.append(Rotation(patterns=tuple(names), days=_days(outside | (block or {}))))
            block, names = None, []
        elif line.endswith("{"):
            names += line[:-1].split()
            block = {}
        elif block is None and line.startswith(("/", '"')):
            names += line.replace('"', "").split()
        else:
            (outside if block is None else block).update(_setting(word, value))
    return found


def _setting(word: str, value: str) -> dict[str, str]:
    if word in PERIODS:
        return {"period": word}
    return {word: value.strip()} if word in {"rotate", "maxage", "size", "maxsize"} else {}


def _days(settings: dict[str, str]) -> float:
    if "size" in settings or "maxsize" in settings:
        return 0.0
    count = settings.get("rotate", "0")
    turns = float(count) if re.fullmatch(r"-?\d+", count) else 0.0
    kept = float("inf") if turns < 0 else turns * PERIODS[settings.get("period", "weekly")]
    if "maxage" in settings and settings["maxage"].isdigit():
        kept = min(kept, float(settings["maxage"]))
    return kept


def rotation_of(folder: Path, rotations: list[Rotation]) -> Rotation | None:
    """Return the block whose patterns cover log files of a folder; where several do, the one that keeps least."""
    covering = [one for one in rotations if any(Path(pattern).parent == folder for pattern in one.patterns)]
    return min(covering, key=lambda one: one.days, default=None)


def oldest_day(folder: Path) -> date | None:
    """Return the day of the oldest log file in a folder, by the date in its name, else by its last change."""
    return min(_days_of(folder), default=None)


def _days_of(folder: Path) -> Iterator[date]:
    for path in folder.iterdir():
        if not path.is_file() or ".log" not in path.name:
            continue
        dated = _DATED.search(path.name)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone().date()
        try:
            yield date(*map(int, dated.groups())) if dated else changed
        except ValueError:
            yield changed


def fault_of(
    folder: Path, *, rules: Path, least_days: int, began: date | None, today: date
) -> tuple[str, str]:
    """Return what is wrong with the keeping of a folder's logs and what to do; two empty texts when nothing is.

    `rules` is the file of logrotate, `began` the first day of regular use: from `least_days` after it, a log of that age
    must be there.
    """
    try:
        rotation = rotation_of(folder, read_rotations(rules.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        return (
            f"读不了轮转规则 {rules}：{error}",
            "请安装 deploy/logrotate/gongkai，或用 GONGKAI_LOGROTATE 指明",
        )
    if rotation is None:
        return f"{rules} 里没有 {folder} 的轮转规则", "请照 deploy/logrotate/gongkai 写上"
    if rotation.days < least_days:
        return (
            f"{folder} 的日志只保证留存 {rotation.days:.0f} 天，应不少于 {least_days} 天",
            f"请在 {rules} 中把 rotate 调大，不要用 size、maxsize",
        )
    if not folder.is_dir():
        return f"没有日志目录 {folder}", "请建立目录，并让前置服务器把日志写在其中"
    oldest, due = oldest_day(folder), today - timedelta(days=least_days)
    if began is not None and began <= due and (oldest is None or oldest > due + timedelta(days=1)):
        kept = "没有日志" if oldest is None else f"最早的日志是 {oldest.isoformat()} 的"
        return f"{folder} 中{kept}，应有 {due.isoformat()} 以来的", "请查明是谁删除了日志，并从备份取回"
    return "", ""
