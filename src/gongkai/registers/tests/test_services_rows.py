"""Rows, imports and releases: every change is a fact, nothing is half-imported, verify names what was touched."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from gongkai.journal import api as journal
from gongkai.registers import api
from gongkai.registers.models import ImportBatch, RegisterRow, RowChange, StagedRow

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
WHO = {"org_code": "demo", "actor": journal.SYSTEM, "today": TODAY, "now": NOW}
SMS = {"batch_no": "S1", "sent_date": "2026-01-05", "message_count": "1.5万", "purpose": "疫情防控"}
HEADS = ["批次号", "发送日期", "发送条数", "内容类别"]


def stage(lines, heads=HEADS):
    return api.stage_table(
        register_id="message_batch", org_code="demo", file_name="短信.xlsx", file_sha256="0" * 64, heads=heads, lines=lines,
        user_id=None, today=TODAY, now=NOW,
    )  # fmt: skip


def facts():
    return list(journal.entries(names=("registers.RowRecorded", "registers.RowRemoved")))


def test_record_row_writes_row_change_and_fact():
    row = api.record_row(register_id="message_batch", raw=SMS, **WHO)
    (fact,) = facts()
    assert (fact.subject, fact.on) == (f"row:{row.pk}", date(2026, 1, 5))
    assert fact.body["codes"]["purpose"] == "epidemic"
    assert Decimal(str(fact.body["numbers"]["message_count"])) == 15000
    assert RowChange.objects.get().before is None


def test_record_row_same_content_again_writes_nothing_and_change_keeps_before():
    row = api.record_row(register_id="message_batch", raw=SMS, **WHO)
    api.record_row(register_id="message_batch", raw={**SMS, "message_count": 15000}, row_id=row.pk, **WHO)
    assert len(facts()) == 1
    api.record_row(
        register_id="message_batch", raw={**SMS, "message_count": 16000}, row_id=row.pk, reason="补录", **WHO
    )
    assert [f.body["row_version"] for f in facts()] == [1, 2]
    change = RowChange.objects.get(version=2)
    assert (change.before["message_count"], change.after["message_count"]) == (15000, 16000)


def test_record_row_with_a_used_key_is_refused():
    api.record_row(register_id="message_batch", raw=SMS, **WHO)
    with pytest.raises(api.RowRefused, match="已有同样主键"):
        api.record_row(register_id="message_batch", raw=SMS, **WHO)


def test_remove_row_needs_a_reason_and_lets_the_key_return():
    row = api.record_row(register_id="message_batch", raw=SMS, **WHO)
    with pytest.raises(api.RowRefused, match="删除理由"):
        api.remove_row(register_id="message_batch", row_id=row.pk, reason=" ", **WHO)
    api.remove_row(register_id="message_batch", row_id=row.pk, reason="重复登记", **WHO)
    with pytest.raises(api.RowRefused, match="已经不在"):
        api.remove_row(register_id="message_batch", row_id=row.pk, reason="再删", **WHO)
    again = api.record_row(register_id="message_batch", raw=SMS, **WHO)
    assert (again.pk, again.version, again.is_removed) == (row.pk, 3, False)


def test_stage_with_a_problem_counts_nothing_and_cannot_be_promoted():
    batch = stage([(2, ["S1", "2026-01-05", 3, "疫情防控"]), (3, ["S2", "明天", "x", "疫情防控"])])
    assert (batch.rows, batch.problem_count) == (1, 2)
    with pytest.raises(api.RowRefused, match="还有 2 处问题"):
        api.promote(batch_id=batch.pk, actor=journal.SYSTEM, today=TODAY, now=NOW)
    assert not RegisterRow.objects.exists()
    assert facts() == []


def test_stage_without_a_required_column_is_refused():
    with pytest.raises(api.RowRefused, match="发送条数"):
        stage([], heads=["批次号", "发送日期"])


def test_promote_adds_changes_and_leaves_the_same_alone_in_one_step():
    api.record_row(register_id="message_batch", raw=SMS, **WHO)
    api.record_row(register_id="message_batch", raw={**SMS, "batch_no": "S2"}, **WHO)
    batch = stage(
        [
            (2, ["S1", "2026-01-05", "15000", "疫情防控"]),
            (3, ["S2", "2026-01-05", 9, ""]),
            (4, ["S3", "2026-01-06", 8, ""]),
        ]
    )
    assert (batch.added, batch.changed, batch.unchanged) == (1, 1, 1)
    api.promote(batch_id=batch.pk, actor=journal.SYSTEM, today=TODAY, now=NOW)
    assert sorted(RegisterRow.objects.values_list("key", "version")) == [("S1", 1), ("S2", 2), ("S3", 1)]
    assert len(facts()) == 4
    assert not StagedRow.objects.exists()
    with pytest.raises(api.RowRefused, match="已经导入过"):
        api.promote(batch_id=batch.pk, actor=journal.SYSTEM, today=TODAY, now=NOW)


def test_drop_batch_keeps_the_report_only():
    batch = stage([(2, ["S1", "2026-01-05", 3, ""])])
    api.drop_batch(batch_id=batch.pk)
    assert ImportBatch.objects.get().state == "dropped"
    assert not StagedRow.objects.exists()


@pytest.mark.parametrize("touch", ["value", "text", "removed", "gone", "version"])
def test_verify_names_a_row_that_its_facts_do_not_bear_out(touch):
    row = api.record_row(
        register_id="media_post",
        **WHO,
        raw={"post_no": "p1", "posted_date": "2026-01-05", "title": "题目", "channel": "微信"},
    )
    journal.seal_pending(now=NOW)
    assert journal.verify().ok
    rows = RegisterRow.objects.filter(pk=row.pk)
    if touch == "gone":
        RowChange.objects.filter(row=row).delete()
        rows.delete()
    else:
        changes = {
            "value": {"values": {**row.values, "channel": "weibo"}},
            "text": {"values": {**row.values, "title": "改了"}},
        }
        rows.update(**changes.get(touch, {"is_removed": True} if touch == "removed" else {"version": 9}))
    outcome = journal.verify()
    assert not outcome.ok
    assert f"registers_registerrow {row.pk}" in {difference.where for difference in outcome.differences}


def test_stage_takes_few_queries_for_many_rows(django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        batch = stage([(n, [f"S{n}", "2026-01-05", n, "疫情防控"]) for n in range(2, 3002)])
    assert batch.rows == 3000


def test_record_rows_writes_new_and_changed_ones_only_and_refuses_all_for_one_wrong_cell():
    rows = [{**SMS, "batch_no": f"S{n}", "message_count": n} for n in range(1, 2501)]
    write = {"register_id": "message_batch", **WHO}
    assert api.record_rows(raw_rows=rows, **write) == 2500
    rows[7] = {**rows[7], "message_count": 9000}
    assert api.record_rows(raw_rows=iter(rows), **write) == 1
    assert RegisterRow.objects.get(key="S8").version == 2
    assert len(facts()) == 2501
    with pytest.raises(api.RowRefused, match="第 2 行“发送条数”"):
        api.record_rows(raw_rows=[{**SMS, "batch_no": "S9000"}, {**SMS, "message_count": "x"}], **write)
    with pytest.raises(api.RowRefused, match="重复"):
        api.record_rows(raw_rows=[{**SMS, "batch_no": "N1"}, {**SMS, "batch_no": "N1"}], **write)
    assert RegisterRow.objects.count() == 2500
