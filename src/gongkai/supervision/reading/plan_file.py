"""A plan file (txt, docx, html, pdf, xlsx, csv) to the lines and tables of `core.plan`, through the door of document import."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

import docx
from docx.oxml.ns import qn

from gongkai.importing import api as importing
from gongkai.supervision.core.plan import PlanSource, read_plan
from gongkai.supervision.core.plan_tables import TableRows
from gongkai.supervision.core.plan_values import PlanRemark, SourceLine, WorkPlan

SHEETS = (".xlsx", ".csv")
#: what the document reader says about metadata that a plan need not have
_BESIDE = {"no_document_number", "no_formed_date", "no_issuer", "no_title"}


def read_plan_file(path: Path) -> WorkPlan:
    """This function will read a plan file. Raises records' `Unreadable` (code, message, where, remedy) for a bad file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise importing.Unreadable(
            "missing", "文件不存在或没有读取权限。", path.name, "请检查文件位置和权限。"
        ) from error
    return read_plan_bytes(data, path.name)


def read_plan_bytes(data: bytes, name: str) -> WorkPlan:
    """This function will read an uploaded plan; see read_plan_file."""
    if name.lower().endswith(SHEETS):
        return read_plan(_sheet(data, name))
    imported = importing.import_bytes(data, name)
    blocks = [b for b in imported.blocks if b.kind != "image"]
    furniture = frozenset(
        line.strip() for b in blocks if b.role and b.text for line in b.text.splitlines() if line.strip()
    )
    if name.lower().endswith(".txt"):
        lines, tables = _text_lines(data), []
    else:
        lines, tables = _numbered(imported)
    remarks = tuple(
        PlanRemark(w.code, w.message, None, w.where) for w in imported.warnings if w.code not in _BESIDE
    )
    if name.lower().endswith(".docx") and _has_empty_table(data):
        remarks += (PlanRemark("empty_table", "有一张表格是空的，没有任务"),)
    return read_plan(
        PlanSource(
            imported.title,
            imported.issuer,
            imported.formed_date,
            tuple(lines),
            tuple(tables),
            furniture,
            remarks,
        )
    )


def _has_empty_table(data: bytes) -> bool:
    """The document reader leaves out tables without a word; whoever imports a plan must be told."""
    tables = docx.Document(io.BytesIO(data)).tables
    return any(not any(text.text for text in table._tbl.iter(qn("w:t"))) for table in tables)


def _text_lines(data: bytes) -> list[SourceLine]:
    """The physical lines of a text file that the door has already found readable."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _lines(data.decode(encoding))
    encodings = ["utf-16-le", "utf-16-be"] if b"\x00" in data else ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return _lines(text)
    return _lines(data.decode("utf-8", "replace"))


def _lines(text: str) -> list[SourceLine]:
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    return [SourceLine(number, line) for number, line in enumerate(normal.split("\n"), start=1)]


def _numbered(imported: importing.Imported) -> tuple[list[SourceLine], list[TableRows]]:
    """Number paragraphs and table rows of a document in reading order, the title first."""
    lines: list[SourceLine] = []
    tables: list[TableRows] = []
    number = 0
    for text in (imported.title or "").splitlines():
        number += 1
        lines.append(SourceLine(number, text))
    for block in imported.blocks:
        if block.kind == "table":
            rows = []
            for row in block.rows or ():
                number += 1
                rows.append((number, tuple(cell or "" for cell in row)))
            tables.append(TableRows(tuple(rows), spread=False, line=max(number, 1)))
        for text in (block.text or "").splitlines():
            if text.strip():
                number += 1
                lines.append(SourceLine(number, text))
    return lines, tables


def _sheet(data: bytes, name: str) -> PlanSource:
    table = importing.read_table(data, name=name)
    rows: list[tuple[int, tuple[str, ...]]] = []
    for row in table.rows:
        rows.append((row.number, tuple("" if c is None else str(c) for c in row.cells)))
    first = rows[0][0] if rows else 2
    titles = (table.title or "").splitlines()
    header = (max(first - 1, len(titles) + 1), table.headers)
    lines = tuple(SourceLine(number, text) for number, text in enumerate(titles, start=1))
    remarks = tuple(PlanRemark(w.code, w.message, None, w.where) for w in table.warnings)
    return PlanSource(
        titles[0] if titles else None,
        None,
        None,
        lines,
        (TableRows((header, *rows), True, header[0]),),
        remarks=remarks,
    )
