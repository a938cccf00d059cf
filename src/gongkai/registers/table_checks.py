"""What `journal verify` compares: rows with the newest fact that speaks of them."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.journal import api as journal
from gongkai.registers.core.rows import values_digest
from gongkai.registers.models import RegisterRow

_FACTS = ("registers.RowRecorded", "registers.RowRemoved")
TABLE = "registers_registerrow"


def differences_in_rows() -> Iterator[journal.Difference]:
    """Yield rows whose values, version or presence the newest fact of theirs does not bear out, and facts without a row."""
    newest: dict[str, journal.Entry] = {}
    for entry in journal.entries(names=_FACTS):
        newest[entry.subject] = entry
    for row in RegisterRow.objects.order_by("pk").iterator(chunk_size=2000):
        fact = newest.pop(f"row:{row.pk}", None)
        if fact is None:
            yield _difference(row.pk, "没有对应的事实")
        elif (fact.name == "registers.RowRemoved") != row.is_removed or fact.body[
            "row_version"
        ] != row.version:
            yield _difference(row.pk, "版本或删除状态与事实不一致")
        elif not row.is_removed and (
            fact.on != row.counted_on or not values_digest(row.values) == row.digest == fact.body["digest"]
        ):
            yield _difference(row.pk, "内容与事实不一致")
    for subject in sorted(newest):
        yield _difference(int(subject.removeprefix("row:")), "事实所指的行不在")


def _difference(key: int, problem: str) -> journal.Difference:
    return journal.Difference(kind=f"table.{TABLE}", where=f"{TABLE} {key}", message=problem)
