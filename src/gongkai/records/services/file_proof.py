"""Proof of files (附件复核): the very bytes that would go out, checked under the rules of today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from gongkai.kernel.attachment_errors import AttachmentDamaged
from gongkai.records.core.errors import FindingsOpen, NotFound
from gongkai.records.models import StoredFile
from gongkai.records.models.files import storage_name
from gongkai.records.services.files import file_rule_version, open_private_file, store_file


def prove_files(digests: Iterable[str], *, now: datetime) -> None:
    """Make sure of each stored file that its bytes are those that were checked, under the rules in force now.

    A file last checked under other rules is read again and its findings are renewed; the guard then judges them.

    Raises FindingsOpen when bytes are missing or are not what the hash says.
    """
    current = file_rule_version()
    for row in StoredFile.objects.filter(pk__in=list(digests), erased_at__isnull=True).order_by("pk"):
        if not _is_whole(row):
            raise FindingsOpen(
                keys=(),
                message=f"附件“{row.original_name}”的文件缺失，或与检查时不同，不能发布",
                where=row.original_name,
                remedy="请退回后重新上传这个文件",
            )
        if row.rule_version != current:
            with open_private_file(sha256=row.sha256) as stream:
                store_file(stream=stream, name=row.original_name, now=now)


def damaged_files() -> Iterator[tuple[str, str]]:
    """Yield hash and name of every kept file whose bytes are missing or not what the hash says (附件库核验); reads each one."""
    for row in StoredFile.objects.filter(erased_at__isnull=True).order_by("pk").iterator(chunk_size=500):
        if not _is_whole(row):
            yield row.sha256, row.original_name


def stored_names() -> Iterator[str]:
    """Yield the name in the place of the attachments of every kept file (附件在存放处的名称)."""
    kept = StoredFile.objects.filter(erased_at__isnull=True).order_by("pk")
    for digest in kept.values_list("pk", flat=True).iterator(chunk_size=5000):
        yield storage_name(digest)


def _is_whole(row: StoredFile) -> bool:
    digest = sha256()
    try:
        with open_private_file(sha256=row.sha256) as stream:
            while chunk := stream.read(1024 * 1024):
                digest.update(chunk)
    except (NotFound, AttachmentDamaged):
        return False
    return digest.hexdigest() == row.sha256
