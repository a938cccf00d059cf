"""Who did it (行为人)."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("user", "system", "citizen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A member of staff (with the role used, and whom a deputy stands for), the system, or a citizen."""

    kind: str
    user_id: int | None = None
    role: str = ""
    on_behalf_of: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"行为人类别只能是 {'、'.join(KINDS)}，现在是「{self.kind}」")
        if (self.user_id is not None) != (self.kind == "user"):
            raise ValueError("只有工作人员才有人员编号，而且必须有")

    @classmethod
    def as_stored(cls, *, kind: str, user_id: int | None, role: str, on_behalf_of: int | None) -> Actor:
        """Return an actor as it was written down, unchecked: reading must not stop at an altered row."""
        actor = object.__new__(cls)
        for key, value in (
            ("kind", kind),
            ("user_id", user_id),
            ("role", role),
            ("on_behalf_of", on_behalf_of),
        ):
            object.__setattr__(actor, key, value)
        return actor


SYSTEM = Actor(kind="system")
