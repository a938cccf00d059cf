"""Renamed and ended bodies on the public side: the name of the day, who took over, every address kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal.core.directory import Directory
from gongkai.portal.core.values import Organisation, Site
from gongkai.portal.preview import EmptyStore, preview
from gongkai.portal.testing.payloads import ORG, generated_site, payload

NAMES = (("云溪区中医院", "", "2020-05-31"), ("云溪区第一医院", "2020-06-01", ""))
days = st.dates(date(2019, 1, 1), date(2024, 12, 31))


@pytest.fixture(scope="module")
def site() -> Site:
    """Return a site where one institution was renamed in 2020 and went into another one at the end of 2023."""
    made = generated_site()
    first, second, *rest = (o for o in made.organisations if o.kind == "institution")
    ended = replace(
        first, name="云溪区第一医院", names=NAMES, closed_date="2023-12-31", end_basis="云编〔2023〕9号",
        heir=second.code, successors=(second.code,),
    )  # fmt: skip
    others = tuple(o for o in made.organisations if o.kind != "institution")
    return replace(made, organisations=(*others, ended, second, *rest))


def ended_and_heir(site: Site) -> tuple[Organisation, Organisation]:
    ended = next(o for o in site.organisations if o.closed_date)
    return ended, next(o for o in site.organisations if o.code == ended.heir)


@given(days)
def test_name_of_a_day_is_the_one_whose_period_holds_it(day: date) -> None:
    body = Organisation("x", "云溪区第一医院", names=NAMES)
    assert body.name_on(day.isoformat()) == ("云溪区中医院" if day < date(2020, 6, 1) else "云溪区第一医院")


def record_page(site: Site, published: str) -> str:
    content = payload(45) | {"org": {"code": ended_and_heir(site)[0].code, "name": "云溪区中医院"}}
    content |= {"first_published_at": published, "published_at": published}
    return preview(site, EmptyStore(), content, today=date(2026, 11, 22))


def test_record_says_the_old_name_and_who_took_over(site: Site) -> None:
    _, heir = ended_and_heir(site)
    shown = record_page(site, "2020-01-01T09:00:00+08:00")
    assert "发布机构：云溪区中医院（后更名为" in shown
    assert "已于 2023-12-31 撤销，由" in shown
    assert f"org/{heir.code}/" in shown
    assert "后更名为" not in record_page(site, "2021-01-01T09:00:00+08:00")


def test_directory_knows_both_directions_and_falls_back_to_the_body_above(site: Site) -> None:
    ended, heir = ended_and_heir(site)
    directory = Directory(site)
    assert directory.successors(ended) == (heir,)
    assert directory.taken_over(heir.code) == (ended,)
    alone = replace(ended, successors=(), heir="")
    assert [o.code for o in directory.successors(alone)] == [ORG]


def test_ended_body_keeps_its_page_and_is_not_among_the_children(site: Site) -> None:
    ended, _ = ended_and_heir(site)
    directory = Directory(site)
    assert ended in directory.public_bodies
    assert ended not in directory.children(ORG, "institution")
    assert Site.from_json(site.to_json()) == site
