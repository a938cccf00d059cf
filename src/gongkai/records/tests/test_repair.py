"""One-click repair: exactly the place, nothing beside it, and never in a text that moved on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.findings import Finding, Severity
from gongkai.records.core.markup import inline_html, text_of
from gongkai.records.core.repairing import PlaceChanged, repaired_body, repaired_markup
from gongkai.records.core.stream import payload_blocks, raw_blocks


def identity(birth_and_serial: str) -> str:
    """Return an invented identity number (unassigned area 119999) with the right check digit."""
    body = "119999" + birth_and_serial
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def found(part: str, start: int, end: int, replacement: str | None = "×") -> Finding:
    return Finding("pii.cn_id18", "1", part, (start, end), "", Severity.BLOCK, 1.0, "", "", replacement)


_PIECES = st.lists(
    st.sampled_from(
        [
            "甲",
            "<strong>乙</strong>",
            "&amp;",
            "&lt;",
            "<br>",
            '<a href="https://a.cn/?q=>">丙丁</a>',
            "𠮷",
            " ",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(pieces=_PIECES, data=st.data())
def test_markup_reads_as_the_text_repaired_whatever_surrounds_the_place(pieces: list[str], data: Any):
    markup = inline_html("".join(pieces))
    text = text_of(markup)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    replacement = data.draw(st.sampled_from(["", "〔〕", "a<b&c", "**"]))
    fresh = repaired_markup(markup, found("block:1", start, end, replacement))
    assert text_of(fresh) == text[:start] + replacement + text[end:]
    assert text_of(inline_html(fresh)).strip() == text_of(fresh).strip(), "nothing is lost on the next save"
    assert fresh.count("<a ") == markup.count("<a "), "links stay"


@given(
    rows=st.lists(st.lists(st.text("甲乙1\n", max_size=4), min_size=3, max_size=3), min_size=1, max_size=5),
    data=st.data(),
)
def test_one_cell_of_a_table_changes_and_no_other(rows: list[list[str]], data: Any):
    raw = raw_blocks([{"type": "paragraph", "text": "前"}, {"type": "table", "rows": rows}])
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 2))
    begins = sum(len(cell) + 1 for r in rows[:row] for cell in r) + sum(
        len(c) + 1 for c in rows[row][:column]
    )
    length = len(rows[row][column])
    fresh = payload_blocks(repaired_body(raw, {}, found("block:2", begins, begins + length)), {})
    assert fresh[1]["rows"][row][column] == "×"
    others = [(r, c) for r in range(len(rows)) for c in range(3) if (r, c) != (row, column)]
    assert all(fresh[1]["rows"][r][c] == rows[r][c] for r, c in others)
    assert fresh[0] == payload_blocks(raw, {})[0]


def test_the_second_of_two_paragraphs_in_one_block_is_found_behind_an_attachment():
    raw = [
        {"type": "attachment", "value": {"sha256": "0" * 64, "name": "附件.docx"}},
        {"type": "paragraph", "value": "<p>第一段</p><p>号<strong>码</strong>12</p>"},
    ]
    fresh = repaired_body(raw, {}, found("block:2", 2, 4, "**"))
    assert fresh[1]["value"] == "<p>第一段</p><p>号<strong>码</strong>**</p>"
    assert fresh[0] == raw[0]
    assert repaired_body(raw, {}, found("attachment:1", 0, 2, "名单"))[0]["value"]["name"] == "名单.docx"


@pytest.mark.parametrize("part", ["block:9", "block:x", "file:a", "attachment:2"])
def test_a_place_that_is_not_there_is_refused(part: str):
    raw = raw_blocks([{"type": "paragraph", "text": "甲乙"}])
    with pytest.raises(PlaceChanged):
        repaired_body(raw, {}, found(part, 0, 1))


def test_a_span_over_two_cells_is_refused():
    raw = raw_blocks([{"type": "table", "rows": [["甲", "乙"]]}])
    with pytest.raises(PlaceChanged):
        repaired_body(raw, {}, found("block:1", 0, 3))


@pytest.fixture
def listed(office: Any) -> Any:
    """Return a draft with a benefit list of three invented persons and one number in running text."""
    rows = [["序号", "姓名", "身份证号", "补助金额（元）"]]
    for number, serial in enumerate(("19800101001", "19750505003", "19660606009"), 1):
        rows.append([str(number), f"测试{'甲乙丙'[number - 1]}", identity(serial), "500"])
    return office.draft(
        blocks=[
            {
                "type": "paragraph",
                "html": f"经办人<strong>测试丁</strong>，身份证号{identity('19900101002')}。",
            },
            {"type": "table", "rows": rows, "header_rows": 1},
        ]
    )


def version_of(record_id: int) -> int:
    from gongkai.records.models import RecordState

    return int(RecordState.objects.get(pk=record_id).version)


def keyed(record_id: int) -> list[tuple[str, Finding]]:
    from gongkai.records.models import RecordState
    from gongkai.records.services.checking import stored_findings
    from gongkai.records.services.content import draft_of

    state = RecordState.objects.select_related("record").get(pk=record_id)
    return stored_findings(record_id, draft_of(state).sha256) or []


def body_of(record_id: int) -> str:
    from gongkai.records import api
    from gongkai.records.core.reading import plain_text

    return plain_text(api.public_payload(record_id=record_id))


def test_one_click_masks_one_number_and_the_rest_of_the_text_stays(office: Any, listed: Any):
    from gongkai.records.services.repair import repair

    before = body_of(listed.id)
    key = next(k for k, f in keyed(listed.id) if f.detector == "pii.cn_id18" and f.part == "block:1")
    done = repair(
        record_id=listed.id,
        finding_key=key,
        version=version_of(listed.id),
        user=office.editor,
        now=office.later(),
    )
    after = body_of(listed.id)
    assert done.places == 1
    assert identity("19900101002") in before
    assert identity("19900101002") not in after
    assert identity("19750505003") in after
    assert len(after) == len(before), "masked in its length, nothing else moved"
    assert key not in [k for k, _ in keyed(listed.id)], "checked again"


def test_all_numbers_of_a_list_are_masked_in_one_go_and_the_submission_passes_them(office: Any, listed: Any):
    from gongkai.records.services.repair import repair_alike

    done = repair_alike(
        record_id=listed.id,
        detector="pii.cn_id18",
        version=version_of(listed.id),
        user=office.editor,
        now=office.later(),
    )
    text = body_of(listed.id)
    assert done.places == 4
    assert not any(identity(s) in text for s in ("19800101001", "19750505003"))
    assert not [f for _, f in keyed(listed.id) if f.detector.startswith("pii.cn_id")]
    assert not [f for _, f in keyed(listed.id) if f.detector in {"pii.id_weak_mask", "pii.mask_combination"}]


def test_a_text_that_moved_on_is_not_touched(office: Any, listed: Any):
    from gongkai.records.core.errors import NotFound, StepRefused
    from gongkai.records.services.repair import repair

    shown = version_of(listed.id)
    key = keyed(listed.id)[0][0]
    office.edit(listed.id, title="关于另一件事的通知")
    before = body_of(listed.id)
    with pytest.raises(StepRefused, match="文字有变动"):
        repair(record_id=listed.id, finding_key=key, version=shown, user=office.editor, now=office.later())
    with pytest.raises(NotFound):
        repair(
            record_id=listed.id,
            finding_key="0" * 32,
            version=version_of(listed.id),
            user=office.editor,
            now=office.later(),
        )
    assert body_of(listed.id) == before


def test_who_may_not_edit_may_not_repair(office: Any, listed: Any):
    from gongkai.organisations.api import NotPermitted
    from gongkai.records.services.repair import repair_alike

    with pytest.raises(NotPermitted):
        repair_alike(
            record_id=listed.id,
            detector="pii.cn_id18",
            version=version_of(listed.id),
            user=office.secrecy,
            now=office.later(),
        )
    assert identity("19800101001") in body_of(listed.id)


def test_the_page_marks_each_finding_in_place_and_mends_by_form(
    client: Any, office: Any, listed: Any, monkeypatch: Any
):
    from gongkai.organisations import api as organisations
    from gongkai.organisations.services.sync_groups import sync_user_groups
    from gongkai.records.staff import record_page, repairs, screens

    for module in (record_page, repairs):
        monkeypatch.setattr(module, "now", office.later)
    monkeypatch.setattr(screens, "today", lambda: office.today)
    organisations.sync_groups()
    sync_user_groups(person=office.editor, today=office.today)
    client.force_login(office.editor, backend="gongkai.organisations.staff.backend.RoleBackend")
    address = f"/desk/records/{listed.id}/"
    page = client.get(address).content.decode()
    assert 'href="#place-1"' in page
    assert 'id="place-1"' in page
    assert 'href="#finding-1"' in page
    assert "修复全部同类（4 处）" in page
    assert "topic_major" not in page
    answer = client.post(
        f"{address}mend/", {"version": version_of(listed.id), "detector": "pii.cn_id18"}, follow=True
    )
    assert "已改正 4 处" in answer.content.decode()
    assert identity("19750505003") not in answer.content.decode()
    stale = client.post(f"{address}mend/", {"version": "0", "detector": "pii.welfare_list"}, follow=True)
    assert "文字有变动" in stale.content.decode()


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("title", "标题"),
        ("field:topic_major", "主题分类（大类）"),
        ("block:3:caption", "正文第 3 块的表题"),
        ("file:名单.xlsx>sheet:名单!A1", "附件“名单.xlsx”，工作表“名单”"),
        ("file:包.zip>内.docx>comment:2", "附件“包.zip”，“内.docx”，第 2 处批注"),
        ("file:a.pdf>hidden:page:7", "附件“a.pdf”，第 7 页看不见的文字"),
    ],
)
def test_places_are_told_in_chinese(part: str, words: str):
    from gongkai.records.core.places import place_label

    assert place_label(part) == words


def test_every_field_that_a_metadata_rule_names_has_a_chinese_name():
    import re
    from pathlib import Path

    from gongkai.records.core import metadata
    from gongkai.records.core.places import field_label

    source = Path(metadata.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r'_finding\(\s*"[a-z_]+",\s*"([a-z_]+)"', source))
    assert len(named) > 10
    assert not [name for name in named if field_label(name) == "元数据"]
