"""Training on disclosure (培训): sessions go into the register `training`, new civil servants are followed by number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.registers import api as registers
from gongkai.supervision import facts
from gongkai.supervision.core.training import AUDIENCES, TOPICS, is_number
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Recruit, Training
from gongkai.supervision.services.rights import acting

REGISTER = "training"


@dataclass(frozen=True, slots=True)
class TrainingWords:
    """A session as it was held; `recruits` are the numbers of new civil servants who were there."""

    held_on: date
    title: str
    topic: str
    audience: str
    attended: int
    sections: int = 0
    recruits: tuple[str, ...] = ()


@transaction.atomic
def enrol_recruit(
    *,
    org_code: str,
    number: str,
    owner_code: str,
    joined_on: date,
    user: object | None,
    today: date,
    now: datetime,
) -> Recruit:
    """Enter a new civil servant by staff number (登记新录用人员); no name and no identity number is taken."""
    actor = acting(user=user, action="manage", org_code=org_code, today=today)
    number = number.strip()
    if not is_number(number):
        raise SupervisionRefused(
            "bad_number",
            "人员编号只能是字母、数字和短横，最多 40 个，不能填证件号码",
            remedy="请填写单位内部的人员编号",
        )
    if owner_code not in organisations.subtree_codes(code=org_code):
        raise SupervisionRefused("no_owner", "科室不在本机关之内", remedy="请从列表中选择")
    if joined_on > today:
        raise SupervisionRefused("future", "录用日期还没有到", remedy="请核对日期")
    if Recruit.objects.filter(org_code=org_code, number=number).exists():
        raise SupervisionRefused("twice", f"编号 {number} 已经登记", remedy="请核对编号")
    made = Recruit.objects.create(
        org_code=org_code, number=number, owner_code=owner_code, joined_on=joined_on
    )
    fact = facts.RecruitEnrolled(org=org_code, subject=f"recruit:{made.pk}", on=joined_on, owner=owner_code)
    record_fact(fact, actor=actor, now=now)
    return made


@transaction.atomic
def hold_training(
    *, org_code: str, words: TrainingWords, user: object | None, today: date, now: datetime
) -> Training:
    """Enter a session that was held: a row of the register, a fact, and one fact for each recruit who was there."""
    actor = acting(user=user, action="manage", org_code=org_code, today=today)
    _check(words, today)
    present = list(
        Recruit.objects.select_for_update().filter(
            org_code=org_code, number__in=words.recruits, training=None
        )
    )
    known = Recruit.objects.filter(org_code=org_code, number__in=words.recruits).values_list(
        "number", flat=True
    )
    unknown = sorted(set(words.recruits) - set(known))
    if unknown:
        raise SupervisionRefused(
            "no_recruit", f"没有登记编号 {'、'.join(unknown)}", remedy="请先登记新录用人员"
        )
    if len(words.recruits) > words.attended:
        raise SupervisionRefused("too_many", "新录用人员比参加人次还多", remedy="请核对参加人次")
    serial = Training.objects.filter(org_code=org_code, held_on__year=words.held_on.year).count() + 1
    row = registers.record_row(
        register_id=REGISTER, org_code=org_code, actor=actor, today=today, now=now,
        raw={
            "training_no": f"S{words.held_on:%Y}-{serial:03d}", "held_date": words.held_on.isoformat(),
            "topic": words.topic, "sections": str(words.sections), "attended": str(words.attended),
        },
    )  # fmt: skip
    made = Training.objects.create(
        org_code=org_code, held_on=words.held_on, title=words.title.strip()[:200], topic=words.topic,
        audience=words.audience, sections=words.sections, attended=words.attended, row_id=row.pk,
    )  # fmt: skip
    fact = facts.TrainingHeld(
        org=org_code, subject=f"training:{made.pk}", on=words.held_on, topic=words.topic, audience=words.audience,
        attended=words.attended,
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)
    for recruit in present:
        recruit.training = made
        recruit.save(update_fields=["training"])
        trained = facts.RecruitTrained(
            org=org_code, subject=f"recruit:{recruit.pk}", on=words.held_on, training=f"training:{made.pk}",
            owner=recruit.owner_code,
        )  # fmt: skip
        record_fact(trained, actor=actor, now=now)
    return made


def _check(words: TrainingWords, today: date) -> None:
    if not words.title.strip():
        raise SupervisionRefused("no_title", "没有写明培训名称", remedy="请填写名称")
    if words.topic not in TOPICS or words.audience not in AUDIENCES:
        raise SupervisionRefused("bad_choice", "培训内容或对象不正确", remedy="请从列表中选择")
    if words.held_on > today:
        raise SupervisionRefused("future", "培训日期还没有到", remedy="培训后再登记")
    if words.attended < 1:
        raise SupervisionRefused("nobody", "参加人次应至少为 1", remedy="请核对参加人次")
