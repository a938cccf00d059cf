"""The catalogue tables of regulations/catalogue: complete, well-formed, honest about what is known."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from gongkai.kernel.regulations import regulations_dir
from gongkai.kernel.rules import Confidence

FOLDER = regulations_dir() / "catalogue"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


STANDARD, INSTITUTIONS = rows("standard.csv"), rows("institutions.csv")


@pytest.mark.parametrize(
    ("table", "count"), [(STANDARD, 230), (INSTITUTIONS, 114)], ids=["standard", "institutions"]
)
def test_every_row_is_there_once_and_full_width(table: list[dict[str, str]], count: int) -> None:
    assert len({row["row_id"] for row in table}) == len(table) == count
    for row in table:
        assert None not in row, row["row_id"]
        assert all(value is not None and value == value.strip() for value in row.values()), row["row_id"]


def test_standard_items_say_what_by_whom_until_when_and_how_sure() -> None:
    for row in STANDARD:
        for column in (
            "class_code",
            "level1",
            "level2",
            "elements",
            "basis",
            "discloser",
            "source",
            "confidence",
        ):
            assert row[column], (row["row_id"], column)
        assert row["elements_confidence"], row["row_id"]
        assert row["limit_general_wd"] == "20"
        assert row["limit_result_wd"] in {"", "7", "20"}
        assert bool(row["limit_result"]) is bool(row["limit_result_wd"]), row["row_id"]
        assert bool(row["official_code"]) is bool(row["code_status"]), row["row_id"]


def test_one_class_code_has_one_name() -> None:
    names: dict[str, set[str]] = {}
    for row in STANDARD:
        names.setdefault(row["class_code"], set()).add(row["level1"])
    assert all(len(found) == 1 for found in names.values())
    assert len(names) == 11


def test_institution_rows_use_the_house_words_of_confidence_and_real_dates() -> None:
    for row in INSTITUTIONS:
        assert Confidence(row["confidence"])
        assert row["evidence"], row["row_id"]
        assert row["source"], row["row_id"]
        begins, ends = (
            date.fromisoformat(row[key]) if row[key] else None for key in ("in_force_from", "in_force_to")
        )
        assert begins is None or ends is None or begins <= ends
        assert (row["time_limit_wd"] == "20") is ("20个工作日" in row["time_limit"])
