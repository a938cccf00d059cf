"""Jobs of the drills: each leaves one line, so that twice is seen."""

from __future__ import annotations

import os
import time

from django.conf import settings
from django_tasks import task

SECONDS = 0.03


@task(queue_name="publish")
def stamp(number: int) -> None:
    """Begin, work a little, and end: a line for each."""
    handle = os.open(settings.HOME / "stamps.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, f"begin {number}\n".encode())
    time.sleep(SECONDS)
    os.write(handle, f"end {number}\n".encode())
    os.close(handle)
