"""Rows of a catalogue file (目录表的一行): from the official columns, or our own, to checked values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gongkai.catalogue.core.defaults import OPENINGS, class_code, column_defaults, item_classes

CHANNELS = (
    "政府网站", "政府公报", "两微一端", "发布会/听证会", "广播电视", "纸质媒体", "公开查阅点", "政务服务中心",
    "便民服务站", "入户/现场", "社区/企事业单位/村公示栏(电子屏)", "精准推送", "其他",
)  # fmt: skip

# Heads as they stand in official tables, and as in our own files, for each value we keep.
HEADS: dict[str, tuple[str, ...]] = {
    "code": ("row_id", "code", "编号", "序号", "事项编码"),
    "official_code": ("official_code", "目录编号"),
    "class_code": ("class_code", "类别代码"),
    "level1": ("level1", "一级事项", "类别", "一级公开事项"),
    "level2": ("level2", "二级事项", "事项名称", "公开事项", "二级公开事项"),
    "elements": ("elements", "公开内容（要素）", "公开内容(要素)", "公开内容", "要素"),
    "result_fields": ("result_fields", "结果信息"),
    "basis": ("basis", "公开依据", "依据"),
    "limit_text": ("limit_general", "limit_text", "公开时限"),
    "limit_working_days": ("limit_general_wd", "limit_wd", "时限（工作日）"),
    "result_limit_working_days": ("limit_result_wd", "结果时限（工作日）"),
    "result_limit_text": ("limit_result", "结果公开时限"),
    "discloser": ("discloser", "公开主体", "责任单位", "责任科室"),
    "channels": ("channels", "公开渠道和载体", "公开渠道"),
    "audience": ("audience", "公开对象"),
    "mode": ("mode", "公开方式"),
    "tier": ("tier", "公开层级"),
    "openings": ("openings", "五公开"),
    "column": ("column", "栏目代码", "栏目"),
    "cadence_days": ("cadence_days", "更新周期（天）", "更新周期"),
    "owner": ("owner", "责任科室代码"),
    "note": ("status_note", "note", "备注"),
    "confidence": ("confidence",),
    "elements_confidence": ("elements_confidence",),
    "source": ("source", "来源"),
}
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_WORKING_DAYS = re.compile(r"(\d{1,3})\s*个?\s*工作日")
_SPLIT = re.compile(r"[|；;\n]+")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One catalogue item as read from a file; limits in working days, None = not given."""

    code: str
    class_code: str
    level1: str
    level2: str
    official_code: str = ""
    elements: tuple[str, ...] = ()
    result_fields: tuple[str, ...] = ()
    basis: str = ""
    limit_text: str = ""
    limit_working_days: int | None = None
    result_limit_text: str = ""
    result_limit_working_days: int | None = None
    discloser: str = ""
    channels: tuple[str, ...] = ()
    audience: str = "全社会"
    mode: str = "主动"
    tier: str = ""
    openings: tuple[str, ...] = ()
    column: str = ""
    cadence_days: int | None = None
    owner: str = ""
    note: str = ""
    confidence: str = ""
    elements_confidence: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that cannot be taken: its line in the file (head = line 1), the head of the cell, what is wrong."""

    line: int
    head: str
    problem: str

    def __str__(self) -> str:
        return f"第 {self.line} 行“{self.head}”：{self.problem}"


@dataclass(slots=True)
class RowsRead:
    """The outcome of reading a table: rows that are right, and every problem found."""

    rows: list[ItemRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def read_rows(table: Iterable[Mapping[str, str | None]]) -> RowsRead:
    """Read rows given as head → cell; nothing is dropped silently: a row is either taken or named in `problems`.

    Blank rows are passed over. A code may not stand twice; a missing code is made from the class and the order.
    """
    outcome = RowsRead()
    seen: dict[str, int] = {}
    for line, raw in enumerate(table, start=2):
        cells = {str(k).strip().lstrip("\ufeff"): (v or "").strip() for k, v in raw.items() if k}
        if not any(cells.values()):
            continue
        before = len(outcome.problems)
        row = _read_row(cells, line=line, order=len(outcome.rows) + 1, problems=outcome.problems)
        if len(outcome.problems) > before:
            continue
        if row.code in seen:
            outcome.problems.append(RowProblem(line, "编号", f"“{row.code}”与第 {seen[row.code]} 行重复"))
            continue
        seen[row.code] = line
        outcome.rows.append(row)
    return outcome


@dataclass(slots=True)
class _Cells:
    """The cells of one line, read by the value they hold; what is wrong goes into `problems`."""

    cells: Mapping[str, str]
    line: int
    problems: list[RowProblem]

    def text(self, name: str) -> str:
        return next((self.cells[head] for head in HEADS[name] if self.cells.get(head)), "")

    def parts(self, name: str) -> tuple[str, ...]:
        return tuple(p.strip() for p in _SPLIT.split(self.text(name)) if p.strip())

    def days(self, name: str, text_name: str | None = None) -> int | None:
        text = self.text(name)
        if text.isdigit():
            return int(text)
        if text:
            self.refuse(HEADS[name][-1], f"应为天数，现为“{text}”")
            return None
        found = _WORKING_DAYS.search(self.text(text_name)) if text_name else None
        return int(found[1]) if found else None

    def refuse(self, head: str, problem: str) -> None:
        self.problems.append(RowProblem(self.line, head, problem))


def _read_row(cells: Mapping[str, str], *, line: int, order: int, problems: list[RowProblem]) -> ItemRow:
    row = _Cells(cells, line, problems)
    if not row.text("level2"):
        row.refuse("二级事项", "没有事项名称；请填写公开事项的名称")
    kind = class_code(row.text("class_code")) or class_code(row.text("level1"))
    if kind is None:
        row.refuse("一级事项", f"不认识的类别“{row.text('level1') or row.text('class_code')}”")
    rule = item_classes().get(kind or "")
    if row.text("code") and not _CODE.fullmatch(row.text("code")):
        row.refuse("编号", f"“{row.text('code')[:50]}”应为不超过 40 位的字母、数字、点、横线")
    openings = row.parts("openings") or (rule.openings if rule else ())
    if set(openings) - set(OPENINGS):
        row.refuse("五公开", f"只能是{'、'.join(OPENINGS)}")
    column = row.text("column") or (rule.column if rule else "")
    if column not in column_defaults():
        row.refuse("栏目", f"没有代码为“{column}”的栏目")
    return ItemRow(
        code=row.text("code") or f"{kind}{order:03d}",
        class_code=kind or "",
        level1=row.text("level1") or (rule.name if rule else ""),
        level2=row.text("level2"),
        official_code=row.text("official_code"),
        elements=row.parts("elements"),
        result_fields=row.parts("result_fields"),
        basis=row.text("basis"),
        limit_text=row.text("limit_text"),
        limit_working_days=row.days("limit_working_days", "limit_text"),
        result_limit_text=row.text("result_limit_text"),
        result_limit_working_days=row.days("result_limit_working_days", "result_limit_text"),
        discloser=row.text("discloser"),
        channels=row.parts("channels") or ("政府网站",),
        audience=row.text("audience") or "全社会",
        mode=row.text("mode") or "主动",
        tier=row.text("tier"),
        openings=openings,
        column=column,
        cadence_days=row.days("cadence_days"),
        owner=row.text("owner"),
        note=row.text("note"),
        confidence=row.text("confidence"),
        elements_confidence=row.text("elements_confidence"),
        source=row.text("source"),
    )
