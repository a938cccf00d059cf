"""The head of an official document (版头、标题、主送机关): what stands before the text, and where the text begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from gongkai.importing.dates import parse_day
from gongkai.importing.markers import chapter_level, is_contents_line, parse_marker
from gongkai.importing.pieces import Piece
from gongkai.importing.references import (
    body_names,
    document_number,
    has_standard_brackets,
    is_body_name,
    issuer_mark,
)

MAX_TITLE_LINES = 6
_KIND = (
    "决议|决定|命令|令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要|要点|办法|规定|细则|规则|条例|方案|计划|规划|"
    "总结|指南|目录|清单|名单|公示|解读|预案|制度|简报|汇报|声明|标准|规范|须知|简介|情况|说明|问答|提示|倡议书|建议|答复|回复|安排|职责|表"
)
_COMPLETE = re.compile(rf"(?:{_KIND})[》”]?(?:[（(][^（）()]{{1,20}}[)）])?$")
_SUFFIX = re.compile(r"[（(][^（）()\d年]{1,20}(?:\d{4}年?[^（）()]{0,10})?[)）]")
_LABEL = re.compile(
    r"(?P<label>索\s*引\s*号|发\s*文\s*机\s*关|发\s*布\s*机\s*构|成\s*文\s*日\s*期|发\s*布\s*日\s*期|发\s*布\s*时\s*间|主\s*题\s*分\s*类|"
    r"主\s*题\s*词|信\s*息\s*来\s*源|来\s*源|有\s*效\s*性|公\s*开\s*方\s*式|公\s*开\s*类\s*别|文\s*号|发\s*文\s*字\s*号|签\s*发\s*人)\s*[:：]\s*(?P<value>.*)"
)
_URGENCY = re.compile(r"(?:\d{6}|(?:绝密|机密|秘密|内部)(?:★.{0,8})?|特\s*急|加\s*急|平\s*急|特提)")
_ATTACHMENT = re.compile(r"附\s*件\s*[\d一二三四五六七八九十]{0,3}[：:]?")
_ADDRESSED = re.compile(r"各|局|委|院|中心|办|府|厅|部|所|单位|公司|会|处|站|校|社区|同志|先生|女士")
_SENTENCE_WORDS = re.compile(r"如下|以下|下列|现将|报告|通知|包括|强调|指出|要求")
_OPENING = re.compile(r"为|根据|按照|依据|依照|经|现将|近日|日前|今年|去年")
_LABELS_IN_TABLE = {
    "发文字号": "number",
    "文号": "number",
    "成文日期": "date",
    "发文机关": "issuer",
    "发布机构": "issuer",
}


@dataclass
class Head:
    """What the head says; `title_pieces` leave the blocks, every other piece only gets its role."""

    title_pieces: list[int] = field(default_factory=list)
    document_number: str | None = None
    number_as_written: str | None = None
    issuer: str | None = None
    formed_date: date | None = None
    addressee: str | None = None
    signature: tuple[int, ...] = ()
    body_from: int = 0

    def take_number(self, line: str) -> bool:
        number = document_number(line)
        if number is None:
            return False
        if self.document_number is None:
            self.document_number = number
            self.number_as_written = (
                None if has_standard_brackets(line) or "〔" not in number else line.strip()
            )
        return True


def read_head(pieces: list[Piece]) -> Head:
    """This function will find title, number, issuer mark and addressee at the start of `pieces` and set their roles."""
    head = Head()
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        if piece.kind == "image":
            index += 1
            continue
        if piece.kind == "table":
            if head.title_pieces or not _take_label_table(head, piece):
                break
            index += 1
            continue
        step = _take_line(head, pieces, index)
        if step == 0:
            break
        index += step
        if head.addressee is not None:
            break
    head.body_from = index
    return head


def _take_line(head: Head, pieces: list[Piece], index: int) -> int:
    """Give how many pieces belong to the head here; 0 where the text begins."""
    piece = pieces[index]
    line = piece.text.strip()
    if _URGENCY.fullmatch(line):
        piece.role = "head_note"
        return 1
    if not head.title_pieces and _ATTACHMENT.fullmatch(line):
        piece.role = "attachment_label"
        return 1
    if head.take_number(line):
        piece.role = "document_number"
        return 1
    labelled = _LABEL.fullmatch(line)
    if labelled and "。" not in line:
        piece.role = "head_note"
        _take_label(head, re.sub(r"\s", "", labelled["label"]), labelled["value"])
        return 1
    mark = issuer_mark(line)
    if mark and not head.title_pieces:
        head.issuer, piece.role = head.issuer or mark, "issuer_mark"
        return 1
    if head.title_pieces:
        return _take_after_title(head, pieces, index)
    if _take_before_title(head, pieces, index):
        return 1
    if piece.style_level and not piece.is_title:
        head.title_pieces = _heading_as_title(pieces, index)
    elif piece.is_title or _may_be_title(piece):
        head.title_pieces = _title_run(pieces, index)
    else:
        return _take_addressee(head, piece)
    return len(head.title_pieces)


def _take_before_title(head: Head, pieces: list[Piece], index: int) -> bool:
    """A day above the title, or the name of the body in the head of a letter (信函格式): its number follows."""
    piece = pieces[index]
    day = parse_day(piece.text)
    if day:
        head.formed_date, piece.role = head.formed_date or day, "date"
        return True
    following = pieces[index + 1] if index + 1 < len(pieces) else None
    if is_body_name(piece.text) and following is not None and document_number(following.text):
        head.issuer, piece.role = head.issuer or "、".join(body_names(piece.text)), "issuer_mark"
        return True
    return False


def number_at_end(title: str) -> str | None:
    """This function will give the number that a title carries at its end: ……的通知（青卫〔2021〕8号）."""
    found = re.search(r"[（(]([^（()）]{4,30}号)[)）]$", title)
    if found is None or not _COMPLETE.search(title[: found.start()]):
        return None
    return document_number(found.group(1))


def _take_after_title(head: Head, pieces: list[Piece], index: int) -> int:
    piece = pieces[index]
    day = parse_day(piece.text)
    if day:
        head.formed_date, piece.role = head.formed_date or day, "date"
        return 1
    following = pieces[index + 1] if index + 1 < len(pieces) else None
    if is_body_name(piece.text) and following is not None and parse_day(following.text):
        head.signature = (index, index + 1)
        head.formed_date = parse_day(following.text)
        return 2
    return _take_addressee(head, piece)


def _take_addressee(head: Head, piece: Piece) -> int:
    line = piece.text.strip()
    if not line.endswith(("：", ":")) or len(line) > 400 or "。" in line or parse_marker(line):
        return 0
    if not _ADDRESSED.search(line) or _SENTENCE_WORDS.search(line):
        return 0
    head.addressee, piece.role = line[:-1].strip(), "addressee"
    return 1


def _may_be_title(piece: Piece) -> bool:
    line = piece.text.strip()
    if piece.plain or piece.quotation or re.search(r"[。；;：:，,、.．]$", line):
        return False
    if _OPENING.match(line) and re.search(r"[，,]", line):
        return False
    if (
        re.search(r"[。；！]", line[:-1])
        or parse_marker(line)
        or chapter_level(line)
        or is_contents_line(line)
    ):
        return False
    return not (parse_day(line) or re.match(r"附\s*件", line)) and bool(re.search(r"[^\W\d_]", line))


def _heading_as_title(pieces: list[Piece], index: int) -> list[int]:
    """A file whose only unnumbered first-level headings stand together at the start: they are its title.

    The headings below then move up by one level.
    """
    top = [i for i, p in enumerate(pieces) if p.style_level == 1 and not parse_marker(p.text)]
    if top != list(range(index, index + len(top))) or len(top) > MAX_TITLE_LINES or not top:
        return []
    for piece in pieces[top[-1] + 1 :]:
        if piece.style_level and piece.style_level > 1:
            piece.style_level -= 1
    return top


def _title_run(pieces: list[Piece], index: int) -> list[int]:
    """Give the indexes of the lines that make up the title."""
    run = [index]
    text = pieces[index].text.strip()
    for later in range(index + 1, min(index + MAX_TITLE_LINES, len(pieces))):
        piece = pieces[later]
        line = piece.text.strip()
        if piece.kind != "line" or not _goes_on(text, pieces[run[-1]], piece, line):
            break
        run.append(later)
        text += line
    return run


def _goes_on(title: str, last: Piece, piece: Piece, line: str) -> bool:
    if piece.is_title and last.is_title:
        return piece.style_level is None
    if _SUFFIX.fullmatch(line) or line.startswith("——"):
        return not document_number(line) and not parse_day(line)
    if not _may_be_title(piece) or document_number(line) or piece.style_level:
        return False
    if (
        last.centred
        and piece.centred
        and last.size_pt
        and last.size_pt == piece.size_pt
        and last.size_pt >= 15
    ):
        return not (is_body_name(line) and _COMPLETE.search(title))
    if title.count("《") > title.count("》"):
        return len(line) <= 60
    if _COMPLETE.search(title) or last.is_title:
        return False
    return bool(_COMPLETE.search(line)) or (
        title.endswith(("的", "、", "和", "与", "及", "关于")) and len(line) <= 60
    )


def _take_label(head: Head, label: str, value: str) -> None:
    value = value.strip()
    if label in ("文号", "发文字号"):
        head.take_number(value)
    elif label == "成文日期":
        head.formed_date = head.formed_date or parse_day(value)
    elif label in ("发文机关", "发布机构") and value:
        head.issuer = head.issuer or value


def _take_label_table(head: Head, piece: Piece) -> bool:
    cells = [cell.strip() for row in piece.rows for cell in row if cell.strip()]
    labels = [re.sub(r"[\s:：]", "", cell) for cell in cells]
    joined = [_LABEL.fullmatch(cell) for cell in cells]
    known = sum(
        1 for label in labels if label in _LABELS_IN_TABLE or label in ("索引号", "主题分类", "发布日期")
    )
    if known + sum(1 for found in joined if found) < 2:
        return False
    for place, label in enumerate(labels[:-1]):
        if label in _LABELS_IN_TABLE:
            _take_label(head, label, cells[place + 1])
    for found in joined:
        if found:
            _take_label(head, re.sub(r"\s", "", found["label"]), found["value"])
    return True
