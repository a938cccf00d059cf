"""The report as one web page that needs nothing else (年报网页): figures lead to their sources at the foot."""

from __future__ import annotations

from html import escape

from gongkai.annual_report.core.document import ReportDocument, Section
from gongkai.annual_report.core.grids import Grid, merged

_CSS = """body{color:#1b2430;font:17px/1.8 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:46rem;padding:1rem}
h1{font-size:1.6rem;line-height:1.4;text-align:center}h2{font-size:1.25rem;margin-top:2rem}p{margin:.6rem 0}a{color:#1f4e8c}
a.figure{font-variant-numeric:tabular-nums;text-decoration-style:dotted;text-underline-offset:.2em}
.scroll{border:1px solid #d5dbe3;margin:1rem 0;overflow-x:auto}table{border-collapse:collapse;font-size:.875rem;width:100%}
caption{padding:.5rem;text-align:start}th,td{border:1px solid #9aa5b1;min-width:2.5rem;padding:.35rem .5rem;text-align:center}
tbody th{text-align:start;font-weight:400}td{font-variant-numeric:tabular-nums}.sign{text-align:end}:target{background:#fff4dd}
:focus-visible{outline:3px solid #e08a00}@media print{.scroll{border:0;overflow:visible}}"""


def report_html(document: ReportDocument) -> str:
    """Return the page: annual report, work report, and the table of sources that the figures lead to."""
    known = {source.cell for source in document.sources}
    parts = [f"<h1>{escape(document.title)}</h1>", f"<p>{escape(document.lead)}</p>"]
    parts += [_section(section, known) for section in document.sections]
    parts.append(f'<p class="sign">{escape(document.agency)}<br>{escape(document.date)}</p>')
    parts.append(f'<section><h1 id="work">{escape(document.work_title)}</h1>')
    parts += [_section(section, known) for section in document.work_sections]
    parts += ["</section>", _sources(document)]
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(document.title)}</title><style>{_CSS}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def _section(section: Section, known: set[str]) -> str:
    lines = [
        "<p>"
        + "".join(_figure(p.text, p.cell) if p.cell in known else escape(p.text) for p in paragraph)
        + "</p>"
        for paragraph in section.paragraphs
    ]
    return f"<h2>{escape(section.heading)}</h2>" + "".join(lines) + "".join(map(_table, section.grids))


def _figure(text: str, cell: str | None) -> str:
    return f'<a class="figure" href="#{_anchor(cell or "")}">{escape(text)}</a>'


def _anchor(cell: str) -> str:
    return "source-" + cell.replace(".", "-")


def _table(grid: Grid) -> str:
    rows = []
    for line in merged(grid):
        cells = []
        for one in line:
            extent = (f' rowspan="{one.rows}"' if one.rows > 1 else "") + (
                f' colspan="{one.columns}"' if one.columns > 1 else ""
            )
            tag = "td" if one.address else "th"
            name = f' data-cell="{escape(one.address)}"' if one.address else ""
            cells.append(f"<{tag}{extent}{name}>{escape(one.text)}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head, body = "".join(rows[: grid.head_rows]), "".join(rows[grid.head_rows :])
    label = escape(grid.caption)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table><caption>{label}</caption>'
        f"<thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def _sources(document: ReportDocument) -> str:
    rows = "".join(
        f'<tr id="{_anchor(s.cell)}"><th scope="row">{escape(s.name)}</th><td>{escape(s.printed)}{escape("" if s.unit == "%" else s.unit)}</td>'
        f"<td>{escape(s.definition)}</td><td>{s.facts}</td></tr>"
        for s in document.sources
    )
    return (
        '<section><h2>数据来源</h2><div class="scroll" tabindex="0" role="region" aria-label="数据来源"><table>'
        "<thead><tr><th>指标</th><th>数字</th><th>口径</th><th>事实（条）</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></section>"
    )
