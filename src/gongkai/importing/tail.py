"""The foot of an official document: note of attachments, signature and date, copies, printing line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from gongkai.importing.dates import DAY_AT_END, parse_day
from gongkai.importing.markers import parse_marker
from gongkai.importing.pieces import Piece
from gongkai.importing.references import (
    body_names,
    document_number,
    is_body_name,
    is_spaced_body,
)

MAX_ISSUER_LINES = 8
_COPIES = re.compile(r"(?:抄\s*[送报]|分\s*送|主\s*送)\s*[:：]")
_PRINTING = re.compile(r"日\s*印\s*发$|印发$")
_NOTE = re.compile(
    r"[（(](?:此件|此文|本件|联系人|联系电话|信息公开|公开属性|主动公开|依申请公开|不予公开).*[)）]|信息公开选项[:：].*"
)
_ATTACHMENT_NOTE = re.compile(r"附\s*件?\s*[:：]\s*(?P<first>.*)")
_ATTACHMENT_PAGE = re.compile(r"附\s*件\s*(?:[\d一二三四五六七八九十]{1,3}\s*[:：]?)?")
_ITEM = re.compile(r"(\d{1,2})\s*[.．、](?!\d)\s*")


@dataclass
class Tail:
    """Indexes of the pieces that make up the foot, and what they say."""

    signature: tuple[int, ...] = ()
    issuers: tuple[str, ...] = ()
    formed_date: date | None = None
    notes: list[tuple[int, ...]] = field(default_factory=list)
    attachments: tuple[str, ...] = ()
    number: tuple[int, str] | None = None


def read_tail(pieces: list[Piece], body_from: int) -> Tail:
    """This function will find the foot in `pieces[body_from:]` and set the roles of its lines."""
    tail = Tail()
    pages = [
        i for i in range(body_from, len(pieces)) if _is_line(pieces[i]) and _is_attachment_page(pieces, i)
    ]
    for index in pages:
        pieces[index].role = "attachment_label"
    for index in range(body_from, len(pieces)):
        _set_foot_role(pieces[index])
    end = pages[0] if pages else len(pieces)
    _find_signature(tail, pieces, body_from, end)
    if not tail.signature and end < len(pieces):
        _find_signature(tail, pieces, body_from, len(pieces))
    _find_notes(tail, pieces, body_from)
    _find_number(tail, pieces, body_from)
    return tail


def _is_line(piece: Piece) -> bool:
    return piece.kind == "line" and piece.role is None and not piece.plain


def _is_attachment_page(pieces: list[Piece], index: int) -> bool:
    line = pieces[index].text.strip()
    if not _ATTACHMENT_PAGE.fullmatch(line) or index + 1 >= len(pieces):
        return False
    if not line.endswith(("：", ":")):
        return True
    following = pieces[index + 1]
    return bool(re.search(r"\d", line)) or following.kind != "line" or not _ITEM.match(following.text.strip())


def _set_foot_role(piece: Piece) -> None:
    if not _is_line(piece):
        return
    line = piece.text.strip()
    if _COPIES.match(line):
        piece.role = "copies"
    elif (
        _PRINTING.search(line)
        and len(line) <= 80
        and re.search(r"\d{1,2}\s*日\s*印\s*发$|[一二三十]日\s*印\s*发$", line)
    ):
        piece.role = "printing"
    elif _NOTE.fullmatch(line):
        piece.role = "note"


def _find_signature(tail: Tail, pieces: list[Piece], body_from: int, end: int) -> None:
    for index in range(end - 1, body_from - 1, -1):
        piece = pieces[index]
        if not _is_line(piece):
            continue
        line = piece.text.strip()
        day = parse_day(line) if line[:1] not in "（(" else None
        if day:
            names = _issuer_lines(pieces, body_from, index, right=piece.right)
            if names or _only_foot_follows(pieces, index + 1, end):
                after = _name_after(pieces, index, end) if not names else ()
                tail.signature = tuple(sorted((*names, index, *after)))
                texts = [pieces[i].text for i in (*names, *after)]
                tail.issuers = tuple(name for text in texts for name in body_names(text))
                tail.formed_date = day
                return
        elif _take_one_line(tail, index, line):
            return


def _take_one_line(tail: Tail, index: int, line: str) -> bool:
    """某某局　2021年1月15日 on one line."""
    found = DAY_AT_END.fullmatch(line) if len(line) <= 80 else None
    if found is None or not found["before"].strip() or not is_body_name(found["before"].strip()):
        return False
    tail.signature, tail.formed_date = (index,), parse_day(found["day"])
    tail.issuers = tuple(body_names(found["before"]))
    return tail.formed_date is not None


def _issuer_lines(pieces: list[Piece], body_from: int, day_index: int, *, right: bool) -> tuple[int, ...]:
    names: list[int] = []
    for index in range(day_index - 1, max(body_from, day_index - MAX_ISSUER_LINES) - 1, -1):
        piece = pieces[index]
        if piece.kind == "image":
            continue
        line = piece.text.strip()
        if not _is_line(piece) or parse_marker(line) or parse_day(line) or _ATTACHMENT_NOTE.match(line):
            break
        aligned = right and piece.right and len(line) <= 60 and not re.search(r"[。；：，,;:]", line)
        if not (is_body_name(line) or is_spaced_body(line) or aligned):
            break
        names.insert(0, index)
    return tuple(names)


def _name_after(pieces: list[Piece], index: int, end: int) -> tuple[int, ...]:
    later = index + 1
    if later < end and _is_line(pieces[later]) and is_body_name(pieces[later].text):
        return (later,)
    return ()


def _only_foot_follows(pieces: list[Piece], start: int, end: int) -> bool:
    rest = [p for p in pieces[start:end] if p.kind != "image" and p.role is None]
    return all(p.kind == "line" and (document_number(p.text) or is_body_name(p.text)) for p in rest)


def _find_notes(tail: Tail, pieces: list[Piece], body_from: int) -> None:
    index = body_from
    names: list[str] = []
    while index < len(pieces):
        piece = pieces[index]
        found = (
            _ATTACHMENT_NOTE.fullmatch(piece.text.strip())
            if _is_line(piece) and index not in tail.signature
            else None
        )
        if found is None or re.search(r"[。；]", found["first"]):
            index += 1
            continue
        run = [index]
        parts = _note_names(found["first"])
        expected = _first_number(found["first"]) + len(parts)
        while run[-1] + 1 < len(pieces) and _goes_on(pieces, run[-1] + 1, expected, tail):
            more = _note_names(pieces[run[-1] + 1].text.strip())
            run.append(run[-1] + 1)
            parts += more
            expected += len(more)
        if parts:
            tail.notes.append(tuple(run))
            names += parts
            for place in run:
                pieces[place].role = "attachment_note"
        index = run[-1] + 1
    tail.attachments = tuple(names)


def _first_number(text: str) -> int:
    found = _ITEM.match(text.strip())
    return int(found.group(1)) if found else 1


def _goes_on(pieces: list[Piece], index: int, expected: int, tail: Tail) -> bool:
    piece = pieces[index]
    if not _is_line(piece) or index in tail.signature:
        return False
    line = piece.text.strip()
    found = _ITEM.match(line)
    return found is not None and int(found.group(1)) == expected and not re.search(r"[。；]", line)


def _note_names(text: str) -> list[str]:
    text = text.strip()
    if not text:
        return []
    parts = _ITEM.split(text)
    names = [parts[0], *parts[2::2]] if len(parts) > 1 else parts
    return [name.strip() for name in names if name.strip()]


def _find_number(tail: Tail, pieces: list[Piece], body_from: int) -> None:
    """A number standing alone right before or after the signature, or within the last two lines, is the document's own."""
    lines = [i for i in range(body_from, len(pieces)) if pieces[i].kind == "line" and pieces[i].text.strip()]
    after = tail.signature[0] - 2 if tail.signature else (lines[-2] - 1 if len(lines) >= 2 else -1)
    stop = next((i for i in lines if pieces[i].role == "attachment_label"), len(pieces))
    for index in lines:
        if after < index < stop and _is_line(pieces[index]):
            number = document_number(pieces[index].text)
            if number:
                pieces[index].role = "document_number"
                tail.number = (index, number)
                return
