"""Sealed files in the place of the attachments (案卷文件的存放): kept, read and removed; an unreachable place is a plain refusal."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.requests.errors import Refused


def keep(path: str, sealed: bytes, *, name: str) -> str:
    """Store sealed bytes and return the name they got; raises Refused while the place gives no answer."""
    try:
        return default_storage.save(path, ContentFile(sealed))
    except AttachmentsAway as error:
        raise refusal(error, name) from error


def read(stored: str) -> bytes:
    """Return sealed bytes; raises FileNotFoundError, AttachmentsAway (a page of its own says so)."""
    with default_storage.open(stored, "rb") as stream:
        return bytes(stream.read())


def remove(stored: str) -> None:
    """Delete one file."""
    default_storage.delete(stored)


def remove_below(folder: str) -> None:
    """Delete every file of a folder, also one that no row names because its writer was cut off."""
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    except AttachmentsAway:
        return  # the named files wait to be deleted by name
    for name in names:
        default_storage.delete(f"{folder}/{name}")


def refusal(error: AttachmentsAway, name: str) -> Refused:
    """Return what to tell a person whose file cannot be kept or fetched just now."""
    return Refused(
        "材料存放处暂时用不了，这个文件没有存好",
        where=name[:60],
        remedy="填写的内容都在，请过几分钟再试一次",
        code=f"requests.{error.code}",
    )
