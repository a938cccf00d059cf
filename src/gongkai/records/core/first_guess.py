"""What a title and the name of its body say about a new draft (初判): kind, genre, topic; the editor may change all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules
from gongkai.records.core.kinds import GENRES

_NOTE_AT_END = re.compile(r"\s*[（(][^（()）]{1,30}[)）]$")
_PASSED_ON = re.compile(r"(?:印发|转发|发布|下发)(.{3,}?)的(?:通知|通告|公告|函)$")


@dataclass(frozen=True, slots=True)
class TitleRule:
    """One kind and the words that tell it; see `regulations/drafting/kinds.yaml`."""

    id: str
    kind: str
    basis: tuple[str, ...]
    confidence: Confidence
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    scope: str = "national"

    def fits(self, title: str) -> bool:
        """Tell whether the bare title has the rule's words."""
        return title.endswith(self.ends) or any(word in title for word in self.contains)


@dataclass(frozen=True, slots=True)
class TopicDefault:
    """The topic a draft of bodies with these words in their name begins with."""

    id: str
    names: tuple[str, ...]
    major: str
    minor: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str = "national"


@lru_cache(maxsize=1)
def title_rules() -> tuple[TitleRule, ...]:
    """Return the rules on titles in the order in which they are tried."""
    return load_rules("drafting", TitleRule, only=("kinds.yaml",))


@lru_cache(maxsize=1)
def topic_defaults() -> tuple[TopicDefault, ...]:
    """Return the rules on the first topic."""
    return load_rules("drafting", TopicDefault, only=("topics.yaml",))


def kind_of_title(title: str) -> str | None:
    """Return the kind that a title makes evident, None when it says nothing."""
    bare = _bare(title)
    passed_on = _PASSED_ON.search(bare)
    for text in ([_bare(passed_on[1])] if passed_on else []) + [bare]:
        for rule in title_rules():
            if rule.fits(text):
                return rule.kind
    return None


def genre_of_title(title: str) -> str | None:
    """Return the genre (文种、体裁) with which a title ends, None when it ends otherwise."""
    bare = _bare(title)
    return next((genre for genre in GENRES if genre != "其他" and bare.endswith(genre)), None)


def topic_of_body(name: str) -> dict[str, str] | None:
    """Return the topic a draft of the body of this name begins with, None without a default."""
    for rule in topic_defaults():
        if any(word in name for word in rule.names):
            return {"major": rule.major, "minor": rule.minor}
    return None


def _bare(title: str) -> str:
    """Return a title without blanks, notes in brackets at its end and the marks of a book title around it."""
    bare = re.sub(r"\s", "", title)
    while (shorter := _NOTE_AT_END.sub("", bare).rstrip("》”")) != bare:
        bare = shorter
    return bare.removeprefix("《")
