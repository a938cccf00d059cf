"""The guard against its facts: every example of the catalogue, severities, the labelled set, the page of figures."""

from __future__ import annotations

from collections import Counter

import pytest

from gongkai.guard import quality
from gongkai.guard.api import Context, Document, check, detectors
from gongkai.kernel.findings import Severity
from gongkai.kernel.regulations import read_yaml

CASES = list(quality.example_cases())


@pytest.mark.parametrize(
    ("name", "wanted", "document", "context"),
    CASES,
    ids=[f"{name}-{wanted}-{n}" for n, (name, wanted, _, _) in enumerate(CASES)],
)
def test_example_of_the_catalogue(name: str, wanted: bool, document: Document, context: Context) -> None:
    assert any(item.detector == name for item in check(document, context)) is wanted


def test_every_text_detector_of_the_catalogue_has_its_severity() -> None:
    known = detectors()
    facts = {entry["id"]: entry["severity"] for entry in read_yaml(quality.EXAMPLES)}
    text_ids = {name for name in facts if not name.startswith("att.")}
    assert text_ids == set(known)
    assert {name: str(known[name].severity) for name in text_ids} == {name: facts[name] for name in text_ids}


@pytest.fixture(scope="module")
def measured() -> quality.Measurement:
    return quality.measure()


def test_labelled_set_is_large_and_half_clean(measured: quality.Measurement) -> None:
    assert measured.snippets >= 300
    assert measured.clean_snippets >= measured.snippets * 0.45
    names = Counter(expected["detector"] for row in quality.labelled_rows() for expected in row["expect"])
    assert set(names) == set(detectors())


def test_blocking_detectors_reach_their_targets(measured: quality.Measurement) -> None:
    block = measured.by_severity[Severity.BLOCK]
    assert block.recall >= quality.BLOCK_RECALL
    assert block.precision >= quality.BLOCK_PRECISION
    assert measured.by_severity[Severity.WARN].precision >= 0.9


def test_text_that_nobody_learned_from_does_not_fall_behind(measured: quality.Measurement) -> None:
    # the target of 0.98 is not reached here: these are the figures that may only rise
    assert measured.held_back.recall >= 0.9
    assert measured.held_back.precision >= 0.95


def test_clean_text_is_left_alone(measured: quality.Measurement) -> None:
    assert measured.clean_characters >= 100_000
    assert measured.false_alarms_per_1000 <= quality.FALSE_ALARMS_PER_1000


def test_page_of_figures_is_current(measured: quality.Measurement) -> None:
    assert quality.DOC.read_text(encoding="utf-8") == quality.as_markdown(measured), (
        "请运行 gongkai guard-quality"
    )


def test_wilson_interval_holds_the_share() -> None:
    low, high = quality.wilson(98, 100)
    assert low < 0.98 < high
    assert quality.wilson(0, 0) == (0.0, 1.0)
    assert quality.wilson(50, 50)[1] == 1.0
