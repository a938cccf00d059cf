"""E-mail notices: off unless office and operator switched them on; they say that something happened, never what or to whom."""

from __future__ import annotations

import json
import smtplib
import traceback
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from gongkai.journal import api as journal
from gongkai.requests import testing as office
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import TABLE
from gongkai.requests.jobs import send_notice
from gongkai.requests.models import Case, MailNotice
from gongkai.requests.services import examine, notices
from gongkai.requests.services.office import change_office_settings

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)
ADDRESS = office.person()["email"]


@pytest.fixture
def staff(settings: Any) -> dict[str, Any]:
    settings.MAIL_NOTICES_POSSIBLE = True
    settings.MAIL_DOMAIN = "wjj.example"
    settings.DEFAULT_FROM_EMAIL = "wjj@wjj.example"
    return office.people()


def switch_on(staff: dict[str, Any]) -> None:
    change_office_settings(
        org_code="demo", values={"mail_notices": True}, user=staff["office"], now=office.at(DAY)
    )


def jobs() -> list[Any]:
    return [row.args_kwargs["args"] for row in DBTaskResult.objects.filter(task_path__contains="send_notice")]


def test_nothing_is_queued_until_office_and_operator_agree(staff: dict[str, Any], settings: Any) -> None:
    office.register(DAY)
    assert jobs() == []
    switch_on(staff)
    settings.MAIL_NOTICES_POSSIBLE = False
    office.register(DAY)
    assert (jobs(), MailNotice.objects.count()) == ([], 0)


def test_notice_says_that_and_not_what(staff: dict[str, Any]) -> None:
    switch_on(staff)
    receipt = office.register(DAY, staff["handler"], content="请公开示范区秘密疫苗方案")
    examine.ask_supplement(
        case_id=receipt.case_id, grounds=["content_unclear"], items="请写明年度", asked=DAY, user=staff["handler"],
        now=office.at(DAY),
    )  # fmt: skip
    rows = list(MailNotice.objects.order_by("pk"))
    assert [row.verb for row in rows] == ["confirm_receipt", "ask_supplement"]
    assert jobs() == [[row.pk] for row in rows]
    for row in rows:
        assert send_notice.call(row.pk) is True
        assert send_notice.call(row.pk) is False  # at least once: the second time does nothing
    assert len(mail.outbox) == 2
    for message, row in zip(mail.outbox, rows, strict=True):
        assert message.to == [ADDRESS]
        assert room_rules().notices[row.verb] in message.subject
        assert receipt.number in message.body
        assert "/ask/track/" in message.body
        assert message.extra_headers["Message-ID"].endswith("@wjj.example>")
        whole = message.subject + message.body
        assert not any(
            word in whole for word in ("秘密疫苗", "请写明年度", "测试某甲", str(receipt.query_code))
        )
    assert MailNotice.objects.filter(sent_at__isnull=False).count() == 2


def test_failure_names_no_address_and_can_be_tried_again(
    staff: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    switch_on(staff)
    office.register(DAY)
    row = MailNotice.objects.get()

    def broken(*_: Any, **__: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({ADDRESS: (550, f"no such user {ADDRESS}".encode())})

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.message.EmailMessage.send", broken)
        with pytest.raises(notices.MailNotSent, match="SMTPRecipientsRefused") as failed:
            send_notice.call(row.pk)
    for text in ("".join(traceback.format_exception(failed.value)), caplog.text, str(jobs())):
        assert ADDRESS not in text
    row.refresh_from_db()
    assert (row.sent_at, len(mail.outbox)) == (None, 0)
    assert send_notice.call(row.pk) is True  # the worker tries every failed job again, with growing pauses
    assert len(mail.outbox) == 1


def test_no_address_no_notice_and_none_after_erasure(staff: dict[str, Any]) -> None:
    switch_on(staff)
    office.register(DAY, person={**office.person(), "email": ""})
    row = MailNotice.objects.get()
    assert notices.send(notice_id=row.pk, now=office.at(DAY)) is False
    office.register(DAY)
    Case.objects.last().applicant.__class__.objects.update(sealed=b"")  # type: ignore[union-attr]
    assert notices.send(notice_id=MailNotice.objects.last().pk, now=office.at(DAY)) is False  # type: ignore[union-attr]
    assert mail.outbox == []
    bodies = json.dumps([dict(entry.body) for entry in journal.entries()], default=str)
    assert ADDRESS not in bodies


def test_every_notice_is_an_event_the_applicant_sees() -> None:
    verbs = {t.verb for t in TABLE}
    assert set(room_rules().notices) <= verbs
