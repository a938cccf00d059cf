"""Text files: head, foot, headings, items on one line, nothing lost."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from gongkai.importing.api import Imported, import_bytes, import_file, to_json


def read(text: str, name: str = "文件.txt", *, today: date | None = None) -> Imported:
    return import_bytes(text.encode(), name, today=today)


def visible(text: str) -> Counter[str]:
    return Counter(character for character in text if not character.isspace())


def written(imported: Imported) -> Counter[str]:
    parts = [imported.title or ""]
    for block in imported.blocks:
        parts.append(block.text or "")
        parts += [cell for row in block.rows or () for cell in row]
    return visible("".join(parts))


def outline(imported: Imported) -> list[tuple[str, int | None, str | None]]:
    return [(block.kind, block.level, block.text) for block in imported.blocks]


NOTICE = """青石市卫生健康委员会文件

青卫〔2021〕7号

青石市卫生健康委员会
关于做好夏季饮水卫生工作的通知
各县（区）卫生健康局，委直属各单位：
为保障群众饮水安全，按照《关于饮水卫生的意见》（青政办发〔2020〕45号）要求，现就有关事项通知如下。
一、总体要求
坚持预防为主。
二、主要任务
（一）加强监测。每月采样一次。 （二）及时公布。每季度公布结果。
1.公布渠道。在网站公布。
（1）网站；
（2）公示栏。
附件：1.采样点名单
      2.公布格式
青石市卫生健康委员会
2021年5月6日
（此件公开发布）
抄送：市政府办公室。
青石市卫生健康委员会办公室    2021年5月7日印发
附件1
采样点名单
一、城区
"""


def test_read_notice_finds_head_and_signature() -> None:
    imported = read(NOTICE)
    assert imported.title == "青石市卫生健康委员会关于做好夏季饮水卫生工作的通知"
    assert imported.document_number == "青卫〔2021〕7号"
    assert imported.issuer == "青石市卫生健康委员会"
    assert imported.formed_date == date(2021, 5, 6)
    assert imported.addressee == "各县（区）卫生健康局，委直属各单位"
    assert imported.attachments == ("采样点名单", "公布格式")
    assert imported.warnings == ()
    assert written(imported) == visible(NOTICE)


def test_read_notice_gives_blocks_in_order_with_roles() -> None:
    blocks = read(NOTICE).blocks
    assert [block.role for block in blocks[:3]] == ["issuer_mark", "document_number", "addressee"]
    assert outline(read(NOTICE))[4:15] == [
        ("heading", 1, "一、总体要求"),
        ("paragraph", None, "坚持预防为主。"),
        ("heading", 1, "二、主要任务"),
        ("heading", 2, "（一）加强监测。"),
        ("paragraph", None, "每月采样一次。"),
        ("heading", 2, "（二）及时公布。"),
        ("paragraph", None, "每季度公布结果。"),
        ("heading", 3, "1.公布渠道。"),
        ("paragraph", None, "在网站公布。"),
        ("paragraph", None, "（1）网站；"),
        ("paragraph", None, "（2）公示栏。"),
    ]
    assert blocks[15].kind == "attachment_note"
    assert blocks[15].text == "附件：1.采样点名单\n2.公布格式"
    assert (blocks[16].kind, blocks[16].text) == ("signature", "青石市卫生健康委员会\n2021年5月6日")
    assert [block.role for block in blocks[17:]] == [
        "note",
        "copies",
        "printing",
        "attachment_label",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2021年1月15日", date(2021, 1, 15)),
        ("二〇二〇年十二月三十一日", date(2020, 12, 31)),
        ("二○二一年一月十日", date(2021, 1, 10)),
        ("２０２１年３月２日", date(2021, 3, 2)),
        ("2021 年 3 月 2 日", date(2021, 3, 2)),
        ("2021年2月30日", None),
    ],
)
def test_read_signature_date_in_every_form(line: str, expected: date | None) -> None:
    imported = read(f"某项工作的通知\n正文在此。\n青石区卫生健康局\n{line}\n")
    assert imported.formed_date == expected
    if expected:
        assert imported.issuer == "青石区卫生健康局"


def test_read_signature_of_two_bodies_and_of_one_line() -> None:
    joint = read("联合通知\n正文。\n青石区卫生健康局\n青石区教育局\n2021年3月2日")
    assert joint.issuer == "青石区卫生健康局、青石区教育局"
    single = read("通知\n正文。\n青石区卫生健康局　2021年3月2日\n")
    assert (single.issuer, single.formed_date) == ("青石区卫生健康局", date(2021, 3, 2))
    assert single.blocks[-1].kind == "signature"
    spaced = read("通知\n正文。\n青石区 卫生健康局\n2021年3月2日\n")
    assert spaced.formed_date == date(2021, 3, 2)


def test_read_cited_number_is_not_the_files_own() -> None:
    imported = read(
        "工作要点\n按照青政发〔2019〕3号文件办理。\n参见：\n青卫〔2018〕9号\n一、要求\n正文甲。\n正文乙。\n"
    )
    assert imported.document_number is None
    assert "no_document_number" in {warning.code for warning in imported.warnings}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("青卫[2021]8号\n通知\n正文。\n", "青卫〔2021〕8号"),
        ("关于某事的通知\n（青卫〔2021〕8号）\n正文。\n", "青卫〔2021〕8号"),
        ("关于某事的通知\n正文。\n青石区卫生健康局\n2021年3月2日\n青卫〔2021〕8号\n", "青卫〔2021〕8号"),
        ("文号：青卫〔2021〕8号\n关于某事的通知\n正文。\n", "青卫〔2021〕8号"),
        ("关于某事的通知\n正文甲。\n青卫〔2021〕8号\n青石区卫生健康局\n2021年3月2日\n", "青卫〔2021〕8号"),
        ("关于某事的通知（青卫〔2021〕8号）\n正文。\n", "青卫〔2021〕8号"),
        ("青石市卫生健康委员会\n青卫函〔2021〕8号\n关于某事的函\n某局：\n正文。\n", "青卫函〔2021〕8号"),
        ("青卫〔2021〕8号    签发人：某甲\n关于某事的请示\n正文。\n", "青卫〔2021〕8号"),
        ("青石市人民政府令\n第12号\n某办法\n第一条 正文。\n", "第12号"),
    ],
)
def test_read_number_in_head_or_tail(text: str, expected: str) -> None:
    imported = read(text)
    assert imported.document_number == expected
    assert written(imported) == visible(text)


def test_read_number_with_wrong_brackets_warns_and_keeps_text() -> None:
    imported = read("青卫[2021]8号\n关于某事的通知\n正文。\n")
    assert imported.blocks[0].text == "青卫[2021]8号"
    assert "document_number_brackets" in {warning.code for warning in imported.warnings}


def test_read_without_title_warns() -> None:
    imported = read("根据上级要求，现将情况报告如下：\n一、概况\n正文。\n")
    assert imported.title is None
    assert imported.warnings[0].code == "no_title"


def test_read_title_of_500_characters_is_kept_with_warning() -> None:
    title = "关于" + "很" * 496 + "通知"
    imported = read(f"{title}\n正文。\n")
    assert imported.title == title
    assert len(title) == 500
    assert "long_title" in {warning.code for warning in imported.warnings}


def test_read_future_date_warns_only_against_given_day() -> None:
    text = "某通知\n正文。\n青石区卫生健康局\n2031年3月2日\n"
    assert "formed_date_in_future" in {w.code for w in read(text, today=date(2031, 3, 1)).warnings}
    assert "formed_date_in_future" not in {w.code for w in read(text, today=date(2031, 3, 2)).warnings}


@pytest.mark.parametrize(
    "line",
    [
        "3.5万人受益。",
        "1.2亿元资金到位，超过上年。",
        "2020年全年办结10件。",
        "一是加强领导。二是落实责任。",
        "1.身份证复印件；",
        "一、二季度共办结10件。",
        "一、二、三级医院都要参加",
        "12月底前完成。",
    ],
)
def test_read_line_that_only_looks_numbered_stays_paragraph(line: str) -> None:
    assert outline(read(f"某通知\n正文。\n{line}\n"))[-1] == ("paragraph", None, line)


def test_read_mark_before_another_numeral_is_a_mark() -> None:
    assert outline(read("某预案\n一、总则\n正文。\n三、一级响应措施\n正文。\n"))[2] == (
        "heading",
        1,
        "三、一级响应措施",
    )


def test_read_does_not_split_where_numbering_does_not_go_on() -> None:
    text = "（一）加强监测。共采样3次。（三）此处引用他文。结束。"
    assert [kind for kind, _, _ in outline(read(f"某通知\n{text}\n"))] == ["heading", "paragraph"]


def test_read_sentence_end_inside_quotes_does_not_end_heading() -> None:
    blocks = outline(read("某通知\n1.落实“谁主管。谁负责”要求。各科照办。\n"))
    assert blocks[0] == ("heading", 3, "1.落实“谁主管。谁负责”要求。")


def test_read_short_sentence_is_heading_only_over_its_own_text() -> None:
    blocks = outline(read("某通知\n一、要求\n（一）加强领导。\n各单位要重视。\n1.准备材料。\n2.提交申请。\n"))
    assert blocks[1][:2] == ("heading", 2)
    assert [kind for kind, _, _ in blocks[3:]] == ["paragraph", "paragraph"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "关于印发《青石市公共场所卫生\n管理办法（试行）》的通知\n正文。",
            "关于印发《青石市公共场所卫生管理办法（试行）》的通知",
        ),
        (
            "青石区卫生健康局\n关于印发《某办法\n（试行）》的通知\n正文。",
            "青石区卫生健康局关于印发《某办法（试行）》的通知",
        ),
        ("年度工作总结\n——以便民为中心\n正文。", "年度工作总结——以便民为中心"),
        ("某办法\n（征求意见稿）\n第一条 正文。", "某办法（征求意见稿）"),
        ("附件1\n某工作方案\n一、目标\n正文。", "某工作方案"),
        ("流感疫苗，您接种了吗？\n正文。", "流感疫苗，您接种了吗？"),
        ("000012\n特急\n青卫〔2021〕8号\n某通知\n正文。", "某通知"),
        ("为做好某项工作，现提出以下意见\n一、目标\n正文。", None),
        ("青石市卫生健康委员会\n青卫函〔2021〕8号\n关于某事的函\n某局：\n正文。", "关于某事的函"),
        ("2021年3月2日\n某通知\n正文。", "某通知"),
        ("一、目标\n正文。", None),
        ("各科室：\n正文。", None),
        ("2021年3月2日\n正文。", None),
    ],
)
def test_read_title_forms(text: str, title: str | None) -> None:
    imported = read(text)
    assert imported.title == title
    assert written(imported) == visible(text)


def test_read_signature_set_to_the_right_may_have_any_name() -> None:
    imported = read(
        "某通知\n正文。\n" + "　" * 12 + "青石区健康促进工作专班\n" + "　" * 12 + "2021年3月2日\n"
    )
    assert imported.issuer == "青石区健康促进工作专班"


def test_read_items_of_a_list_are_no_headings_whatever_follows() -> None:
    text = "某办法\n第一章 总则\n第一条 分为：\n（一）甲类；\n（二）乙类。\n第二章 附则\n第二条 正文。\n1.写申请。\n2.交材料。\n以上一式两份。\n"
    blocks = outline(read(text))
    assert [text for kind, _, text in blocks if kind == "heading"] == ["第一章 总则", "第二章 附则"]
    last = outline(read("某通知\n包括：\n1.甲；\n2.乙\n以上。\n"))
    assert [kind for kind, _, _ in last] == ["paragraph"] * 4


def test_to_json_has_the_agreed_keys() -> None:
    out = to_json(read(NOTICE))
    assert {"file", "title", "document_number", "issuer", "formed_date", "blocks", "warnings"} <= set(out)
    assert out["formed_date"] == "2021-05-06"
    assert out["blocks"][4]["kind"] == "heading"
    assert all(("rows" in block) != ("text" in block) for block in out["blocks"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_read_every_encoding_alike(encoding: str) -> None:
    imported = import_bytes(NOTICE.encode(encoding), "文件.txt")
    assert imported.blocks == read(NOTICE).blocks


SEEDS = sorted((Path(__file__).resolve().parents[6] / "shared" / "seeds").glob("*.txt"))


@pytest.mark.skipif(not SEEDS, reason="样本文件不在")
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_read_seed_loses_nothing_and_finds_five_parts(path: Path) -> None:
    imported = import_file(path)
    assert written(imported) == visible(path.read_text("utf-8"))
    headings = [block for block in imported.blocks if block.kind == "heading"]
    assert [block.text[0] for block in headings if block.level == 1 and block.text] == list("一二三四五")
    assert len(headings) >= 19
    assert all(len(block.text or "") <= 42 for block in headings)
