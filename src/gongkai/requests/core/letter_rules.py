"""The 24 kinds of letters (文书), as `regulations/letters/` has them."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from gongkai.kernel.numerals import to_chinese
from gongkai.kernel.rules import load_rules
from gongkai.requests.core.outcomes import derive_row, outcomes


@dataclass(frozen=True, slots=True)
class LetterRule:
    """One kind of letter: to whom, when, and the paragraphs it is drafted from."""

    id: str
    name: str
    addressee: Literal["applicant", "third_party", "joint_agency", "office", "complainant"]
    when: str
    layout: Literal["letter", "form"]
    clock_ids: tuple[str, ...] = ()
    numbered: bool = False
    signed: bool = False
    remedy: bool = False
    reply: bool = False
    body: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted text (草稿): paragraphs or table rows, and the Chinese names of what is still missing."""

    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


@lru_cache(maxsize=1)
def letter_rules() -> Mapping[str, LetterRule]:
    """Load all kinds; a form has fields, a letter has paragraphs."""
    loaded = {rule.id: rule for rule in load_rules("letters", LetterRule, only=("letters.yaml",))}
    for rule in loaded.values():
        if bool(rule.body) == bool(rule.fields):
            raise ValueError(f"letters/letters.yaml 的 {rule.id}：公文写 body，表格写 fields，二者取一")
    if missing := {o.letter for o in outcomes().values() if o.is_leaf} - set(loaded):
        raise ValueError(f"letters/letters.yaml 缺少处理结果所用的文书：{missing}")
    return MappingProxyType(loaded)


@lru_cache(maxsize=1)
def complaint_letter() -> LetterRule:
    """Load the letter that tells the result of a complaint about an institution (申诉处理结果告知书)."""
    (rule,) = load_rules("letters", LetterRule, only=("complaints.yaml",))
    return rule


VALUE_NAMES: dict[str, str] = {
    "received": "收到日期",
    "channel": "提交方式",
    "request": "申请内容",
    "reply_due": "答复期限",
    "supplement_items": "补正事项",
    "supplement_days": "补正期限",
    "reasons_why": "为什么认为超过合理范围",
    "reasons_days": "说明理由的期限",
    "extension_reason": "延期理由",
    "extension_days": "延长的工作日数",
    "first_due": "原期限",
    "extended_due": "延长后的期限",
    "consulted_documents": "征求意见涉及的信息",
    "consulted_on": "征求意见发出日期",
    "consultation_answered": "第三方答复日期",
    "override_content": "决定公开的内容",
    "override_reason": "决定公开的理由",
    "fee_mode": "计收方式",
    "fee_count": "件数或页数",
    "fee_yuan": "金额",
    "fee_steps": "计算方法",
    "fee_how": "缴费方式",
    "decision": "处理结果",
    "supplement_asked": "补正告知日期",
    "supplement_answered": "补正日期",
    "lapse_notice": "已送达的告知",
    "lapse_due": "届满日期",
    "lapse_what": "逾期未做的事",
    "correction_result": "更正办理结果",
    "contact_unit": "联系单位",
    "office_phone": "联系电话",
    "office_hours": "办公时间",
    "number": "登记编号",
}


def draft(rule: LetterRule, values: Mapping[str, str]) -> Draft:
    """Draft a letter or form of this kind from the values of a case; what is missing shows as 〔待填：…〕."""
    missing: dict[str, None] = {}
    if rule.fields:
        rows = tuple((label, values.get(key, "").strip()) for label, key in rule.fields.items())
        return Draft((), rows, ())
    paragraphs: list[str] = []
    for template in rule.body:
        optional, text = template.startswith("?"), template.removeprefix("?")
        keys = [name for _, name, _, _ in string.Formatter().parse(text) if name]
        empty = [key for key in keys if not values.get(key, "").strip()]
        if optional and empty:
            continue
        missing.update(dict.fromkeys(VALUE_NAMES.get(key, key) for key in empty))
        filled = {
            key: values.get(key, "").strip() or f"〔待填：{VALUE_NAMES.get(key, key)}〕" for key in keys
        }
        paragraphs += [line.strip() for line in text.format(**filled).split("\n") if line.strip()]
    return Draft(tuple(paragraphs), (), tuple(missing))


def reply_kind(chosen: Sequence[str]) -> str:
    """Return the kind of letter that answers parts with these outcomes: that of the row the case counts in."""
    row = derive_row(chosen).row
    if row == "partial":
        return "L11_partial"
    return next(str(outcomes()[c].letter) for c in chosen if outcomes()[c].report_row == row)


def decision_text(parts: Sequence[tuple[str, str, Mapping[str, str]]]) -> str:
    """Return what a reply says about each part: (text, outcome, detail) → one line each, internal notes left out."""
    lines = []
    for number, (text, outcome, detail) in enumerate(parts, start=1):
        rule = outcomes()[outcome]
        said = [
            f"{_short(label)}：{detail[key]}"
            for key, label in rule.needs.items()
            if detail.get(key) and key not in rule.internal
        ]
        ground = f"（条例{rule.article}）" if rule.article else ""
        head = f"（{to_chinese(number)}）关于“{_brief(text)}”，" if len(parts) > 1 else ""
        lines.append(f"{head}{rule.label}{ground}。{'；'.join(said)}{'。' if said else ''}")
    return "\n".join(lines)


def _short(label: str) -> str:
    return label.split("（")[0].split("，")[0]


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:58] + "……"


def chinese_date(iso: str) -> str:
    """Return 2025年1月5日 for 2025-01-05, an empty text for an empty one."""
    if not iso:
        return ""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"
