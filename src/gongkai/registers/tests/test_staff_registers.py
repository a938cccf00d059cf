"""The ledgers' desk screens: fill in, change, import, export, release."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gongkai.catalogue import api as catalogue
from gongkai.journal.api import SYSTEM
from gongkai.kernel.regulations import regulations_dir
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree
from gongkai.registers.models import ImportBatch, RegisterRow

pytestmark = pytest.mark.django_db
SMS = {"batch_no": "S1", "sent_date": "2020-01-05", "message_count": "1.5万", "purpose": "epidemic"}


@pytest.fixture
def office(client):
    make_tree()
    data = (regulations_dir() / "catalogue" / "statutory.csv").read_bytes()
    catalogue.import_catalogue(
        org_code="demo", files=[("statutory.csv", data)], actor=SYSTEM, today=TODAY, now=NOW
    )
    client.force_login(make_person("office", ("disclosure_office", "demo")))
    return client


def at(name, *args):
    return reverse(f"registers:{name}", args=args)


def sheet(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("短信.xlsx", out.getvalue())


def test_list_and_empty_ledger_say_what_would_appear(office):
    assert "短信发送批次" in office.get(at("list")).content.decode()
    assert "可以新增一行" in office.get(at("rows", "message_batch")).content.decode()
    assert office.get(at("rows", "no_such")).status_code == 404


def test_row_is_entered_changed_and_removed_with_history(office):
    office.post(at("new", "message_batch"), SMS)
    row = RegisterRow.objects.get()
    assert row.values["message_count"] == 15000
    office.post(at("row", "message_batch", row.pk), {**SMS, "message_count": "16000", "reason": "补录"})
    row.refresh_from_db()
    assert (row.values["message_count"], row.version) == (16000, 2)
    assert "补录" in office.get(at("row", "message_batch", row.pk)).content.decode()
    refused = office.post(
        at("row", "message_batch", row.pk), {**SMS, "remove": "1", "reason": ""}
    ).content.decode()
    assert "删除理由" in refused
    office.post(at("row", "message_batch", row.pk), {**SMS, "remove": "1", "reason": "重复"})
    row.refresh_from_db()
    assert row.is_removed


def test_wrong_cells_are_named_and_what_was_typed_stays(office):
    answer = office.post(
        at("new", "message_batch"), {**SMS, "sent_date": "明天", "message_count": "好多"}
    ).content.decode()
    assert "“发送日期”应为日期" in answer
    assert "好多" in answer
    assert not RegisterRow.objects.exists()


def test_import_reports_line_by_line_and_promotes_in_one_step(office):
    heads = ["批次号", "发送日期", "发送条数", "内容类别"]
    bad = office.post(
        at("import", "message_batch"), {"file": sheet([heads, ["S1", "2020-01-05", 3, "传单"]])}, follow=True
    )
    assert "第 2 行“内容类别”" in bad.content.decode()
    office.post(
        at("import", "message_batch"),
        {"file": sheet([heads, ["S1", "2020-01-05", 3, "疫情防控"], ["S2", "2020-01-06", "1万", ""]])},
    )
    batch = ImportBatch.objects.order_by("-pk").first()
    assert not RegisterRow.objects.exists()
    office.post(at("batch", "message_batch", batch.pk), {"promote": "1"})
    assert RegisterRow.objects.count() == 2
    csv = office.get(at("export", "message_batch")).content.decode("utf-8-sig")
    assert "S2,2020-01-06,10000" in csv
    broken = office.post(
        at("import", "message_batch"), {"file": SimpleUploadedFile("坏.xlsx", b"PK\x03\x04zzz")}
    )
    assert "没有读取" in broken.content.decode()


def test_exports_give_package_schema_and_the_fields_of_the_data_standard(office):
    office.post(
        at("new", "penalty_case"),
        {
            "case_no": "c1", "decision_document": "文1号", "decided_date": "2020-01-05", "filed_date": "2020-01-02",
            "enforcement_field": "medical", "party_kind": "person", "party_person": "测试甲", "offence": "超范围",
            "legal_basis": "条例", "penalty_kind": "fine", "content": "罚款", "fine_wan": "0.3", "facts": "事实若干",
        },
    )  # fmt: skip
    rows = list(
        csv.reader(
            io.StringIO(office.get(at("export_kind", "penalty_case", "exchange")).content.decode("utf-8-sig"))
        )
    )
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["CF_XDR_MC"], row["CF_NR_FK"], row["CF_CFLB"], row["CF_SY"]) == (
        "测**",
        "0.300000",
        "罚款",
        "事实若干",
    )
    package = office.get(at("export_kind", "penalty_case", "package"))
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        assert "事实若干" not in archive.read("penalty-case.csv").decode()
    assert office.get(at("export_kind", "penalty_case", "schema")).json()["primaryKey"] == ["case_no"]


def test_release_makes_a_draft_record_with_table_and_files(office):
    office.post(
        at("new", "media_post"),
        {"post_no": "P1", "posted_date": "2020-01-05", "title": "题", "channel": "wechat", "topic": "health"},
    )
    answer = office.post(
        at("release", "media_post"), {"title": "推文发布情况", "start": "2020-01-01", "end": "2020-12-31"}
    )
    assert answer.status_code == 302
    assert "/records/" in answer["Location"]
    empty = office.post(
        at("release", "media_post"), {"title": "空", "start": "2019-01-01", "end": "2019-12-31"}
    )
    assert "没有数据" in empty.content.decode()
    reverse_days = office.post(
        at("release", "media_post"), {"title": "反", "start": "2020-02-01", "end": "2020-01-01"}
    )
    assert "早于开始日期" in reverse_days.content.decode()


def test_editor_of_a_section_may_fill_in_but_not_release(client, office):
    client.force_login(make_person("editor", ("section_editor", "demo-control")))
    assert client.get(at("rows", "message_batch")).status_code == 200
    assert client.get(at("release", "message_batch")).status_code == 403
    assert client.get(at("rows", "message_batch"), {"org": "other"}).status_code == 403
