"""The two small models: what they read, what they are trained from, and that they never stumble."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.guard import training
from gongkai.guard.api import Document, Part, check, check_text
from gongkai.guard.core import name_reader
from gongkai.guard.core.lexicon import base_lexicon
from gongkai.guard.core.name_reader import LONGEST, features, read_names
from gongkai.guard.detectors import told_weighing


def _names(sentence: str) -> list[str]:
    return [sentence[start:end] for start, end in read_names(sentence).spans]


def _told(text: str) -> bool:
    return any(finding.detector == "pii.health_condition" for finding in check_text(text))


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("村民郭秀莲因脑梗死住院十二天，家中无人照料。", ["郭秀莲"]),
        ("牧民才让卓玛去年查出包虫病。", ["才让卓玛"]),
        ("冬季应注意保暖，高血压患者按时服药。", []),
        ("左肩放射痛持续不缓解应立即就医。", []),
    ],
)
def test_names_are_read_by_what_stands_around_them(sentence: str, names: list[str]) -> None:
    assert _names(sentence) == names


@pytest.mark.parametrize(
    "text",
    [
        "走访中了解到，村民郭秀莲去年做了乳腺癌手术，至今仍在服药。",
        "申请人贺国强称，其妻毛小翠瘫痪在床已有三年。",
    ],
)
def test_illness_told_of_somebody_is_found(text: str) -> None:
    assert _told(text)


@pytest.mark.parametrize(
    "text",
    [
        "副主任医师郭秀莲介绍，乳腺癌早期多无症状，建议每年检查一次。",
        "胸痛持续不缓解并向左肩放射痛，要警惕急性心肌梗死。",
        "夜间透析开通后，上班族患者白天可以安心工作。",
    ],
)
def test_people_at_work_and_pieces_of_words_are_left_alone(text: str) -> None:
    assert not _told(text)


@given(st.text(max_size=80))
def test_any_text_is_read_without_stumbling(text: str) -> None:
    names = read_names(text)
    assert len(names.inside) == len(names.begins) == len(text)
    assert all(0 <= start < end <= len(text) for start, end in names.spans)
    assert all(-1e-6 <= share <= 1 + 1e-6 for share in (*names.inside, *names.begins))


@pytest.fixture
def threads_take_short_turns() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.00001)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_take_short_turns")
def test_several_threads_read_without_disturbing_each_other() -> None:
    texts = [
        f"村民{name}因脑梗死住院{days}天。"
        for name in ("郭秀莲", "贺国强", "毛小翠")
        for days in range(2, 22)
    ]
    alone = [name_reader.names_by(name_reader._tagger(), text) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        together = list(
            threads.map(lambda text: name_reader.names_by(name_reader._tagger(), text), texts * 3)
        )
    assert together == alone * 3


def test_a_line_of_data_is_not_read() -> None:
    assert read_names("王" * (LONGEST + 1)).spans == ()
    assert len(features("王小明")) == 3


def test_the_models_count_in_the_version_of_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "guard"
    folder.mkdir()
    (folder / "words.yaml").write_text("lists: {some: [字]}\n", encoding="utf-8")
    monkeypatch.setattr("gongkai.guard.core.lexicon.regulations_dir", lambda: tmp_path)
    versions = []
    for content in (b"one", b"two"):
        (folder / "names.crfsuite").write_bytes(content)
        base_lexicon.cache_clear()
        versions.append(base_lexicon().version)
    base_lexicon.cache_clear()
    assert versions[0] != versions[1]


def test_a_long_table_of_stories_is_told_of_cell_by_cell_up_to_a_limit() -> None:
    rows = [("序号", "科室", "说明")]
    rows += [
        (str(n), "内科", f"第{n}项，患者王小明因脑梗死于2026年3月住院治疗")
        for n in range(told_weighing.MOST_CELLS + 40)
    ]
    text = "\n".join("\t".join(row) for row in rows)
    found = check(Document((Part("sheet:1", text, table=tuple(rows), kind="table"),)))
    ill = [finding for finding in found if finding.detector == "pii.health_condition"]
    assert len(ill) == told_weighing.MOST_CELLS


_SENTENCE = training.Marked("患者甘小满和村医宁国栋来了。", ((2, 5, "p"), (8, 11, "s")))


def test_marked_names_stand_where_the_tags_say() -> None:
    assert "".join(training.tags_of(_SENTENCE)) == "OOBIIOOOBIIOOO"
    assert training.places_of(_SENTENCE.text, {"甘小满": "p", "宁国栋": "s", "小满": "n"}) == _SENTENCE.names


@given(st.integers(0, 10_000))
def test_other_names_take_the_same_places(seed: int) -> None:
    import random

    substitutes = training._Substitutes(random.Random(seed), ["谷雨"])
    other = training.with_other_names(_SENTENCE, substitutes)
    assert [mark for *_, mark in other.names] == ["p", "s"]
    (a, b, _), (c, d, _) = other.names
    assert other.text[:a] == "患者"
    assert other.text[b:c] == "和村医"
    assert other.text[d:] == "来了。"


def test_a_reader_is_trained_from_labels_and_names(tmp_path: Path) -> None:
    texts = [f"村民{name}因病住院。" for name in ("甘小满", "宁国栋", "郭秀莲", "贺国强")]
    rows = [
        {"id": f"q{n}", "parts": [{"name": "text", "text": text}], "expect": []}
        for n, text in enumerate(texts)
    ]
    labelled = tmp_path / "guard_labelled_q.jsonl"
    labelled.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    names = {f"q{n}": {text[2:5]: "p"} for n, text in enumerate(texts)}
    model = tmp_path / "names.crfsuite"
    assert training.train_reader([labelled], names, model, iterations=20) == 20
    reader = training._tagger(model)
    read = training.names_by(reader, "村民毛小翠因病住院。")
    assert read.spans == ((2, 5),)


def test_every_marked_name_belongs_to_a_snippet_and_stands_in_it() -> None:
    texts = {row["id"]: "\n".join(part["text"] for part in row["parts"]) for row in training.labelled_rows()}
    for identifier, names in training.marked_names().items():
        plain = texts[identifier].replace("\t", "|")
        missing = [name for name in names if name not in texts[identifier] and name not in plain]
        assert not missing, (identifier, missing)
