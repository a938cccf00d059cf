"""What is over its term is listed by one person, agreed by another, and goes through its room's door; the journal keeps everything."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Revision

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.organisations import testing
from gongkai.project.retention import disposal
from gongkai.project.retention.models import DisposalItem, DisposalList, RetentionTerm
from gongkai.project.retention.refusal import RetentionRefused
from gongkai.project.retention.terms import choose_term
from gongkai.records import api as records
from gongkai.records.models import Record, StoredFile
from gongkai.requests import api as requests
from gongkai.requests import testing as office
from gongkai.requests.models import Case

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)
LATER = date(2034, 3, 5)
DOCUMENT = "示卫档〔2024〕1号"


@pytest.fixture
def people() -> dict[str, Any]:
    """Return the office of the requests room, and an archivist."""
    found = office.people()
    found["archivist"] = testing.make_person("archivist", ("archivist", "demo"))
    return found


def closed_case(people: dict[str, Any], keep_until: date | None = date(2034, 3, 4)) -> Case:
    """Return a case that was set aside and put into the archive."""
    case_id = office.register(DAY, people["handler"]).case_id
    Case.objects.filter(pk=case_id).update(state="set_aside", is_open=False, keep_until=keep_until)
    return Case.objects.get(pk=case_id)


def draft(people: dict[str, Any], day: date = DAY) -> tuple[int, str]:
    """Return a draft with a file, and the hash of the file."""
    stored = records.store_file(
        stream=io.BytesIO("草稿附件的内容".encode()), name="附件.txt", now=office.at(day)
    )
    made = records.create_draft(
        org_code="demo", catalogue_codes=[], title="没有公开过的草稿", metadata={"kind": "notice"},
        blocks=[{"type": "paragraph", "text": "草稿里的一句话"}, {"type": "attachment", "sha256": stored.sha256, "name": "附件.txt"}],
        user=people["office"], now=office.at(day),
    )  # fmt: skip
    return made.id, stored.sha256


def choose(people: dict[str, Any], rule: str = "unpublished_drafts", days: int = 365) -> RetentionTerm:
    return choose_term(
        rule_id=rule, org_code="demo", days=days, document=DOCUMENT, user=people["leader"], now=office.at(DAY)
    )


def listed_and_agreed(
    people: dict[str, Any], rule: str, now: datetime, proposer: str = "office"
) -> DisposalList:
    made = disposal.propose(rule_id=rule, org_code="demo", reason="保管期满", user=people[proposer], now=now)
    return disposal.decide(
        list_id=made.pk, agreed=True, list_sha256=made.list_sha256, opinion="", user=people["leader"], now=now
    )


def test_file_over_its_term_goes_only_after_two_persons(people: dict[str, Any]) -> None:
    case, kept = closed_case(people), closed_case(people, keep_until=LATER)
    closed_case(people, keep_until=None)
    assert disposal.list_due("request_files", org_code="demo", today=date(2034, 3, 4)) == ()
    now = office.at(LATER)
    due = disposal.list_due("request_files", org_code="demo", today=LATER)
    assert [one.subject for one in due] == [case.subject]
    before = list(journal.entries())
    done = disposal.carry_out(
        list_id=listed_and_agreed(people, "request_files", now, proposer="archivist").pk,
        user=people["office"],
        now=now,
    )
    case.refresh_from_db()
    kept.refresh_from_db()
    assert (case.erased_date, kept.erased_date) == (LATER, None)
    assert [item.is_done for item in done.items.all()] == [True]
    entries = list(journal.entries())
    assert entries[: len(before)] == before, "the journal only grows"
    assert [entry.name for entry in entries[len(before) :]] == [
        "project.DisposalProposed",
        "project.DisposalDecided",
        "requests.PersonalDataErased",
        "project.DisposalCarriedOut",
    ]
    erased = entries[-2]
    assert erased.actor.user_id == people["office"].pk
    assert disposal.list_due("request_files", org_code="demo", today=LATER) == ()


def test_no_job_lets_a_file_go_by_itself(people: dict[str, Any]) -> None:
    from gongkai.requests.jobs import nightly

    case = closed_case(people, keep_until=DAY)
    nightly()
    case.refresh_from_db()
    assert case.erased_date is None


def test_proposer_and_deputies_cannot_agree(people: dict[str, Any]) -> None:
    closed_case(people)
    now = office.at(LATER)
    organisations.give_post(
        person=people["office"], role="leader", org_code="demo", from_date=DAY, today=DAY, now=office.at(DAY)
    )
    made = disposal.propose(
        rule_id="request_files", org_code="demo", reason="保管期满", user=people["office"], now=now
    )
    decision = {"list_id": made.pk, "agreed": True, "opinion": "", "now": now}
    with pytest.raises(RetentionRefused, match="不能自己同意"):
        disposal.decide(**decision, list_sha256=made.list_sha256, user=people["office"])
    with pytest.raises(RetentionRefused, match="不是这一份"):
        disposal.decide(**decision, list_sha256="0" * 64, user=people["leader"])
    with pytest.raises(organisations.NotPermitted):
        disposal.decide(**decision, list_sha256=made.list_sha256, user=people["archivist"])
    with pytest.raises(RetentionRefused, match="待同意"):
        disposal.carry_out(list_id=made.pk, user=people["office"], now=now)
    with pytest.raises(RetentionRefused, match="应写明意见"):
        disposal.decide(**(decision | {"agreed": False}), list_sha256=made.list_sha256, user=people["leader"])
    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalList.objects.filter(pk=made.pk).update(
            decided_by=people["office"], state="agreed", decided_at=now
        )


def test_doubtful_term_disposes_of_nothing_until_it_is_chosen(people: dict[str, Any]) -> None:
    number, _ = draft(people)
    assert disposal.list_due("unpublished_drafts", org_code="demo", today=LATER) == ()
    with pytest.raises(organisations.NotPermitted):
        choose_term(
            rule_id="unpublished_drafts", org_code="demo", days=365, document=DOCUMENT, user=people["office"],
            now=office.at(DAY),
        )  # fmt: skip
    for days, document, words in ((0, DOCUMENT, "范围"), (365, " ", "文件")):
        with pytest.raises(RetentionRefused, match=words):
            choose_term(
                rule_id="unpublished_drafts", org_code="demo", days=days, document=document, user=people["leader"],
                now=office.at(DAY),
            )  # fmt: skip
    with pytest.raises(RetentionRefused, match="不由机关选定"):
        choose(people, rule="program_logs")
    choose(people)
    last = DAY + timedelta(days=365)
    assert disposal.list_due("unpublished_drafts", org_code="demo", today=last) == ()
    due = disposal.list_due("unpublished_drafts", org_code="demo", today=last + timedelta(days=1))
    assert [one.subject for one in due] == [f"record:{number}"]


def test_disposed_draft_leaves_neither_text_nor_file(people: dict[str, Any]) -> None:
    number, digest = draft(people)
    choose(people)
    now = office.at(LATER)
    listed = listed_and_agreed(people, "unpublished_drafts", now)
    disposal.carry_out(list_id=listed.pk, user=people["office"], now=now)
    record = Record.objects.get(pk=number)
    assert "一句话" not in str(record.body.get_prep_value())
    assert "没有公开过" not in record.title
    assert not Revision.objects.for_instance(record).exists()
    assert StoredFile.objects.get(pk=digest).erased_at == now
    assert record.status.state == "discarded"
    fact = next(iter(journal.entries(names=("records.DraftErased",))))
    assert fact.body["files"] == [digest]


def test_erased_again_when_an_older_backup_brings_it_back(people: dict[str, Any]) -> None:
    number, _ = draft(people)
    choose(people)
    case, now = closed_case(people), office.at(LATER)
    content = Revision.objects.for_instance(Record.objects.get(pk=number)).get().content
    for rule in ("unpublished_drafts", "request_files"):
        disposal.carry_out(list_id=listed_and_agreed(people, rule, now).pk, user=people["office"], now=now)
    assert (records.replay_disposals(now=now), requests.replay_erasures(now=now)) == (0, 0)
    record = Record.objects.get(pk=number)
    Revision.objects.create(content_object=record, base_content_type=Record.get_base_content_type(), content=content)  # fmt: skip
    Case.objects.filter(pk=case.pk).update(erased_date=None, content="找回来的内容")
    assert (records.replay_disposals(now=now), requests.replay_erasures(now=now)) == (1, 1)
    case.refresh_from_db()
    assert "找回来" not in case.content
    assert not Revision.objects.for_instance(record).exists()


def test_what_is_no_longer_due_stays_and_says_why(people: dict[str, Any]) -> None:
    gone, reopened = closed_case(people), closed_case(people)
    now = office.at(LATER)
    listed = listed_and_agreed(people, "request_files", now)
    Case.objects.filter(pk=reopened.pk).update(keep_until=None)
    done = disposal.carry_out(list_id=listed.pk, user=people["office"], now=now)
    outcome = {item.subject: (item.is_done, bool(item.kept_because)) for item in done.items.all()}
    assert outcome == {gone.subject: (True, False), reopened.subject: (False, True)}
    fact = next(iter(journal.entries(names=("project.DisposalCarriedOut",))))
    assert (fact.body["done"], fact.body["kept_back"]) == (1, 1)


def test_carrying_out_goes_on_after_a_crash(people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [closed_case(people) for _ in range(3)]
    now, calls = office.at(LATER), []
    listed = listed_and_agreed(people, "request_files", now)

    def die(*, case_id: int, user: Any, now: datetime) -> None:
        calls.append(case_id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        erase(case_id=case_id, user=user, now=now)

    erase = requests.erase
    monkeypatch.setattr(requests, "erase", die)
    with pytest.raises(KeyboardInterrupt):
        disposal.carry_out(list_id=listed.pk, user=people["office"], now=now)
    assert DisposalItem.objects.filter(is_done=True).count() == 1
    disposal.carry_out(list_id=listed.pk, user=people["office"], now=now)
    assert Case.objects.filter(pk__in=[case.pk for case in cases], erased_date=LATER).count() == 3
    names = [entry.name for entry in journal.entries(names=("requests.PersonalDataErased",))]
    assert len(names) == 3


def test_desk_shows_rules_doubts_and_lets_two_persons_through(people: dict[str, Any]) -> None:
    closed_case(people, keep_until=DAY)
    client, other = Client(), Client()
    client.force_login(people["office"])
    other.force_login(people["leader"])
    overview = reverse("retention:overview")
    page = client.get(overview).content.decode()
    assert "不得少于 184 天" in page
    assert "待核对：由本机关选定" in page
    assert "没有选定，不处置" in page
    assert 'name="days"' not in page, "the office does not choose terms"
    chosen = other.post(
        reverse("retention:choose"),
        {"org": "demo", "rule": "withdrawn_payloads", "days": "90", "document": DOCUMENT},
        follow=True,
    ).content.decode()
    assert "保管 90 天" in chosen
    made = client.post(
        reverse("retention:propose"), {"org": "demo", "rule": "request_files", "reason": "保管期满"}
    )
    listed = DisposalList.objects.get()
    assert made.headers["Location"] == reverse("retention:list", args=[listed.pk])
    own = client.get(made.headers["Location"]).content.decode()
    assert "同意处置" not in own
    assert "等待提请人以外的有权人决定" in own
    act = {"verb": "agree", "list_sha256": listed.list_sha256, "opinion": ""}
    client.post(made.headers["Location"], act)
    listed.refresh_from_db()
    assert listed.state == "proposed"
    other.post(made.headers["Location"], act)
    done = client.post(made.headers["Location"], {"verb": "carry_out"}, follow=True).content.decode()
    assert "已处置" in done
    stranger = Client()
    stranger.force_login(people["clerk"])
    assert stranger.get(overview).status_code == 403
    assert stranger.get(made.headers["Location"]).status_code == 403


def test_what_is_due_and_each_next_step_is_told_to_whoever_may_take_it(people: dict[str, Any]) -> None:
    case = closed_case(people)
    assert records.gather_matters(now=office.at(date(2034, 3, 4))) == 0
    now = office.at(LATER)

    def told(name: str) -> list[tuple[str, str]]:
        records.gather_matters(now=now)
        rows = records.list_matters(user=people[name], org_codes={"demo"}, today=LATER)
        return [(row.title, row.address) for row in rows]

    ((title, address),) = told("archivist")
    assert title.endswith("保管期满：1 件")
    assert address.endswith("?org=demo")
    assert case.number not in title
    assert {
        row.light for row in records.list_matters(user=people["archivist"], org_codes={"demo"}, today=LATER)
    } == {"due"}
    assert told("leader") == []
    made = disposal.propose(
        rule_id="request_files", org_code="demo", reason="保管期满", user=people["office"], now=now
    )
    assert told("archivist") == []
    assert [address for _, address in told("leader")] == [reverse("retention:list", args=[made.pk])]
    disposal.decide(
        list_id=made.pk, agreed=True, list_sha256=made.list_sha256, opinion="", user=people["leader"], now=now
    )
    assert told("leader") == []
    assert [title for title, _ in told("office")] == [
        f"第 {made.pk} 号处置清册：{title.partition('保管期满')[0]}"
    ]
    disposal.carry_out(list_id=made.pk, user=people["office"], now=now)
    assert told("office") == []
