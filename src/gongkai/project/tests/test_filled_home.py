"""The home filled for measuring: what it holds is what real work would have left, and the rows are there."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from gongkai.journal import api as journal
from gongkai.journal.models import Delivery
from gongkai.project import wiring
from gongkai.project.environment import Environment, read_environment
from gongkai.project.failure import CommandFailed
from gongkai.project.filled import desk_rows, fill, measure
from gongkai.project.filled.marker import filled_with, mark_filled
from gongkai.project.filled.rows import Parts, p95
from gongkai.records import api as records

COUNT = 20


@pytest.fixture
def environment(tmp_path: Path, settings: Any) -> Environment:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PUBLIC_DIR = tmp_path / "public"
    return dataclasses.replace(read_environment({"GONGKAI_HOME": str(tmp_path)}), production=False)


@pytest.fixture
def filled(environment: Environment, monkeypatch: pytest.MonkeyPatch, db: None) -> Environment:
    monkeypatch.setattr("gongkai.project.home.prepare_home", lambda *_, **__: None)
    try:
        fill.fill(environment, COUNT, say=lambda _: None)
    finally:
        wiring.connect()
    return environment


def test_filled_home_is_what_real_work_would_have_left(filled: Environment) -> None:
    outcome = journal.verify(heads_folder=filled.public_dir / "heads")
    assert outcome.ok, outcome.differences[:3]
    released = list(records.iter_current_releases())
    assert len(released) == filled_with(filled.home) == COUNT
    assert all(release.payload and release.payload["blocks"] for release in released)
    assert sum(bool(release.payload["attachments"]) for release in released) == COUNT // fill.FILES_EVERY
    assert len({release.payload["index_number"] for release in released}) == COUNT
    assert [release.published_at for release in released] == sorted(r.published_at for r in released)
    assert not Delivery.objects.filter(done_at__isnull=True).exists(), "facts of a filling are told to nobody"
    rows = [*desk_rows.lists(filled), *desk_rows.requests_lists(filled)]
    assert {row["name"] for row in rows} >= {"project.desk.newest", "project.desk.requests.ledger"}
    assert {row["name"]: row["queries"] for row in rows if row["queries"] > 10} == {}
    with pytest.raises(CommandFailed, match="已有数据"):
        fill.fill(filled, COUNT, say=lambda _: None)
    assert list(fill.measured(filled, COUNT)) == []


class Steps:
    """Stands in for the processes of a run: notes what was asked and leaves what each step leaves."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def run(self, place: measure.Place, step: str, *arguments: object) -> list[dict[str, Any]]:
        self.asked.append((place.home.name, step))
        (place.home / "keys").mkdir(parents=True, exist_ok=True)
        if step == "fill":
            mark_filled(place.home, int(str(arguments[0])))
        value = 3.0 if place.home.name == "small" else 4.0
        return [{"name": f"project.{step}.p95", "value": value, "unit": "秒", "budget": "≤ 1", "met": None}]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Steps:
    found = Steps()
    monkeypatch.setattr(measure.Place, "run", lambda place, step, *more: found.run(place, step, *more))
    monkeypatch.setenv("GONGKAI_BENCH_HOME", str(tmp_path / "kept"))
    monkeypatch.delenv("GONGKAI_BENCH_DATABASE", raising=False)
    return found


def test_a_kept_home_is_filled_and_restored_once(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_BENCH_SIZE", "700")
    list(measure.measure("project.desk"))
    assert steps.asked == [
        ("office", "fill"), ("office", "backup"), ("restored", "restore"),
        ("restored", "lists"), ("restored", "requests"),
    ]  # fmt: skip
    steps.asked.clear()
    list(measure.measure("project.search"))
    assert steps.asked == [("restored", "search")]
    steps.asked.clear()
    list(measure.measure("project.import_export"))
    assert steps.asked == [("office", "export"), ("imported", "import_export")]


def test_publication_is_compared_with_a_small_site(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_BENCH_SIZE", "7000")
    rows = [row for row in measure.measure("project.publish") if row["name"].startswith("project.publish")]
    assert [place for place, step in steps.asked if step == "publish"] == ["small", "restored"]
    assert rows[-1]["ratio"] == pytest.approx(1.33)
    assert rows[-1]["met"] is True
    assert "1.5" in rows[-1]["budget"]


def test_parts_of_an_operation_add_up() -> None:
    parts = Parts("一")
    parts.next("二（3 步）")
    parts.next("一")
    seconds = parts.ended()
    assert set(seconds) == {"一", "二"}
    assert parts.ended() == seconds
    assert p95([float(n) for n in range(100)]) == 95
