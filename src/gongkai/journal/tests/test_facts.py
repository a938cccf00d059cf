"""Fact types: what a field may hold, checked while the class is defined and while a fact is made."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gongkai
from gongkai.journal.core.canonical import canonical_json
from gongkai.journal.facts import FACTS, Code, Fact, FactInvalid, Sha256, _refuse_type


class EverythingHeld(Fact, name="journal_test.EverythingHeld"):
    count: int
    flag: bool = False
    amount: Decimal | None = None
    day: date | None = None
    moment: datetime | None = None
    code: Code | None = None
    digest: Sha256 | None = None
    codes: tuple[Code, ...] = ()
    pair: tuple[Code, int] | None = None
    cells: Mapping[Code, int] | None = None


BASE = {"org": "demo", "subject": "thing:1", "on": date(2020, 1, 1), "count": 1}


@pytest.mark.parametrize(
    "annotation",
    [
        "str",
        "float",
        "bytes",
        "object",
        "dict[str, int]",
        "list[Code]",
        "tuple[str, ...]",
        "Mapping[str, int]",
        "Any",
        "int | Decimal",
        "Code | str",
    ],
)
def test_field_that_could_hold_prose_is_refused_at_definition(annotation: str) -> None:
    body = {"__annotations__": {"note": annotation}, "__module__": __name__}
    with pytest.raises(TypeError, match="只能用"):
        type(Fact)("Bad", (Fact,), body, name="journal_test.Bad")
    assert "journal_test.Bad" not in FACTS


@pytest.mark.parametrize("name", ["Bad", "journal.bad", "journal_test.Bad Name", "", "a.b.C"])
def test_fact_needs_a_name_of_room_and_participle(name: str) -> None:
    with pytest.raises(TypeError, match="事实名"):
        type(Fact)("Bad", (Fact,), {"__module__": __name__}, name=name)


def test_name_of_another_fact_is_refused() -> None:
    with pytest.raises(TypeError, match="已由"):
        type(Fact)("Other", (Fact,), {"__module__": __name__}, name="journal_test.EverythingHeld")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", True),
        ("count", "1"),
        ("flag", 1),
        ("amount", 1.5),
        ("amount", Decimal("NaN")),
        ("day", datetime(2020, 1, 1, tzinfo=UTC)),
        ("moment", datetime(2020, 1, 1)),  # noqa: DTZ001
        ("code", "有字"),
        ("code", "two words"),
        ("code", ""),
        ("code", "x" * 121),
        ("code", "call:13800138000"),
        ("code", "11999919900101123X"[:17] + "9"),
        ("digest", "AB" * 32),
        ("digest", "ab"),
        ("codes", ["a"]),
        ("codes", ("a", "乙")),
        ("pair", ("a",)),
        ("cells", {"a": "x"}),
        ("cells", {"中": 1}),
        ("subject", "张三"),
        ("org", None),
    ],
)
def test_value_of_another_type_is_refused(field: str, value: Any) -> None:
    if field == "code" and re.fullmatch(r"\d{17}.", str(value)):
        value = _identity_number()
    with pytest.raises(FactInvalid, match=f"「{field}」") as caught:
        EverythingHeld(**(BASE | {field: value}))
    assert "13800138000" not in str(caught.value)


def _identity_number() -> str:
    """Return an invented identity number of an unassigned area with the right check digit."""
    body = "99999919900101123"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def test_credit_codes_and_index_numbers_are_codes() -> None:
    for code in (
        "11440100MB2C12345X/2020-00012",
        "124401004554162538",
        "record:12",
        "2020-01-01",
        "user:20201231001",
    ):
        EverythingHeld(**(BASE | {"code": code}))


def test_fact_is_frozen() -> None:
    fact = EverythingHeld(**BASE)
    with pytest.raises(AttributeError):
        fact.count = 2


@given(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.lists(st.from_regex(r"\A[a-z_.:/-]{1,20}\Z"), max_size=5),
    st.dictionaries(st.from_regex(r"\A[a-z]{1,9}\Z"), st.integers(), max_size=4),
)
def test_body_is_canonical(count: int, amount: Decimal, codes: list[str], cells: dict[str, int]) -> None:
    """Equal facts have equal bodies, whatever order the mapping came in."""
    one = EverythingHeld(**(BASE | {"count": count, "amount": amount, "codes": tuple(codes), "cells": cells}))
    turned = dict(reversed(list(cells.items())))
    two = EverythingHeld(
        **(BASE | {"cells": turned, "codes": tuple(codes), "amount": amount, "count": count})
    )
    assert canonical_json(one.body()) == canonical_json(two.body())
    assert " " not in canonical_json(one.body())


def test_every_fact_of_the_project_holds_only_allowed_types() -> None:
    """Walk all rooms' facts: the types are checked again here, and each has a docstring that says what happened."""
    for room in pkgutil.iter_modules(gongkai.__path__, "gongkai."):
        if room.ispkg and find_spec(f"{room.name}.facts"):
            import_module(f"{room.name}.facts")
    facts = [
        fact
        for fact in FACTS.values()
        if fact.__module__.startswith("gongkai.") and ".test" not in fact.__module__
    ]
    assert len(facts) >= 15
    for fact in facts:
        assert fact.__module__ == f"gongkai.{fact.fact_name.split('.')[0]}.facts", fact
        assert fact.__doc__, fact
        assert not fact.__doc__.startswith(f"{fact.__name__}("), f"{fact} 没有说明"
        for field, annotation in fact.field_types.items():
            _refuse_type(annotation, f"{fact.fact_name}.{field}")
