"""Filling either database with cases for measuring the desk (批量造申请): five years of them, one in twenty open and received of late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from gongkai.requests.core.outcomes import derivation
from gongkai.requests.core.rules import room_rules
from gongkai.requests.models import Applicant, Case

CHUNK = 2_000
OPEN_EVERY, HANDLED_EVERY = 20, 200


@transaction.atomic
def fill_cases(*, count: int, org_code: str, handler: Any, today: date) -> None:
    """Write cases with masked applicants and without facts, papers or personal data; the lists and nothing else can be measured on them."""
    kinds, rows = list(room_rules().applicant_kinds), list(derivation().order)
    for start in range(0, count, CHUNK):
        numbers = range(start, min(count, start + CHUNK))
        cases = Case.objects.bulk_create(_cases(numbers, org_code, handler, today, kinds, rows))
        Applicant.objects.bulk_create(
            Applicant(case=case, sealed=b"", masked_name="测***", identity_lookup="", phone_lookup="")
            for case in cases
        )


def _cases(
    numbers: range, org_code: str, handler: Any, today: date, kinds: list[str], rows: list[str]
) -> Iterator[Case]:
    for n in numbers:
        is_open = n % OPEN_EVERY == 0
        received = today - timedelta(days=n // OPEN_EVERY % 45 if is_open else 40 + n % 1800)
        yield Case(
            org_code=org_code, number=f"DEMO-B{n:07d}", year=2000 + n % 5, serial=n + 1, is_open=is_open, channel="online",
            state="handling" if is_open else "closed", applicant_kind=kinds[n % len(kinds)], title=f"第 {n} 件申请",
            content="请公开有关材料", arrived_date=received, received_date=received, receipt_basis="arrived", clock_version="1",
            due_date=received + timedelta(days=30), closed_date=None if is_open else received + timedelta(days=n % 38),
            closed_late=not is_open and n % 38 > 30, handler=handler if n % HANDLED_EVERY == 0 else None,
            row="" if is_open else rows[n % len(rows)], submission_key=f"bench:{n}",
            registered_at=datetime.combine(received, time(1), UTC),
        )  # fmt: skip


def has_cases() -> bool:
    """Say whether there are any."""
    return Case.objects.exists()
