"""Separation of duties (职责分离): who may not sign, whatever their role."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

Refusal = Literal["author", "signed_other_step"]


def refuse_signer(
    *,
    persons: Collection[int],
    authors: Collection[int],
    signed_at: Mapping[str, Collection[int]],
    step_name: str,
) -> Refusal | None:
    """Tell why these persons may not sign the step, None when they may.

    `persons` are the one who acts and the one they stand in for (a deputy counts as the person replaced). `authors` are
    all who saved the text since the last release, with those they stood in for. `signed_at` maps the name of each step
    of this round to the persons who signed there; signing a second kind of the *same* step is allowed.
    """
    acting = set(persons)
    if acting & set(authors):
        return "author"
    for name, signers in signed_at.items():
        if name != step_name and acting & set(signers):
            return "signed_other_step"
    return None
