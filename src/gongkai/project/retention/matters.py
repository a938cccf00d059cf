"""What of disposal waits for somebody (保管与处置的提醒): told on the desk's first page and by e-mail, like everything that falls due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from gongkai.organisations import api as organisations
from gongkai.project.retention.disposal import OPEN, all_due
from gongkai.project.retention.models import DisposalList, ListState
from gongkai.project.retention.rules import retention_rules
from gongkai.records import api as records

_COUNTED = 100
_NEXT: dict[str, tuple[str, str]] = {
    ListState.PROPOSED: ("agree", "等另一个人看过清册，决定同意不同意"),
    ListState.AGREED: ("carry_out", "已同意，等待执行"),
}


def retention_matters(today: date, now: datetime) -> Iterator[records.MatterSeen]:
    """Yield, for each authority, the kinds of which something is due and on no open list, and the lists whose next step waits.

    Nothing here has a lawful last day, so nothing is ever late. No thing is named, only counted. The day of the oldest stands in
    the key: when that one is gone and others become due, people are told again.
    """
    for authority in organisations.list_organisations(kind="authority"):
        yield from _due_kinds(authority.code, today)
    for listed in DisposalList.objects.filter(state__in=OPEN):
        yield _waiting_list(listed)


def _due_kinds(org_code: str, today: date) -> Iterator[records.MatterSeen]:
    for one in all_due(org_codes=[org_code], today=today, limit=_COUNTED):
        count = f"{len(one.due)} 件" if len(one.due) < _COUNTED else f"{_COUNTED} 件以上"
        yield _matter(
            f"retention:due:{org_code}:{one.rule.id}:{one.due[0].since}", org_code, "propose",
            title=f"{one.rule.name}保管期满：{count}",
            words="请鉴定后列成清册，提请处置",
            address=f"{reverse('retention:overview')}?org={org_code}",
        )  # fmt: skip


def _waiting_list(listed: DisposalList) -> records.MatterSeen:
    action, words = _NEXT[listed.state]
    rule = retention_rules().get(listed.rule_id)
    return _matter(
        f"retention:list:{listed.pk}:{listed.state}", listed.org_code, action,
        title=f"{listed}：{rule.name if rule else listed.rule_id}",
        words=words,
        address=reverse("retention:list", args=[listed.pk]),
    )  # fmt: skip


def _matter(
    key: str, org_code: str, action: str, *, title: str, words: str, address: str
) -> records.MatterSeen:
    roles = tuple(sorted(organisations.role_book().able("retention", action)))
    return records.MatterSeen(
        key=key, owner_code=org_code, roles=roles, title=title, words=words, light="due", address=address
    )
