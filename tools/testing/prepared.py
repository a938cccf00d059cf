"""The set-up home as the beginning of every test database: the migrations then find nothing to do."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from tools.homes import leave_folder, set_up_home, share_folder


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all workers of this run share; they inherit its name."""
    if not hasattr(config, "workerinput"):
        share_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the shared folder when the run is over."""
    if not hasattr(config, "workerinput"):
        leave_folder()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Let the test database begin as a copy of the one that was set up: the migrations then find nothing to do."""
    from django.db import connection

    home, template = set_up_home()
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template
        yield
        return
    creation = connection.creation
    create = creation._create_test_db

    def copied(*arguments: object, **named: object) -> str:
        name = str(create(*arguments, **named))
        with (
            contextlib.closing(sqlite3.connect(home / "gongkai.sqlite3")) as source,
            contextlib.closing(sqlite3.connect(name)) as target,
        ):
            source.backup(target)
        return name

    creation._create_test_db = copied
    yield
    del creation._create_test_db
