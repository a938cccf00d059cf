"""The office's own word lists (单位词表): what each list holds, and how its entries reach the guard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gongkai.records.core.errors import BadInput

MAX_TERM = 200


@dataclass(frozen=True, slots=True)
class WordList:
    """One list: its name in the guard's rules, its title, what a term is, and what else an entry says."""

    name: str
    title: str
    term: str
    hint: str
    details: tuple[tuple[str, str], ...] = ()


WORD_LISTS: tuple[WordList, ...] = (
    WordList("public_numbers", "对外公开的电话", "号码", "值班手机等本单位对外公布的号码，不再报为个人手机"),
    WordList("public_accounts", "对外公开的账户", "账号", "财政专户、捐赠账户等主动公布的对公账号"),
    WordList("org_names", "本单位与相关单位名称", "名称", "全称、规范简称各一条；名称写错时提示"),
    WordList(
        "former_agencies", "机构旧名", "旧名", "改名以后仍用旧名时提示", (("now", "现名"), ("since", "改名日期"))
    ),
    WordList("place_names", "地名", "地名", "写错一字时提示，也不当作错字"),
    WordList(
        "document_titles", "文号与文件名", "文号", "文号与文件名对不上时提示", (("title", "文件名"),)
    ),
    WordList("fixed_phrases", "固定说法", "说法", "四个字以上，错一个字就拦截"),
    WordList("common_typos", "常见错写", "错的写法", "出现即提示改正", (("right", "正确写法"),)),
    WordList("allowed_phrases", "不算错的说法", "说法", "误报时加在这里"),
    WordList(
        "outdated_laws", "失效或改名的法规", "旧名", "引用旧名时提示",
        (("new", "现行名称（取消的留空）"), ("since", "现行名称施行日")),
    ),
)  # fmt: skip
BY_NAME: Mapping[str, WordList] = {one.name: one for one in WORD_LISTS}
_OPTIONAL = frozenset({("outdated_laws", "new")})
_NUMBERS = frozenset({"public_numbers", "public_accounts"})
_SHORTEST_PHRASE = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one list."""

    list_name: str
    term: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeWords:
    """All entries as the guard takes them."""

    public_numbers: frozenset[str] = frozenset()
    public_accounts: frozenset[str] = frozenset()
    org_names: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def checked_entry(list_name: str, term: str, details: Mapping[str, str]) -> Entry:
    """Return an entry, trimmed. Raises BadInput naming what is missing or wrong."""
    kind = BY_NAME.get(list_name)
    if kind is None:
        raise _bad("没有这个词表", list_name, "请从列表里选")
    term = re.sub(r"[\s\-]", "", term) if list_name in _NUMBERS else term.strip()
    if not term or len(term) > MAX_TERM:
        raise _bad(f"没有写{kind.term}，或写得过长", kind.title, f"请写{kind.term}，不超过 {MAX_TERM} 字")
    if list_name in _NUMBERS and not term.isdigit():
        raise _bad(f"“{term}”不是号码", kind.title, "只写数字，可带连字符")
    if list_name == "fixed_phrases" and len(term) < _SHORTEST_PHRASE:
        raise _bad(f"“{term}”太短", kind.title, f"固定说法至少 {_SHORTEST_PHRASE} 个字，短的写进常见错写")
    values = []
    for key, label in kind.details:
        value = details.get(key, "").strip()
        if not value and (list_name, key) not in _OPTIONAL:
            raise _bad(f"“{term}”没有写{label}", kind.title, f"请补{label}")
        if key == "since" and not _is_day(value):
            raise _bad(f"“{term}”的日期写法不对", kind.title, "日期写成 2025-03-01")
        values.append((key, value))
    return Entry(list_name, term, tuple(values))


def entries_of_file(data: Any) -> list[Entry]:
    """Return the entries of an imported file: `lists:` as in regulations/guard, or the lists at its top.

    Raises BadInput when it is not such a file, or at the first entry that is wrong.
    """
    lists = data.get("lists", data) if isinstance(data, Mapping) else None
    if not isinstance(lists, Mapping):
        raise _bad("文件里没有词表", "导入", "文件应是 YAML，按词表名称分组，可先导出一份对照")
    found: list[Entry] = []
    for name, values in lists.items():
        if name in BY_NAME:
            found += [checked_entry(str(name), term, details) for term, details in _pairs(str(name), values)]
    if not found:
        raise _bad("文件里没有认得的词表", "导入", f"认得的词表：{'、'.join(BY_NAME)}")
    return found


def _pairs(name: str, values: Any) -> Iterable[tuple[str, dict[str, str]]]:
    """Yield term and details of each entry, from the shapes that regulations/guard uses."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            if name == "common_typos":
                wrongs = value if isinstance(value, list) else [value]
                yield from ((str(wrong), {"right": str(key)}) for wrong in wrongs)
            elif isinstance(value, Mapping):
                yield str(key), {k: str(v or "") for k, v in value.items()}
            else:
                yield str(key), {"title": str(value)}
    elif isinstance(values, list):
        for value in values:
            if isinstance(value, Mapping):
                yield str(value.get("old", "")), {k: str(v or "") for k, v in value.items()}
            else:
                yield str(value), {}
    else:
        raise _bad(f"“{name}”的写法不对", "导入", "应是一列，或名称对内容")


def as_lists(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the entries in the shapes of regulations/guard, for export and for the guard."""
    lists: dict[str, Any] = {}
    for entry in entries:
        details = dict(entry.details)
        if entry.list_name == "former_agencies":
            lists.setdefault(entry.list_name, {})[entry.term] = details
        elif entry.list_name == "document_titles":
            lists.setdefault(entry.list_name, {})[entry.term] = details["title"]
        elif entry.list_name == "common_typos":
            lists.setdefault(entry.list_name, {}).setdefault(details["right"], []).append(entry.term)
        elif entry.list_name == "outdated_laws":
            row = {"old": entry.term, "new": details["new"] or None, "since": details["since"]}
            lists.setdefault(entry.list_name, []).append(row)
        else:
            lists.setdefault(entry.list_name, []).append(entry.term)
    return lists


def office_words(entries: Iterable[Entry]) -> OfficeWords:
    """Return the entries as the guard takes them."""
    lists = as_lists(entries)
    numbers, accounts = lists.pop("public_numbers", []), lists.pop("public_accounts", [])
    names, places = lists.pop("org_names", []), lists.pop("place_names", [])
    if places:
        long_enough = [place for place in places if len(place) >= _SHORTEST_PHRASE]
        lists["common_phrases"] = long_enough
        lists["allowed_phrases"] = [*lists.get("allowed_phrases", []), *places]
    return OfficeWords(frozenset(numbers), frozenset(accounts), tuple(names), lists)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _bad(message: str, where: str, remedy: str) -> BadInput:
    return BadInput(code="word_wrong", message=message, where=where, remedy=remedy)
