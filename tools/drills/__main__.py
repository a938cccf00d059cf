"""Carry drills out: `python -m tools.drills [NAME…] [--long] [--seed N] [--database sqlite|postgresql]`. Exit 1 when one is broken."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator

from tools.drills import LEFT_OUT, LONG_ONLY, NAMES
from tools.drills.ground import hold
from tools.homes import leave_folder, share_folder
from tools.postgres import NoPostgres, cluster

DATABASES = ("sqlite", "postgresql")


@contextlib.contextmanager
def on(database: str) -> Iterator[None]:
    """Let new homes use this database; PostgreSQL is a server of this run's own."""
    before = os.environ.pop("DATABASE_URL", None)
    share_folder()
    try:
        if database == "sqlite":
            yield
        else:
            with cluster() as url:
                os.environ["DATABASE_URL"] = url
                yield
    finally:
        leave_folder()
        os.environ.pop("DATABASE_URL", None)
        if before is not None:
            os.environ["DATABASE_URL"] = before


def _carry_out(names: list[str], *, long: bool, seed: int) -> list[str]:
    broken = []
    for name in names:
        print(f"==> {name}：{(NAMES | LONG_ONLY)[name]}", flush=True)
        begun = time.monotonic()
        outcome = hold(name, long=long, seed=seed, aloud=True, minutes=180 if long else 5)
        ended = {0: "守住了", LEFT_OUT: "没做"}.get(outcome.code, "未守住")
        if outcome.code not in (0, LEFT_OUT):
            broken.append(name)
            print(outcome.said, file=sys.stderr)
        print(f"    {ended}，{time.monotonic() - begun:.0f} 秒", flush=True)
    return broken


def main() -> int:
    """Run the wanted drills on the wanted databases."""
    parser = argparse.ArgumentParser(prog="script/drill", description="演练：故意出错，看该守住的是否守住")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="名称",
        help=f"只做这些：{'、'.join(NAMES)}；长演练另有 {'、'.join(LONG_ONLY)}",
    )
    parser.add_argument("--long", action="store_true", help="长演练（正式规模，用时以小时计）")
    parser.add_argument("--seed", type=int, default=1, help="骰子；出错时报告它，以便重现")
    parser.add_argument("--database", choices=DATABASES, help="只在这种数据库上做")
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in NAMES | (LONG_ONLY if given.long else {})]:
        parser.error(f"没有这个演练：{'、'.join(unknown)}")
    broken: list[str] = []
    for database in [given.database] if given.database else DATABASES:
        print(f"数据库：{database}", flush=True)
        once = list(LONG_ONLY) if given.long and database == DATABASES[0] else []
        try:
            with on(database):
                broken += [
                    f"{name}（{database}）"
                    for name in _carry_out(given.names or [*NAMES, *once], long=given.long, seed=given.seed)
                ]
        except NoPostgres as error:
            print(f"错误：{error}", file=sys.stderr)
            broken.append(database)
    print(f"未守住：{'、'.join(broken)}" if broken else "做了的全部守住")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
