"""Where the object store is and how it is reached (对象存储的地址与密钥), read from the surroundings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

FOLDER, S3 = "folder", "s3"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAddress:
    """The store: where, which bucket, how addressed. It holds the path of the key file, never a key."""

    endpoint: str
    bucket: str
    backup_bucket: str
    region: str
    prefix: str
    keys: Path
    addressing: str
    ca_file: str

    @property
    def is_encrypted(self) -> bool:
        """Say whether what goes to the store is encrypted on its way."""
        return self.endpoint.startswith("https:")


@dataclass(frozen=True, slots=True)
class Keys:
    """The two halves of an access key; the secret one is in no text made of this."""

    access: str
    secret: str

    def __repr__(self) -> str:
        return "Keys(…)"


def read_address(env: Mapping[str, str], *, secret_dir: Path) -> StoreAddress | None:
    """Return the store of the environment, None when none is configured; raises ValueError in Chinese naming the variable."""
    endpoint = env.get("GONGKAI_S3_ENDPOINT", "").strip().rstrip("/")
    if not endpoint:
        return None
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ValueError("GONGKAI_S3_ENDPOINT 应写成 https://主机:端口，不带路径")
    if parts.username or parts.password:
        raise ValueError("GONGKAI_S3_ENDPOINT 里不能有账号和口令；请写进 GONGKAI_S3_KEYS 所指的文件")
    bucket = env.get("GONGKAI_S3_BUCKET", "").strip()
    backup = env.get("GONGKAI_S3_BACKUP_BUCKET", "").strip() or bucket
    for name, value in (("GONGKAI_S3_BUCKET", bucket), ("GONGKAI_S3_BACKUP_BUCKET", backup)):
        if not _BUCKET.fullmatch(value):
            raise ValueError(f"{name} 应为 3 到 63 位的小写字母、数字、点和连字符，现在是「{value}」")
    addressing = env.get("GONGKAI_S3_ADDRESSING") or "path"
    if addressing not in {"path", "virtual"}:
        raise ValueError(f"GONGKAI_S3_ADDRESSING 应为 path 或 virtual，现在是「{addressing}」")
    prefix = (env.get("GONGKAI_S3_PREFIX") or "gongkai").strip("/")
    if not re.fullmatch(r"[A-Za-z0-9._/-]{1,200}", prefix) or ".." in prefix:
        raise ValueError(f"GONGKAI_S3_PREFIX 只能有字母、数字、点、斜线和连字符，现在是「{prefix}」")
    return StoreAddress(
        endpoint=endpoint,
        bucket=bucket,
        backup_bucket=backup,
        region=env.get("GONGKAI_S3_REGION") or "us-east-1",
        prefix=prefix,
        keys=Path(env.get("GONGKAI_S3_KEYS") or secret_dir / "s3.keys").absolute(),
        addressing=addressing,
        ca_file=env.get("GONGKAI_S3_CA", "").strip(),
    )


def read_attachments(env: Mapping[str, str], store: StoreAddress | None) -> str:
    """Return where attachments lie, `folder` or `s3`; raises ValueError in Chinese for anything else, or a store without an address."""
    place = env.get("GONGKAI_ATTACHMENTS") or FOLDER
    if place not in {FOLDER, S3}:
        raise ValueError(f"GONGKAI_ATTACHMENTS 应为 folder 或 s3，现在是「{place}」")
    if place == S3 and store is None:
        raise ValueError(
            "GONGKAI_ATTACHMENTS 是 s3，还须用 GONGKAI_S3_ENDPOINT 和 GONGKAI_S3_BUCKET 写明对象存储"
        )
    return place


def read_keys(path: Path) -> Keys:
    """Return the access key of a key file; raises ValueError in Chinese (never with what is in the file)."""
    try:
        if path.stat().st_mode & 0o077:
            raise ValueError(f"密钥文件 {path} 别人也能读；请执行 chmod 600")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"读不了密钥文件 {path}；请检查 GONGKAI_S3_KEYS 与文件的属主") from None
    found = {
        name.strip(): value.strip() for name, sign, value in (line.partition("=") for line in lines) if sign
    }
    if not found.get("access_key") or not found.get("secret_key"):
        raise ValueError(f"密钥文件 {path} 应有两行：access_key=… 和 secret_key=…")
    return Keys(found["access_key"], found["secret_key"])
