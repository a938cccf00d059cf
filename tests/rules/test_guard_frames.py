"""Names that nobody listed in sentences that nobody listed: how many persons are found, and how rarely nobody is taken for one."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from gongkai.guard.api import Document, check, detectors
from gongkai.kernel.findings import Severity
from gongkai.kernel.regulations import read_yaml

FRAMES = Path(__file__).parent / "guard_frames.yaml"
_SEED = 20261123
# shares of a mixed register: plain names, drawn surname and given name, rare surnames, peoples without surnames, words
_KINDS = {"plain": 28, "drawn": 28, "rare": 14, "of_peoples": 16, "words": 14}
_LEAST = {"plain": 0.92, "drawn": 0.86, "rare": 0.86, "of_peoples": 0.83, "words": 0.42}
_CLEAN_PER_1000 = 0.5


def _name(draw: random.Random, names: dict[str, list[str]]) -> tuple[str, str]:
    kind = draw.choices(list(_KINDS), weights=list(_KINDS.values()))[0]
    if kind == "drawn":
        return kind, draw.choice(names["surnames"]) + draw.choice(names["given"])
    return kind, draw.choice(names[kind])


def _filled(
    draw: random.Random, frames: dict[str, Any], frame: str, illness: str = "illness"
) -> tuple[str, str]:
    kind, name = _name(draw, frames["names"])
    slots = frames["slots"]
    return kind, frame.format(
        name=name,
        other=draw.choice(frames["names"]["surnames"]) + draw.choice(frames["names"]["given"]),
        illness=draw.choice(slots[illness]),
        second=draw.choice(slots["illness"]),
        role=draw.choice(slots["role"]),
        town=draw.choice(slots["town"]),
        school=draw.choice(slots["school"]),
        word=draw.choice(frames["names"]["words"]),
    )


def _stops(text: str) -> bool:
    known = detectors()
    return any(
        item.detector.startswith("pii.") and known[item.detector].severity is Severity.BLOCK
        for item in check(Document.of_text(text))
    )


@pytest.fixture(scope="module")
def frames() -> dict[str, Any]:
    return dict(read_yaml(FRAMES))


def test_persons_are_found_whatever_their_name(frames: dict[str, Any]) -> None:
    draw = random.Random(_SEED)
    found = dict.fromkeys(_KINDS, 0)
    asked = dict.fromkeys(_KINDS, 0)
    for kinds, illness in (
        ("ill", "illness"),
        ("children", "child_illness"),
        ("births", "illness"),
        ("dwellings", "illness"),
    ):
        for frame in frames[kinds]:
            for _ in range(6):
                kind, text = _filled(draw, frames, frame, illness)
                asked[kind] += 1
                found[kind] += _stops(text)
    shares = {kind: found[kind] / asked[kind] for kind in _KINDS}
    assert {kind: share for kind, share in shares.items() if share < _LEAST[kind]} == {}


def test_people_at_work_and_words_are_left_alone(frames: dict[str, Any]) -> None:
    draw = random.Random(_SEED)
    written, alarms = 0, []
    for kinds, times in (("at_work", 6), ("words_as_words", 20), ("nobody", 1)):
        for frame in frames[kinds]:
            for _ in range(times):
                _, text = _filled(draw, frames, frame)
                written += len(text)
                if _stops(text):
                    alarms.append(text)
    assert len(alarms) / written * 1000 <= _CLEAN_PER_1000, alarms
