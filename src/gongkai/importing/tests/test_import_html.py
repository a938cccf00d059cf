"""Web pages and the clipboard of Word and WPS: structure kept, machinery and hidden text left out."""

from __future__ import annotations

import pytest

from gongkai.importing.api import Unreadable, import_bytes, import_html_fragment

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta charset="utf-8"><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm;} --></style></head>
<body lang=ZH-CN><!--StartFragment-->
<p class=MsoTitle align=center><b><span lang=EN-US>2021</span>年工作要点<o:p></o:p></b></p>
<p class=MsoNormal style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>一、<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>总体要求<o:p></o:p></p>
<p class=MsoNormal style='text-indent:32.0pt'>坚持预防为主，
做好<span style='mso-spacerun:yes'> </span>各项工作。<span style='display:none;mso-hide:all'>暗语</span></p>
<p class=MsoNormal>（一）加强监测。每月<ins>采样</ins><del>抽检</del>一次。<a class=msocomanchor href="#c">[A1]</a></p>
<table class=MsoTableGrid><tr><td rowspan=2><p class=MsoNormal>项目</p></td><td colspan=2><p>数量</p></td></tr>
<tr><td><p>一</p></td><td><p>二<o:p></o:p></p></td></tr></table>
<!--EndFragment--></body></html>"""


def test_paste_from_word_keeps_headings_tables_and_drops_machinery() -> None:
    blocks = import_html_fragment(WORD.replace('<a class=msocomanchor href="#c">[A1]</a>', ""))
    assert [(b.kind, b.level, b.text) for b in blocks[:5]] == [
        ("heading", 1, "2021年工作要点"),
        ("heading", 1, "一、总体要求"),
        ("paragraph", None, "坚持预防为主， 做好 各项工作。"),
        ("heading", 2, "（一）加强监测。"),
        ("paragraph", None, "每月采样一次。"),
    ]
    assert blocks[5].rows == (("项目", "数量", ""), ("", "一", "二"))


def test_paste_from_wps_outline_styles_become_levels() -> None:
    html = (
        '<p class="MsoNormal" style="mso-outline-level:1">概况</p><p style="mso-style-name:正文">正文。</p>'
        '<p style="mso-outline-level:2">做法</p><p>正文。</p>'
    )
    assert [(b.kind, b.level) for b in import_html_fragment(html)] == [
        ("heading", 1),
        ("paragraph", None),
        ("heading", 2),
        ("paragraph", None),
    ]


def test_paste_list_numbers_as_shown() -> None:
    html = "<ol start=3><li>甲</li><li>乙</li></ol><ol type=a><li>丙</li></ol><ul><li>丁</li></ul>"
    assert [b.text for b in import_html_fragment(html)] == ["3.甲", "4.乙", "a.丙", "丁"]
    assert {b.kind for b in import_html_fragment(html)} == {"paragraph"}


def test_paste_quotation_line_breaks_and_plain_text() -> None:
    blocks = import_html_fragment("<blockquote>引文。</blockquote>甲。<br>乙。<div>丙。<p>丁。</p>戊。</div>")
    assert [(b.kind, b.text) for b in blocks] == [
        ("quotation", "引文。"),
        ("paragraph", "甲。"),
        ("paragraph", "乙。"),
        ("paragraph", "丙。"),
        ("paragraph", "丁。"),
        ("paragraph", "戊。"),
    ]


@pytest.mark.parametrize(
    "html", ["", "   ", "<!-- x -->", "<script>alert(1)</script>", "<p>&nbsp;</p>", "<![if x]>"]
)
def test_paste_of_nothing_gives_nothing(html: str) -> None:
    assert import_html_fragment(html) == ()


def test_paste_script_and_handlers_never_come_through() -> None:
    blocks = import_html_fragment(
        '<p onclick="x()">甲<script>alert(1)</script><img src=x onerror="y()">乙</p>'
    )
    assert [b.text for b in blocks] == ["甲乙"]


def page(body: str, encoding: str = "utf-8") -> bytes:
    return f'<!DOCTYPE html><html><head><meta charset="{encoding}"><title>网站名</title></head><body>{body}</body></html>'.encode(
        encoding
    )


def test_read_page_with_title_head_table_and_signature() -> None:
    head = "<table><tr><td>索引号</td><td>QS/2021-1</td></tr><tr><td>发文字号</td><td>青卫〔2021〕7号</td></tr><tr><td>成文日期</td><td>2021-05-06</td></tr></table>"
    imported = import_bytes(
        page(
            head + "<nav>首页</nav><h1>某项工作的通知</h1><p>正文。</p><h2>做法</h2><p>正文。</p>", "gb18030"
        ),
        "页.html",
    )
    assert imported.title == "某项工作的通知"
    assert imported.document_number == "青卫〔2021〕7号"
    assert str(imported.formed_date) == "2021-05-06"
    assert [b.kind for b in imported.blocks] == ["table", "paragraph", "heading", "paragraph"]


def test_read_page_with_several_first_headings_has_no_single_title() -> None:
    imported = import_bytes(
        page("<h1>甲部分</h1><p>正文。</p><h1>乙部分</h1><h2>小节</h2><p>正文。</p>"), "页.htm"
    )
    assert imported.title is None
    assert [(b.kind, b.level) for b in imported.blocks] == [
        ("heading", 1),
        ("paragraph", None),
        ("heading", 1),
        ("heading", 2),
        ("paragraph", None),
    ]


def test_read_page_in_undeclared_or_wrong_encoding() -> None:
    assert (
        import_bytes("<html><body><p>正文。</p></body></html>".encode("gb18030"), "页.html").blocks[0].text
        == "正文。"
    )
    with pytest.raises(Unreadable) as caught:
        import_bytes(page("<p>正文。</p>", "gb18030").replace(b"</p>", b"\xff\xff</p>"), "页.html")
    assert caught.value.code == "encoding"


def test_read_layout_table_is_read_as_text() -> None:
    imported = import_bytes(
        page("<table><tr><td><h1>某通知</h1><p>一、要求</p><p>正文。</p></td></tr></table>"), "页.html"
    )
    assert imported.title == "某通知"
    assert [b.kind for b in imported.blocks] == ["heading", "paragraph"]


def test_read_deeply_nested_page_does_not_crash() -> None:
    deep = page("<div>" * 3000 + "底。" + "</div>" * 3000)
    with pytest.raises(Unreadable) as caught:
        import_bytes(deep, "深.html")
    assert caught.value.code == "too_deep"


def test_read_table_hidden_rows_stay_out_and_overlapping_spans_lose_nothing() -> None:
    rows = "<tr><td rowspan=2>甲</td><td>乙</td></tr><tr style='display:none'><td>暗</td></tr><tr><td colspan=2>丙</td><td>丁</td></tr>"
    imported = import_bytes(page(f"<h1>某通知</h1><table>{rows}</table>"), "页.html")
    assert imported.blocks[0].rows == (("甲", "乙", "", ""), ("", "丙", "", "丁"))


def test_paste_picture_in_the_page_is_kept_and_linked_one_is_named() -> None:
    blocks = import_html_fragment(
        '<p>前<img src="data:image/png;base64,iVBORw0KGgo=" alt="图">后</p><img src="data:text/html,x">'
    )
    assert [(b.kind, b.text) for b in blocks] == [("paragraph", "前"), ("image", "图"), ("paragraph", "后")]
    assert blocks[1].image == b"\x89PNG\r\n\x1a\n"
    linked = import_bytes(page('<h1>某通知</h1><p>正文。<img src="a.png" alt="流程"></p>'), "页.html")
    assert "流程" in next(w.message for w in linked.warnings if w.code == "linked_image")
