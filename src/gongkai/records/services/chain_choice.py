"""Which chain a record goes through (选审查流程), and whether it is what that chain is for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from gongkai.organisations import api as organisations
from gongkai.records.core.chains import Chain, chain_for
from gongkai.records.core.errors import BadInput
from gongkai.records.core.kinds import GRADES
from gongkai.records.core.light_change import more_than_letters
from gongkai.records.models import Record, RecordState, ReleasePayload
from gongkai.records.services.content import draft_of

_SMALL_CHANGES = frozenset({"typo", "validity"})
_NOTE_MIN, _NOTE_MAX = 2, 200


def chain_of(record: Record, state: RecordState, today: date) -> Chain:
    """Return the chain for a record as it is now; a typo that is more than letters goes the chain of any other change."""
    kind = organisations.get_organisation(code=record.org_code).kind
    asked = {
        "kind": record.kind,
        "grade": record.grade,
        "on": today,
        "publisher": "institution" if kind == "institution" else "authority",
    }
    chain = chain_for(**asked, change=state.change)
    return chain if not chain.is_light or _letters_only(record, state) else chain_for(**asked)


def why_not_light(record: Record, state: RecordState) -> str:
    """Return in words why a change that is called a typo does not go the light way; empty when it does or is none."""
    if state.change != "typo":
        return ""
    before = last_payload(state)
    try:
        after = draft_of(state, record).payload
    except BadInput as error:
        return error.message
    return more_than_letters(before, after) if before else "没有公开过的版本可以比较"


def last_payload(state: RecordState) -> dict[str, Any] | None:
    """Return what the public reads of a record now, None when nothing."""
    release = state.current_release
    stored = (
        ReleasePayload.objects.filter(pk=release.pk).first()
        if release and release.kind == "publish"
        else None
    )
    found: dict[str, Any] | None = json.loads(stored.text) if stored else None
    return found


def require_demands(chain: Chain, record: Record, state: RecordState) -> None:
    """Raise BadInput when the record is not what its grade is for: no grade is a way around the signatures."""
    for demand in chain.demands:
        if not _HOLDS[demand](record, state):
            message, remedy = _SAID[demand]
            raise BadInput(
                code=f"demand_{demand}",
                message=f"{chain.name if chain.batch else f'审查等级为“{GRADES[record.grade]}”'}，{message}",
                where=str(record),
                remedy=f"{remedy}，或改选其他审查等级",
            )


def require_authority(chain: Chain, authority: str, note: str) -> None:
    """Raise BadInput when something would go out first and nobody is named who decided so, or the other way round."""
    if not chain.authorities:
        if authority or note:
            raise BadInput(
                code="authority_needless",
                message=f"“{chain.name}”不写先发的授权依据",
                where="授权依据",
                remedy="请留空；确需先发的，把审查等级改为“应急先发”",
            )
        return
    if chain.authority(authority) is None:
        raise BadInput(
            code="authority_missing",
            message="应急先发没有选授权依据",
            where="授权依据",
            remedy=f"请选择：{'、'.join(one.name for one in chain.authorities)}",
        )
    if not _NOTE_MIN <= len(note) <= _NOTE_MAX:
        raise BadInput(
            code="authority_unexplained",
            message="没有写明谁在何时决定先发",
            where="授权说明",
            remedy=f"请写 {_NOTE_MIN} 至 {_NOTE_MAX} 个字，例如决定人的职务、时间和文号",
        )


def _issued_elsewhere(record: Record, _: RecordState) -> bool:
    return bool(record.issuer.strip()) and record.issuer.strip() not in _own_names(record)


def _source_elsewhere(record: Record, _: RecordState) -> bool:
    return bool(record.source.strip()) and record.source.strip() not in _own_names(record)


def _letters_only(record: Record, state: RecordState) -> bool:
    return state.change == "typo" and not why_not_light(record, state)


def _small_change(_: Record, state: RecordState) -> bool:
    return state.change in _SMALL_CHANGES


def _moved_in(record: Record, state: RecordState) -> bool:
    return bool(record.migrated) and state.change == "moved_in" and state.release_count == 0


def _own_names(record: Record) -> frozenset[str]:
    own = organisations.get_organisation(code=record.org_code)
    above = organisations.authority_of(code=record.org_code)
    names = {own.name, own.short_name, above.name, above.short_name}
    if record.section_code:
        section = organisations.get_organisation(code=record.section_code)
        names |= {section.name, section.short_name}
    return frozenset(name for name in names if name)


_HOLDS: dict[str, Callable[[Record, RecordState], bool]] = {
    "foreign_issuer": _issued_elsewhere,
    "source_named": _source_elsewhere,
    "small_change": _small_change,
    "moved_in": _moved_in,
    "letters_only": _letters_only,
}
_SAID = {
    "foreign_issuer": ("但发文机关是本单位", "请把发文机关改为上级机关"),
    "source_named": ("但没有写明转载自哪里", "请在“来源”填写上级机关网站或文件名称"),
    "letters_only": ("但改动不只是错别字", "请把变更类型改为更正"),
    "small_change": ("但这不是文字勘误或有效性变更", "只有对已公开信息的勘误、有效性变更走简易审签"),
    "moved_in": ("但它不是从原网站迁入、首次在这里公开的信息", "请按一般程序送审"),
}
