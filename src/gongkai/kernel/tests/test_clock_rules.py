"""The shipped rule files of regulations/clocks."""

from __future__ import annotations

from datetime import date

import pytest

from gongkai.kernel.clocks import (
    ClockKind,
    ClockNotInForce,
    ClockUnknown,
    Unit,
    clock,
    load_clocks,
    load_conventions,
    nearest_version,
)
from gongkai.kernel.regulations import read_yaml, regulations_dir

FOLDER = regulations_dir() / "clocks"


def test_every_file_loads_and_every_row_becomes_a_rule() -> None:
    rows = [row for path in FOLDER.glob("*.yaml") for row in read_yaml(path).get("clocks", [])]
    rules = [rule for versions in load_clocks().values() for rule in versions]
    assert len(rows) == len(rules) >= 184
    assert {row["id"] for row in rows} == set(load_clocks())


def test_ids_and_versions_are_unique() -> None:
    pairs = [(rule.id, rule.version) for versions in load_clocks().values() for rule in versions]
    assert len(pairs) == len(set(pairs))


def test_each_file_holds_its_own_domain_only() -> None:
    for path in FOLDER.glob("*.yaml"):
        for row in read_yaml(path).get("clocks", []):
            assert row["domain"] == path.stem, row["id"]


def test_local_rules_say_where_they_hold() -> None:
    levels = {"province", "city", "county", "district", "town"}
    for versions in load_clocks().values():
        for rule in versions:
            if rule.scope not in {"national", "local", "example"}:
                assert all(
                    part.split(":")[0] in levels and part.split(":")[1] for part in rule.scope.split("|")
                ), rule.id
                assert not rule.is_national


def test_extension_never_exceeds_what_the_kind_can_carry() -> None:
    for versions in load_clocks().values():
        for rule in versions:
            if rule.extension:
                assert rule.extension.max > 0
                assert rule.extension.times >= 1
                assert rule.kind is ClockKind.DEADLINE, rule.id
                assert rule.unit.is_day, rule.id


def test_version_in_force_is_picked_by_date() -> None:
    assert clock("credit.show_max_2023", date(2026, 3, 31)).in_force_to == date(2026, 3, 31)
    with pytest.raises(ClockNotInForce, match="2026-03-31"):
        clock("credit.show_max_2023", date(2026, 4, 1))
    with pytest.raises(ClockNotInForce):
        clock("ogi.reply", date(2019, 5, 14))
    assert clock("ogi.reply", date(2019, 5, 15)).length == 20
    assert nearest_version("ogi.reply", date(2012, 1, 1)).id == "ogi.reply"
    assert nearest_version("credit.show_max_2023", date(2030, 1, 1)).version == "1"


def test_unknown_id_is_refused_with_a_remedy() -> None:
    with pytest.raises(ClockUnknown, match=r"ogi\.nothing.*regulations/clocks"):
        clock("ogi.nothing")


def test_length_reads_as_chinese() -> None:
    assert clock("ogi.reply").length_text == "20个工作日"
    assert clock("ogi.annual_report_department").length_text == "每年1月31日"
    assert clock("litigation.sue").length_text == "6个月"


def test_conventions_are_complete() -> None:
    agreed = load_conventions()
    assert agreed.pause_first_day_counts
    assert not agreed.pause_last_day_counts
    assert ClockKind.DEADLINE in agreed.roll_kinds
    assert Unit.WORKING_DAY not in agreed.roll_units
