"""Files of a case (案卷文件): checked by content, sealed on disk, fetched through the desk or by their own applicant only."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from gongkai.guard.attachments import api as attachments
from gongkai.requests.core.personal import open_bytes, seal_bytes
from gongkai.requests.core.submission import clean
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, CaseFile
from gongkai.requests.services import reply_files, sealed_store
from gongkai.requests.services.keys import sealing_key

FILES_MAX, FILE_MAX_BYTES = 10, 10 * 1024 * 1024
ALLOWED = {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".jpg", ".jpeg", ".png", ".txt", ".ofd", ".wps"}


def upload_fault(name: str, data: bytes) -> str | None:
    """Say in Chinese why a file cannot be taken, None when it can: type, size, emptiness, content."""
    suffix = Path(name).suffix.lower()
    if suffix not in ALLOWED:
        return f"“{name[:60]}”的类型不能上传；可以上传 PDF、Word、Excel、图片、OFD 和文本文件"
    if not data:
        return f"“{name[:60]}”是空文件；请检查后重新选择"
    if len(data) > FILE_MAX_BYTES:
        return f"“{name[:60]}”有 {len(data) / 1048576:.1f} MB，每个文件最多 10 MB；请压缩或拆分"
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        findings = attachments.check_upload(Path(file.name), name=name)
    stopping = [
        finding for finding in findings if str(finding.severity) == "block" and is_dangerous(finding.detector)
    ]
    return f"“{name[:60]}”不能接收：{stopping[0].suggestion or stopping[0].detector}" if stopping else None


def is_dangerous(detector: str) -> bool:
    """Tell whether a finding is about the file itself (a program in disguise, unreadable), not about what it says."""
    return detector.startswith("file.")


def add_file(
    *,
    case: Case,
    kind: str,
    name: str,
    data: bytes,
    now: datetime,
    user: Any = None,
    public: bool = False,
    clean_first: bool = False,
) -> CaseFile:
    """Keep a file sealed; the same bytes twice are kept once. Raises Refused with the reason.

    `clean_first` keeps a copy without hidden content in place of a reply file.
    """
    if case.files.filter(kind=kind).count() >= FILES_MAX:
        raise Refused(
            f"每类文件最多 {FILES_MAX} 个",
            where=name[:60],
            remedy="请合并后再传",
            code="requests.too_many_files",
        )
    if fault := upload_fault(name, data):
        raise Refused(fault, code="requests.file_refused")
    if kind == "reply" and clean_first:
        name, data = reply_files.clean_copy(name=name, data=data)
    return store_file(case=case, kind=kind, name=name, data=data, now=now, user=user, public=public)


def store_file(
    *, case: Case, kind: str, name: str, data: bytes, now: datetime, user: Any = None, public: bool = False
) -> CaseFile:
    """Store bytes that were already found acceptable; what goes to the applicant as a reply is judged here, on every way."""
    if kind == "reply":
        reply_files.require_clear(case=case, name=name, data=data)
    return _store(case=case, kind=kind, name=name, data=data, now=now, user=user, public=public)


@transaction.atomic
def _store(
    *, case: Case, kind: str, name: str, data: bytes, now: datetime, user: Any, public: bool
) -> CaseFile:
    digest = hashlib.sha256(data).hexdigest()
    if (known := case.files.filter(kind=kind, sha256=digest).first()) is not None:
        return known
    sealed = seal_bytes(data, key=sealing_key(), owner=f"file:{case.pk}:{digest}")
    stored = sealed_store.keep(f"requests/{case.year}/{case.pk}/{digest}", sealed, name=name)
    return CaseFile.objects.create(
        case=case, kind=kind, name=clean(Path(name).name)[-120:], sha256=digest, size_bytes=len(data),
        media_type=media_type(name), stored_name=stored, public=public, added_at=now, added_by=user,
    )  # fmt: skip


def media_type(name: str) -> str:
    """Return the media type by the name's ending; it is only ever sent as a download."""
    return {
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".txt": "text/plain; charset=utf-8",
    }.get(Path(name).suffix.lower(), "application/octet-stream")


def read_file(row: CaseFile) -> bytes:
    """Return the bytes of a file; raises Refused when it was erased; AttachmentsAway."""
    if not row.stored_name:
        raise Refused("文件已按期删除")
    sealed = sealed_store.read(row.stored_name)
    return open_bytes(sealed, key=sealing_key(), owner=f"file:{row.case_id}:{row.sha256}")


def require_replies_clear(case: Case) -> None:
    """Raise Refused unless every reply file of the case may go to the applicant under the rules of today."""
    for row in case.files.filter(kind="reply").exclude(stored_name=""):
        reply_files.require_clear(case=case, name=row.name, data=read_file(row), leaves=True)
