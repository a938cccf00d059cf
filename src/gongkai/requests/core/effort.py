"""A small piece of work for the browser before a request is sent (工作量证明): cheap to check, no third party, no puzzle for people.

A task is `<form>.<end>.<bits>.<mark>`; the browser looks for a number so that SHA-256 of `task:number` begins with so many
zero bits. The mark binds the task to one form, so an answer serves for that form alone, and a form makes one request.
"""

from __future__ import annotations

import hashlib
import hmac

ANSWER_MAX = 20
LIFE_SECONDS = 24 * 3600


def make_task(*, form: str, now_seconds: int, bits: int, key: bytes) -> str:
    """Return a task for a form (its key, ASCII without dots), good for a day."""
    body = f"{form}.{now_seconds + LIFE_SECONDS}.{bits}"
    return f"{body}.{_mark(body, key)}"


def _mark(body: str, key: bytes) -> str:
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()[:32]


def solves(*, task: str, answer: str, form: str, now_seconds: int, key: bytes) -> bool:
    """Tell whether an answer solves a task that we gave to this form and that is not over."""
    body, _, mark = task.rpartition(".")
    parts = body.split(".")
    if len(parts) != 3 or not hmac.compare_digest(mark.encode(), _mark(body, key).encode()):
        return False
    owner, end, bits = parts
    if owner != form or now_seconds > int(end):
        return False
    if not (answer.isascii() and answer.isdigit() and len(answer) <= ANSWER_MAX):
        return False
    return leading_zero_bits(hashlib.sha256(f"{task}:{answer}".encode()).digest()) >= int(bits)


def leading_zero_bits(digest: bytes) -> int:
    """Return with how many zero bits a digest begins."""
    number = int.from_bytes(digest, "big")
    return len(digest) * 8 - number.bit_length()
