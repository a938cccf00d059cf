"""How much of an interpretation is the document's own words: the measure against a plain reading of its definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.records.core.overlap import measure, overlap_rule

TEXT = st.text("甲乙丙丁，。 A１《》", max_size=40)
RUN = st.integers(1, 5)


def plain(text):
    from unicodedata import normalize

    return "".join(c for sign in text for c in normalize("NFKC", sign).casefold() if c.isalnum())


def copied_by_definition(original, text, run):
    """Mark a sign when any window over it stands in the original."""
    source, signs = plain(original), plain(text)
    windows = [i for i in range(len(signs) - run + 1) if signs[i : i + run] in source]
    return sum(any(i <= place < i + run for i in windows) for place in range(len(signs)))


@given(original=TEXT, text=TEXT.filter(lambda t: "《" not in t), run=RUN)
def test_measure_is_its_definition(original, text, run):
    found = measure(original=original, text=text, run_length=run)
    assert found.signs == len(plain(text))
    assert found.copied == copied_by_definition(original, text, run)
    assert sum(len(plain(piece.text)) for piece in found.stretches) == found.copied


@given(original=TEXT, text=TEXT, run=RUN)
def test_stretches_stand_in_both_texts_and_follow_each_other(original, text, run):
    found = measure(original=original, text=text, run_length=run)
    end = 0
    for piece in found.stretches:
        assert piece.start >= end
        end = piece.end
        assert text[piece.start : piece.end] == piece.text
        assert original[piece.source_start : piece.source_end] == piece.source
        assert plain(piece.text) == plain(piece.source) or "《" in piece.text
    assert 0 <= found.percent <= 100
    assert found.copied_sentences <= found.sentences


@given(original=TEXT, more=TEXT, text=TEXT, run=RUN)
def test_a_longer_original_never_lowers_and_a_longer_run_never_raises_the_share(original, more, text, run):
    found = measure(original=original, text=text, run_length=run)
    assert measure(original=original + more, text=text, run_length=run).copied >= found.copied
    assert measure(original=original, text=text, run_length=run + 1).copied <= found.copied


@given(text=st.text("甲乙丙丁，。", min_size=1), run=RUN)
def test_the_text_itself_is_copied_whole_and_a_strange_one_not_at_all(text, run):
    whole = measure(original=text, text=text, run_length=run)
    assert whole.copied == (whole.signs if whole.signs >= run else 0)
    assert measure(original="戊己庚辛" * 5, text=text, run_length=run).copied == 0


def test_titles_are_left_out_and_sentences_are_counted():
    original = "县级医疗机构应当在每年三月底前向社会公布上一年度的服务价格。其他事项另行通知。"
    text = "《县级医疗机构应当在每年三月底前向社会公布》说了三件事。县级医疗机构应当在每年三月底前，向社会公布上一年度的服务价格。也就是说，价格每年更新一次。"
    found = measure(original=original, text=text, run_length=overlap_rule().run_length)
    assert (found.sentences, found.copied_sentences) == (3, 1)
    assert [piece.source for piece in found.stretches] == [
        "县级医疗机构应当在每年三月底前向社会公布上一年度的服务价格"
    ]
    assert found.copied == len(plain(found.stretches[0].source))


@pytest.mark.parametrize(("copied", "light"), [(10, "fine"), (45, "near"), (60, "late"), (100, "late")])
def test_light_follows_the_rule(copied, light):
    words = "".join(chr(0x4E00 + number) for number in range(100))
    text = words[:copied] + "".join(chr(0x6000 + number) for number in range(100 - copied))
    rule = overlap_rule()
    shorter = min(rule.run_length, copied)
    assert measure(original=words, text=text, run_length=shorter).light(rule) == light
