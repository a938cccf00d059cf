from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal

import pytest

from gongkai.kernel.regulations import RegulationMissing, regulations_dir
from gongkai.kernel.rules import Confidence, RuleError, in_force, in_scope, load_rules


class Shade(StrEnum):
    DARK = "dark"
    PALE = "pale"


@dataclass(frozen=True)
class Part:
    name: str
    weight: float = 1.0


@dataclass(frozen=True)
class Rule:
    id: str
    basis: tuple[str, ...]
    version: str = "1"
    shade: Shade = Shade.DARK
    count: int | None = None
    rate: Decimal = Decimal(0)
    active: bool = True
    parts: tuple[Part, ...] = ()
    pair: tuple[int, str] | None = None
    labels: Mapping[str, int] | None = None
    level: Literal["error", "info"] = "info"
    tags: frozenset[str] = frozenset()
    in_force_from: date | None = None
    in_force_to: date | None = None
    scope: str = "national"


def load(root: Path, *rows: str, required: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    folder = root / "things"
    folder.mkdir(exist_ok=True)
    (folder / "one.yaml").write_text("rules:\n" + "".join(f"- {row}\n" for row in rows), encoding="utf-8")
    return load_rules("things", Rule, required=required, root=root)


def test_every_kind_of_field_is_read(tmp_path: Path) -> None:
    (rule,) = load(
        tmp_path,
        "{id: a, basis: [某法 第1条], shade: pale, count: 3, rate: 0.35, active: false, parts: [{name: x, weight: 2}],"
        " pair: [1, b], labels: {k: 2}, level: error, tags: [t, t], in_force_from: 2024-01-01, in_force_to: '2024-12-31'}",
    )
    assert rule == Rule(
        id="a",
        basis=("某法 第1条",),
        shade=Shade.PALE,
        count=3,
        rate=Decimal("0.35"),
        active=False,
        parts=(Part("x", 2.0),),
        pair=(1, "b"),
        labels={"k": 2},
        level="error",
        tags=frozenset({"t"}),
        in_force_from=date(2024, 1, 1),
        in_force_to=date(2024, 12, 31),
    )


@pytest.mark.parametrize(
    ("row", "field", "problem"),
    [
        ("{id: a, basis: [b], colour: red}", "colour", "不认识"),
        ("{id: a}", "basis", "缺少"),
        ("{id: a, basis: []}", "basis", "不得为空"),
        ("{id: a, basis: 某法}", "basis", "列表"),
        ("{id: 7, basis: [b]}", "id", "文字"),
        ("{id: a, basis: [b], shade: red}", "shade", "dark、pale之一"),
        ("{id: a, basis: [b], count: '3'}", "count", "整数"),
        ("{id: a, basis: [b], count: true}", "count", "整数"),
        ("{id: a, basis: [b], active: 1}", "active", "true"),
        ("{id: a, basis: [b], rate: 许多}", "rate", "数字"),
        ("{id: a, basis: [b], parts: [x]}", "parts", "字段: 值"),
        ("{id: a, basis: [b], parts: [{name: x, weight: 重}]}", "weight", "数字"),
        ("{id: a, basis: [b], pair: [1]}", "pair", "2 项"),
        ("{id: a, basis: [b], labels: 5}", "labels", "字段: 值"),
        ("{id: a, basis: [b], level: fatal}", "level", "error、info之一"),
        ("{id: a, basis: [b], in_force_from: 去年}", "in_force_from", "日期"),
        ("{id: a, basis: [b], in_force_from: 2024-02-01, in_force_to: 2024-01-01}", "in_force_to", "早于"),
        ("just text", "rules", "字段: 值"),
    ],
)
def test_error_names_file_rule_and_field(tmp_path: Path, row: str, field: str, problem: str) -> None:
    with pytest.raises(RuleError, match=problem) as refused:
        load(tmp_path, row)
    assert refused.value.file == "things/one.yaml"
    assert refused.value.field == field
    assert refused.value.rule_id in str(refused.value)
    assert field in str(refused.value)


def test_required_field_may_not_be_empty(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="count"):
        load(tmp_path, "{id: a, basis: [b]}", required=("count",))


def test_duplicate_id_is_refused_across_files(tmp_path: Path) -> None:
    load(tmp_path, "{id: a, basis: [b]}")
    (tmp_path / "things" / "sub").mkdir()
    (tmp_path / "things" / "sub" / "two.yaml").write_text("rules: [{id: a, basis: [b]}]")
    with pytest.raises(RuleError, match=r"things/sub/two\.yaml.*things/one\.yaml.*重复"):
        load_rules("things", Rule, root=tmp_path)


def test_two_versions_need_separate_periods(tmp_path: Path) -> None:
    old = "{id: a, version: '1', basis: [b], in_force_to: 2019-05-14}"
    rules = load(tmp_path, old, "{id: a, version: '2', basis: [b], in_force_from: 2019-05-15}")
    assert [rule.version for rule in in_force(rules, date(2019, 5, 14))] == ["1"]
    assert [rule.version for rule in in_force(rules, date(2019, 5, 15))] == ["2"]
    with pytest.raises(RuleError, match="重叠"):
        load(tmp_path, old, "{id: a, version: '2', basis: [b], in_force_from: 2019-05-14}")


def test_scope_must_be_chosen(tmp_path: Path) -> None:
    rules = load(
        tmp_path,
        "{id: a, basis: [b]}",
        "{id: c, basis: [b], scope: 'province:甲|city:乙'}",
        "{id: d, basis: [b], scope: local}",
    )
    assert [rule.id for rule in in_scope(rules)] == ["a"]
    assert [rule.id for rule in in_scope(rules, ["city:乙"])] == ["a", "c"]
    assert [rule.id for rule in in_scope(rules, ["local"])] == ["a", "d"]


@pytest.mark.parametrize("text", ["rules: {}", "[]", "others: []", "rules: [", ""])
def test_file_without_a_list_of_rules_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "bad.yaml").write_text(text)
    with pytest.raises(RuleError, match=r"things/bad\.yaml"):
        load_rules("things", Rule, root=tmp_path)
    assert load_rules("things", Rule, root=tmp_path, skip=["bad.yaml"]) == ()
    assert load_rules("things", Rule, root=tmp_path, only=["good.yaml"]) == ()


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegulationMissing, match="things"):
        load_rules("things", Rule, root=tmp_path)


def test_named_folder_that_does_not_exist_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GONGKAI_REGULATIONS", str(tmp_path / "nowhere"))
    regulations_dir.cache_clear()
    try:
        with pytest.raises(RegulationMissing, match="GONGKAI_REGULATIONS"):
            regulations_dir()
    finally:
        regulations_dir.cache_clear()


def test_confidence_values_are_those_the_regulations_explain() -> None:
    text = (regulations_dir() / "README.md").read_text(encoding="utf-8")
    assert all(f"| {value} |" in text for value in Confidence)
