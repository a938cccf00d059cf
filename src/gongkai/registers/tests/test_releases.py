"""From a ledger to the public and back: versions of one record, gates, rows left out, what is due, institution items."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.kernel.regulations import regulations_dir
from gongkai.organisations import api as organisations
from gongkai.organisations.testing import make_person, make_tree
from gongkai.records import api as records
from gongkai.registers import api
from gongkai.registers.models import RegisterRelease
from gongkai.registers.services.release_blocks import PART_ROWS, SHOWN_ROWS

pytestmark = pytest.mark.django_db
TODAY = date(2025, 8, 20)
NOW = datetime(2025, 8, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
WHO = {"org_code": "demo", "actor": journal.SYSTEM, "today": TODAY, "now": NOW}
YEAR = {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}


@pytest.fixture
def office():
    make_tree()
    data = (regulations_dir() / "catalogue" / "statutory.csv").read_bytes()
    catalogue.import_catalogue(
        org_code="demo", files=[("statutory.csv", data)], actor=journal.SYSTEM, today=TODAY, now=NOW
    )
    return make_person("office", ("disclosure_office", "demo"))


def release(register_id, user, now=NOW, **more):
    return api.draft_release(
        register_id=register_id, org_code="demo", section_code="", title=f"{register_id} 公开", user=user, now=now,
        today=now.date(), **{**YEAR, **more},
    )  # fmt: skip


def blocks(info, kind):
    return [b for b in records.public_payload(record_id=info.id)["blocks"] if b["type"] == kind]


def penalties(count, **last):
    rows = [
        {
            "case_no": f"c{n}", "decision_document": f"云卫罚〔2025〕{n}号", "decided_date": date(2025, 3, 3),
            "filed_date": date(2025, 2, 3), "enforcement_field": "medical", "party_kind": "person", "party_person": "测试甲",
            "offence": "超范围", "facts": "对某患者的处置经过", "legal_basis": "条例", "penalty_kind": "warning", "content": "警告",
        }
        for n in range(count)
    ]  # fmt: skip
    rows[-1] |= last
    api.record_rows(register_id="penalty_case", raw_rows=rows, **WHO)


def test_release_shows_masked_rows_and_leaves_withdrawn_ones_out(office):
    penalties(3, withdrawn_date=date(2025, 8, 1))
    info = release("penalty_case", office)
    (table,) = blocks(info, "table")
    assert len(table["rows"]) == 3
    text = str(table["rows"])
    assert "测**" in text
    assert "测试甲" not in text
    assert "某患者" not in text
    assert "另有1条已按规定撤下" in blocks(info, "paragraph")[0]["html"]
    attachments = records.public_payload(record_id=info.id)["attachments"]
    assert [a["name"] for a in attachments] == [
        "penalty-case.csv", "penalty-case.json", "penalty-case-datapackage.zip",
    ]  # fmt: skip


def test_same_span_again_changes_the_draft_and_another_span_is_another_record(office):
    penalties(2)
    first = release("penalty_case", office)
    penalties(4)
    again = release("penalty_case", office, now=NOW + timedelta(hours=1))
    assert again.id == first.id
    assert len(blocks(again, "table")[0]["rows"]) == 5
    other = release("penalty_case", office, start=date(2025, 3, 1))
    assert other.id != first.id
    assert RegisterRelease.objects.count() == 2
    records.discard(record_id=first.id, user=office, now=NOW)
    assert release("penalty_case", office).id not in (first.id, other.id)


def test_version_under_review_is_not_changed_behind_the_reviewers(office):
    penalties(1)
    info = release("penalty_case", office)
    records.submit(record_id=info.id, user=office, now=NOW)
    with pytest.raises(api.RowRefused, match="还在审签"):
        release("penalty_case", office)


def test_bulletin_without_superior_source_is_stopped_and_with_it_says_so(office):
    row = {"month": "2025-07-31", "disease": "手足口病", "cases": 40, "deaths": 0}
    kept = api.record_row(register_id="notifiable_disease_month", raw=row, **WHO)
    with pytest.raises(api.RowRefused, match=r"上级来源.*只转发"):
        release("notifiable_disease_month", office)
    later = datetime(2025, 9, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    info = release("notifiable_disease_month", office, now=later)
    assert "本行政区域的报告数" in blocks(info, "paragraph")[1]["html"]
    api.record_row(
        register_id="notifiable_disease_month",
        row_id=kept.pk,
        raw={**row, "source": "市疾控局2025年7月通报"},
        **WHO,
    )
    info = release("notifiable_disease_month", office, end=date(2025, 7, 31))
    assert "来源：市疾控局2025年7月通报" in blocks(info, "paragraph")[1]["html"]
    assert [b["caption"] for b in blocks(info, "table")] == ["法定传染病报告发病、死亡统计"], (
        "rows stay inside"
    )


def test_long_register_goes_out_in_pages(office, monkeypatch):
    monkeypatch.setattr("gongkai.registers.services.release_blocks.PART_ROWS", 200)
    rows = [
        {"post_no": f"p{n}", "posted_date": date(2025, 5, 1), "title": "题目", "channel": "wechat"}
        for n in range(450)
    ]
    api.record_rows(register_id="media_post", raw_rows=rows, **WHO)
    info = release("media_post", office)
    assert len(blocks(info, "table")[0]["rows"]) == SHOWN_ROWS + 1
    attachments = records.public_payload(record_id=info.id)["attachments"]
    parts = [a for a in attachments if "部分" in a["name"]]
    assert [len(a["text"].splitlines()) for a in parts] == [201, 201, 51]
    assert PART_ROWS == 2000, "a part must fit into the text that is kept of a file"


def test_standings_tell_what_is_due_what_is_late_and_what_changed_since(office):
    penalties(2, published_date=date(2025, 3, 7))
    standing = {s.register.id: s for s in api.list_standings(org_code="demo", today=date(2025, 3, 14))}
    assert standing["penalty_case"].late_rows == 1, "seven working days after 3 March end on 12 March"
    early = {s.register.id: s for s in api.list_standings(org_code="demo", today=date(2025, 3, 12))}
    assert early["penalty_case"].late_rows == 0
    water = standing["drinking_water_sample"]
    assert (water.light, water.period.name) == ("late", "2024年第四季度")
    assert standing["media_post"].light == "not_applicable"


def test_items_of_an_institution_are_brought_in_once_and_what_was_filled_in_stays(office):
    act = {
        "org_code": "demo",
        "institution_no": "H1",
        "institution_type": "hospital",
        "actor": journal.SYSTEM,
    }
    made = api.offer_items(**act, today=TODAY, now=NOW)
    assert made > 40
    rule = api.register("institution_disclosure", on=TODAY)
    row = api.rows_of(rule=rule, org_code="demo").first()
    with pytest.raises(api.RowRefused, match=r"不适用的理由.*必填"):
        api.record_row(register_id=rule.id, row_id=row.pk, raw={**row.values, "state": "不适用"}, **WHO)
    api.record_row(
        register_id=rule.id, row_id=row.pk, raw={**row.values, "state": "不适用", "reason": "不设该科"}, **WHO
    )
    assert api.offer_items(**act, today=TODAY, now=NOW) == 0
    row.refresh_from_db()
    assert row.values["state"] == "not_applicable"
    with pytest.raises(api.RowRefused, match="机构类型"):
        api.offer_items(**{**act, "institution_type": "spa"}, today=TODAY, now=NOW)


def test_only_the_office_releases(office):
    penalties(1)
    clerk = make_person("clerk", ("section_editor", "demo-control"))
    with pytest.raises(organisations.NotPermitted):
        release("penalty_case", clerk)
