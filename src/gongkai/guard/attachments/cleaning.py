"""Cleaning one file in this process (逐个清洗): the cleaner of its kind, members of archives in turn."""

from __future__ import annotations

import io

from gongkai.guard.attachments.cleaners.archives import clean_zip
from gongkai.guard.attachments.cleaners.docx import clean_docx
from gongkai.guard.attachments.cleaners.pdf import clean_pdf
from gongkai.guard.attachments.cleaners.pictures import clean_picture
from gongkai.guard.attachments.cleaners.pptx import clean_pptx
from gongkai.guard.attachments.cleaners.xlsx import clean_xlsx
from gongkai.guard.attachments.conversion import MODERN, convert
from gongkai.guard.attachments.kinds import IMAGES, LEGACY, NAMES, sniff
from gongkai.guard.attachments.limits import Budget, Unreadable
from gongkai.guard.attachments.names import suffix_of
from gongkai.guard.attachments.removed import Removed
from gongkai.guard.attachments.rules import load_rules

# Suffixes of Office files with macros or of templates: the clean copy is a plain document and needs the plain suffix.
_PLAIN_SUFFIX = {
    "docm": "docx", "dotx": "docx", "dotm": "docx", "xlsm": "xlsx", "xltx": "xlsx", "xltm": "xlsx", "pptm": "pptx", "ppsx": "pptx", "ppsm": "pptx",
    "potx": "pptx",
}  # fmt: skip
_OFFICE = {"docx": clean_docx, "xlsx": clean_xlsx, "pptx": clean_pptx}


def clean_bytes(data: bytes, out_name: str, budget: Budget, removed: Removed, level: int = 0) -> bytes:
    """Return the clean copy of a file that will be called `out_name`; raises Unreadable or Overrun with what stops it."""
    kind = sniff(data)
    if kind.encrypted:
        raise Unreadable(f"“{out_name}”设有打开口令，不能清洗；请去掉口令")
    if kind.also:
        raise Unreadable(
            f"“{out_name}”同时又能当作{'、'.join(NAMES.get(name, name) for name in kind.also)}打开，不能清洗"
        )
    made = MODERN.get(kind.kind, kind.kind)
    suffix = suffix_of(out_name)
    expected = load_rules().suffixes.get(suffix)
    if (expected and made not in expected) or suffix in _PLAIN_SUFFIX:
        raise Unreadable(f"清洗后的文件是 {made}，不能叫“{out_name}”；请改用 .{made} 后缀")
    if kind.kind in LEGACY:
        if kind.macros:
            removed.add("att.macro")
        data = convert(data, kind.kind, made)
    if made in _OFFICE:
        return _OFFICE[made](io.BytesIO(data), budget, removed)
    if made == "pdf":
        return clean_pdf(data, budget, removed)
    if made in IMAGES:
        return clean_picture(data, made, removed)
    if made == "zip":
        return clean_zip(io.BytesIO(data), budget, removed, level + 1, _member)
    if made == "text":
        return data
    raise Unreadable(f"“{out_name}”是{kind.name}，不能自动清洗；请用原软件另存为常用格式")


def _member(data: bytes, name: str, budget: Budget, removed: Removed, level: int) -> tuple[str, bytes]:
    """Clean a member of an archive; an old or macro suffix becomes that of what comes out."""
    kind = sniff(data).kind
    suffix = suffix_of(name)
    fresh = MODERN.get(kind) if suffix != MODERN.get(kind, suffix) else _PLAIN_SUFFIX.get(suffix)
    if fresh:
        name = f"{name[: len(name) - len(suffix)]}{fresh}"
    return name, clean_bytes(data, name, budget, removed, level)
