"""The pure rules of the room: states, canonical form, metadata, blocks, differences, chains, separation, validity."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.findings import Severity
from gongkai.kernel.machine import check_table, mermaid, states_of
from gongkai.records.core import chains as review_chains
from gongkai.records.core.canonical import UNSIGNED_KEYS, canonical_text, clean_text, content_digest, digest
from gongkai.records.core.differences import compare_payloads, compare_words
from gongkai.records.core.markup import inline_html, paragraphs, text_of
from gongkai.records.core.metadata import check_metadata
from gongkai.records.core.separation import refuse_signer
from gongkai.records.core.states import LABELS, TABLE, VERB_LABELS, State
from gongkai.records.core.stream import BlockNotUnderstood, FileFacts, payload_blocks, raw_blocks
from gongkai.records.core.topics import topics
from gongkai.records.core.validity import ValidityLoop, successors
from gongkai.records.core.withdrawal import withdrawal_reason, withdrawal_reasons
from gongkai.records.facts import Fact

TODAY = date(2020, 6, 15)
README = Path(__file__).parents[1] / "README.md"


def test_state_table_is_sound_and_named():
    check_table(TABLE, initial=State.DRAFT)
    assert set(states_of(TABLE)) == set(State) == set(LABELS)
    assert {transition.verb for transition in TABLE} | {"create"} == set(VERB_LABELS)


def test_every_fact_of_the_table_exists():
    known = {cls.__name__ for cls in Fact.__subclasses__()}
    assert {transition.fact for transition in TABLE if transition.fact} <= known


def test_moves_between_states_are_these():
    moves = {(t.verb, str(s), str(t.target)) for t in TABLE if t.target for s in t.sources}
    assert {("publish", "approved", "released"), ("publish", "scheduled", "released")} == {
        move for move in moves if move[2] == "released" and move[0] != "drop_amendment"
    }
    assert {move[1] for move in moves if move[2] == "approved"} == {"in_review", "scheduled"}


def test_readme_shows_the_current_state_diagram():
    assert mermaid(TABLE, initial=State.DRAFT) in README.read_text(encoding="utf-8")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(JSON.filter(lambda v: "\ud800" not in repr(v)))
def test_canonical_form_survives_storage_and_key_order(value):
    text = canonical_text(value)
    again = json.loads(text)
    assert canonical_text(again) == text
    assert digest(again) == digest(value)


@given(st.dictionaries(st.sampled_from(sorted(UNSIGNED_KEYS)), st.text(), max_size=4), st.text(), st.text())
def test_signature_covers_all_but_what_publication_adds(extra, title, other):
    payload = {"title": title, **extra}
    signed = content_digest(payload, change="first", change_note="")
    assert signed == content_digest({"title": title}, change="first", change_note="")
    if other != title:
        assert signed != content_digest({"title": other}, change="first", change_note="")
    assert signed != content_digest(payload, change="typo", change_note="")


def test_clean_text_drops_control_and_keeps_width():
    assert clean_text("一\x00二\u0007三\r\n４Ａ\t") == "一二三\n４Ａ\t"


GOOD = {
    "title": "通知",
    "issuer": "某局",
    "source": "某局",
    "formed_date": "2020-06-10",
    "disclosure": "active",
    "kind": "notice",
    "topic": {"major": "卫生、体育", "minor": "卫生"},
    "catalogue": [{"code": "x", "name": "y"}],
    "blocks": [{"type": "paragraph", "html": "正文"}],
    "validity": {"state": "valid"},
}


def rules_of(**changes):
    found = check_metadata({**GOOD, **changes}, today=TODAY)
    return {finding.detector.removeprefix("metadata."): finding.severity for finding in found}


def test_complete_metadata_has_no_finding():
    assert rules_of() == {}


@pytest.mark.parametrize(
    ("changes", "rule", "severity"),
    [
        ({"title": " "}, "title_missing", Severity.BLOCK),
        ({"title": "题" * 501}, "title_long", Severity.BLOCK),
        ({"formed_date": None}, "formed_date_missing", Severity.BLOCK),
        ({"formed_date": "2020-06-16"}, "formed_date_future", Severity.BLOCK),
        (
            {"formed_date": "2020-06-10", "published_before": "2020-06-01"},
            "formed_after_published",
            Severity.BLOCK,
        ),
        (
            {"effective_date": "2021-01-01", "expires_date": "2020-12-31"},
            "expires_before_effective",
            Severity.BLOCK,
        ),
        ({"document_number": "示卫发[2020]5号"}, "number_brackets", Severity.BLOCK),
        ({"document_number": "示卫发〔2020〕005号"}, "number_padded", Severity.WARN),
        ({"document_number": "示卫发〔2017〕5号"}, "number_year", Severity.WARN),
        ({"disclosure": None}, "disclosure_missing", Severity.BLOCK),
        ({"disclosure": "withheld"}, "disclosure_reason_missing", Severity.BLOCK),
        ({"disclosure": "on_request", "disclosure_reason": "理由"}, "disclosure_not_active", Severity.BLOCK),
        ({"topic": {"major": "杂项", "minor": ""}}, "topic_unknown", Severity.BLOCK),
        ({"kind": "poem"}, "kind_unknown", Severity.BLOCK),
        ({"kind": "interpretation"}, "interpretation_unlinked", Severity.BLOCK),
        ({"validity": {"state": "repealed"}}, "validity_unexplained", Severity.BLOCK),
        ({"blocks": []}, "body_empty", Severity.BLOCK),
        ({"catalogue": []}, "catalogue_missing", Severity.WARN),
    ],
)
def test_metadata_rule_is_told_with_its_place(changes, rule, severity):
    assert rules_of(**changes).get(rule) == severity


def test_title_of_five_hundred_characters_is_fine():
    assert rules_of(title="题" * 500) == {}


def test_numbers_without_year_are_left_alone():
    assert rules_of(document_number="第3号") == {}


@given(st.dates(), st.dates())
def test_formed_date_is_blocked_exactly_when_after_publication_day(formed, today):
    found = check_metadata({**GOOD, "formed_date": formed.isoformat()}, today=today)
    blocked = any(f.detector == "metadata.formed_date_future" for f in found)
    assert blocked == (formed > today)


def test_topics_are_the_official_twenty_two():
    assert len(topics()) == 22
    assert next(t for t in topics() if t.major == "卫生、体育").minors == ("卫生", "医药管理", "体育", "其他")


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda t: t.strip()
)
BLOCK = st.one_of(
    st.builds(
        lambda level, text: {"type": "heading", "level": level, "text": text.strip()}, st.integers(1, 4), TEXT
    ),
    st.builds(lambda text: {"type": "signature", "text": text}, TEXT),
    st.builds(
        lambda rows, head: {
            "type": "table",
            "caption": "",
            "header_rows": min(head, len(rows)),
            "header_columns": 0,
            "rows": rows,
        },
        st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=4),
        st.integers(0, 2),
    ),
)


@given(st.lists(BLOCK, max_size=6))
def test_blocks_come_back_from_the_editor_as_they_went_in(blocks):
    assert payload_blocks(raw_blocks(blocks), {}) == blocks


@given(TEXT)
def test_plain_paragraph_keeps_every_character(text):
    made = payload_blocks(raw_blocks([{"type": "paragraph", "text": text}]), {})
    seen = "".join(text_of(block["html"]) for block in made)
    assert seen.split() == text.split()


@given(st.text(max_size=60))
def test_inline_markup_holds_only_what_may_stand_there(markup):
    cleaned = inline_html(f"<p onclick=x><script>{markup}</script><a href='javascript:x'>{markup}</a></p>")
    assert "javascript:" not in cleaned.lower().replace("&", "") or "javascript" in markup.lower()
    assert "<script" not in cleaned.lower()
    assert "<p" not in cleaned.lower()


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<b>粗</b><i>斜</i>", "<strong>粗</strong><em>斜</em>"),
        ('<a href="https://example.org/x">链</a>', '<a href="https://example.org/x">链</a>'),
        ('<a href="http://example.org/x">链</a>', "链"),
        ('<a href="//evil.example/x">链</a>', "链"),
        ('<a href="data:text/html,x">链</a>', "链"),
        ('<img src=x onerror=y>文<iframe src="x"></iframe>', "文"),
        ("一<br/>二", "一<br>二"),
    ],
)
def test_inline_markup_examples(markup, expected):
    assert inline_html(markup) == expected


def test_rich_text_of_several_paragraphs_is_split():
    assert paragraphs('<p data-block-key="a">一</p><p></p><p>二<b>三</b></p>') == [
        "一",
        "二<strong>三</strong>",
    ]


def test_figure_reads_numbers_and_gaps():
    raw = [
        {
            "type": "figure",
            "value": {
                "kind": "bar",
                "title": "图",
                "unit": "人",
                "rows": [["", "甲"], ["1月", "1,200"], ["2月", "—"]],
            },
        }
    ]
    block = payload_blocks(raw, {})[0]
    assert block["labels"] == ["1月", "2月"]
    assert block["series"] == [{"name": "甲", "values": [1200, None]}]


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "image", "value": {"sha256": "0" * 64}},
        {"type": "figure", "value": {"rows": [["", "甲"], ["1月", "多少"]]}},
        {"type": "poem", "value": "x"},
    ],
)
def test_unreadable_block_names_its_place(raw):
    with pytest.raises(BlockNotUnderstood, match="第 2 块"):
        payload_blocks([{"type": "signature", "value": "x"}, raw], {})


def test_image_carries_the_facts_of_its_file():
    facts = FileFacts("a" * 64, 10, "image/png", width=3, height=4)
    raw = raw_blocks([{"type": "image", "sha256": "a" * 64, "alt": "图", "caption": ""}])
    assert payload_blocks(raw, {facts.sha256: facts})[0]["width"] == 3


@given(st.text("甲乙丙1２ a", max_size=30), st.text("甲乙丙1２ a", max_size=30))
def test_differences_hold_both_texts_and_nothing_else(before, after):
    pieces = compare_words(before, after)
    assert "".join(p.text for p in pieces if p.mark != "removed") == after
    assert "".join(p.text for p in pieces if p.mark != "added") == before


def test_numbers_change_as_wholes():
    marks = [(p.mark, p.text) for p in compare_words("共128人", "共129人")]
    assert marks == [("same", "共"), ("removed", "128"), ("added", "129"), ("same", "人")]


def test_comparison_of_payloads_names_fields_and_blocks():
    before = {**GOOD, "blocks": [{"type": "paragraph", "html": "一"}, {"type": "paragraph", "html": "二"}]}
    after = {**GOOD, "title": "通告", "blocks": [{"type": "paragraph", "html": "二"}]}
    changed = [(line.label, line.mark) for line in compare_payloads(before, after) if line.mark != "same"]
    assert changed == [("标题", "changed"), ("段落", "removed")]


def test_chain_is_chosen_by_grade():
    assert review_chains.chain_for(kind="notice", grade="ordinary", on=TODAY).id == "ordinary"
    important = review_chains.chain_for(kind="policy", grade="important", on=TODAY)
    assert important.review_kinds == ("content", "personal_data", "openness", "secrecy", "approval")


@given(st.sampled_from(review_chains.chains()), st.data())
def test_steps_open_one_after_the_other(chain, data):
    signed: set[str] = set()
    for step in chain.steps:
        assert review_chains.open_step(chain, signed) is step
        signed |= set(step.kinds)
    assert review_chains.open_step(chain, signed) is None
    one = data.draw(st.sampled_from(chain.review_kinds))
    opened = review_chains.open_step(chain, signed - {one})
    assert opened is not None
    assert one in opened.kinds


def test_metadata_findings_can_never_be_waived():
    assert review_chains.waiver_rule(detector="metadata.title_missing", severity="block").roles == ()
    assert review_chains.waiver_rule(detector="pii.mobile", severity="block").roles


@pytest.mark.parametrize(
    ("detector", "severity", "roles", "moment"),
    [
        ("att.docx_comment", "block", (), "submit"),
        ("att.filename_pii", "block", (), "submit"),
        ("file.unreadable", "block", (), "submit"),
        (
            "att.office_props",
            "warn",
            ("section_editor", "institution_clerk", "reviewer", "disclosure_office"),
            "never",
        ),
        ("att.xlsx_comment", "warn", (), "publish"),
        ("att.light_mask", "review", ("secrecy_officer",), "publish"),
        ("att.image_text_pii", "block", ("secrecy_officer",), "submit"),
        ("att.image_text_pii", "review", ("reviewer", "secrecy_officer"), "publish"),
        ("sec.classification_mark", "block", ("secrecy_officer",), "submit"),
        (
            "txt.punct",
            "info",
            ("section_editor", "institution_clerk", "reviewer", "disclosure_office"),
            "never",
        ),
    ],
)
def test_hidden_data_is_mended_and_secrecy_is_judged_by_the_secrecy_officer(
    detector, severity, roles, moment
):
    rule = review_chains.waiver_rule(detector=detector, severity=severity)
    assert (rule.roles, rule.needed_before) == (roles, moment)


PERSONS = st.sets(st.integers(1, 6), min_size=1, max_size=2)


@given(
    PERSONS,
    st.sets(st.integers(1, 6)),
    st.dictionaries(st.sampled_from(["a", "b"]), st.sets(st.integers(1, 6))),
)
def test_signers_are_apart_from_authors_and_other_steps(persons, authors, signed_at):
    refusal = refuse_signer(persons=persons, authors=authors, signed_at=signed_at, step_name="b")
    assert (refusal == "author") == bool(persons & authors)
    if refusal is None:
        assert not persons & signed_at.get("a", set())


def test_same_person_may_sign_two_kinds_of_one_step():
    assert refuse_signer(persons={1}, authors={2}, signed_at={"section": {1}}, step_name="section") is None


@given(st.dictionaries(st.integers(1, 8), st.integers(1, 8)))
def test_validity_chain_ends_or_is_told_as_a_circle(replaced_by):
    try:
        path, closed = (1, *successors(1, replaced_by)), 0
    except ValidityLoop as loop:
        path, closed = loop.path, 1
    assert len(set(path)) == len(path) - closed
    assert all(replaced_by[a] == b for a, b in pairwise(path))
    assert closed or path[-1] not in replaced_by


def test_withdrawal_reasons_are_data():
    assert withdrawal_reason("privacy").allows_erasure
    assert len({reason.id for reason in withdrawal_reasons()}) == len(withdrawal_reasons())
    with pytest.raises(LookupError, match="可用"):
        withdrawal_reason("whim")


@given(
    st.text(
        alphabet=st.characters(exclude_characters="<>&\r\x00\ufeff", exclude_categories=["Cs"]), max_size=40
    )
)
def test_plain_text_is_cleaned_as_any_markup_is(text: str) -> None:
    import nh3

    from gongkai.records.core.markup import TAGS

    cleaned = nh3.clean(text, tags=set(TAGS), link_rel=None).replace("&nbsp;", "\u00a0").strip()
    assert inline_html(text) == cleaned
