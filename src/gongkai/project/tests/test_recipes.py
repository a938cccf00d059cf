"""The recipes in deploy/ as they are: units that systemd understands, logs kept long enough, a container file without surprises."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gongkai.project.command import COMMANDS
from gongkai.project.environment import VARIABLES

ROOT = Path(__file__).resolve().parents[4]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_unit_calls_a_command_that_exists(unit: Path) -> None:
    parser = configparser.RawConfigParser(strict=False)  # ExecStart= may stand more than once
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, encoding="utf-8")
    assert parser.has_option("Unit", "Description")
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service") in UNITS
        return
    called = re.search(r"/opt/gongkai/\.venv/bin/gongkai (\w+)", parser.get("Service", "ExecStart"))
    assert called
    assert called[1] in COMMANDS
    assert parser.get("Service", "User") == "gongkai"


def test_systemd_itself_accepts_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    stand_in = tmp_path / "gongkai"
    stand_in.write_text("#!/bin/sh\n", encoding="ascii")
    stand_in.chmod(0o755)
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/gongkai/.venv/bin/gongkai", str(stand_in))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(
        [program, "verify", "--man=no", *names], capture_output=True, text=True, check=False
    )
    about_ours = [line for line in done.stderr.splitlines() if "gongkai" in line]
    assert not about_ours, about_ours


def test_example_of_settings_names_known_variables() -> None:
    lines = (DEPLOY / "environment.example").read_text(encoding="utf-8").splitlines()
    names = {line.lstrip("# ").split("=")[0] for line in lines if re.match(r"(# )?[A-Z_]+=", line)}
    assert names <= {variable.name for variable in VARIABLES}
    assert len(names) > 6


def test_container_file_copies_what_is_there_and_is_not_root() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    known = {"ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}  # fmt: skip
    assert {name for name, _ in steps} <= known
    for name, rest in steps:
        if name == "COPY":
            sources = rest.split()[:-1]
            assert all(any(ROOT.glob(source)) or source in {"wheels", "PYTHON"} for source in sources), rest
        if name in {"ENTRYPOINT", "CMD", "VOLUME"}:
            assert isinstance(json.loads(rest), list)
    users = [rest for name, rest in steps if name == "USER"]
    assert users
    assert not users[-1].startswith(("0", "root"))
    variables = re.findall(r"(\w+)=", next(rest for name, rest in steps if name == "ENV"))
    assert set(variables) <= {variable.name for variable in VARIABLES} | {"LANG"}


@pytest.mark.parametrize("script", ["script/bundle", "deploy/install"])
def test_scripts_of_the_bundle_are_whole(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in path.read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0
