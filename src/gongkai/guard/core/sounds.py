"""Like sounds (音近): toneless readings, with zh/z, ch/c, sh/s, n/l and -ng/-n taken as one."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=50_000)
def sounds_alike(one: str, other: str) -> bool:
    """Tell whether two characters may be typed for each other by ear."""
    return not _sounds(one).isdisjoint(_sounds(other))


@lru_cache(maxsize=20_000)
def _sounds(char: str) -> frozenset[str]:
    """Return the toneless readings of a character, folded."""
    from pypinyin import Style, pinyin  # its tables take as long to load as a sixth of the whole program

    readings = pinyin(char, style=Style.NORMAL, heteronym=False)[0]
    folded = set()
    for reading in readings:
        sound = re.sub(r"^(z|c|s)h", r"\1", reading)
        folded.add(re.sub(r"(?<=[aei])ng$", "n", re.sub(r"^n(?=[aeiouv])", "l", sound)))
    return frozenset(folded)
