"""Draft, edit and freeze letters (文书): from the case, by hand until they are frozen, numbered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.organisations import api as organisations
from gongkai.requests.core.letter_rules import (
    LetterRule,
    chinese_date,
    draft,
    letter_rules,
    reply_kind,
)
from gongkai.requests.core.personal import open_bytes, seal_bytes
from gongkai.requests.core.remedies import advice
from gongkai.requests.core.submission import clean
from gongkai.requests.errors import Refused
from gongkai.requests.letters.content import LetterContent
from gongkai.requests.letters.pdf_letter import CannotPrint, check_printable
from gongkai.requests.models import Case, Consultation, Letter
from gongkai.requests.services.acting import allow, day_of, locked, permit
from gongkai.requests.services.decide import case_outcomes
from gongkai.requests.services.keys import sealing_key
from gongkai.requests.services.letter_values import addressee_of, letter_values, particulars
from gongkai.requests.services.office import review_bodies
from gongkai.requests.services.receive import next_number


def content_of(letter: Letter) -> LetterContent:
    """Open a letter's content."""
    return LetterContent.from_json(
        open_bytes(bytes(letter.sealed_body), key=sealing_key(), owner=f"letter:{letter.pk}").decode()
    )


def keep_content(letter: Letter, content: LetterContent) -> None:
    """Seal a letter's content into its row (not saved)."""
    letter.title = content.title
    letter.sealed_body = seal_bytes(
        content.to_json().encode(), key=sealing_key(), owner=f"letter:{letter.pk}"
    )


def _addressee(case: Case, rule: LetterRule, consultation: Consultation | None) -> str:
    if rule.addressee == "applicant":
        return particulars(case).get("name", "")
    if rule.addressee in ("third_party", "joint_agency"):
        return addressee_of(consultation)["name"] if consultation else ""
    return "（内部）"


def remedy_text(case: Case, letter_date: date) -> str:
    """Return the paragraph on remedies that fits the outcomes and the date; empty while nothing is decided."""
    chosen = [outcome for outcome in case_outcomes(case) if outcome]
    if not chosen:
        return ""
    return advice(chosen=chosen, letter_date=letter_date, **review_bodies(case.org_code)).text


@transaction.atomic
def draft_letter(
    *, case_id: int, kind: str = "", consultation_id: int | None = None, user: Any, now: datetime
) -> Letter:
    """Draft a letter of a kind from the case; without a kind, the reply that its outcomes call for."""
    case, today = locked(case_id), day_of(now)
    permit(case, user=user, action="handle", today=today)
    allow(case, "draft_letter")
    if not kind:
        chosen = case_outcomes(case)
        if not all(chosen):
            raise Refused(
                "还有事项没有作出决定，不能拟答复", remedy="请先逐项选择处理结果", code="requests.undecided"
            )
        kind = reply_kind(chosen)
    rule = letter_rules().get(kind)
    if rule is None:
        raise Refused("没有这种文书", where=kind, remedy="请从列表中选择")
    consultation = (
        Consultation.objects.filter(pk=consultation_id, case=case).first() if consultation_id else None
    )
    values = letter_values(case, consultation=consultation)
    drafted = draft(rule, values)
    info = organisations.get_organisation(code=case.org_code)
    letter = Letter.objects.create(
        case=case, kind=kind, title=rule.name, sealed_body=b"", drafted_by=user, drafted_at=now
    )
    content = LetterContent(
        kind=kind,
        agency=info.name,
        number="",
        title=rule.name,
        addressee=_addressee(case, rule, consultation),
        paragraphs=drafted.paragraphs,
        rows=drafted.rows,
        remedy=remedy_text(case, today) if rule.remedy else "",
        attachments=tuple(case.files.filter(kind="reply").values_list("name", flat=True))
        if rule.reply
        else (),
        date=chinese_date(today.isoformat()),
    )
    keep_content(letter, content)
    letter.save()
    return letter


@transaction.atomic
def edit_letter(
    *, letter_id: int, title: str, addressee: str, paragraphs: Sequence[str], user: Any, now: datetime
) -> Letter:
    """Change a letter that is not frozen; the paragraph on remedies follows the outcomes and is not edited by hand."""
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    case = locked(letter.case_id)
    permit(case, user=user, action="handle", today=day_of(now))
    _refuse_frozen(letter)
    before = content_of(letter)
    kept = tuple(clean(text) for text in paragraphs if clean(text))
    if not kept and not before.rows:
        raise Refused("文书没有正文", remedy="请保留正文，或重新拟稿")
    keep_content(
        letter,
        replace(
            before,
            title=clean(title) or before.title,
            addressee=clean(addressee) or before.addressee,
            paragraphs=kept or before.paragraphs,
        ),
    )
    letter.save()
    return letter


def _refuse_frozen(letter: Letter) -> None:
    if letter.frozen_date is not None:
        raise Refused(
            "文书已经定稿，不能再改",
            where=letter.number or letter.title,
            remedy="如需修改，请先退回",
            code="requests.frozen",
        )


def freeze(letter: Letter, *, case: Case, today: date) -> LetterContent:
    """Give the letter its number and date, once, and fix its bytes; the caller saves nothing more.

    Raises Refused for gaps that were not filled and for signs that cannot be printed.
    """
    _refuse_frozen(letter)
    rule, content = letter_rules()[letter.kind], content_of(letter)
    text = content.all_text()
    if "〔待填：" in text:
        gaps = [piece.split("〕")[0] for piece in text.split("〔待填：")[1:]]
        raise Refused(
            f"文书还有没填的内容：{'、'.join(gaps)}",
            remedy="请补齐案卷或直接修改文书",
            code="requests.letter_gaps",
        )
    if not content.addressee:
        raise Refused("文书没有主送对象", remedy="请填写主送对象")
    try:
        check_printable(content)
    except CannotPrint as error:
        raise Refused(str(error), remedy="修改后再定稿", code=error.code) from error
    if rule.numbered and not letter.number:
        letter.number_year = today.year
        letter.number_serial = next_number(org_code=case.org_code, kind="letter", year=today.year)
        short = organisations.get_organisation(code=case.org_code).short_name
        letter.number = f"{short}公开〔{letter.number_year}〕{letter.number_serial}号"
    content = replace(
        content,
        number=letter.number,
        date=chinese_date(today.isoformat()),
        remedy=remedy_text(case, today) if rule.remedy else "",
    )
    keep_content(letter, content)
    letter.sha256, letter.frozen_date = content.digest(), today
    letter.save()
    return content


def thaw(letter: Letter) -> None:
    """Open a frozen letter for changes again (退回修改): its signatures go, its number stays."""
    letter.signatures.all().delete()
    letter.sha256, letter.frozen_date = "", None
    letter.save()
