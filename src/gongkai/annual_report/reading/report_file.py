"""Read any bureau's annual report (别的机关的年报也行): our JSON, or a docx or html laid out like the official format."""

from __future__ import annotations

import json
import re

from gongkai.annual_report.core.formats import FormatUnknown, format_of_year, report_formats
from gongkai.annual_report.core.report import Report, ReportUnreadable, report_from_json
from gongkai.annual_report.reading.grids import read_grids
from gongkai.annual_report.reading.tables import guess_format, read_tables

MAX_BYTES = 100 * 1024 * 1024
_TITLE = re.compile(
    r"(?P<agency>[\u3400-\u9fff（）()]{2,40}?)\s*(?P<year>(?:19|20)\d{2})\s*年(?:度)?(?:政府)?信息公开(?:工作)?年度报告"
)
_YEAR = re.compile(r"((?:19|20)\d{2})\s*年")


def read_report(*, name: str, data: bytes) -> Report:
    """Read a report from the bytes of a file; raises ReportUnreadable or FormatUnknown, both in Chinese."""
    if not data.strip():
        raise ReportUnreadable("文件是空的", where=name)
    if len(data) > MAX_BYTES:
        raise ReportUnreadable(f"文件超过 {MAX_BYTES // 1024 // 1024} MB", where=name)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        try:
            return report_from_json(json.loads(data.decode("utf-8-sig")))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ReportUnreadable(f"不是合法的 JSON：{error}", where=name) from error
    grids, text = read_grids(name=name, data=data)
    heading = _TITLE.search(text.replace("\n", ""))
    year_words = heading["year"] if heading else next(iter(_YEAR.findall(text)), None)
    form = guess_format(grids, report_formats())
    year = int(year_words) if year_words else form.first_year
    if heading:
        try:
            form = format_of_year(year)
        except FormatUnknown:
            form = guess_format(grids, report_formats())
    report = Report(
        agency=heading["agency"] if heading else "", agency_kind=None, year=year, format=form, narrative=text
    )
    found = read_tables(report, grids)
    if not found:
        raise ReportUnreadable(
            "没有找到统一格式的表格；请确认文件里有“收到和处理政府信息公开申请情况”等表", where=name
        )
    if "t2" in found:
        report.unread += [
            f"第二部分“{table.caption}”没有读到：缺列，或列名与统一格式不同"
            for table in form.section2
            if not any(address.startswith(f"{table.id}.") for address in report.cells)
        ]
    report.unread += [
        f"没有找到第 {number} 部分的表格"
        for key, number in (("t2", "二"), ("t3", "三"), ("t4", "四"))
        if key not in found
    ]
    return report
