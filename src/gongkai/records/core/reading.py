"""Reading a payload as plain lines (可读文本): for comparison, for the check and for counting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gongkai.records.core.kinds import DISCLOSURE, KINDS, VALIDITY
from gongkai.records.core.markup import text_of

FIELD_LABELS: dict[str, str] = {
    "title": "标题",
    "index_number": "索引号",
    "document_number": "发文字号",
    "issuer": "发文机关",
    "formed_date": "成文日期",
    "effective_date": "施行日期",
    "expires_date": "失效日期",
    "topic": "主题分类",
    "kind": "类别",
    "genre": "体裁",
    "disclosure": "公开属性",
    "keywords": "关键词",
    "summary": "内容概述",
    "source": "来源",
    "author": "作者",
    "validity": "有效性",
    "catalogue": "公开目录事项",
    "columns": "栏目",
    "topics": "专题",
    "interprets": "解读的文件",
    "amends": "修改的文件",
    "related": "相关文件",
}

_WORDS: dict[str, dict[str, str]] = {"kind": KINDS, "disclosure": DISCLOSURE}


@dataclass(frozen=True, slots=True)
class Line:
    """One readable line: `part` says where it stands (`field:title`, `block:3`, `block:3:caption`, `attachment:1`)."""

    part: str
    label: str
    text: str
    rows: tuple[tuple[str, ...], ...] | None = None


def field_lines(payload: Mapping[str, Any]) -> list[Line]:
    """Return the metadata of a payload, one line a field; empty fields are left out."""
    lines = []
    for name, label in FIELD_LABELS.items():
        value = payload.get(name)
        if name in _WORDS and value:
            value = _WORDS[name].get(value, value)
        elif name == "validity" and value:
            value = {**value, "state": VALIDITY.get(value["state"], value["state"])}
        if text := _plain(value):
            lines.append(Line(f"field:{name}", label, text))
    return lines


def body_lines(payload: Mapping[str, Any]) -> list[Line]:
    """Return the body of a payload, one line a block, tables with their rows, then the attachments' names."""
    lines = [
        line
        for position, block in enumerate(payload.get("blocks") or (), 1)
        for line in _block(block, position)
    ]
    for position, attachment in enumerate(payload.get("attachments") or (), 1):
        lines.append(Line(f"attachment:{position}", "附件", attachment["name"]))
    return lines


def plain_text(payload: Mapping[str, Any]) -> str:
    """Return title and body as text."""
    return "\n".join([payload.get("title") or "", *(line.text for line in body_lines(payload))])


def _block(block: Mapping[str, Any], position: int) -> Iterator[Line]:
    part, kind = f"block:{position}", block["type"]
    if kind == "table":
        rows = tuple(tuple(row) for row in block["rows"])
        if block["caption"]:
            yield Line(f"{part}:caption", "表题", block["caption"])
        yield Line(part, "表格", "\n".join("\t".join(row) for row in rows), rows)
    elif kind == "figure":
        names = [series["name"] for series in block["series"]]
        yield Line(part, "图表", "\n".join([block["title"], *block["labels"], *names]))
    elif kind == "image":
        yield Line(part, "图片", "\n".join(text for text in (block["alt"], block["caption"]) if text))
    elif kind == "quotation":
        yield Line(part, "引文", text_of(block["html"]))
    elif kind == "heading":
        yield Line(part, f"{block['level']}级标题", block["text"])
    elif kind == "paragraph":
        yield Line(part, "段落", text_of(block["html"]))
    else:
        yield Line(part, "附件说明" if kind == "attachment_note" else "落款", block["text"])


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(
            _plain(value[key])
            for key in ("major", "minor", "state", "note", "by", "code", "name")
            if value.get(key)
        )
    if isinstance(value, list):
        return "、".join(_plain(item) for item in value)
    return "" if value is None else str(value)
