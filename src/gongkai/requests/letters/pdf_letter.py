"""A letter as PDF (weasyprint) and as the page it prints on (preview), from the same HTML."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.utils.html import escape

from gongkai.kernel.official_docx import width_chars
from gongkai.kernel.official_paper import layout
from gongkai.requests.letters.content import LetterContent
from gongkai.requests.letters.glyphs import describe, unprintable


class CannotPrint(ValueError):
    """The letter holds signs that no font here can print; the message names them."""

    code = "requests.unprintable"


class PdfNotAvailable(RuntimeError):
    """The system library that makes PDF is missing on this machine."""

    code = "requests.pdf_not_available"


def check_printable(content: LetterContent) -> None:
    """Raise CannotPrint when a sign of the letter would print as a box."""
    if missing := unprintable(content.all_text()):
        raise CannotPrint(
            f"有 {len(missing)} 个字符现有字体印不出来：{describe(missing)}；请改用文字说明，或安装含该字的字体"
        )


def letter_pdf(content: LetterContent) -> bytes:
    """Return the letter as PDF; raises CannotPrint, PdfNotAvailable."""
    check_printable(content)
    try:
        weasyprint: Any = import_module("weasyprint")
    except OSError as error:
        raise PdfNotAvailable(
            f"本机缺少生成 PDF 的系统库（Pango）：{error}；请改用 docx，或安装后重试"
        ) from error
    made = weasyprint.HTML(string=letter_html(content), url_fetcher=_no_fetching).write_pdf()
    return bytes(made)


def _no_fetching(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"文书不能引用外部资源：{url}")


def _stack(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def letter_css() -> str:
    """Return the style sheet of the printed page, from the measures of the layout."""
    rule = layout()
    fonts, pitch, size = rule.fonts, rule.line_pitch_pt, rule.body_pt
    margins = (
        f"{rule.margin_top_mm}mm {rule.margin_right_mm}mm {rule.margin_bottom_mm}mm {rule.margin_left_mm}mm"
    )
    number = f'font: {rule.page_number_pt}pt {_stack(fonts.number)}; content: "— " counter(page) " —"; vertical-align: top; padding-top: 7mm; white-space: nowrap; letter-spacing: 0;'
    return f"""
@page {{ size: {rule.page_mm[0]}mm {rule.page_mm[1]}mm; margin: {margins}; }}
@page :right {{ @bottom-right {{ {number} padding-right: {rule.page_number_pt}pt }} }}
@page :left {{ @bottom-left {{ {number} padding-left: {rule.page_number_pt}pt }} }}
html {{ font: {size}pt/{pitch}pt {_stack(fonts.body)}; letter-spacing: -0.25pt; color: #000; }}
body {{ margin: 0; }}
@media screen {{ body {{ margin: 0 auto; padding: {margins}; width: 156mm; box-sizing: content-box; }} }}
p {{ margin: 0; text-align: justify; text-indent: {2 * (size - 0.25)}pt; overflow-wrap: anywhere; line-break: strict; orphans: 1; widows: 1; }}
.mark {{ color: #d01010; font: {rule.mark_pt}pt/1.2 {_stack(fonts.title)}; letter-spacing: 0; margin-top: 35mm; text-align: center; text-indent: 0; }}
.number {{ border-bottom: 1.5pt solid #d01010; padding: {2 * pitch}pt 0 4mm; text-align: center; text-indent: 0; }}
h1 {{ font: {rule.title_pt}pt/1.4 {_stack(fonts.title)}; letter-spacing: 0; margin: {2 * pitch - 12}pt 0 {pitch}pt; text-align: center; }}
.to {{ text-indent: 0; }}
.attached {{ margin-top: {pitch}pt; padding-left: {5 * size}pt; text-indent: -{3 * size}pt; }}
.attached + .attached {{ margin-top: 0; text-indent: 0; }}
.agency {{ margin-top: {2 * pitch}pt; }}
.right {{ text-align: right; text-indent: 0; }}
h2 {{ font: {size}pt {_stack(fonts.body)}; margin: 0; text-align: center; }}
table {{ border-collapse: collapse; font-size: 14pt; line-height: 1.5; width: 100%; }}
th, td {{ border: 0.75pt solid #000; padding: 2mm 3mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }}
th {{ font-family: {_stack(fonts.heading)}; font-weight: 400; width: 34mm; }}
"""


def letter_html(content: LetterContent) -> str:
    """Return the letter as one HTML page with its style; all text is escaped."""
    inner = _form(content) if content.rows else _letter(content)
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(content.title)}</title>'
        f"<style>{letter_css()}</style></head><body>{inner}</body></html>"
    )


def _letter(content: LetterContent) -> str:
    size = layout().body_pt
    date_width, agency_width = width_chars(content.date), width_chars(content.agency)
    agency_right = max(0.0, 4 + (date_width - agency_width) / 2) * size
    names = content.attachments
    notes = "".join(
        f'<p class="attached">{"附件：" if n == 1 else ""}{f"{n}. " if len(names) > 1 else ""}{escape(name)}</p>'
        for n, name in enumerate(names, start=1)
    )
    body = "".join(f"<p>{escape(text)}</p>" for text in (*content.paragraphs, content.remedy) if text)
    return (
        f'<p class="mark">{escape(content.agency)}</p><p class="number">{escape(content.number)}</p>'
        f'<h1>{escape(content.title)}</h1><p class="to">{escape(content.addressee)}：</p>{body}{notes}'
        f'<p class="right agency" style="padding-right:{agency_right:.1f}pt">{escape(content.agency)}</p>'
        f'<p class="right" style="padding-right:{4 * size}pt">{escape(content.date)}</p>'
    )


def _form(content: LetterContent) -> str:
    rows = "".join(
        f"<tr><th>{escape(label)}</th><td>{escape(value) or '—'}</td></tr>" for label, value in content.rows
    )
    return f"<h2>{escape(content.agency)}</h2><h1>{escape(content.title)}</h1><table>{rows}</table>"
