"""Names of files (文件名): what a name must not be, and whether it agrees with the content."""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
from pathlib import PurePosixPath

from gongkai.guard.attachments.kinds import FileKind
from gongkai.guard.attachments.rules import AttachmentRules
from gongkai.kernel.findings import Finding

_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ABSOLUTE = re.compile(r"^([A-Za-z]:|[\\/])")


def suffix_of(name: str) -> str:
    """Return the suffix in lower case without the dot."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")


def name_findings(rules: AttachmentRules, name: str, kind: FileKind, part: str = "filename") -> list[Finding]:
    """Compare a name with the content it stands for."""
    findings: list[Finding] = []
    suffix = suffix_of(name)
    if kind.kind == "exe" or suffix in rules.dangerous_suffixes:
        findings.append(rules.finding("file.dangerous", part, f"“{name}”是可执行内容，不得作附件"))
    expected = rules.suffixes.get(suffix)
    if expected and kind.kind not in (*expected, "empty", "unknown", "ole") and not kind.encrypted:
        findings.append(
            rules.finding("file.disguised", part, f"“{name}”的后缀是 .{suffix}，内容却是{kind.name}")
        )
    if any(char in _DIRECTION or unicodedata.category(char) == "Cc" for char in name):
        findings.append(
            rules.finding(
                "file.dangerous",
                part,
                "文件名含有看不见的控制字符，会把后缀显示成别的样子",
                suggestion="重新命名文件",
            )
        )
    return findings


def member_danger(info: zipfile.ZipInfo, name: str) -> str | None:
    """Return why an archive member must not be unpacked, or None."""
    if _ABSOLUTE.match(name) or ".." in re.split(r"[\\/]", name):
        return "名称越出解压目录"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "是指向别处的链接"
    return None
