"""Random documents written out and read back: same structure, nothing lost, whatever the form."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.importing.api import Imported, Unreadable, import_bytes, import_html_fragment
from gongkai.importing.tests.section_trees import DOCUMENTS, Section, expected, lines, with_marks
from gongkai.importing.tests.word_building import docx, levels, numbered, paragraph, run, table

Document = tuple[str, str, tuple[Section, ...]]
AUTOMATIC = levels(
    ("chineseCountingThousand", "%1、"),
    ("chineseCountingThousand", "（%2）"),
    ("decimal", "%3．"),
    ("decimal", "（%4）"),
)


def attempt(data: bytes, name: str) -> Imported | Unreadable:
    try:
        return import_bytes(data, name)
    except Unreadable as error:
        return error


def found(imported: Imported) -> list[tuple[str, int | None, str]]:
    return [(block.kind, block.level, block.text or "") for block in imported.blocks]


def visible(*texts: str) -> Counter[str]:
    return Counter(character for text in texts for character in text if not character.isspace())


def written(imported: Imported) -> Counter[str]:
    cells = [cell for block in imported.blocks for row in block.rows or () for cell in row]
    return visible(imported.title or "", *(block.text or "" for block in imported.blocks), *cells)


@given(DOCUMENTS, st.booleans(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_read_text_gives_the_tree_that_was_written(
    document: Document, half_width: bool, one_line: bool
) -> None:
    title, opening, sections = document
    written_lines = with_marks(lines(sections, half_width=half_width), half_width=half_width)
    if one_line:
        written_lines = _join_run_ins(written_lines)
    source = "\n".join([title, opening, *written_lines])
    imported = import_bytes(source.encode("gb18030"), "文件.txt")
    assert imported.title == title
    assert found(imported) == [("paragraph", None, opening), *expected(sections, half_width=half_width)]
    assert written(imported) == visible(source)


def _join_run_ins(physical: list[str]) -> list[str]:
    """Put a run-in item on the line of the item before it, as careless typists do."""
    out: list[str] = []
    for line in physical:
        joins = (
            out
            and out[-1].endswith("。")
            and line.endswith("。")
            and line[0] in "（("
            and out[-1][0] in "（("
        )
        if joins:
            out[-1] += f" {line}"
        else:
            out.append(line)
    return out


@given(DOCUMENTS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_read_word_gives_the_tree_that_was_written(document: Document, automatic: bool) -> None:
    title, opening, sections = document
    physical = lines(sections, half_width=False)
    if automatic:
        body = "".join(numbered(text, 1, level - 1) if level else paragraph(text) for level, text in physical)
    else:
        body = "".join(paragraph(line) for line in with_marks(physical, half_width=False))
    data = docx(paragraph(title) + paragraph(opening) + body, numbering=AUTOMATIC)
    imported = import_bytes(data, "文件.docx")
    assert imported.title == title
    assert found(imported) == [("paragraph", None, opening), *expected(sections, half_width=False)]


@given(DOCUMENTS)
@settings(max_examples=40, deadline=None)
def test_read_web_page_and_paste_give_the_tree_that_was_written(document: Document) -> None:
    title, opening, sections = document
    physical = with_marks(lines(sections, half_width=False), half_width=False)
    inner = "".join(f"<p>{line}</p>\n" for line in physical)
    page = f"<!DOCTYPE html><html><head><title>x</title></head><body><h1>{title}</h1><p>{opening}</p>{inner}</body></html>"
    imported = import_bytes(page.encode(), "文件.html")
    assert imported.title == title
    assert found(imported)[1:] == expected(sections, half_width=False)
    pasted = [(block.kind, block.level, block.text or "") for block in import_html_fragment(inner)]
    assert pasted == expected(sections, half_width=False)


LINE = st.text(
    alphabet=st.sampled_from(
        "一二三十、（）()1234.．。！，；：“”年月日号〔〕[]附件第章条局委通知关于文抄送印发 \t　甲乙丙X"
    ),
    max_size=40,
)


@given(st.lists(LINE, min_size=1, max_size=25))
@settings(max_examples=300, deadline=None)
def test_read_any_text_loses_and_invents_nothing(source: list[str]) -> None:
    text = "\n".join(source)
    imported = attempt(text.encode(), "文件.txt")
    if isinstance(imported, Unreadable):
        assert imported.code in ("no_text", "empty")
        assert not text.strip()
    else:
        assert written(imported) == visible(text)


@given(
    st.lists(
        st.one_of(LINE.map(lambda line: [line]), st.lists(LINE, min_size=2, max_size=3)),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=120, deadline=None)
def test_read_any_word_file_loses_and_invents_nothing(rows: list[list[str]]) -> None:
    body = "".join(paragraph(row[0]) if len(row) == 1 else table([row]) for row in rows)
    imported = attempt(docx(body), "文件.docx")
    source = visible(*(cell for row in rows for cell in row))
    assert written(imported) == source if isinstance(imported, Imported) else not source


PLAIN = st.text(alphabet="健康服务群众公开政策（）、。：1.", min_size=1, max_size=12)


@st.composite
def _paragraphs(draw: st.DrawFn) -> tuple[str, str]:
    """A Word paragraph with machinery in it, and its visible text."""
    xml, shown = [], []
    for text, kind in draw(
        st.lists(st.tuples(PLAIN, st.sampled_from(sorted(_MACHINERY))), min_size=1, max_size=4)
    ):
        before, after, visible_ = _MACHINERY[kind]
        xml.append(
            before + run(text) + after
            if kind != "deleted"
            else f"<w:del><w:r><w:delText>{text}</w:delText></w:r></w:del>"
        )
        shown.append(text if visible_ else "")
    return paragraph(inner="".join(xml)), "".join(shown)


_BOX = "<w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p>"
_MACHINERY = {
    "plain": ("", "", True),
    "inserted": ("<w:ins>", "</w:ins>", True),
    "moved here": ("<w:moveTo>", "</w:moveTo>", True),
    "deleted": ("", "", False),
    "moved away": ("<w:moveFrom>", "</w:moveFrom>", False),
    "link": ("<w:hyperlink>", "</w:hyperlink>", True),
    "field": ('<w:fldSimple w:instr="X">', "</w:fldSimple>", True),
    "control": ("<w:sdt><w:sdtPr/><w:sdtContent>", "</w:sdtContent></w:sdt>", True),
    "box": (_BOX, "</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>", True),
    "tagged": ("<w:smartTag>", "</w:smartTag>", True),
}


@st.composite
def _tables(draw: st.DrawFn) -> tuple[str, str]:
    """A table with cells merged across and down, and its visible text."""
    rows, shown = [], []
    for merged in draw(st.lists(st.booleans(), min_size=1, max_size=4)):
        cells = []
        for _ in range(draw(st.integers(min_value=1, max_value=3))):
            inner, text = draw(_paragraphs())
            span = draw(st.integers(min_value=1, max_value=3))
            cells.append(f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{inner}</w:tc>')
            shown.append(text)
        if merged:
            cells.append("<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>")
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl>{''.join(rows)}</w:tbl>", "".join(shown)


@given(st.lists(st.one_of(_paragraphs(), _tables()), min_size=1, max_size=6), PLAIN)
@settings(max_examples=120, deadline=None)
def test_read_word_machinery_keeps_exactly_what_is_shown(parts: list[tuple[str, str]], note: str) -> None:
    body = "".join(xml for xml, _ in parts) + paragraph(inner='<w:r><w:footnoteReference w:id="2"/></w:r>')
    footnotes = f'<w:part:footnotes><w:footnote w:id="2">{paragraph(note)}</w:footnote>'
    imported = import_bytes(docx(body, parts={"word/footnotes.xml": footnotes}), "文件.docx")
    assert written(imported) == visible(note, *(text for _, text in parts))


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.docx", "a.html", "a.pdf"]))
@settings(max_examples=300, deadline=None)
def test_read_any_bytes_is_refused_or_read_never_crashes(data: bytes, name: str) -> None:
    outcome = attempt(data, name)
    if isinstance(outcome, Unreadable):
        assert outcome.message
        assert outcome.remedy
    else:
        assert outcome.blocks or outcome.title
