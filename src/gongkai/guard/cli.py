"""The command `gongkai guard PATH…` (发布前检查): one finding a line, exit 0 clean, 1 blocking, 2 unreadable."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import yaml

from gongkai.guard import quality
from gongkai.guard.attachments.api import stop_workers
from gongkai.guard.core.document import Context
from gongkai.guard.core.lexicon import read_overlay
from gongkai.guard.scan import FileFindings, scan_paths
from gongkai.kernel.findings import Finding, Severity

_LABELS = {
    Severity.BLOCK: "拦截",
    Severity.REVIEW: "人工判断",
    Severity.WARN: "提示修改",
    Severity.INFO: "提示",
}


def run_quality() -> int:
    """Measure the detectors and write docs/guard-quality.md; 0 when the targets are met. Raises FileNotFoundError outside a checkout."""
    if not quality.CLEAN.exists():
        raise FileNotFoundError(str(quality.CLEAN))
    return quality.main()


def run_training() -> int:
    """Train the two models of the guard and write them to regulations/guard. Raises FileNotFoundError outside a checkout."""
    from gongkai.guard import training  # only here: it loads the labelled sets' machinery

    if not training.NAMES.exists():
        raise FileNotFoundError(str(training.NAMES))
    training.train()
    return 0


def run_guard(
    paths: Iterable[Path | str],
    config_file: Path | str | None,
    *,
    as_json: bool,
    show_matched: bool,
    out: TextIO,
    overlay_folder: Path | None = None,
) -> int:
    """Check files, folders and mirrored sites; write findings to `out`; return the exit code.

    2 when something could not be read (the finding is written all the same) or the call itself was wrong, else 1 when
    something must not go out, else 0. `overlay_folder` holds the office's own lists (`$GONGKAI_HOME/guard`).
    """
    try:
        context = load_context(config_file, overlay_folder)
    except (OSError, ValueError, yaml.YAMLError) as error:
        return _fail(
            "bad_config",
            f"检查配置读不了：{_one_line(error)}",
            str(config_file),
            "改正配置文件",
            as_json=as_json,
            out=out,
        )
    blocking = unreadable = False
    files = findings = 0
    try:
        for file in scan_paths(paths, context, show_matched=show_matched):
            files += 1
            findings += len(file.findings)
            blocking |= file.blocking
            unreadable |= file.unreadable
            _write(file, as_json=as_json, out=out)
    except FileNotFoundError as error:
        return _fail(
            "not_found", f"没有这个文件或目录：{error}", str(error), "检查路径", as_json=as_json, out=out
        )
    finally:
        stop_workers()
    if not as_json:
        out.write(
            f"检查了{files}个文件，{findings}条问题" + ("；有的文件读不了" if unreadable else "") + "\n"
        )
    return 2 if unreadable else 1 if blocking else 0


def load_context(config_file: Path | str | None, overlay_folder: Path | None = None) -> Context:
    """Return the context of a configuration file with the office's own lists laid over; raises OSError, ValueError, YAMLError."""
    config: Any = {}
    if config_file is not None:
        config = yaml.safe_load(Path(config_file).read_text(encoding="utf-8")) or {}
        if not isinstance(config, dict):
            raise ValueError("应是“键: 值”的 YAML")
    overlay = read_overlay(overlay_folder) if overlay_folder else {}
    return Context.from_config({**config, "extra": {**overlay, **(config.get("extra") or {})}})


def as_row(name: str, finding: Finding) -> dict[str, Any]:
    """Return a finding in the shape of the command's JSON lines."""
    return {
        "file": name,
        "detector": finding.detector,
        "rule_version": finding.rule_version,
        "where": {"part": finding.part},
        "span": list(finding.span) if finding.span else None,
        "matched": finding.matched,
        "severity": str(finding.severity),
        "confidence": round(finding.confidence, 3),
        "suggestion": finding.suggestion,
        "basis": finding.basis,
        "message": finding.message,
        "replacement": finding.replacement,
    }


def _write(file: FileFindings, *, as_json: bool, out: TextIO) -> None:
    for finding in file.findings:
        if as_json:
            out.write(json.dumps(as_row(file.name, finding), ensure_ascii=False) + "\n")
            continue
        place = finding.part + (f" {finding.span[0]}–{finding.span[1]}" if finding.span else "")
        matched = f"“{_one_line(finding.matched)}”" if finding.matched else ""
        out.write(
            f"{file.name}（{place}）[{_LABELS[finding.severity]}] {finding.detector} {matched}{finding.message}；{_one_line(finding.suggestion)}\n"
        )


def _one_line(value: object) -> str:
    return " ".join(str(value).split())


def _fail(code: str, message: str, where: str, remedy: str, *, as_json: bool, out: TextIO) -> int:
    sys.stderr.write(f"错误：{message}；{remedy}\n")
    if as_json:
        row = {"error": {"code": code, "message": message, "where": where, "remedy": remedy}}
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 2
