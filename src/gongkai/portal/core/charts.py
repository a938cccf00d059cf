"""Charts drawn on the server as SVG: bars from zero, lines with their names at the end; no script, no inline style."""

from __future__ import annotations

import csv
import io
from typing import Any

from markupsafe import Markup, escape

WIDTH, LEFT, RIGHT, ROW = 640, 132, 84, 34
_PLOT_HEIGHT, _TOP, _BOTTOM = 240, 26, 34
_DASHES = ("", "7 4", "2 3", "10 3 2 3")
# A stylesheet outranks these: they hold where there is none, as in a fragment inside another portal's page.
_COLOURS = ("#1f4e8c", "#c8641b", "#6b7580", "#2c8a6f")
_AXIS = 'stroke="#767d85"'


class ChartRejected(ValueError):
    """A figure whose numbers do not fit its labels."""


def _numbers(block: dict[str, Any]) -> list[tuple[str, list[float]]]:
    labels = block.get("labels") or []
    series = []
    for row in block.get("series") or ():
        values = [float(v) for v in row["values"]]
        if len(values) != len(labels):
            raise ChartRejected(f"图「{block.get('title')}」的数列「{row.get('name')}」与横轴项数不一致")
        series.append((str(row.get("name") or ""), values))
    if not labels or not series:
        raise ChartRejected(f"图「{block.get('title')}」没有数据")
    return series


def plain(value: float) -> str:
    """Return a number as people write it: no trailing `.0`, thousands apart."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


def chart_svg(block: dict[str, Any], *, ident: str) -> Markup:
    """Return the SVG of a figure block (`bar` or `line`); `ident` makes the ids unique on the page."""
    series = _numbers(block)
    labels = [str(x) for x in block["labels"]]
    drawn, height = _lines(labels, series) if block.get("kind") == "line" else _bars(labels, series)
    unit = str(block.get("unit") or "")
    ends = "；".join(
        f"{name or '数值'}：{labels[0]} {plain(values[0])}{unit}，{labels[-1]} {plain(values[-1])}{unit}"
        for name, values in series
    )
    title = escape(block.get("title") or "图")
    return Markup(  # noqa: S704  (every value is escaped above or below)
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{ident}-t {ident}-d">'
        f'<title id="{ident}-t">{title}</title><desc id="{ident}-d">{escape(ends)}。完整数据见图下表格。</desc>{drawn}</svg>'
    )


def _bars(labels: list[str], series: list[tuple[str, list[float]]]) -> tuple[str, int]:
    top = max(max(values) for _, values in series)
    low = min(0.0, min(min(values) for _, values in series))
    scale = (WIDTH - LEFT - RIGHT) / ((top - low) or 1)
    zero = LEFT - low * scale
    parts, y, step = [], 6, max(18, ROW - 8 * (len(series) - 1))
    for i, label in enumerate(labels):
        shown = label if len(label) <= 9 else label[:8] + "…"
        middle = y + step * len(series) / 2 + 4
        parts.append(
            f'<text class="label" x="{LEFT - 10}" y="{middle:.0f}" text-anchor="end">{escape(shown)}</text>'
        )
        for k, (name, values) in enumerate(series):
            width = abs(values[i]) * scale
            x = zero - (width if values[i] < 0 else 0)
            said = f"{plain(values[i])}{' ' + name if len(series) > 1 else ''}"
            parts.append(
                f'<rect class="bar s{k % 4}" fill="{_COLOURS[k % 4]}" x="{x:.1f}" y="{y + 3}" width="{max(width, 0.5):.1f}" height="{step - 6}">'
                f"<title>{escape(label)} {escape(name)} {plain(values[i])}</title></rect>"
                f'<text class="value" x="{x + width + 6:.1f}" y="{y + step / 2 + 5:.0f}">{escape(said)}</text>'
            )
            y += step
        y += 8
    parts.append(f'<line class="axis" {_AXIS} x1="{zero:.1f}" y1="2" x2="{zero:.1f}" y2="{y - 4}"/>')
    return "".join(parts), y


def _lines(labels: list[str], series: list[tuple[str, list[float]]]) -> tuple[str, int]:
    left, right = 24, 120
    top = max(max(values) for _, values in series)
    low = min(0.0, min(min(values) for _, values in series))
    span = (top - low) or 1
    step = (WIDTH - left - right) / max(1, len(labels) - 1)
    height = _TOP + _PLOT_HEIGHT + _BOTTOM

    def at(i: int, value: float) -> tuple[float, float]:
        return left + i * step, _TOP + _PLOT_HEIGHT * (1 - (value - low) / span)

    base = at(0, 0.0)[1]
    parts = [f'<line class="axis" {_AXIS} x1="{left}" y1="{base:.1f}" x2="{WIDTH - right}" y2="{base:.1f}"/>']
    every = max(1, -(-len(labels) // 9))
    for i, label in enumerate(labels):
        if i % every == 0 or i == len(labels) - 1:
            parts.append(
                f'<text class="label" x="{at(i, 0)[0]:.0f}" y="{height - 8}" text-anchor="middle">{escape(label[:6])}</text>'
            )
    for k, (name, values) in enumerate(series):
        points = " ".join("{:.1f},{:.1f}".format(*at(i, v)) for i, v in enumerate(values))
        dash = f' stroke-dasharray="{_DASHES[k % 4]}"' if k % 4 else ""
        parts.append(
            f'<polyline class="line s{k % 4}" fill="none" stroke="{_COLOURS[k % 4]}" stroke-width="2.5"{dash} points="{points}"/>'
        )
        for i, value in enumerate(values):
            x, y = at(i, value)
            parts.append(
                f'<circle class="dot s{k % 4}" fill="{_COLOURS[k % 4]}" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{escape(labels[i])} {plain(value)}</title></circle>'
            )
            if len(series) == 1 and len(values) <= 12:
                parts.append(
                    f'<text class="value" x="{x:.0f}" y="{y - 10:.0f}" text-anchor="middle">{plain(value)}</text>'
                )
        x, y = at(len(values) - 1, values[-1])
        parts.append(
            f'<text class="value" x="{x + 10:.0f}" y="{y + 5 + 16 * k * (abs(values[-1] - series[0][1][-1]) < span * 0.06):.0f}">{escape(name[:8])}</text>'
        )
    return "".join(parts), height


def chart_csv(block: dict[str, Any]) -> bytes:
    """Return the figures of a chart as CSV with a byte order mark, so that office programs read the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    series = _numbers(block)
    writer.writerow(["", *[_safe(name) for name, _ in series]])
    for i, label in enumerate(block["labels"]):
        writer.writerow([_safe(str(label)), *[plain(v[i]).replace(",", "") for _, v in series]])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(text: str) -> str:
    """Return a cell that a spreadsheet will not take for a formula."""
    return "'" + text if text[:1] in "=+-@\t\r" else text
