"""From the editor's blocks (StreamField raw data) to the blocks of a payload, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.records.core.canonical import clean_text
from gongkai.records.core.markup import from_text, inline_html, paragraphs

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a stored file (附件或图片), addressed by the SHA-256 of its bytes."""

    sha256: str
    size_bytes: int
    media_type: str
    pages: int | None = None
    text: str = ""
    width: int | None = None
    height: int | None = None


class BlockNotUnderstood(ValueError):
    """A block has an unknown type or a value of the wrong shape; the message names its place."""


def payload_blocks(raw: Sequence[Raw], files: Mapping[str, FileFacts]) -> list[dict[str, Any]]:
    """Return the public blocks of a body; attachments are told apart by `payload_attachments`.

    Raises BlockNotUnderstood for an unknown type or an image whose file is not stored.
    """
    blocks: list[dict[str, Any]] = []
    for position, item in enumerate(raw, start=1):
        try:
            blocks += _to_payload(item, files)
        except (KeyError, TypeError, ValueError) as error:
            raise BlockNotUnderstood(
                f"正文第 {position} 块（{item.get('type')}）无法读取：{error}"
            ) from error
    return blocks


def payload_origins(raw: Sequence[Raw], files: Mapping[str, FileFacts]) -> list[tuple[int, int]]:
    """Return for each block of `payload_blocks` the raw block it comes of (from 0) and which part of it (from 0).

    Raises BlockNotUnderstood as `payload_blocks` does.
    """
    return [
        (index, part) for index, item in enumerate(raw) for part in range(len(payload_blocks([item], files)))
    ]


def payload_attachments(raw: Sequence[Raw], files: Mapping[str, FileFacts]) -> list[dict[str, Any]]:
    """Return the public attachments of a body, in order, each file name once."""
    attachments = []
    for item in raw:
        if item["type"] == "attachment":
            facts = files.get(item["value"]["sha256"])
            if facts is None:
                raise BlockNotUnderstood(f"附件“{item['value'].get('name')}”的文件不存在")
            attachments.append(
                {
                    "name": item["value"]["name"],
                    "sha256": facts.sha256,
                    "size_bytes": facts.size_bytes,
                    "media_type": facts.media_type,
                    "pages": facts.pages,
                    "text": facts.text,
                }
            )
    return attachments


def file_digests(raw: Iterable[Raw]) -> tuple[str, ...]:
    """Return the addresses of all files a body uses, each once."""
    found = (
        i["value"]["sha256"] for i in raw if i["type"] in {"image", "attachment"} and i["value"].get("sha256")
    )
    return tuple(dict.fromkeys(found))


def raw_blocks(blocks: Iterable[Mapping[str, Any]]) -> list[Raw]:
    """Return payload blocks (or attachments, as type `attachment`) as raw data for the editor.

    A paragraph may give `text` instead of `html`. Raises BlockNotUnderstood for an unknown type.
    """
    return [_to_raw(block, position) for position, block in enumerate(blocks, start=1)]


def _to_payload(item: Raw, files: Mapping[str, FileFacts]) -> list[dict[str, Any]]:
    kind, value = item["type"], item["value"]
    if kind == "heading":
        return [{"type": "heading", "level": int(value["level"]), "text": clean_text(value["text"]).strip()}]
    if kind == "paragraph":
        return [{"type": "paragraph", "html": part} for part in paragraphs(clean_text(value))]
    if kind == "table":
        return [_table(value)]
    if kind == "image":
        return [_image(value, files)]
    if kind == "quotation":
        cite = (value.get("cite") or "").strip()
        html = "<br>".join(paragraphs(clean_text(value["text"])))
        return [{"type": "quotation", "html": html, "cite": cite}]
    if kind == "figure":
        return [_figure(value)]
    if kind in {"signature", "attachment_note"}:
        return [{"type": kind, "text": clean_text(value)}]
    if kind == "attachment":
        return []
    raise ValueError("未知的块类型")


def _table(value: Mapping[str, Any]) -> dict[str, Any]:
    rows = [[clean_text(str(cell)) for cell in row] for row in value.get("rows") or []]
    width = max((len(row) for row in rows), default=0)
    return {
        "type": "table",
        "caption": (value.get("caption") or "").strip(),
        "header_rows": min(int(value.get("header_rows") or 0), len(rows)),
        "header_columns": min(int(value.get("header_columns") or 0), width),
        "rows": [row + [""] * (width - len(row)) for row in rows],
    }


def _image(value: Mapping[str, Any], files: Mapping[str, FileFacts]) -> dict[str, Any]:
    facts = files.get(value["sha256"])
    if facts is None:
        raise ValueError("图片文件不存在，请重新上传")
    return {
        "type": "image",
        "sha256": facts.sha256,
        "alt": (value.get("alt") or "").strip(),
        "caption": (value.get("caption") or "").strip(),
        "width": facts.width,
        "height": facts.height,
        "media_type": facts.media_type,
    }


def _figure(value: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of a figure: first row holds the names of the series, first column the labels."""
    rows = value.get("rows") or []
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ValueError("图表数据至少要有一行表头和一行数据")
    names, body = rows[0][1:], rows[1:]
    if any(len(row) != len(rows[0]) for row in body):
        raise ValueError("图表数据各行的格数不一致")
    return {
        "type": "figure",
        "kind": value.get("kind") or "bar",
        "title": (value.get("title") or "").strip(),
        "unit": (value.get("unit") or "").strip(),
        "labels": [row[0] for row in body],
        "series": [
            {"name": name, "values": [_number(row[column]) for row in body]}
            for column, name in enumerate(names, start=1)
        ],
    }


def _number(text: Any) -> int | float | None:
    plain = str(text).strip().replace(",", "").replace("，", "")
    if plain in {"", "-", "—", "…"}:
        return None
    number = float(plain)
    return int(number) if number.is_integer() and "." not in plain and abs(number) < 2**53 else number


def _to_raw(block: Mapping[str, Any], position: int) -> Raw:
    kind = block.get("type")
    value: Any
    if kind == "heading":
        value = {"level": str(block["level"]), "text": clean_text(block["text"])}
    elif kind == "paragraph":
        from_plain = "html" not in block
        value = f"<p>{_plain(block['text']) if from_plain else inline_html(clean_text(block['html']))}</p>"
    elif kind == "table":
        value = {
            "caption": block.get("caption") or "",
            "header_rows": int(block.get("header_rows", 1)),
            "header_columns": int(block.get("header_columns", 0)),
            "rows": [[str(cell) for cell in row] for row in block["rows"]],
        }
    elif kind == "image":
        value = {key: block.get(key) or "" for key in ("sha256", "alt", "caption")}
    elif kind == "quotation":
        html = _plain(block["text"]) if "html" not in block else inline_html(clean_text(block["html"]))
        value = {"text": f"<p>{html}</p>", "cite": block.get("cite") or ""}
    elif kind == "figure":
        value = {
            "kind": block["kind"],
            "title": block.get("title") or "",
            "unit": block.get("unit") or "",
            "rows": _figure_rows(block),
        }
    elif kind in {"signature", "attachment_note"}:
        value = clean_text(block["text"])
    elif kind == "attachment":
        value = {"sha256": block["sha256"], "name": block["name"]}
    else:
        raise BlockNotUnderstood(f"正文第 {position} 块的类型“{kind}”不认识")
    return {"type": str(kind), "value": value}


def _figure_rows(block: Mapping[str, Any]) -> list[list[str]]:
    series = block["series"]
    rows = [["", *[one["name"] for one in series]]]
    for index, label in enumerate(block["labels"]):
        values = [one["values"][index] for one in series]
        rows.append([str(label), *["" if value is None else str(value) for value in values]])
    return rows


def _plain(text: str) -> str:
    return from_text(clean_text(text))
