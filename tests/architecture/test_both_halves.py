"""What must run on both databases does (ADR 16): every room's database tests, whole processes, and the walks named here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import conftest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(path.parent.name for path in (ROOT / "src/gongkai").glob("*/migrations"))
ON_BOTH = {
    "tests/journeys/test_first_light.py": {
        "test_word_file_goes_out_by_five_people_and_is_withdrawn_without_a_trace",
        "test_two_editors_saving_the_same_draft_second_is_told_and_loses_nothing",
    },
    "tests/journeys/test_year_closes.py": {
        "test_laboratory_results_become_a_public_table_with_chart_and_data",
        "test_office_closes_the_year_and_every_figure_opens_to_its_rows",
    },
    "tests/journeys/test_review_walk.py": {
        "test_emergency_goes_from_phone_to_phone_to_the_home_page_and_is_reviewed_afterwards"
    },
    "tests/journeys/test_audit_walk.py": {
        "test_auditor_finds_who_changed_a_sentence",
        "test_metrics_are_read_on_this_machine_only",
    },
    "tests/journeys/test_frame.py": {"test_health_check_of_the_running_site_is_good"},
    "src/gongkai/requests/tests/test_browser_walk.py": {
        "test_citizen_and_desk_walk_supplement_third_party_extension_partial"
    },
    "src/gongkai/project/tests/test_upgrade.py": {"test_upgrade_copies_first_and_leads_back"},
    "src/gongkai/project/tests/test_archiving.py": {
        "test_backup_and_restore_bring_back_everything_but_the_keys"
    },
    "src/gongkai/project/tests/test_export.py": {
        "test_export_describes_itself_and_keeps_secrets",
        "test_an_empty_machine_ends_with_the_same_public_tree",
    },
}
DATABASE_MARKS = ("django_db", "database")


def marks_of(path: Path) -> dict[str, set[str]]:
    """Return the marks of every test function of a file, with those of the whole file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    whole: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            whole = _marks(ast.unparse(node.value))
    return {
        node.name: whole | _marks(" ".join(ast.unparse(each) for each in node.decorator_list))
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def _marks(code: str) -> set[str]:
    return {mark for mark in (*DATABASE_MARKS, "once") if f"pytest.mark.{mark}" in code}


@pytest.mark.parametrize("name", sorted(ON_BOTH))
def test_named_walks_run_on_both(name: str) -> None:
    marks = marks_of(ROOT / name)
    assert marks.keys() >= ON_BOTH[name]
    assert not [test for test in ON_BOTH[name] if "once" in marks[test]]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_with_tables_has_tests_that_run_on_both(room: str) -> None:
    files = list((ROOT / "src/gongkai" / room).rglob("test_*.py"))
    both = [
        test
        for path in files
        for test, marks in marks_of(path).items()
        if marks & set(DATABASE_MARKS) and "once" not in marks
    ]
    assert len(both) >= 3, f"{room}: {both}"


def test_drills_that_break_a_database_run_on_both() -> None:
    from tests.drills.test_drills import ONCE
    from tools.drills import NAMES

    assert set(NAMES) - ONCE >= {
        "crash",
        "older_backup",
        "database_restart",
        "two_workers",
        "clerks",
        "replica",
    }


class Item:
    """As much of a collected test as the order of a run looks at."""

    def __init__(self, *marks: str, fixtures: tuple[str, ...] = ()) -> None:
        self.marks, self.fixturenames, self.nodeid = marks, fixtures, "a test"

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        """Return the mark with this name."""
        return getattr(pytest.mark, name).mark if name in self.marks else None


@pytest.mark.parametrize(
    ("item", "refused"),
    [
        (Item("once", "django_db"), True),
        (Item("once", fixtures=("db",)), True),
        (Item("once", "django_db", fixtures=("browser", "db")), False),
        (Item("once", fixtures=("live_site",)), False),
        (Item("once"), False),
        (Item("django_db"), False),
    ],
)
def test_a_database_test_without_a_browser_never_runs_once(item: Item, refused: bool) -> None:
    assert conftest.may_not_run_once(item) is refused  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "turn"),
    [
        (Item("slow", fixtures=("live_site", "browser")), 0),
        (Item(), 1),
        (Item("slow", "database"), 2),
        (Item("django_db"), 3),
        (Item(fixtures=("live_server", "db")), 4),
    ],
)
def test_order_of_a_run(item: Item, turn: int) -> None:
    assert conftest.turn_of(item) == turn  # type: ignore[arg-type]
