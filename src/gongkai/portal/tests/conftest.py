"""A small generated site, built once a session; tests that change it copy it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gongkai.portal import tree
from gongkai.portal.builder import Builder
from gongkai.portal.places import places_under
from gongkai.portal.testing.payloads import GeneratedSource, generated_site

TODAY = date(2026, 11, 22)
COUNT = 130


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    tree.durable = False
    yield
    tree.durable = True


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("portal-built")
    builder = Builder(places_under(home), GeneratedSource(COUNT), generated_site)
    builder.build(today=TODAY)
    return home


@pytest.fixture
def site_home(built_once: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(built_once, home)
    return home


@pytest.fixture
def source() -> GeneratedSource:
    return GeneratedSource(COUNT)


@pytest.fixture
def builder(site_home: Path, source: GeneratedSource) -> Builder:
    return Builder(places_under(site_home), source, generated_site)


@pytest.fixture
def public(site_home: Path) -> Path:
    return site_home / "public"
