"""The list of detectors in this room's README (检查器一览), written from the rule file: `python -m gongkai.guard.readme_table`."""

from __future__ import annotations

from pathlib import Path

from gongkai.guard.api import detectors

README = Path(__file__).with_name("README.md")
_BEGIN, _END = "<!-- detectors: generated -->", "<!-- /detectors -->"


def table() -> str:
    """Return the text detectors as a Markdown table, in the order of the rule file."""
    lines = ["| 编号 | 级别 | 查什么 | 依据 |", "| --- | --- | --- | --- |"]
    for item in detectors().values():
        special = "".join(f"；{name}: {severity.value}" for name, severity in item.variants.items())
        lines.append(f"| `{item.id}` | {item.severity.value}{special} | {item.title} | {item.basis} |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    """Return the README with the generated table between its marks. Raises ValueError when the marks are missing."""
    head, begin, rest = text.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{README} 缺少标记 {_BEGIN} 与 {_END}")
    return f"{head}{_BEGIN}\n{table()}\n{_END}{tail}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
