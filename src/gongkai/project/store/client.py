"""The client of the object store: made from the address and the key file only, no surroundings read, every failure in Chinese."""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.project.store_address import Keys, StoreAddress, read_keys

CONNECT_SECONDS, READ_SECONDS, TRIES = 5, 30, 3
QUICK_SECONDS = 4
_KEY_CODES = frozenset(
    {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403", "401", "Forbidden"}
)


class StoreAnswer(Exception):
    """The store answered, with a refusal: its code (`NoSuchKey`, `412`, …) and where it was asked."""

    def __init__(self, address: StoreAddress, code: str, status: int) -> None:
        self.address, self.code, self.status = address, code, status
        super().__init__(f"{status} {code}")

    def as_away(self) -> AttachmentsAway:
        """Return the failure as a person should read it."""
        if self.code in _KEY_CODES:
            return AttachmentsAway(
                f"对象存储 {self.address.endpoint} 不认访问密钥，或它没有权限（{self.code}）"
            )
        if self.code == "NoSuchBucket":
            return AttachmentsAway(f"对象存储 {self.address.endpoint} 上没有这个存储桶")
        if self.code == "RequestTimeTooSkewed":
            return AttachmentsAway("本机时钟与对象存储相差太多；请与时间服务器核对")
        return AttachmentsAway(f"对象存储 {self.address.endpoint} 答复 {self.status} {self.code}")


def make_client(address: StoreAddress, *, quick: bool = False, anonymous: bool = False) -> Any:
    """Return a client; `quick` gives up soon (health checks), `anonymous` has no key. Raises AttachmentsAway naming what is missing."""
    try:
        keys = None if anonymous else read_keys(address.keys)
    except ValueError as error:
        raise AttachmentsAway(str(error)) from None
    if address.ca_file and not Path(address.ca_file).is_file():
        raise AttachmentsAway(f"读不了 GONGKAI_S3_CA 所指的证书 {address.ca_file}")
    patience = (QUICK_SECONDS, QUICK_SECONDS, 1) if quick else (CONNECT_SECONDS, READ_SECONDS, TRIES)
    return _client(address, keys, *patience)


@lru_cache(maxsize=8)
def _client(address: StoreAddress, keys: Keys | None, connect: int, read: int, tries: int) -> Any:
    """Make a client, which takes half a second; it may be used by several threads."""
    try:
        from botocore import UNSIGNED
        from botocore.config import Config
        from botocore.session import Session
    except ImportError:
        raise AttachmentsAway("没有安装对象存储组件；请执行 deploy/install --s3") from None
    logging.getLogger("botocore").setLevel(logging.WARNING)  # its debugging lines hold signatures
    session = Session()
    for name in ("config_file", "credentials_file"):
        session.set_config_variable(name, os.devnull)
    config = Config(
        signature_version="s3v4" if keys else UNSIGNED,
        connect_timeout=connect,
        read_timeout=read,
        retries={"total_max_attempts": tries, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": address.addressing, "payload_signing_enabled": True},
    )
    return session.create_client(
        "s3",
        region_name=address.region,
        endpoint_url=address.endpoint,
        verify=address.ca_file or ssl.get_default_verify_paths().cafile,
        aws_access_key_id=keys.access if keys else None,
        aws_secret_access_key=keys.secret if keys else None,
        config=config,
    )


def ask(address: StoreAddress, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Make one call; raises StoreAnswer for a refusal, AttachmentsAway when there is no usable answer."""
    from botocore import exceptions

    try:
        return call(*arguments, **named)
    except exceptions.ClientError as error:
        answer = error.response
        status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        raise StoreAnswer(address, str(answer.get("Error", {}).get("Code", status)), status) from None
    except exceptions.SSLError:
        reason = f"不信任 {address.endpoint} 的证书；请检查 GONGKAI_S3_CA"
    except (exceptions.ConnectTimeoutError, exceptions.EndpointConnectionError):
        reason = f"连不上 {address.endpoint}"
    except exceptions.ReadTimeoutError:
        reason = f"{address.endpoint} 没有及时应答"
    except (exceptions.HTTPClientError, exceptions.IncompleteReadError, exceptions.ResponseStreamingError):
        reason = f"{address.endpoint} 应答中途断开"
    except (exceptions.BotoCoreError, OSError, ValueError) as error:
        reason = f"{address.endpoint}：{type(error).__name__}"
    raise AttachmentsAway(reason)
