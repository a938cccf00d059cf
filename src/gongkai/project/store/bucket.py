"""One bucket of an object store (存储桶): put, head, get, delete, list, each verified; failures are told apart, secrets are in none."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gongkai.kernel.attachment_errors import AttachmentDamaged, AttachmentsAway
from gongkai.project.store.client import StoreAnswer, ask, make_client
from gongkai.project.store_address import StoreAddress

CHUNK_BYTES = 1024 * 1024
MEMORY_BYTES = 2 * 1024 * 1024
READ_TRIES = 3
DIGEST = "sha256"
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_TAKEN = frozenset({"412", "PreconditionFailed", "409", "ConditionalRequestConflict"})
_NO_CONDITION = frozenset({"501", "NotImplemented", "InvalidArgument"})


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds under a name; `sha256` is empty when another program put it there."""

    size_bytes: int
    sha256: str


class Bucket:
    """A bucket below the prefix of the address; names are relative to it. Safe to use from several threads."""

    def __init__(self, address: StoreAddress, *, below: str, bucket: str = "", quick: bool = False) -> None:
        self.address, self.bucket = address, bucket or address.bucket
        self.prefix = f"{address.prefix}/{below}/"
        self.client = make_client(address, quick=quick)
        self._conditional = True

    def arguments(self, name: str) -> dict[str, str]:
        """Return what names an object in a call of the client."""
        return {"Bucket": self.bucket, "Key": self.prefix + name}

    def head(self, name: str) -> Held | None:
        """Return what is stored under a name, None when nothing is. Raises AttachmentsAway."""
        try:
            answer = ask(self.address, self.client.head_object, **self.arguments(name))
        except StoreAnswer as refusal:
            if refusal.code in _MISSING:
                return None
            raise refusal.as_away() from None
        return Held(answer["ContentLength"], answer.get("Metadata", {}).get(DIGEST, ""))

    def put(
        self, name: str, source: IO[bytes], *, sha256: str, size_bytes: int, replace: bool = False
    ) -> bool:
        """Store a seekable file; True once the store was seen to hold exactly it, False when other bytes have the name.

        An answer that got lost is settled by asking what the store holds. Raises AttachmentsAway when that cannot be known.
        """
        wanted = Held(size_bytes, sha256)
        if not replace and (held := self.head(name)) is not None:
            return held == wanted
        lost: AttachmentsAway | None = None
        try:
            ours = self._put(name, source, wanted, replace=replace)
        except AttachmentsAway as error:
            ours, lost = False, error
        try:
            held = self.head(name)
        except AttachmentsAway:
            raise lost or AttachmentsAway("存入之后没有应答") from None
        if held == wanted:
            return True
        if lost is not None:
            raise lost
        if ours:
            raise AttachmentsAway("存入的内容与原文不符")
        return False

    def _put(self, name: str, source: IO[bytes], wanted: Held, *, replace: bool) -> bool:
        """Send the bytes; False when the store says that the name is taken (it may be by this very call, answered twice)."""
        condition = {} if replace or not self._conditional else {"IfNoneMatch": "*"}
        source.seek(0)
        try:
            ask(
                self.address,
                self.client.put_object,
                **self.arguments(name),
                **condition,
                Body=source,
                ContentLength=wanted.size_bytes,
                ContentType="application/octet-stream",
                Metadata={DIGEST: wanted.sha256},
            )
        except StoreAnswer as refusal:
            if condition and refusal.code in _TAKEN:
                return False
            if condition and refusal.code in _NO_CONDITION:
                self._conditional = False  # an older store: the look before must do
                return self._put(name, source, wanted, replace=replace)
            raise refusal.as_away() from None
        return True

    def get(self, name: str, *, folder: Path | None = None) -> IO[bytes]:
        """Return the bytes in a nameless file (in `folder` when it is large), read whole and compared with size and digest.

        Raises FileNotFoundError, AttachmentsAway, or AttachmentDamaged when they stay wrong however often they are read.
        """
        failure: OSError = FileNotFoundError(name)
        for _ in range(READ_TRIES):
            answer = self._begin(name)
            target = _nameless_file(folder)
            try:
                self._read(name, answer, target)
            except (AttachmentsAway, AttachmentDamaged) as error:
                target.close()
                failure = error
            except BaseException:
                target.close()
                raise
            else:
                target.seek(0)
                return target
        raise failure

    def _begin(self, name: str) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = ask(self.address, self.client.get_object, **self.arguments(name))
        except StoreAnswer as refusal:
            if refusal.code in _MISSING:
                raise FileNotFoundError(name) from None
            raise refusal.as_away() from None
        return answer

    def _read(self, name: str, answer: dict[str, Any], target: IO[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        with answer["Body"] as body:
            while chunk := ask(self.address, body.read, CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        expected = answer.get("Metadata", {}).get(DIGEST, "")
        if size != answer["ContentLength"]:
            raise AttachmentsAway("应答中途断开")
        if expected and digest.hexdigest() != expected:
            raise AttachmentDamaged(name)

    def delete(self, name: str) -> None:
        """Remove an object with every older version of it; nothing there is well too. Raises AttachmentsAway."""
        try:
            answer = ask(self.address, self.client.delete_object, **self.arguments(name))
            if answer.get("DeleteMarker"):
                self._delete_versions(name)
        except StoreAnswer as refusal:
            if refusal.code not in _MISSING:
                raise refusal.as_away() from None

    def _delete_versions(self, name: str) -> None:
        """A bucket that keeps versions only hides what is deleted; erased must mean gone."""
        key = self.prefix + name
        found = ask(self.address, self.client.list_object_versions, Bucket=self.bucket, Prefix=key)
        for row in [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]:
            if row["Key"] == key:
                ask(
                    self.address,
                    self.client.delete_object,
                    **self.arguments(name),
                    VersionId=row["VersionId"],
                )

    def names(self, below: str = "") -> Iterator[tuple[str, int]]:
        """Yield name and size in bytes of every object whose name begins so, in order of names. Raises AttachmentsAway."""
        following: dict[str, Any] = {}
        while True:
            try:
                page = ask(
                    self.address,
                    self.client.list_objects_v2,
                    Bucket=self.bucket,
                    Prefix=self.prefix + below,
                    **following,
                )
            except StoreAnswer as refusal:
                raise refusal.as_away() from None
            for row in page.get("Contents", ()):
                yield row["Key"][len(self.prefix) :], row["Size"]
            if not page.get("IsTruncated"):
                return
            following = {"ContinuationToken": page["NextContinuationToken"]}

    def keeps_versions(self) -> bool:
        """Say whether the bucket keeps older versions of what is replaced or deleted."""
        try:
            answer = ask(self.address, self.client.get_bucket_versioning, Bucket=self.bucket)
        except StoreAnswer:
            return False  # a store without versions, or a key that may not ask
        return bool(answer.get("Status") == "Enabled")


def _nameless_file(folder: Path | None) -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES, dir=str(folder) if folder else None)
