"""What is read of organisations and posts once, and when it is read again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from gongkai.organisations import api
from gongkai.organisations.memory import _may_change
from gongkai.organisations.models import Organisation, Post, User
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

LATER = TODAY + timedelta(days=10)


@pytest.fixture
def editor(db: None) -> User:
    """Return a section editor of an invented authority."""
    make_tree()
    return make_person("alpha", ("section_editor", "demo-office"))


def may_create(person: User) -> bool:
    """Ask for the right that the post gives."""
    return api.may(user=person, action="create", kind="record", org_code="demo-office", today=LATER)


def test_within_a_block_everything_is_read_once(editor: User) -> None:
    with api.reading_once():
        answers = (
            may_create(editor),
            api.roles_of(user=editor, today=LATER),
            api.authority_of(code="demo-office"),
        )
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            api.reading_once(),
        ):
            assert (may_create(editor), api.roles_of(user=editor, today=LATER)) == answers[:2]
            assert api.authority_of(code="demo-office") == answers[2]
        assert not queries.captured_queries
    assert answers[2].code == "demo"
    with CaptureQueriesContext(connection) as queries:
        may_create(editor)
    assert queries.captured_queries, "outside a block the answer is always of now"


CHANGES: dict[str, Callable[[User], object]] = {
    "service": lambda person: api.end_post(
        post_id=Post.objects.get(user=person).pk, last_date=TODAY, today=LATER, now=NOW
    ),
    "queryset": lambda person: Post.objects.filter(user=person).update(to_date=TODAY),
    "bulk": lambda person: Post.objects.filter(user=person).delete(),
    "raw": lambda person: connection.cursor().execute('UPDATE "organisations_post" SET to_date = from_date'),
}


@pytest.mark.parametrize("way", CHANGES)
def test_a_right_that_ends_within_the_block_is_gone_at_once(editor: User, way: str) -> None:
    with api.reading_once():
        assert may_create(editor)
        CHANGES[way](editor)
        assert not may_create(editor)


def test_what_was_rolled_back_is_not_remembered(editor: User) -> None:
    with api.reading_once():
        with transaction.atomic():
            Organisation.objects.filter(code="demo-office").update(name="综合科")
            assert api.get_organisation(code="demo-office").name == "综合科"
            transaction.set_rollback(True)
        assert api.get_organisation(code="demo-office").name == "办公室"


def test_an_unknown_organisation_is_asked_for_again(editor: User) -> None:
    with api.reading_once():
        assert not api.may(user=editor, action="view", kind="record", org_code="new", today=LATER)
        api.create_organisation(
            code="new", name="新设科", kind="section", parent_code="demo", today=TODAY, now=NOW
        )
        assert api.get_organisation(code="new").name == "新设科"


@pytest.mark.parametrize(
    ("sql", "again"),
    [
        ('SELECT 1 FROM "records_recordstate" WHERE id = 1 FOR UPDATE', True),
        ('SELECT 1 FROM "requests_case" FOR UPDATE OF "requests_case"', True),
        ("BEGIN IMMEDIATE", True),
        ("SELECT pg_advisory_xact_lock(%s)", True),
        ('ROLLBACK TO SAVEPOINT "s1"', True),
        ('INSERT INTO "organisations_post" ("id") VALUES (1)', True),
        ('SELECT "organisations_post"."id" FROM "organisations_post"', False),
        ('INSERT INTO "records_review" ("id") VALUES (1)', False),
        ('SAVEPOINT "s1"', False),
    ],
)
def test_whoever_waits_for_a_lock_reads_again(sql: str, again: bool) -> None:
    assert _may_change(sql) is again
