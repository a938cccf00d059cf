"""The nine types of institutions (九类医疗卫生机构), from `regulations/institution_types.yaml`."""

from __future__ import annotations

from functools import lru_cache

from gongkai.kernel.regulations import read_yaml, regulations_dir


@lru_cache(maxsize=1)
def institution_types() -> dict[str, str]:
    """Map each type's id to its Chinese name, in the order of the notice."""
    raw = read_yaml(regulations_dir() / "institution_types.yaml")
    return {str(row["id"]): str(row["name"]) for row in raw["institution_types"]}
