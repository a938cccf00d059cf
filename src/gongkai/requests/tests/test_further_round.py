"""A redo ordered by a reconsideration or a court: a further round of the same case, with its own limit; figures count once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongkai.kernel.machine import NotAllowed
from gongkai.organisations.api import NotPermitted
from gongkai.requests import api
from gongkai.requests import testing as office
from gongkai.requests.core.tables import check_equations, check_same
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Remedy
from gongkai.requests.selectors import quick_numbers
from gongkai.requests.services import archive, examine, extend, fee, letters, personal_data, remedy, serve
from gongkai.requests.services.acting import deadline_of
from gongkai.requests.tests.test_case_walks import answer

pytestmark = pytest.mark.django_db
DAY, YEAR_END = date(2024, 3, 4), date(2024, 12, 31)
ENDED, OPENED = date(2024, 5, 10), date(2024, 5, 13)


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


def refused_and_corrected(staff: dict[str, Any], result: str = "corrected") -> tuple[Case, Remedy]:
    case_id = office.register(DAY, staff["handler"]).case_id
    answer(case_id, staff, date(2024, 3, 12), "denied.process_info")
    common = {"case_id": case_id, "user": staff["handler"]}
    row = remedy.lodge_remedy(
        kind="review",
        body="示范区人民政府",
        lodged=date(2024, 3, 20),
        now=office.at(date(2024, 3, 20)),
        **common,
    )
    row = remedy.end_remedy(remedy_id=row.pk, result=result, ended=ENDED, now=office.at(ENDED), **common)
    return Case.objects.get(pk=case_id), row


def opened(staff: dict[str, Any], case: Case, row: Remedy, day: date = OPENED, **more: Any) -> Case:
    remedy.open_round(
        case_id=case.pk, remedy_id=row.pk, opened=day, user=staff["office"], now=office.at(day), **more
    )
    return Case.objects.get(pk=case.pk)


def figures() -> Any:
    tables = api.tables_from_facts(org_code="demo", since=date(2024, 1, 1), until=YEAR_END)
    straight = api.tables_from_cases(org_code="demo", since=date(2024, 1, 1), until=YEAR_END)
    assert check_equations(tables) == []
    assert check_same(tables, straight) == []
    assert quick_numbers(org_code="demo", since=date(2024, 1, 1), until=YEAR_END) == tables.numbers3()
    return tables.numbers3()


def test_redo_has_its_own_limit_and_counts_once(staff: dict[str, Any]) -> None:
    case, row = refused_and_corrected(staff)
    before = figures()
    case = opened(staff, case, row)
    assert (case.state, case.is_open, case.round) == ("handling", True, 2)
    assert case.due_date == office.working_days_after(OPENED, 20)
    assert (case.row, case.closed_date) == ("denied.process_info", date(2024, 3, 12))
    assert figures() == before
    assert [row.pk for row in api.list_near_due(org_code="demo", today=date(2024, 6, 7))] == [case.pk]
    with pytest.raises(Refused, match="还有事项没有作出决定"):
        letters.draft_letter(case_id=case.pk, user=staff["handler"], now=office.at(OPENED))
    case = answer(case.pk, staff, date(2024, 5, 20), "granted.provided")
    further = case.rounds.get()
    assert (case.state, case.row, further.row) == ("closed", "denied.process_info", "granted")
    assert further.closed_date == date(2024, 5, 20)
    assert not further.closed_late
    assert case.letters.count() == 2
    assert figures() == before


def test_redo_can_be_extended_and_late(staff: dict[str, Any]) -> None:
    case, row = refused_and_corrected(staff)
    case = opened(staff, case, row)
    common = {"case_id": case.pk, "now": office.at(OPENED)}
    extend.propose_extension(working_days=5, reason="核实", user=staff["handler"], **common)
    extend.approve_extension(user=staff["office"], **common)
    case = extend.extend(told=OPENED, user=staff["handler"], **common)
    assert case.due_date == office.working_days_after(OPENED, 25)
    late = case.due_date + office.days(3)
    case = answer(case.pk, staff, late)
    assert case.rounds.get().closed_late
    assert not case.closed_late


def test_day_named_by_the_decision_is_the_limit(staff: dict[str, Any]) -> None:
    case, row = refused_and_corrected(staff)
    named = date(2024, 5, 31)
    case = opened(staff, case, row, named=named)
    limit = deadline_of(case)
    assert limit is not None
    assert (case.due_date, limit.due_date, limit.trace[-1].date) == (named, named, named)
    assert limit.trace[0].date == OPENED + office.days(1)
    assert "以该日为准" in limit.warnings[0]


def test_redo_is_refused_where_it_has_no_ground(staff: dict[str, Any]) -> None:
    case, row = refused_and_corrected(staff, "upheld")
    with pytest.raises(Refused, match="结果纠正"):
        opened(staff, case, row)
    case, row = refused_and_corrected(staff)
    for day, words in ((ENDED - office.days(1), "办结之后"),):
        with pytest.raises(Refused, match=words):
            opened(staff, case, row, day)
    with pytest.raises(Refused, match="应晚于"):
        opened(staff, case, row, named=OPENED)
    with pytest.raises(NotPermitted):
        remedy.open_round(
            case_id=case.pk, remedy_id=row.pk, opened=OPENED, user=staff["head"], now=office.at(OPENED)
        )
    opened(staff, case, row)
    with pytest.raises(NotAllowed):
        opened(staff, case, row)
    with pytest.raises(Refused, match="重新办理时不能要求补正"):
        examine.ask_supplement(
            case_id=case.pk, grounds=["content_unclear"], items="写明", asked=OPENED, user=staff["handler"],
            now=office.at(OPENED),
        )  # fmt: skip
    with pytest.raises(Refused, match="重新办理时不能收取"):
        fee.charge_fee(
            case_id=case.pk,
            mode="per_page",
            count=100,
            served=OPENED,
            user=staff["handler"],
            now=office.at(OPENED),
        )
    serve.withdraw(case_id=case.pk, how="书面撤回", now=office.at(OPENED))
    assert Case.objects.get(pk=case.pk).row == "denied.process_info"
    with pytest.raises(Refused, match="已经重新办理过"):
        opened(staff, case, row)


def test_archive_and_erasure_wait_for_the_end_of_the_redo(staff: dict[str, Any]) -> None:
    case, row = refused_and_corrected(staff)
    archive.archive(
        case_id=case.pk, keep_until=date(2024, 5, 12), user=staff["office"], now=office.at(date(2024, 5, 11))
    )
    case = opened(staff, case, row)
    assert personal_data.list_over_term(today=date(2024, 6, 1), org_codes={"demo"}) == []
    case = answer(case.pk, staff, date(2024, 5, 20))
    day = date(2024, 5, 21)
    archive.archive(case_id=case.pk, keep_until=day, user=staff["office"], now=office.at(date(2024, 5, 20)))
    personal_data.erase(case_id=case.pk, now=office.at(date(2024, 5, 22)))
    assert "疫苗" not in str(Case.objects.get().rounds.get().before)


def test_the_database_refuses_two_open_rounds(staff: dict[str, Any]) -> None:
    case, row = refused_and_corrected(staff)
    case = opened(staff, case, row)
    other = Remedy.objects.create(
        case=case,
        kind="suit_after_review",
        body="示范区人民法院",
        lodged_date=OPENED,
        result="corrected",
        ended_date=OPENED,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        case.rounds.create(number=3, remedy=other, opened_date=OPENED, before=[])
