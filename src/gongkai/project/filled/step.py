"""One step over a home, in a process of its own (分步测量): `python -m gongkai.project.filled.step STEP [ARGUMENT]` prints rows as JSON lines.

The home is GONGKAI_HOME, the database DATABASE_URL, as for every command. Beside each row stand the processor time since the row
before it and the load of the machine.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gongkai.project.django_setup import start_django


def main(arguments: list[str]) -> None:
    """Run the step and print its rows."""
    environment = start_django()
    from gongkai.project.filled import archive_rows, desk_rows, fill, public_rows

    def filling(count: str) -> Iterator[dict[str, Any]]:
        yield from fill.measured(environment, int(count))

    step, *rest = arguments
    beside = [Path(text) for text in rest]
    steps: dict[str, Any] = {
        "fill": lambda: filling(rest[0]),
        "build": lambda: public_rows.build(environment),
        "publish": lambda: public_rows.publications(environment),
        "withdraw": lambda: public_rows.withdrawals(environment),
        "search": lambda: public_rows.search(environment),
        "lists": lambda: desk_rows.lists(environment),
        "requests": lambda: desk_rows.requests_lists(environment),
        "back_scan": lambda: desk_rows.back_scan(environment),
        "scan_on": lambda: desk_rows.scan_on(environment),
        "backup": lambda: archive_rows.backup(environment, *beside),
        "export": lambda: archive_rows.export(environment, *beside),
        "restore": lambda: archive_rows.restore(environment, *beside),
        "import_export": lambda: archive_rows.import_export(environment, *beside),
    }
    before = _cpu_seconds()
    for row in steps[step]():
        after = _cpu_seconds()
        busy = {"cpu_seconds": round(after - before, 2), "load": round(os.getloadavg()[0], 1)}
        print(json.dumps(row | busy, ensure_ascii=False), flush=True)
        before = after


def _cpu_seconds() -> float:
    """Return the processor time that this process and its ended children have used: it says more than a clock on a busy machine."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main(sys.argv[1:])
