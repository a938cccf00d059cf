"""Large files in parts (分片上传): what arrived before a cut is not sent again."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.project.store.bucket import DIGEST, Bucket, Held
from gongkai.project.store.client import StoreAnswer, ask

PART_BYTES = 32 * 1024 * 1024
MOST_PARTS = 10_000


def put_path(bucket: Bucket, name: str, path: Path, *, sha256: str, size_bytes: int) -> None:
    """Store a file of any size under its name and see it there; nothing is sent when it is there already.

    Raises AttachmentsAway when it cannot be known to be stored; the next try goes on with the parts that arrived.
    """
    wanted = Held(size_bytes, sha256)
    if bucket.head(name) == wanted:
        return
    try:
        if size_bytes <= PART_BYTES:
            with path.open("rb") as stream:
                bucket.put(name, stream, sha256=sha256, size_bytes=size_bytes, replace=True)
        else:
            _put_parts(bucket, name, path, wanted)
    except StoreAnswer as refusal:
        raise refusal.as_away() from None
    if bucket.head(name) != wanted:
        raise AttachmentsAway(f"{name} 存入后与原文不符")


def part_size(size_bytes: int) -> int:
    """Return the bytes of one part: the same for the same file, and never more parts than a store takes."""
    return max(PART_BYTES, -(-size_bytes // MOST_PARTS))


def _put_parts(bucket: Bucket, name: str, path: Path, wanted: Held) -> None:
    upload = _unfinished(bucket, name) or _begin(bucket, name, wanted)
    here = {**bucket.arguments(name), "UploadId": upload}
    there, length, parts = _arrived(bucket, here), part_size(wanted.size_bytes), []
    with path.open("rb") as stream:
        for number in range(1, -(-wanted.size_bytes // length) + 1):
            data = stream.read(length)
            md5 = hashlib.md5(data, usedforsecurity=False)
            tag = there.get(number, "")
            if tag.strip('"') != md5.hexdigest():
                sent = ask(
                    bucket.address,
                    bucket.client.upload_part,
                    **here,
                    PartNumber=number,
                    Body=data,
                    ContentMD5=base64.b64encode(md5.digest()).decode(),
                )
                tag = sent["ETag"]
            parts.append({"PartNumber": number, "ETag": tag})
    try:
        ask(bucket.address, bucket.client.complete_multipart_upload, **here, MultipartUpload={"Parts": parts})
    except StoreAnswer as refusal:
        if refusal.code != "NoSuchUpload":  # completed before, and the answer was lost: the caller looks
            raise


def _begin(bucket: Bucket, name: str, wanted: Held) -> str:
    answer = ask(
        bucket.address,
        bucket.client.create_multipart_upload,
        **bucket.arguments(name),
        Metadata={DIGEST: wanted.sha256},
    )
    return str(answer["UploadId"])


def _unfinished(bucket: Bucket, name: str) -> str:
    """Return an upload of this name that was cut off, empty when there is none; the name is the digest, so it is of the same bytes."""
    key = bucket.prefix + name
    found = ask(bucket.address, bucket.client.list_multipart_uploads, Bucket=bucket.bucket, Prefix=key)
    ours = [row for row in found.get("Uploads", ()) if row["Key"] == key]
    return str(ours[-1]["UploadId"]) if ours else ""


def _arrived(bucket: Bucket, here: dict[str, Any]) -> dict[int, str]:
    """Return number → tag of the parts that the store has."""
    found: dict[int, str] = {}
    following: dict[str, int] = {}
    while True:
        page = ask(bucket.address, bucket.client.list_parts, **here, **following)
        found |= {row["PartNumber"]: row["ETag"] for row in page.get("Parts", ())}
        if not page.get("IsTruncated"):
            return found
        following = {"PartNumberMarker": page["NextPartNumberMarker"]}
