"""PDF: paragraphs from geometry, head and signature, scans and locked files refused."""

from __future__ import annotations

import pytest

from gongkai.importing.api import Limits, Unreadable, import_bytes
from gongkai.importing.tests.pdf_building import pdf, typeset

LONG = "为进一步做好公共场所卫生监督工作，保障群众健康，根据有关规定，结合本地实际，现就加强夏季公共场所卫生管理的有关事项通知如下，请认真抓好落实。"
LETTER = [
    ("title", "青石区卫生健康局"),
    ("title", "关于加强夏季公共场所卫生管理的通知"),
    ("flush", "各街道卫生服务中心："),
    ("indent", LONG),
    ("indent", "一、加强组织领导"),
    ("indent", "（一）明确责任。" + LONG),
    ("indent", "（二）强化检查。" + LONG),
    ("right", "青石区卫生健康局"),
    ("right", "2021年6月1日"),
]


def test_read_letter_gives_paragraphs_title_and_signature() -> None:
    imported = import_bytes(pdf(typeset(LETTER)), "通知.pdf")
    assert imported.title == "青石区卫生健康局关于加强夏季公共场所卫生管理的通知"
    assert imported.issuer == "青石区卫生健康局"
    assert str(imported.formed_date) == "2021-06-01"
    assert [(b.kind, b.level, b.text) for b in imported.blocks[1:7]] == [
        ("paragraph", None, LONG),
        ("heading", 1, "一、加强组织领导"),
        ("heading", 2, "（一）明确责任。"),
        ("paragraph", None, LONG),
        ("heading", 2, "（二）强化检查。"),
        ("paragraph", None, LONG),
    ]
    assert {"pdf_layout", "page_numbers"} <= {warning.code for warning in imported.warnings}


def test_read_paragraph_that_runs_over_a_page_is_one() -> None:
    lines = [("indent", LONG) for _ in range(12)]
    imported = import_bytes(pdf(typeset(lines)), "通知.pdf")
    assert [block.text for block in imported.blocks] == [LONG] * 12


def test_read_running_head_is_left_out_and_named() -> None:
    pages = typeset([("indent", LONG + str(n)) for n in range(30)])
    for page in pages:
        page.insert(0, (79, 780, 10, "青石区卫生健康局内部刊物"))
    imported = import_bytes(pdf(pages), "通知.pdf")
    assert not any("内部刊物" in (block.text or "") for block in imported.blocks)
    assert any("内部刊物" in warning.message for warning in imported.warnings)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf([[]]), "scan"),
        (pdf([[(80, 700, 16, "乱码乱码")]], mapped=False), "scan"),
        (pdf([[(80, 700, 16, "正文。")]], password="x"), "password"),
        (b"%PDF-1.7\n1 0 obj", "broken"),
        (pdf([[(80, 700, 16, "正文。")]])[:200], "broken"),
    ],
)
def test_import_unreadable_pdf_is_refused_with_remedy(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        import_bytes(data, "文件.pdf")
    assert caught.value.code == code
    assert caught.value.remedy


def test_import_scanned_page_among_others_warns_with_its_number() -> None:
    imported = import_bytes(pdf([[(80, 700, 16, "正文。")], []]), "文件.pdf")
    assert next(w.message for w in imported.warnings if w.code == "scanned_pages").startswith("第2页")


def test_import_pdf_with_too_many_pages_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        import_bytes(pdf([[(80, 700, 16, "正文。")]] * 4), "文件.pdf", limits=Limits(pages=3))
    assert caught.value.code == "too_many_pages"


def test_import_pictures_of_a_pdf_are_counted_and_a_scan_is_refused() -> None:
    imported = import_bytes(
        pdf([[(80, 700, 16, "正文。")], [(80, 700, 16, "后文。")]], picture=True), "文件.pdf"
    )
    assert next(w.message for w in imported.warnings if w.code == "pdf_images").startswith("有2幅图片")
    with pytest.raises(Unreadable) as caught:
        import_bytes(pdf([[]], picture=True), "扫描.pdf")
    assert caught.value.code == "scan"


def test_read_columns_below_each_other_are_a_table() -> None:
    rows = [("项目", "次数", "备注"), ("检查", "12", "全年"), ("培训", "3", "线上 线下")]
    placed = [
        (80.0 + 150 * column, 700.0 - 29 * row, 16.0, text)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
    ]
    imported = import_bytes(pdf([[(80, 750, 16, "情况如下。"), *placed, (80, 560, 16, "以上。")]]), "表.pdf")
    assert [b.kind for b in imported.blocks] == ["paragraph", "table", "paragraph"]
    assert imported.blocks[1].rows == (
        ("项目", "次数", "备注"),
        ("检查", "12", "全年"),
        ("培训", "3", "线上 线下"),
    )


def test_read_imprint_line_with_a_gap_is_no_table() -> None:
    lines = [
        (80.0, 700.0, 16.0, "正文。"),
        (80.0, 100.0, 14.0, "青石区卫生健康局办公室"),
        (400.0, 100.0, 14.0, "2021年6月2日印发"),
    ]
    imported = import_bytes(pdf([lines]), "文.pdf")
    assert [(b.kind, b.role) for b in imported.blocks] == [("paragraph", None), ("paragraph", "printing")]
