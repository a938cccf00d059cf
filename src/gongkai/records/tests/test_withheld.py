"""What is not for the public is decided by another, closed, looked at again in time, and told of; validity that ends is reminded of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.core.samples import count_year, roll_year, year_of
from gongkai.records.core.withholding import grounds, next_assessment
from gongkai.records.models import Record, RecordState, Release, Withholding
from gongkai.records.selectors_due import expiring_rows, withheld_rows
from gongkai.records.table_checks import differences_in_withholdings

HIDDEN = {"disclosure": "withheld", "disclosure_reason": "内部讨论记录"}


def close(office, record_id, **changes):
    values = {
        "ground": "process",
        "reason": "讨论过程稿，未形成结论",
        "public_words": "信访事项讨论记录一份",
        "user": office.office,
        "now": office.later(),
        "content_sha256": api.content_hash(record_id=record_id),
    }
    return api.withhold(record_id=record_id, **{**values, **changes})


@pytest.mark.django_db
def test_withheld_record_is_closed_with_ground_and_next_day(office):
    record = office.draft(metadata=HIDDEN)
    codes = organisations.scope(user=office.office, action="view", kind="record", today=office.today)
    ask = {"user": office.office, "org_codes": codes, "today": office.today, "limit": 5}
    assert "待决定" in api.list_waiting(**ask)[1][0].step

    assert close(office, record.id).state == "withheld"
    row = Withholding.objects.get(record_id=record.id)
    assert (row.decision, row.ground, row.next_date) == ("withheld", "process", date(2021, 6, 15))
    assert RecordState.objects.get(pk=record.id).reassess_date == row.next_date
    assert not Release.objects.exists()
    fact = next(iter(journal.entries(names=("records.RecordWithheld",))))
    assert (fact.body["ground"], fact.body["next_date"]) == ("process", "2021-06-15")
    assert api.list_waiting(**ask)[0] == 0
    count, rows = api.list_waiting(**{**ask, "today": date(2021, 6, 16)})
    assert (count, rows[0].light) == (1, "late")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("metadata", "changes", "error", "told"),
    [
        ({}, {}, api.StepRefused, "主动公开"),
        (HIDDEN, {"ground": "whim"}, api.BadInput, "不在清单"),
        (HIDDEN, {"ground": "on_request"}, api.BadInput, "不一致"),
        (HIDDEN, {"ground": "state_secret"}, api.BadInput, "涉密"),
        (HIDDEN, {"reason": " "}, api.BadInput, "具体说明"),
        (HIDDEN, {"content_sha256": "0" * 64}, api.BadInput, "不一致"),
    ],
)
def test_withholding_needs_mark_ground_reason_and_the_content_shown(office, metadata, changes, error, told):
    record = office.draft(metadata=metadata)
    with pytest.raises(error, match=told):
        close(office, record.id, **changes)
    assert not Withholding.objects.exists()
    assert api.get_record(record_id=record.id).state == "draft"


@pytest.mark.django_db
def test_nobody_withholds_their_own_text_or_without_the_post(office):
    record = office.draft(metadata=HIDDEN)
    with pytest.raises(organisations.NotPermitted):
        close(office, record.id, user=office.editor)
    own = office.draft(org_code="demo", metadata=HIDDEN, user=office.office)
    with pytest.raises(api.SeparationBroken):
        close(office, own.id)
    assert close(office, own.id, user=office.leader).state == "withheld"


@pytest.mark.django_db
def test_withheld_record_goes_nowhere_but_through_its_reopening(office):
    record = office.draft(metadata=HIDDEN)
    close(office, record.id)
    for call in (
        lambda: api.submit(record_id=record.id, user=office.editor, now=office.later()),
        lambda: api.publish(record_id=record.id, user=office.leader, now=office.later()),
        lambda: api.discard(record_id=record.id, user=office.editor, now=office.later()),
        lambda: close(office, record.id),
    ):
        with pytest.raises(api.StepRefused):
            call()
    api.assess_withheld(
        record_id=record.id, opened=True, reason="结论已公布", user=office.leader, now=office.later()
    )
    with pytest.raises(api.FindingsOpen):
        api.submit(record_id=record.id, user=office.editor, now=office.later())
    office.edit(record.id, disclosure="active")
    assert api.submit(record_id=record.id, user=office.editor, now=office.later()).state == "in_review"


@pytest.mark.django_db
def test_assessment_keeps_for_another_term(office):
    record = office.draft(metadata=HIDDEN)
    close(office, record.id)
    office.later(days=360)
    assert [row.light for row in listed(office)] == ["near"]
    api.assess_withheld(
        record_id=record.id, opened=False, reason="情势没有变化", user=office.leader, now=office.now
    )
    (row,) = listed(office)
    assert (row.light, row.decision.decision, row.decision.sequence) == ("fine", "kept", 2)
    assert row.state.reassess_date == row.decision.next_date > office.today + timedelta(days=300)


def listed(office, **kwargs):
    codes = organisations.scope(user=office.office, action="view", kind="record", today=office.today)
    return withheld_rows(org_codes=codes, today=office.today, **kwargs)


@pytest.mark.django_db
def test_decisions_cannot_be_rewritten_and_a_state_cannot_forget_its_next_look(office):
    record = office.draft(metadata=HIDDEN)
    close(office, record.id)
    with pytest.raises(DatabaseError), transaction.atomic():
        Withholding.objects.update(reason="改过的理由")
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordState.objects.filter(pk=record.id).update(reassess_date=None)


@pytest.mark.django_db
def test_verify_names_a_withheld_state_that_was_slipped_back(office):
    record = office.draft(metadata=HIDDEN)
    close(office, record.id)
    assert list(differences_in_withholdings()) == []
    RecordState.objects.filter(pk=record.id).update(state="draft", reassess_date=None)
    assert [d.where for d in differences_in_withholdings()] == [f"records_recordstate {record.id}"]


@pytest.mark.django_db
def test_public_is_told_what_is_withheld_and_why_without_title_or_content(office):
    for title, words in (("张某来信的讨论记录", "信访事项讨论记录一份"), ("连名称都不能说的事", "")):
        close(office, office.draft(title=title, metadata=HIDDEN).id, public_words=words)
    asked = office.draft(metadata={"disclosure": "on_request", "disclosure_reason": "面向特定对象"})
    close(office, asked.id, ground="on_request", public_words="依申请的一份")
    made = api.draft_withheld_notice(org_code="demo", user=office.office, now=office.later())
    text = str(api.public_payload(record_id=made.id))
    assert "信访事项讨论记录一份" in text
    assert "第16条第二款" in text
    for secret in ("张某", "连名称", "未形成结论", "依申请的一份", "疫情防控"):
        assert secret not in text
    assert made.state == "draft"
    api.submit(record_id=made.id, user=office.office, now=office.later())
    with pytest.raises(api.BadInput, match="没有可以对外说明"):
        api.draft_withheld_notice(org_code="demo-yy", user=office.clerk, now=office.later())


@pytest.mark.parametrize("ground", grounds(), ids=lambda ground: ground.id)
def test_every_ground_names_its_article_and_its_next_look(ground):
    assert ground.article.startswith("第")
    assert next_assessment(ground, decided=date(2020, 2, 29), calendar=load_calendar()) >= date(2021, 2, 28)


@pytest.mark.django_db
def test_duties_of_a_withheld_record_close_and_open_again(office):
    item = _one_item(office)
    record = office.draft(catalogue_codes=[item], metadata=HIDDEN)
    _hear("records.RecordDrafted", catalogue.note_draft)
    close(office, record.id)
    _hear("records.RecordWithheld", catalogue.note_withheld)
    _hear("records.RecordWithheld", catalogue.note_withheld)
    assert _duties() == [(item, "经审查不主动公开，见不予公开决定", date(2020, 6, 10))]
    api.assess_withheld(
        record_id=record.id, opened=True, reason="可以公开了", user=office.leader, now=office.later(days=30)
    )
    _hear("records.WithholdingAssessed", catalogue.note_assessment)
    assert _duties() == [(item, "", office.today)]


def _one_item(office) -> str:
    from gongkai.kernel.regulations import regulations_dir

    name = "statutory.csv"
    catalogue.import_catalogue(
        org_code="demo",
        files=[(name, (regulations_dir() / "catalogue" / name).read_bytes())],
        actor=organisations.actor(user=office.office, role="disclosure_office"),
        today=office.today,
        now=office.later(),
    )
    return catalogue.list_items(org_code="demo")[0].code


def _hear(name: str, handler) -> None:
    for entry in journal.entries(names=(name,)):
        handler(entry)


def _duties() -> list[tuple[str, str, date]]:
    from django.apps import apps

    rows = apps.get_model("catalogue", "Obligation").objects.order_by("pk")
    return list(rows.values_list("item_code", "closed_reason", "formed_date"))


@pytest.mark.django_db
def test_validity_that_ends_is_reminded_of_until_somebody_acts(office):
    release = office.published(metadata={"kind": "policy", "expires_date": date(2020, 12, 31)})
    codes = organisations.scope(user=office.editor, action="view", kind="record", today=office.today)
    assert expiring_rows(org_codes=codes, today=date(2020, 9, 29)) == []
    ask = {"user": office.editor, "org_codes": codes, "limit": 5}
    (row,) = expiring_rows(org_codes=codes, today=date(2020, 9, 30))
    assert (row.light, row.days_left) == ("near", 92)
    assert api.list_waiting(today=date(2020, 9, 30), **ask)[1][0].light == "near"
    assert api.list_waiting(today=date(2021, 1, 1), **ask)[1][0].light == "late"
    office.later(days=200)
    api.amend(
        record_id=release.record_id,
        change="validity",
        note="届满失效",
        user=office.editor,
        now=office.later(),
    )
    office.edit(release.record_id, validity_state="expired", validity_note="有效期届满", grade="minor")
    api.submit(record_id=release.record_id, user=office.editor, now=office.later())
    office.sign_all(release.record_id)
    api.publish(record_id=release.record_id, user=office.leader, now=office.later())
    assert expiring_rows(org_codes=codes, today=date(2021, 1, 1)) == []


@pytest.mark.django_db
def test_sample_gives_text_and_places_but_no_number_date_or_file(office):
    sample = office.published(
        title="2019年度卫生健康工作总结",
        blocks=[{"type": "paragraph", "text": "2019年，全县完成两项工作。比2019年初增加，编号12019。"}],
        metadata={"formed_date": date(2019, 12, 20), "document_number": "示卫发〔2019〕5号", "expires_date": date(2020, 12, 31)},
    )  # fmt: skip
    made = api.clone_record(record_id=sample.record_id, user=office.editor2, now=office.later())
    record = Record.objects.get(pk=made.record.id)
    assert record.title == "2020年度卫生健康工作总结"
    assert (made.old_year, made.old_year_mentions) == (2019, 2)
    assert (record.document_number, record.formed_date, record.expires_date) == ("", None, None)
    assert made.record.index_number is None
    assert api.public_payload(record_id=record.pk)["blocks"] == sample.payload["blocks"]
    with pytest.raises(organisations.NotPermitted):
        api.clone_record(record_id=sample.record_id, user=office.foreign_editor, now=office.later())


@pytest.mark.parametrize(
    ("title", "step", "after"),
    [
        ("2019年工作总结", 1, "2020年工作总结"),
        ("2018—2019学年", 1, "2019—2020学年"),
        ("关于2020年2月工作的通知", 0, "关于2020年2月工作的通知"),
        ("编号120193年", 1, "编号120193年"),
    ],
)
def test_years_of_a_title_move_together(title, step, after):
    assert roll_year(title, step) == after
    assert year_of(title) is None or count_year(title, year_of(title)) >= 1
