"""What a file really is, by its content; the name must agree."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath
from typing import Literal

import olefile

from gongkai.importing.blocks import Unreadable

FileKind = Literal["docx", "text", "html", "pdf", "xlsx"]

_BY_SUFFIX: dict[str, FileKind] = {
    ".docx": "docx",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
    ".csv": "text",
    ".tsv": "text",
}
_WORD = {
    "docx": "Word 文档（.docx）",
    "text": "纯文本",
    "html": "网页",
    "pdf": "PDF",
    "xlsx": "Excel 表格（.xlsx）",
}
_MAGIC = (
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "程序"),
    (b"{\\rtf", "RTF 文档"),
)
_MACRO_SUFFIXES = {".docm", ".dotm", ".xlsm", ".xltm", ".xlsb"}
_OLD = {".doc", ".wps", ".dot", ".wpt", ".rtf", ".odt", ".xls", ".et", ".ofd", ".ceb", ".mht", ".mhtml"}
_HTML_START = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
SAVE_AS_XLSX = "请用 Excel 或 WPS 打开，“另存为”选“Excel 工作簿（*.xlsx）”，再导入新文件。"
SAVE_AS_DOCX = "请用 Word 或 WPS 打开，“另存为”选“Word 文档（*.docx）”，再导入新文件。"


def sniff(data: bytes, name: str) -> FileKind:
    """This function will say what `data` is and refuse everything that cannot or must not be imported.

    Raises Unreadable with code empty, macros, password, old_format, wrong_name, binary or unknown_type.
    """
    suffix = PurePath(name).suffix.lower()
    if not data:
        raise Unreadable(
            "empty", "文件是空的，一个字节也没有。", name, "请检查原文件是否保存成功，再重新选择。"
        )
    if suffix in _MACRO_SUFFIXES:
        raise _macros(name)
    content = _by_content(data, name)
    expected = _BY_SUFFIX.get(suffix)
    if expected is None:
        if suffix in _OLD:
            raise Unreadable(
                "old_format",
                f"不能直接读取 {suffix} 格式。",
                name,
                SAVE_AS_XLSX if suffix in (".xls", ".et") else SAVE_AS_DOCX,
            )
        if content is None or suffix:
            message = f"不认识的文件类型“{suffix or '无扩展名'}”。"
            raise Unreadable("unknown_type", message, name, "可以导入 .docx、.txt、.html 和 .pdf。")
        return content
    if content is None and expected not in ("text", "html") and _is_binary(data):
        raise broken(name)
    content = content or "text"
    if content != expected and not (expected == "html" and content == "text"):
        message = f"扩展名是 {suffix}，内容却是{_WORD[content]}。"
        raise Unreadable("wrong_name", message, name, "请把扩展名改对，或者用原来的软件重新另存，再导入。")
    return expected


def _by_content(data: bytes, name: str) -> FileKind | None:
    """None: no known signature (plain text, or unknown bytes)."""
    if data.startswith(b"%PDF-") or b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(olefile.MAGIC):
        raise _ole(data, name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(data, name)
    for magic, what in _MAGIC:
        if data.startswith(magic):
            message = f"内容是{what}，不是可以导入的文档。"
            raise Unreadable(
                "wrong_name", message, name, "请选择 .docx、.txt、.html 或 .pdf 文件；图片请作为附件上传。"
            )
    return "html" if _HTML_START.match(data[:4096]) else None


def _zip_kind(data: bytes, name: str) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise broken(name) from error
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise _macros(name)
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "[Content_Types].xml" in names and any(part.endswith("/document.xml") for part in names):
        return "docx"
    what = "OFD 版式文件" if "OFD.xml" in names else "压缩包或其他格式，不是 Word 文档"
    remedy = "请解压后选择里面的文档；OFD 请用阅读软件导出为 PDF 或 docx。"
    raise Unreadable("wrong_name", f"内容是{what}。", name, remedy)


def _ole(data: bytes, name: str) -> Unreadable:
    """Old Office files and password-protected new ones share one container."""
    try:
        with olefile.OleFileIO(data) as container:
            streams = {"/".join(entry) for entry in container.listdir()}
    except OSError:
        return broken(name)
    if "EncryptedPackage" in streams:
        return password(name)
    if any(stream.startswith(("Macros/", "_VBA_PROJECT")) for stream in streams):
        return _macros(name)
    message = "这是旧版 Office 或 WPS 的二进制格式（.doc、.wps、.xls）。"
    table = bool(streams & {"Workbook", "Book"})
    return Unreadable("old_format", message, name, SAVE_AS_XLSX if table else SAVE_AS_DOCX)


def _is_binary(data: bytes) -> bool:
    sample = data[:65536]
    return sum(1 for byte in sample if byte < 9 or 13 < byte < 32) > 0.02 * len(sample)


def broken(name: str) -> Unreadable:
    remedy = "请用 Office 或 WPS 打开并修复，另存一份再导入；打不开时请向来文单位重新索取。"
    return Unreadable("broken", "文件已损坏或没有下载完整，打不开。", name, remedy)


def password(name: str) -> Unreadable:
    remedy = "请用密码打开后取消“打开密码”，另存一份再导入。"
    return Unreadable("password", "文件有打开密码。", name, remedy)


def _macros(name: str) -> Unreadable:
    remedy = "请在 Office 或 WPS 里另存为不带宏的 .docx 或 .xlsx，再导入。"
    return Unreadable("macros", "文件带有宏程序，为安全起见不接收。", name, remedy)
