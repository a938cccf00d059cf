"""Typed values: what people type is understood or refused with a remedy, never guessed, never lost."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.registers.core.aggregate import Share, suppressed, totals
from gongkai.registers.core.package import table_csv, table_json, table_schema
from gongkai.registers.core.rows import RowRefused, check_row, fact_values, match_heads, read_rows
from gongkai.registers.core.schema import CodeValue, RegisterField, all_registers, register
from gongkai.registers.core.values import ValueRefused, from_stored, mask_name, parse, to_stored

TODAY = date(2026, 3, 18)


def field(kind, **more):
    codes = (
        (CodeValue("poster", "海报"), CodeValue("leaflet", "宣传折页", ("折页",))) if kind == "choice" else ()
    )
    return RegisterField(id="f", name="字段", type=kind, codes=codes, **more)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("integer", "１２", 12),
        ("integer", "1.2万", 12000),
        ("integer", "1,362", 1362),
        ("integer", 12.0, 12),
        ("decimal", "0.05", Decimal("0.05")),
        ("decimal", "3亿", Decimal("300000000")),
        ("money", "118.5", Decimal("118.50")),
        ("date", "2026年3月1日", date(2026, 3, 1)),
        ("date", "2026/3/1", date(2026, 3, 1)),
        ("date", "2026.03.01", date(2026, 3, 1)),
        ("date", "20260301", date(2026, 3, 1)),
        ("date", datetime(2026, 3, 1, 8, 0), date(2026, 3, 1)),  # noqa: DTZ001
        ("date", "2026-03-01 00:00:00", date(2026, 3, 1)),
        ("choice", "折页", "leaflet"),
        ("choice", "海报", "poster"),
        ("boolean", "是", True),
        ("boolean", "×", False),
        ("code", " A-12/3 ", "A-12/3"),
        ("text", "  文字 ", "文字"),
        ("text", "-", "-"),
        ("integer", "", None),
    ],
)
def test_parse_understands(kind, raw, value):
    assert parse(field(kind), raw).value == value


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("integer", "很多", "应为数字"),
        ("integer", "1.5", "应为整数"),
        ("integer", True, "应为数字"),
        ("money", "1.234", "两位小数"),
        ("decimal", "NaN", "应为数字"),
        ("date", "2026-02-30", "没有"),
        ("date", "昨天", "应为日期"),
        ("choice", "传单", "可选"),
        ("boolean", "也许", "是”或“否"),
        ("code", "有 空格", "编号"),
        ("text", "=HYPERLINK(1)", "公式"),
        ("text", "+cmd(1)", "公式"),
        ("text", "字" * 2001, "2000"),
    ],
)
def test_parse_refuses_with_remedy(kind, raw, words):
    with pytest.raises(ValueRefused, match=words):
        parse(field(kind), raw)


def test_parse_required_and_bounds():
    with pytest.raises(ValueRefused, match="必填"):
        parse(field("text", required=True), "  ")
    with pytest.raises(ValueRefused, match="不应小于 0"):
        parse(field("integer", at_least=0), "-1")


def test_parse_understood_number_says_how():
    assert parse(field("integer"), "1.2万").remark == "“1.2万”按 12000 计"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_decimal_survives_storage(number):
    rule = field("decimal")
    parsed = parse(rule, f"{number:f}").value
    assert parsed == number
    assert from_stored(rule, to_stored(parsed)) == number


@given(st.one_of(st.none(), st.text(max_size=60), st.integers(), st.floats(), st.booleans(), st.dates()))
def test_parse_anything_gives_a_value_or_a_refusal(raw):
    for kind in ("text", "code", "choice", "integer", "decimal", "money", "date", "boolean"):
        rule = field(kind)
        try:
            value = parse(rule, raw).value
        except ValueRefused:
            continue
        assert from_stored(rule, to_stored(value)) == value


def test_person_names_are_masked_before_storage():
    assert parse(field("text", privacy="person_name"), "赵某某").value == "赵某某"
    assert mask_name("欧阳测试") == "欧**"


def water(**changes):
    raw = {
        "sample_no": "W1", "sampled_date": "2026-03-02", "point_name": "虚构水厂", "point_type": "出厂水",
        "indicator": "colony_count", "value": "12", "not_detected": "否", "qualified": "是",
    }  # fmt: skip
    return check_row(register("drinking_water_sample", on=TODAY), {**raw, **changes}, today=TODAY)


def test_check_row_gives_key_day_and_fact_values_without_texts():
    rule, row = register("drinking_water_sample", on=TODAY), water()
    assert (row.key, row.counted_on) == ("W1|colony_count", date(2026, 3, 2))
    codes, numbers, dates = fact_values(rule, row.values)
    assert codes == {
        "sample_no": "W1",
        "point_type": "factory",
        "indicator": "colony_count",
        "not_detected": "no",
        "qualified": "yes",
    }
    assert numbers == {"value": Decimal(12)}
    assert dates == {"sampled_date": date(2026, 3, 2)}


def test_check_row_names_every_wrong_cell_and_refuses_the_future():
    with pytest.raises(RowRefused) as refused:
        water(point_type="井水", value="多", sampled_date="2026-03-19")
    assert [p.head for p in refused.value.problems] == ["监测点类型", "检测值", "采样日期"]


def test_heads_match_by_name_id_alias_and_unit():
    rule = register("message_batch", on=TODAY)
    heads = match_heads(rule, ["批次号", " 发送日期 ", "发送条数（条）", "说明"])
    assert heads.positions == {0: "batch_no", 1: "sent_date", 2: "message_count"}
    assert (heads.unknown, heads.missing) == (["说明"], [])
    assert match_heads(rule, ["批次号"]).missing == ["发送日期", "发送条数"]


def test_read_rows_each_line_is_a_row_a_refusal_or_blank():
    rule = register("message_batch", on=TODAY)
    heads = match_heads(rule, ["批次号", "发送日期", "发送条数"])
    lines = [
        (2, ["a1", "2026-01-02", "1.5万"]),
        (3, [None, "", None]),
        (4, ["a1", "2026-01-03", 3]),
        (5, ["a2", "x", 1]),
    ]
    good, twin, bad = list(read_rows(rule, heads, lines, today=TODAY))
    assert good[1].values["message_count"] == 15000
    assert "与第 2 行重复" in str(twin)
    assert "第 5 行“发送日期”应为日期" in str(bad)


def test_schema_of_every_register_is_complete():
    for rule in all_registers():
        schema = table_schema(rule)
        assert [f["name"] for f in schema["fields"]] == [f.id for f in rule.public_fields]


def test_csv_cells_cannot_start_a_formula_and_keep_numbers():
    rule = register("media_post", on=TODAY)
    text = table_csv(
        rule, [{"post_no": "p1", "title": "-标题", "reads": 3, "posted_date": date(2026, 1, 2)}]
    ).decode()
    assert "p1,2026-01-02,'-标题,,,,3" in text
    assert b'"reads":3' in table_json(rule, [{"reads": 3}])


def test_totals_in_list_order_and_by_month():
    rule = register("promo_material_batch", on=TODAY)
    rows = [
        {"kind": "leaflet", "quantity": 5, "made_date": date(2025, 12, 1)},
        {"kind": "poster", "quantity": 7, "made_date": date(2026, 1, 1)},
        {"kind": "poster", "quantity": 1, "made_date": date(2025, 12, 9)},
    ]
    assert [(s.label, s.value) for s in totals(rule, rows, by="kind", measure="quantity")] == [
        ("海报", 8),
        ("宣传折页", 5),
    ]
    assert [s.label for s in totals(rule, rows, by="made_date")] == ["2025年12月", "2026年1月"]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(2, 10))
def test_suppressed_shows_no_small_count_and_never_hides_exactly_one(counts, below):
    shares = [Share(str(i), Decimal(n), n) for i, n in enumerate(counts)]
    printed = dict(suppressed(shares, below=below))
    hidden = [label for label, text in printed.items() if text.startswith("＜")]
    assert {str(i) for i, n in enumerate(counts) if 0 < n < below} <= set(hidden)
    assert len(hidden) != 1 or sum(n > 0 for n in counts) == 1
