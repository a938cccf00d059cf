"""Bad input, line by line, through the command itself: what it says, and the code it ends with (1 blocking, 2 unreadable)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from gongkai.guard.attachments.tests import sample_files as made
from gongkai.guard.attachments.tests import sample_pdfs as pdfs
from gongkai.guard.cli import run_guard

NUMBER, MOBILE, CARD = "339918197504123012", "13900001357", "6217998800000043217"


def run(path: Path) -> tuple[int, set[str]]:
    out = io.StringIO()
    code = run_guard([path], None, as_json=True, show_matched=False, out=out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert NUMBER not in out.getvalue()
    return code, {row["detector"] for row in rows}


def broken(path: Path) -> None:
    data = made.save_docx(path).read_bytes()
    path.write_bytes(data[: len(data) // 3])


def encrypted(path: Path) -> None:
    plain = pdfs.plain(path.with_name("plain.pdf"))
    with pikepdf.open(plain) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="o", user="u"))


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"\0" * 40_000_000)


def recursive(path: Path) -> None:
    data = b"x"
    for _ in range(8):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("again.zip", data)
        data = out.getvalue()
    path.write_bytes(data)


def ten_thousand_pages(path: Path) -> None:
    count = 10_000
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    bodies = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {count}/Kids[{kids}]>>"]
    bodies += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count
    whole, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(whole))
        whole += f"{number} 0 obj{body}endobj\n".encode()
    start = len(whole)
    whole += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    whole += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    whole += f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    path.write_bytes(whole)


def too_many_sheets(path: Path) -> None:
    def change(book) -> None:  # type: ignore[no-untyped-def]
        for number in range(1_000):
            book.create_sheet(f"s{number}")

    made.save_xlsx(path, change)


def macro(path: Path) -> None:
    pdfs.with_macro(made.save_docx(path), "word/document.xml")


def polyglot(path: Path) -> None:
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as archive:
        archive.writestr("x.txt", b"x")
    path.write_bytes(made.photo() + tail.getvalue())


def renamed(path: Path) -> None:
    made.save_xlsx(path.with_suffix(".xlsx")).rename(path)


@pytest.mark.parametrize(
    ("name", "make", "detector", "code"),
    [
        ("broken.docx", broken, "file.unreadable", 2),
        ("locked.pdf", encrypted, "file.unreadable", 2),
        ("bomb.zip", bomb, "file.overrun", 2),
        ("recursive.zip", recursive, "file.overrun", 2),
        ("pages.pdf", ten_thousand_pages, "file.overrun", 2),
        ("sheets.xlsx", too_many_sheets, "file.overrun", 2),
        ("macro.docx", macro, "att.macro", 1),
        ("both.jpg", polyglot, "file.disguised", 1),
        ("renamed.docx", renamed, "file.disguised", 1),
    ],
)
def test_every_bad_file_is_named_and_stops_the_command(
    tmp_path: Path, name: str, make: Callable[[Path], None], detector: str, code: int
) -> None:
    path = tmp_path / name
    make(path)
    told, detectors = run(path)
    assert detector in detectors
    assert told == code


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
WRITTEN = {
    "whole": lambda text: text,
    "full width": lambda text: text.translate(FULL_WIDTH),
    "spaces": lambda text: f"{text[:6]} {text[6:14]} {text[14:]}" if len(text) == 18 else f"{text[:3]} {text[3:7]} {text[7:]}",
    "hyphens": lambda text: f"{text[:6]}-{text[6:14]}-{text[14:]}" if len(text) == 18 else f"{text[:3]}-{text[3:7]}-{text[7:]}",
    "zero width": lambda text: "\u200b".join((text[:5], text[5:9], text[9:])),
    "line break": lambda text: f"{text[:7]}\n{text[7:]}",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("way", WRITTEN)
def test_numbers_are_found_however_written_and_encoded(tmp_path: Path, way: str, encoding: str) -> None:
    write = WRITTEN[way]
    path = tmp_path / "名单.txt"
    text = f"公示名单\n联系电话：{write(MOBILE)}。\n身份证号：{write(NUMBER)}。\n"
    path.write_bytes(text.encode(encoding))
    code, detectors = run(path)
    assert {"pii.cn_id18", "pii.mobile"} <= detectors
    assert code == 1


def test_two_encodings_in_one_file_are_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / "名单.txt"
    lines = [f"身份证号：{NUMBER}".encode(), f"联系电话：{MOBILE}，银行卡号：{CARD}".encode("gb18030")]
    path.write_bytes(b"\n".join([*lines, "以上为公示内容。".encode()]))
    code, detectors = run(path)
    assert {"file.mixed_encoding", "pii.cn_id18", "pii.mobile", "pii.bank_card"} <= detectors
    assert code == 1


def test_traditional_characters_are_read_as_simplified(tmp_path: Path) -> None:
    path = tmp_path / "公示.txt"
    text = f"聯繫電話：{MOBILE}；身份證號碼：{NUMBER}；銀行卡號：{CARD}；患者歐陽春華，診斷：肝硬化。"
    path.write_bytes(text.encode("gb18030"))
    code, detectors = run(path)
    assert {"pii.cn_id18", "pii.mobile", "pii.bank_card", "pii.health_condition"} <= detectors
    assert code == 1
