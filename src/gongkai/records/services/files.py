"""Files of records (附件、图片): checked by content, kept by their hash, private until a release names them."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

from gongkai.guard import api as guard
from gongkai.guard.attachments import api as attachments
from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.kernel.findings import Finding
from gongkai.records.core.errors import BadInput, NotFound
from gongkai.records.core.finding_json import finding_as_json
from gongkai.records.models import ReleaseFile, StoredFile
from gongkai.records.models.files import storage_name
from gongkai.records.services.office_words import guard_context, with_words

MAX_UPLOAD_BYTES = 200 * 1024 * 1024
MAX_TEXT_CHARACTERS = 200_000
MAX_NAME_CHARACTERS = 200
_READABLE_PARTS = frozenset({"text", "table"})
_PAGE = re.compile(r"(?:^|>)page:(\d+)$")
_IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def store_file(*, stream: IO[bytes], name: str, now: datetime, clean: bool = False) -> StoredFile:
    """Check an upload and keep it; the same bytes are kept once, and their check is brought up to date.

    `clean` keeps the clean copy instead, for files that the program made itself: author and software are taken out.

    Raises:
        BadInput: the place of the attachments gives no answer; too large, empty, protected, carrying macros, executable, disguised, or of a kind that is not published;
            the message names the reason and what to do.
    """
    name = clean_name(name)
    with tempfile.TemporaryDirectory(prefix="gongkai-upload-") as folder:
        path, digest, size = _spool(stream, Path(folder), name)
        refusals = [finding for finding in attachments.check_upload(path, name) if finding.is_blocking]
        if refusals:
            first = refusals[0]
            raise BadInput(
                code=first.detector,
                message=first.message or first.suggestion,
                where=name,
                remedy=first.suggestion or "请换一个文件",
            )
        if clean:
            path, digest, size = _cleaned(path, digest, size)
        known = StoredFile.objects.filter(pk=digest, erased_at__isnull=True).first()
        if known is not None and known.rule_version == file_rule_version() and _is_kept(digest, name):
            return known
        values = _facts(path, name, size)
        _keep(path, digest, name)
    row, _ = StoredFile.objects.update_or_create(
        sha256=digest, defaults={**values, "stored_at": now, "erased_at": None}
    )
    return row


def open_file(*, sha256: str) -> BinaryIO:
    """Open a file that some release shows. Raises NotFound for one that is private, unknown or erased."""
    if not ReleaseFile.objects.filter(sha256=sha256, release__stored_payload__isnull=False).exists():
        raise _missing(sha256)
    return open_private_file(sha256=sha256)


def open_private_file(*, sha256: str) -> BinaryIO:
    """Open a stored file for the desk, released or not. Raises NotFound."""
    if not StoredFile.objects.filter(pk=sha256, erased_at__isnull=True).exists():
        raise _missing(sha256)
    try:
        opened: Any = default_storage.open(storage_name(sha256), "rb")
    except FileNotFoundError:
        raise _missing(sha256) from None
    return opened  # type: ignore[no-any-return]


def clean_name(name: str) -> str:
    """Return the last part of a file name without control and direction signs, at most 200 characters with its suffix."""
    base = os.path.basename(name.replace("\\", "/"))
    base = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip(" .")
    stem, suffix = os.path.splitext(base)
    return f"{stem[: MAX_NAME_CHARACTERS - len(suffix)]}{suffix}" or "未命名"


def _is_kept(digest: str, name: str) -> bool:
    try:
        return default_storage.exists(storage_name(digest))
    except AttachmentsAway as error:
        raise _away(error, name) from error


def _keep(path: Path, digest: str, name: str) -> None:
    """Lay the bytes down unless they lie there; raises BadInput while the place of the attachments gives no answer."""
    if _is_kept(digest, name):
        return
    try:
        with path.open("rb") as source:
            default_storage.save(storage_name(digest), File(source))
    except AttachmentsAway as error:
        raise _away(error, name) from error


def _away(error: AttachmentsAway, name: str) -> BadInput:
    return BadInput(code=error.code, message=error.message, where=name, remedy=error.remedy)


def _cleaned(path: Path, digest: str, size: int) -> tuple[Path, str, int]:
    """Return the clean copy, its hash and size; the file itself where no clean copy can be made of its kind."""
    target = path.with_name("clean")
    result = attachments.clean(path, target)
    if result.still or not target.exists():
        return path, digest, size
    data = target.read_bytes()
    return target, sha256(data).hexdigest(), len(data)


def _spool(stream: IO[bytes], folder: Path, name: str) -> tuple[Path, str, int]:
    digest, size = sha256(), 0
    path = folder / "upload"
    with path.open("wb") as target:
        while chunk := stream.read(1024 * 1024):
            size += len(chunk)
            if size > MAX_UPLOAD_BYTES:
                raise BadInput(
                    code="too_large",
                    message=f"文件超过 {MAX_UPLOAD_BYTES // 1024 // 1024} MB",
                    where=name,
                    remedy="请压缩图片或拆成几个文件再上传",
                )
            digest.update(chunk)
            target.write(chunk)
    return path, digest.hexdigest(), size


def _facts(path: Path, name: str, size: int) -> dict[str, Any]:
    result = attachments.read(path, name=name)
    parts = list(result.parts)
    context = guard_context(page_type="disclosure")
    found = [*result.findings, *_text_findings(parts, context)]
    width, height = _dimensions(path, result.media_type)
    pages = {int(match[1]) for part in parts if (match := _PAGE.search(part.name))}
    text = "\n".join(
        part.text for part in parts if part.kind in _READABLE_PARTS and not _is_hidden(part.name)
    )
    return {
        "size_bytes": size,
        "media_type": result.media_type,
        "original_name": name,
        "pages": max(pages) if pages else None,
        "width": width,
        "height": height,
        "text": text.replace("\x00", "")[:MAX_TEXT_CHARACTERS],
        "findings": [finding_as_json(finding) for finding in found],
        "rule_version": file_rule_version(),
    }


def _text_findings(parts: Iterable[guard.Part], context: guard.Context) -> list[Finding]:
    parts = list(parts)
    kinds = {part.name: part.kind for part in parts}
    found = guard.check(guard.Document(tuple(parts)), context)
    return [attachments.as_attachment_finding(f, kinds.get(f.part, "text")) for f in found]


def _is_hidden(name: str) -> bool:
    last = name.rsplit(">", 1)[-1]
    return last.startswith(("comment", "hidden", "deleted", "property", "notes", "filename", "url"))


def _dimensions(path: Path, media_type: str) -> tuple[int | None, int | None]:
    if media_type not in _IMAGE_TYPES:
        return None, None
    try:
        with Image.open(path) as picture:
            return picture.width, picture.height
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None, None


def file_rule_version() -> str:
    """Return the version of every rule that a check of a file uses, as stored with the file."""
    base = f"{guard.RULE_VERSION}+{attachments.rules_version()}"
    full = with_words(base)
    return base[:40] if full == base else f"files@{sha256(full.encode()).hexdigest()[:24]}"


def _missing(digest: str) -> NotFound:
    return NotFound(
        code="file_unknown", message="没有这个文件，或它还没有公开", where=digest[:12], remedy="请重新上传"
    )
