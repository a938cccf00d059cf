"""The word lists (词表) of the guard: those of regulations/guard, with the office's own lists laid over them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gongkai.kernel.regulations import read_yaml, regulations_dir


@dataclass(frozen=True)
class Lexicon:
    """Lists by name, and the version that findings carry. `lists` is never changed after loading."""

    version: str
    lists: Mapping[str, Any]

    def __hash__(self) -> int:
        return hash(self.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and other.version == self.version

    def words(self, name: str) -> tuple[str, ...]:
        """Return a plain list by name; raises KeyError when no file holds it."""
        return tuple(self.lists[name])

    def pattern(self, name: str) -> str:
        """Return the words of a list as a regular expression, longest first."""
        return alternation(self.words(name))


def alternation(words: Mapping[str, Any] | tuple[str, ...] | list[str]) -> str:
    """Return an alternation of literal words, longest first, grouped by first character so that it scans fast."""
    import re

    by_first: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda text: (-len(text), text)):
        by_first.setdefault(word[0], []).append(word[1:])
    branches = []
    for first, rests in by_first.items():
        tails = "|".join(re.escape(rest) for rest in rests)
        branches.append(re.escape(first) + (f"(?:{tails})" if len(rests) > 1 else tails))
    return "(?:" + "|".join(branches) + ")"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _models(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.crfsuite"))


@lru_cache(maxsize=1)
def base_lexicon() -> Lexicon:
    """Read every list of regulations/guard; the version is derived from the contents of the files, the trained models among them."""
    folder = regulations_dir() / "guard"
    digest = hashlib.sha256()
    lists: dict[str, Any] = {}
    for path in _files(folder):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
        lists.update((read_yaml(path) or {}).get("lists") or {})
    for path in _models(folder):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return Lexicon(f"guard@{digest.hexdigest()[:12]}", lists)


@lru_cache(maxsize=8)
def _laid_over(overlay: str) -> Lexicon:
    base = base_lexicon()
    lists = dict(base.lists)
    for name, values in json.loads(overlay).items():
        if name not in lists:
            continue
        lists[name] = {**lists[name], **values} if isinstance(lists[name], dict) else [*lists[name], *values]
    digest = hashlib.sha256(overlay.encode()).hexdigest()[:8]
    return Lexicon(f"{base.version}+{digest}", lists)


def lexicon_for(extra: Mapping[str, Any]) -> Lexicon:
    """Return the lists with the office's own laid over: tables are merged by key, plain lists are lengthened."""
    if not extra:
        return base_lexicon()
    return _laid_over(json.dumps(dict(extra), ensure_ascii=False, sort_keys=True, default=str))


def read_overlay(folder: Path) -> dict[str, Any]:
    """Read the office's own lists, every `*.yaml` of a folder (`$GONGKAI_HOME/guard`); empty when there is none."""
    lists: dict[str, Any] = {}
    for path in _files(folder) if folder.is_dir() else []:
        lists.update((read_yaml(path) or {}).get("lists") or {})
    return lists
