"""Publishing heads: a run that is killed between the file and its row is finished by the next one, whatever was sealed meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from gongkai.journal import api
from gongkai.journal.facts import Fact
from gongkai.journal.models import PublishedHead
from gongkai.journal.services import publish_heads as heads

NOW = datetime(2020, 3, 2, 23, 58, tzinfo=UTC)


class PearEaten(Fact, name="journal_test.PearEaten"):
    pieces: int = 1


class Killed(Exception):
    """Stands for a process that ends between two statements."""


def eat(count: int, *, now: datetime) -> None:
    facts = [PearEaten(org="demo", subject=f"pear:{n}", on=date(2020, 3, 1)) for n in range(count)]
    api.record_facts(facts, actor=api.SYSTEM, now=now)
    api.seal_pending(now=now)


def killed_before_its_row(folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(heads, "_register", die)
        with pytest.raises(Killed):
            api.publish_heads(folder=folder, now=now)


@pytest.mark.django_db
@pytest.mark.parametrize("more", [0, 3])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("later", [timedelta(minutes=1), timedelta(minutes=10)], ids=["same day", "next day"])
def test_a_head_without_its_row_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, first: bool, later: timedelta
) -> None:
    before = list(PublishedHead.objects.values_list("seq", flat=True))
    now = NOW
    if not first:
        eat(2, now=now)
        assert api.publish_heads(folder=tmp_path, now=now) is not None
    eat(2, now=now)
    killed_before_its_row(tmp_path, now, monkeypatch)
    assert heads.is_cut_short(folder=tmp_path, now=now)
    assert not api.verify(heads_folder=tmp_path).ok
    now += later
    if more:
        eat(more, now=now)
    assert api.publish_heads(folder=tmp_path, now=now) is not None
    assert not heads.is_cut_short(folder=tmp_path, now=now)
    assert [found.message for found in api.verify(heads_folder=tmp_path).differences] == []
    rows = list(PublishedHead.objects.exclude(seq__in=before).order_by("seq"))
    assert len(rows) == 1 + (not first) + bool(more)
    assert all(row.previous == last.seq for last, row in pairwise(rows))


@pytest.mark.django_db
def test_files_of_a_newer_state_are_left_to_those_who_reconcile(tmp_path: Path) -> None:
    eat(2, now=NOW)
    head = api.publish_heads(folder=tmp_path, now=NOW)
    assert head is not None
    ahead = tmp_path / "2020/03/02" / f"{head.seq + 900:012d}.json"
    ahead.write_text("{}", encoding="utf-8")
    assert not heads.is_cut_short(folder=tmp_path, now=NOW)
    eat(1, now=NOW)
    assert api.publish_heads(folder=tmp_path, now=NOW) is not None
