"""Keep an uploaded file (保存文件): checked by the guard first, then stored once by its hash."""

from __future__ import annotations

import hashlib
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from gongkai.guard import api as guard
from gongkai.guard.attachments import api as attachments
from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.supervision.errors import SupervisionRefused

MAX_FILE_BYTES = 30 * 1024 * 1024
FILE_TYPES = (".pdf", ".docx", ".xlsx", ".png", ".jpg", ".jpeg", ".ofd", ".txt", ".csv")
MAX_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept: its hash, where it lies in the storage, its size in bytes, what the guard saw in it."""

    sha256: str
    path: str
    size_bytes: int
    findings: list[dict[str, Any]]


def clean_name(name: str) -> str:
    """Return the last part of a file name without control and direction signs."""
    base = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})[-200:] or "未命名"


def keep_file(*, name: str, data: bytes) -> Kept:
    """Check and store a file; the same bytes are stored once.

    Raises:
        SupervisionRefused: of a wrong kind, empty, too large, locked, disguised, carrying macros or a program; or nowhere to keep it now.
    """
    name = clean_name(name)
    _refuse_by_size(name, data)
    digest = hashlib.sha256(data).hexdigest()
    with tempfile.TemporaryDirectory(prefix="gongkai-evidence-") as folder:
        spooled = Path(folder) / "upload"
        spooled.write_bytes(data)
        blocking = [f for f in attachments.check_upload(spooled, name) if f.is_blocking]
        if blocking:
            first = blocking[0]
            raise SupervisionRefused(
                first.detector,
                first.message or first.suggestion,
                where=name,
                remedy=first.suggestion or "请换一个文件",
            )
        findings = _findings(spooled, name)
    path = f"supervision/{digest[:2]}/{digest}"
    try:
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(data))
    except AttachmentsAway as error:
        raise SupervisionRefused(error.code, error.message, where=name, remedy=error.remedy) from error
    return Kept(digest, path, len(data), findings)


def _refuse_by_size(name: str, data: bytes) -> None:
    suffix = PurePath(name).suffix.lower()
    if suffix not in FILE_TYPES:
        raise SupervisionRefused(
            "file_type",
            f"不接受“{suffix or '没有后缀'}”的文件",
            where=name,
            remedy="请改用 PDF、Word、Excel 或图片",
        )
    if not data:
        raise SupervisionRefused("empty_file", "文件是空的", where=name, remedy="请重新选择文件")
    if len(data) > MAX_FILE_BYTES:
        raise SupervisionRefused("too_large", "文件超过 30 MB", where=name, remedy="请压缩后再上传")


def _findings(path: Path, name: str) -> list[dict[str, Any]]:
    """Return what the full reading saw, personal data masked; evidence stays inside, so nothing of this stops it."""
    read = attachments.read(path, name=name)
    parts = list(read.parts)
    kinds = {part.name: part.kind for part in parts}
    found = guard.check(guard.Document(tuple(parts)), guard.Context(page_type="disclosure"))
    every = [
        *read.findings,
        *(attachments.as_attachment_finding(f, kinds.get(f.part, "text")) for f in found),
    ]
    return [
        {
            "detector": f.detector,
            "severity": f.severity.value,
            "part": f.part,
            "message": f.message or f.suggestion,
        }
        for f in every
        if f.severity.value in ("block", "review")
    ][:MAX_FINDINGS]


def open_kept(sha256: str) -> Any:
    """Open a kept file for reading. Raises FileNotFoundError."""
    return default_storage.open(f"supervision/{sha256[:2]}/{sha256}", "rb")
