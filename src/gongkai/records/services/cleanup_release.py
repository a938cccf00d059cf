"""When the result of a clean-up is public (清理结果公布): what was signed and waited for it goes out, by the same gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gongkai.records.core.errors import RecordError
from gongkai.records.core.states import State
from gongkai.records.models import CleanupRound, RecordState
from gongkai.records.services.cleanup_list import changed_items
from gongkai.records.services.publish import publish


def publish_prepared(*, round_id: int, now: datetime) -> Iterator[tuple[int, RecordError | None]]:
    """Let out what was signed and only waited for the result; yield record id and None, or why the gate stayed closed.

    Each is a transaction of its own; what is not fully signed yet goes out by hand when it is. Twice does nothing more.
    """
    turn = CleanupRound.objects.filter(pk=round_id, state="announced").first()
    if turn is None:
        return
    for item, _, _ in changed_items(turn):
        state = RecordState.objects.get(pk=item.record_id)
        if state.state != State.APPROVED or state.change != "validity":
            continue
        try:
            publish(record_id=item.record_id, user=None, now=now)
        except RecordError as error:
            yield item.record_id, error
        else:
            yield item.record_id, None
