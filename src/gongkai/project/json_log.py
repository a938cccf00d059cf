"""Log lines as JSON (结构化日志): one object a line, for programs that collect logs; no personal data."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from gongkai.kernel.scrubbing import scrub


class JsonLine(logging.Formatter):
    """Writes `at` (UTC), `level`, `logger`, `message`, `process`, and `error` where there is one, all scrubbed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
            "process": record.process,
        }
        if record.exc_info:
            line["error"] = scrub(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
