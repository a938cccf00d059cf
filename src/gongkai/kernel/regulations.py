"""Finding and reading the rule files (法规数据). Law is data: see docs/architecture.md and regulations/README.md."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RegulationMissing(LookupError):
    """A rule file or rule that the program needs is not there."""


@lru_cache(maxsize=1)
def regulations_dir() -> Path:
    """Return the folder that holds the rule files.

    `GONGKAI_REGULATIONS` names another folder; else the one inside the installed package; else the one of the checkout.
    Raises RegulationMissing when none exists.
    """
    named = os.environ.get("GONGKAI_REGULATIONS")
    here = Path(__file__).resolve()
    candidates = (
        [Path(named)] if named else [here.parents[1] / "regulations", here.parents[3] / "regulations"]
    )
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise RegulationMissing(
        f"找不到法规数据目录：{'、'.join(map(str, candidates))}；请检查 GONGKAI_REGULATIONS"
    )


def read_yaml(path: Path) -> Any:
    """Read one YAML file with the safe loader; errors name the file, line and column."""
    with path.open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=_LOADER)  # noqa: S506  (a safe loader, in C when present)
