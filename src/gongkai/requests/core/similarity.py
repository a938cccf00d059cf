"""Which requests ask for the same thing (同一内容): without storage, by the two-sign pieces of what is asked."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

# What every request says, whatever it asks for (套话); particles join what they stand between.
_PHRASES = re.compile(
    r"请|申请人?|贵[局委单位]+|依法|公开|提供|获取|政府信息|有关|相关|关于|情况|材料|信息|内容|我们?|想要|希望|了解|知道|谢谢|您好|本人|因|需要|复印件|电子版|以及|及|和|与|等"
)
_PARTICLES = re.compile(r"[的了年度]")
_WORD = re.compile(r"\d+|[^\W\d_]+")


def pieces(text: str) -> frozenset[str]:
    """Return the two-sign pieces and the numbers of a text, without set phrases, punctuation and differences of width."""
    kept = _PARTICLES.sub("", _PHRASES.sub(" ", unicodedata.normalize("NFKC", text).lower()))
    found: set[str] = set()
    for word in _WORD.findall(kept):
        found |= {word} if word.isdigit() else {word[n : n + 2] for n in range(max(1, len(word) - 1))}
    return frozenset(found)


def alike(first: frozenset[str], second: frozenset[str], *, share: float) -> bool:
    """Tell whether two texts ask for the same: shared pieces over all pieces reach `share` (Jaccard)."""
    if not first or not second:
        return False
    shared = len(first & second)
    return shared >= share * (len(first) + len(second) - shared)


def groups(texts: Sequence[str], *, share: float) -> list[list[int]]:
    """Return the places of texts that ask for the same thing, as groups of two or more, in order of their first text.

    Every member is like the first of its group, so that a chain of small changes does not join what is not alike. Only texts
    that share one of their rarest pieces are compared (prefix filter: sets that are alike always do).
    """
    sets = [pieces(text) for text in texts]
    seen = Counter(piece for one in sets for piece in one)
    holders: dict[str, list[int]] = defaultdict(list)
    members_of: dict[int, list[int]] = {}
    for place, one in enumerate(sets):
        rare = sorted(one, key=lambda piece: (seen[piece], piece))[
            : len(one) - math.ceil(share * len(one)) + 1
        ]
        met = dict.fromkeys(leader for piece in rare for leader in holders[piece])
        first = min((leader for leader in met if alike(sets[leader], one, share=share)), default=None)
        if first is not None:
            members_of[first].append(place)
            continue
        members_of[place] = [place]
        for piece in rare:
            holders[piece].append(place)
    return [members for members in members_of.values() if len(members) > 1]
