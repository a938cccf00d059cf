"""Answering codes and answers (答题码、答卷): single use, kept as keyed hashes, nothing leads from an answer to its code."""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import F

from gongkai.kernel.secrets import read_or_make_key
from gongkai.supervision.core.survey import MARKS, Questionnaire, method
from gongkai.supervision.core.survey_design import questionnaire_of
from gongkai.supervision.core.survey_states import SurveyState
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import SurveyAnswer, SurveyToken, SurveyTry

#: no letters or digits that are easily taken for one another
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH, GROUP = 12, 4
_NOISE = re.compile(r"[^0-9A-Z]")


def keyed(purpose: str, text: str) -> str:
    """Return a keyed hash: without the key of this home nobody can try codes or addresses out."""
    key = read_or_make_key(settings.ENVIRONMENT.secret_dir, "survey")
    return hmac.new(key, f"{purpose}:{text}".encode(), sha256).hexdigest()


def make_codes(count: int) -> tuple[list[str], list[str]]:
    """Return so many codes (as printed, XXXX-XXXX-XXXX) and their hashes in another order."""
    plain = set[str]()
    while len(plain) < count:
        plain.add("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    printed = ["-".join(code[i : i + GROUP] for i in range(0, LENGTH, GROUP)) for code in plain]
    return printed, sorted(keyed("token", code) for code in plain)


def tidy(code: str) -> str:
    """Return a code as it is hashed: capitals without dashes and blanks."""
    return _NOISE.sub("", code.upper())[:LENGTH]


def open_token(*, code: str, today: date) -> SurveyToken:
    """Return the unused token of a code whose survey is open today.

    Raises SupervisionRefused in the same words for a wrong and for a used code: it must not tell which codes exist.
    """
    token = (
        SurveyToken.objects.select_related("stratum__unit__round")
        .filter(digest=keyed("token", tidy(code)), is_used=False)
        .first()
    )
    found = token.stratum.unit.round if token else None
    if token is None or found is None:
        raise SupervisionRefused(
            "no_token",
            "这个答题码不对，或者已经用过",
            remedy="请核对纸条上的 12 位字母和数字；每个码只能用一次",
        )
    if found.state != SurveyState.OPEN or not found.opens_on <= today <= found.closes_on:
        raise SupervisionRefused(
            "not_open", "这次调查现在不收答卷", remedy=f"调查时间为 {found.opens_on} 至 {found.closes_on}"
        )
    return token


@transaction.atomic
def answer(*, code: str, marks: dict[str, int], seconds: int, address: str, today: date) -> None:
    """Take an answer: the code is used up, the answer is stored without it, both or neither.

    Raises SupervisionRefused for a bad code, an unknown question or mark, or an empty answer.
    """
    token = open_token(code=code, today=today)
    stratum = token.stratum
    sheet = questionnaire_of(stratum.unit.round.design, stratum.service)
    kept = checked(sheet, marks)
    if not SurveyToken.objects.filter(pk=token.pk, is_used=False).update(is_used=True):
        raise SupervisionRefused("no_token", "这个答题码不对，或者已经用过", remedy="每个码只能用一次")
    SurveyAnswer.objects.create(
        stratum=stratum, marks=kept, day=today, seconds=max(0, min(seconds, 86400)),
        place=keyed(f"place:{stratum.unit.round_id}", address)[:32], is_inside=is_inside(address, stratum.unit.networks),
    )  # fmt: skip


def checked(sheet: Questionnaire, marks: dict[str, int]) -> dict[str, int]:
    """Return the marks of all questions; raises SupervisionRefused naming what is missing."""
    known = {code: words for code, _, words in sheet.questions()}
    missing = [words for code, words in known.items() if marks.get(code) not in MARKS]
    if missing:
        raise SupervisionRefused(
            "missing",
            f"还有 {len(missing)} 题没有选（如“{missing[0]}”）",
            remedy="请每题选一项；没有遇到的选“不适用”",
        )
    if not any(marks[code] for code in known):
        raise SupervisionRefused("all_empty", "所有题都选了“不适用”", remedy="请至少回答一题")
    return {code: marks[code] for code in known}


def is_inside(address: str, networks: list[str]) -> bool:
    """Tell whether an address belongs to the surveyed institution's own networks."""
    try:
        where = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(where in ipaddress.ip_network(network) for network in networks)


def too_many_tries(*, address: str, now: datetime) -> bool:
    """Tell whether too many wrong codes came from a place in this hour; right ones are never counted."""
    found = SurveyTry.objects.filter(key=keyed("try", address), window=_hour(now)).first()
    return found is not None and found.count >= method().tries_an_hour


def note_wrong_try(*, address: str, now: datetime) -> None:
    """Count one wrong code from a place."""
    key, hour = keyed("try", address), _hour(now)
    with transaction.atomic():
        SurveyTry.objects.filter(window__lt=hour - timedelta(days=1)).delete()
        SurveyTry.objects.get_or_create(key=key, defaults={"window": hour})
        SurveyTry.objects.filter(key=key).exclude(window=hour).update(window=hour, count=0)
        SurveyTry.objects.filter(key=key).update(count=F("count") + 1)


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
