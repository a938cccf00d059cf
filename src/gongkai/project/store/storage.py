"""Django's storage over a private bucket (附件放在对象存储). Files go out through our own gates only: it gives no addresses."""

from __future__ import annotations

import hashlib
import re
import tempfile
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage
from django.core.files.utils import validate_file_name
from django.utils import timezone

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.project.store.bucket import CHUNK_BYTES, MEMORY_BYTES, Bucket

ATTACHMENTS = "attachments"
_ADDRESSED = re.compile(r"[a-z_]+/([0-9a-f]{2})/(\1[0-9a-f]{62})")


def content_address(name: str) -> str:
    """Return the SHA-256 that a name promises (`records/ab/ab…`), empty for a name that promises none."""
    found = _ADDRESSED.fullmatch(name)
    return found[2] if found else ""


class ObjectStorage(Storage):
    """Attachments in the bucket of the environment. Every method may raise AttachmentsAway; `delete` never does."""

    @cached_property
    def bucket(self) -> Bucket:
        """Return the bucket; made at first use, so that a start needs no store."""
        address = settings.ENVIRONMENT.object_store
        if address is None:
            raise AttachmentsAway("没有配置对象存储；请检查 GONGKAI_S3_ENDPOINT")
        return Bucket(address, below=ATTACHMENTS)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("attachments are read only")
        return File(self.bucket.get(name), name=name)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: `_save` finds out whether it is free, in the same step as storing."""
        validate_file_name(name, allow_relative_path=True)
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        digest, size = hashlib.sha256(), 0
        with tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES) as spooled:
            for chunk in content.chunks(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                spooled.write(chunk)
            sha256 = digest.hexdigest()
            self._keep(name)
            repair = content_address(name) == sha256 and not self._is_whole(name)
            wanted, root = name, name
            while not self.bucket.put(wanted, spooled, sha256=sha256, size_bytes=size, replace=repair):
                wanted = self.get_alternative_name(root, "")
            return wanted

    def exists(self, name: str) -> bool:
        """Say whether the bytes are there and stay there; those of a content address must be what it promises."""
        return self._is_whole(name) and not _waiting(name).exists()

    def _is_whole(self, name: str) -> bool:
        held, promised = self.bucket.head(name), content_address(name)
        return held is not None and (not promised or held.sha256 in {"", promised})

    def size(self, name: str) -> int:
        """Return the size in bytes; raises FileNotFoundError."""
        held = self.bucket.head(name)
        if held is None:
            raise FileNotFoundError(name)
        return held.size_bytes

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Return the names right below a path: folders, files."""
        below = f"{path.strip('/')}/" if path.strip("/") else ""
        rest = [name[len(below) :] for name, _ in self.bucket.names(below)]
        folders = sorted({name.partition("/")[0] for name in rest if "/" in name})
        return folders, [name for name in rest if "/" not in name]

    def delete(self, name: str) -> None:
        """Delete the bytes; while the store is away the deletion is written down and done later (`delete_waiting`)."""
        try:
            self.bucket.delete(name)
        except AttachmentsAway:
            from gongkai.project.models import WaitingDeletion

            WaitingDeletion.objects.get_or_create(name=name, defaults={"since": timezone.now()})

    def _keep(self, name: str) -> None:
        """Take back a deletion that still waits: these bytes are wanted again."""
        _waiting(name).delete()


def _waiting(name: str) -> Any:
    from gongkai.project.models import WaitingDeletion

    return WaitingDeletion.objects.filter(name=name)
