"""Subscription by e-mail: nothing before the owner of the address confirmed, each release once, nothing withdrawn, no address in the open."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection
from django.test import Client
from django_tasks_db.models import DBTaskResult

from gongkai.portal.builder import Builder
from gongkai.portal.core.values import Board, EventTopic
from gongkai.portal.jobs import send_confirmation
from gongkai.portal.live import places
from gongkai.portal.models import Digest, DigestEntry, Subscription
from gongkai.portal.services import digest, subscribe
from gongkai.portal.state.results import transaction
from gongkai.portal.state.schema import open_state, set_meta
from gongkai.portal.testing.payloads import GeneratedSource, payload
from gongkai.portal.tests.conftest import TODAY
from gongkai.requests.api import TooMany, browser_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
ADDRESS = "reader.zhao@mail.example"


@pytest.fixture
def set_up(settings: Any, built_once: Path) -> None:
    """Mail is set up; the small site is public."""
    settings.HOME, settings.PUBLIC_DIR = built_once, built_once / "public"
    settings.MAIL_NOTICES_POSSIBLE, settings.MAIL_DOMAIN = True, "wjj.example"
    settings.DEFAULT_FROM_EMAIL = "wjj@wjj.example"


@pytest.fixture
def own_site(set_up: None, settings: Any, site_home: Path) -> None:
    settings.HOME, settings.PUBLIC_DIR = site_home, site_home / "public"


def link(text: str, verb: str) -> str:
    return re.findall(rf"https?://[^/]+(/ask/subscribe/{verb}/[^/]+/)", text)[0]


def ask_for(kind: str = "column", value: str = "tzgg", address: str = ADDRESS) -> Subscription:
    subscribe.subscribe(kind=kind, value=value, address=address, now=NOW)
    row = Subscription.objects.latest("pk")
    assert send_confirmation.call(row.pk)
    return row


def confirmed(kind: str = "column", value: str = "tzgg", address: str = ADDRESS) -> Subscription:
    row = ask_for(kind, value, address)
    token = link(mail.outbox[-1].body, "confirm").split("/")[-2]
    assert subscribe.confirm(token=token, now=NOW)
    mail.outbox.clear()
    row.refresh_from_db()
    return row


def form(client: Client, **typed: str) -> Any:
    given = {"wish": "column:tzgg", "keyword": "", "address": ADDRESS, "website": ""}
    return client.post("/ask/subscribe/", given | typed)


def test_a_reader_subscribes_confirms_and_leaves_without_script(set_up: None, client: Client) -> None:
    assert "通知公告" in client.get("/ask/subscribe/?column=tzgg").content.decode()
    assert form(client).status_code == 200
    row = Subscription.objects.get()
    assert row.confirmed_at is None
    assert send_confirmation.call(row.pk)
    way = link(mail.outbox[0].body, "confirm")
    assert "确认订阅" in client.get(way).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is None  # opening the link confirms nothing
    assert "已经确认" in client.post(way).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is not None
    leaving = link(mail.outbox[0].body, "leave")
    assert "退订栏目“通知公告”" in client.get(leaving).content.decode()
    assert client.post(leaving).status_code == 200
    assert not Subscription.objects.exists()
    assert client.get(leaving).status_code == 200
    assert client.get(way).status_code == 404


def test_mail_program_leaves_in_one_click(set_up: None) -> None:
    confirmed()
    ask_for()  # asking again tells the owner that they have it already
    message = mail.outbox[-1]
    assert "已经订阅" in message.subject
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message.extra_headers["List-Unsubscribe"].strip("<>")
    path = "/" + address.split("/", 3)[3]
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()


def test_address_and_tokens_stand_nowhere_in_the_open(set_up: None, client: Client, caplog: Any) -> None:
    form(client)
    row = Subscription.objects.get()
    send_confirmation.call(row.pk)
    token = link(mail.outbox[0].body, "confirm").split("/")[-2]
    leaving = link(mail.outbox[0].body, "leave").split("/")[-2]
    assert row.confirm_digest == hashlib.sha256(token.encode()).hexdigest()
    kept = " ".join(str(v) for v in Subscription.objects.values_list().get())
    jobs = json.dumps(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))
    for text in (
        kept,
        bytes(row.sealed).decode("latin-1"),
        jobs,
        caplog.text,
        mail.outbox[0].extra_headers["Message-ID"],
    ):
        for secret in (ADDRESS, token, leaving):
            assert secret not in text
    assert ADDRESS not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"wish": ""}, "wish"), ({"wish": "column:none"}, "wish"), ({"wish": "keyword:", "keyword": "一"}, "keyword"),
        ({"wish": "keyword:", "keyword": "长" * 41}, "keyword"), ({"address": "nobody"}, "address"), ({"address": f"{'a' * 250}@b.example"}, "address"),
        ({"address": "a@b.example\nBcc: c@d.example"}, "address"),
    ],
)  # fmt: skip
def test_wrong_form_keeps_what_was_typed_and_says_what_to_mend(
    set_up: None, client: Client, typed: dict[str, str], field: str
) -> None:
    answer = form(client, **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'href="#f-{field}"' in page
    if field != "address":
        assert ADDRESS in page
    assert not Subscription.objects.exists()


def test_too_many_tries_are_slowed_down(set_up: None, client: Client) -> None:
    answers = [form(client, address=f"r{n}@mail.example").status_code for n in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    for _ in range(5):
        subscribe.subscribe(kind="column", value="zcwj", address=ADDRESS, now=NOW)
    with pytest.raises(TooMany):
        subscribe.subscribe(kind="column", value="zcwj", address=ADDRESS, now=NOW)
    assert form(client, website="x").status_code == 400
    assert browser_task(form="ab", now=NOW).startswith("ab.")


def test_without_mail_the_page_offers_feeds_only(set_up: None, settings: Any, client: Client) -> None:
    settings.MAIL_NOTICES_POSSIBLE = False
    page = client.get("/ask/subscribe/?q=疫苗").content.decode()
    assert "没有开通邮件订阅" in page
    assert "/search/feed.xml?q=" in page
    assert "f-address" not in page
    assert form(client).status_code == 400
    assert digest.send_digests(now=NOW) == 0


def test_unconfirmed_address_is_deleted_after_its_term(set_up: None) -> None:
    ask_for()
    confirmed(address="other@mail.example")
    assert subscribe.forget_unconfirmed(now=NOW + timedelta(hours=47)) == 0
    assert subscribe.forget_unconfirmed(now=NOW + timedelta(hours=49)) == 1
    assert Subscription.objects.get().confirmed_at is not None


def test_digest_tells_each_subscription_what_is_new_and_fits_once(
    own_site: None, builder: Builder, source: GeneratedSource
) -> None:
    column, topic = confirmed("column", "tzgg"), confirmed("topic", "yqfk")
    word, unasked = confirmed("keyword", "云梯车"), confirmed("column", "rsxx")
    ask_for("column", "zcwj")
    mail.outbox.clear()
    assert digest.send_digests(now=NOW) == 0  # what was public before does not come
    new = payload(131) | {"columns": ["tzgg", "zcwj"], "topics": ["yqfk"], "title": "关于云梯车检查的通告"}
    builder.apply(source.release(131, new), today=TODAY)
    assert digest.send_digests(now=NOW) == 3
    assert {e.subscription_id for e in DigestEntry.objects.all()} == {column.pk, topic.pk, word.pk}
    for message in mail.outbox:
        assert message.to == [ADDRESS]
        assert new["title"] in message.body
        assert new["path"] in message.body
        assert "/ask/subscribe/leave/" in message.body
    assert digest.send_digests(now=NOW) == 0
    slip = new | {
        "title": "关于云梯车检查的通知",
        "history": [{"sequence": 2, "published_at": new["published_at"], "change": "typo", "note": ""}],
    }
    builder.apply(source.release(131, slip), today=TODAY)
    assert digest.send_digests(now=NOW) == 0
    mended = slip | {"history": [{**slip["history"][0], "change": "correction"}]}
    builder.apply(source.release(131, mended), today=TODAY)
    assert digest.send_digests(now=NOW) == 3
    assert not Digest.objects.filter(subscription=unasked).exists()


def test_withdrawn_release_is_never_mailed(
    own_site: None, builder: Builder, source: GeneratedSource, settings: Any
) -> None:
    confirmed()
    new = payload(131) | {"columns": ["tzgg"]}
    builder.apply(source.release(131, new), today=TODAY)
    builder.apply(source.withdraw(131), today=TODAY)
    assert digest.send_digests(now=NOW) == 0
    builder.apply(source.release(132, payload(132) | {"columns": ["tzgg"]}), today=TODAY)
    (Path(settings.PUBLIC_DIR) / "open" / payload(132)["path"].replace(".html", ".json")).unlink()
    assert digest.send_digests(now=NOW) == 0  # gone from the tree a moment before: not told of either
    assert mail.outbox == []


class Killed(BaseException):
    """What a worker that is killed leaves behind: no handler runs."""


class KilledBefore(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise Killed


class KilledAfter(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        super().send_messages(messages)
        raise Killed


class Refusing(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise OSError(f"550 {messages[0].to[0]} unknown")


@pytest.fixture
def one_new(own_site: None, builder: Builder, source: GeneratedSource) -> Subscription:
    row = confirmed()
    builder.apply(source.release(131, payload(131) | {"columns": ["tzgg"]}), today=TODAY)
    return row


@pytest.mark.parametrize(("backend", "most"), [(KilledBefore, 0), (KilledAfter, 1)])
def test_killed_worker_never_sends_a_digest_twice(
    one_new: Subscription, settings: Any, backend: type, most: int
) -> None:
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.{backend.__name__}"
    with pytest.raises(Killed):
        digest.send_digests(now=NOW)
    settings.EMAIL_BACKEND = usual
    for _ in range(2):
        assert digest.send_digests(now=NOW) == 0
    assert len(mail.outbox) == most
    assert Digest.objects.get().sent_at is None


def test_refused_mail_is_tried_again_and_names_nobody(one_new: Subscription, settings: Any) -> None:
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.{Refusing.__name__}"
    with pytest.raises(digest.MailNotSent) as failed:
        digest.send_digests(now=NOW)
    assert ADDRESS not in str(failed.value)
    settings.EMAIL_BACKEND = usual
    assert digest.send_digests(now=NOW) == 1


def test_database_refuses_the_same_release_twice(one_new: Subscription) -> None:
    digest.send_digests(now=NOW)
    entry = DigestEntry.objects.get()
    second = Digest.objects.create(subscription=one_new, claimed_at=NOW)
    with pytest.raises(IntegrityError), connection.cursor():
        DigestEntry.objects.create(digest=second, subscription=one_new, release_id=entry.release_id)


def test_topic_of_an_emergency_can_be_chosen(own_site: None, client: Client) -> None:
    event = EventTopic(code="sj2026-1", name="示例事件")
    with closing(open_state(places().state)) as db, transaction(db):
        set_meta(db, "board", Board(topics=(event,)).to_json())
    page = client.get("/ask/subscribe/?topic=sj2026-1").content.decode()
    assert "/feed/topic/sj2026-1.xml" in page
    assert "示例事件" in page
    assert confirmed("topic", "sj2026-1").value == "sj2026-1"


def test_a_link_that_broke_in_the_mail_is_not_called_left(set_up: None, client: Client):
    for answer in (client.get("/ask/subscribe/leave/half/"), client.post("/ask/subscribe/leave/half/")):
        assert answer.status_code == 200, "a mail program that leaves twice gets no error"
        assert "没有这项订阅" in answer.content.decode()
        assert "链接没有抄全" in answer.content.decode()


def test_a_page_that_is_not_there_and_a_form_without_proof_speak_to_the_reader(set_up: None):
    strict = Client(enforce_csrf_checks=True)
    missing = strict.get("/ask/nothing/")
    assert missing.status_code == 404
    assert "没有这个页面" in missing.content.decode()
    forged = strict.post("/ask/subscribe/", {"wish": "keyword:", "keyword": "水质", "address": ADDRESS})
    assert forged.status_code == 403
    assert "没有提交" in forged.content.decode()
    assert not Subscription.objects.exists()
