"""The door over the real rooms: an empty installation has a complete site; previews and search work on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from gongkai.portal import api, live
from gongkai.portal.nginx import configuration
from gongkai.portal.testing.payloads import payload

TODAY = date(2026, 11, 22)


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    settings.PUBLIC_DIR = tmp_path / "public"
    return tmp_path


@pytest.mark.django_db
def test_empty_installation_has_a_whole_site(home: Path) -> None:
    report = api.build(today=TODAY)
    assert report.full
    kinds = {kind.kind for kind in api.manifest().kinds}
    assert {
        "home",
        "elder-home",
        "block-zhinan",
        "block-ysqgk",
        "catalogues",
        "fixed-404",
        "feed",
        "sitemap",
    } <= kinds
    assert api.manifest().records == 0
    assert (home / "public/zwgk/zhinan/index.html").is_file()
    assert api.build(today=TODAY).written == 0


@pytest.mark.django_db
def test_preview_without_and_over_a_built_site(home: Path) -> None:
    content = payload(3)
    before = api.render_preview(payload=content)
    assert content["title"] in before
    api.build(today=TODAY)
    assert api.render_preview(payload=content) == before


@pytest.mark.django_db
def test_search_before_anything_is_public(home: Path) -> None:
    assert api.search(query="疫苗").total == 0
    api.build(today=TODAY)
    assert api.search(query="疫苗", page=3, filters={"column": "x"}).total == 0


def test_office_day_is_the_day_in_china() -> None:
    assert api.office_day(datetime(2026, 11, 21, 16, 0, tzinfo=UTC)) == date(2026, 11, 22)


def test_institution_types_have_names() -> None:
    assert live.institution_type_names()["hospital"] == "医院"


@pytest.mark.parametrize("base", ["", "/wsjkj"])
def test_nginx_recipe_has_the_headers_and_refusals(base: str) -> None:
    text = configuration(
        public=Path("/srv/public"), listen="443 ssl", upstream="127.0.0.1:8080", base_path=base
    )
    assert text.count("{") == text.count("}")
    for words in (
        "gzip_static on",
        "sandbox",
        "Content-Disposition attachment",
        f"location ^~ {base}/desk/",
        "nosniff",
        "immutable",
    ):
        assert words in text
