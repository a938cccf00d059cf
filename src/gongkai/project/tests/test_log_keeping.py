"""Logs are kept as long as the law asks: the recipes promise it, logrotate itself agrees, and the health check tells otherwise."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.project.log_keeping import PERIODS, fault_of, oldest_day, read_rotations, rotation_of
from gongkai.project.retention.rules import retention_rules

DEPLOY = Path(__file__).resolve().parents[4] / "deploy"
RECIPE = DEPLOY / "logrotate" / "gongkai"
LEAST = retention_rules()["access_logs"].least_days
TODAY = date(2026, 3, 2)


def rules(folder: Path, *lines: str) -> Path:
    """Write a file of logrotate for a folder's logs."""
    path = folder / "rules"
    path.write_text("\n".join([f"{folder / 'logs'}/*.log {{", *lines, "}"]) + "\n", encoding="utf-8")
    (folder / "logs").mkdir(exist_ok=True)
    return path


def test_recipe_promises_the_lawful_term() -> None:
    found = rotation_of(Path("/var/log/gongkai"), read_rotations(RECIPE.read_text(encoding="utf-8")))
    assert found is not None
    assert found.days >= LEAST


def test_journald_recipe_keeps_the_lawful_term() -> None:
    parser = configparser.ConfigParser()
    parser.read(DEPLOY / "journald" / "gongkai.conf", encoding="utf-8")
    journal = parser["Journal"]
    assert journal["storage"] == "persistent"
    kept = re.fullmatch(r"(\d+)day", journal["maxretentionsec"])
    assert kept
    assert int(kept[1]) >= LEAST


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (["daily", "rotate 200"], 200),
        (["weekly", "rotate 27"], 189),
        (["monthly", "rotate 6"], 168),
        (["daily", "rotate 14"], 14),
        (["rotate 30"], 210),
        (["daily"], 0),
        (["daily", "rotate 400", "maxage 90"], 90),
        (["daily", "rotate 400", "size 100M"], 0),
        (["daily", "rotate -1"], float("inf")),
        (["daily", "rotate 200", "postrotate", "    rotate 3", "endscript"], 200),
    ],
)
def test_days_are_read_as_logrotate_means_them(tmp_path: Path, lines: list[str], days: float) -> None:
    (found,) = read_rotations(rules(tmp_path, *lines).read_text(encoding="utf-8"))
    assert found.days == days


@given(st.integers(0, 500), st.sampled_from(sorted(PERIODS)), st.booleans())
def test_more_turns_never_keep_less(count: int, period: str, outside: bool) -> None:
    def kept(number: int) -> float:
        setting = f"{period}\nrotate {number}"
        text = f"{setting}\n/x/*.log {{\n}}\n" if outside else f"/x/*.log {{\n{setting}\n}}\n"
        return read_rotations(text)[0].days

    assert kept(count) <= kept(count + 1)


def test_what_keeps_less_is_told(tmp_path: Path) -> None:
    def fault(*lines: str, began: date | None = None) -> str:
        return fault_of(
            tmp_path / "logs", rules=rules(tmp_path, *lines), least_days=LEAST, began=began, today=TODAY
        )[0]

    assert fault("daily", "rotate 200") == ""
    assert f"只保证留存 14 天，应不少于 {LEAST} 天" in fault("daily", "rotate 14")
    elsewhere = fault_of(
        tmp_path / "other", rules=rules(tmp_path, "daily"), least_days=LEAST, began=None, today=TODAY
    )
    assert "没有" in elsewhere[0]
    missing = fault_of(tmp_path / "logs", rules=tmp_path / "none", least_days=LEAST, began=None, today=TODAY)
    assert "读不了" in missing[0]
    long_ago = TODAY - timedelta(days=LEAST + 30)
    assert "没有日志" in fault("daily", "rotate 200", began=long_ago)
    (tmp_path / "logs" / "access.log-20260215.gz").write_bytes(b"")
    assert "最早的日志是 2026-02-15" in fault("daily", "rotate 200", began=long_ago)
    assert fault("daily", "rotate 200", began=TODAY - timedelta(days=3)) == ""
    old = TODAY - timedelta(days=LEAST)
    (tmp_path / "logs" / f"access.log-{old:%Y%m%d}.gz").write_bytes(b"")
    assert fault("daily", "rotate 200", began=long_ago) == ""
    assert oldest_day(tmp_path / "logs") == old


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="logrotate is not installed")
def test_logrotate_itself_keeps_every_day_of_the_term(tmp_path: Path) -> None:
    logs, owner = tmp_path / "logs", f"{os.getuid()}"
    logs.mkdir(mode=0o755)
    text = RECIPE.read_text(encoding="utf-8").replace("/var/log/gongkai", str(logs))
    text = text.replace("create 0640 www-data adm", "create 0640").replace(
        "daily", "daily\n    dateformat -%Y%m%d-%s"
    )
    text = text.replace("delaycompress", "nocompress")  # two hundred gzips would only cost time here
    conf = tmp_path / "conf"
    conf.write_text(text, encoding="utf-8")
    conf.chmod(0o644)
    for number in range(1, 220):  # as if it had run every day for 219 days
        day = TODAY - timedelta(days=number)
        stamp = int((day - date(1970, 1, 1)).total_seconds())
        path = logs / f"access.log-{day:%Y%m%d}-{stamp}"
        path.write_text(day.isoformat(), encoding="ascii")
        os.utime(path, (stamp, stamp))
    (logs / "access.log").write_text("today", encoding="ascii")
    done = subprocess.run(
        [str(shutil.which("logrotate")), "-f", "-s", str(tmp_path / "state"), str(conf)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (owner, done.stderr)
    left = sorted(path.name for path in logs.iterdir() if path.name != "access.log")
    assert len(left) == 200, "the newest 200 of 220"
    assert any(f"{TODAY - timedelta(days=LEAST):%Y%m%d}" in name for name in left)
