"""Whatever the text: no crash, spans inside, no number shown, a repair repairs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.guard.api import Context, Document, Part, apply_replacement, check, check_text, detectors, mask
from gongkai.guard.core.folding import fold

_WORDS = (
    "身份证号：",
    "339918197504123012",
    "339918 19750412 3012",
    "３３９９１８１９７５０４１２３０１２",
    "13900001357",
    "139-0000-1357",
    "+86 139 0000 1357",
    "6217998800000043217",
    "账号",
    "姓名",
    "患者周岚，女，",
    "肺结核",
    "家住青禾镇大塘村3组17号",
    "|",
    "\t",
    "\n",
    "\u200b",
    "：",
    "，",
    "。",
    "县人名政府",
    "浙卫发（2025）3号",
    "2025年2月30日",
    "共120家，其中公立45家、民营70家",
    "XX县",
    "《办法》、《细则》",
    "一、",
    "（三）",
    "合计",
    "附件1",
    "密码：Abc@12345",
    "339918********3012",
    "3399181975**123012",
    "小学三年级2班",
    "6岁",
    "卫生健康局",
    "的的",
)
_SCRAPS = st.lists(st.one_of(st.sampled_from(_WORDS), st.text(max_size=6)), max_size=14).map("".join)
_ANY = st.one_of(st.text(max_size=300), _SCRAPS)
_SECRETS = ("339918197504123012", "13900001357", "6217998800000043217")


def _digits(text: str) -> str:
    return "".join(char for char in fold(text).plain if char.isdigit())


@settings(max_examples=300, deadline=None)
@given(_ANY)
def test_never_fails_and_points_inside(text: str) -> None:
    for finding in check_text(text, title=text[:40]):
        source = text if finding.part == "text" else text[:40]
        assert finding.detector in detectors()
        if finding.span is not None:
            start, end = finding.span
            assert 0 <= start <= end <= len(source)
        assert 0 <= finding.confidence <= 1
        assert finding.suggestion


@settings(max_examples=200, deadline=None)
@given(_SCRAPS)
def test_findings_never_show_a_whole_number(text: str) -> None:
    for finding in check_text(text):
        shown = "\n".join(_digits(field) for field in (finding.matched, finding.message, finding.suggestion))
        if finding.detector.startswith("pii."):
            assert not any(secret in shown for secret in _SECRETS)


@settings(max_examples=200, deadline=None)
@given(_SCRAPS)
def test_a_repair_removes_the_personal_number(text: str) -> None:
    for finding in check_text(text):
        if finding.replacement is None or finding.detector not in (
            "pii.cn_id18",
            "pii.mobile",
            "pii.bank_card",
        ):
            continue
        repaired = apply_replacement(text, finding)
        start = finding.span[0] if finding.span else 0
        again = [
            item
            for item in check_text(repaired)
            if item.detector == finding.detector and item.span and item.span[0] == start
        ]
        assert again == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from((*_WORDS, "", "0", "12.5")), max_size=5), max_size=6))
def test_tables_of_any_shape_are_read(rows: list[list[str]]) -> None:
    table = tuple(tuple(cell.replace("\t", " ").replace("\n", " ") for cell in row) for row in rows)
    part = Part("table:1", "\n".join("\t".join(row) for row in table), table, "table", "救助名单公示")
    for finding in check(Document((part,)), Context(page_type="welfare_list")):
        assert finding.part == "table:1"
        assert finding.span is None or 0 <= finding.span[0] <= finding.span[1] <= len(part.text)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(("id", "mobile", "bank", "name", "address", "email", "plate", "passport", "medical")),
)
def test_masks_never_return_what_they_were_given(value: str, kind: str) -> None:
    for level in ("standard", "strict"):
        shown = mask(kind, value, level)
        bare = "".join(char for char in fold(value).plain if char.isalnum())
        if len(bare) >= 6 and kind in ("id", "mobile", "bank", "medical", "passport", "plate"):
            assert bare not in shown


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="０１２３４５６７８９ 身份證\u200b\u2060号：\n", max_size=60))
def test_folding_keeps_length_and_the_way_back(text: str) -> None:
    folded = fold(text)
    assert len(folded.plain) == len(folded.visible)
    for place in range(len(folded.plain)):
        start, end = folded.original_span(place, place + 1)
        assert text[start:end] == folded.visible[place]
