"""What reading a file gives: blocks in order, what was recognised, what the editor must look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Literal

BlockKind = Literal["heading", "paragraph", "table", "image", "signature", "attachment_note", "quotation"]
Rows = tuple[tuple[str, ...], ...]

#: kinds that programs outside know; the others are shown to them as paragraphs
OUTSIDE_KINDS = frozenset({"heading", "paragraph", "table", "image", "signature", "attachment_note"})


@dataclass(frozen=True)
class Block:
    """One piece of a document (内容块), in reading order.

    `level` 1 to 4 only for headings: 一、 / （一） / 1. / (1). `text` is as written in the file, lines of one block
    separated by a line feed. `rows` only for tables; a merged cell stands in its first field, the others are "".
    `role` tells what a piece of the head or foot of an official document is: issuer_mark, document_number,
    head_note, addressee, date, copies, printing, note, attachment_label, footnote; None in the body.
    """

    kind: BlockKind
    level: int | None = None
    text: str | None = None
    rows: Rows | None = None
    image: bytes | None = None
    alt: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class ReadingWarning:
    """Something the editor must look at: stable `code`, a Chinese sentence, and where in the file."""

    code: str
    message: str
    where: str


@dataclass(frozen=True)
class Imported:
    """A file as read. Every visible character of the file stands in `title` or in one of `blocks`, once.

    `document_number` (brackets brought to 〔〕), `issuer`, `formed_date` and `addressee` are copies of what the
    head and the signature say; the lines themselves stay in `blocks`. `attachments` are the names in the note 附件：.
    """

    file: str
    title: str | None
    document_number: str | None
    issuer: str | None
    formed_date: date | None
    blocks: tuple[Block, ...]
    warnings: tuple[ReadingWarning, ...] = ()
    attachments: tuple[str, ...] = ()
    addressee: str | None = None


class Unreadable(Exception):
    """The file cannot be taken in: `code` is stable, the other three are Chinese sentences for the person."""

    def __init__(self, code: str, message: str, where: str, remedy: str) -> None:
        super().__init__(f"{where}：{message}{remedy}")
        self.code = code
        self.message = message
        self.where = where
        self.remedy = remedy


def too_many_cells(where: str) -> Unreadable:
    return Unreadable(
        "too_many_cells", "表格的格子太多（合并单元格展开后）。", where, "请拆成几个表格，或作为附件上传。"
    )


@dataclass(frozen=True)
class Limits:
    """How much a file may hold. Sizes in bytes; `text_bytes` = a text file, web page or XML part; `ratio` = unpacked size to packed size of one part."""

    size_bytes: int = 200 * 1024 * 1024
    unpacked_bytes: int = 512 * 1024 * 1024
    part_bytes: int = 256 * 1024 * 1024
    text_bytes: int = 64 * 1024 * 1024
    parts: int = 10_000
    ratio: int = 250
    ratio_from_bytes: int = 4 * 1024 * 1024
    title_characters: int = 200
    pages: int = 3_000
    depth: int = 40
    table_cells: int = 500_000


def block_to_json(block: Block) -> dict[str, Any]:
    kind = block.kind if block.kind in OUTSIDE_KINDS else "paragraph"
    out: dict[str, Any] = {"kind": kind, "level": block.level}
    if block.rows is not None:
        out["rows"] = [list(row) for row in block.rows]
    else:
        out["text"] = block.text or ""
    if block.role:
        out["role"] = block.role
    if block.image is not None:
        out["alt"] = block.alt
        out["bytes"] = len(block.image)
        out["sha256"] = sha256(block.image).hexdigest()
    return out


def to_json(imported: Imported) -> dict[str, Any]:
    """This function will give the object that `gongkai import --dry-run --json` prints, one a line."""
    return {
        "file": imported.file,
        "title": imported.title,
        "document_number": imported.document_number,
        "issuer": imported.issuer,
        "formed_date": imported.formed_date.isoformat() if imported.formed_date else None,
        "addressee": imported.addressee,
        "attachments": list(imported.attachments),
        "blocks": [block_to_json(block) for block in imported.blocks],
        "warnings": [{"code": w.code, "message": w.message, "where": w.where} for w in imported.warnings],
    }
