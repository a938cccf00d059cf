from __future__ import annotations

import pickle
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.machine import (
    NotAllowed,
    Table,
    TableError,
    Transition,
    check_table,
    mermaid,
    states_of,
    step,
    verbs_from,
)


class Stage(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    LIVE = "live"


TABLE: Table = (
    Transition(
        "submit", (Stage.DRAFT,), Stage.REVIEW, "editor", ("is_clean",), "RecordSubmitted", "内部规程"
    ),
    Transition("return", (Stage.REVIEW,), Stage.DRAFT, "reviewer"),
    Transition("publish", (Stage.REVIEW,), Stage.LIVE, "leader"),
    Transition("remind", (Stage.DRAFT, Stage.REVIEW), None, "office"),
)


def test_step_returns_the_transition() -> None:
    assert step(table=TABLE, state="draft", verb="submit") is TABLE[0]
    assert step(table=TABLE, state=Stage.REVIEW, verb="publish").lands_in(Stage.REVIEW) == "live"
    assert step(table=TABLE, state=Stage.REVIEW, verb="remind").lands_in(Stage.REVIEW) == "review"


def test_refusal_lists_what_is_allowed() -> None:
    with pytest.raises(NotAllowed, match="submit、remind") as refused:
        step(table=TABLE, state=Stage.DRAFT, verb="publish")
    assert (refused.value.state, refused.value.verb, refused.value.allowed) == (
        "draft",
        "publish",
        ("submit", "remind"),
    )
    assert pickle.loads(pickle.dumps(refused.value)).allowed == ("submit", "remind")
    with pytest.raises(NotAllowed, match="最终状态"):
        step(table=TABLE, state=Stage.LIVE, verb="publish")


def test_sound_table_passes() -> None:
    check_table(TABLE)
    check_table(TABLE, initial="review")
    check_table(TABLE, initial=["draft", "review"])
    assert states_of(TABLE) == ("draft", "review", "live")


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ((), "空"),
        ((*TABLE, Transition("submit", (Stage.DRAFT,), Stage.LIVE, "editor")), "“submit”在状态“draft”下重复"),
        (
            (*TABLE, Transition("archive", ("closed",), "gone", "editor")),
            "“closed”无法到达；状态“gone”无法到达",
        ),
        ((*TABLE, Transition("archive", (), "gone", "editor")), "没有起始状态"),
    ],
)
def test_unsound_table_names_the_fault(table: Table, fault: str) -> None:
    with pytest.raises(TableError, match=fault):
        check_table(table)


def test_diagram_shows_every_arrow_guard_and_end() -> None:
    assert mermaid(TABLE, Stage.DRAFT) == (
        "stateDiagram-v2\n"
        "    [*] --> draft\n"
        "    draft --> review: submit [is_clean]\n"
        "    review --> draft: return\n"
        "    review --> live: publish\n"
        "    draft --> draft: remind\n"
        "    review --> review: remind\n"
        "    live --> [*]\n"
    )


TABLES = st.lists(
    st.builds(
        Transition,
        st.sampled_from("abc"),
        st.lists(st.sampled_from("123"), min_size=1, unique=True).map(tuple),
        st.one_of(st.none(), st.sampled_from("1234")),
        st.just("anyone"),
    ),
    min_size=1,
).map(tuple)


@given(TABLES, st.sampled_from("1234"), st.sampled_from("abc"))
def test_step_agrees_with_verbs_from(table: Table, state: str, verb: str) -> None:
    if verb in verbs_from(table, state):
        found = step(table=table, state=state, verb=verb)
        assert found in table
        assert found.verb == verb
        assert state in found.sources
    else:
        with pytest.raises(NotAllowed):
            step(table=table, state=state, verb=verb)
