"""Who answers for an organisation on a day (职责承接): pure; where each stood and ended in, the chain of heirs out.

The closing day is an organisation's last day; from the next day on its heir answers, and where it has none the organisation above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an organisation hangs and whether it ended; `heir` is the one that took its duties over."""

    code: str
    parent: str | None
    closed_date: date | None = None
    heir: str | None = None

    def is_open_on(self, day: date) -> bool:
        """Tell whether it still acts for itself that day."""
        return self.closed_date is None or day <= self.closed_date


class NobodyAnswers(LookupError):
    """An ended organisation has neither heir nor anybody above; the message names it."""


def chain_on(code: str, day: date, ended: Mapping[str, Standing]) -> tuple[str, ...]:
    """Return the codes from the organisation to the one that answers for it that day; `ended` needs to hold only ended ones."""
    chain = [code]
    while (at := ended.get(chain[-1])) is not None and not at.is_open_on(day):
        following = at.heir or at.parent
        if following is None or following in chain:
            raise NobodyAnswers(f"机构 {at.code} 撤销后没有承接机构")
        chain.append(following)
    return tuple(chain)


def taken_over_by(code: str, day: date, ended: Mapping[str, Standing]) -> frozenset[str]:
    """Return the ended organisations whose heirs lead to this one that day; those that merely fell to their parent are not among them."""
    found = set()
    for other in ended:
        chain = chain_on(other, day, ended)
        by_heirs = all(ended[one].heir == following for one, following in pairwise(chain))
        if len(chain) > 1 and chain[-1] == code and by_heirs:
            found.add(other)
    return frozenset(found)
