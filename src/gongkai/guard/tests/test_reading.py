"""What detectors ask of a part: the line, the sentence and the web address at a position, against a search by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gongkai.guard.core.document import Context
from gongkai.guard.core.lexicon import base_lexicon
from gongkai.guard.core.reading import PartReading
from gongkai.guard.parts import Part

PIECES = st.sampled_from(["。", "！", "？", "\n", "甲", "乙丙", "1", "https://a.example/x", " "])


@given(st.lists(PIECES, min_size=1, max_size=30).map("".join), st.data())
def test_spans_are_those_of_a_search_from_the_position(text: str, data: st.DataObject) -> None:
    part = PartReading(Part(name="text", text=text), Context(page_type="disclosure"), base_lexicon())
    plain = part.plain
    position = data.draw(st.integers(0, len(plain)))
    start = plain.rfind("\n", 0, position) + 1
    end = plain.find("\n", position)
    end = len(plain) if end < 0 else end
    assert part.line_span(position) == (start, end)
    left = max(plain.rfind(mark, start, position) for mark in "。！？") + 1
    rights = [found for mark in "。！？" if (found := plain.find(mark, position, end)) >= 0]
    assert part.sentence_span(position) == (max(start, left), min(rights) + 1 if rights else end)
    assert part.in_url(position) == any(first <= position < last for first, last in part.urls)
