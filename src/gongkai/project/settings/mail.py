"""Mail: off unless GONGKAI_MAIL_URL names a server; the address is read here once, like the database's."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

OFF: dict[str, Any] = {
    "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    "MAIL_NOTICES_POSSIBLE": False,
    "MAIL_DOMAIN": "localhost",
}
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mail_settings(*, url: str, sender: str) -> dict[str, Any]:
    """Return Django's mail settings for `smtp://`, `smtp+tls://` or `smtps://user:password@host:port`.

    Raises ValueError in Chinese for anything else, or when the sender is missing.
    """
    if not url:
        return dict(OFF)
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(
            "GONGKAI_MAIL_URL 应写成 smtp+tls://账号:口令@主机:端口（也可用 smtp:// 或 smtps://）"
        )
    if sender.count("@") != 1 or sender.startswith("@") or sender.endswith("@"):
        raise ValueError("填写了 GONGKAI_MAIL_URL，还须用 GONGKAI_MAIL_FROM 写明发件人地址")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
        "MAIL_DOMAIN": sender.partition("@")[2],
        "MAIL_NOTICES_POSSIBLE": True,
    }
