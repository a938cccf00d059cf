"""Folding: the SQL gives what a plain loop over the facts gives, on both databases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.journal import api
from gongkai.journal.facts import Code, Fact

NOW = datetime(2020, 6, 1, 8, 0, tzinfo=UTC)
YEAR = (date(2020, 1, 1), date(2020, 12, 31))


class PearSold(Fact, name="journal_test.PearSold"):
    money: Decimal | None = None
    pieces: int = 1
    buyer: Code | None = None
    fresh: bool = True
    parts: Mapping[Code, int] | None = None


class PearReturned(Fact, name="journal_test.PearReturned"):
    pieces: int = 1


def sold(subject: str = "pear:1", on: date = date(2020, 3, 1), org: str = "demo", **more: Any) -> PearSold:
    return PearSold(org=org, subject=subject, on=on, **more)


def write(*facts: Fact, now: datetime = NOW) -> list[int]:
    return api.record_facts(facts, actor=api.SYSTEM, now=now)


def definition(**more: Any) -> api.FoldDefinition:
    return api.read_definition({"id": "test", "facts": "journal_test.PearSold"} | more)


@pytest.mark.django_db
def test_fold_counts_sums_and_tells_apart() -> None:
    ids = write(
        sold("pear:1", money=Decimal("0.10"), buyer="a"),
        sold("pear:1", money=Decimal("0.20"), buyer="b", parts={"core": 2}),
        sold("pear:2", money=None, buyer="b", fresh=False, parts={"core": 3}),
        sold("pear:3", on=date(2019, 12, 31), money=Decimal("9")),
    )
    assert api.fold(definition=definition(), period=YEAR).value == 3
    total = api.fold(definition=definition(measure="sum", field="money"), period=YEAR)
    assert (total.value, total.facts, list(total.fact_ids())) == (Decimal("0.30"), 3, ids[:3])
    assert isinstance(total.value, Decimal)
    assert api.fold(definition=definition(measure="distinct"), period=YEAR).value == 2
    assert api.fold(definition=definition(measure="distinct", field="buyer"), period=YEAR).value == 2
    assert api.fold(definition=definition(measure="sum", field="parts.core"), period=YEAR).value == 5
    assert api.fold(definition=definition(window="until_end"), period=YEAR).value == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"field": "buyer", "eq": "b"}, [1, 2]),
        ({"field": "buyer", "in": ["a", "b"]}, [0, 1, 2]),
        ({"field": "buyer", "in": []}, []),
        ({"field": "buyer", "not_eq": "b"}, [0, 3]),
        ({"field": "buyer", "not_in": ["a", "b"]}, [3]),
        ({"field": "buyer", "absent": True}, [3]),
        ({"field": "buyer", "present": True}, [0, 1, 2]),
        ({"field": "fresh", "true": True}, [0, 1, 3]),
        ({"field": "fresh", "false": True}, [2]),
        ({"field": "pieces", "at_least": 10}, [1]),
        ({"field": "pieces", "at_most": 9}, [0, 2, 3]),
        ({"field": "money", "at_least": Decimal("2.50")}, [1, 2]),
        ({"field": "on", "at_least": "2020-03-02"}, [3]),
        ({"field": "subject", "eq": "pear:1"}, [0, 1]),
    ],
)
def test_conditions_choose_exactly(where: dict[str, Any], expected: list[int]) -> None:
    ids = write(
        sold("pear:1", buyer="a", pieces=9, money=Decimal("1")),
        sold("pear:1", buyer="b", pieces=10, money=Decimal("10")),
        sold("pear:2", buyer="b", fresh=False, money=Decimal("2.5")),
        sold("pear:3", on=date(2020, 3, 2)),
    )
    found = api.fold(definition=definition(where=[where]), period=YEAR)
    assert list(found.fact_ids()) == [ids[n] for n in expected]
    assert found.value == len(expected)


@pytest.mark.django_db
def test_newest_per_subject_takes_back_what_was_undone() -> None:
    write(sold("pear:1"), sold("pear:2"), PearReturned(org="demo", subject="pear:1", on=date(2020, 4, 1)))
    stock = definition(
        names=["journal_test.PearSold", "journal_test.PearReturned"],
        newest_per="subject",
        window="until_end",
        where=[{"field": "name", "eq": "journal_test.PearSold"}],
    )
    assert api.fold(definition=stock, period=YEAR).value == 1
    assert api.fold(definition=stock, period=(date(2020, 1, 1), date(2020, 3, 31))).value == 2


@pytest.mark.django_db
def test_newest_anywhere_counts_what_was_moved_to_another_year_there_only() -> None:
    write(sold("pear:1", pieces=3), sold("pear:2", pieces=5), sold("pear:1", pieces=4, on=date(2021, 2, 1)))
    moved = definition(newest_per="subject", newest_anywhere=True, measure="sum", field="pieces")
    assert api.fold(definition=moved, period=YEAR).value == 5
    assert api.fold(definition=moved, period=(date(2021, 1, 1), date(2021, 12, 31))).value == 4
    with pytest.raises(api.DefinitionInvalid, match="newest_per"):
        definition(newest_anywhere=True)


@pytest.mark.django_db
def test_as_of_keeps_a_figure_what_it_was() -> None:
    write(sold("pear:1"), now=NOW)
    write(sold("pear:2", on=date(2020, 2, 1)), now=NOW + timedelta(days=30))
    assert api.fold(definition=definition(), period=YEAR, as_of=NOW).value == 1
    assert api.fold(definition=definition(), period=YEAR, as_of=NOW.date()).value == 1
    assert api.fold(definition=definition(), period=YEAR, as_of=NOW - timedelta(microseconds=1)).value == 0
    assert api.fold(definition=definition(), period=YEAR).value == 2


@pytest.mark.django_db
def test_organisations_are_a_code_and_the_codes_below() -> None:
    write(
        sold(org="demo"),
        sold(org="demo-office"),
        sold(org="demo2"),
        sold(org="demo_office"),
        sold(org="other"),
    )
    value = lambda **more: api.fold(definition=definition(), period=YEAR, **more).value  # noqa: E731
    assert value(org_prefix="demo") == 2
    assert value(orgs={"demo", "other"}) == 2
    assert value(orgs=set()) == 0
    assert value() == 5
    assert len(list(api.entries(org_prefix="demo"))) == 2
    assert len(list(api.entries(orgs={"demo2"}))) == 1


@pytest.mark.django_db
def test_cells_of_one_pass_equal_single_folds() -> None:
    write(
        *(
            sold(f"pear:{n}", buyer=None if n % 5 == 0 else f"b{n % 3}", fresh=n % 2 == 0, pieces=n)
            for n in range(60)
        )
    )
    grouped = definition(measure="sum", field="pieces", group_by=["buyer", "fresh"])
    cells = api.fold_cells(definition=grouped, period=YEAR)
    assert sum(cell.value for cell in cells.values()) == sum(range(60))
    for (buyer, fresh), cell in cells.items():
        chosen = [
            n
            for n in range(60)
            if (None if n % 5 == 0 else f"b{n % 3}") == buyer and (n % 2 == 0) == (fresh == "true")
        ]
        assert (cell.value, cell.facts) == (sum(chosen), len(chosen))
        assert len(list(cell.fact_ids())) == len(chosen)


@pytest.mark.parametrize(
    "raw",
    [
        {"measure": "median"},
        {"measure": "sum"},
        {"facts": []},
        {"window": "ever"},
        {"where": [{"field": "x; DROP TABLE", "eq": "1"}]},
        {"where": [{"field": "x", "like": "1"}]},
        {"where": [{"field": "x"}]},
        {"group_by": ["x'"]},
        {"newest_per": '"'},
    ],
)
def test_wrong_definition_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(api.DefinitionInvalid, match="test"):
        definition(**raw)


FACTS = st.lists(
    st.builds(
        lambda subject, day, org, money, buyer, late: (
            sold(f"pear:{subject}", date(2020, 1, 1) + timedelta(days=day), org, money=money, buyer=buyer),
            late,
        ),
        st.integers(0, 4),
        st.integers(-20, 400),
        st.sampled_from(["demo", "demo-a", "other"]),
        st.none() | st.decimals(-1000, 1000, places=2),
        st.sampled_from([None, "x", "y"]),
        st.booleans(),
    ),
    max_size=25,
)


@pytest.mark.django_db(transaction=False)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FACTS, st.booleans(), st.booleans())
def test_fold_equals_a_plain_loop(facts: list[tuple[PearSold, bool]], newest: bool, early: bool) -> None:
    with transaction.atomic():
        numbered = []
        for fact, late in facts:
            (number,) = write(fact, now=NOW + timedelta(days=1) if late else NOW)
            numbered.append((number, fact, late))
        raw = {"measure": "sum", "field": "money", "where": [{"field": "buyer", "not_eq": "y"}]} | (
            {"newest_per": "subject"} if newest else {}
        )
        found = api.fold(
            definition=definition(**raw), period=YEAR, org_prefix="demo", as_of=NOW if early else None
        )
        seen = [
            (n, f)
            for n, f, late in numbered
            if YEAR[0] <= f.on <= YEAR[1] and f.org != "other" and not (early and late)
        ]
        if newest:
            last: dict[str, int] = defaultdict(int)
            for number, fact in seen:
                last[fact.subject] = max(last[fact.subject], number)
            seen = [(n, f) for n, f in seen if n == last[f.subject]]
        chosen = [(n, f) for n, f in seen if f.buyer != "y"]
        assert found.value == sum((f.money or Decimal(0) for _, f in chosen), Decimal(0))
        assert list(found.fact_ids()) == [n for n, _ in chosen]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_members_are_the_facts_of_the_cells() -> None:
    write(sold("pear:1", buyer="a"), sold("pear:2", buyer="b"), sold("pear:3", buyer="a"), sold("pear:4"))
    grouped = definition(group_by=["buyer"])
    members = defaultdict(list)
    for key, number in api.fold_members(definition=grouped, period=YEAR):
        members[key].append(number)
    cells = api.fold_cells(definition=grouped, period=YEAR)
    assert members == {key: list(cell.fact_ids()) for key, cell in cells.items()}
    assert set(members) == {("a",), ("b",), (None,)}


@pytest.mark.django_db
def test_newest_seal_is_the_end_of_the_chain() -> None:
    assert api.newest_seal() is None
    write(sold(), sold())
    api.seal_pending(now=NOW)
    seq, link = api.newest_seal() or (0, "")
    assert seq == 2
    assert len(link) == 64


@pytest.mark.django_db
def test_shelf_gives_what_the_fold_gives_without_it() -> None:
    write(
        sold("pear:1", buyer="a", pieces=3),
        sold("pear:2", buyer="b", pieces=5),
        sold("pear:3", buyer="a", org="x"),
    )
    (newest,) = write(sold("pear:1", buyer="a", pieces=4, on=date(2020, 5, 1)))
    shape = {"newest_per": "subject", "newest_anywhere": True, "measure": "sum", "field": "pieces"}
    mine = definition(**shape, where=[{"field": "buyer", "eq": "a"}])
    alone = api.fold(definition=mine, period=YEAR, orgs={"demo"})
    names = ("journal_test.PearSold",)
    with api.newest_shelf(names=names, per="subject", part_field="buyer", orgs={"demo"}) as shelf:
        laid = api.fold(definition=mine, period=YEAR, shelf=shelf("a"))
        assert (laid.value, list(laid.fact_ids())) == (alone.value, list(alone.fact_ids())) == (4, [newest])
        assert api.fold(definition=mine, period=YEAR, shelf=shelf("c")).value == 0
        with pytest.raises(api.DefinitionInvalid, match="不相配"):
            api.fold(definition=definition(), period=YEAR, shelf=shelf("a"))
    with api.newest_shelf(names=names, per="subject", part_field="buyer", orgs={"x"}) as shelf:
        assert api.fold(definition=mine, period=YEAR, shelf=shelf("a")).facts == 1
