"""Writing facts: inside the caller's transaction only, with the queue for sealing and the deliveries."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django_tasks_db.models import DBTaskResult

from gongkai.journal import api
from gongkai.journal.facts import Code, Fact
from gongkai.journal.models import Delivery, Entry, Pending
from gongkai.journal.services import deliver

NOW = datetime(2020, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
ACTOR = api.Actor(kind="user", user_id=7, role="reviewer", on_behalf_of=3)


class AppleEaten(Fact, name="journal_test.AppleEaten"):
    pieces: int
    weight: Decimal | None = None
    sort: Code = "red"


def eaten(number: int = 1, **more: object) -> AppleEaten:
    return AppleEaten(org="demo", subject=f"apple:{number}", on=date(2020, 3, 1), pieces=number, **more)


@pytest.mark.django_db(transaction=True)
def test_record_fact_outside_a_transaction_is_refused() -> None:
    with pytest.raises(api.OutsideTransaction):
        api.record_fact(eaten(), actor=ACTOR, now=NOW)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_record_fact_stores_canonical_body_and_actor() -> None:
    number = api.record_fact(eaten(3, weight=Decimal("1.50")), actor=ACTOR, now=NOW)
    row = Entry.objects.get(pk=number)
    assert row.body == '{"pieces":3,"sort":"red","weight":"1.50"}'
    (entry,) = api.entries(names=["journal_test.AppleEaten"])
    assert (entry.id, entry.at, entry.on, entry.actor, entry.org) == (
        number,
        NOW,
        date(2020, 3, 1),
        ACTOR,
        "demo",
    )
    assert entry.body == json.loads(row.body)
    assert Pending.objects.filter(entry=number).exists()


@pytest.mark.django_db(transaction=True)
def test_record_fact_rolls_back_with_its_act(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(deliver._HANDLERS, "journal_test.AppleEaten", ["gongkai.journal.tests.nowhere"])
    with transaction.atomic():
        api.record_fact(eaten(), actor=ACTOR, now=NOW)
        assert DBTaskResult.objects.count() == 1
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    assert not Pending.objects.exists()
    assert not Delivery.objects.exists()
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_record_facts_keeps_order_across_batches() -> None:
    ids = api.record_facts((eaten(n) for n in range(2500)), actor=api.SYSTEM, now=NOW)
    assert ids == sorted(ids)
    assert [e.body["pieces"] for e in api.entries(limit=2500)] == list(range(2500))
    assert Pending.objects.count() == 2500


@pytest.mark.django_db
def test_record_facts_with_handlers_enqueues_one_job_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(deliver._HANDLERS, "journal_test.AppleEaten", ["a.b", "c.d"])
    api.record_facts((eaten(n) for n in range(30)), actor=api.SYSTEM, now=NOW)
    assert Delivery.objects.count() == 60
    assert [job.task_path for job in DBTaskResult.objects.all()] == ["gongkai.journal.jobs.sweep"]


@pytest.mark.django_db
def test_record_fact_needs_an_aware_moment() -> None:
    with pytest.raises(ValueError, match="时区"):
        api.record_fact(eaten(), actor=ACTOR, now=datetime(2020, 1, 1))  # noqa: DTZ001


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET org = 'other'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
        "INSERT OR REPLACE INTO journal_entry SELECT id, name, 'other', subject, \"on\", at, actor_kind, actor_user_id,"
        " actor_role, actor_on_behalf_of, body FROM journal_entry",
    ],
)
def test_entries_cannot_be_changed_by_sql(statement: str) -> None:
    api.record_fact(eaten(), actor=ACTOR, now=NOW)
    only_for = {"TRUNCATE": "postgresql", "INSERT": "sqlite"}.get(statement.split()[0], connection.vendor)
    if only_for != connection.vendor:
        statement = "DELETE FROM journal_entry WHERE id > 0"
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Entry.objects.get().org == "demo"


@pytest.mark.parametrize("kind", ["robot", ""])
def test_actor_of_unknown_kind_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="行为人类别"):
        api.Actor(kind=kind)


def test_actor_user_needs_a_number() -> None:
    with pytest.raises(ValueError, match="人员编号"):
        api.Actor(kind="user")
    with pytest.raises(ValueError, match="人员编号"):
        api.Actor(kind="system", user_id=3)
