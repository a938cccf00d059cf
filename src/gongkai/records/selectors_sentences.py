"""Who changed a sentence (谁改了这句话): the saved versions of a record, compared sentence by sentence."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Revision

from gongkai.records.core.differences import Piece, compare_words
from gongkai.records.models import Record

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_TAG = re.compile(r"<[^>]*>")
_PLAIN_FIELDS = ("title", "summary")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceChange:
    """One sentence as it was and as it became in one saved version; empty where it is new or gone. `pieces` tells the words."""

    at: datetime
    user_id: int | None
    version: int
    before: str
    after: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Return what of the sentence stayed, came and went."""
        return compare_words(self.before, self.after)


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of a block's value, in order; identifiers and kinds are no text."""
    if isinstance(value, str):
        yield html.unescape(_TAG.sub("", re.sub(r"</(p|li|h\d|td|th)>|<br\s*/?>", "\n", value)))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"id", "type", "sha256"}:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def sentences(content: dict[str, Any]) -> list[str]:
    """Return the sentences of one saved version: title, summary, body."""
    body = content.get("body") or []
    if isinstance(body, str):
        body = json.loads(body)
    found = [str(content.get(name) or "") for name in _PLAIN_FIELDS]
    found.extend(_texts([block.get("value") for block in body if isinstance(block, dict)]))
    return [part.strip() for text in found for part in _SENTENCE.findall(text) if part.strip()]


def compare(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """Return the pairs of sentences that differ, in order of the text."""
    pairs: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            old, new = before[a:b], after[c:d]
            length = max(len(old), len(new))
            pairs.extend(zip(old + [""] * (length - len(old)), new + [""] * (length - len(new)), strict=True))
    return pairs


def sentence_changes(*, record_id: int, words: str = "") -> list[SentenceChange]:
    """Return every change of a sentence of this record, newest first; with `words` only sentences that hold them.

    The saved versions are read one after the other; versions erased after a privacy withdrawal are not there any more.
    """
    record = ContentType.objects.get_for_model(Record)
    rows = Revision.objects.filter(base_content_type=record, object_id=str(record_id)).order_by(
        "created_at", "pk"
    )
    found: list[SentenceChange] = []
    before: list[str] = []
    for version, row in enumerate(rows.iterator(chunk_size=50), start=1):
        after = sentences(row.content)
        for old, new in compare(before, after):
            if words in old or words in new:
                found.append(
                    SentenceChange(
                        at=row.created_at, user_id=row.user_id, version=version, before=old, after=new
                    )
                )
        before = after
    return found[::-1]
