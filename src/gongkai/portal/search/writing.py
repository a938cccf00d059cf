"""Writing the index: documents of one publication, or all of them into a new folder. Callers hold the building lock."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy

from gongkai.portal.core.blocks import plain_text
from gongkai.portal.core.values import Card
from gongkai.portal.search import text
from gongkai.portal.search.schema import current_folder, point_to, schema

BODY_LIMIT = 200_000
_HEAP = 32_000_000
_BULK_HEAP = 256_000_000


def document_id(card: Card) -> str:
    """Return the id of a record in the index."""
    return card.path.removesuffix(".html")


def document_of(card: Card, payload: dict[str, Any]) -> tantivy.Document:
    """Return the index document of a record: tokens, never text."""
    title = text.normalise(card.title)
    lines = plain_text(payload).split("\n")[1:]
    lines += [str(row.get("text") or "") for row in payload.get("attachments") or ()]
    lines += [str(row.get("name") or "") for row in payload.get("attachments") or ()]
    lines += [
        card.issuer,
        card.section,
        card.document_number,
        card.index_number,
        *(str(k) for k in payload.get("keywords") or ()),
    ]
    body = "\n".join(text.normalise(line) for line in "\n".join(lines)[:BODY_LIMIT].split("\n"))
    values: dict[str, Any] = {
        "id": [document_id(card)],
        "title_words": [text.words(title)],
        "title_grams": [text.title_grams(title)],
        "body_words": [text.words(body)],
        "body_grams": [text.grams(body)],
        "number": [" ".join([*text.document_numbers(card.document_number), card.index_number.casefold()])],
        "pinyin": [text.pinyin(title)],
        "column": list(card.columns),
        "year": [card.path.split("/")[2]],
        "org": [card.org],
        "kind": [card.kind],
        "topic": [card.minor] if card.minor else [],
        "day": [int(card.first_published_at[:10].replace("-", "") or 0)],
    }
    return tantivy.Document.from_dict(values, schema())


def rebuild_index(root: Path, documents: Iterable[tuple[Card, dict[str, Any]]]) -> Path:
    """Write a new index beside the old one and switch; the old folder is removed. Returns the folder in use."""
    root.mkdir(parents=True, exist_ok=True)
    taken = {path.name for path in root.iterdir()}
    name = next(n for i in range(10_000_000) if (n := f"{text.VERSION}-{i:07d}") not in taken)
    (root / name).mkdir()
    index = tantivy.Index(schema(), path=str(root / name))
    writer = index.writer(heap_size=_BULK_HEAP, num_threads=1)
    for card, payload in documents:
        writer.add_document(document_of(card, payload))
    writer.commit()
    writer.wait_merging_threads()
    point_to(root, name)
    for path in root.iterdir():
        if path.is_dir() and path.name != name:
            shutil.rmtree(path, ignore_errors=True)
    return root / name


def update_index(root: Path, documents: Iterable[tuple[Card, dict[str, Any]]]) -> None:
    """Replace the documents of these records; a withdrawn record's is deleted. One commit."""
    folder = current_folder(root)
    if folder is None:
        folder = rebuild_index(root, ())
    index = tantivy.Index.open(str(folder))
    writer = index.writer(heap_size=_HEAP, num_threads=1)
    for card, payload in documents:
        writer.delete_documents_by_term("id", document_id(card))
        if not card.withdrawn:
            writer.add_document(document_of(card, payload))
    writer.commit()
    writer.wait_merging_threads()
