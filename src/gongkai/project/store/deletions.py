"""Deletions that an unreachable store put off (待删除的附件): written down, done as soon as it answers."""

from __future__ import annotations

from django.core.files.storage import storages
from django.db import transaction

from gongkai.project.models import WaitingDeletion
from gongkai.project.store.storage import ObjectStorage


def delete_waiting() -> int:
    """Do what waits, each under its own lock, so that a file wanted again at this moment is not lost; returns how many went.

    Raises AttachmentsAway when the store still does not answer; the rest goes on waiting.
    """
    done = 0
    for pk in list(WaitingDeletion.objects.order_by("since").values_list("pk", flat=True)):
        with transaction.atomic():
            row = WaitingDeletion.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            place = storages["default"]
            if isinstance(place, ObjectStorage):
                place.bucket.delete(row.name)
            else:  # moved back to a folder meanwhile
                place.delete(row.name)
            row.delete()
            done += 1
    return done


def count_waiting() -> int:
    """Return how many deletions wait."""
    return WaitingDeletion.objects.count()
