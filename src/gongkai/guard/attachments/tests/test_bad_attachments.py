"""Broken, locked, disguised, bombing and oversized files: never a crash, never silence."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from gongkai.guard.attachments import api
from gongkai.guard.attachments.limits import MEGABYTE
from gongkai.guard.attachments.tests import sample_files as made
from gongkai.guard.attachments.tests import sample_pdfs as pdfs

SMALL = replace(api.DEFAULT_LIMITS, wall_seconds=20)


def _detectors(path: Path, limits: api.Limits = SMALL) -> set[str]:
    return {finding.detector for finding in api.read(path, limits=limits).findings}


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "pdf", "jpg", "png", "zip"])
def test_half_a_file_is_unreadable(kind: str, tmp_path: Path) -> None:
    path = _sample(kind, tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    result = api.read(path)
    assert result.unreadable
    assert all(
        finding.severity.value == "block"
        for finding in result.findings
        if finding.detector == "file.unreadable"
    )
    refused = api.clean(path, tmp_path / f"out.{kind}")
    assert refused.still
    assert refused.unreadable
    assert not (tmp_path / f"out.{kind}").exists()


def _sample(kind: str, folder: Path) -> Path:
    path = folder / f"in.{kind}"
    if kind == "docx":
        return made.save_docx(path)
    if kind == "xlsx":
        return made.save_xlsx(path)
    if kind == "pptx":
        return made.save_pptx(path)
    if kind == "pdf":
        return pdfs.plain(path)
    if kind == "zip":
        return _zip(path, {"a.txt": "公开".encode() * 200, "b.txt": b"x" * 5000})
    made.scene((200, 100)).save(path)
    return path


def test_empty_and_unknown_and_missing_files_are_unreadable(tmp_path: Path) -> None:
    (tmp_path / "empty.docx").write_bytes(b"")
    (tmp_path / "noise.docx").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "a.rar").write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(200))
    _zip(tmp_path / "nothing.zip", {})
    for name in ("empty.docx", "noise.docx", "a.rar", "nothing.zip", "missing.pdf"):
        result = api.read(tmp_path / name)
        assert result.unreadable, name
        assert all(finding.message and "操作失败" not in finding.message for finding in result.findings)


def test_locked_files_are_named_as_locked(tmp_path: Path) -> None:
    with pikepdf.open(pdfs.plain(tmp_path / "a.pdf")) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    (tmp_path / "locked.docx").write_bytes(
        _ole({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y" * 5000})
    )
    for name in ("locked.pdf", "locked.docx"):
        findings = api.read(tmp_path / name).findings
        assert [finding.detector for finding in findings] == ["file.unreadable"]
        assert "口令" in findings[0].message
    assert api.sniff(tmp_path / "locked.docx").encrypted
    assert "口令" in api.check_upload(tmp_path / "locked.docx", "locked.docx")[0].message


def test_owner_password_alone_does_not_stop_reading(tmp_path: Path) -> None:
    with pikepdf.open(pdfs.plain(tmp_path / "a.pdf")) as pdf:
        pdf.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(owner="o", user=""))
    assert "Visible words" in "".join(part.text for part in api.read(tmp_path / "b.pdf").parts)


def test_locked_member_of_an_archive_is_unreadable(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"名单.txt": b"secret"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    findings = api.read(path).findings
    assert findings[0].detector == "file.unreadable"
    assert "口令" in findings[0].message


def _ole(streams: dict[str, bytes]) -> bytes:
    """A small compound file (version 3) with the streams named; each at least 4,096 bytes."""
    sectors: list[bytes] = []
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    chain: list[int] = []
    for number, (name, data) in enumerate(streams.items(), 1):
        start = len(sectors)
        blocks = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        sectors += blocks
        chain += [*range(start + 1, start + len(blocks)), 0xFFFFFFFE]
        entries.append(
            _entry(name, 2, start, len(data), right=number + 1 if number < len(streams) else 0xFFFFFFFF)
        )
    directory = b"".join(entries).ljust(512, b"\0")
    at_directory = len(sectors)
    sectors.append(directory[:512])
    chain += [0xFFFFFFFE, 0xFFFFFFFD]
    sectors.append(b"".join(struct.pack("<I", item) for item in chain).ljust(512, b"\xff"))
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6),
        0, 1, at_directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, len(sectors) - 1,
    )  # fmt: skip
    return (header + b"\xff" * (512 - len(header))) + b"".join(sectors)


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        raw,
        len(raw) + 2,
        kind,
        1,
        0xFFFFFFFF,
        right,
        child,
        bytes(16),
        0,
        0,
        0,
        start,
        size,
    )


def test_renamed_and_double_natured_files_are_disguised(tmp_path: Path) -> None:
    made.save_xlsx(tmp_path / "a.xlsx").rename(tmp_path / "a.docx")
    assert "file.disguised" in _detectors(tmp_path / "a.docx")
    both = _zip(tmp_path / "b.zip", {"x.txt": b"x"}).read_bytes()
    (tmp_path / "b.jpg").write_bytes(made.photo() + both)
    assert "file.disguised" in _detectors(tmp_path / "b.jpg")
    assert "zip" in api.sniff(tmp_path / "b.jpg").also
    assert api.clean(tmp_path / "b.jpg", tmp_path / "c.jpg").still
    upload = api.check_upload(tmp_path / "a.docx", "名单.docx")
    assert [finding.detector for finding in upload] == ["file.disguised"]
    assert "Excel" in upload[0].message


def test_uploads_of_programs_pages_and_unknown_kinds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"MZ\x90\x00" + bytes(range(256)) * 4)
    (tmp_path / "b").write_bytes(b"<html><script>x</script></html>")
    (tmp_path / "c").write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
    assert [f.detector for f in api.check_upload(tmp_path / "a", "a.exe")] == ["file.dangerous"]
    assert "file.unreadable" in {f.detector for f in api.check_upload(tmp_path / "b", "b.html")}
    assert "file.unreadable" in {f.detector for f in api.check_upload(tmp_path / "c", "c.svg")}
    assert "file.dangerous" in {f.detector for f in api.read(tmp_path / "c", name="c.svg").findings}
    assert "file.dangerous" in {f.detector for f in api.check_upload(tmp_path / "b", "通知\u202etxt.exe")}
    assert api.check_upload(pdfs.plain(tmp_path / "d.pdf"), "通知.pdf") == []


def test_archive_members_that_leave_the_folder_or_run_are_dangerous(tmp_path: Path) -> None:
    path = _zip(
        tmp_path / "a.zip", {"../../etc/x.txt": b"x", "setup.bat": b"del *", "正文.txt": "公开".encode()}
    )
    findings = api.read(path).findings
    assert [finding.detector for finding in findings].count("file.dangerous") == 2
    assert api.clean(path, tmp_path / "b.zip").still


def test_bombs_and_nested_archives_overrun(tmp_path: Path) -> None:
    bomb = _zip(tmp_path / "bomb.zip", {"a.txt": b"\0" * (40 * MEGABYTE)})
    assert "file.overrun" in _detectors(bomb)
    data = b"x"
    for _ in range(8):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("in.zip", data)
        data = out.getvalue()
    (tmp_path / "deep.zip").write_bytes(data)
    result = api.read(tmp_path / "deep.zip")
    assert {finding.detector for finding in result.findings} >= {"file.overrun"}
    assert result.unreadable
    many = _zip(tmp_path / "many.zip", {f"{n}.txt": b"x" for n in range(60)})
    assert "file.overrun" in _detectors(many, replace(SMALL, members=50))


def test_picture_bomb_overruns(tmp_path: Path) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )
    assert "file.overrun" in _detectors(tmp_path / "a.png")


def test_entities_in_xml_are_not_followed(tmp_path: Path) -> None:
    path = made.save_docx(tmp_path / "a.docx")
    with zipfile.ZipFile(path) as archive:
        body = archive.read("word/document.xml").decode()
    start = body.index("<w:document")
    evil = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + body[
        start:
    ].replace(made.VISIBLE, "&b;", 1)
    made.rewrite_zip(path, {"word/document.xml": evil.encode()})
    assert api.read(path).unreadable


def test_many_sheets_and_many_pages_are_read_or_reported(tmp_path: Path) -> None:
    def sheets(book) -> None:  # type: ignore[no-untyped-def]
        for number in range(499):
            book.create_sheet(f"s{number}").append([number])

    path = made.save_xlsx(tmp_path / "many.xlsx", sheets)
    result = api.read(path)
    assert not result.findings
    assert sum(part.name.startswith("sheet:") for part in result.parts) == 500
    assert "file.overrun" in _detectors(path, replace(SMALL, sheets=100))
    pdf = pikepdf.open(pdfs.plain(tmp_path / "one.pdf"))
    page = pdf.pages[0]
    for _ in range(300):
        pdf.pages.append(page)
    pdf.save(tmp_path / "pages.pdf")
    assert "file.overrun" in _detectors(tmp_path / "pages.pdf", replace(SMALL, pages=200))


def test_time_and_memory_are_bounded_and_reported(tmp_path: Path) -> None:
    pdf = pikepdf.open(pdfs.plain(tmp_path / "one.pdf"))
    page = pdf.pages[0]
    for _ in range(4000):
        pdf.pages.append(page)
    pdf.save(tmp_path / "pages.pdf")
    result = api.read(tmp_path / "pages.pdf", limits=replace(SMALL, wall_seconds=0.3))
    assert "file.overrun" in {finding.detector for finding in result.findings}
    assert result.unreadable
    path = _zip(tmp_path / "big.zip", {"a.bin.txt": zlib.compress(bytes(range(256)) * 4) * 400_000})
    tight = api.read(path, limits=replace(SMALL, memory_bytes=220 * MEGABYTE, ratio=100_000))
    assert "file.overrun" in {finding.detector for finding in tight.findings}


def test_deeply_nested_xml_does_not_crash(tmp_path: Path) -> None:
    path = made.save_docx(tmp_path / "a.docx")
    with zipfile.ZipFile(path) as archive:
        body = archive.read("word/document.xml").decode()
    deep = "<w:tbl><w:tr><w:tc>" * 3000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 3000
    made.rewrite_zip(path, {"word/document.xml": body.replace("<w:body>", "<w:body>" + deep, 1).encode()})
    assert api.read(path).unreadable


def test_names_and_addresses_with_personal_data_become_attachment_findings() -> None:
    from gongkai.kernel.findings import Finding, Severity

    found = Finding(
        "pii.cn_id18", "v", "filename", (0, 18), "3399**", Severity.BLOCK, 0.99, "遮挡", "GB 11643"
    )
    assert api.as_attachment_finding(found, "filename").detector == "att.filename_pii"
    assert api.as_attachment_finding(found, "url").severity is Severity.BLOCK
    assert api.as_attachment_finding(found, "ocr").detector == "att.image_text_pii"
    assert api.as_attachment_finding(found, "text") is found


def test_names_in_gbk_are_read(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"xxxx.txt": b"x"})
    path.write_bytes(path.read_bytes().replace(b"xxxx.txt", "名单.txt".encode("gb18030")))
    names = next(
        part.text for part in api.read(path).parts if part.name == "filename" and part.text != "a.zip"
    )
    assert names == "名单.txt"
