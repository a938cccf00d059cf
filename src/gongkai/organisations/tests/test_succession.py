"""Renaming, merging and closing: somebody answers on every day, the right name stands on every day, nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.organisations import api
from gongkai.organisations.audit import check_organisations
from gongkai.organisations.core.succession import NobodyAnswers, Standing, chain_on, taken_over_by
from gongkai.organisations.models import Organisation, OrganisationName, Post
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

START = date(2020, 1, 1)
WHEN = {"today": TODAY, "now": NOW}


@st.composite
def histories(draw):
    """Draw a town: bodies under one authority, some of which end in an order in which each heir is still open when it is named."""
    count = draw(st.integers(2, 9))
    open_codes, ended = [f"o{n}" for n in range(count)], {}
    for code in draw(st.permutations(open_codes))[: draw(st.integers(0, count))]:
        open_codes.remove(code)
        heir = draw(st.none() | st.sampled_from(open_codes)) if open_codes else None
        day = START + timedelta(days=draw(st.integers(0, 900)))
        ended[code] = Standing(code, "authority", day, heir)
    return count, ended


@given(histories(), st.integers(-10, 1000))
def test_every_duty_has_exactly_one_owner_on_every_day(history, after):
    count, ended = history
    day = START + timedelta(days=after)
    for n in range(count):
        chain = chain_on(f"o{n}", day, ended)
        owner = ended.get(chain[-1])
        assert owner is None or owner.is_open_on(day), "who answers must exist that day"
        assert len(set(chain)) == len(chain)
        for one in chain[:-1]:
            assert not ended[one].is_open_on(day), "nobody hands over before their last day is past"


@given(histories(), st.integers(0, 1000))
def test_duties_never_return_to_who_gave_them_away_and_each_is_taken_over_once(history, after):
    count, ended = history
    day = START + timedelta(days=after)
    owners = {f"o{n}": chain_on(f"o{n}", day, ended)[-1] for n in range(count)}
    taken = [code for owner in {*owners.values()} for code in taken_over_by(owner, day, ended)]
    assert len(taken) == len(set(taken))
    for code, owner in owners.items():
        assert chain_on(owner, day, ended) == (owner,)
        assert code not in taken_over_by(code, day, ended)


def test_without_heir_and_without_anybody_above_is_an_error():
    with pytest.raises(NobodyAnswers):
        chain_on("a", START + timedelta(days=1), {"a": Standing("a", None, START, None)})


@pytest.fixture
def merged(db):
    """Return two hospitals of which the first was renamed and then merged into the second."""
    make_tree()
    api.create_organisation(
        code="demo-second", name="第二医院", kind="institution", parent_code="demo", institution_type="hospital", **WHEN
    )  # fmt: skip
    clerk = make_person("clerk", ("institution_clerk", "demo-hospital"), org_code="demo-hospital")
    heir = make_person("heir", ("institution_clerk", "demo-second"), org_code="demo-second")
    api.rename_organisation(
        code="demo-hospital", name="示范区中心医院", from_date=TODAY - timedelta(days=20), basis="示卫〔2020〕3号", **WHEN
    )  # fmt: skip
    api.close_organisation(
        code="demo-hospital", on=TODAY, merged_into="demo-second", others=["demo-office"], basis="示编〔2020〕8号", **WHEN
    )  # fmt: skip
    return clerk, heir


def test_merger_is_kept_with_basis_successors_and_posts_ended(merged):
    clerk, _ = merged
    row = Organisation.objects.get(code="demo-hospital")
    assert row.end_basis == "示编〔2020〕8号"
    assert {s.successor.code for s in row.successions.all()} == {"demo-second", "demo-office"}
    assert Post.objects.get(user=clerk).to_date == TODAY
    (fact,) = journal.entries(names=["organisations.OrganisationClosed"])
    assert (fact.body["merged_into"], fact.body["others"]) == ("demo-second", ["demo-office"])
    assert "示编" not in str(fact.body), "no prose in facts"
    assert list(check_organisations()) == []


def test_duties_pass_on_the_day_after_the_last_day(merged):
    assert api.responsible_code(code="demo-hospital", on=TODAY) == "demo-hospital"
    assert api.responsible_code(code="demo-hospital", on=TODAY + timedelta(days=1)) == "demo-second"
    assert api.predecessors(code="demo-second", on=TODAY + timedelta(days=1)) == {"demo-hospital"}


def test_successor_cares_for_what_was_published_but_makes_nothing_new_under_the_old_name(merged):
    clerk, heir = merged
    tomorrow = TODAY + timedelta(days=1)
    asked = {"kind": "record", "org_code": "demo-hospital"}
    assert not api.may(user=heir, action="edit", today=TODAY, **asked)
    assert api.may(user=heir, action="edit", today=tomorrow, **asked)
    assert not api.may(user=heir, action="create", today=tomorrow, **asked)
    assert not api.may(user=clerk, action="view", today=tomorrow, **asked)
    assert not api.may(user=heir, action="edit", today=tomorrow, kind="record", org_code="demo-control")
    assert "demo-hospital" in api.scope(user=heir, action="view", kind="catalogue", today=tomorrow)


def test_name_on_a_day_is_the_one_borne_then(merged):
    long_ago, later = TODAY - timedelta(days=21), TODAY - timedelta(days=20)
    assert api.name_on(code="demo-hospital", day=long_ago) == "示范区人民医院"
    assert api.name_on(code="demo-hospital", day=later) == "示范区中心医院"
    assert api.name_on(code="demo-hospital", day=TODAY + timedelta(days=400)) == "示范区中心医院"
    assert OrganisationName.objects.get(name="示范区中心医院").basis == "示卫〔2020〕3号"


def test_codes_are_never_given_twice(merged):
    with pytest.raises(api.OrganisationRefused, match="撤销的机构也不让出代码"):
        api.create_organisation(
            code="demo-hospital", name="新院", kind="institution", parent_code="demo", **WHEN
        )


def test_top_authority_cannot_end_without_an_heir_nor_with_posts_that_begin_later(merged):
    with pytest.raises(api.OrganisationRefused, match="没有上级"):
        api.close_organisation(code="other", on=TODAY, **WHEN)
    person = make_person("later", org_code="demo-second")
    api.give_post(
        person=person, role="institution_clerk", org_code="demo-second", from_date=TODAY + timedelta(days=9), **WHEN
    )  # fmt: skip
    with pytest.raises(api.OrganisationRefused, match="晚于撤销日期"):
        api.close_organisation(code="demo-second", on=TODAY, merged_into="demo-office", **WHEN)


def test_administrator_registers_a_merger_on_the_screen_with_its_basis(client, db):
    make_tree()
    client.force_login(make_person("system", ("system_admin", "demo")))
    address = reverse("organisations:organisation", args=["demo-control"])
    form = {"verb": "close", "on": "2020-03-02", "merged_into": "demo-office", "basis": ""}
    assert "请先改正" in client.post(address, form).content.decode()
    client.post(address, form | {"basis": "示编〔2020〕9号", "on": TODAY.isoformat()})
    shown = client.get(address).content.decode()
    assert "示编〔2020〕9号" in shown
    assert "（职责）" in shown
    assert (
        "承接自" in client.get(reverse("organisations:organisation", args=["demo-office"])).content.decode()
    )
