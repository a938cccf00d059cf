"""The letter that tells the result of a complaint (申诉处理结果告知书), in the same layout as the letters of requests."""

from __future__ import annotations

from datetime import date

from gongkai.catalogue import api as catalogue
from gongkai.organisations import api as organisations
from gongkai.requests.core.complaints import RESULTS
from gongkai.requests.core.letter_rules import chinese_date, complaint_letter, draft
from gongkai.requests.errors import Refused
from gongkai.requests.letters.content import LetterContent
from gongkai.requests.letters.glyphs import FontsMissing, describe, unprintable
from gongkai.requests.models import Complaint, ComplaintFile
from gongkai.requests.services.complaint_particulars import particulars_of
from gongkai.requests.services.receive import next_number


def complaint_letter_content(row: Complaint, *, result: str, answer: str, today: date) -> LetterContent:
    """Return what the letter says for a result and words; its files are those added to the answer so far."""
    rule, info = complaint_letter(), organisations.get_organisation(code=row.org_code)
    item = catalogue.get_item(org_code=row.institution_code, code=row.item_code) if row.item_code else None
    values = {
        "institution": organisations.get_organisation(code=row.institution_code).name,
        "received": chinese_date(row.received_date.isoformat()),
        "number": row.number,
        "item": item.level2 if item else "",
        "result": RESULTS[result],
        "answer": answer,
        "contact_unit": (info.site.contact_unit if info.site else "") or info.name,
        "office_phone": (info.site.phone if info.site else "") or "见本机关政府信息公开指南",
        "office_hours": (info.site.office_hours if info.site else "") or "工作日",
    }
    return LetterContent(
        kind=rule.id, agency=info.name, number=row.letter_number, title=rule.name,
        addressee=particulars_of(row).get("name", ""), paragraphs=draft(rule, values).paragraphs, rows=(), remedy="",
        attachments=tuple(row.files.filter(kind=ComplaintFile.ANSWER).values_list("name", flat=True)),
        date=chinese_date(today.isoformat()),
    )  # fmt: skip


def number_letter(row: Complaint, today: date) -> str:
    """Return the number of the letter, from the same series as the letters of requests."""
    serial = next_number(org_code=row.org_code, kind="letter", year=today.year)
    short = organisations.get_organisation(code=row.org_code).short_name
    return f"{short}公开〔{today.year}〕{serial}号"


def require_printable(words: str) -> None:
    """Raise Refused for signs of the answer that would print as boxes; a machine without fonts tells it when PDF is asked for."""
    try:
        missing = unprintable(words)
    except FontsMissing:
        return
    if missing:
        raise Refused(
            f"有 {len(missing)} 个字符印不出来：{describe(missing)}",
            where="告知申诉人的内容",
            remedy="请改用文字说明，或安装含该字的字体",
            code="requests.unprintable",
        )
