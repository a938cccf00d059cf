"""Reasons for taking something down (撤回原因), from `regulations/withdrawal/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules


@dataclass(frozen=True, slots=True)
class WithdrawalReason:
    """One coded reason: `public_text` is what the tombstone says, `allows_erasure` whether the payload may go."""

    id: str
    name: str
    public_text: str
    allows_erasure: bool
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str = "national"


@lru_cache(maxsize=1)
def withdrawal_reasons() -> tuple[WithdrawalReason, ...]:
    """Return every reason, in the order of the file."""
    return load_rules("withdrawal", WithdrawalReason)


def withdrawal_reason(code: str) -> WithdrawalReason:
    """Return one reason. Raises LookupError with the list of codes."""
    for reason in withdrawal_reasons():
        if reason.id == code:
            return reason
    known = "、".join(reason.id for reason in withdrawal_reasons())
    raise LookupError(f"撤回原因“{code}”不在清单中；可用：{known}")
