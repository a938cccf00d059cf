"""Random documents as trees of numbered parts, for tests that write them out and read them back."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from gongkai.kernel.numerals import to_chinese

_CHARACTERS = "健康服务群众公开政策宣传督导检查结果卫生机构人员培训制度责任落实情况数据平台建设指导监测"
WORDS = st.text(alphabet=_CHARACTERS, min_size=3, max_size=14)
SENTENCE = st.builds(
    lambda parts, end: "，".join(parts) + end,
    st.lists(WORDS, min_size=2, max_size=5),
    st.sampled_from("。！"),
)
PROSE = st.builds("".join, st.lists(SENTENCE, min_size=1, max_size=3))


@dataclass(frozen=True)
class Section:
    """A numbered part: heading words, run in or on its own line, text, parts below."""

    heading: str
    run_in: bool
    text: str
    below: tuple[Section, ...] = ()


def _sections(depth: int) -> st.SearchStrategy[tuple[Section, ...]]:
    below = _sections(depth - 1) if depth else st.just(())
    section = st.builds(Section, heading=WORDS, run_in=st.booleans(), text=PROSE, below=below)
    return st.lists(section, min_size=0 if depth < 3 else 1, max_size=3).map(tuple)


DOCUMENTS = st.tuples(WORDS.map(lambda words: f"关于{words}的通知"), PROSE, _sections(3))


def mark(level: int, number: int, *, half_width: bool) -> str:
    opening, closing = "()" if half_width else "（）"
    return {
        1: f"{to_chinese(number)}、",
        2: f"{opening}{to_chinese(number)}{closing}",
        3: f"{number}." if half_width else f"{number}．",
        4: f"{opening}{number}{closing}",
    }[level]


def lines(sections: tuple[Section, ...], *, half_width: bool, level: int = 1) -> list[tuple[int | None, str]]:
    """Physical lines: (level if the line starts with a mark, text without the mark)."""
    out: list[tuple[int | None, str]] = []
    for section in sections:
        if section.run_in:
            out.append((level, f"{section.heading}。{section.text}"))
        else:
            out += [(level, section.heading), (None, section.text)]
        out += lines(section.below, half_width=half_width, level=level + 1)
    return out


def expected(
    sections: tuple[Section, ...], *, half_width: bool, level: int = 1
) -> list[tuple[str, int | None, str]]:
    """The blocks that reading must give."""
    out: list[tuple[str, int | None, str]] = []
    for number, section in enumerate(sections, start=1):
        heading = (
            mark(level, number, half_width=half_width) + section.heading + ("。" if section.run_in else "")
        )
        out += [("heading", level, heading), ("paragraph", None, section.text)]
        out += expected(section.below, half_width=half_width, level=level + 1)
    return out


def with_marks(physical: list[tuple[int | None, str]], *, half_width: bool) -> list[str]:
    """The same lines with their marks written out."""
    counters: dict[int, int] = {}
    out: list[str] = []
    for level, text in physical:
        if level is None:
            out.append(text)
            continue
        counters = {depth: count for depth, count in counters.items() if depth <= level}
        counters[level] = counters.get(level, 0) + 1
        out.append(mark(level, counters[level], half_width=half_width) + text)
    return out
