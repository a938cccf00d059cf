"""Clean copies judged by independent tools: LibreOffice opens them, every PDF object is walked, pixels are compared."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from gongkai.guard.attachments import api
from gongkai.guard.attachments.tests import sample_files as made
from gongkai.guard.attachments.tests import sample_pdfs as pdfs
from gongkai.guard.attachments.tests.office_program import office_words
from tools.testing.programs import office_convert


def _everything_hidden(document: docx.document.Document) -> None:
    for change in (
        made.add_comment,
        made.add_tracked_change,
        made.add_hidden_text,
        made.add_white_text,
        made.add_author,
        made.add_cropped_picture,
        made.add_embedded_workbook,
    ):
        change(document)


def _hidden_cells(book: openpyxl.Workbook) -> None:
    made.hide_row_and_column(book)
    made.hide_sheet(book)
    made.formulas(book)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Clean a document and a workbook that hide everything, and let LibreOffice print both at one start."""
    folder = tmp_path_factory.mktemp("printed")
    sources = {
        "text.docx": made.save_docx(folder / "in.docx", _everything_hidden),
        "table.xlsx": made.save_xlsx(folder / "in.xlsx", _hidden_cells),
    }
    for name, source in sources.items():
        assert api.clean(source, folder / name).still == []
    return folder, office_words([folder / name for name in sources], folder)


@pytest.mark.slow
def test_clean_docx_opens_in_another_program_and_shows_the_same(
    printed: tuple[Path, dict[str, str]],
) -> None:
    folder, found = printed
    words = found["text"]
    for shown in (made.VISIBLE, "城东门诊", "同意公布", "第一段接着第二段", "公开部分"):
        assert shown in words
    assert made.SECRET not in words
    again = docx.Document(str(folder / "text.docx"))
    assert len(again.inline_shapes) >= 1
    assert again.core_properties.author != "李某"
    with zipfile.ZipFile(folder / "text.docx") as archive:
        names = archive.namelist()
        whole = b"".join(archive.read(name) for name in names)
    assert not [
        name
        for name in names
        if "comment" in name or "embed" in name or "docProps" in name or "people" in name
    ]
    assert b"rsid" not in whole
    assert b"w:author" not in whole


@pytest.mark.slow
def test_clean_workbook_opens_in_another_program_and_shows_the_same(
    printed: tuple[Path, dict[str, str]],
) -> None:
    folder, found = printed
    words = found["table"]
    for shown in ("接种门诊一览", "城东门诊", "城南门诊", "西湖街道"):
        assert shown in words
    assert made.SECRET not in words
    assert "城西门诊" not in words
    book = openpyxl.load_workbook(folder / "table.xlsx")
    assert book.sheetnames == ["门诊"]
    sheet = book.active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["接种门诊一览", None, None],
        ["序号", "门诊", "街道"],
        [1, "城东门诊", "南湖街道"],
        [3, "城南门诊", "西湖街道"],
        [6, None, None],
    ]
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:C1"]
    assert not any(
        dimension.hidden for dimension in [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
    )


@pytest.mark.slow
def test_legacy_document_is_read_and_cleaned_through_conversion(tmp_path: Path) -> None:
    source = made.save_docx(tmp_path / "new.docx", made.add_comment)
    office_convert([source], tmp_path, "doc")
    path = tmp_path / "new.doc"
    result = api.read(path)
    assert result.kind == "doc"
    assert "att.docx_comment" in {finding.detector for finding in result.findings}
    assert made.VISIBLE in "".join(part.text for part in result.parts)
    refused = api.clean(path, tmp_path / "out.doc")
    assert "docx" in refused.still[0]["message"]
    assert api.clean(path, tmp_path / "out.docx").still == []
    assert made.VISIBLE in "".join(
        paragraph.text for paragraph in docx.Document(str(tmp_path / "out.docx")).paragraphs
    )


@pytest.mark.parametrize(
    ("build", "secret"),
    [
        (pdfs.with_author, pdfs.HIDDEN.encode()),
        (pdfs.with_note, pdfs.HIDDEN.encode()),
        (pdfs.with_attachment, b"/EmbeddedFile"),
        (pdfs.with_script, b"/JavaScript"),
        (pdfs.with_hidden_layer, b"/OCProperties"),
        (pdfs.with_earlier_revision, pdfs.HIDDEN.encode()),
        (pdfs.with_form, b"/AcroForm"),
        (pdfs.with_photo, b"Exif"),
    ],
)
def test_clean_pdf_holds_nothing_and_its_pages_look_the_same(build, secret: bytes, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = build(tmp_path / "in.pdf")
    assert secret in pdfs.everything(path)  # the search sees what it must find gone
    assert api.clean(path, tmp_path / "out.pdf").still == []
    whole = pdfs.everything(tmp_path / "out.pdf")
    for gone in (
        secret,
        pdfs.HIDDEN.encode(),
        pdfs.HIDDEN.encode("utf-16-be"),
        b"13900001357",
        b"/JavaScript",
        b"/EmbeddedFile",
        b"/AcroForm",
        b"/OCProperties",
        b"Exif",
    ):
        assert gone not in whole
    assert all(not picture.getexif() for picture in pdfs.pictures(tmp_path / "out.pdf"))
    assert whole.count(b"startxref") == 1
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
    before = [_pixels(path, index) for index in range(1)]
    after = [_pixels(tmp_path / "out.pdf", index) for index in range(1)]
    for one, other in zip(before, after, strict=True):
        assert one.size == other.size
        assert not ImageChops.difference(one, other).point(lambda value: 255 if value > 40 else 0).getbbox()


def _pixels(path: Path, index: int) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    document.init_forms()
    # Marks such as sticky notes are not part of the page: without them, forms must still look filled.
    with_marks = "form" in path.read_bytes().decode("latin-1").lower() or path.name == "out.pdf"
    return document[index].render(scale=2, may_draw_forms=True, draw_annots=with_marks).to_pil().convert("L")


def test_every_page_every_revision_and_every_packed_object_of_a_long_pdf_is_cleaned(tmp_path: Path) -> None:
    """Three pages, objects packed in streams, metadata, a picture with a position, and a state saved before."""
    first = pdfs.with_earlier_revision(tmp_path / "first.pdf")
    with (
        pikepdf.open(pdfs.with_author(tmp_path / "a.pdf")) as pdf,
        pikepdf.open(pdfs.with_photo(tmp_path / "b.pdf")) as more,
        pikepdf.open(pdfs.with_attachment(tmp_path / "c.pdf")) as last,
    ):
        pdf.pages.extend(more.pages)
        pdf.pages.extend(last.pages)
        for name, kept in last.attachments.items():
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, kept.get_file().read_bytes(), filename=name)
        pdf.save(tmp_path / "in.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate)
    before = pdfs.everything(tmp_path / "in.pdf")
    assert pdfs.HIDDEN.encode() in before
    assert b"Exif" in before
    assert b"/EmbeddedFile" in before
    assert pdfs.pictures(tmp_path / "in.pdf")[0].getexif().get_ifd(0x8825)
    for source in (first, tmp_path / "in.pdf"):
        assert api.clean(source, tmp_path / "out.pdf").still == []
        whole = pdfs.everything(tmp_path / "out.pdf")
        assert not [
            gone for gone in (pdfs.HIDDEN.encode(), b"Exif", b"/EmbeddedFile", b"xmpmeta") if gone in whole
        ]
    assert not [picture for picture in pdfs.pictures(tmp_path / "out.pdf") if picture.getexif()]
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert len(pdf.pages) == 3
    for index in range(3):
        one, other = _pixels(tmp_path / "in.pdf", index), _pixels(tmp_path / "out.pdf", index)
        assert not ImageChops.difference(one, other).point(lambda value: 255 if value > 40 else 0).getbbox()


def test_clean_photo_keeps_every_pixel_and_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "in.jpg"
    path.write_bytes(made.photo(gps=True, device=True, size=(640, 480)))
    with Image.open(path) as before:
        assert before.getexif().get_ifd(0x8825)
    assert api.clean(path, tmp_path / "out.jpg").still == []
    with Image.open(path) as before, Image.open(tmp_path / "out.jpg") as after:
        assert not after.getexif()
        assert not after.getexif().get_ifd(0x8825)
        assert "exif" not in after.info
        assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("turn", [3, 6, 8])
def test_turned_photo_is_drawn_upright_before_its_metadata_go(turn: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = turn
    path = tmp_path / "in.jpg"
    made.scene((320, 200)).save(path, "JPEG", quality=95, exif=exif)
    assert api.clean(path, tmp_path / "out.jpg").still == []
    with Image.open(tmp_path / "out.jpg") as after:
        assert after.size == ((320, 200) if turn == 3 else (200, 320))
        assert not after.getexif()


def test_png_gif_webp_tiff_lose_their_words_and_keep_their_pixels(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", made.SECRET)
    exif = Image.Exif()
    exif[315] = "Li"
    options = {
        "png": {"pnginfo": words, "exif": exif},
        "gif": {"comment": made.SECRET.encode()},
        "webp": {"exif": exif, "lossless": True},
        "tiff": {"exif": exif},
    }
    for suffix, extra in options.items():
        path, out = tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}"
        made.scene((120, 80)).save(path, **extra)
        assert api.clean(path, out).still == [], suffix
        with Image.open(path) as before, Image.open(out) as after:
            assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
            assert not {key for key in after.info if key.lower() in ("exif", "author", "comment", "xmp")}
        assert made.SECRET.encode() not in out.read_bytes()
        assert api.read(out).findings == []


def test_picture_under_transparency_is_emptied(tmp_path: Path) -> None:
    image = Image.effect_noise((200, 200), 90).convert("RGBA")
    image.putalpha(Image.new("L", (200, 200), 0))
    path = tmp_path / "in.png"
    image.save(path)
    assert "att.light_mask" in {finding.detector for finding in api.read(path).findings}
    assert api.clean(path, tmp_path / "out.png").still == []
    with Image.open(tmp_path / "out.png") as after:
        assert after.convert("RGBA").convert("RGB").getextrema() == ((0, 0), (0, 0), (0, 0))


def test_archive_is_cleaned_member_by_member(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("照片.jpg", made.photo(gps=True))
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("通知/正文.docx", made.save_docx(tmp_path / "a.docx", made.add_comment).read_bytes())
        archive.writestr("内层.zip", inner.getvalue())
        archive.writestr("__MACOSX/._正文.docx", b"junk")
        archive.writestr("说明.txt", "公开说明")
        archive.comment = b"made by li"
    found = {finding.detector for finding in api.read(path).findings}
    assert found == {"att.docx_comment", "att.image_exif_gps", "att.office_props"}
    result = api.clean(path, tmp_path / "out.zip")
    assert result.still == []
    assert api.read(tmp_path / "out.zip").findings == []
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert sorted(archive.namelist()) == sorted(["通知/正文.docx", "内层.zip", "说明.txt"])


def test_mosaic_and_a_page_of_writing_are_left_to_a_person(tmp_path: Path) -> None:
    noise = Image.effect_noise((600, 400), 80)
    squares = (
        noise.crop((200, 100, 400, 300))
        .resize((20, 20))
        .point(lambda value: min(255, max(0, (value - 128) * 6 + 128)))
    )
    noise.paste(squares.resize((200, 200), Image.Resampling.NEAREST), (203, 107))
    noise.save(tmp_path / "mosaic.png")
    assert "att.light_mask" in {finding.detector for finding in api.read(tmp_path / "mosaic.png").findings}
    if shutil.which("tesseract") is None:
        pdfs.scanned(tmp_path / "scan.pdf")
        hits = [
            finding
            for finding in api.read(tmp_path / "scan.pdf").findings
            if finding.detector == "att.image_text_pii"
        ]
        assert [finding.severity.value for finding in hits] == ["review"]


def test_clean_copy_of_a_workbook_with_a_chart_keeps_what_the_chart_draws(tmp_path: Path) -> None:
    from openpyxl.chart import BarChart, Reference

    def change(book: openpyxl.Workbook) -> None:
        sheet = book.active
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=1, min_row=2, max_row=5), titles_from_data=True)
        sheet.add_chart(chart, "F2")
        sheet.row_dimensions[4].hidden = True

    path = made.save_xlsx(tmp_path / "in.xlsx", change)
    assert api.clean(path, tmp_path / "out.xlsx").still == []
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert [name for name in archive.namelist() if "/charts/chart" in name]
