"""The cross-checks find every planted fault, and leave consistent reports alone."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.annual_report.cli import run_check
from gongkai.annual_report.core.checking import check_report
from gongkai.annual_report.core.formats import FormatUnknown, format_of_year, formulas, report_formats
from gongkai.annual_report.core.narrative import agrees, find_said, said_rules
from gongkai.annual_report.core.report import ReportUnreadable, addresses, report_from_json
from gongkai.annual_report.reading.report_file import read_report
from gongkai.annual_report.testing import as_docx, as_html, as_json, consistent_report, printed_tables

FORMS = sorted(report_formats())


def faults(report, severity="error"):
    return [f for f in check_report(report).failures if f.severity == severity]


@given(st.integers(0, 10_000), st.sampled_from(FORMS))
def test_check_consistent_report_finds_nothing(seed, form):
    report = consistent_report(seed, form)
    assert [f for f in check_report(report).failures if f.severity != "info"] == []


@given(st.integers(0, 10_000), st.sampled_from(FORMS), st.integers(1, 9), st.randoms(use_true_random=False))
def test_check_one_changed_number_of_tables_3_and_4_is_named(seed, form, step, rng: Random):
    report = consistent_report(seed, form)
    address = rng.choice([a for a in addresses(report.format) if not a.startswith("t2.")])
    report.cells[address] += step
    named = {f.formula for f in faults(report)}
    assert named, address
    assert named <= {"F1", "F2", "F3", "F4"}
    assert ("F4" in named) == address.startswith("t4.")


@pytest.mark.parametrize("form", FORMS)
def test_check_counts_instances(form):
    report = consistent_report(7, form)
    checked = check_report(report).checked
    assert (checked["F1"], checked["F2"], checked["F3"], checked["F4"]) == (
        7,
        7,
        len(report.format.value_rows),
        3,
    )
    assert checked["F8"] == 3
    assert checked["F5"] == checked["F6"] == 0


def test_check_missing_term_leaves_its_instances_unchecked():
    report = consistent_report(3)
    report.cells["t3.granted.total"] = None
    outcome = check_report(report)
    assert outcome.checked["F2"] == 6
    assert outcome.checked["F3"] == len(report.format.value_rows) - 1
    assert not outcome.has_errors


def test_check_blank_counts_as_zero_and_is_told():
    data = as_json(consistent_report(3))
    zero = next(
        c
        for c in ("natural_person", "org_business", "org_other")
        if data["section3"]["rows"]["denied.state_secret"][data["section3"]["columns"].index(c)] == 0
    )
    data["section3"]["rows"]["denied.state_secret"][data["section3"]["columns"].index(zero)] = ""
    report = report_from_json(data)
    failures = [f for f in check_report(report).failures if f.severity != "info"]
    assert [(f.formula, f.where) for f in failures] == [("F11", f"t3.denied.state_secret.{zero}")]


def test_check_year_chains_against_previous_report():
    before, now = consistent_report(1, year=2022), consistent_report(2, year=2023)
    now.previous = before
    outcome = check_report(now)
    assert outcome.checked["F5"] == 7
    assert outcome.checked["F6"] == 2
    differing = sum(
        now.cells[f"t3.carried_in.{a.id}"] != before.cells[f"t3.carried_out.{a.id}"]
        for a in now.format.applicants
    )
    assert sum(f.formula == "F5" for f in outcome.failures) == differing > 0
    now.previous.year = 2021
    assert check_report(now).checked["F5"] == 0, "only the year before counts"


def test_check_rules_made_by_a_bureau_is_warned_but_not_by_a_government():
    report = consistent_report(5)
    report.cells["t2.art20_1.regulations.made"] = report.cells["t2.art20_1.regulations.in_force"] = Decimal(1)
    assert {f.formula for f in faults(report, "warning")} == {"F8"}
    report.agency_kind = "city_government"
    assert faults(report, "warning") == []


def test_check_two_made_but_none_in_force_is_warned():
    report = consistent_report(5)
    row = "t2.art20_1.normative_documents"
    report.cells |= {f"{row}.made": Decimal(2), f"{row}.repealed": Decimal(0), f"{row}.in_force": Decimal(0)}
    assert {f.formula for f in faults(report, "warning")} == {"F7"}


@given(st.integers(0, 300), st.sampled_from(FORMS))
@settings(max_examples=20)
def test_read_html_and_json_give_the_same_cells(seed, form):
    report = consistent_report(seed, form)
    for name, data in (("a.html", as_html(report)), ("a.json", json.dumps(as_json(report)).encode())):
        again = read_report(name=name, data=data)
        assert again.cells == report.cells, name
        assert (again.format.name, again.year) == (form, report.year)
        assert again.unread == []


@pytest.mark.parametrize("form", FORMS)
def test_read_docx_with_merged_cells_gives_the_same_cells(form):
    report = consistent_report(11, form)
    again = read_report(name="a.docx", data=as_docx(report))
    assert again.cells == report.cells
    assert again.agency == "虚构县卫生健康局"


def test_read_html_with_half_width_labels_broken_lines_and_thousands():
    report = consistent_report(11)
    page = as_html(report).decode()
    page = (
        page.replace("（一）予以公开", "(一)予以\n公开")
        .replace("商业企业", "商业<br>企业")
        .replace("，行政机关不再处理", ",行政机关不再处理")
    )
    value = report.cells["t2.art20_5.permits.decisions"]
    report.cells["t2.art20_5.permits.decisions"] = Decimal(1362)
    page = page.replace(f"<td>行政许可</td><td>{value}</td>", "<td>行政许可</td><td>1,362</td>")
    assert read_report(name="a.html", data=page.encode()).cells == report.cells


def as_pasted(report, text=""):
    """Print a report as a browser pastes its tables: tabs between cells, merged cells once."""
    lines = [f"{report.agency}{report.year}年政府信息公开工作年度报告", text]
    for grid in printed_tables(report):
        lines += [
            "\t".join(c for i, c in enumerate(row) if i == 0 or c != row[i - 1] or c.isdigit())
            for row in grid
        ]
        lines.append("")
    return "\n".join(lines).encode()


@given(st.integers(0, 200), st.sampled_from(FORMS))
@settings(max_examples=15)
def test_read_pasted_tables_gives_the_same_cells(seed, form):
    report = consistent_report(seed, form)
    again = read_report(name="粘贴", data=as_pasted(report, "本年度新收政府信息公开申请9999件。"))
    assert again.cells == report.cells
    assert again.unread == []
    assert {f.formula for f in faults(again, "warning")} >= {"F9"}


def test_read_table_with_a_missing_column_says_which_and_lets_nothing_slide():
    report = consistent_report(12)
    grids = printed_tables(report)
    place = [a.id for a in report.format.applicants].index("org_research") + 3
    for row in grids[1]:
        del row[place]
    data = f"<h1>{report.agency}{report.year}年政府信息公开工作年度报告</h1>" + "".join(
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in grid)
        + "</table>"
        for grid in grids
    )
    again = read_report(name="a.html", data=f"<html><body>{data}".encode())
    assert any("科研机构" in place for place in again.unread)
    kept = {a: v for a, v in report.cells.items() if ".org_research" not in a}
    assert again.cells == kept
    assert check_report(again).checked["F1"] == 6
    assert not check_report(again).has_errors


def test_read_table_with_blanks_for_zeros_and_a_wrong_total_names_both():
    report = consistent_report(12)
    report.cells["t3.total_processed.natural_person"] += 1
    page = as_html(report).decode().replace("<td>0</td>", "<td></td>")
    failures = check_report(read_report(name="a.html", data=page.encode())).failures
    named = {(f.formula, f.where) for f in failures if f.severity == "error"}
    assert ("F2", "t3.total_processed.natural_person") in named
    zeros = sum(value == 0 for value in report.cells.values())
    assert sum(f.formula == "F11" for f in failures) == zeros


def test_read_section_two_without_a_column_is_told():
    report = consistent_report(12)
    page = as_html(report).decode().replace("<td>本年处理决定数量</td>", "")
    again = read_report(name="a.html", data=page.encode())
    assert [place for place in again.unread if "第二十条第（五）项" in place]


def test_read_html_with_dash_is_missing_and_named():
    report = consistent_report(11)
    page = (
        as_html(report).decode().replace("<td>行政许可</td><td>", "<td>行政许可</td><td>/</td><td hidden>", 1)
    )
    again = read_report(name="a.html", data=page.encode())
    assert again.cells["t2.art20_5.permits.decisions"] is None
    assert any("t2.art20_5.permits.decisions" in place for place in again.unread)


def test_check_text_against_table_finds_the_contradiction_only():
    report = consistent_report(4)
    received = report.cells["t3.new_received.total"]
    report.narrative = f"全年共收到政府信息公开申请{received + 1}件，结转下年度继续办理{report.cells['t3.carried_out.total']}件。"
    (fault,) = [f for f in check_report(report).failures if f.severity == "warning"]
    assert (fault.formula, fault.left, fault.right) == ("F9", received + 1, received)


@pytest.mark.parametrize(
    ("words", "exact", "how"),
    [
        ("收到政府信息公开申请1.2万件", 12345, "half_up"),
        ("收到政府信息公开申请1.2万件", 12999, "floor"),
        ("收到政府信息公开申请1.3万件", 12345, None),
        ("收到政府信息公开申请300余件", 342, "lower_bound"),
        ("收到政府信息公开申请300余件", 299, None),
        ("收到政府信息公开申请300余件", 400, None),
        ("收到政府信息公开申请12件", 12, "exact"),
        ("收到政府信息公开申请12件", 13, None),
        ("收到政府信息公开申请１，２３４件", 1234, "exact"),
        ("未收到政府信息公开申请", 0, "exact"),
    ],
)
def test_said_number_agrees_by_rounding_cutting_or_bound(words, exact, how):
    (said,) = [s for s in find_said(words) if s.rule == "received"]
    assert agrees(said, Decimal(exact)) == how
    assert words[said.span[0] : said.span[1]] == said.words


@given(st.text(max_size=200))
def test_find_said_any_text_has_spans_inside(text):
    for said in find_said(text):
        assert 0 <= said.span[0] < said.span[1] <= len(text)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"{not json", "不是合法的 JSON"),
        (b"[1, 2]", "最外层应为对象"),
        (b'{"year": "2023"}', "整数年份"),
        (b'{"year": 2023, "section3": {"rows": {"granted": [1, 2]}}}', "7 个数"),
        (b'{"year": 2023, "section3": {"rows": {"granted": [1,1,1,1,1,1,"x"]}}}', "应为数字"),
        (b'{"year": 2023, "section2": []}', "对象"),
        (b"PK\x03\x04broken", "打不开"),
        (b"\x00\x01binary", "请另存为"),
        (b"<html><body><p>no table</p></body></html>", "没有找到统一格式的表格"),
    ],
)
def test_read_bad_input_says_what_where_and_how(data, words):
    with pytest.raises(ReportUnreadable, match=words):
        read_report(name="坏文件", data=data)


def test_format_before_the_unified_one_is_unknown():
    with pytest.raises(FormatUnknown, match="2019"):
        format_of_year(2015)


def test_run_check_prints_json_and_exit_code(tmp_path):
    good, bad = consistent_report(1), consistent_report(1)
    bad.cells["t3.granted.total"] += 1
    for name, report, code in (("good", good, 0), ("bad", bad, 1)):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(as_json(report)), encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        assert run_check(path=path, as_json=True, out=out, err=err) == code
        body = json.loads(out.getvalue())
        assert {"format", "checked", "failures", "unread"} <= set(body)
        assert ({f["formula"] for f in body["failures"] if f["severity"] == "error"} == set()) == (code == 0)
    out = io.StringIO()
    assert run_check(path=tmp_path / "no.json", as_json=True, out=out, err=io.StringIO()) == 2
    assert json.loads(out.getvalue())["error"]["code"] == "report.unreadable"


def test_every_formula_and_said_rule_names_known_cells():
    known = {address for form in report_formats().values() for address in addresses(form)}
    assert {cell for rule in said_rules().values() for cell in rule.cells} <= known
    assert set(formulas()) == {f"F{n}" for n in range(1, 14)}
