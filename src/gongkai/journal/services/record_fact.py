"""Write facts (记账): inside the caller's transaction, with the jobs that tell other rooms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from gongkai.journal.core.actor import Actor
from gongkai.journal.core.canonical import canonical_json
from gongkai.journal.facts import FACTS, Fact
from gongkai.journal.models import Entry, Pending
from gongkai.journal.services.deliver import plan_deliveries

BATCH = 1000


class OutsideTransaction(RuntimeError):
    """A fact was to be written outside a transaction: it could survive an act that did not happen."""

    code = "journal.outside_transaction"


def _entry(fact: Fact, actor: Actor, now: datetime) -> Entry:
    if FACTS.get(fact.fact_name) is not type(fact):
        raise TypeError(f"{type(fact).__qualname__} 不是已登记的事实")
    if now.tzinfo is None:
        raise ValueError("记录时间必须带时区")
    fact.check_values()
    return Entry(
        name=fact.fact_name,
        org=fact.org,
        subject=fact.subject,
        on=fact.on,
        at=now,
        actor_kind=actor.kind,
        actor_user_id=actor.user_id,
        actor_role=actor.role,
        actor_on_behalf_of=actor.on_behalf_of,
        body=canonical_json(fact.body()),
    )


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("事实必须与所记的行为在同一事务中写入：请在 transaction.atomic() 之内记账")


def record_fact(fact: Fact, *, actor: Actor, now: datetime) -> int:
    """Write one fact and return the id of its entry.

    `now` is the aware moment of writing; the day the fact counts for is `fact.on`. The entry, its place in the queue
    for sealing and the deliveries to handlers commit or roll back with the caller's transaction.

    Raises:
        OutsideTransaction: no transaction is open.
        FactInvalid: a value does not fit its declared type.
    """
    _require_transaction()
    entry = _entry(fact, actor, now)
    entry.save(force_insert=True)
    Pending.objects.bulk_create([Pending(entry=entry.pk)])
    plan_deliveries([entry], now=now)
    return int(entry.pk)


def _wait_for_seal(entries: list[int]) -> None:
    """Put many entries into the queue for sealing; plain values, since imports bring a hundred thousand."""
    table = connection.ops.quote_name(Pending._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} (entry) VALUES (%s)", [(entry,) for entry in entries])  # noqa: S608


def record_facts(facts: Iterable[Fact], *, actor: Actor, now: datetime) -> list[int]:
    """Write many facts of one act (imports) and return the ids of their entries, in order; as `record_fact` else."""
    _require_transaction()
    ids: list[int] = []
    batch: list[Entry] = []

    def flush() -> None:
        Entry.objects.bulk_create(batch)
        _wait_for_seal([int(entry.pk) for entry in batch])
        plan_deliveries(batch, now=now)
        ids.extend(int(entry.pk) for entry in batch)
        batch.clear()

    for fact in facts:
        batch.append(_entry(fact, actor, now))
        if len(batch) >= BATCH:
            flush()
    if batch:
        flush()
    return ids
