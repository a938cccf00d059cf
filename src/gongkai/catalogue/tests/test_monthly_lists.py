"""The monthly list: once for a section and month, once to a person, nothing of records or persons in it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from gongkai.catalogue import api
from gongkai.catalogue.models import CatalogueItem, MonthlyList, MonthlyMessage, Obligation
from gongkai.catalogue.services import monthly_lists
from gongkai.catalogue.services.monthly_lists import run_monthly, send_again
from gongkai.catalogue.services.timeliness_settings import change_timeliness
from gongkai.journal.api import SYSTEM, entries
from gongkai.kernel.regulations import regulations_dir
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

pytestmark = pytest.mark.django_db
SECRET = "某某医院拟处罚情况草稿"


@pytest.fixture
def _office(settings):
    settings.MAIL_NOTICES_POSSIBLE = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_tree()
    data = (regulations_dir() / "catalogue" / "standard.csv").read_bytes()
    api.import_catalogue(org_code="demo", files=[("standard.csv", data)], actor=SYSTEM, today=TODAY, now=NOW)
    CatalogueItem.objects.filter(code__in=["C004", "C005"]).update(owner_code="demo-control")
    api.open_obligation(
        org_code="demo", item_code="C004", event=Obligation.FORMED, formed_date=date(2020, 1, 6), title=SECRET,
        actor=SYSTEM, now=NOW, today=TODAY,
    )  # fmt: skip
    for name in ("alpha", "beta"):
        one = make_person(name, ("section_editor", "demo-control"), org_code="demo-control")
        one.email = f"{name}@example.invalid"
        one.save(update_fields=["email"])


def switch_on():
    change_timeliness(
        org_code="demo", lead_working_days=None, monthly_mail=True, actor=SYSTEM, today=TODAY, now=NOW
    )


def run(day=TODAY):
    return run_monthly(today=day, now=NOW)


@pytest.mark.usefixtures("_office")
def test_nothing_before_the_first_working_day():
    assert monthly_lists.first_working_day(date(2020, 5, 20)) == date(2020, 5, 6)
    assert run(date(2020, 5, 5)).made == 0
    assert run(date(2020, 5, 6)).made > 0


@pytest.mark.usefixtures("_office")
def test_list_is_made_but_not_mailed_until_switched_on():
    assert run().made >= 2
    assert mail.outbox == []
    assert not MonthlyMessage.objects.exists()


@pytest.mark.usefixtures("_office")
def test_each_responsible_person_gets_their_sections_list_once():
    switch_on()
    assert run().sent == 2
    assert (run().made, run().sent) == (0, 0)
    assert sorted(m.to[0] for m in mail.outbox) == ["alpha@example.invalid", "beta@example.invalid"]
    item = CatalogueItem.objects.get(code="C004")
    body = mail.outbox[0].body
    assert item.level2 in body
    assert "已逾期" in body
    assert SECRET not in body
    assert "测试" not in body
    (fact,) = [e for e in entries(names=["catalogue.MonthlyListMade"]) if e.body["section"] == "demo-control"]
    assert (fact.body["late"], fact.body["empty"], fact.body["told"]) == (1, 2, 2), (
        "an item, and the column of both"
    )


@pytest.mark.usefixtures("_office")
def test_crash_between_sending_and_noting_sends_nothing_twice(monkeypatch):
    switch_on()
    real = monthly_lists._message

    class Killed(BaseException):
        pass

    class Dies:
        def __init__(self, row):
            self.message = real(row)

        def send(self, **kwargs):
            self.message.send(**kwargs)
            raise Killed

    monkeypatch.setattr(monthly_lists, "_message", Dies)
    with pytest.raises(Killed):
        run()
    monkeypatch.setattr(monthly_lists, "_message", real)
    run()
    assert len(mail.outbox) == 2, "the first left before the crash, the second after it"
    unsure = MonthlyMessage.objects.get(sent_at__isnull=True)
    assert not send_again(message_id=unsure.pk, now=NOW), "not within the hour"
    assert send_again(message_id=unsure.pk, now=NOW + timedelta(hours=2))


@pytest.mark.usefixtures("_office")
def test_refused_message_is_tried_again(monkeypatch):
    switch_on()

    class Refuses:
        def __init__(self, row):
            pass

        def send(self, **kwargs):
            raise OSError("550 alpha@example.invalid")

    real = monthly_lists._message
    monkeypatch.setattr(monthly_lists, "_message", Refuses)
    assert (run().sent, run().failed) == (0, 2)
    monkeypatch.setattr(monthly_lists, "_message", real)
    assert run().sent == 2


@pytest.mark.usefixtures("_office")
def test_operator_without_a_mail_server_sends_nothing(settings):
    settings.MAIL_NOTICES_POSSIBLE = False
    switch_on()
    assert run().sent == 0
    assert mail.outbox == []


@pytest.mark.usefixtures("_office")
def test_desk_shows_what_was_sent_on_paper_and_as_a_sheet(client):
    switch_on()
    run()
    client.force_login(make_person("office", ("disclosure_office", "demo")))
    listed = client.get(reverse("catalogue:monthly")).content.decode()
    assert "已发 2 人，共 2 人" in listed
    row = MonthlyList.objects.get(section_code="demo-control")
    shown = client.get(reverse("catalogue:monthly_list", args=[row.pk])).content.decode()
    assert "测试alpha" in shown
    sheet = client.get(reverse("catalogue:monthly_file", args=[row.pk]))
    assert sheet.content[:2] == b"PK"
    client.force_login(make_person("stranger", ("disclosure_office", "other"), org_code="other"))
    for name in ("monthly_list", "monthly_file"):
        assert client.get(reverse(f"catalogue:{name}", args=[row.pk])).status_code == 403
