"""Requests for the same thing in other words are proposed for disclosure, once, with the cases behind the number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.requests import testing as office
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.similarity import alike, groups, pieces
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Proposal
from gongkai.requests.services import propose
from gongkai.requests.services.office import change_office_settings

DAY = date(2024, 3, 4)
SHARE = room_rules().settings.similar_share
SAME = ("请公开 急救站名单。", "我想要急救站的名单", "申请获取本县急救站名单复印件，谢谢！")
OTHER = ("请公开医院设备采购合同", "请公开 2023 年疫苗接种点名单", "请提供公共场所卫生监督检查结果")


def test_other_words_for_the_same_thing_are_one_group() -> None:
    assert groups([*SAME, *OTHER], share=SHARE) == [[0, 1, 2]]
    assert groups([], share=SHARE) == []
    assert pieces("请公开有关信息") == frozenset()


@given(st.lists(st.text(alphabet="急救站名单采购合同医院二〇23 ", max_size=12), max_size=25))
def test_whoever_is_like_a_first_text_is_grouped_with_one(texts: list[str]) -> None:
    found = groups(texts, share=SHARE)
    places = [place for group in found for place in group]
    assert len(places) == len(set(places))
    for first, *others in found:
        assert all(alike(pieces(texts[first]), pieces(texts[other]), share=SHARE) for other in others)
    alone = [place for place in range(len(texts)) if place not in places]
    for n, place in enumerate(alone):  # the filter that saves comparisons loses nobody
        assert not any(
            alike(pieces(texts[place]), pieces(texts[later]), share=SHARE) for later in alone[n + 1 :]
        )


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


@pytest.mark.django_db
def test_same_thing_asked_by_three_people_is_proposed_once(staff: dict[str, Any]) -> None:
    for text, serial in zip(SAME[:2], (1, 2), strict=True):
        office.register(DAY, content=text, person=office.person(serial))
    office.register(DAY, content="请公开急救站名单！", person=office.person(2))
    for serial, text in enumerate(OTHER):
        office.register(DAY, content=text, person=office.person(10 + serial))
    assert propose.propose_disclosures(now=office.at(DAY)) == 0
    office.register(DAY, content=SAME[2], person=office.person(3))
    assert propose.propose_disclosures(now=office.at(DAY)) == 1
    assert propose.propose_disclosures(now=office.at(DAY)) == 0
    office.register(DAY, content="急救站名单", person=office.person(4))
    assert propose.propose_disclosures(now=office.at(DAY)) == 0
    row = Proposal.objects.get()
    assert (row.requests, row.applicants) == (5, 4)
    assert Case.objects.filter(pk__in=row.cases, content__contains="急救站").count() == 5
    assert len(list(journal.entries(names=["requests.DisclosureProposed"]))) == 1
    with pytest.raises(Refused):
        propose.answer_proposal(proposal_id=row.pk, answer=" ", user=staff["office"], now=office.at(DAY))
    propose.answer_proposal(
        proposal_id=row.pk, answer="列入主动公开", user=staff["office"], now=office.at(DAY)
    )


@pytest.mark.django_db
def test_the_authority_names_how_many_are_several(staff: dict[str, Any]) -> None:
    change_office_settings(
        org_code="demo", values={"same_subject_requests": "2"}, user=staff["office"], now=office.at(DAY)
    )
    for text, serial in zip(SAME[:2], (1, 2), strict=True):
        office.register(DAY, content=text, person=office.person(serial))
    assert propose.propose_disclosures(now=office.at(DAY)) == 1
