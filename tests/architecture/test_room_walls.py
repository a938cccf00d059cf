"""The watch on queries over two rooms sees what it must see, and foreign keys across rooms offer no way back."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from tools.testing.room_walls import ROOMS, rooms_joined


@pytest.mark.parametrize(
    ("sql", "rooms"),
    [
        (
            'SELECT "records_record"."id" FROM "records_record" INNER JOIN "catalogue_item" ON (1=1)',
            {"records", "catalogue"},
        ),
        (
            'SELECT 1 FROM "records_record" WHERE EXISTS(SELECT 1 FROM "journal_entry")',
            {"records", "journal"},
        ),
        ('SELECT "records_record"."id" FROM "records_record" JOIN "records_release" ON (1=1)', set()),
        (
            'SELECT 1 FROM "wagtailcore_revision" JOIN "organisations_user" ON (1=1) JOIN "records_record" ON (1=1)',
            set(),
        ),
        ('INSERT INTO "records_record" SELECT 1 FROM "journal_entry"', set()),
    ],
)
def test_rooms_joined_names_rooms(sql: str, rooms: set[str]) -> None:
    assert rooms_joined(sql) == rooms


def test_table_names_start_with_their_room() -> None:
    """The watch knows rooms by their table names."""
    strange = [
        m._meta.db_table
        for room in ROOMS
        for m in apps.get_app_config(room).get_models()
        if not m._meta.db_table.startswith(f"{room}_")
    ]
    assert not strange


def test_keys_across_rooms_have_no_way_back() -> None:
    open_ways = []
    for model in apps.get_models():
        room = model._meta.app_label
        if room not in ROOMS:
            continue
        for field in model._meta.get_fields():
            other = getattr(field, "related_model", None)
            if field.auto_created or other is None or isinstance(other, str):
                continue
            crosses = other._meta.app_label in ROOMS and other._meta.app_label != room
            wagtails_own = not field.model.__module__.startswith("gongkai.") or field.name in {
                "locked_by",
                "owner",
            }
            if crosses and not wagtails_own and not field.remote_field.hidden:
                open_ways.append(f"{room}.{model.__name__}.{field.name}")
    assert not open_ways, 'related_name="+" is missing'


@pytest.mark.django_db
def test_watch_is_on() -> None:
    assert any(getattr(wrapper, "__name__", "") == "watch" for wrapper in connection.execute_wrappers)
