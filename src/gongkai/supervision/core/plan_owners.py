"""Who does it (责任单位): owners out of cells, brackets, labels and clauses such as 由办公室牵头."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from gongkai.supervision.core.plan_deadlines import read_deadline
from gongkai.supervision.core.plan_words import plain, words

MAX_UNIT = 24
_BREAKS = re.compile(r"[、,，;；/\n\r\t|]+|\s{1,}")
_JOINED = re.compile(r"(?:以及|和|及|与)")
_ROLE_IN_BRACKET = re.compile(r"[(（](牵头|主办|主责|配合|协办|参与)[)）]")
_BARE_NUMBER = re.compile(r"\s*(\d{1,3}(?:\.\d{1,2})?)\s*(?:分|%)?\s*")
_CLAUSE = re.compile(r"[,，。;；]")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is said about a task beside its words: owners, deadline words (None = not said), weight."""

    lead: tuple[str, ...] = ()
    co_owners: tuple[str, ...] = ()
    deadline: str | None = None
    weight: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is said."""
        return not (self.lead or self.co_owners or self.deadline or self.weight is not None)

    def over(self, other: Attributes) -> Attributes:
        """Return these attributes with the gaps filled from another."""
        owned = bool(self.lead or self.co_owners)
        return Attributes(
            self.lead if owned else other.lead,
            self.co_owners if owned else other.co_owners,
            self.deadline or other.deadline,
            self.weight if self.weight is not None else other.weight,
        )


NOTHING = Attributes()


def is_unit(text: str) -> bool:
    """Tell whether a name reads as a section, office or institution (单位名)."""
    name = plain(text).strip("() ")
    if not 2 <= len(name) <= MAX_UNIT or any(sign in name for sign in "。:《》“”"):
        return False
    return name in words("unit.everyone") or name.endswith(words("unit.suffix"))


def split_units(text: str) -> tuple[str, ...]:
    """Split a cell or list of owners (拆分责任单位): by 、, comma, line or blank, and by 和 between two unit names."""
    found: list[str] = []
    for piece in _BREAKS.split(text):
        piece = piece.strip(" 。.:：")
        if not piece:
            continue
        joined = [half for half in _JOINED.split(piece) if half]
        found += joined if len(joined) > 1 and all(map(is_unit, joined)) else [piece]
    return tuple(dict.fromkeys(found))


def owners_of_cell(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read an owner cell as (lead, co-owners): labels and marks 牵头/配合 win, else the first name leads."""
    if label_pattern().search(plain(text)):
        labelled = read_labels(text)
        if labelled.lead or labelled.co_owners:
            return labelled.lead, labelled.co_owners
    by_verb = _owners_by_verb(text)
    if by_verb is not None:
        return by_verb
    lead: list[str] = []
    co_owners: list[str] = []
    plain_names: list[str] = []
    for name in split_units(text):
        mark = _ROLE_IN_BRACKET.search(name)
        bare = _ROLE_IN_BRACKET.sub("", name)
        if mark is None:
            plain_names.append(bare)
        elif mark[1] in ("配合", "协办", "参与"):
            co_owners.append(bare)
        else:
            lead.append(bare)
    if lead:
        return tuple(lead), (*co_owners, *plain_names)
    return tuple(plain_names[:1]), (*plain_names[1:], *co_owners)


@lru_cache(maxsize=1)
def label_pattern() -> re.Pattern[str]:
    """Return the pattern of every label with its sign (责任科室：)."""
    named = [
        f"(?P<{use}>{'|'.join(map(re.escape, words(f'label.{use}')))})"
        for use in ("co", "lead", "deadline", "weight")
    ]
    return re.compile(f"(?:{'|'.join(named)})\\s*:")


def read_labels(text: str) -> Attributes:
    """Read 「责任科室：办公室、医政科；完成时限：6月底前」."""
    formed, said = plain(text), NOTHING
    places = list(label_pattern().finditer(formed))
    for place, following in zip(places, [*places[1:], None], strict=True):
        value = text[place.end() : following.start() if following else len(text)].strip(" ;；,，。()（）\n\t")
        use = place.lastgroup
        if use == "lead":
            several = any(word in place.group() for word in ("牵头", "主办"))
            lead, co_owners = (split_units(value), ()) if several else owners_of_cell(value)
            said = replace(said, lead=said.lead + lead, co_owners=said.co_owners + co_owners)
        elif use == "co":
            said = replace(said, co_owners=said.co_owners + split_units(value))
        elif use == "deadline":
            said = replace(said, deadline=value or None)
        else:
            said = replace(said, weight=read_weight_cell(value))
    return said


def _owners_by_verb(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Read 「办公室牵头，医政科、疾控科配合」; None when a clause is anything else."""
    lead: list[str] = []
    co_owners: list[str] = []
    for clause in _CLAUSE.split(text.strip(" ()（）。")):
        formed = plain(clause).strip().removeprefix("由")
        offset = len(clause.strip()) - len(formed)
        for use, into in (("verb.lead", lead), ("verb.co", co_owners)):
            verb = next((v for v in words(use) if formed.endswith(v)), None)
            if verb:
                units = split_units(clause.strip()[offset : len(clause.strip()) - len(verb)].rstrip("共同"))
                if not units or not all(map(is_unit, units)):
                    return None
                into += units if verb not in ("负责", "承办") else units[:1]
                co_owners += units[1:] if verb in ("负责", "承办") else ()
                break
        else:
            return None
    return (tuple(lead), tuple(co_owners)) if lead or co_owners else None


def owners_in_clause(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find owners inside a sentence: 「由办公室牵头，…」, 「…，医政科配合」."""
    lead: list[str] = []
    co_owners: list[str] = []
    for clause in _CLAUSE.split(text):
        whole = _owners_by_verb(clause) if clause.strip() else None
        if whole is None:
            led = _led_by(clause.strip())
            lead += led
            continue
        lead += whole[0]
        co_owners += whole[1]
    return tuple(lead), tuple(co_owners)


def _led_by(clause: str) -> tuple[str, ...]:
    if not clause.startswith("由"):
        return ()
    places = [at for verb in words("verb.lead") if (at := plain(clause).find(verb)) > 1]
    units = split_units(clause[1 : min(places)]) if places else ()
    return units if units and all(map(is_unit, units)) else ()


def read_bracket(text: str) -> Attributes:
    """Read what stands in a bracket at a task; NOTHING when it is a remark of another kind."""
    inner = text.strip().strip("()（）").strip()
    if not inner:
        return NOTHING
    if label_pattern().search(plain(inner)):
        return read_labels(inner)
    owners = _owners_by_verb(inner)
    if owners is not None:
        return Attributes(*owners)
    weight = re.fullmatch(r"(?:分值|权重)?:?\s*(\d{1,3}(?:\.\d{1,2})?)\s*(?:分|%)", plain(inner))
    if weight:
        return Attributes(weight=Decimal(weight[1]))
    units = split_units(inner)
    if units and all(map(is_unit, units)):
        return Attributes(units[:1], units[1:])
    return _short_deadline(inner)


def _short_deadline(inner: str) -> Attributes:
    found = read_deadline(inner, year=None)
    said = found.deadline.text
    rest = len(inner) - len(said or "")
    return Attributes(deadline=said) if said and rest <= 4 else NOTHING


def read_weight_cell(text: str) -> Decimal | None:
    """Read a number of points in a cell of its own: 「10」, 「10分」, 「5%」."""
    match = _BARE_NUMBER.fullmatch(plain(text))
    return Decimal(match[1]) if match else None


def weight_in(text: str) -> Decimal | None:
    """Find points in a label (分值), brackets balanced or not: 「主动公开（10分）」, 「主动公开 10分）」."""
    match = re.search(
        r"(?:[(]\s*(\d{1,3}(?:\.\d{1,2})?)\s*(?:分|%)|(\d{1,3}(?:\.\d{1,2})?)\s*(?:分|%)\s*[)])", plain(text)
    )
    return Decimal(match[1] or match[2]) if match else None
