"""A whole work plan (工作计划) out of its title, prose and tables."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from gongkai.kernel.numerals import heading_level
from gongkai.supervision.core.plan_tables import TableRows, read_plan_table
from gongkai.supervision.core.plan_text import TextReading, read_plan_text
from gongkai.supervision.core.plan_values import PlannedTask, PlanRemark, SourceLine, WorkPlan
from gongkai.supervision.core.plan_words import plain, words

_YEAR = re.compile(r"((?:19|20)\d\d)\s*年?")
_CHINESE_YEAR = re.compile(r"([二][〇○零一二][〇○零一二三四五六七八九]{2})年")
_ABOUT = re.compile(r"^(?:关于)?(?:印发|转发)?《?")


@dataclass(frozen=True, slots=True)
class PlanSource:
    """A file as read: lines of prose and tables, both with line numbers; `furniture` are texts of head and foot."""

    title: str | None
    issuer: str | None
    formed_date: date | None
    lines: tuple[SourceLine, ...]
    tables: tuple[TableRows, ...] = ()
    furniture: frozenset[str] = frozenset()
    remarks: tuple[PlanRemark, ...] = ()


def read_plan(source: PlanSource) -> WorkPlan:
    """Read a plan; nothing of it vanishes (see WorkPlan)."""
    year, year_remark = plan_year(source)
    remarks = [*source.remarks, *year_remark]
    readings = [read_plan_table(table, year=year) for table in source.tables]
    only_tables = any(r.tasks for r in readings) and not any(
        heading_level(line.text) for line in source.lines
    )
    if only_tables:
        prose = TextReading(remarks=[_front(line) for line in source.lines if line.text.strip()])
    else:
        prose = read_plan_text(source.lines, title=source.title, year=year, furniture=source.furniture)
    every = [prose, *readings]
    tasks = sorted((t for r in every for t in r.tasks), key=lambda t: t.source_line)
    if not tasks:
        remarks.append(PlanRemark("no_tasks", "没有认出任何任务，请检查是否选错了文件"))
    remarks += _twins(tasks)
    return WorkPlan(
        title=source.title,
        year=year,
        issuer=source.issuer or issuer_of_title(source.title),
        tasks=tuple(tasks),
        parts=tuple(sorted((p for r in every for p in r.parts), key=lambda p: p.number)),
        not_understood=tuple(sorted((n for r in every for n in r.not_understood), key=lambda n: n.number)),
        remarks=tuple(dict.fromkeys((*remarks, *(m for r in every for m in r.remarks)))),
    )


def _front(line: SourceLine) -> PlanRemark:
    return PlanRemark("front_matter", "文首或文末内容，不是任务", line.number, line.text.strip())


def plan_year(source: PlanSource) -> tuple[int | None, list[PlanRemark]]:
    """Find the year of the plan: in the title, else in the first lines, else that of the document's date."""
    for text in [source.title or "", *(line.text for line in source.lines[:4])]:
        formed = plain(text)
        match = _YEAR.search(formed)
        if match and (source.title == text or "年" in match.group()):
            return int(match[1]), []
        chinese = _CHINESE_YEAR.search(formed)
        if chinese:
            digits = {"〇": 0, "○": 0, "零": 0} | {c: i for i, c in enumerate("一二三四五六七八九", start=1)}
            return int("".join(str(digits[c]) for c in chinese[1])), []
    if source.formed_date:
        year = source.formed_date.year
        return year, [PlanRemark("year_from_date", f"没有写明年度，按成文日期取 {year} 年，请核对")]
    return None, [PlanRemark("no_year", "没有认出计划年度，只写月日的时限没有日期，请补填年度")]


def issuer_of_title(title: str | None) -> str | None:
    """Return the body a title begins with, such as 「某市卫生健康委2020年政务公开工作要点」; None when it names none."""
    if not title:
        return None
    head = re.split(r"关于|(?:19|20)\d\d|二[〇○零]", _ABOUT.sub("", title.strip()))[0].strip()
    return head if 2 <= len(head) <= 40 and plain(head).endswith(words("issuer.suffix")) else None


def _twins(tasks: list[PlannedTask]) -> list[PlanRemark]:
    """Name tasks that stand in the plan more than once (重复任务)."""
    counts = Counter("".join(plain(t.text).split()) for t in tasks)
    found = []
    for task in tasks:
        bare = "".join(plain(task.text).split())
        if counts[bare] > 1:
            found.append(
                PlanRemark("duplicate_task", "同样的任务出现不止一次", task.source_line, task.text[:60])
            )
    return found
