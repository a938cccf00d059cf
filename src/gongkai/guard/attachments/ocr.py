"""Recognising text in pictures (文字识别) with the Tesseract program where it and its Chinese data are installed, else numbers."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from PIL import Image

from gongkai.guard.attachments.printed_numbers import printed_numbers
from gongkai.guard.attachments.reading import Reading

_SECONDS = 40


@lru_cache(maxsize=1)
def engine() -> str | None:
    """Return the path of a Tesseract that reads simplified Chinese, or None."""
    found = shutil.which("tesseract")
    if found is None:
        return None
    try:
        listed = subprocess.run([found, "--list-langs"], capture_output=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if b"chi_sim" in listed.stdout + listed.stderr else None


def read_picture(reading: Reading, picture: Callable[[], Image.Image], where: str, finding: str) -> None:
    """Report the words of a picture as a part `ocr:…`; without an engine, its long numbers and a finding for a person.

    `finding` is the message when nobody has read the words.
    """
    text = recognise(picture)
    if text is not None:
        reading.part(f"ocr:{where}", text, kind="ocr")
        return
    reading.finding("att.image_text_pii", where, finding, variant="not_recognised")
    if not reading.budget.is_half_spent:
        reading.part(f"ocr:{where}", "\n".join(printed_numbers(picture().convert("L"))), kind="ocr")


def recognise(picture: Callable[[], Image.Image]) -> str | None:
    """Return the text in the picture, or None when no engine is installed or it fails."""
    program = engine()
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="gongkai-ocr-") as folder:
        path = Path(folder) / "page.png"
        picture().convert("L").save(path)
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        command = [program, str(path), "stdout", "-l", "chi_sim+eng", "--psm", "6"]
        try:
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, timeout=_SECONDS, check=False, env=environment
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
