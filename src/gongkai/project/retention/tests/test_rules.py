"""The rules themselves, and what goes by itself when its term is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.rules import Confidence
from gongkai.project.archiving.manifest import Manifest, write_manifest
from gongkai.project.archiving.old_backups import MadeBackup, list_backups, over_term, remove
from gongkai.project.commands.retention import command
from gongkai.project.jobs import forget_failed_log_ins
from gongkai.project.retention.disposal import digest_of
from gongkai.project.retention.kinds import KINDS
from gongkai.project.retention.rules import RetentionRule, retention_rules, rule_days
from tools.patch_wheels import other_pins

NOW = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


def test_every_kind_that_people_decide_on_has_its_door() -> None:
    assert set(KINDS) == {rule.id for rule in retention_rules().values() if rule.mode == "decision"}


def test_journal_is_never_let_go() -> None:
    assert retention_rules()["journal"].mode == "kept"
    assert retention_rules()["disposal_lists"].mode == "kept"


def test_nothing_doubtful_is_disposed_of_by_default() -> None:
    for rule in retention_rules().values():
        if rule.mode == "decision" and rule.confidence is Confidence.UNCONFIRMED:
            assert rule.term == "chosen", rule.id
            assert rule.doubt


@pytest.mark.parametrize("name", ["program_logs", "access_logs", "failed_log_ins"])
def test_logs_are_kept_six_months_at_least(name: str) -> None:
    rule = retention_rules()[name]
    assert rule.least_days == 184
    assert rule_days(name) >= rule.least_days


def test_rule_below_its_least_is_refused() -> None:
    values = {"id": "x", "name": "x", "holds": "x", "basis": ("x",), "confidence": Confidence.DESIGN, "scope": "national"}  # fmt: skip
    with pytest.raises(ValueError, match="不小于 184"):
        RetentionRule(**values, mode="automatic", term="rule", days=100, least_days=184)
    with pytest.raises(ValueError, match="写明 days"):
        RetentionRule(**values, mode="automatic", term="rule")
    with pytest.raises(ValueError, match="建议天数"):
        RetentionRule(**values, mode="decision", term="chosen")


@pytest.mark.django_db
def test_failed_log_ins_go_after_their_term_and_not_before() -> None:
    for days in (rule_days("failed_log_ins") + 1, rule_days("failed_log_ins") - 1):
        for model, more in ((AccessFailureLog, {}), (AccessAttempt, {"failures_since_start": 1})):
            row = model.objects.create(username="测试", ip_address="192.0.2.1", user_agent=f"x{days}", http_accept="x", path_info="/", **more)  # fmt: skip
            model.objects.filter(pk=row.pk).update(attempt_time=NOW - timedelta(days=days))
    assert forget_failed_log_ins(now=NOW) == 2
    assert AccessFailureLog.objects.count() == AccessAttempt.objects.count() == 1


@given(st.lists(st.tuples(st.sampled_from(["record:1", "record:2", "request:1"]), st.dates()), max_size=5))
def test_digest_tells_lists_apart(items: list[tuple[str, date]]) -> None:
    assert digest_of(items) == digest_of(list(items))
    assert digest_of(items) != digest_of([*items, ("record:3", date(2026, 1, 1))])
    assert items == items[::-1] or digest_of(items) != digest_of(items[::-1])


def backup(folder: Path, age: int) -> Path:
    """Make what looks like a backup of so many days ago."""
    path = folder / f"b{age}"
    (path / "media").mkdir(parents=True)
    (path / "media" / "x").write_bytes(b"x")
    made_at = (NOW - timedelta(days=age)).isoformat()
    write_manifest(path, Manifest(made_at=made_at, program="0", database="sqlite", production=True))
    return path


@given(st.lists(st.integers(0, 900), unique=True, max_size=8), st.integers(1, 400))
def test_newest_backup_always_stays(ages: list[int], days: int) -> None:
    made = sorted(MadeBackup(NOW - timedelta(days=age), Path(str(age))) for age in ages)
    over = over_term(made, days=days, now=NOW)
    assert not made or made[-1] not in over
    assert {int(one.folder.name) for one in over} == {age for age in ages if age > days} - {
        min(ages, default=0)
    }


def test_only_whole_backups_over_the_term_go(tmp_path: Path) -> None:
    old, new = backup(tmp_path, rule_days("backups") + 1), backup(tmp_path, 1)
    stranger = tmp_path / "别的资料"
    stranger.mkdir()
    (stranger / "manifest.json").write_text("{}", encoding="ascii")
    (tmp_path / "link").symlink_to(old)
    over = over_term(list_backups(tmp_path), days=rule_days("backups"), now=NOW)
    assert [one.folder for one in over] == [old]
    for one in over:
        remove(one)
    assert not old.exists()
    assert (new / "media" / "x").exists()
    assert stranger.exists()


def test_command_lists_the_rules_with_their_marks() -> None:
    said = CliRunner().invoke(command, ["rules"])
    assert said.exit_code == 0
    assert len(said.output.splitlines()) == len(retention_rules())
    assert "【待核对：由本机关选定】" in said.output


def test_pins_of_other_patch_releases_are_found() -> None:
    lock = (
        "a==1 ; python_full_version < '3.11.5' \\\n    --hash=sha256:aa\n    # via b\n"
        "a==2 ; python_full_version >= '3.11.5' \\\n    --hash=sha256:bb\n"
        "w==1 ; sys_platform == 'win32' \\\n    --hash=sha256:cc\n"
        "n==1 ; python_full_version >= '3.12' \\\n    --hash=sha256:dd\n"
    )
    assert other_pins(lock, version=(3, 11, 7)) == ["a==1 \\\n    --hash=sha256:aa\n"]
    assert other_pins(lock, version=(3, 11, 2)) == ["a==2 \\\n    --hash=sha256:bb\n"]
    assert other_pins(lock, version=(3, 12, 1)) == []
