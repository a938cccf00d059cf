"""LibreOffice as a judge that is not ours: what it prints of our files."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2

from tools.testing.programs import office_convert


def office_words(paths: list[Path], folder: Path) -> dict[str, str]:
    """Return the words of the print of each file, by its stem, without blanks; a file that was not printed is missing."""
    office_convert(paths, folder)
    found = {}
    for path in paths:
        printed = folder / f"{path.stem}.pdf"
        if printed.exists():
            document = pypdfium2.PdfDocument(printed)
            found[path.stem] = "".join(
                re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document
            )
    return found
