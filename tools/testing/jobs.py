"""Jobs that tests enqueue."""

from __future__ import annotations

from django_tasks import task

CALLS: list[str] = []


@task(queue_name="publish")
def note(word: str) -> str:
    """Remember a word and return it."""
    CALLS.append(word)
    return word


@task(queue_name="default")
def stumble(message: str) -> None:
    """Fail with a message."""
    raise RuntimeError(message)


def tick() -> None:
    """Periodic work that works."""
    CALLS.append("tick")


def break_down() -> None:
    """Periodic work that does not."""
    raise ValueError("身份证 119999199001011234 有误")
