"""`gongkai report check FILE`: the cross-checks of any annual report, without database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from gongkai.annual_report.core.checking import check_report, outcome_to_json
from gongkai.annual_report.core.formats import FormatUnknown
from gongkai.annual_report.core.report import ReportUnreadable
from gongkai.annual_report.reading.report_file import read_report

WORDS = {"error": "不通过", "warning": "请核对", "info": "提示"}


def run_check(*, path: Path, as_json: bool, out: TextIO, err: TextIO) -> int:
    """Check one file and print the outcome; 0 clean or warnings only, 1 an error formula fails, 2 unreadable."""
    try:
        report = read_report(name=path.name, data=path.read_bytes())
    except (ReportUnreadable, FormatUnknown, OSError) as error:
        message = f"读不了 {path.name}：{error}" if isinstance(error, OSError) else str(error)
        if as_json:
            body = {
                "code": "report.unreadable",
                "message": message,
                "where": getattr(error, "where", ""),
                "remedy": "改正后重新检查",
            }
            print(json.dumps({"error": body}, ensure_ascii=False), file=out)
        else:
            print(message, file=err)
        return 2
    outcome = check_report(report)
    if as_json:
        print(json.dumps(outcome_to_json(report, outcome), ensure_ascii=False), file=out)
    else:
        total = sum(outcome.checked.values())
        print(
            f"{report.agency or path.name} {report.year} 年（{report.format.name} 年格式）：核对 {total} 处",
            file=out,
        )
        for failure in outcome.failures:
            print(f"[{WORDS[failure.severity]}] {failure.formula} {failure.message}", file=out)
        for place in report.unread:
            print(f"[未读] {place}", file=out)
    return 1 if outcome.has_errors else 0
