"""What a file really is (文件种类), judged by its content and never by its name."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import olefile

from gongkai.guard.attachments.archive import BROKEN
from gongkai.guard.attachments.text_decoding import looks_like_text

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/msword",
    "wps": "application/vnd.ms-works",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "rtf": "application/rtf",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ofd": "application/ofd",
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "gzip": "application/gzip",
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "xml": "application/xml",
}
NAMES = {
    "docx": "Word 文档", "xlsx": "Excel 工作簿", "pptx": "PPT 演示文稿", "doc": "旧版 Word 文档", "xls": "旧版 Excel 工作簿",
    "ppt": "旧版 PPT", "wps": "WPS 文档", "rtf": "RTF 文档", "pdf": "PDF", "jpeg": "JPEG 图片", "png": "PNG 图片", "gif": "GIF 图片",
    "webp": "WebP 图片", "bmp": "BMP 图片", "tiff": "TIFF 图片", "heic": "HEIC 图片", "zip": "ZIP 压缩包", "rar": "RAR 压缩包",
    "7z": "7z 压缩包", "gzip": "gzip 压缩文件", "text": "文本", "html": "网页", "svg": "SVG 图形", "xml": "XML", "exe": "可执行程序",
    "ole": "未知的复合文档", "empty": "空文件", "unknown": "未知格式", "ofd": "OFD 版式文档", "odt": "ODF 文档", "ods": "ODF 表格",
    "odp": "ODF 演示文稿",
}  # fmt: skip
_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "exe"),
    (b"\x7fELF", "exe"),
)
IMAGES = frozenset({"jpeg", "png", "gif", "webp", "bmp", "tiff", "heic"})
LEGACY = frozenset({"doc", "xls", "ppt", "wps", "rtf", "odt", "ods", "odp"})
OOXML = frozenset({"docx", "xlsx", "pptx"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODF = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is.

    `kind` is a key of NAMES; `encrypted`: needs a password; `macros`: carries program code; `also`: other formats the
    same bytes would pass for (a polyglot).
    """

    kind: str
    media_type: str
    encrypted: bool = False
    macros: bool = False
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Chinese name of the format."""
        return NAMES.get(self.kind, self.kind)


def sniff(source: Path | bytes) -> FileKind:
    """Judge a file, or bytes, by content. Never raises for strange content; OSError when the file cannot be opened."""
    if isinstance(source, bytes):
        return _sniff_stream(io.BytesIO(source))
    with Path(source).open("rb") as stream:
        return _sniff_stream(stream)


def _sniff_stream(stream: BinaryIO) -> FileKind:
    head = stream.read(_HEAD_BYTES)
    if not head:
        return _kind("empty")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(stream, head)
    if head.startswith(_OLE):
        return _ole_kind(stream)
    kind = _by_magic(head)
    if kind is None and b"%PDF-" in head[:1024]:
        kind = "pdf"
    if kind is None:
        stream.seek(0)
        kind = _text_kind(stream.read(_HEAD_BYTES * 16))
    return _kind(kind, also=_other_kinds(stream, head, kind))


def _kind(
    kind: str, *, encrypted: bool = False, macros: bool = False, also: tuple[str, ...] = ()
) -> FileKind:
    return FileKind(kind, MEDIA_TYPES.get(kind, "application/octet-stream"), encrypted, macros, also)


def _by_magic(head: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            if kind == "exe" and magic == b"MZ" and looks_like_text(head):
                continue
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:2] == b"BM" and int.from_bytes(head[10:14], "little") < 4096 and head[6:10] == b"\0\0\0\0":
        return "bmp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"):
        return "heic"
    return None


def _text_kind(data: bytes) -> str:
    if not looks_like_text(data):
        return "unknown"
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or re.search(rb"<(html|body|head)[\s>]", start):
        return "html"
    if b"<svg" in start and start.startswith((b"<?xml", b"<svg", b"<!")):
        return "svg"
    return "xml" if start.startswith(b"<?xml") else "text"


def _other_kinds(stream: BinaryIO, head: bytes, kind: str) -> tuple[str, ...]:
    """Formats beside `kind` that the same bytes pass for."""
    found: list[str] = []
    if kind in ("text", "html", "svg", "xml"):
        return ()
    if kind != "pdf" and b"%PDF-" in head[:1024]:
        found.append("pdf")
    if re.search(rb"<(script|html|iframe)[\s>]", head[:1024], re.IGNORECASE):
        found.append("html")
    stream.seek(0)
    if kind in IMAGES | {"pdf", "exe"} and _is_zip(stream):
        found.append("zip")
    return tuple(found)


def _is_zip(stream: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(stream) as archive:
            return bool(archive.infolist())
    except BROKEN:
        return False


def _zip_kind(stream: BinaryIO, head: bytes) -> FileKind:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            infos = archive.infolist()[:2000]
            kind, macros = _container_kind(archive, names)
            encrypted = kind == "zip" and any(info.flag_bits & 1 for info in infos)
    except BROKEN:
        return _kind("zip")
    also: list[str] = []
    at = head[:1024].find(b"%PDF-")
    if at >= 0 and not (kind == "zip" and any(_data_start(info) == at for info in infos)):
        also.append("pdf")
    if re.search(rb"<(script|html)[\s>]", head[:1024], re.IGNORECASE) and kind in OOXML:
        also.append("html")
    return _kind(kind, encrypted=encrypted, macros=macros, also=tuple(also))


def _data_start(info: zipfile.ZipInfo) -> int:
    return info.header_offset + 30 + len(info.orig_filename.encode("utf-8", "replace")) + len(info.extra)


def _container_kind(archive: zipfile.ZipFile, names: set[str]) -> tuple[str, bool]:
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        declared = archive.read("mimetype")
        for word, kind in _ODF.items():
            if b"opendocument." + word in declared:
                return kind, any(name.startswith("Basic/") and name.endswith(".xml") for name in names)
    if "OFD.xml" in names:
        return "ofd", False
    if "[Content_Types].xml" not in names:
        return "zip", False
    with archive.open("[Content_Types].xml") as member:
        types = member.read(2 * 1024 * 1024)
    macros = b"vbaProject" in types or any(name.lower().endswith("vbaproject.bin") for name in names)
    for word, kind in ((b"wordprocessingml.", "docx"), (b"word.document", "docx"), (b"spreadsheetml.", "xlsx"),
                       (b"ms-excel.sheet", "xlsx"), (b"presentationml.", "pptx"), (b"powerpoint.", "pptx")):  # fmt: skip
        if word in types and any(
            name.startswith({"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}[kind]) for name in names
        ):
            return kind, macros
    for prefix, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
        if any(name.startswith(prefix) for name in names):
            return kind, macros
    return "zip", macros


def _ole_kind(stream: BinaryIO) -> FileKind:
    stream.seek(0)
    try:
        with olefile.OleFileIO(stream.read()) as ole:
            streams = {"/".join(entry) for entry in ole.listdir(streams=True, storages=True)}
            if "EncryptedPackage" in streams:
                return _kind("ole", encrypted=True)
            macros = any(
                name.split("/")[-1] in ("_VBA_PROJECT", "VBA", "_VBA_PROJECT_CUR") for name in streams
            )
            return _ole_by_stream(ole, streams, macros)
    except Exception:  # olefile raises many kinds for broken files
        return _kind("ole")


def _ole_by_stream(ole: olefile.OleFileIO, streams: set[str], macros: bool) -> FileKind:
    if "WordDocument" in streams:
        flags = ole.openstream("WordDocument").read(12)
        return _kind("doc", encrypted=len(flags) == 12 and bool(flags[11] & 1), macros=macros)
    for name in ("Workbook", "Book"):
        if name in streams:
            start = ole.openstream(name).read(4096)
            return _kind("xls", encrypted=_has_filepass(start), macros=macros)
    if "PowerPoint Document" in streams:
        return _kind("ppt", encrypted="EncryptedSummary" in streams, macros=macros)
    return _kind("ole", macros=macros)


def _has_filepass(records: bytes) -> bool:
    """Tell whether the first BIFF records hold FILEPASS (0x2F), the mark of an encrypted workbook."""
    at = 0
    while at + 4 <= len(records):
        number, size = (
            int.from_bytes(records[at : at + 2], "little"),
            int.from_bytes(records[at + 2 : at + 4], "little"),
        )
        if number == 0x2F:
            return True
        if number == 0 and size == 0:
            return False
        at += 4 + size
    return False
