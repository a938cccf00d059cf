"""How many records a home was filled with for measuring (造库标记): a file beside the data, read without a database."""

from __future__ import annotations

from pathlib import Path

MARKER = "FILLED"


def filled_with(home: Path) -> int:
    """Return how many records the home was filled with, 0 when it was not."""
    marker = home / MARKER
    return int(marker.read_text(encoding="ascii")) if marker.is_file() else 0


def mark_filled(home: Path, count: int) -> None:
    """Say that the home holds so many records."""
    (home / MARKER).write_text(f"{count}\n", encoding="ascii")
