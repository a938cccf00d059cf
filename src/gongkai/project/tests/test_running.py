"""Running for years: how long logs are kept, what they say as JSON, who reads the metrics, when a backup is missing."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client, RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from gongkai.project.desk.metrics import metrics
from gongkai.project.environment import read_environment, read_metrics_path
from gongkai.project.health import LAST_BACKUP, _backup
from gongkai.project.json_log import JsonLine
from gongkai.project.retention.rules import log_days, retention_rules
from gongkai.project.settings.logging import logging_config

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@given(st.integers(0, 5000))
def test_logs_are_never_kept_for_less_than_the_law_says(days: int) -> None:
    least = retention_rules()["program_logs"].least_days
    assert least >= 184
    if days < least:
        with pytest.raises(ValueError, match="六个月"):
            log_days(str(days))
    else:
        assert log_days(str(days)) == days


def test_default_keeps_long_enough_and_reaches_the_handler(tmp_path: Path) -> None:
    config = logging_config(tmp_path, "INFO", days=log_days(""), as_json=True)
    assert config["handlers"]["file"]["backupCount"] >= retention_rules()["program_logs"].least_days
    assert config["handlers"]["file"]["formatter"] == "json"


@pytest.mark.parametrize("text", ["soon", "-3", "1e3"])
def test_log_days_must_be_a_number(text: str) -> None:
    with pytest.raises(ValueError, match="GONGKAI_LOG_DAYS"):
        log_days(text)


def test_json_line_is_one_object_without_personal_data() -> None:
    try:
        raise ValueError("身份证 119999199001011234 有误")
    except ValueError:
        record = logging.LogRecord(
            "gongkai.x", logging.ERROR, __file__, 1, "电话 %s\n第二行", ("13912345678",), sys.exc_info()
        )
    text = JsonLine().format(record)
    line = json.loads(text)
    assert "\n" not in text
    assert line.keys() == {"at", "level", "logger", "message", "process", "error"}
    assert "13912345678" not in text
    assert "119999199001011234" not in text
    assert "ValueError" in line["error"]


@pytest.mark.parametrize(
    ("text", "path"), [("desk/metrics", "desk/metrics"), ("/desk/m/", "desk/m"), ("off", "")]
)
def test_metrics_path_lies_below_the_desk(text: str, path: str) -> None:
    assert read_metrics_path(text) == path


@pytest.mark.parametrize("text", ["metrics", "/", "desk/", "ask/metrics"])
def test_metrics_path_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="GONGKAI_METRICS_PATH"):
        read_metrics_path(text)


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        ({"REMOTE_ADDR": "192.0.2.7"}, "", 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, "", 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}, "", 403),
        ({"REMOTE_ADDR": ""}, "", 403),
        ({"REMOTE_ADDR": "127.0.0.1"}, "geheim", 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": "Bearer falsch"}, "geheim", 403),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer geheim"}, "geheim", 200),
        ({"REMOTE_ADDR": "127.0.0.1"}, "", 200),
        ({"REMOTE_ADDR": "::1"}, "", 200),
    ],
)
@pytest.mark.django_db
def test_metrics_are_for_the_token_or_this_machine(headers: dict[str, str], token: str, status: int) -> None:
    with override_settings(METRICS_TOKEN=token):
        answer = metrics(RequestFactory().get("/desk/metrics", **headers))
    assert answer.status_code == status
    if status == 200:
        assert b"gongkai_check_state" in answer.content


@pytest.mark.django_db
def test_metrics_stand_before_the_desks_log_in(client: Client) -> None:
    assert client.get("/desk/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403


@pytest.mark.parametrize(
    ("production", "age", "state"),
    [
        (True, None, "warn"),
        (True, timedelta(days=3), "warn"),
        (True, timedelta(hours=20), "ok"),
        (False, None, "ok"),
    ],
)
def test_a_missing_backup_is_told_where_it_matters(
    tmp_path: Path, production: bool, age: timedelta | None, state: str
) -> None:
    environment = replace(read_environment({"GONGKAI_HOME": str(tmp_path)}), production=production)
    if age is not None:
        (tmp_path / LAST_BACKUP).write_text((NOW - age).isoformat() + "\n", encoding="ascii")
    result = next(_backup(environment, NOW))
    assert result.state == state
    assert bool(result.remedy) == (state == "warn")
