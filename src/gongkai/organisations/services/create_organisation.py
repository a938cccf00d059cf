"""Make an organisation (建立机构)."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.organisations.core.institution_types import institution_types
from gongkai.organisations.errors import OrganisationRefused, in_words
from gongkai.organisations.facts import OrganisationCreated
from gongkai.organisations.models import CODE_PATTERN, Organisation, OrganisationName, SiteProfile, User
from gongkai.organisations.selectors import OrganisationInfo, SiteInfo, actor, find, get_organisation, require


def _check(code: str, kind: str, institution_type: str, parent: Organisation | None) -> None:
    if not re.fullmatch(CODE_PATTERN, code):
        raise OrganisationRefused(
            f"机构代码「{code}」不合规则",
            remedy="用小写字母、数字、短横线和下划线，最多 60 个，首尾为字母或数字",
        )
    if Organisation.objects.filter(code=code).exists():
        raise OrganisationRefused(
            f"机构代码「{code}」已有机构使用", remedy="请换一个代码；撤销的机构也不让出代码"
        )
    if institution_type and institution_type not in institution_types():
        raise OrganisationRefused(
            f"没有「{institution_type}」这种机构类型", remedy=f"可用：{'、'.join(institution_types())}"
        )
    if kind != "authority" and parent is None:
        raise OrganisationRefused(f"「{code}」没有上级", remedy="科室和医疗卫生机构必须指定上级")
    if parent is not None and parent.closed_date is not None:
        raise OrganisationRefused(f"上级「{parent.name}」已撤销", remedy="请改用其承接机构作上级")
    if parent is not None and kind == "authority" and parent.kind != "authority":
        raise OrganisationRefused(f"机关不能设在「{parent.name}」之下", remedy="机关的上级只能是机关")


@transaction.atomic
def create_organisation(
    *,
    code: str,
    name: str,
    kind: str,
    parent_code: str | None = None,
    short_name: str = "",
    institution_type: str = "",
    credit_code: str = "",
    index_prefix: str = "",
    sort_order: int = 0,
    opened_date: date | None = None,
    site: SiteInfo | None = None,
    user: User | None = None,
    today: date,
    now: datetime,
) -> OrganisationInfo:
    """Make an organisation and write OrganisationCreated.

    `code` names it for ever; `kind` is authority, section or institution; `site` only for authorities. `user` is who
    does it, None for a command.

    Raises:
        OrganisationRefused: bad or used code, unknown kind or type, missing or closed parent, bad site profile.
        NotPermitted: the user may not manage the parent.
    """
    parent = find(parent_code) if parent_code else None
    if user is not None:
        require(user=user, action="manage", kind="organisation", org_code=parent_code or "", today=today)
    _check(code, kind, institution_type, parent)
    row = Organisation(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        short_name=short_name,
        institution_type=institution_type,
        credit_code=credit_code,
        index_prefix=index_prefix,
        sort_order=sort_order,
        opened_date=opened_date,
        path=f"{parent.path if parent else '/'}{code}/",
    )
    try:
        row.full_clean()
    except ValidationError as error:
        raise OrganisationRefused(in_words(error, Organisation), where=f"机构「{code}」") from error
    row.save(force_insert=True)
    OrganisationName.objects.create(organisation=row, name=name, short_name=short_name, from_date=opened_date)
    if site is not None:
        save_site(row, site)
    fact = OrganisationCreated(
        org=code,
        subject=f"organisation:{code}",
        on=today,
        kind=kind,
        institution_type=institution_type or None,
        parent=parent_code or None,
    )
    record_fact(fact, actor=actor(user=user), now=now)
    return get_organisation(code=code)


def save_site(row: Organisation, site: SiteInfo) -> None:
    """Store the site profile of an authority; raises OrganisationRefused."""
    if row.kind != "authority":
        raise OrganisationRefused(f"「{row.name}」不是机关", remedy="只有机关才有自己的网站标识与页脚")
    profile = SiteProfile.objects.filter(organisation=row).first() or SiteProfile(organisation=row)
    for key, value in asdict(site).items():
        setattr(profile, key, value)
    try:
        profile.full_clean()
    except ValidationError as error:
        raise OrganisationRefused(
            in_words(error, SiteProfile), where=f"「{row.name}」的网站标识与页脚"
        ) from error
    profile.save()
