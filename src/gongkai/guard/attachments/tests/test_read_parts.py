"""What the readers hand to the text detectors: names, tables, captions, hidden pieces."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image, ImageDraw, ImageFont

from gongkai.guard.attachments import api
from gongkai.guard.attachments.printed_numbers import printed_numbers
from gongkai.guard.attachments.readers.xlsx import ROWS_IN_A_PART
from gongkai.guard.attachments.tests import sample_files as made
from gongkai.guard.attachments.tests import sample_pdfs as pdfs
from gongkai.guard.attachments.text_decoding import decode


def _parts(path: Path) -> dict[str, api.Part]:
    return {part.name: part for part in api.read(path).parts}


def test_docx_gives_text_tables_headers_and_hidden_pieces(tmp_path: Path) -> None:
    def change(document: docx.document.Document) -> None:
        document.sections[0].header.paragraphs[0].text = "页眉文字"
        document.sections[0].footer.paragraphs[0].text = "页脚文字"
        made.add_comment(document)
        made.add_tracked_change(document)
        made.add_hidden_text(document)

    parts = _parts(made.save_docx(tmp_path / "a.docx", change))
    assert parts["text"].text.startswith(made.VISIBLE)
    assert made.SECRET not in parts["text"].text
    assert parts["table:1"].table == (("门诊", "地址"), ("城东门诊", "和平路88号"))
    assert parts["table:1"].caption == made.VISIBLE
    assert parts["table:1"].text == "门诊\t地址\n城东门诊\t和平路88号"
    assert parts["header:1"].text == "页眉文字"
    assert parts["footer:2" if "footer:2" in parts else "footer:1"].text == "页脚文字"
    assert made.SECRET in parts["comment:1"].text
    assert parts["deleted:1"].kind == "hidden"
    assert parts["hidden:1"].text == made.SECRET
    assert parts["filename"].kind == "filename"


def test_workbook_cells_are_given_as_they_are_shown(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet["E3"] = date(2025, 3, 1)
        sheet["E4"] = 0.982
        sheet["E4"].number_format = "0.0%"
        sheet["E5"] = 13900001357

    parts = _parts(made.save_xlsx(tmp_path / "a.xlsx", change))
    table = parts["sheet:门诊!A1"].table
    assert table is not None
    assert table[2] == ("1", "城东门诊", "南湖街道", "周一", "2025-03-01")
    assert table[3][4] == "98.2%"
    assert table[4][4] == "13900001357"
    assert parts["sheet:门诊!A1"].caption == "接种门诊一览"


def test_long_sheet_is_cut_and_every_piece_has_the_heading(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for number in range(ROWS_IN_A_PART * 2):
            book.active.append([number, f"门诊{number}", "街道", "备注"])

    path = made.save_xlsx(tmp_path / "a.xlsx", change)
    pieces = [part for part in api.read(path).parts if part.name.startswith("sheet:")]
    assert len(pieces) == 3
    assert all(("序号", "门诊", "街道", "备注") in piece.table for piece in pieces if piece.table)
    assert api.visible_text(pieces).count("序号") == 1
    assert api.clean(path, tmp_path / "b.xlsx").still == []


def test_text_csv_html_and_ofd_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("姓名,电话\n周芹,13900001357\n".encode("gb18030"))
    assert _parts(tmp_path / "a.csv")["table:1!A1"].table == (("姓名", "电话"), ("周芹", "13900001357"))
    (tmp_path / "a.txt").write_text("第一行\n第二行", encoding="utf-8")
    assert _parts(tmp_path / "a.txt")["text"].text == "第一行\n第二行"
    (tmp_path / "a.html").write_text(
        "<html><head><title>通知</title><script>var x='不要'</script></head><body><p>正文</p><!-- 内部备注 -->"
        "<div style='display: none'>藏着</div><table><tr><th>甲</th><th>乙</th></tr><tr><td>1</td><td>2</td></tr></table>"
        "<a href='/a?phone=13900001357'>链接</a></body></html>",
        encoding="utf-8",
    )
    page = _parts(tmp_path / "a.html")
    assert page["text"].text == "通知\n正文\n链接"
    assert page["comment:1"].text == "内部备注"
    assert page["hidden:1"].text == "藏着"
    assert page["table:1"].table == (("甲", "乙"), ("1", "2"))
    assert page["url"].kind == "url"
    with zipfile.ZipFile(tmp_path / "a.ofd", "w") as archive:
        archive.writestr(
            "OFD.xml",
            '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocInfo><ofd:Author>李某</ofd:Author></ofd:DocInfo></ofd:DocBody></ofd:OFD>',
        )
        archive.writestr(
            "Doc_0/Pages/Page_0/Content.xml",
            '<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:TextObject><ofd:TextCode>版式文字</ofd:TextCode></ofd:TextObject></ofd:Page>',
        )
    result = api.read(tmp_path / "a.ofd")
    assert result.kind == "ofd"
    assert "版式文字" in {part.text for part in result.parts}
    assert [finding.detector for finding in result.findings] == ["att.pdf_metadata"]
    assert api.clean(tmp_path / "a.ofd", tmp_path / "b.ofd").still


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5"])
def test_encodings_are_recognised(encoding: str) -> None:
    text = (
        "關於公布預防接種門診的通知，請各單位落實。"
        if encoding == "big5"
        else "关于公布预防接种门诊的通知，请各单位落实。Phone 12320"
    )
    assert decode(text.encode(encoding)).text == text


def test_mixed_and_lost_bytes_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("第一行通知\n".encode() + "第二行通知".encode("gb18030"))
    result = api.read(tmp_path / "a.txt")
    assert [finding.detector for finding in result.findings] == ["file.mixed_encoding"]
    assert next(part.text for part in result.parts if part.name == "text") == "第一行通知\n第二行通知"
    (tmp_path / "b.txt").write_bytes("通知\n".encode() * 50 + b"\xff\xfe\xff\x81")
    assert api.read(tmp_path / "b.txt").unreadable


def test_huge_parts_stay_on_disk_and_can_be_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "\n".join(f"{n},{'公开文字' * 60}" for n in range(40_000)), encoding="utf-8"
    )
    parts = api.read(tmp_path / "a.csv").parts
    assert not isinstance(parts, tuple)
    assert sum(1 for _ in parts) == len(parts) == len(parts[:])
    assert parts[-1].text.endswith("公开文字")


@pytest.mark.parametrize(("size", "quality"), [(22, None), (30, 80)])
def test_numbers_in_a_screenshot_and_a_scan_are_recognised(
    size: int, quality: int | None, tmp_path: Path
) -> None:
    page = Image.new("RGB", (1000, 1200), "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(size)
    draw.text((60, 60), f"ID {made.NUMBER}", font=font, fill="black")
    draw.text((60, 60 + 2 * size), "Phone: 13900001357, room 12, on 2025-03-17", font=font, fill="black")
    for line in range(20):
        draw.text(
            (60, 300 + 2 * size * line),
            "The clinic opens on working days from 8 to 12 and 13 to 17",
            font=font,
            fill="black",
        )
    path = tmp_path / ("a.png" if quality is None else "a.jpg")
    page.save(path, **({} if quality is None else {"quality": quality}))
    result = api.read(path)
    seen = next(part for part in result.parts if part.kind == "ocr")
    assert made.NUMBER in seen.text
    assert "13900001357" in seen.text
    assert "20250317" not in seen.text.replace(" ", "")
    scan = pdfs.picture_page(_jpeg(page), page.size, shown=(500, 600))
    scan.save(tmp_path / "scan.pdf")
    parts = api.read(tmp_path / "scan.pdf").parts
    assert made.NUMBER in next(part.text for part in parts if part.name == "ocr:page:1")


def test_plain_pictures_give_no_numbers() -> None:
    for picture in (
        made.scene((400, 300)),
        Image.effect_noise((400, 300), 90),
        Image.new("L", (300, 300), 255),
    ):
        assert printed_numbers(picture.convert("L")) == []


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()
