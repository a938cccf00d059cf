"""The docs name what is there: rooms, facts, settings, commands, rule files, decisions; and the README's commands are CI's."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from gongkai.project.command import COMMANDS
from gongkai.project.environment import VARIABLES
from tools import generated_pages, rule_files

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(p.name for p in (ROOT / "src/gongkai").iterdir() if (p / "__init__.py").is_file())
READMES = ("README.md", "README.zh-CN.md")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def shell_lines(text: str) -> list[str]:
    """Return the commands in a page's shell blocks."""
    blocks = re.findall(r"```(?:sh|bash)\n(.*?)```", text, flags=re.S)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.mark.parametrize("readme", READMES)
def test_readme_commands_are_those_ci_runs(readme: str) -> None:
    promised = [line for line in shell_lines(read(readme)) if line in {"script/check", "script/test"}]
    run = [line.strip() for line in read(".ci/run").splitlines() if line.strip().startswith("script/")]
    assert promised == run == ["script/check", "script/test"]


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md"])
def test_commands_named_in_docs_exist(page: str) -> None:
    text = read(page)
    for script in re.findall(r"\bscript/(\w+)", text):
        assert os.access(ROOT / "script" / script, os.X_OK), script
    for name in re.findall(r"\bgongkai ([a-z]+)\b", text):
        assert name in COMMANDS, name


@pytest.mark.parametrize(
    "script", ["script/bootstrap", "script/server", "script/test", "script/check", ".ci/run"]
)
def test_scripts_stop_at_the_first_error(script: str) -> None:
    text = read(script)
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert os.access(ROOT / script, os.X_OK)


def test_ci_runs_both_databases() -> None:
    assert 'GONGKAI_TEST_DATABASES="sqlite postgresql"' in read(".ci/run")


@pytest.mark.parametrize("room", ROOMS)
def test_architecture_names_every_room(room: str) -> None:
    assert f"`{room}`" in read("docs/architecture.md")
    assert f"`{room}`" in read("README.md")


def facts_of(room: str) -> list[str]:
    """Return the class names of the facts that a room defines."""
    path = ROOT / "src/gongkai" / room / "facts.py"
    if not path.is_file():
        return []
    classes = [
        node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)
    ]
    return [node.name for node in classes if any(keyword.arg == "name" for keyword in node.keywords)]


@pytest.mark.parametrize("room", ROOMS)
def test_room_page_names_every_fact(room: str) -> None:
    missing = [fact for fact in facts_of(room) if fact not in read(f"src/gongkai/{room}/README.md")]
    assert not missing


def test_some_facts_are_defined() -> None:
    assert sum(len(facts_of(room)) for room in ROOMS) >= 20


def test_settings_and_commands_pages_are_current() -> None:
    assert generated_pages.main(["--check"]) == 0
    assert all(f"`{variable.name}`" in read("docs/settings.md") for variable in VARIABLES)
    assert all(f"`gongkai {name}`" in read("docs/commands.md") for name in COMMANDS)


def test_every_environment_variable_read_is_documented() -> None:
    named = {variable.name for variable in VARIABLES}
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        if "tests" not in path.parts:
            found |= set(
                re.findall(
                    r"""environ(?:\.get\(|\[)["'](GONGKAI_\w+)["']""", path.read_text(encoding="utf-8")
                )
            )
    assert found <= named, found - named


def test_every_rule_file_is_named_where_the_law_is_described() -> None:
    page = read("regulations/README.md")
    folders = sorted(p.name for p in rule_files.ROOT.iterdir() if p.is_dir())
    files = sorted(p.name for p in rule_files.ROOT.iterdir() if p.suffix in {".yaml", ".csv"})
    missing = [f"{name}/" for name in folders if f"`{name}/" not in page]
    missing += [name for name in files if f"`{name}`" not in page]
    assert not missing


def test_rule_files_load() -> None:
    assert rule_files.faults() == []


def test_decisions_are_numbered_short_and_dated() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    assert len(pages) >= 8
    for number, page in enumerate(pages, start=1):
        text = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{number:04d}-")
        assert len(text.splitlines()) < 80, page.name
        for heading in ("Context", "Options", "Decision", "Consequences", "Status"):
            assert re.search(rf"^(## |\*\*)?{heading}\b", text, flags=re.M), f"{page.name}: {heading}"


def test_every_runtime_dependency_is_accounted_for() -> None:
    block = re.search(r"^dependencies = \[(.*?)^\]", read("pyproject.toml"), flags=re.S | re.M)
    assert block is not None
    names = re.findall(r'^\s*"([A-Za-z0-9_.-]+)', block[1], flags=re.M)
    assert len(names) > 20
    page = read("docs/adr/0007-account-for-every-dependency.md")
    assert not [name for name in names if f"| {name} |" not in page]


def test_links_between_pages_lead_somewhere() -> None:
    dead = []
    for page in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "src/gongkai").glob("*/README.md"),
    ]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                dead.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not dead
