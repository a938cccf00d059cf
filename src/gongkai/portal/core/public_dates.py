"""Dates still to come that a public record itself names (公开日期): when it takes force, when its validity or publicity period ends."""

from __future__ import annotations

from datetime import date

from gongkai.portal.core.values import Card

LIST = "dated:all/"
STANDING = ("valid", "amended", "pending")
EFFECTIVE, EXPIRES, PUBLICITY = "effective", "expires", "publicity"
WORDS = {EFFECTIVE: "开始施行", EXPIRES: "有效期届满", PUBLICITY: "公示（公告）期满"}


def public_dates(card: Card) -> tuple[tuple[date, str], ...]:
    """Return the days and what happens on them: the day of force only when it lies after the first publication.

    Nothing of a withdrawn record, and of one that is no longer in force.
    """
    if card.withdrawn or card.validity not in STANDING:
        return ()
    found = []
    effective, expires = _day(card.effective_date), _day(card.expires_date)
    if effective and card.effective_date[:10] > card.first_published_at[:10]:
        found.append((effective, EFFECTIVE))
    if expires:
        found.append((expires, PUBLICITY if card.kind == "announcement" else EXPIRES))
    return tuple(found)


def dated_lists(card: Card) -> tuple[str, ...]:
    """Return the lists, one a month, that a record stands in for its dates."""
    return tuple(f"{LIST}{day.isoformat()[:7]}" for day, _ in public_dates(card))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
