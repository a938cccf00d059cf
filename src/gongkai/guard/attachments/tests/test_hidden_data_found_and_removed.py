"""For every att.* detector: an attachment built to hide something is found, its clean copy hides nothing and shows the same."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from gongkai.guard.attachments import api
from gongkai.guard.attachments.rules import load_rules
from gongkai.guard.attachments.tests import sample_files as made
from gongkai.guard.attachments.tests import sample_pdfs as pdfs
from gongkai.guard.attachments.tests.office_program import office_words
from gongkai.kernel.findings import Severity


def _docx(change: Callable[..., None] | None) -> Callable[[Path], Path]:
    return lambda folder: made.save_docx(folder / "in.docx", change)


def _xlsx(change: Callable[..., None] | None) -> Callable[[Path], Path]:
    return lambda folder: made.save_xlsx(folder / "in.xlsx", change)


def _pptx(change: Callable[..., None] | None) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = made.save_pptx(folder / "in.pptx", change)
        return made.rewrite_zip(
            path, {}, drop=("docProps/thumbnail.jpeg", "ppt/printerSettings/printerSettings1.bin")
        )

    return build


def _pdf(build: Callable[[Path], Path]) -> Callable[[Path], Path]:
    return lambda folder: build(folder / "in.pdf")


def _bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return build


def _zero_width(folder: Path) -> Path:
    path = made.save_xlsx(folder / "in.xlsx", lambda book: book.active.__setitem__("D3", made.SECRET))
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    columns = b'<cols><col min="4" max="4" width="0" customWidth="1"/></cols><sheetData>'
    return made.rewrite_zip(path, {"xl/worksheets/sheet1.xml": sheet.replace(b"<sheetData>", columns)})


FOUND_AND_REMOVED = [
    ("att.docx_comment", Severity.BLOCK, _docx(made.add_comment)),
    ("att.docx_tracked_change", Severity.BLOCK, _docx(made.add_tracked_change)),
    ("att.docx_hidden_text", Severity.BLOCK, _docx(made.add_hidden_text)),
    ("att.docx_hidden_text", Severity.BLOCK, _docx(made.add_white_text)),
    ("att.docx_hidden_text", Severity.BLOCK, _docx(made.add_tiny_text)),
    ("att.docx_hidden_text", Severity.BLOCK, _docx(made.add_hidden_drawing)),
    ("att.docx_hidden_text", Severity.BLOCK, _docx(made.add_black_highlight)),
    ("att.office_props", Severity.WARN, _docx(made.add_author)),
    ("att.cropped_image", Severity.WARN, _docx(made.add_cropped_picture)),
    ("att.image_exif_gps", Severity.BLOCK, _docx(made.add_photo_with_position)),
    ("att.ole_embedded", Severity.BLOCK, _docx(made.add_embedded_workbook)),
    ("att.macro", Severity.BLOCK, lambda folder: pdfs.with_macro(made.save_docx(folder / "in.docx"), "word/document.xml")),
    ("att.macro", Severity.BLOCK, lambda folder: pdfs.with_macro(made.save_xlsx(folder / "in.xlsx"), "xl/workbook.xml")),
    ("att.xlsx_hidden_sheet", Severity.BLOCK, _xlsx(made.hide_sheet)),
    ("att.xlsx_hidden_rowcol", Severity.BLOCK, _xlsx(made.hide_row_and_column)),
    ("att.xlsx_hidden_rowcol", Severity.BLOCK, _xlsx(made.filter_rows)),
    ("att.xlsx_hidden_rowcol", Severity.BLOCK, _xlsx(made.invisible_cells)),
    ("att.xlsx_hidden_rowcol", Severity.BLOCK, _zero_width),
    ("att.xlsx_comment", Severity.WARN, _xlsx(made.comment_cell)),
    ("att.xlsx_external_link", Severity.WARN, _xlsx(made.define_name)),
    ("att.xlsx_external_link", Severity.WARN, lambda folder: pdfs.with_external_link(folder / "in.xlsx", made.SECRET)),
    ("att.xlsx_pivot_cache", Severity.BLOCK, lambda folder: pdfs.with_pivot_cache(folder / "in.xlsx", made.SECRET)),
    ("att.pptx_notes", Severity.WARN, _pptx(made.add_notes)),
    ("att.pptx_notes", Severity.WARN, _pptx(made.hide_slide)),
    ("att.pptx_notes", Severity.BLOCK, _pptx(made.hide_shape)),
    ("att.pptx_notes", Severity.BLOCK, _pptx(made.put_shape_off_the_slide)),
    ("att.pdf_metadata", Severity.WARN, _pdf(pdfs.with_author)),
    ("att.pdf_metadata", Severity.INFO, _pdf(pdfs.with_software_only)),
    ("att.pdf_annotation", Severity.WARN, _pdf(pdfs.with_note)),
    ("att.pdf_annotation", Severity.WARN, _pdf(pdfs.with_form)),
    ("att.pdf_annotation", Severity.BLOCK, _pdf(pdfs.with_attachment)),
    ("att.pdf_annotation", Severity.BLOCK, _pdf(pdfs.with_script)),
    ("att.pdf_annotation", Severity.BLOCK, _pdf(pdfs.with_hidden_layer)),
    ("att.pdf_annotation", Severity.BLOCK, _pdf(pdfs.with_earlier_revision)),
    ("att.image_exif_gps", Severity.BLOCK, _pdf(pdfs.with_photo)),
    ("att.image_exif_gps", Severity.BLOCK, _bytes("in.jpg", made.photo(gps=True, device=True))),
    ("att.image_exif_gps", Severity.WARN, _bytes("in.jpg", made.photo(device=True))),
    ("att.image_thumbnail", Severity.BLOCK, _bytes("in.jpg", made.photo(thumbnail=made.scene((320, 240)).rotate(180).resize((160, 120))))),
    ("att.image_thumbnail", Severity.INFO, _bytes("in.jpg", made.photo(thumbnail=made.scene((320, 240)).resize((160, 120))))),
    ("file.disguised", Severity.BLOCK, _bytes("in.jpg", made.photo() + b"more than a picture " * 4)),
]  # fmt: skip
FOUND_ONLY = [
    ("att.pdf_text_under_box", Severity.BLOCK, _pdf(pdfs.with_black_box)),
    ("att.pdf_text_under_box", Severity.BLOCK, _pdf(pdfs.with_white_text)),
    ("att.pdf_text_under_box", Severity.BLOCK, _pdf(pdfs.with_text_off_the_page)),
    ("att.pdf_text_under_box", Severity.BLOCK, _pdf(pdfs.with_box_annotation)),
    ("att.light_mask", Severity.REVIEW, _pdf(pdfs.with_light_mask)),
    ("att.docx_hidden_text", Severity.REVIEW, _docx(made.add_black_shape)),
]
CLEAN = [
    _xlsx(made.white_on_dark_heading),
    _docx(None),
    _docx(made.add_white_on_dark_heading),
    _xlsx(None),
    _pptx(None),
    _pdf(pdfs.plain),
    _bytes("in.jpg", made.photo()),
]


def _ids(rows: list[tuple[str, Severity, object]]) -> list[str]:
    return [f"{detector}-{severity}-{number}" for number, (detector, severity, _) in enumerate(rows)]


@dataclass
class Cleaned:
    """One attachment that hides something, before and after cleaning."""

    path: Path
    out: Path
    before: api.ReadResult
    result: api.CleanResult


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Cleaned]:
    """Return what builds and cleans the attachment of a row, once for all tests of this file."""

    @cache
    def of(number: int) -> Cleaned:
        path = FOUND_AND_REMOVED[number][2](tmp_path_factory.mktemp(f"case{number}-"))
        out = path.with_name(f"out{path.suffix}")
        return Cleaned(path, out, api.read(path), api.clean(path, out))

    return of


@pytest.mark.parametrize("number", range(len(FOUND_AND_REMOVED)), ids=_ids(FOUND_AND_REMOVED))
def test_hidden_data_is_found_then_removed_and_visible_text_stays(
    number: int, cleaned: Callable[[int], Cleaned]
) -> None:
    detector, severity, _ = FOUND_AND_REMOVED[number]
    case = cleaned(number)
    path, out, before, result = case.path, case.out, case.before, case.result
    hits = [finding for finding in before.findings if finding.detector == detector]
    assert severity in {finding.severity for finding in hits}
    assert all(
        finding.rule_version == load_rules().version and finding.message and finding.suggestion
        for finding in hits
    )
    assert result.still == []
    assert result.removed
    after = api.read(out)
    assert [finding.detector for finding in after.findings if finding.detector.startswith("att.")] == []
    if path.suffix != ".pdf":
        assert api.visible_text(before.parts) == api.visible_text(after.parts)
    assert not _holds(out, made.SECRET)
    assert path.read_bytes()


_SHOWN = {".docx": made.VISIBLE, ".xlsx": "城东门诊", ".pptx": made.VISIBLE}


@pytest.mark.slow
def test_every_clean_office_copy_is_converted_by_another_program(
    cleaned: Callable[[int], Cleaned], tmp_path: Path
) -> None:
    suffixes = {}
    for number in range(len(FOUND_AND_REMOVED)):
        case = cleaned(number)
        if case.out.suffix in _SHOWN:
            shutil.copy(case.out, tmp_path / f"{number}{case.out.suffix}")
            suffixes[number] = case.out.suffix
    words = office_words(sorted(tmp_path.iterdir()), tmp_path)
    assert set(words) == {str(number) for number in suffixes}
    for number, suffix in suffixes.items():
        assert made.SECRET not in words[str(number)]
        assert _SHOWN[suffix] in words[str(number)], FOUND_AND_REMOVED[number][0]


@pytest.mark.parametrize(("detector", "severity", "build"), FOUND_ONLY, ids=_ids(FOUND_ONLY))
def test_covered_text_is_found_and_no_clean_copy_is_written(
    detector: str, severity: Severity, build: Callable[[Path], Path], tmp_path: Path
) -> None:
    path = build(tmp_path)
    findings = api.read(path).findings
    assert (detector, severity) in {(finding.detector, finding.severity) for finding in findings}
    assert "13900001357" not in "".join(finding.matched + finding.message for finding in findings)
    if path.name == "in.pdf" and detector == "att.pdf_text_under_box" and b"/Square" in path.read_bytes():
        assert any(finding.detector == "att.pdf_annotation" for finding in findings)
    out = tmp_path / f"out{path.suffix}"
    assert api.clean(path, out).still
    assert not out.exists()


@pytest.mark.parametrize("build", CLEAN)
def test_clean_file_gives_no_finding(build: Callable[[Path], Path], tmp_path: Path) -> None:
    result = api.read(build(tmp_path))
    assert [(finding.detector, finding.message) for finding in result.findings] == []
    assert not result.unreadable


def test_every_att_detector_of_the_rule_file_is_covered_here() -> None:
    covered = {detector for detector, _, _ in FOUND_AND_REMOVED + FOUND_ONLY}
    elsewhere = {"att.filename_pii", "att.image_text_pii"}
    wanted = {name for name in load_rules().rules if name.startswith("att.")}
    assert wanted == (covered & wanted) | elsewhere


def _holds(path: Path, text: str) -> bool:
    if path.suffix == ".pdf":
        return pdfs.HIDDEN.encode() in pdfs.everything(path)
    if not zipfile.is_zipfile(path):
        return text.encode() in path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return any(text.encode() in archive.read(name) for name in archive.namelist())
