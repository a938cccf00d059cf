"""The tail: what was sealed stands outside the database, proven by the chain; an older database is noticed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gongkai.journal import api
from gongkai.journal.facts import Fact
from gongkai.journal.services.tail import head_files

NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)


class FigEaten(Fact, name="journal_test.FigEaten"):
    pieces: int = 1


def eat(count: int, *, now: datetime = NOW) -> None:
    facts = [FigEaten(org="demo", subject=f"fig:{n}", on=date(2020, 3, 1)) for n in range(count)]
    api.record_facts(facts, actor=api.SYSTEM, now=now)
    api.seal_pending(now=now)


def forget(last_seq: int) -> None:
    """Bring the journal back to an earlier state, as an older backup does."""
    from gongkai.journal.models import Entry, Seal

    with api.lifted_triggers():
        gone = Seal.objects.filter(seq__gt=last_seq)
        Entry.objects.filter(pk__in=gone.values("entry")).delete()
        gone.delete()


@pytest.mark.django_db
def test_tail_tells_an_older_state_what_it_lacks(tmp_path: Path) -> None:
    tail, heads = tmp_path / "tail", tmp_path / "heads"
    eat(3)
    assert api.append_tail(folder=tail, now=NOW) == 3
    assert api.append_tail(folder=tail, now=NOW) == 0
    assert api.find_later(tail=tail, heads=heads) is None
    eat(2, now=NOW + timedelta(days=1))
    assert api.append_tail(folder=tail, now=NOW - timedelta(days=9)) == 2, "a clock set back"
    head = api.publish_heads(folder=heads, now=NOW)
    assert head is not None
    assert set(head_files(heads)) == {head.seq}
    first = head.seq - 4
    forget(first + 2)
    later = api.find_later(tail=tail, heads=heads)
    assert later is not None
    assert (later.last_seq, later.newest_seq) == (first + 2, first + 4)
    assert [entry.subject for entry in later.entries] == ["fig:0", "fig:1"]
    only_heads = api.find_later(tail=None, heads=heads)
    assert only_heads is not None
    assert (only_heads.newest_seq, only_heads.entries) == (first + 4, ())
    with pytest.raises(api.TailDiffers, match="较早的状态"):
        api.append_tail(folder=tail, now=NOW)


@pytest.mark.django_db
def test_changed_line_and_half_line_are_noticed(tmp_path: Path) -> None:
    eat(4)
    api.append_tail(folder=tmp_path, now=NOW)
    path = next(tmp_path.glob("*.jsonl"))
    whole = path.read_text(encoding="utf-8")
    lines = whole.splitlines()
    first = json.loads(lines[0])["seq"]
    path.write_text(whole + '{"seq": 99', encoding="utf-8")
    assert api.append_tail(folder=tmp_path, now=NOW) == 0
    assert path.read_text(encoding="utf-8") == whole
    forget(first)
    path.write_text(whole.replace('"subject":"fig:2"', '"subject":"fig:7"'), encoding="utf-8")
    with pytest.raises(api.TailDiffers, match=f"第 {first + 2} 号"):
        api.find_later(tail=tmp_path, heads=None)
