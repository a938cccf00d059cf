"""Change an organisation (机构变更): rename, move under another parent. History stays."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from gongkai.journal.api import record_fact
from gongkai.organisations.errors import OrganisationRefused
from gongkai.organisations.facts import OrganisationMoved, OrganisationRenamed
from gongkai.organisations.models import Organisation, OrganisationName, User
from gongkai.organisations.selectors import SiteInfo, actor, find, require
from gongkai.organisations.services.create_organisation import save_site


def digest_of(basis: str) -> str | None:
    """Return the digest of what a change rests on: the words stay in the table, the fact holds no prose."""
    return hashlib.sha256(basis.strip().encode()).hexdigest() if basis.strip() else None


def open_for_change(code: str, user: User | None, today: date) -> Organisation:
    """Return the organisation, locked, when it may be changed."""
    row = Organisation.objects.select_for_update().get(pk=find(code).pk)
    if user is not None:
        require(user=user, action="manage", kind="organisation", org_code=code, today=today)
    if row.closed_date is not None:
        raise OrganisationRefused(f"「{row.name}」已于 {row.closed_date} 撤销", remedy="撤销的机构不能再变更")
    return row


@transaction.atomic
def rename_organisation(
    *,
    code: str,
    name: str,
    short_name: str = "",
    from_date: date,
    basis: str = "",
    user: User | None = None,
    today: date,
    now: datetime,
) -> None:
    """Give the organisation another name from `from_date` (not after `today`) on; the old one stays with its last day.

    `basis` names the document that the new name rests on.

    Raises OrganisationRefused when the day lies before the present name's first day, or the name is the same.
    """
    row = open_for_change(code, user, today)
    current = OrganisationName.objects.get(organisation=row, to_date__isnull=True)
    if name == row.name and short_name == row.short_name:
        raise OrganisationRefused(f"「{row.name}」的新旧名称相同", remedy="名称没有变化就不必登记更名")
    if from_date > today:
        raise OrganisationRefused(f"更名日期 {from_date} 还没到", remedy="到当日再登记")
    if current.from_date is not None and from_date <= current.from_date:
        raise OrganisationRefused(
            f"更名日期 {from_date} 不晚于现名称的起用日期 {current.from_date}", remedy="请核对日期"
        )
    current.to_date = from_date - timedelta(days=1)
    current.save(update_fields=["to_date"])
    new = OrganisationName.objects.create(
        organisation=row, name=name, short_name=short_name, from_date=from_date, basis=basis.strip()
    )
    row.name, row.short_name = name, short_name
    row.save(update_fields=["name", "short_name"])
    fact = OrganisationRenamed(
        org=code, subject=f"organisation:{code}", on=from_date, name_id=new.pk, basis=digest_of(basis)
    )
    record_fact(fact, actor=actor(user=user), now=now)


def hang_under(row: Organisation, parent: Organisation) -> None:
    """Move the node and everything below it, paths included."""
    old, new = row.path, f"{parent.path}{row.code}/"
    Organisation.objects.filter(path__startswith=old).update(
        path=Concat(Value(new), Substr("path", len(old) + 1))
    )
    Organisation.objects.filter(pk=row.pk).update(parent=parent)


@transaction.atomic
def move_organisation(
    *, code: str, parent_code: str, user: User | None = None, today: date, now: datetime
) -> None:
    """Hang the organisation, with everything below it, under another parent.

    Raises OrganisationRefused when the parent is closed, or lies below the organisation itself.
    """
    row, parent = open_for_change(code, user, today), open_for_change(parent_code, user, today)
    if parent.path.startswith(row.path):
        raise OrganisationRefused(
            f"「{parent.name}」在「{row.name}」之下", remedy="机构不能归到自己或下属之下"
        )
    hang_under(row, parent)
    fact = OrganisationMoved(org=code, subject=f"organisation:{code}", on=today, parent=parent_code)
    record_fact(fact, actor=actor(user=user), now=now)


@transaction.atomic
def set_site(*, code: str, site: SiteInfo, user: User | None = None, today: date) -> None:
    """Store footer set and meta of an authority's public site; raises OrganisationRefused or NotPermitted."""
    row = find(code)
    if user is not None:
        require(user=user, action="manage", kind="site", org_code=code, today=today)
    save_site(row, site)
