"""Children by a name that was read (读出的孩子姓名): an age below eighteen, a class or a school right behind the name, or a class right before it.

Elsewhere names of children are found by their characters; here the reader of names found one, and the frame says that it is a child's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.name_reader import LONGEST, read_names
from gongkai.guard.core.reading import PartReading

_SIGNS = ("岁", "年级", "班", "初一", "初二", "初三", "高一", "高二", "高三")
_AGE = re.compile(
    r"[（(，,、：: ]?(?:[男女](?:孩|童)?[，,、 ])?(?:今年|现年|时年|年仅|才|刚满)?(?:[0-9]|1[0-7])(?:周)?岁(?!以|至|～|-)"
)
_CLASS = re.compile(
    r"[（(，,、][^（）()，。；]{0,14}(?:[一二三四五六七八九]年级|[初高][一二三](?![十百])|[）)]班|[小中大托]班|(?<=[0-9])班)"
    r"|[为是系](?:[\u4e00-\u9fff]{2,10}(?:小学|中学|幼儿园|学校|完小|附小))[^，。；]{0,10}(?:班|年级|学生)"
)
_CLASS_BEFORE = re.compile(
    r"(?:[）)0-9一二三四五六七八九]班|[一二三四五六七八九]年级)的?(?:学生|同学|男生|女生)?$"
)
_GROWN_UP = re.compile(
    r"老师|教师|班主任|校长|园长|校医|保育|教练|家长|医生|医师|护士|主任|志愿者|民警|辅导员|讲|授|负责|带|走进|来到|看望"
)
_REACH = 26


def children_read(part: PartReading) -> Iterator[tuple[int, int, int]]:
    """Yield the half-open span of each child's name in prose, and where the frame that gives the child away ends."""
    if not part.has_any(_SIGNS):
        return
    text = part.plain
    for start, end in part.prose_sentences():
        sentence = text[start:end]
        if end - start > LONGEST or not any(sign in sentence for sign in _SIGNS):
            continue
        for left, right in read_names(sentence).spans:
            frame = _frame(text, start, start + left, start + right, end)
            if frame is not None and right - left > 1:
                yield start + left, start + right, frame


def _frame(text: str, start: int, name_start: int, name_end: int, end: int) -> int | None:
    """Return where the words end that tell of a child, None when there are none or a grown-up is named."""
    stop = min(end, name_end + _REACH)
    aged = _AGE.match(text, name_end, stop)
    if aged is not None:
        return aged.end()
    lead = text[max(start, name_start - 8) : name_start]
    if _GROWN_UP.search(lead) or _GROWN_UP.match(text, name_end, stop):
        return None
    at_school = _CLASS.match(text, name_end, stop)
    if at_school is not None:
        return (
            None
            if _GROWN_UP.search(at_school[0]) or _GROWN_UP.match(text, at_school.end())
            else at_school.end()
        )
    return name_end if _CLASS_BEFORE.search(lead) else None
