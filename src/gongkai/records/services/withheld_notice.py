"""Tell the public that something is withheld and why (不予公开情况说明): an ordinary draft made from the decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import BadInput
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.office_time import office_day
from gongkai.records.core.withholding import ground_of
from gongkai.records.selectors_due import withheld_rows
from gongkai.records.services.create_draft import create_draft

_HEAD = ("序号", "信息", "不予公开的理由", "依据", "决定日期", "下次评估")
_INTRO = (
    "根据《中华人民共和国政府信息公开条例》，下列政府信息经审查不予公开。对不予公开的信息，我单位定期评估审查，"
    "因情势变化可以公开的，及时公开。"
)


def draft_withheld_notice(*, org_code: str, user: Any, now: datetime) -> RecordInfo:
    """Make a draft that lists what an authority or institution withholds, in the words meant for the public only.

    It holds no title and no content of what is withheld, and goes through review like any other record.
    Raises BadInput when there is nothing to tell, organisations.api.NotPermitted.
    """
    org, today = organisations.get_organisation(code=org_code), office_day(now)
    told = [
        (row.decision, ground_of(row.decision.ground))
        for row in withheld_rows(org_codes=frozenset({org_code}), today=today, by_publisher=True)
        if row.decision.public_words and ground_of(row.decision.ground).attribute == "withheld"
    ]
    if not told:
        raise BadInput(
            code="nothing_to_tell",
            message="没有可以对外说明的不予公开信息",
            where=org.name,
            remedy="请在作出不予公开决定时填写“可以对外说明的名称”",
        )
    rows = [
        [
            str(number),
            decision.public_words,
            ground.public_text,
            f"《中华人民共和国政府信息公开条例》{ground.article}",
            office_day(decision.at).isoformat(),
            decision.next_date.isoformat() if decision.next_date else "",
        ]
        for number, (decision, ground) in enumerate(told, start=1)
    ]
    return create_draft(
        org_code=org_code,
        catalogue_codes=(),
        title=f"{org.name}不予公开政府信息情况说明",
        blocks=[
            {"type": "paragraph", "text": _INTRO},
            {
                "type": "table",
                "caption": "不予公开的政府信息",
                "header_rows": 1,
                "rows": [list(_HEAD), *rows],
            },
        ],
        metadata={"kind": "notice", "formed_date": today},
        user=user,
        now=now,
        origin="withheld",
    )
