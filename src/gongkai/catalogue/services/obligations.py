"""Open, meet and close duties to publish (公开义务)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gongkai.catalogue.duty_limits import deadline_of
from gongkai.catalogue.facts import ObligationClosed, ObligationMet, ObligationOpened
from gongkai.catalogue.models import CatalogueItem, Obligation
from gongkai.journal.api import Actor, record_fact
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations


class ObligationRefused(ValueError):
    """The duty cannot be opened or closed; the message says why and what to do."""


def current_item(org_code: str, code: str) -> CatalogueItem:
    """Return an item of the edition in force; raises ObligationRefused when there is none."""
    found = CatalogueItem.objects.filter(
        version__org_code=org_code, version__in_force_to__isnull=True, code=code
    ).first()
    if found is None:
        raise ObligationRefused(f"现行目录中没有编号为“{code}”的事项；请在目录中核对编号")
    return found


def item_of(obligation: Obligation) -> CatalogueItem:
    """Return the item of a duty from the newest edition that holds it: a dropped item still owes what it owed."""
    items = CatalogueItem.objects.filter(version__org_code=obligation.org_code, code=obligation.item_code)
    found = items.order_by("-version__number").first()
    if found is None:
        raise ObligationRefused(f"目录各版本中都没有编号为“{obligation.item_code}”的事项；请在目录中核对编号")
    return found


def open_obligation(
    *, org_code: str, item_code: str, event: str, formed_date: date, title: str, actor: Actor, now: datetime,
    today: date, is_result: bool = False, record_subject: str = "",
) -> Obligation:  # fmt: skip
    """Open a duty to publish; for the same record and item it is opened once.

    A duty entered by hand for the same item and the same day, of this body or of one that it took over, is the record's duty.
    """
    item = current_item(org_code, item_code)
    if formed_date > today:
        raise ObligationRefused(f"形成日期 {formed_date} 在今天之后；请改为实际形成或变更的日期")
    with transaction.atomic():
        if record_subject:
            existing = Obligation.objects.filter(
                org_code=org_code, item_code=item_code, record_subject=record_subject
            ).first()
            if existing:
                return existing
            entered = _entered_by_hand(org_code, item_code, formed_date, today)
            if entered is not None:
                entered.record_subject = record_subject
                entered.save(update_fields=["record_subject"])
                return entered
        made = Obligation.objects.create(
            org_code=org_code, item_code=item.code, event=event, is_result=is_result, formed_date=formed_date,
            title=title[:500], record_subject=record_subject, created_at=now,
        )  # fmt: skip
        record_fact(
            ObligationOpened(
                org=org_code, subject=f"obligation:{made.pk}", on=formed_date, item=item.code, event=event,
                is_result=is_result,
            ),
            actor=actor,
            now=now,
        )  # fmt: skip
    return made


def _entered_by_hand(org_code: str, item_code: str, formed_date: date, today: date) -> Obligation | None:
    """Return the oldest open duty without a record that this record answers, locked."""
    bodies = {org_code, *organisations.predecessors(code=org_code, on=today)}
    waiting = Obligation.objects.select_for_update().filter(
        org_code__in=bodies, item_code=item_code, formed_date=formed_date, record_subject="", met_date__isnull=True,
        closed_reason="",
    )  # fmt: skip
    return waiting.order_by("pk").first()


def meet_obligation(*, obligation: Obligation, met_date: date, actor: Actor, now: datetime) -> None:
    """Record that a duty was met on a day; a duty already met or closed stays as it is."""
    with transaction.atomic():
        row = Obligation.objects.select_for_update().get(pk=obligation.pk)
        if not row.is_open:
            return
        due_date = deadline_of(row, item_of(row)).due_date or met_date
        late = load_calendar().working_days_between(due_date, met_date) if met_date > due_date else 0
        row.met_date = met_date
        row.save(update_fields=["met_date"])
        record_fact(
            ObligationMet(
                org=row.org_code, subject=f"obligation:{row.pk}", on=met_date, item=row.item_code, due_date=due_date,
                days_late=late,
            ),
            actor=actor,
            now=now,
        )  # fmt: skip


def close_of_record(*, record_subject: str, reason: str, actor: Actor, today: date, now: datetime) -> int:
    """Close every open duty of a record that will not be published; return how many."""
    rows = Obligation.objects.filter(record_subject=record_subject, met_date__isnull=True, closed_reason="")
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    for number in numbers:
        close_obligation(obligation_id=number, reason=reason, actor=actor, today=today, now=now)
    return len(numbers)


def reopen_of_record(*, record_subject: str, changed_date: date, actor: Actor, now: datetime) -> int:
    """Open the closed duties of a record anew: from this day on it may be published, and its limit runs; return how many."""
    with transaction.atomic():
        rows = list(
            Obligation.objects.select_for_update()
            .filter(record_subject=record_subject, met_date__isnull=True)
            .exclude(closed_reason="")
        )
        for row in rows:
            row.closed_reason, row.event, row.formed_date = "", Obligation.CHANGED, changed_date
            row.save(update_fields=["closed_reason", "event", "formed_date"])
            record_fact(
                ObligationOpened(
                    org=row.org_code, subject=f"obligation:{row.pk}", on=changed_date, item=row.item_code,
                    event=row.event, is_result=row.is_result,
                ),
                actor=actor,
                now=now,
            )  # fmt: skip
    return len(rows)


def close_obligation(*, obligation_id: int, reason: str, actor: Actor, today: date, now: datetime) -> None:
    """Close a duty without publication; a reason is required."""
    if not reason.strip():
        raise ObligationRefused("关闭公开义务必须写明理由，例如“经审查属于不予公开”")
    with transaction.atomic():
        row = Obligation.objects.select_for_update().get(pk=obligation_id)
        if not row.is_open:
            raise ObligationRefused("这条公开义务已经办结，不能再关闭")
        row.closed_reason = reason.strip()[:300]
        row.save(update_fields=["closed_reason"])
        record_fact(
            ObligationClosed(org=row.org_code, subject=f"obligation:{row.pk}", on=today, item=row.item_code),
            actor=actor,
            now=now,
        )
