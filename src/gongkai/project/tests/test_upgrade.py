"""Upgrading copies the database first; the way back brings the old one in and keeps the new one."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gongkai.project.archiving.manifest import read_manifest
from tools.testing.live import LiveSite, make_site

BACK = ["-m", "django", "migrate", "journal", "0001", "--verbosity", "0"]
ADD = """
from gongkai.project.django_setup import start_django; start_django()
from django.utils import timezone
from gongkai.organisations import api as organisations
organisations.create_organisation(code={code!r}, name="示范局", kind="authority", parent_code=None,
    today=timezone.localdate(), now=timezone.now())
"""
LIST = """
from gongkai.project.django_setup import start_django; start_django()
from gongkai.organisations import api as organisations
from gongkai.project.home import unapplied_migrations
print(sorted(info.code for info in organisations.list_organisations()), unapplied_migrations())
"""


def python(site: LiveSite, *arguments: str) -> str:
    environ = {**site.environ, "DJANGO_SETTINGS_MODULE": "gongkai.project.settings.production"}
    done = subprocess.run(
        [sys.executable, *arguments], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.database
def test_upgrade_copies_first_and_leads_back() -> None:
    site = make_site()
    (site.home / "PRODUCTION").write_text("{}\n", encoding="utf-8")
    python(site, "-c", ADD.format(code="alt"))
    python(site, *BACK)
    behind = python(site, "-c", LIST)

    done = site.run("upgrade", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["steps"] == behind.count("journal.") > 0
    assert told["after"]
    manifest = read_manifest(site.home / "before-upgrade" / told["backup"].rsplit("/", 1)[1])
    assert not manifest.media
    assert python(site, "-c", LIST) == "['alt'] []"
    assert json.loads(site.run("upgrade", "--json").stdout)["backup"] is None, "nothing to do, nothing copied"

    refused = site.run("restore", told["backup"])
    assert refused.returncode == 1
    assert "不含附件" in refused.stderr

    python(site, "-c", ADD.format(code="neu"))
    back = site.run("upgrade", "--back", told["backup"], "--json")
    assert back.returncode == 0, back.stderr
    assert json.loads(back.stdout)["aside"]
    assert python(site, "-c", LIST) == behind, "as it was before"

    again = site.run("init", "--json")
    assert again.returncode == 0, again.stderr
    assert len(list((site.home / "before-upgrade").iterdir())) == 2, "init copies first, too"
    assert site.run("journal", "verify").returncode == 0
