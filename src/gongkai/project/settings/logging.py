"""Logging: one line an event, to standard error and a rotated file; personal data is scrubbed before it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def logging_config(home: Path, level: str, *, days: int, as_json: bool = False) -> dict[str, Any]:
    """Return Django's LOGGING; the file rotates daily and is kept for `days` (never below `regulations/retention/`)."""
    form = "json" if as_json else "line"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"scrub": {"()": "gongkai.kernel.scrubbing.ScrubPersonalData"}},
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": "gongkai.project.json_log.JsonLine"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["scrub"]},
            "file": {
                "class": "logging.handlers.TimedRotatingFileHandler",
                "filename": str(home / "logs" / "gongkai.log"),
                "when": "midnight",
                "backupCount": days,
                "encoding": "utf-8",
                "delay": True,
                "formatter": form,
                "filters": ["scrub"],
            },
        },
        "root": {"handlers": ["stderr", "file"], "level": level},
        "loggers": {
            "django.db.backends": {"level": "WARNING"},
            "wagtail": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }
