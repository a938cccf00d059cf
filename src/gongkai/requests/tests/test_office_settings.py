"""What an authority decides for itself: where one turns against its replies, the receipt day of online requests, and more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from gongkai.journal import api as journal
from gongkai.organisations.api import NotPermitted
from gongkai.requests import testing as office
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, OfficeSetting
from gongkai.requests.services import confirm, letters, sign
from gongkai.requests.services.office import change_office_settings
from gongkai.requests.services.release import release_day
from gongkai.requests.tests.test_case_walks import answer

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


def change(staff: dict[str, Any], who: str = "office", org: str = "demo", **values: Any) -> OfficeSetting:
    return change_office_settings(org_code=org, values=values, user=staff[who], now=office.at(DAY))


def test_letters_name_the_bodies_of_the_authority(staff: dict[str, Any]) -> None:
    change(staff, review_body="云岭市人民政府", court="云岭铁路运输法院")
    case = answer(office.register(DAY, staff["handler"]).case_id, staff, DAY, "denied.process_info")
    text = letters.content_of(case.letters.get()).remedy
    assert "先向云岭市人民政府申请行政复议" in text
    assert "依法向云岭铁路运输法院提起行政诉讼" in text
    other = answer(office.register(DAY, staff["handler"]).case_id, staff, DAY)
    assert "个月内向云岭铁路运输法院" in letters.content_of(other.letters.get()).remedy


def test_online_requests_may_wait_for_the_confirmation(staff: dict[str, Any], client: Client) -> None:
    change(staff, online_receipt="confirmation")
    receipt = office.register(DAY)
    assert (receipt.received_date, receipt.due_date) == (None, None)
    assert "双方确认的日期为收到日" in client.get("/ask/at/demo/").content.decode()
    later = date(2024, 3, 6)
    case = confirm.confirm_receipt(
        case_id=receipt.case_id, confirmed=later, proof="电话", user=staff["handler"], now=office.at(later)
    )
    assert case.due_date == office.working_days_after(later, 20)
    change(staff, online_receipt="")
    assert office.register(DAY).received_date == DAY


def test_choices_are_checked_kept_and_a_fact(staff: dict[str, Any]) -> None:
    for values, words in (
        ({"release_after_working_days": "0"}, "等待的工作日"),
        ({"same_subject_requests": "很多"}, "整数"),
        ({"online_receipt": "whenever"}, "收到日"),
    ):
        with pytest.raises(Refused, match=words):
            change(staff, **values)
    for who, org in (("handler", "demo"), ("leader", "demo"), ("office", "other")):
        with pytest.raises(NotPermitted):
            change(staff, who, org, court="某法院")
    assert OfficeSetting.objects.count() == 0
    change(staff, release_after_working_days="3", court="示范区人民法院")
    case = answer(office.register(DAY, staff["handler"]).case_id, staff, DAY)
    assert release_day(case) == office.working_days_after(DAY, 3)
    (entry,) = journal.entries(names=["requests.OfficeSettingsChanged"])
    assert list(entry.body["changed"]) == ["court", "release_after_working_days"]


def test_an_authority_chooses_who_signs_and_nobody_else_may(staff: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="不能审签"):
        change(staff, signature_roles={"office_head": ["section_editor"]})
    change(staff, signature_roles={"office_head": ["leader"], "section_head": ["reviewer", "leader"]})
    assert OfficeSetting.objects.get().signature_roles == {"office_head": ["leader"]}, (
        "the default is no choice"
    )
    case_id = office.register(DAY, staff["handler"]).case_id
    with pytest.raises(Refused, match="岗位不是还缺的签批人"):
        answer(case_id, staff, DAY)
    letter = Case.objects.get(pk=case_id).letters.get()
    signing = {"case_id": case_id, "letter_id": letter.pk, "sha256": letter.sha256, "now": office.at(DAY)}
    assert sign.sign(user=staff["leader"], **signing).state == "signed"
    change(staff, signature_roles={})
    assert answer(office.register(DAY, staff["handler"]).case_id, staff, DAY).state == "closed"


def test_settings_page_saves_and_shows_what_is_wrong(staff: dict[str, Any]) -> None:
    client = Client()
    client.force_login(staff["office"], backend="gongkai.organisations.staff.backend.RoleBackend")
    address = "/desk/requests/settings/"
    assert "示范区人民政府" in client.get(address).content.decode()
    wrong = client.post(address, {"court": "示范区人民法院", "same_subject_requests": "x"})
    assert wrong.status_code == 422
    assert "示范区人民法院" in wrong.content.decode()
    assert client.post(address, {"court": "示范区人民法院", "mail_notices": "yes"}).status_code == 302
    row = OfficeSetting.objects.get()
    assert (row.court, row.mail_notices) == ("示范区人民法院", True)
    client.post(address, {"court": "示范区人民法院", "mail_notices": "yes", "sign_office_head": ["leader"]})
    assert OfficeSetting.objects.get().signature_roles == {"office_head": ["leader"]}
    client.post(address, {"court": "示范区人民法院", "mail_notices": "yes"})
    assert OfficeSetting.objects.get().signature_roles == {}, (
        "no role chosen: the default again, as the page says"
    )
    page = client.get(address).content.decode()
    assert "现在不会发出任何邮件" in page
    stranger = Client()
    stranger.force_login(staff["handler"], backend="gongkai.organisations.staff.backend.RoleBackend")
    assert stranger.post(address, {"court": "别的法院"}).status_code in (302, 403)
    assert OfficeSetting.objects.get().court == "示范区人民法院"
    assert Case.objects.count() == 0
