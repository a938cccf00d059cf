"""What `journal verify` compares: signatures of lists with the facts that speak of them."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.journal import api as journal
from gongkai.project.moving.models import MoveSignature


def differences_in_signatures() -> Iterator[journal.Difference]:
    """Yield signatures without their fact, facts without their signature, and those that say different things."""
    told = {
        (entry.subject, int(entry.body["round"]), str(entry.body["step"])): (
            str(entry.body["decision"]),
            str(entry.body["list_sha256"]),
            entry.actor.user_id,
        )
        for entry in journal.entries(names=("project.MoveSigned",))
    }
    for row in MoveSignature.objects.order_by("pk").iterator():
        key = (f"move:{row.move_id}", row.round, row.step)
        if told.pop(key, None) != (row.decision, row.list_sha256, row.user_id):
            yield _difference(row.pk, "与事实不一致")
    for subject, turn, step in sorted(told):
        yield _difference(0, f"{subject} 第 {turn} 次 {step} 的签署不在")


def _difference(key: int, problem: str) -> journal.Difference:
    return journal.Difference(
        kind="table.project_movesignature", where=f"project_movesignature {key}", message=problem
    )
