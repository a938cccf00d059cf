"""Word files: text as finally shown, numbers written out, tables, boxes, notes, pictures."""

from __future__ import annotations

import io
from collections import Counter

import docx as python_docx
import pytest

from gongkai.importing.api import Imported, import_bytes
from gongkai.importing.blocks import Block
from gongkai.importing.tests.word_building import (
    STYLES,
    docx,
    levels,
    numbered,
    paragraph,
    run,
    table,
)

CHINESE = levels(
    ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("decimal", "(%4)")
)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def read(body: str, **parts: object) -> Imported:
    return import_bytes(docx(body, **parts), "文件.docx")  # type: ignore[arg-type]


def texts(imported: Imported) -> list[str]:
    return [block.text or "" for block in imported.blocks]


def codes(imported: Imported) -> set[str]:
    return {warning.code for warning in imported.warnings}


def test_read_head_body_and_signature() -> None:
    body = "".join(
        [
            paragraph("青卫〔2021〕8号", properties='<w:jc w:val="center"/>'),
            paragraph("关于做好某项工作的通知", style="T"),
            paragraph("各科室："),
            paragraph("一、总体要求"),
            paragraph("坚持预防为主。"),
            paragraph("青石区卫生健康局", properties='<w:jc w:val="right"/>'),
            paragraph("2021年3月2日", properties='<w:jc w:val="right"/>'),
        ]
    )
    imported = read(body)
    assert imported.title == "关于做好某项工作的通知"
    assert imported.document_number == "青卫〔2021〕8号"
    assert imported.issuer == "青石区卫生健康局"
    assert [block.kind for block in imported.blocks] == [
        "paragraph",
        "paragraph",
        "heading",
        "paragraph",
        "signature",
    ]


def test_read_title_broken_by_shift_enter_and_over_two_paragraphs() -> None:
    broken = paragraph(
        style="T", inner=run("青石区卫生健康局") + "<w:r><w:br/></w:r>" + run("关于某事的通知")
    )
    assert read(broken + paragraph("正文。")).title == "青石区卫生健康局关于某事的通知"
    two = paragraph("青石区卫生健康局", style="T") + paragraph("关于某事的通知", style="T")
    assert read(two + paragraph("正文。")).title == "青石区卫生健康局关于某事的通知"


def test_read_automatic_numbers_are_written_out() -> None:
    body = paragraph("工作计划") + "".join(
        [
            numbered("总体要求", 1),
            paragraph("正文。"),
            numbered("主要任务", 1),
            numbered("加强监测。每月采样。", 1, 1),
            numbered("及时公布。每季度公布。", 1, 1),
            numbered("公布渠道。在网站。", 1, 2),
            numbered("网站首页", 1, 3),
            numbered("保障措施", 1),
            numbered("落实责任。各科负责。", 1, 1),
        ]
    )
    headings = [(b.level, b.text) for b in read(body, numbering=CHINESE).blocks if b.kind == "heading"]
    assert headings == [
        (1, "一、总体要求"),
        (1, "二、主要任务"),
        (2, "（一）加强监测。"),
        (2, "（二）及时公布。"),
        (3, "1.公布渠道。"),
        (4, "(1)网站首页"),
        (1, "三、保障措施"),
        (2, "（一）落实责任。"),
    ]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("decimal", "%1.", "12."),
        ("chineseCountingThousand", "第%1条 ", "第十二条 "),
        ("ideographDigital", "%1、", "一二、"),
        ("decimalEnclosedCircle", "%1", "⑫"),
        ("upperRoman", "%1.", "XII."),
        ("lowerLetter", "%1)", "l)"),
        ("decimalZero", "%1 ", "12 "),
        ("decimalFullWidth", "%1．", "１２．"),
        ("ideographZodiac", "%1、", "亥、"),
        ("ideographTraditional", "%1、", "12、"),
        ("bullet", "·", ""),
    ],
)
def test_read_number_forms(form: str, text: str, expected: str) -> None:
    numbering = levels((form, text)).replace('<w:start w:val="1"/>', '<w:start w:val="12"/>')
    assert (
        texts(read(paragraph("标题内容") + numbered("末尾，", 1), numbering=numbering))[-1]
        == expected + "末尾，"
    )


def test_read_second_list_restarts_and_style_numbering_counts() -> None:
    numbering = CHINESE + (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    styles = '<w:style w:type="paragraph" w:styleId="N"><w:name w:val="x"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    body = paragraph("题名") + paragraph("甲", style="N") + numbered("乙", 1) + numbered("丙", 2)
    assert texts(read(body, numbering=numbering, styles=styles)) == ["一、甲", "二、乙", "一、丙"]
    off = paragraph("丁", style="N", properties='<w:numPr><w:numId w:val="0"/></w:numPr>')
    assert texts(read(paragraph("题名") + off, numbering=numbering, styles=styles)) == ["丁"]


def test_read_heading_styles_without_marks_become_levels() -> None:
    body = (
        paragraph("年度报告", style="T")
        + paragraph("概况", style="1")
        + paragraph("做法", style="2")
        + paragraph("正文。")
    )
    assert [(b.kind, b.level) for b in read(body).blocks] == [
        ("heading", 1),
        ("heading", 2),
        ("paragraph", None),
    ]


def test_read_sole_first_heading_is_the_title() -> None:
    body = paragraph("年度报告", style="1") + paragraph("概况", style="2") + paragraph("正文。")
    imported = read(body)
    assert imported.title == "年度报告"
    assert imported.blocks[0] == Block("heading", 1, "概况")
    several = read(paragraph("概况", style="1") + paragraph("正文。") + paragraph("做法", style="1"))
    assert several.title is None
    assert [b.kind for b in several.blocks] == ["heading", "paragraph", "heading"]


def test_read_style_sheet_with_table_styles_between_keeps_the_others() -> None:
    table_style = '<w:style w:type="table" w:styleId="Grid"><w:name w:val="heading 1"/><w:rPr><w:vanish/></w:rPr></w:style>'
    body = paragraph("年度报告", style="T") + paragraph("概况", style="1") + paragraph("正文。", style="Grid")
    for styles in (
        table_style + STYLES,
        STYLES + table_style,
        STYLES.replace("</w:style>", "</w:style>" + table_style, 2),
    ):
        imported = read(body, styles=styles)
        assert imported.title == "年度报告"
        assert [(b.kind, b.level) for b in imported.blocks] == [("heading", 1), ("paragraph", None)]


def test_read_contents_lines_are_no_headings() -> None:
    body = (
        paragraph("年度报告", style="T")
        + paragraph("一、概况", style="C")
        + paragraph("一、概况")
        + paragraph("正文。")
    )
    assert [b.kind for b in read(body).blocks] == ["paragraph", "heading", "paragraph"]


def test_read_tracked_changes_as_finally_shown() -> None:
    changed = paragraph(
        inner=run("保留")
        + f'<w:ins w:id="1" w:author="x">{run("加上")}</w:ins>'
        + '<w:del w:id="2" w:author="x"><w:r><w:delText>去掉</w:delText></w:r></w:del>'
        + f'<w:moveFrom w:id="3">{run("移走")}</w:moveFrom><w:moveTo w:id="4">{run("移来。")}</w:moveTo>'
    )
    imported = read(paragraph("某通知") + changed)
    assert texts(imported) == ["保留加上移来。"]
    assert "tracked_changes" in codes(imported)


def test_read_deleted_paragraph_mark_joins_and_deleted_row_goes() -> None:
    joined = paragraph("前半，", properties="<w:rPr><w:del w:id='1'/></w:rPr>") + paragraph("后半。")
    assert texts(read(paragraph("某通知") + joined)) == ["前半，后半。"]
    gone = table([["甲", "乙"], ["丙", "丁"]]).replace(
        "<w:tr>", "<w:tr><w:trPr><w:del w:id='1'/></w:trPr>", 1
    )
    imported = read(paragraph("某通知") + gone)
    assert imported.blocks[0].rows == (("丙", "丁"),)
    assert "tracked_changes" in codes(imported)


def test_read_hidden_text_left_out_with_warning() -> None:
    body = paragraph(
        inner=run("明，") + run("暗", "<w:vanish/>") + run("密", '<w:rStyle w:val="H"/>') + run("文。")
    )
    imported = read(paragraph("某通知") + body)
    assert texts(imported) == ["明，文。"]
    assert "hidden_text" in codes(imported)
    shown = read(paragraph("某通知") + paragraph(inner=run("显示。", '<w:vanish w:val="0"/>')))
    assert texts(shown) == ["显示。"]
    assert "hidden_text" not in codes(shown)


def test_read_comments_warn_with_their_number() -> None:
    comments = '<w:part:comments><w:comment w:id="0"><w:p/></w:comment><w:comment w:id="1"><w:p/></w:comment>'
    imported = read(paragraph("某通知") + paragraph("正文。"), parts={"word/comments.xml": comments})
    assert next(w.message for w in imported.warnings if w.code == "comments").startswith("文件里有2条批注")


def test_read_table_with_merged_cells_keeps_the_grid() -> None:
    wide = table([["甲", "乙"], ["一", "二"], ["三", "四"]])
    wide = wide.replace("<w:tcPr/>", '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>', 1)
    down = table([["合", "1"], ["隐", "2"]])
    down = down.replace("<w:tcPr/>", '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', 1)
    down = down.replace(
        f"<w:tc><w:tcPr/>{paragraph('隐')}", f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph('')}"
    )
    imported = read(paragraph("某通知") + wide + down)
    assert imported.blocks[0].rows == (("甲", "", "乙"), ("一", "二", ""), ("三", "四", ""))
    assert imported.blocks[1].rows == (("合", "1"), ("", "2"))


def test_read_nested_table_and_content_control_lose_nothing() -> None:
    inner = table([["内甲", "内乙"]])
    outer = table([["外", "占位"]]).replace(paragraph("占位"), inner + paragraph())
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('控件内容。')}</w:sdtContent></w:sdt>"
    imported = read(paragraph("某通知") + outer + control)
    assert imported.blocks[0].rows == (("外", "内甲\t内乙"),)
    assert texts(imported)[-1] == "控件内容。"


def test_read_text_box_once_not_twice() -> None:
    box = f"<w:txbxContent>{paragraph('青卫〔2021〕9号')}</w:txbxContent>"
    drawing = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    imported = read(paragraph(inner=drawing) + paragraph("某通知") + paragraph("正文。"))
    assert texts(imported) == ["青卫〔2021〕9号", "正文。"]
    assert imported.document_number == "青卫〔2021〕9号"
    old = f"<w:r><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></w:r>"
    assert texts(read(paragraph(inner=old) + paragraph("某通知"))) == ["青卫〔2021〕9号"]


def test_read_footnote_follows_its_paragraph() -> None:
    notes = (
        f'<w:part:footnotes><w:footnote w:type="separator" w:id="-1">{paragraph("线")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("注释文字。")}</w:footnote>'
    )
    body = (
        paragraph("某通知")
        + paragraph(inner=run("正文。") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
        + paragraph("后文。")
    )
    imported = read(body, parts={"word/footnotes.xml": notes})
    assert texts(imported) == ["正文。", "注释文字。", "后文。"]
    assert imported.blocks[1].role == "footnote"


def test_read_header_with_number_is_taken_and_other_header_named() -> None:
    header = f"<w:part:hdr>{paragraph('青石区卫生健康局文件')}{paragraph('青卫〔2021〕9号')}{paragraph('内部资料')}"
    imported = read(paragraph("某通知") + paragraph("正文。"), parts={"word/header1.xml": header})
    assert imported.document_number == "青卫〔2021〕9号"
    assert imported.issuer == "青石区卫生健康局"
    assert "header_left_out" in codes(imported)
    footer = f"<w:part:ftr>{paragraph('— 1 —')}"
    assert "footer_left_out" not in codes(read(paragraph("某通知"), parts={"word/footer1.xml": footer}))


def test_read_picture_with_description() -> None:
    picture = '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="流程图"/><a:graphic><a:graphicData uri="pic"><a:blip r:embed="i1"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    relation = '<Relationship Id="i1" Type="image" Target="media/image1.png"/>'
    imported = read(
        paragraph("某通知") + paragraph(inner=picture),
        relations=relation,
        parts={"word/media/image1.png": PNG},
    )
    assert imported.blocks[0].kind == "image"
    assert (imported.blocks[0].image, imported.blocks[0].alt) == (PNG, "流程图")
    missing = read(paragraph("某通知") + paragraph("正文。", inner=picture))
    assert "linked_image" in codes(missing)


def test_read_field_code_is_out_and_result_in() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("结果")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert texts(read(paragraph("某通知") + paragraph(inner=field + run("之后。")))) == ["结果之后。"]


def test_read_imprint_table_at_the_foot_becomes_lines() -> None:
    body = (
        paragraph("某通知")
        + paragraph("正文。")
        + table([["抄送：市政府。"], ["青石区卫生健康局办公室  2021年3月3日印发"]])
    )
    assert [block.role for block in read(body).blocks] == [None, "copies", "printing"]


def test_read_strict_office_namespace() -> None:
    data = docx(paragraph("某通知") + paragraph("正文。"))
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            content = old.read(part).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            new.writestr(part, content)
    assert texts(import_bytes(out.getvalue(), "文件.docx")) == ["正文。"]


def test_read_file_written_by_python_docx_matches_its_text() -> None:
    document = python_docx.Document()
    document.add_heading("年度工作总结", 0)
    lines = ["一、概况", "全年办结10件。", "二、打算", "继续努力。"]
    for line in lines:
        document.add_paragraph(line)
    grid = document.add_table(2, 2)
    for number, cell in enumerate(cell for row in grid.rows for cell in row.cells):
        cell.text = f"格{number}"
    out = io.BytesIO()
    document.save(out)
    imported = import_bytes(out.getvalue(), "总结.docx")
    assert imported.title == "年度工作总结"
    assert texts(imported)[:4] == lines
    assert imported.blocks[-1].rows == (("格0", "格1"), ("格2", "格3"))
    assert Counter(b.kind for b in imported.blocks) == {"heading": 2, "paragraph": 2, "table": 1}


def test_read_rare_signs_in_text() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('pin')}</w:rt><w:rubyBase>{run('拼')}</w:rubyBase></w:ruby></w:r>"
    signs = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:noBreakHyphen/><w:tab/><w:t>尾。</w:t></w:r>'
    imported = read(paragraph("某通知") + paragraph(inner=ruby + signs))
    assert texts(imported) == ["拼☑-\t尾。"]
    assert "ruby" in codes(imported)
    note = f'<w:part:endnotes><w:endnote w:id="1">{paragraph("尾注。")}</w:endnote>'
    body = paragraph("某通知") + paragraph(inner=run("正文。") + '<w:r><w:endnoteReference w:id="1"/></w:r>')
    assert texts(read(body, parts={"word/endnotes.xml": note})) == ["正文。", "尾注。"]
