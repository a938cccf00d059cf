"""What a letter says, as plain values (文书内容): the same for docx, PDF and preview; hashed when frozen."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class LetterContent:
    """A letter or an internal form. `rows` is filled for forms only; `copies` and `attachments` are names."""

    kind: str
    agency: str
    number: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    remedy: str
    attachments: tuple[str, ...]
    date: str

    def to_json(self) -> str:
        """Return the canonical text that is sealed and hashed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> LetterContent:
        """Read the canonical text back."""
        raw = json.loads(text)
        return LetterContent(
            **{k: v for k, v in raw.items() if k not in ("paragraphs", "rows", "attachments")},
            paragraphs=tuple(raw["paragraphs"]),
            rows=tuple((label, value) for label, value in raw["rows"]),
            attachments=tuple(raw["attachments"]),
        )

    def digest(self) -> str:
        """Return the SHA-256 of the canonical text."""
        return sha256(self.to_json().encode()).hexdigest()

    def all_text(self) -> str:
        """Return every sign that will be printed."""
        parts = [
            self.agency,
            self.number,
            self.title,
            self.addressee,
            *self.paragraphs,
            self.remedy,
            *self.attachments,
        ]
        parts += [text for row in self.rows for text in row]
        return "".join([*parts, self.date])
