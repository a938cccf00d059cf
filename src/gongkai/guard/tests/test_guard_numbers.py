"""Numbers: identity numbers with the credit-code trap, mobiles, cards, document numbers."""

from __future__ import annotations

import pytest

from gongkai.guard.api import Context, Document, Part, apply_replacement, check, check_text, detectors, mask
from gongkai.guard.core.checksums import is_credit_code, is_identity_number, is_organisation_code, passes_luhn
from gongkai.kernel.findings import Severity

TRAP = "123398197504123113"


def found(text: str, context: Context | None = None) -> list[tuple[str, str]]:
    return [(item.detector, item.matched) for item in check_text(text, context, show_matched=True)]


def test_checksums_agree_with_published_samples() -> None:
    assert is_identity_number("11010519491231002X")
    assert is_credit_code("91350100M000100Y43")
    assert is_organisation_code("M000100Y4")
    assert passes_luhn("6217998800000043217")
    assert not passes_luhn("6217998800000043210")


def test_credit_code_that_passes_both_checks_is_judged_by_its_label() -> None:
    assert is_identity_number(TRAP)
    assert is_credit_code(TRAP)
    assert found(f"统一社会信用代码：{TRAP}") == []
    assert found(f"统一社会信用代码\n{TRAP}") == []
    assert found(f"身份证号：{TRAP}") == [("pii.cn_id18", TRAP)]
    assert found(f"本中心编码 {TRAP}", Context(own_credit_codes=frozenset({TRAP}))) == []


def test_column_heading_judges_its_cells() -> None:
    rows = (("单位", "统一社会信用代码", "备注"), ("青禾镇卫生院", TRAP, ""))
    assert check(Document((Part("table:1", "\n".join("\t".join(row) for row in rows), rows, "table"),))) == []
    rows = (("姓名", "身份证号", "备注"), ("甲", TRAP, ""))
    part = Part("table:1", "\n".join("\t".join(row) for row in rows), rows, "table")
    assert "pii.cn_id18" in [item.detector for item in check(Document((part,)))]


@pytest.mark.parametrize(
    "written",
    [
        "339918197504123012",
        "３３９９１８１９７５０４１２３０１２",
        "339918 19750412 3012",
        "339918-19750412-3012",
        "3399181975\u200b04123012",
        "33991819\n7504123012",
        "三三九九一八一九七五〇四一二三〇一二",
        "叁叁玖玖壹捌壹玖柒伍零肆壹贰叁零壹贰",
        "33991819750412³⁰¹²",
    ],
)
def test_identity_number_is_found_however_it_is_written(written: str) -> None:
    text = f"申请人身份证号：{written}。"
    findings = check_text(text)
    assert [item.detector for item in findings] == ["pii.cn_id18"]
    assert findings[0].span == (8, 8 + len(written))
    assert findings[0].matched == "339918********3012"
    assert apply_replacement(text, findings[0]) == "申请人身份证号：339918********3012。"
    assert check_text(apply_replacement(text, findings[0])) == []


@pytest.mark.parametrize(
    "written",
    [
        "(139)0000-1357",
        "139/0000/1357",
        "139_0000_1357",
        "１３９，００００，１３５７",
        "壹叁玖零零零零壹叁伍柒",
    ],
)
def test_mobile_is_found_however_it_is_set_apart(written: str) -> None:
    assert [item.detector for item in check_text(f"联系人手机：{written}")] == ["pii.mobile"]


def test_public_numbers_are_left_alone() -> None:
    text = "值班手机：139-0000-1357"
    assert found(text)
    assert found(text, Context.from_config({"public_numbers": ["13900001357"]})) == []
    account = "捐赠账户账号：6217998800000043217"
    assert [item.severity for item in check_text(account)] == [Severity.REVIEW]
    assert found(account, Context.from_config({"public_accounts": ["6217 9988 0000 0043 217"]})) == []


def test_document_number_is_repaired() -> None:
    text = "根据浙卫发（2025）3号文件"
    (finding,) = check_text(text)
    assert finding.severity is Severity.WARN
    assert apply_replacement(text, finding) == "根据浙卫发〔2025〕3号文件"


@pytest.mark.parametrize(
    ("kind", "value", "level", "expected"),
    [
        ("id", "339918197504123012", "standard", "339918********3012"),
        ("id", "339918 19750412 3012", "strict", "33*************012"),
        ("id", "339918750412301", "standard", "***************"),
        ("mobile", "139-0000-1357", "standard", "139****1357"),
        ("bank", "6217 9988 0000 0043 217", "standard", "***************3217"),
        ("name", "周岚", "standard", "周*"),
        ("name", "孙芸芳", "standard", "孙*芳"),
        ("name", "孙芸芳", "strict", "孙**"),
        ("address", "青禾镇大塘村3组17号", "standard", "青禾镇***"),
        ("landline", "0573-80005678", "standard", "0573-****5678"),
        ("email", "liuchang_demo@163.com", "standard", "l***@163.com"),
    ],
)
def test_masks(kind: str, value: str, level: str, expected: str) -> None:
    assert mask(kind, value, level) == expected


def test_masking_level_is_checked() -> None:
    with pytest.raises(ValueError, match="standard"):
        mask("id", "339918197504123012", "loose")


def test_detectors_carry_the_severity_of_the_rule_file() -> None:
    assert detectors()["pii.cn_id18"].severity is Severity.BLOCK
    assert detectors()["txt.docno_bracket"].severity is Severity.WARN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("检查编号：JC2020000123\t检查日期：2020-05-06\t被检查单位：示例单位1\t检查结果：合格", False),
        ("本次双随机抽查的检查编号JC20200507001，结果已公示。", False),
        ("患者的CT检查编号：JC2020000123，片子可自助打印。", True),
        ("检查号：CT250611073，三个月内可取。", True),
    ],
)
def test_number_of_an_inspection_is_no_patients_number(text: str, expected: bool) -> None:
    assert any(detector == "pii.medical_no" for detector, _ in found(text)) is expected
