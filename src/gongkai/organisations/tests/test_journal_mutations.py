"""Two hundred random mutations of the journal and of tables it accounts for: verification names each of them."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from gongkai.journal import api as journal
from gongkai.journal.core.chain import ENTRY_COLUMNS, GENESIS, seal_hash
from gongkai.journal.models import Entry, Pending, PublishedHead, Seal
from gongkai.journal.triggers import Trigger, expected_triggers
from gongkai.organisations.facts import UserEnabled
from gongkai.organisations.models import Organisation, Post, User
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

pytestmark = pytest.mark.django_db
Named = tuple[set[str], str]
"""Kinds of difference of which one must be reported, and a text that its `where` or `message` must hold."""


def _fill() -> None:
    """Make a journal with several sealed heads and a few entries that wait for their seal."""
    make_tree()
    people = [
        make_person(f"person{n}", ("section_editor", "demo-office"), ("reviewer", "demo-control"))
        for n in range(5)
    ]
    for round_number in range(4):
        with transaction.atomic():
            facts = [UserEnabled(org="demo", subject=f"user:{p.pk}", on=TODAY) for p in people]
            journal.record_facts(facts, actor=journal.SYSTEM, now=NOW)
        journal.seal_pending(now=NOW)
        journal.publish_heads(
            folder=settings.PUBLIC_DIR / "heads", now=NOW + timedelta(days=20 * round_number)
        )
    journal.record_fact(
        UserEnabled(org="demo", subject=f"user:{people[0].pk}", on=TODAY), actor=journal.SYSTEM, now=NOW
    )


def _sealed(rng: random.Random) -> Seal:
    return rng.choice(list(Seal.objects.all()))


def _recompute() -> None:
    prev = GENESIS
    for seal in Seal.objects.order_by("seq"):
        entry = Entry.objects.filter(pk=seal.entry).values(*ENTRY_COLUMNS).get()
        link = seal_hash(seq=seal.seq, entry=entry, prev=prev)
        Seal.objects.filter(pk=seal.pk).update(prev=prev, hash=link)
        prev = link


def edit_entry(rng: random.Random) -> Named:
    seal = _sealed(rng)
    change = rng.choice(
        [
            {"org": "other"},
            {"subject": "user:999"},
            {"name": "organisations.UserDisabled"},
            {"on": TODAY + timedelta(days=1)},
            {"at": NOW - timedelta(microseconds=1)},
            {"actor_kind": "citizen"},
            {"actor_user_id": 77},
            {"actor_role": "leader"},
            {"actor_on_behalf_of": 3},
            {"body": '{"x":1}'},
            {"body": "no json"},
            {"body": " " + Entry.objects.get(pk=seal.entry).body},
        ]
    )
    if Entry.objects.filter(pk=seal.entry, **change).exists():
        change = {"body": "{ }"}
    Entry.objects.filter(pk=seal.entry).update(**change)
    return {"entry_changed"}, str(seal.entry)


def remove_entry(rng: random.Random) -> Named:
    seal = _sealed(rng)
    Entry.objects.filter(pk=seal.entry).delete()
    return {"entry_removed"}, str(seal.entry)


def remove_last_entry(rng: random.Random) -> Named:
    seal = Seal.objects.order_by("-seq").first()
    Entry.objects.filter(pk=seal.entry).delete()
    return {"entry_removed"}, str(seal.entry)


def remove_tail(rng: random.Random) -> Named:
    """Remove the last entries with their seals, sometimes with the rows of the heads, sometimes with the newest file too."""
    seals = list(Seal.objects.order_by("-seq"))[: rng.randint(1, 4)]
    newest = PublishedHead.objects.order_by("-seq").first()
    Entry.objects.filter(pk__in=[s.entry for s in seals]).delete()
    Seal.objects.filter(pk__in=[s.pk for s in seals]).delete()
    traces = rng.randint(0, 2)
    if traces == 1:
        PublishedHead.objects.filter(seq__gt=seals[-1].seq - 1).delete()
    elif traces == 2:
        next((settings.PUBLIC_DIR / "heads").glob(f"*/*/*/{newest.seq:012d}.json")).unlink()
    return {"tail_removed"}, f"第 {newest.seq} 号"


def remove_waiting_entry(rng: random.Random) -> Named:
    number = Pending.objects.get().entry
    Entry.objects.filter(pk=number).delete()
    return {"entry_removed"}, str(number)


def insert_entry(rng: random.Random) -> Named:
    row = Entry.objects.get(pk=_sealed(rng).entry)
    row.pk = None
    row.save(force_insert=True)
    return {"entry_inserted"}, str(row.pk)


def hide_waiting(rng: random.Random) -> Named:
    number = Pending.objects.get().entry
    Pending.objects.all().delete()
    return {"entry_inserted"}, str(number)


def edit_seal(rng: random.Random) -> Named:
    seal = _sealed(rng)
    Seal.objects.filter(pk=seal.pk).update(**{rng.choice(["hash", "prev"]): f"{rng.getrandbits(256):064x}"})
    return {"entry_changed", "chain_broken"}, str(seal.seq)


def remove_seal(rng: random.Random) -> Named:
    seal = rng.choice(list(Seal.objects.order_by("-seq")[1:]))
    Seal.objects.filter(pk=seal.pk).delete()
    return {"seal_removed"}, str(seal.seq)


def swap_entries(rng: random.Random) -> Named:
    """Let two entries change places, contents and all."""
    first, second = rng.sample(list(Entry.objects.filter(pk__in=Seal.objects.values("entry"))), 2)
    while (first.name, first.subject, first.body) == (second.name, second.subject, second.body):
        first, second = rng.sample(list(Entry.objects.filter(pk__in=Seal.objects.values("entry"))), 2)
    values = [{c: getattr(row, c) for c in ENTRY_COLUMNS if c != "id"} for row in (first, second)]
    Entry.objects.filter(pk=first.pk).update(**values[1])
    Entry.objects.filter(pk=second.pk).update(**values[0])
    return {"entry_changed"}, str(rng.choice([first.pk, second.pk]))


def swap_seals(rng: random.Random) -> Named:
    first, second = rng.sample(list(Seal.objects.all()), 2)
    Seal.objects.filter(pk=first.pk).update(entry=-1)
    Seal.objects.filter(pk=second.pk).update(entry=first.entry)
    Seal.objects.filter(pk=first.pk).update(entry=second.entry)
    return {"entry_changed"}, str(first.seq)


def recompute_all(rng: random.Random) -> Named:
    """Edit an entry and recompute every seal after it: only the published heads remember."""
    seal = _sealed(rng)
    Entry.objects.filter(pk=seal.entry).update(org="forged")
    _recompute()
    newest = PublishedHead.objects.order_by("-seq").first()
    if rng.random() < 0.5:
        for head in PublishedHead.objects.all():
            PublishedHead.objects.filter(pk=head.pk).update(hash=Seal.objects.get(pk=head.pk).hash)
    return {"head_disagrees"}, f"第 {newest.seq} 号"


def _head_file(rng: random.Random) -> Path:
    return rng.choice(sorted((settings.PUBLIC_DIR / "heads").glob("*/*/*/[0-9]*.json")))


def remove_head_file(rng: random.Random) -> Named:
    path = _head_file(rng)
    path.unlink()
    return {"head_removed"}, path.name


def remove_head_folder(rng: random.Random) -> Named:
    path = _head_file(rng)
    shutil.rmtree(settings.PUBLIC_DIR / "heads")
    return {"head_removed"}, path.name


def edit_head_file(rng: random.Random) -> Named:
    path = _head_file(rng)
    document = json.loads(path.read_text())
    key = rng.choice(["hash", "seq", "entry", "at", "previous", "signature"])
    document[key] = document[key] + 1 if isinstance(document[key], int) else "A" + document[key][1:] + "A"
    path.write_text(rng.choice([json.dumps(document), "", "[]", "{"]))
    return {"head_forged"}, path.name


def edit_head_row(rng: random.Random) -> Named:
    head = rng.choice(list(PublishedHead.objects.all()))
    PublishedHead.objects.filter(pk=head.pk).update(entry=F("entry") + 1)
    return {"head_row_changed"}, str(head.seq)


def remove_head_row(rng: random.Random) -> Named:
    head = rng.choice(list(PublishedHead.objects.all()))
    PublishedHead.objects.filter(pk=head.pk).delete()
    return {"head_row_removed"}, str(head.seq)


def edit_post(rng: random.Random) -> Named:
    post = rng.choice(list(Post.objects.all()))
    change = rng.choice(
        [
            {"role": "leader"},
            {"to_date": TODAY},
            {"from_date": TODAY - timedelta(days=9)},
            {"organisation": Organisation.objects.get(code="other")},
        ]
    )
    Post.objects.filter(pk=post.pk).update(**change)
    return {"row_differs"}, f"organisations_post: {post.pk}"


def remove_post(rng: random.Random) -> Named:
    post = rng.choice(list(Post.objects.all()))
    number = post.pk
    post.delete()
    return {"row_missing"}, f"organisations_post: {number}"


def insert_post(rng: random.Random) -> Named:
    post = rng.choice(list(Post.objects.all()))
    post.pk = None
    post.role = "leader"
    post.save(force_insert=True)
    return {"row_unaccounted"}, f"organisations_post: {post.pk}"


def edit_organisation(rng: random.Random) -> Named:
    row = rng.choice(list(Organisation.objects.filter(parent__isnull=False)))
    change = rng.choice(
        [
            {"parent": Organisation.objects.get(code="other-office")},
            {"path": "/moved/away/"},
            {"closed_date": TODAY},
        ]
    )
    Organisation.objects.filter(pk=row.pk).update(**change)
    return {"row_differs"}, f"organisations_organisation: {row.code}"


def edit_user(rng: random.Random) -> Named:
    row = rng.choice(list(User.objects.all()))
    User.objects.filter(pk=row.pk).update(**rng.choice([{"is_active": False}, {"is_superuser": True}]))
    return {"row_differs"}, f"organisations_user: {row.pk}"


MUTATIONS: list[Callable[[random.Random], Named]] = [
    edit_entry, remove_entry, remove_last_entry, remove_tail, remove_waiting_entry, insert_entry, hide_waiting, edit_seal,
    remove_seal, swap_entries, swap_seals, recompute_all, remove_head_file, remove_head_folder, edit_head_file, edit_head_row,
    remove_head_row, edit_post, remove_post, insert_post, edit_organisation, edit_user,
]  # fmt: skip


def _drop_trigger(rng: random.Random) -> Trigger:
    trigger = rng.choice(expected_triggers(connection.vendor))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f'DROP TRIGGER "{trigger.name}"')
            if rng.random() < 0.5:
                harmless = f'CREATE TRIGGER "{trigger.name}" BEFORE UPDATE ON "{trigger.table}" WHEN 1 = 0 BEGIN SELECT 1; END'
                cursor.execute(harmless)
        elif rng.random() < 0.5:
            cursor.execute(f'ALTER TABLE "{trigger.table}" DISABLE TRIGGER "{trigger.name}"')
        else:
            cursor.execute(f'DROP TRIGGER "{trigger.name}" ON "{trigger.table}"')
    return trigger


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    _fill()
    kept = tmp_path / "heads"
    shutil.copytree(settings.PUBLIC_DIR / "heads", kept)
    return kept


def _restore(kept: Path) -> None:
    shutil.rmtree(settings.PUBLIC_DIR / "heads", ignore_errors=True)
    shutil.copytree(kept, settings.PUBLIC_DIR / "heads")


def test_untouched_journal_verifies(heads: Path) -> None:
    found = journal.verify()
    assert found.differences == ()
    assert found.ok
    assert found.first_bad is None
    assert found.entries == Entry.objects.count()
    assert {"journal_entry", "organisations_post"} <= set(found.tables_checked)


@pytest.mark.slow
def test_two_hundred_random_mutations_are_each_named(heads: Path) -> None:
    rng = random.Random(20200302)
    for number in range(200):
        mutate = MUTATIONS[number % len(MUTATIONS)] if number < 2 * len(MUTATIONS) else rng.choice(MUTATIONS)
        mark = transaction.savepoint()
        with journal.lifted_triggers():
            kinds, where = mutate(rng)
        found = journal.verify()
        exactly = re.compile(rf"(?<![0-9]){re.escape(where)}(?![0-9])")
        hits = [d for d in found.differences if d.kind in kinds and exactly.search(f"{d.where} {d.message}")]
        assert hits, (
            f"{number}: {mutate.__name__} is not named: wanted {kinds} {where}, found {found.differences[:3]}"
        )
        assert not found.ok
        assert found.first_bad is not None
        transaction.savepoint_rollback(mark)
        _restore(heads)
    assert journal.verify().ok


def test_dropped_disabled_or_hollow_triggers_are_named(heads: Path) -> None:
    rng = random.Random(7)
    for _ in range(25):
        mark = transaction.savepoint()
        trigger = _drop_trigger(rng)
        found = journal.verify()
        assert [(d.kind, trigger.name in d.where) for d in found.differences] == [("trigger_missing", True)]
        assert journal.install_triggers() == [trigger.name]
        assert journal.verify().ok
        transaction.savepoint_rollback(mark)


def test_recomputed_chain_with_recomputed_heads_is_found_by_a_kept_copy(heads: Path) -> None:
    """Whoever holds the key can rewrite everything here; a copy of the heads kept elsewhere still tells."""
    with journal.lifted_triggers():
        Entry.objects.filter(pk=Seal.objects.first().entry).update(actor_role="forged")
        _recompute()
        PublishedHead.objects.all().delete()
    shutil.rmtree(settings.PUBLIC_DIR / "heads")
    journal.publish_heads(folder=settings.PUBLIC_DIR / "heads", now=NOW)
    assert journal.verify().ok
    kinds = {d.kind for d in journal.verify(heads_folder=heads).differences}
    assert "head_disagrees" in kinds
