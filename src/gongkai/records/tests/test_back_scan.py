"""Looking again at what is public: new rules find old texts, each place is reported once, and a scan resumes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongkai.kernel.findings import Finding, Severity
from gongkai.records import api
from gongkai.records.core.errors import BadInput, StepRefused
from gongkai.records.models import GuardRun, ScanTask
from gongkai.records.services import back_scan as scanning
from gongkai.records.services import checking
from gongkai.records.services.scan_tasks import ignore_finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(monkeypatch: Any) -> Any:
    """Return a function that puts new rules in force, which find the word 疫情防控 wherever it stands."""
    old = checking._text_findings

    def change(version: str, *, finds: bool = True) -> None:
        def found(draft: Any, today: date, texts: dict[str, str]) -> list[Finding]:
            findings = old(draft, today, texts)
            for part, text in texts.items():
                if finds and (at := text.find("疫情防控")) >= 0:
                    findings.append(
                        Finding(
                            "test.word",
                            version,
                            part,
                            (at, at + 4),
                            "",
                            Severity.BLOCK,
                            1.0,
                            "改正",
                            "测试规则",
                            message="新规则查到",
                        )
                    )
            return findings

        monkeypatch.setattr(checking, "_text_findings", found)
        for module in (checking, scanning):
            monkeypatch.setattr(module, "rule_version", lambda: version)

    return change


def tasks(state: str = "open") -> list[ScanTask]:
    return list(ScanTask.objects.filter(state=state).order_by("pk"))


def test_a_new_rule_finds_what_is_public_once_with_owner_and_day(office: Any, rules: Any):
    release = office.published()
    rules("rules-2")
    assert scanning.back_scan(now=office.later()) == 1
    (task,) = tasks()
    assert (task.record_id, task.detector, task.owner_code) == (release.record_id, "test.word", "demo-yz")
    assert task.person == office.editor
    assert task.due_date == date(2020, 6, 16), "a blocking finding is for the next working day"
    assert scanning.back_scan(now=office.later()) == 0, "nothing is left to do under these rules"
    rules("rules-3")
    assert scanning.back_scan(now=office.later()) == 1
    assert [one.pk for one in tasks()] == [task.pk], "the same place is not reported twice"


def test_the_public_text_is_checked_although_a_new_draft_stands_beside_it(office: Any, rules: Any):
    release = office.published()
    api.amend(
        record_id=release.record_id, change="correction", note="更正", user=office.editor, now=office.later()
    )
    office.edit(release.record_id, title="关于另一件事的通知")
    rules("rules-2")
    assert scanning.back_scan(now=office.later()) == 1
    assert len(tasks()) == 1


def test_a_scan_that_was_stopped_goes_on_where_it_was(office: Any, rules: Any):
    for _ in range(3):
        office.published()
    rules("rules-2")
    assert [scanning.back_scan(now=office.later(), limit=2) for _ in range(3)] == [2, 1, 0]
    assert len(tasks()) == 3


def test_what_is_asked_of_the_database_does_not_grow_with_each_release(office: Any, rules: Any):
    for _ in range(12):
        office.published()
    rules("rules-2", finds=False)
    with CaptureQueriesContext(connection) as few:
        assert scanning.back_scan(now=office.later(), limit=4) == 4
    with CaptureQueriesContext(connection) as more:
        assert scanning.back_scan(now=office.later(), limit=8) == 8
    each = (len(more) - len(few)) / 4
    assert each <= 3, [row["sql"][:120] for row in more.captured_queries]
    assert GuardRun.objects.filter(rule_version="rules-2").count() == 12


def test_a_kill_loses_the_few_in_hand_only(office: Any, rules: Any, monkeypatch: pytest.MonkeyPatch):
    for _ in range(5):
        office.published()
    rules("rules-2")
    monkeypatch.setattr(scanning, "CHUNK", 2)
    written, seen = scanning._write_down, []

    def killed_in_the_second(looked: Any, version: str, now: Any) -> None:
        if seen:
            raise KeyboardInterrupt
        seen.append(len(looked))
        written(looked, version, now)

    monkeypatch.setattr(scanning, "_write_down", killed_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        scanning.back_scan(now=office.later())
    assert len(tasks()) == 2
    monkeypatch.setattr(scanning, "_write_down", written)
    assert scanning.back_scan(now=office.later()) == 3
    assert len({task.record_id for task in tasks()}) == 5


def test_ignored_once_comes_back_with_new_rules_and_ignored_always_never(office: Any, rules: Any):
    for _ in range(2):
        office.published()
    rules("rules-2")
    scanning.back_scan(now=office.later())
    once, always = tasks()
    for task, forever in ((once, False), (always, True)):
        ignore_finding(
            task_id=task.pk, always=forever, reason="核对无误", user=office.office, now=office.later()
        )
    assert not tasks()
    with pytest.raises(StepRefused, match="已经办结"):
        ignore_finding(task_id=once.pk, always=True, reason="再来", user=office.office, now=office.later())
    rules("rules-3")
    scanning.back_scan(now=office.later())
    assert [task.pk for task in tasks()] == [once.pk]
    assert [task.pk for task in tasks("always")] == [always.pk]


def test_ignoring_needs_a_reason_and_a_post_that_may(office: Any, rules: Any):
    office.published()
    rules("rules-2")
    scanning.back_scan(now=office.later())
    (task,) = tasks()
    with pytest.raises(BadInput, match="理由"):
        ignore_finding(task_id=task.pk, always=False, reason=" ", user=office.office, now=office.later())
    with pytest.raises(Exception, match=r"岗位|不能|权"):
        ignore_finding(task_id=task.pk, always=False, reason="可以", user=office.editor, now=office.later())
    assert len(tasks()) == 1


def test_what_is_withdrawn_or_no_longer_found_is_closed(office: Any, rules: Any):
    first, second = office.published(), office.published()
    rules("rules-2")
    scanning.back_scan(now=office.later())
    assert len(tasks()) == 2
    api.withdraw(
        record_id=first.record_id,
        reason_code="error",
        note="",
        replaced_by=None,
        user=office.leader,
        now=office.later(),
    )
    scanning.back_scan(now=office.later())
    assert [task.record_id for task in tasks()] == [second.record_id]
    rules("rules-3", finds=False)
    scanning.back_scan(now=office.later())
    assert not tasks()
    assert len(tasks("done")) == 2
