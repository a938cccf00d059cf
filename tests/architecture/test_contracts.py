"""The contracts hold for the tree as it is, and every kind of violation planted in a skeleton is caught."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "project",
    "portal",
    "records",
    "catalogue",
    "organisations",
    "guard",
    "importing",
    "journal",
    "kernel",
)
FRAMED = ("portal", "records", "catalogue", "organisations", "journal")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run lint-imports on the package under `folder/src` with the contracts of the house."""
    environ = {**os.environ, "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{ROOT}"}
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--config", str(ROOT / ".importlinter"), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def write(folder: Path, name: str, text: str = "") -> None:
    """Write a module of the skeleton; packages on the way get an `__init__.py`."""
    path = folder / "src" / Path(*name.split("."))
    target = path.with_suffix(".py")
    target.parent.mkdir(parents=True, exist_ok=True)
    for parent in target.parents:
        if parent == folder / "src":
            break
        (parent / "__init__.py").touch()
    with target.open("a", encoding="utf-8") as stream:
        stream.write(text + "\n")


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """Return a folder with an empty package that has every room and keeps every contract."""
    for room in ROOMS:
        write(tmp_path, f"gongkai.{room}.api")
        write(tmp_path, f"gongkai.{room}.facts")
    for room in FRAMED:
        write(tmp_path, f"gongkai.{room}.core.rule", f"from gongkai.{room} import facts")
        write(tmp_path, f"gongkai.{room}.models", f"from gongkai.{room}.core import rule\nimport django.db")
        write(tmp_path, f"gongkai.{room}.selectors", f"from gongkai.{room} import models")
        write(tmp_path, f"gongkai.{room}.services.act", f"from gongkai.{room} import models")
        write(tmp_path, f"gongkai.{room}.api", f"from gongkai.{room}.services import act")
        write(tmp_path, f"gongkai.{room}.jobs", f"from gongkai.{room} import api")
        write(tmp_path, f"gongkai.{room}.staff.views", f"from gongkai.{room} import api")
    write(tmp_path, "gongkai.guard.cli")
    write(tmp_path, "gongkai.guard.attachments.api")
    write(tmp_path, "gongkai.guard.attachments.cli")
    write(tmp_path, "gongkai.importing.blocks")
    write(tmp_path, "gongkai.portal.front")
    write(tmp_path, "gongkai.portal.bench")
    write(
        tmp_path,
        "gongkai.records.services.act",
        "from gongkai.catalogue import api, facts\nimport gongkai.kernel.api",
    )
    write(
        tmp_path,
        "gongkai.project.command",
        "import gongkai.guard.cli, gongkai.portal.front, gongkai.portal.bench",
    )
    return tmp_path


def test_tree_keeps_every_contract() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout
    assert "5 kept, 0 broken" in result.stdout


def test_skeleton_keeps_every_contract(skeleton: Path) -> None:
    result = lint(skeleton)
    assert result.returncode == 0, result.stdout


VIOLATIONS = {
    "import from a room above": ("journal.api", "from gongkai.records import api", "Floors"),
    "a room nobody listed": ("attic.api", "", "Floors"),
    "another room's models": ("records.services.act", "from gongkai.catalogue import models", "Doors"),
    "a reader behind the door": ("records.services.act", "from gongkai.importing import blocks", "Doors"),
    "rooms of one floor": ("importing.api", "from gongkai.guard import api", "Floors"),
    "framework in the readers": ("importing.blocks", "import django.utils.timezone", "Core"),
    "another room's service": ("portal.selectors", "from gongkai.records.services import act", "Doors"),
    "another room's selectors, from the top": (
        "project.command",
        "import gongkai.records.selectors",
        "Doors",
    ),
    "the front server, from below": ("catalogue.api", "import gongkai.guard.cli", "Doors"),
    "framework in the kernel": ("kernel.api", "import django.utils.timezone", "Core"),
    "framework in a core": ("records.core.rule", "from django.db import models", "Core"),
    "framework in guard": ("guard.api", "from wagtail import models", "Core"),
    "network in a core": ("catalogue.core.rule", "import httpx", "Core"),
    "framework behind one step": ("journal.core.rule", "from gongkai.journal import storage", "Core"),
    "core that knows the tables": ("records.core.rule", "from gongkai.records import models", "Inside"),
    "tables that know the services": ("records.models", "from gongkai.records.services import act", "Inside"),
    "service that knows the desk": (
        "catalogue.services.act",
        "from gongkai.catalogue.staff import views",
        "Inside",
    ),
    "service that knows its own door": ("records.services.act", "from gongkai.records import api", "Inside"),
    "door that knows the jobs": ("records.api", "from gongkai.records import jobs", "Inside"),
    "fact that knows the core": (
        "organisations.facts",
        "from gongkai.organisations.core import rule",
        "Inside",
    ),
    "upwards through a side room": ("records.models", "from gongkai.records import loop", "Inside"),
    "two parts in a circle": ("records.left", "from gongkai.records import right", "cycles"),
}


@pytest.mark.parametrize("kind", VIOLATIONS)
def test_planted_violation_is_caught(skeleton: Path, kind: str) -> None:
    module, text, contract = VIOLATIONS[kind]
    write(skeleton, "gongkai.journal.storage", "import django.db")
    write(skeleton, "gongkai.records.loop", "from gongkai.records import selectors")
    write(skeleton, "gongkai.records.right", "from gongkai.records import left" if "circle" in kind else "")
    write(skeleton, f"gongkai.{module}", text)
    result = lint(skeleton)
    assert result.returncode == 1, f"{kind}: not caught\n{result.stdout}"
    broken = [line for line in result.stdout.splitlines() if line.endswith(" BROKEN")]
    named = [contract in line for line in broken]
    folded = "Inside a room" in result.stdout and "core -> facts BROKEN" in result.stdout
    assert any(named) or (contract == "Inside" and folded), f"{kind}: {broken}"
