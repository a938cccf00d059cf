"""Institutions: the catalogue of their type, duties that pass to who took over, and lists that nobody else's clerk can read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from gongkai.catalogue import api
from gongkai.catalogue.models import CatalogueItem, Obligation
from gongkai.catalogue.selectors_timeliness import column_forecast, section_lines
from gongkai.catalogue.services.institution_edition import institution_table
from gongkai.catalogue.services.placements import place_release
from gongkai.journal.api import SYSTEM
from gongkai.organisations import api as organisations
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

TOMORROW = TODAY + timedelta(days=1)
WHEN = {"actor": SYSTEM, "today": TODAY, "now": NOW}


@pytest.mark.parametrize("kind", sorted(organisations.institution_types()))
def test_every_type_has_a_catalogue_that_can_be_read_whole(kind):
    from gongkai.catalogue.core.catalogue_files import read_table
    from gongkai.catalogue.core.item_rows import read_rows

    read = read_rows(
        read_table(name="x.csv", data=institution_table(kind, name="某机构", on=TODAY.replace(year=2026)))
    )
    assert read.problems == []
    assert len(read.rows) >= 10
    assert all(row.basis for row in read.rows)


def test_types_of_organisations_and_of_the_catalogue_are_the_same():
    assert set(api.institution_groups()) == set(organisations.institution_types())


@pytest.fixture
def two_hospitals(db):
    make_tree()
    organisations.create_organisation(
        code="demo-second", name="第二医院", kind="institution", parent_code="demo", institution_type="hospital",
        today=TODAY, now=NOW,
    )  # fmt: skip
    for code in ("demo-hospital", "demo-second"):
        api.adopt_institution_items(org_code=code, **WHEN)


def owe(org_code, code, formed=TODAY, **more):
    return api.open_obligation(
        org_code=org_code, item_code=code, event=Obligation.FORMED, formed_date=formed, title="某事", **WHEN, **more
    )  # fmt: skip


def merge():
    organisations.close_organisation(
        code="demo-hospital",
        on=TODAY,
        merged_into="demo-second",
        basis="示编〔2020〕8号",
        today=TODAY,
        now=NOW,
    )


def first_code():
    return CatalogueItem.objects.filter(version__org_code="demo-second").first().code


@pytest.mark.usefixtures("two_hospitals")
def test_section_without_a_type_is_refused_with_its_reason():
    with pytest.raises(api.CatalogueImportRefused, match="九类"):
        api.adopt_institution_items(org_code="demo-control", **WHEN)


@pytest.mark.usefixtures("two_hospitals")
def test_duties_pass_to_the_successor_and_emptiness_of_the_ended_body_counts_no_more():
    code = first_code()
    owe("demo-hospital", code)
    merge()
    assert set(section_lines(org_code="demo-hospital", today=TODAY)) == {"demo-hospital"}
    later = section_lines(org_code="demo-hospital", today=TODAY + timedelta(days=40))
    assert {owner: [line["code"] for line in lines] for owner, lines in later.items()} == {
        "demo-second": [code]
    }
    lights = api.item_lights(org_code="demo-hospital", today=TODAY + timedelta(days=40))
    assert {str(row.light) for row in lights} == {"late", "not_applicable"}


@pytest.mark.usefixtures("two_hospitals")
def test_record_of_the_successor_meets_what_the_ended_body_owed():
    code = first_code()
    owed = owe("demo-hospital", code)
    merge()
    bound = api.open_obligation(
        org_code="demo-second", item_code=code, event=Obligation.FORMED, formed_date=TODAY, title="record:9",
        record_subject="record:9", actor=SYSTEM, today=TOMORROW, now=NOW,
    )  # fmt: skip
    assert bound.pk == owed.pk
    assert Obligation.objects.count() == 1


@pytest.mark.usefixtures("two_hospitals")
def test_a_duty_of_another_day_or_of_a_stranger_is_not_taken():
    code = first_code()
    owe("demo-hospital", code)
    owe("demo-second", code, formed=TODAY - timedelta(days=1))
    made = owe("demo-second", code, record_subject="record:9")
    assert Obligation.objects.count() == 3
    assert made.org_code == "demo-second"


@pytest.mark.usefixtures("two_hospitals")
def test_clerk_reaches_only_their_own_institution_and_what_it_took_over(client):
    clerk = make_person("clerk", ("institution_clerk", "demo-second"), org_code="demo-second")
    client.force_login(clerk)
    names = ("items", "timeliness", "monthly")
    for name in names:
        address = reverse(f"catalogue:{name}")
        assert client.get(address).status_code == 200, name
        for stranger in ("demo", "demo-hospital", "other", "nowhere"):
            assert client.get(address, {"org": stranger}).status_code == 403, (name, stranger)
    item = reverse("catalogue:item_by_code", args=[first_code()])
    assert client.get(item).status_code == 200
    assert client.get(item, {"org": "demo-hospital"}).status_code == 403
    assert client.post(item, {"verb": "open"}).status_code == 403
    assert client.get(reverse("catalogue:import")).status_code == 403
    merge()
    assert organisations.may(
        user=clerk, action="view", kind="catalogue", org_code="demo-hospital", today=TOMORROW
    )


@pytest.mark.usefixtures("two_hospitals")
def test_what_an_institution_places_in_a_column_of_the_authority_counts_there():
    assert api.list_columns(org_code="demo-second") == []
    assert column_forecast(org_code="demo-second", today=TODAY).groups == ()
    api.ensure_columns(org_code="demo")
    place_release(
        org_code="demo-second", record_subject="record:1", release_id=1, item_codes=(), columns=("gzdt",), formed_date=None,
        published_date=TODAY, actor=SYSTEM, now=NOW,
    )  # fmt: skip
    rows = {row.stand.code: row for row in column_forecast(org_code="demo", today=TODAY).columns}
    assert rows["gzdt"].fires_on == TODAY + timedelta(days=14)


@pytest.mark.usefixtures("two_hospitals")
def test_office_brings_the_catalogue_in_by_one_button(client):
    client.force_login(make_person("office", ("disclosure_office", "demo")))
    address = f"{reverse('catalogue:import')}?org=demo-second"
    assert "带入本类机构的目录" in client.get(address).content.decode()
    answer = client.post(address, {"verb": "institution", "org": "demo-second"}, follow=True)
    assert "医院信息公开目录（第 2 版）" in answer.content.decode()
