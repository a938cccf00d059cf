"""The index on disk: `index/current` names the folder in use, so that a rebuilt index takes over in one rename."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import tantivy

from gongkai.portal.search.text import VERSION

FACETS = ("column", "year", "org", "kind", "topic")


@cache
def schema() -> tantivy.Schema:
    """Return the schema. Only `id` is stored: the path of the record's page without `.html`."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title_words", "body_words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("title_grams", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("body_grams", tokenizer_name="whitespace", index_option="position")
    for name in ("number", "pinyin"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def current_folder(root: Path) -> Path | None:
    """Return the folder of the index in use, or None when there is none of this version."""
    try:
        name = (root / "current").read_text(encoding="ascii").strip()
    except OSError:
        return None
    folder = root / name
    return folder if name.startswith(VERSION) and (folder / "meta.json").is_file() else None


def point_to(root: Path, name: str) -> None:
    """Make a folder the index in use."""
    temp = root / "current.new"
    with temp.open("w", encoding="ascii") as stream:
        stream.write(name)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temp, root / "current")
