"""Deliveries: at least once, each handler by itself, failures counted, waited for and scrubbed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api
from gongkai.journal.facts import Fact
from gongkai.journal.jobs import dispatch, seal, sweep
from gongkai.journal.models import Delivery, Entry, PublishedHead, Seal
from gongkai.journal.services import deliver

NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)
CALLS: list[int] = []
PATH = "gongkai_test_deliver_handlers"


class PlumEaten(Fact, name="journal_test.PlumEaten"):
    pieces: int = 1


def plum() -> PlumEaten:
    return PlumEaten(org="demo", subject="plum:1", on=date(2020, 3, 1))


def note(entry: api.Entry) -> None:
    CALLS.append(entry.id)


def stumble(entry: api.Entry) -> None:
    raise RuntimeError("call 13800138000 for help")


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    import types

    module = types.ModuleType(PATH)
    module.note, module.stumble = note, stumble
    monkeypatch.setitem(sys.modules, PATH, module)
    monkeypatch.setitem(deliver._HANDLERS, "journal_test.PlumEaten", [f"{PATH}.stumble", f"{PATH}.note"])
    CALLS.clear()


@pytest.mark.django_db
def test_failing_handler_stops_no_other_and_waits() -> None:
    number = api.record_fact(plum(), actor=api.SYSTEM, now=NOW)
    dispatch.call(number)
    assert [number] == CALLS
    failed, done = Delivery.objects.order_by("id")
    assert done.done_at is not None
    assert (failed.done_at, failed.attempts) == (None, 1)
    assert "RuntimeError" in failed.reason
    assert "13800138000" not in failed.reason
    dispatch.call(number)
    assert [number] == CALLS
    assert Delivery.objects.get(pk=failed.pk).attempts == 1


@pytest.mark.django_db
def test_sweep_tries_again_when_the_time_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    number = api.record_fact(plum(), actor=api.SYSTEM, now=NOW)
    due = deliver.due_deliveries(now=NOW)
    assert deliver.deliver(list(due), now=NOW) == deliver.Delivered(done=1, failed=1)
    assert not deliver.due_deliveries(now=NOW + timedelta(seconds=4)).exists()
    monkeypatch.setattr(f"{PATH}.stumble", note)
    later = NOW + timedelta(seconds=6)
    assert deliver.deliver(deliver.due_deliveries(now=later), now=later) == deliver.Delivered(
        done=1, failed=0
    )
    assert [number, number] == CALLS
    assert not Delivery.objects.filter(done_at__isnull=True).exists()
    assert set(Delivery.objects.values_list("reason", flat=True)) == {""}


@pytest.mark.django_db
def test_delivery_whose_worker_died_is_taken_up_after_the_lease() -> None:
    api.record_fact(plum(), actor=api.SYSTEM, now=NOW)
    delivery = Delivery.objects.get(handler=f"{PATH}.note")
    assert deliver._claim(delivery, NOW)
    assert not deliver._claim(delivery, NOW + timedelta(minutes=9))
    assert deliver._claim(delivery, NOW + timedelta(minutes=10))


@pytest.mark.django_db
def test_delivery_of_a_killed_process_is_freed_at_once_and_of_a_living_one_is_not() -> None:
    number = api.record_fact(plum(), actor=api.SYSTEM, now=NOW)
    living, dead = api.this_process(), api.this_process() + "0"
    for holder, freed in ((living, 0), (dead, 1)):
        Delivery.objects.filter(handler__endswith="note").update(holder=holder, next_at=NOW + deliver.LEASE)
        assert api.take_back_deliveries(now=NOW) == freed
    due = deliver.due_deliveries(now=NOW, entry_id=number)
    assert due.filter(handler__endswith="note", holder="").exists()


@pytest.mark.django_db
def test_handler_that_no_longer_exists_is_a_failure_with_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(deliver._HANDLERS, "journal_test.PlumEaten", ["gongkai.nowhere.handle"])
    api.record_fact(plum(), actor=api.SYSTEM, now=NOW)
    assert sweep.call() == 0
    assert "ModuleNotFoundError" in Delivery.objects.get().reason


def test_on_fact_twice_is_once() -> None:
    api.on_fact("journal_test.PlumEaten", f"{PATH}.note")
    assert deliver.handlers_of("journal_test.PlumEaten").count(f"{PATH}.note") == 1


@given(st.integers(1, 500))
def test_waiting_grows_and_is_bounded(attempts: int) -> None:
    assert (
        deliver.FIRST_WAIT
        <= deliver.wait_after(attempts)
        <= deliver.wait_after(attempts + 1)
        <= deliver.LONGEST_WAIT
    )


@pytest.mark.django_db
def test_seal_job_seals_and_publishes_once() -> None:
    for _ in range(3):
        api.record_fact(plum(), actor=api.SYSTEM, now=NOW)
    assert seal.call() == 3
    assert seal.call() == 0
    assert list(Seal.objects.values_list("seq", flat=True)) == [1, 2, 3]
    assert PublishedHead.objects.get().entry == Entry.objects.order_by("-pk").first().pk
    assert api.verify().ok
