"""Databases: SQLite inside the home by default, PostgreSQL by DATABASE_URL. The only SQLite-aware settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_INIT = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;"
    "PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;PRAGMA mmap_size=268435456;"
)


def sqlite(path: Path | str) -> dict[str, Any]:
    """Return the settings of an embedded database; writers wait 20 seconds for each other."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_INIT},
        "ATOMIC_REQUESTS": False,
    }


def from_url(url: str) -> dict[str, Any]:
    """Return the settings for `postgresql://user:password@host:port/name?option=value`; raises ValueError otherwise."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(unquote(parts.path))
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("DATABASE_URL 应写成 postgresql://用户:密码@主机:端口/库名 或 sqlite:///绝对路径")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "") or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


def databases(url: str, home: Path) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES for this environment."""
    return {"default": from_url(url) if url else sqlite(home / "gongkai.sqlite3")}
