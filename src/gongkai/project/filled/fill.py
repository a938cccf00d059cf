"""Filling an empty home (造数): the demonstration authority and its catalogue, invented texts released in bulk, attachments, seals."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.portal.bench import payload
from gongkai.project import demonstration, home, wiring
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed
from gongkai.project.filled.marker import filled_with, mark_filled
from gongkai.project.filled.rows import row
from gongkai.records.bench_filling import RememberedNames, keep_tables, release_in_bulk

ORG, EDITOR = "demo", "editor"
CHUNK = 500
FILES_EVERY = 5
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
_FIRST, _LAST = datetime(2012, 1, 4, 1, 0, tzinfo=UTC), datetime(2026, 11, 18, 1, 0, tzinfo=UTC)


def measured(environment: Environment, count: int) -> Iterator[dict[str, Any]]:
    """Fill an empty home and yield how fast that went; a home that holds as many already is left as it is."""
    if filled_with(environment.home) == count:
        return
    begun = time.perf_counter()
    fill(environment, count, say=lambda text: print(text, file=sys.stderr, flush=True))
    rate = count / (time.perf_counter() - begun)
    yield row("project.fill", rate, "条/秒（造数，只为测量）", n=count)


def fill(environment: Environment, count: int, *, say: home.Say) -> None:
    """Put `count` public records into an empty home; each fifth has an attachment of its own. Builds nothing.

    Raises CommandFailed where something else lives.
    """
    home.prepare_home(environment, say=say)
    if environment.production or not home.is_empty():
        raise CommandFailed(
            "not_empty", "这里已有数据，不能用来测量", where=str(environment.home), remedy="请换一个空目录和空数据库"
        )  # fmt: skip
    home.mark_demonstration(environment)
    demonstration.load(now=NOW, content=False, say=say)
    wiring.disconnect()
    user, names = organisations.get_user(username=EDITOR), RememberedNames()
    with organisations.reading_once():
        for chunk in _chunks(count):
            release_in_bulk(org_code=ORG, texts=chunk, user=user, names=names)
            done = chunk[-1]["number"]
            if done % 10_000 == 0 or done == count:
                say(f"已造 {done} 条")
    journal.seal_pending(now=NOW)
    journal.publish_heads(folder=environment.public_dir / "heads", now=NOW)
    mark_filled(environment.home, count)


def _chunks(count: int) -> Iterator[list[dict[str, Any]]]:
    columns = [column.code for column in catalogue.list_columns(org_code=ORG)]
    items = [item.code for item in catalogue.list_items(org_code=ORG)]
    for start in range(1, count + 1, CHUNK):
        numbers = range(start, min(count + 1, start + CHUNK))
        tables = {_file_name(number): table_of(number) for number in numbers if number % FILES_EVERY == 0}
        digests = keep_tables(tables=tables, now=NOW)
        yield [_with_file(text_of(number, count, columns, items), digests) for number in numbers]


def text_of(number: int, count: int, columns: Sequence[str], items: Sequence[str]) -> dict[str, Any]:
    """Return record `number` of `count`: its text, days spread over fifteen years, one column and one item of the catalogue."""
    rng = random.Random(-number)  # noqa: S311  (invented content)
    made = payload(number)
    moment = _FIRST + (_LAST - _FIRST) * number / count
    fields = {key: made[key] for key in ("genre", "keywords", "summary")} | {
        "kind": "notice", "formed_date": moment.date() - timedelta(days=3), "topic_major": "卫生、体育", "topic_minor": "卫生",
        "columns": [rng.choice(columns)], "catalogue_codes": [rng.choice(items)],
        "expires_date": moment.date() + timedelta(days=1826) if number % 12 == 0 else None,
    }  # fmt: skip
    title = made["title"].replace("云溪区", "示范区")
    return {
        "number": number,
        "title": title,
        "blocks": made["blocks"],
        "fields": fields,
        "published_at": moment,
    }


def table_of(number: int) -> bytes:
    """Return the table of record `number`, unlike that of any other; 1 to 8 KB."""
    rows = range(30 + number % 370)
    return f"服务点（第{number}号）,本月\n".encode() + b"".join(
        b"%d,%d\n" % (n, number * n % 9973) for n in rows
    )


def _file_name(number: int) -> str:
    return f"附件明细表{number}.csv"


def _with_file(text: dict[str, Any], digests: dict[str, str]) -> dict[str, Any]:
    name = _file_name(text["number"])
    if name not in digests:
        return text
    attachment = {"type": "attachment", "sha256": digests[name], "name": name}
    return {**text, "blocks": [*text["blocks"], attachment]}
