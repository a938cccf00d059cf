"""Rules for accounts (账号安全口径), from `regulations/accounts.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.regulations import read_yaml, regulations_dir


@dataclass(frozen=True, slots=True)
class AccountRules:
    """Lengths in signs, ages in days (0 = no limit), roles that must use one-time codes."""

    password_min_length: int
    password_character_kinds: int
    password_history: int
    password_max_age_days: int
    totp_required_roles: frozenset[str]
    recovery_codes: int


@lru_cache(maxsize=1)
def account_rules() -> AccountRules:
    """Return the rules in force, read once."""
    raw = read_yaml(regulations_dir() / "accounts.yaml")
    return AccountRules(
        password_min_length=int(raw["password_min_length"]),
        password_character_kinds=int(raw["password_character_kinds"]),
        password_history=int(raw["password_history"]),
        password_max_age_days=int(raw["password_max_age_days"]),
        totp_required_roles=frozenset(map(str, raw["totp_required_roles"])),
        recovery_codes=int(raw["recovery_codes"]),
    )


def character_kinds(password: str) -> int:
    """Return how many of upper case, lower case, digits and other signs a password holds."""
    tests = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
    return sum(any(test(c) for c in password) for test in tests)
