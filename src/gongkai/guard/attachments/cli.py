"""The command `gongkai clean IN OUT` (清洗附件)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TextIO

from gongkai.guard.attachments.api import CleanResult, clean


def run_clean(in_path: Path | str, out_path: Path | str, *, as_json: bool, out: TextIO) -> int:
    """Write a clean copy and say what was removed; return 0, 1 when something hidden would be left, 2 when unreadable."""
    source, target = Path(in_path), Path(out_path)
    problem = _problem(source, target)
    if problem is not None:
        return _fail(*problem, as_json=as_json, out=out)
    try:
        result = clean(source, target)
    except OSError as error:
        return _fail(
            "not_written",
            f"写不出“{target}”（{error.strerror}）",
            str(target),
            "换一个可以写的目录",
            as_json=as_json,
            out=out,
        )
    if as_json:
        rows = {"in": str(source), "out": str(target), "removed": result.removed, "still": result.still}
        out.write(json.dumps(rows, ensure_ascii=False) + "\n")
    else:
        out.write(_words(source, target, result))
    if not result.is_written:
        for row in result.still:
            sys.stderr.write(f"没有写出“{target}”：{row['message']}\n")
    if result.unreadable:
        return 2
    return 0 if result.is_written else 1


def _problem(source: Path, target: Path) -> tuple[str, str, str, str] | None:
    if not source.is_file():
        return "not_found", f"没有文件“{source}”", str(source), "检查路径"
    if target.exists() and source.resolve() == target.resolve():
        return "same_file", "清洗副本不能盖掉原件", str(target), "另取一个名字；原件要留存"
    if not target.parent.is_dir():
        return "no_folder", f"没有目录“{target.parent}”", str(target), "先建好目录"
    return None


def _fail(code: str, message: str, where: str, remedy: str, *, as_json: bool, out: TextIO) -> int:
    sys.stderr.write(f"{message}；{remedy}\n")
    if as_json:
        out.write(
            json.dumps(
                {"error": {"code": code, "message": message, "where": where, "remedy": remedy}},
                ensure_ascii=False,
            )
            + "\n"
        )
    return 2


def _words(source: Path, target: Path, result: CleanResult) -> str:
    if not result.is_written:
        return ""
    if not result.removed:
        return f"{source} 没有隐藏内容，已存为 {target}\n"
    removed = "、".join(f"{row['label']} {row['count']} 处" for row in result.removed)
    return f"{source} 已清洗为 {target}，去掉：{removed}\n"
