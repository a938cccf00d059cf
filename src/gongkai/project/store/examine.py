"""Is the object store usable (对象存储检查): a short look for every health check, a thorough one by `gongkai store check`."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterator

from gongkai.kernel.attachment_errors import AttachmentDamaged, AttachmentsAway
from gongkai.project.environment import Environment
from gongkai.project.store.bucket import Bucket
from gongkai.project.store.client import StoreAnswer, ask, make_client
from gongkai.project.store.places import FolderPlace
from gongkai.project.store.storage import ATTACHMENTS
from gongkai.project.store_address import S3, StoreAddress

Finding = tuple[str, str, str]
"""State (ok, warn, fail), what was found, what to do."""


def look(environment: Environment, *, waiting: int) -> Iterator[Finding]:
    """Yield what a short look finds; nothing where no store is configured. `waiting` counts deletions put off."""
    address = environment.object_store
    if address is None:
        return
    role = "附件在其中" if environment.attachments == S3 else "只用于备份，附件在运行目录"
    try:
        next(Bucket(address, below=ATTACHMENTS, quick=True).names(), None)
    except AttachmentsAway as error:
        state = "fail" if environment.attachments == S3 else "warn"
        yield state, error.reason, "请检查对象存储与网络；附件恢复之前打不开，文字不受影响"
        return
    yield "ok", f"{address.endpoint} 的 {address.bucket}，{role}", ""
    if not address.is_encrypted:
        yield "warn", "与对象存储之间没有加密（http）", "请改用 https，内部签发的证书用 GONGKAI_S3_CA 指明"
    if waiting:
        yield (
            "warn",
            f"{waiting} 个附件等着删除（删除时对象存储没有应答）",
            "每五分钟自动再删；一直不减少请看运行日志",
        )
    if environment.attachments == S3 and (left := sum(1 for _ in FolderPlace(environment.media_dir).names())):
        yield (
            "warn",
            f"运行目录的 media/ 中还有 {left} 个旧附件",
            "已搬完的请执行 gongkai store clear-old；没有搬过的，请先把 GONGKAI_ATTACHMENTS 改回 folder 再搬",
        )


def probe(address: StoreAddress) -> Iterator[Finding]:
    """Yield what a thorough look finds in each bucket: write, read, compare, no second writer, no stranger, delete."""
    for name in dict.fromkeys((address.bucket, address.backup_bucket)):
        bucket = Bucket(address, below="probe", bucket=name)
        for step in (_write_and_read, _strangers, _versions):
            try:
                yield from step(bucket)
            except (AttachmentsAway, AttachmentDamaged, FileNotFoundError) as error:
                yield (
                    "fail",
                    f"{name}：{getattr(error, 'reason', error)}",
                    "请检查地址、桶名、密钥及其权限（读、写、删除、列出）",
                )
                break


def _written(bucket: Bucket) -> tuple[str, bytes]:
    data, name = secrets.token_bytes(1000), secrets.token_hex(8)
    digest = hashlib.sha256(data).hexdigest()
    if not bucket.put(name, io.BytesIO(data), sha256=digest, size_bytes=len(data)):
        raise AttachmentDamaged(name)
    return name, data


def _write_and_read(bucket: Bucket) -> Iterator[Finding]:
    name, data = _written(bucket)
    with bucket.get(name) as stream:
        same = stream.read() == data
    listed = [found for found, _ in bucket.names(name)]
    bucket.delete(name)
    if not same or listed != [name] or bucket.head(name) is not None:
        yield "fail", f"{bucket.bucket}：写入、读出、列出、删除的结果不一致", "这套存储不能用"
        return
    yield "ok", f"{bucket.bucket}：写入、读出、列出、删除都一致", ""


def _strangers(bucket: Bucket) -> Iterator[Finding]:
    """A bucket that answers without a key would let files out past our gates."""
    name, _ = _written(bucket)
    nobody = make_client(bucket.address, quick=True, anonymous=True)
    try:
        ask(bucket.address, nobody.get_object, **bucket.arguments(name))
    except (StoreAnswer, AttachmentsAway):
        yield "ok", f"{bucket.bucket}：没有密钥读不到", ""
    else:
        yield "fail", f"{bucket.bucket}：不用密钥也能读", "请立即把这个桶设为私有；附件只能经本程序出去"
    finally:
        bucket.delete(name)


def _versions(bucket: Bucket) -> Iterator[Finding]:
    if bucket.keeps_versions():
        yield (
            "warn",
            f"{bucket.bucket}：保留旧版本",
            "程序删除时连旧版本一起删，密钥须有删除版本的权限；由别的程序删除的仍留有旧版本",
        )
