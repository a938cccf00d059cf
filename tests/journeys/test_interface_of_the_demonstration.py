"""The description of the open interface holds for what real releases become, not only for generated ones."""

from __future__ import annotations

import json

import pytest

from gongkai.portal.tests.test_interface import undescribed
from tools.testing.live import LiveSite


@pytest.mark.once
def test_every_public_json_of_the_demonstration_is_as_described(live_site: LiveSite) -> None:
    public = live_site.home / "public"
    description = json.loads((public / "open/openapi.json").read_bytes())
    assert list(undescribed(public, description)) == []
    assert len(list((public / "open/doc").rglob("*.json"))) > 50
    assert json.loads((public / "open/kind/report.json").read_bytes())["list"] == "kind"
