"""Small words and look-ups for the desk screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template

from gongkai.requests.core.outcomes import Outcome, choosable, row_labels
from gongkai.requests.plain_words import VERB_WORDS

register = template.Library()
PERSON_WORDS: dict[str, str] = {
    "name": "姓名或单位名称",
    "id_kind": "证件种类",
    "id_number": "证件号码",
    "credit_code": "统一社会信用代码",
    "representative": "法定代表人或负责人",
    "contact": "联系人",
    "phone": "联系电话",
    "email": "电子邮箱",
    "address": "通信地址",
    "postcode": "邮政编码",
    "agent_name": "代理人姓名",
    "agent_phone": "代理人电话",
}


@register.filter
def item(values: Any, key: str) -> Any:
    """Return one value of a mapping, an empty text when absent."""
    return values.get(key, "") if isinstance(values, Mapping) else ""


@register.filter
def need(typed: Any, key: str) -> str:
    """Return what was typed for one need of an outcome."""
    return str(typed.get(f"need_{key}", "")) if isinstance(typed, Mapping) else ""


@register.filter
def all_needs(_: Any) -> list[tuple[str, str]]:
    """Return every need that any outcome has, once, with its shortest wording."""
    found: dict[str, str] = {}
    for outcome in choosable():
        for key, label in outcome.needs.items():
            short = label.split("（")[0].split("，")[0]
            if key not in found or len(short) < len(found[key]):
                found[key] = short
    return list(found.items())


@register.filter
def person_fields(_: Any) -> list[tuple[str, str]]:
    """Return the particulars that a paper may hold."""
    return [(key, word) for key, word in PERSON_WORDS.items() if key != "representative"]


@register.filter
def person_word(key: str) -> str:
    """Return the Chinese name of a particular."""
    return PERSON_WORDS.get(key, key)


@register.filter
def verb_word(verb: str) -> str:
    """Return what happened, in the trade's words."""
    return VERB_WORDS.get(verb, verb)


@register.filter
def row_word(row: str) -> str:
    """Return the Chinese name of a row of the annual report."""
    return row_labels().get(row, row)


@register.filter
def need_label(outcome: Any, key: str) -> str:
    """Return what one note of a decision is called."""
    return outcome.needs.get(key, key) if isinstance(outcome, Outcome) else key


@register.simple_tag
def typed_value(typed: Mapping[str, str], verb: str, field: Any, today: date) -> str:
    """Return what stands in a field: what was typed, else its first value."""
    if typed and typed.get("verb") == verb:
        return str(typed.get(field.name, ""))
    return today.isoformat() if field.initial == "today" else str(field.initial)
