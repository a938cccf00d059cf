"""Measured speed and memory of the attachment checks (附件检查的实测)."""

from __future__ import annotations

import io
import os
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
from PIL import Image
from pptx import Presentation

from gongkai.guard.attachments.api import DEFAULT_LIMITS, read
from gongkai.guard.attachments.isolation import run_job
from gongkai.guard.attachments.limits import MEGABYTE
from gongkai.guard.attachments.spool import load_parts

MEMORY_BUDGET_MB = 300
_SENTENCE = "各区县卫生健康局要按照要求公布预防接种门诊的名称、地址和服务时间，第{}号。"
_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def measure(*, files: int = 1000, workbook_mb: int = 100) -> list[dict[str, Any]]:
    """Return rows {"name", "value", "unit", "ratio_to", "ratio", "budget", "met", "n"} for `gongkai bench`."""
    return [*_mixed(files), *_workbook(workbook_mb)]


def _row(
    name: str, value: float, unit: str, n: int, *, budget: float | None = None, met: bool | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "ratio_to": None,
        "ratio": None,
        "budget": budget,
        "met": met,
        "n": n,
    }


def _mixed(files: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as made:
        folder = Path(made)
        paths = [BUILDERS[number % len(BUILDERS)](folder, number) for number in range(files)]
        read(paths[0])
        rows = []
        for workers in (1, os.cpu_count() or 1):
            started = time.perf_counter()
            with ThreadPoolExecutor(workers) as pool:
                unreadable = sum(result.unreadable for result in pool.map(read, paths))
            seconds = time.perf_counter() - started
            rows.append(
                _row(
                    f"guard.attachments.mixed.{workers}_worker",
                    files / seconds,
                    "files/s",
                    files,
                    met=unreadable == 0,
                )
            )
    return rows


def _docx(folder: Path, number: int) -> Path:
    document = docx.Document()
    for line in range(40):
        document.add_paragraph(_SENTENCE.format(number * 100 + line))
    document.save(str(folder / f"{number}.docx"))
    return folder / f"{number}.docx"


def _xlsx(folder: Path, number: int) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("门诊")
    for line in range(200):
        sheet.append([line, f"门诊{number}", "南湖街道", line * 1.5])
    book.save(folder / f"{number}.xlsx")
    return folder / f"{number}.xlsx"


def _pdf(folder: Path, number: int) -> Path:
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for page in range(3):
        lines = "".join(
            f"BT /F1 11 Tf 60 {780 - 18 * line} Td (Notice {number} page {page} line {line} of the clinic list) Tj ET\n"
            for line in range(40)
        )
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        content = pikepdf.Stream(pdf, lines.encode())
        made = pikepdf.Dictionary(
            Type=pikepdf.Name.Page, MediaBox=[0, 0, 595, 842], Resources=resources, Contents=content
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(made)))
    pdf.save(folder / f"{number}.pdf")
    return folder / f"{number}.pdf"


def _pptx(folder: Path, number: int) -> Path:
    deck = Presentation()
    for page in range(5):
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = _SENTENCE.format(number * 10 + page)
    deck.save(str(folder / f"{number}.pptx"))
    return folder / f"{number}.pptx"


def _picture(folder: Path, number: int) -> Path:
    Image.linear_gradient("L").resize((1200, 800)).rotate(number % 90).convert("RGB").save(
        folder / f"{number}.jpg", "JPEG"
    )
    return folder / f"{number}.jpg"


def _text(folder: Path, number: int) -> Path:
    (folder / f"{number}.txt").write_bytes(
        "\n".join(_SENTENCE.format(number + line) for line in range(200)).encode("gb18030")
    )
    return folder / f"{number}.txt"


def _zip(folder: Path, number: int) -> Path:
    with zipfile.ZipFile(folder / f"{number}.zip", "w") as archive:
        for build in (_docx, _xlsx):
            path = build(folder, number + 1_000_000)
            archive.writestr(path.name, path.read_bytes())
            path.unlink()
    return folder / f"{number}.zip"


BUILDERS: tuple[Callable[[Path, int], Path], ...] = (
    _docx,
    _xlsx,
    _pdf,
    _docx,
    _xlsx,
    _pdf,
    _picture,
    _text,
    _pptx,
    _zip,
)


def build_workbook(path: Path, megabytes: int) -> int:
    """Write a workbook of at least that many megabytes on disk, of many shared strings and inline cells; return its cells."""
    cells = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _frame().items():
            archive.writestr(name, _XML_HEAD + text)
        strings = 40_000 * megabytes // 10
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as out:
            out.write(f'{_XML_HEAD}<sst xmlns="{_MAIN}">'.encode())
            for _ in range(strings):
                out.write(b"<si><t>" + os.urandom(24).hex().encode() + b"</t></si>")
            out.write(b"</sst>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            out.write(f'{_XML_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            row = 0
            while path.stat().st_size < megabytes * MEGABYTE:
                buffer = io.StringIO()
                for _ in range(500):
                    row += 1
                    noise = os.urandom(150).hex()
                    inline = "".join(
                        f'<c t="inlineStr"><is><t>{noise[at : at + 60]}</t></is></c>'
                        for at in range(0, 300, 60)
                    )
                    buffer.write(
                        f'<row r="{row}"><c t="s"><v>{row % strings}</v></c><c><v>{row}</v></c>{inline}</row>'
                    )
                    cells += 7
                out.write(buffer.getvalue().encode())
            out.write(b"</sheetData></worksheet>")
    return cells


def _frame() -> dict[str, str]:
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    package = "http://schemas.openxmlformats.org/package/2006"
    return {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{office}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{office}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{office}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets><sheet name="数据" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    }


def _workbook(megabytes: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as made:
        folder = Path(made)
        path = folder / "big.xlsx"
        cells = build_workbook(path, megabytes)
        size = path.stat().st_size / MEGABYTE
        (folder / "read").mkdir()
        started = time.perf_counter()
        outcome = run_job("read", folder / "read", DEFAULT_LIMITS, path=str(path), name=path.name)
        seconds = time.perf_counter() - started
        before = _resident_mb()
        most = before
        for part in load_parts(folder / "read"):
            most = max(most, _resident_mb()) if part.table else most
        peak = outcome.peak_bytes / MEGABYTE
    return [
        _row(
            "guard.attachments.workbook.memory",
            peak,
            "MB",
            cells,
            budget=MEMORY_BUDGET_MB,
            met=outcome.is_done and peak <= MEMORY_BUDGET_MB,
        ),
        _row(
            "guard.attachments.workbook.memory_of_caller",
            most - before,
            "MB",
            cells,
            budget=MEMORY_BUDGET_MB,
            met=most - before <= MEMORY_BUDGET_MB,
        ),
        _row("guard.attachments.workbook.rate", size / seconds, "MB/s", cells),
    ]


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
