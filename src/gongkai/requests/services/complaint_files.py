"""Files of a complaint (申诉材料、答复附件): checked and sealed like those of a case; every reading at the desk is a fact."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from gongkai.journal import api as journal
from gongkai.kernel.machine import step
from gongkai.requests import facts
from gongkai.requests.core.complaints import TABLE
from gongkai.requests.core.personal import open_bytes, seal_bytes
from gongkai.requests.core.submission import clean
from gongkai.requests.errors import NoSuchCase, Refused
from gongkai.requests.models import Complaint, ComplaintFile
from gongkai.requests.services import reply_files, sealed_store
from gongkai.requests.services.acting import day_of, permit
from gongkai.requests.services.complaint_particulars import particulars_of
from gongkai.requests.services.files import FILES_MAX, media_type, upload_fault
from gongkai.requests.services.keys import sealing_key

ERASED_NAME = "（已按期删除）"


def sent_faults(files: Sequence[tuple[str, bytes]]) -> list[str]:
    """Return what stands in the way of the files that come with a complaint, in Chinese; empty when all can be taken."""
    faults = [fault for name, data in files if (fault := upload_fault(name, data))]
    if len(files) > FILES_MAX:
        faults.append(f"最多上传 {FILES_MAX} 个文件；请合并，或把其余材料邮寄给我们")
    return faults


def keep_file(
    row: Complaint, *, kind: str, name: str, data: bytes, now: datetime, user: Any = None
) -> ComplaintFile:
    """Seal and store bytes that were already found acceptable; the same bytes twice are kept once."""
    digest = hashlib.sha256(data).hexdigest()
    if (known := row.files.filter(kind=kind, sha256=digest).first()) is not None:
        return known
    sealed = seal_bytes(data, key=sealing_key(), owner=_owner(row.pk, digest))
    stored = sealed_store.keep(f"{_folder(row)}/{kind}-{digest}", sealed, name=name)
    return ComplaintFile.objects.create(
        complaint=row, kind=kind, name=clean(Path(name).name)[-120:], sha256=digest, size_bytes=len(data),
        media_type=media_type(name), stored_name=stored, added_at=now, added_by=user,
    )  # fmt: skip


def _owner(complaint_id: int, digest: str) -> str:
    return f"complaintfile:{complaint_id}:{digest}"


def _folder(row: Complaint) -> str:
    return f"requests/complaints/{row.pk}"


def read_file(row: ComplaintFile) -> bytes:
    """Return the bytes of a file; raises Refused when it was erased; AttachmentsAway."""
    if not row.stored_name:
        raise Refused("文件已按期删除")
    sealed = sealed_store.read(row.stored_name)
    return open_bytes(sealed, key=sealing_key(), owner=_owner(row.complaint_id, row.sha256))


@transaction.atomic
def open_file(*, file_id: int, user: Any, now: datetime) -> tuple[ComplaintFile, bytes]:
    """Return a file to somebody of the office who may see personal data of this complaint; the reading is a fact."""
    file = (
        ComplaintFile.objects.select_related("complaint").filter(pk=file_id).exclude(stored_name="").first()
    )
    if file is None:
        raise NoSuchCase("没有这个文件", remedy="请从申诉页面重新打开")
    note_reading(file.complaint, file=file.pk, user=user, now=now)
    return file, read_file(file)


@transaction.atomic
def note_reading(row: Complaint, *, file: int | None, user: Any, now: datetime) -> None:
    """Record who opened a file (None: the letter) of a complaint; raises NotPermitted, NotAllowed before it is taken up."""
    step(table=TABLE, state=row.state, verb="read_file")
    by = permit(row, user=user, action="unmask", today=day_of(now))
    fact = facts.ComplaintFileRead(org=row.org_code, subject=row.subject, on=day_of(now), file=file)
    journal.record_fact(fact, actor=by, now=now)


@transaction.atomic
def add_answer_file(
    *, complaint_id: int, name: str, data: bytes, clean_first: bool, user: Any, now: datetime
) -> ComplaintFile:
    """Add a file that goes out with the answer. Nothing hidden and nothing about others may be in it.

    `clean_first` keeps a copy without hidden content. Raises Refused with what stands in the way and what to do.
    """
    row = _handled(complaint_id, user, now)
    if row.files.filter(kind=ComplaintFile.ANSWER).count() >= FILES_MAX:
        raise Refused(f"答复附件最多 {FILES_MAX} 个", where=name[:60], remedy="请合并后再添加")
    if fault := upload_fault(name, data):
        raise Refused(fault, code="requests.file_refused")
    if clean_first:
        name, data = reply_files.clean_copy(name=name, data=data)
    own = tuple(value for key, value in particulars_of(row).items() if value and key != "content")
    _require_fit_to_leave(reply_files.faults_of(name=name, data=data, own=own), name)
    return keep_file(row, kind=ComplaintFile.ANSWER, name=name, data=data, now=now, user=user)


def _require_fit_to_leave(faults: reply_files.ReplyFaults, name: str) -> None:
    reply_files.require_faultless(faults, name=name, whom="申诉人")
    if faults.to_judge:
        told = "；".join(dict.fromkeys(found.message for found in faults.to_judge))
        raise Refused(
            f"答复附件“{name[:60]}”里有 {len(faults.to_judge)} 处申诉人以外的人的信息，不能送给申诉人：{told}",
            remedy="请遮挡后再添加",
            code="requests.reply_file_to_judge",
        )


@transaction.atomic
def drop_answer_file(*, complaint_id: int, file_id: int, user: Any, now: datetime) -> None:
    """Take a file out of the answer that has not been told yet."""
    row = _handled(complaint_id, user, now)
    file = row.files.filter(pk=file_id, kind=ComplaintFile.ANSWER).first()
    if file is None:
        raise Refused("没有这个附件", remedy="请刷新页面")
    stored = file.stored_name
    file.delete()
    transaction.on_commit(lambda: sealed_store.remove(stored))


def _handled(complaint_id: int, user: Any, now: datetime) -> Complaint:
    row = Complaint.objects.select_for_update(of=("self",)).filter(pk=complaint_id).first()
    if row is None:
        raise NoSuchCase("没有这件申诉", remedy="请从申诉列表重新打开")
    step(table=TABLE, state=row.state, verb="add_answer_file")
    permit(row, user=user, action="reply", today=day_of(now))
    return row


def erase_files(row: Complaint) -> None:
    """Take the files of a complaint away, names too; the bytes go when the transaction is through."""
    for stored in row.files.exclude(stored_name="").values_list("stored_name", flat=True):
        transaction.on_commit(lambda name=stored: sealed_store.remove(name))
    transaction.on_commit(lambda: sealed_store.remove_below(_folder(row)))
    row.files.update(stored_name="", name=ERASED_NAME)
