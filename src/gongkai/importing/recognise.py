"""From lines with hints to a document: head, foot, headings; nothing is lost on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from gongkai.importing.blocks import Block, Imported, Limits
from gongkai.importing.head import Head, number_at_end, read_head
from gongkai.importing.markers import (
    MAX_HEADING_CHARACTERS,
    Marker,
    Sequence,
    chapter_level,
    is_contents_line,
    parse_marker,
    run_in_end,
    split_items,
)
from gongkai.importing.pieces import Piece, Reading
from gongkai.importing.references import body_names, is_body_name
from gongkai.importing.tail import Tail, read_tail

_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百]{1,5}条")
_FROM_TITLE = re.compile(r"(?P<body>.{2,60}?)关于")


def recognise(reading: Reading, name: str, *, limits: Limits, today: date | None) -> Imported:
    """This function will recognise head, foot and headings of what a reader delivered.

    `today`, if given, is only used to warn of a date of forming that lies ahead.
    """
    pieces = _single_lines(reading.pieces)
    head = read_head(pieces)
    tail = read_tail(pieces, head.body_from)
    title = _join_title([pieces[i].text for i in head.title_pieces]) or None
    number = head.document_number or (tail.number[1] if tail.number else None)
    if number is None and title:
        number = number_at_end(title)
        if number:
            reading.warn("document_number_from_title", "发文字号取自标题末尾的括号，请核对。", "标题")
    issuer, formed = _issuer_and_date(pieces, head, tail, title)
    imported = Imported(
        file=name,
        title=title,
        document_number=number,
        issuer=issuer,
        formed_date=formed,
        blocks=tuple(_blocks(pieces, head, tail)),
        attachments=tail.attachments,
        addressee=head.addressee,
    )
    _warn(reading, imported, head, tail, limits=limits, today=today)
    return Imported(**{**imported.__dict__, "warnings": tuple(reading.warnings)})


def structure_only(pieces: list[Piece]) -> tuple[Block, ...]:
    """This function will recognise headings, tables and images only: for a piece pasted into a text."""
    lines = _single_lines(pieces)
    for line in lines:
        if line.is_title and line.style_level is None:
            line.style_level = 1
    return tuple(_blocks(lines, Head(), Tail()))


def _single_lines(pieces: list[Piece]) -> list[Piece]:
    out: list[Piece] = []
    for piece in pieces:
        if piece.kind != "line":
            out.append(piece)
            continue
        lines = [line.strip() for line in piece.text.splitlines() if line.strip()]
        if piece.is_title and len(lines) > 1:
            lines = [_join_title(lines)]
        out.extend(Piece(**{**piece.__dict__, "text": line}) for line in lines)
    return out


def _join_title(lines: list[str]) -> str:
    title = ""
    for line in lines:
        line = line.strip()
        gap = " " if title and title[-1].isascii() and line[:1].isascii() and line[:1].isalnum() else ""
        title += gap + line
    return title


def _issuer_and_date(
    pieces: list[Piece], head: Head, tail: Tail, title: str | None
) -> tuple[str | None, date | None]:
    issuer = "、".join(tail.issuers) or None
    if issuer is None and head.signature:
        issuer = "、".join(body_names(pieces[head.signature[0]].text))
    issuer = issuer or head.issuer
    if issuer is None and title:
        found = _FROM_TITLE.match(title)
        issuer = "、".join(body_names(found["body"])) if found and is_body_name(found["body"]) else None
    return issuer, tail.formed_date or head.formed_date


@dataclass(frozen=True)
class _Segment:
    text: str
    piece: Piece
    marker: Marker | None


def _blocks(pieces: list[Piece], head: Head, tail: Tail) -> list[Block]:
    segments: list[_Segment] = []
    sequence = Sequence()
    for index, piece in enumerate(pieces):
        if index in head.title_pieces:
            continue
        if index in tail.signature or index in head.signature:
            piece.role = "signature"
        if piece.role == "attachment_label":
            sequence = Sequence()
        if piece.kind != "line" or piece.plain or piece.role:
            segments.append(_Segment(piece.text, piece, None))
            continue
        for text in split_items(piece.text, sequence):
            segments.append(_Segment(text, piece, parse_marker(text)))
    out: list[Block] = []
    listed: _Segment | None = None
    for place, segment in enumerate(segments):
        following = segments[place + 1] if place + 1 < len(segments) else None
        _emit(out, segment, following, listed)
        listed = (
            segment if segment.marker and out[-1].text == segment.text and out[-1].level is None else None
        )
    return out


def _emit(out: list[Block], segment: _Segment, following: _Segment | None, listed: _Segment | None) -> None:
    piece = segment.piece
    if piece.kind == "table":
        out.append(Block("table", rows=piece.rows))
    elif piece.kind == "image":
        out.append(Block("image", image=piece.image, alt=piece.alt, text=piece.alt or ""))
    elif piece.role in ("signature", "attachment_note"):
        kind = "signature" if piece.role == "signature" else "attachment_note"
        starts_anew = kind == "attachment_note" and segment.text.startswith("附")
        if out and out[-1].kind == kind and not starts_anew:
            out[-1] = Block(out[-1].kind, text=f"{out[-1].text}\n{segment.text}")
        else:
            out.append(Block("signature" if kind == "signature" else "attachment_note", text=segment.text))
    elif piece.quotation:
        out.append(Block("quotation", text=segment.text))
    elif piece.plain or piece.role:
        out.append(Block("paragraph", text=segment.text, role=piece.role))
    else:
        _emit_text(out, segment, following, listed)


def _emit_text(
    out: list[Block], segment: _Segment, following: _Segment | None, listed: _Segment | None
) -> None:
    """`listed` is the segment right before, if it was an item of a list."""
    text, marker, style = segment.text, segment.marker, segment.piece.style_level
    if not text:
        return
    if marker is None:
        level = style or chapter_level(text)
        long = len(text) > 2 * MAX_HEADING_CHARACTERS
        out.append(Block("heading", level, text) if level and not long else Block("paragraph", text=text))
        return
    run_in = run_in_end(marker.rest)
    if run_in is not None:
        cut = len(text) - len(marker.rest) + run_in
        out.append(Block("heading", marker.level, text[:cut].strip()))
        out.append(Block("paragraph", text=text[cut:].strip()))
    elif not _goes_on_with_list(marker, listed) and _is_heading(marker, style, following):
        out.append(Block("heading", marker.level, text))
    else:
        out.append(Block("paragraph", text=text))


def _is_heading(marker: Marker, style: int | None, following: _Segment | None) -> bool:
    rest = marker.rest.strip()
    if not rest or len(rest) > MAX_HEADING_CHARACTERS or is_contents_line(rest):
        return False
    if rest[-1] in "；;，,、":
        return False
    if style:
        return True
    if rest[-1] in "：:":
        return len(rest) <= 30 and (marker.level == 1 or _goes_deeper(marker, following))
    if re.search(r"[。！？；]", rest[:-1]):
        return False
    if rest[-1] in "。！？":
        return len(rest) <= MAX_HEADING_CHARACTERS // 2 and _goes_deeper(marker, following)
    return True


def _goes_on_with_list(marker: Marker, listed: _Segment | None) -> bool:
    """True for the next item of a list: its sister right before was one and ended as lists do."""
    if listed is None or listed.marker is None or listed.marker.level != marker.level:
        return False
    sister = listed.marker.rest.rstrip()
    ends_alike = marker.rest.rstrip()[-1:] in tuple("。！？；;：:")
    return listed.marker.number == marker.number - 1 and (sister.endswith(("；", ";")) or ends_alike)


def _goes_deeper(marker: Marker, following: _Segment | None) -> bool:
    """True if what follows belongs under this mark: running text, a table, or a deeper mark."""
    if following is None or following.piece.role:
        return False
    if following.marker is None:
        return not (chapter_level(following.text) or _ARTICLE.match(following.text))
    return following.marker.level > marker.level


def _warn(
    reading: Reading, imported: Imported, head: Head, tail: Tail, *, limits: Limits, today: date | None
) -> None:
    name = imported.file
    if imported.title is None:
        reading.warn("no_title", "没有认出标题，请在“标题”栏填写。", name)
    elif len(imported.title) > limits.title_characters:
        reading.warn("long_title", f"标题有{len(imported.title)}个字，请核对是否把正文当成了标题。", "标题")
    if imported.document_number is None:
        reading.warn(
            "no_document_number",
            "文首和文尾都没有发文字号；正文里引用的文号不算。没有文号的文件可不填。",
            name,
        )
    elif head.number_as_written:
        reading.warn(
            "document_number_brackets",
            f"发文字号写作“{head.number_as_written}”，年份应当用六角括号，已记为“{imported.document_number}”。",
            "文首",
        )
    if imported.formed_date is None:
        reading.warn("no_formed_date", "没有认出成文日期，请填写。", name)
    elif today is not None and imported.formed_date > today:
        reading.warn(
            "formed_date_in_future", f"成文日期{imported.formed_date.isoformat()}晚于今天，请核对。", "落款"
        )
    if imported.formed_date is not None and tail.formed_date is None:
        reading.warn("formed_date_from_head", "落款没有日期，成文日期取自文首，请核对。", "文首")
    if imported.issuer is None:
        reading.warn("no_issuer", "没有认出发文机关，请填写。", name)
    elif not tail.issuers and not head.signature and head.issuer is None:
        reading.warn("issuer_from_title", "落款没有发文机关，已按标题开头认定，请核对。", "标题")
