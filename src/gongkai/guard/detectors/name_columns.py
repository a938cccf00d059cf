"""Columns that hold names (姓名列): told by their heading, by its ending, or by what the cells hold."""

from __future__ import annotations

import re

from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.persons import begins_with_surname, is_name
from gongkai.guard.core.tables import Table

_FEWEST_NAMES = 2
MAY_NAME = re.compile(
    r"(?!合计|小计|总计|共计|备注|以上|单位)[\u4e00-\u9fff·某*×＊○]{2,5}(?:[/、][\u4e00-\u9fff·]{2,4})?"
)
_OFFICE_HEADING = re.compile(
    r"专家|医师|医生|护士|讲者|授课|主讲|负责|联系|责任|执法|法人|代表|团队|成员|领导|局长|主任|经办|走访|审核|陪同|带队|参加|干部|监督"
)


def name_columns(table: Table, lexicon: Lexicon) -> set[int]:
    """Return the columns that hold names of private persons: by heading, or because every cell is a name."""
    if "name_columns" not in table.memory:
        table.memory["name_columns"] = _name_columns(table, lexicon)
    found: set[int] = table.memory["name_columns"]
    return found


def _name_columns(table: Table, lexicon: Lexicon) -> set[int]:
    headings = set(lexicon.words("name_headings"))
    columns: set[int] = set()
    for head in table.header or []:
        text = re.sub(r"\s", "", head.text)
        if text in headings or (text.endswith("姓名") and not _OFFICE_HEADING.search(text)):
            if not holds_figures(table, head.column):
                columns.add(head.column)
        elif _PERSON_HEADING.search(text) and not _OFFICE_NAMED.search(text):
            if _may_hold_names(table, head.column, lexicon) or _hold_words_like_names(table, head.column):
                columns.add(head.column)
        elif not _OFFICE_HEADING.search(text) and _holds_names(table, head.column, lexicon):
            columns.add(head.column)
    return columns


_PERSON_HEADING = re.compile(
    r"(?:居民|村民|户主|患者|病人|老人|学生|儿童|幼儿|婴儿|宝宝|产妇|孕妇|妇女|母亲|父亲|职工|员工|对象|献血者|受种者|申请人|当事人|死者|逝者|监护人|家长|残疾人|收款人|户名|领款人|户|主|(?<![单])[被受当入参值替投][\u4e00-\u9fff]{1,3}(?:人|者|人员)|(?:领取|受助|供养|照护|委托|送检|采样|检测|筛查|随访|救助|帮扶|入住|出院|住院|死亡)(?:人|者|人员)|个案|女方|男方|夫妻|配偶)(?:名字|姓名)?$"
)
_OFFICE_NAMED = re.compile(r"专家|医师|医生|护士|负责|责任|执法|法人|领导|经办|审核|监督|参加|陪同")


def _may_hold_names(table: Table, column: int, lexicon: Lexicon) -> bool:
    """Tell whether the cells below a heading of persons look like names: a surname and one or two characters, dictionary or not."""
    cells = table.column(column)
    fitting = sum(begins_with_surname(cell.text, lexicon) for cell in cells)
    return bool(cells) and fitting * 10 >= len(cells) * 7


_LIKE_A_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,6}(?:之[子女])?|[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,7}|[\u4e00-\u9fff·]{2,9}[，,（(][男女0-9].*"
)
_NO_NAME = re.compile(
    r"[村镇乡县市区院局所站校园科室组队厂司]$|合计|小计|总计|患者|人员|群众|居民$|村民$|家庭|不详|无$"
)


def _hold_words_like_names(table: Table, column: int) -> bool:
    """Tell whether nearly every cell below a heading of persons is one short word, all different: names of whatever people."""
    cells = table.column(column)
    fitting = sum(
        _LIKE_A_NAME.fullmatch(cell.text) is not None and _NO_NAME.search(cell.text) is None for cell in cells
    )
    distinct = len({cell.text for cell in cells})
    return len(cells) >= _FEWEST_NAMES and fitting * 10 >= len(cells) * 9 and distinct * 10 >= len(cells) * 8


def holds_figures(table: Table, column: int) -> bool:
    """Tell whether a column counts persons instead of naming them (学生 | 1200)."""
    cells = table.column(column)
    return bool(cells) and all(cell.text[0].isdigit() for cell in cells)


def _holds_names(table: Table, column: int, lexicon: Lexicon) -> bool:
    cells = table.column(column)
    return len(cells) >= _FEWEST_NAMES and all(is_name(cell.text, lexicon) for cell in cells)
