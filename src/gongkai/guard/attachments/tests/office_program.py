"""LibreOffice as a judge that is not ours. In CI (`CI=true`) it must be there: proof is not skipped in silence."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None and not IN_CI, reason="LibreOffice is not installed"
)


def convert(paths: list[Path], folder: Path, kind: str = "pdf") -> None:
    """Let LibreOffice write the files as another kind into `folder`; one start for all of them."""
    program = shutil.which("soffice")
    assert program, "LibreOffice (writer, calc, impress) must be installed where CI is set"
    command = [
        program,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(folder),
        *map(str, paths),
    ]
    subprocess.run(command, capture_output=True, timeout=240, check=True)


def office_words(paths: list[Path], folder: Path) -> dict[str, str]:
    """Return the words of the print of each file, by its stem, without blanks; a file that was not printed is missing."""
    convert(paths, folder)
    found = {}
    for path in paths:
        printed = folder / f"{path.stem}.pdf"
        if printed.exists():
            document = pypdfium2.PdfDocument(printed)
            found[path.stem] = "".join(
                re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document
            )
    return found
