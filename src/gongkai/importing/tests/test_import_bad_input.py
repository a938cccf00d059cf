"""Bad files: each is refused with a code, a place and a remedy, and none takes the machine down."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest

from gongkai.importing.api import LIMITS, Limits, Unreadable, import_bytes, import_file
from gongkai.importing.tests.word_building import docx, levels, numbered, paragraph, table

GOOD = docx(paragraph("某通知") + paragraph("正文。"))
SMALL = Limits(
    size_bytes=4800, unpacked_bytes=200_000, part_bytes=100_000, parts=20, ratio=50, ratio_from_bytes=20_000
)


def refused(data: bytes, name: str, limits: Limits = LIMITS) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        import_bytes(data, name, limits=limits)
    error = caught.value
    assert error.where
    assert error.remedy.endswith("。")
    assert any("\u4e00" <= character <= "\u9fff" for character in error.message)
    return error


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def ole(*streams: str) -> bytes:
    """The smallest compound file olefile can list: header, one FAT sector, one directory sector per four entries."""
    entries = [("Root Entry", 5)] + [(stream, 2) for stream in streams]
    sectors = (len(entries) + 3) // 4
    header = bytearray(512)
    header[0:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<I", header, 76, 0)
    header[80:512] = b"\xff" * 432
    chain = [0xFFFFFFFD] + [n + 2 for n in range(sectors - 1)] + [0xFFFFFFFE]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    directory = b""
    for number, (name, kind) in enumerate(entries):
        raw = (name + "\0").encode("utf-16-le")
        child = 1 if number == 0 and streams else 0xFFFFFFFF
        right = number + 1 if 0 < number < len(entries) - 1 else 0xFFFFFFFF
        entry = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, right, child)
        directory += entry + b"\0" * 36 + struct.pack("<IQ", 0xFFFFFFFE, 0)
    return bytes(header) + fat + directory.ljust(512 * sectors, b"\0")


def test_import_empty_file_is_refused() -> None:
    assert refused(b"", "空.docx").code == "empty"
    assert refused(b"", "空.txt").code == "empty"


@pytest.mark.parametrize("data", [b" \r\n\t\n", "　\n".encode()])
def test_import_blank_text_is_refused(data: bytes) -> None:
    assert refused(data, "空白.txt").code == "no_text"


def test_import_word_file_without_text_is_refused() -> None:
    assert refused(docx(paragraph()), "空白.docx").code == "no_text"


@pytest.mark.parametrize("cut", [10, 100, 400, len(GOOD) - 30])
def test_import_truncated_word_file_is_broken(cut: int) -> None:
    assert refused(GOOD[:cut], "坏.docx").code == "broken"


def test_import_word_file_with_flipped_bytes_is_broken_or_read_never_crashes() -> None:
    seen: set[str] = set()
    for place in range(0, len(GOOD), 7):
        data = bytearray(GOOD)
        data[place] ^= 0xFF
        try:
            import_bytes(bytes(data), "坏.docx")
        except Unreadable as error:
            seen.add(error.code)
    assert "broken" in seen
    assert seen <= {"broken", "wrong_name", "password", "zip_bomb"}


def test_import_damaged_xml_is_broken() -> None:
    data = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document"})
    assert refused(data, "坏.docx").code == "broken"


def test_import_xml_with_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><w:document>&b;</w:document>'
    assert refused(zipped({"word/document.xml": bomb}), "坏.docx").code == "broken"
    wide = (
        bomb.decode()
        .replace("<!DOCTYPE", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE')
        .encode("utf-16")
    )
    assert refused(zipped({"word/document.xml": wide}), "坏.docx").code == "broken"


def test_import_garbage_named_docx_is_broken() -> None:
    assert refused(bytes(range(1, 9)) * 200, "坏.docx").code == "broken"


def test_import_password_protected_word_file_is_refused() -> None:
    error = refused(ole("EncryptionInfo", "EncryptedPackage"), "密.docx")
    assert error.code == "password"
    assert "密码" in error.remedy


def test_import_encrypted_zip_is_refused_as_password() -> None:
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (place := data.find(mark, start)) >= 0:
            data[place + offset] |= 1
            start = place + 4
    assert refused(bytes(data), "密.docx").code == "password"


def test_import_macro_bearing_files_are_refused() -> None:
    assert refused(GOOD, "宏.docm").code == "macros"
    inside = docx(paragraph("某通知"), parts={"word/vbaProject.bin": b"x"})
    error = refused(inside, "宏.docx")
    assert error.code == "macros"
    assert "另存" in error.remedy
    assert refused(ole("WordDocument", "_VBA_PROJECT"), "宏.doc").code == "macros"


def test_import_old_word_formats_are_refused_with_remedy() -> None:
    for name in ("旧.doc", "旧.wps", "旧.docx"):
        error = refused(ole("WordDocument"), name)
        assert error.code == "old_format"
        assert "docx" in error.remedy
    assert refused(b"plain", "旧.odt").code == "old_format"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n", "文件.docx"),
        (zipped({"a.txt": b"x"}), "文件.docx"),
        (zipped({"OFD.xml": b"x"}), "文件.docx"),
        (GOOD, "文件.txt"),
        (GOOD, "文件.pdf"),
        ("普通文字".encode(), "文件.docx"),
        ("普通文字".encode(), "文件.pdf"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "文件.docx"),
        (b"<html><body>x</body></html>", "文件.txt"),
        (b"\x89PNG\r\n\x1a\n", "文件.txt"),
        (b"{\\rtf1 x}", "文件.docx"),
        (zipped({"xl/workbook.xml": b"x"}), "文件.docx"),
    ],
)
def test_import_wrongly_named_file_is_refused(data: bytes, name: str) -> None:
    assert refused(data, name).code == "wrong_name"


@pytest.mark.parametrize("name", ["文件.xyz", "文件", "文件.exe"])
def test_import_unknown_type_is_refused(name: str) -> None:
    assert refused("普通文字".encode(), name).code == "unknown_type"


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 20, "正文\x00\x01\x02".encode(), b"\xff\xfe" + b"\x00\xd8" * 3, b"\x00" * 100],
)
def test_import_binary_named_txt_is_refused(data: bytes) -> None:
    assert refused(data, "文件.txt").code in {"binary", "encoding"}


def test_import_text_in_another_encoding_is_refused_not_guessed() -> None:
    assert refused("日本語のテキストです。漢字も。".encode("euc-jp") + b"\xff", "文件.txt").code == "encoding"
    assert refused("這是繁體中文的檔案，說明事項如下。".encode("big5"), "文件.txt").code == "encoding"


def test_import_file_over_the_limit_is_refused_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "大.docx"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024 + 1)
    with pytest.raises(Unreadable) as caught:
        import_file(path)
    assert caught.value.code == "too_large"
    assert "200 MB" in caught.value.message
    assert refused(b"x" * 5000, "大.txt", SMALL).code == "too_large"


def test_import_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.txt", tmp_path):
        with pytest.raises(Unreadable) as caught:
            import_file(path)
        assert caught.value.code == "missing"


def test_import_zip_bombs_are_refused() -> None:
    high_ratio = docx(paragraph("某通知"), parts={"word/media/x.bin": b"\0" * 50_000})
    assert refused(high_ratio, "弹.docx", SMALL).code == "zip_bomb"
    large_part = docx(paragraph("某通知"), parts={"word/media/x.bin": b"\0" * 150_000})
    assert refused(large_part, "弹.docx", SMALL).code == "zip_bomb"
    many = docx(paragraph("某通知"), parts={f"{n}": b"" for n in range(18)})
    assert refused(many, "弹.docx", SMALL).code == "zip_bomb"
    total = docx(paragraph("某通知"), parts={f"x/{n}": b"ab" * 9_000 for n in range(14)})
    assert refused(total, "弹.docx", SMALL).code == "zip_bomb"
    real = docx(paragraph("某通知"), parts={"word/media/x.bin": b"\0" * 5_000_000})
    assert refused(real, "弹.docx").code == "zip_bomb"


def test_import_part_that_lies_about_its_size_is_broken() -> None:
    data = bytearray(GOOD)
    central = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 1)
    while b"word/document.xml" not in data[central : central + 80]:
        central = data.find(b"PK\x01\x02", central + 1)
    struct.pack_into("<I", data, central + 24, 10)
    assert refused(bytes(data), "谎.docx").code == "broken"


def test_import_tables_nested_too_deep_are_refused() -> None:
    body = paragraph("底")
    for _ in range(60):
        body = f"<w:tbl><w:tr><w:tc><w:tcPr/>{body}<w:p/></w:tc></w:tr></w:tbl>"
    assert refused(docx(body), "深.docx").code == "too_deep"


def test_import_word_file_with_senseless_attributes_is_read_never_crashes() -> None:
    body = paragraph("某通知", style="1", properties='<w:outlineLvl w:val="1"/>') + numbered("正文。", 1)
    body += table([["甲", "乙"]]).replace("<w:tcPr/>", '<w:tcPr><w:gridSpan w:val="1"/></w:tcPr>')
    good = docx(body, numbering=levels(("decimal", "%1、")))
    for value in ("", "x", "-5", "99999999999999", "１", "%1"):
        files: dict[str, bytes] = {}
        with zipfile.ZipFile(io.BytesIO(good)) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                for old in (b'val="1"', b'ilvl="0"', b'val="0"', b'val="decimal"'):
                    content = content.replace(old, old.split(b"=")[0] + f'="{value}"'.encode())
                files[name] = content
        imported = import_bytes(zipped(files), "文件.docx")
        assert "正文。" in "".join(block.text or "" for block in imported.blocks)


def test_import_merged_cells_that_explode_are_refused() -> None:
    cell = "<w:tc><w:tcPr><w:gridSpan w:val='500'/></w:tcPr><w:p/></w:tc>"
    rows = f"<w:tr>{cell * 20}</w:tr>" + "<w:tr/>" * 60
    assert (
        refused(
            docx(
                paragraph("底")
                + f"<w:tbl>{rows}</w:tbl>"
                + table([["甲"]]).replace("<w:tr>", f"<w:tr>{cell * 20}</w:tr><w:tr>")
                + ""
            ),
            "表.docx",
            Limits(table_cells=5_000),
        ).code
        == "too_many_cells"
    )
    html = (
        "<html><body><table>"
        + "<tr>"
        + "<td colspan=500 rowspan=500>x</td>" * 9
        + "</tr>"
        + "<tr><td>y</td></tr>" * 300
        + "</table></body></html>"
    )
    assert refused(html.encode(), "表.html").code == "too_many_cells"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("某通知\n一、甲。正文。" + "（一）甲。" * 40_000, "长.txt"),
        ("某通知\n" + "." * 200_000, "长.txt"),
        ("某通知\n" + "附件：" + "1.甲" * 60_000, "长.txt"),
        ("某通知\n" + "（" * 200_000, "长.txt"),
        ("<html><body><p>甲" + "<!--[if x" * 40_000 + "</body></html>", "长.html"),
        ("<html><body><p>甲" + "<![if " * 40_000 + "</p></body></html>", "长.html"),
    ],
)
def test_import_lines_made_to_be_slow_are_read_in_passing(text: str, name: str) -> None:
    started = time.process_time()
    import_bytes(text.encode(), name)
    assert time.process_time() - started < 5
