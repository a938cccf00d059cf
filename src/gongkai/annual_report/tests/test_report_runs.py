"""Runs of the annual report: built on a verified journal, frozen once, corrected with a list of differences, traced to rows."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import docx
import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from gongkai.annual_report import api
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.annual_report.reading.report_file import read_report
from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.kernel.regulations import regulations_dir
from gongkai.organisations.testing import make_person, make_tree
from gongkai.records import api as records
from gongkai.registers import api as registers
from gongkai.requests import facts as requests

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 1, 12, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
BUILD = {"org_code": "demo", "year": 2020, "actor": journal.SYSTEM, "now": NOW, "today": TODAY}
WHO = {"org_code": "demo", "actor": journal.SYSTEM, "today": TODAY, "now": NOW}


def posts(count: int, *, day: date = date(2020, 5, 1), head: str = "p") -> None:
    rows = [
        {"post_no": f"{head}{n}", "posted_date": day, "title": "题目", "channel": "wechat"}
        for n in range(count)
    ]
    registers.record_rows(register_id="media_post", raw_rows=rows, **WHO)


def case(number: int, kind: str, received: date, closed: date | None = None, row: str = "granted") -> None:
    common = {"org": "demo", "subject": f"request:{number}", "state": "open"}
    facts: list[journal.Entry] = [
        requests.ReceiptConfirmed(
            **common, on=received, seq=1, channel="web", applicant_kind=kind, clock_version="1", how="self"
        )
    ]
    if closed:
        facts.append(
            requests.RequestClosed(
                **common, on=closed, seq=2, row=row, applicant_kind=kind, outcomes=(row,), how="reply", way=None, due=None,
                in_time=True, rule_version=1,
            )
        )  # fmt: skip
    with transaction.atomic():
        journal.record_facts(facts, actor=journal.SYSTEM, now=NOW)


def remedy(number: int, kind: str, lodged: date, ended: date | None = None, result: str = "upheld") -> None:
    common = {"org": "demo", "subject": "request:1", "state": "closed", "remedy": number, "kind": kind}
    facts = [requests.RemedyLodged(**common, on=lodged, seq=3)]
    if ended:
        facts.append(requests.RemedyEnded(**common, on=ended, seq=4, result=result))
    with transaction.atomic():
        journal.record_facts(facts, actor=journal.SYSTEM, now=NOW)


def values(run: ReportRun) -> dict[str, str]:
    return dict(run.cells.values_list("cell", "value"))


def columns():
    """Give the authority the columns and items of the statutory catalogue."""
    data = (regulations_dir() / "catalogue" / "statutory.csv").read_bytes()
    catalogue.import_catalogue(
        org_code="demo", files=[("statutory.csv", data)], actor=journal.SYSTEM, today=TODAY, now=NOW
    )


@pytest.fixture
def people():
    make_tree()
    return make_person("office", ("disclosure_office", "demo")), make_person("leader", ("leader", "demo"))


def approve(run, user, **more):
    shown = api.content_digest(ReportRun.objects.get(pk=run.pk))
    return api.approve_run(run_id=run.pk, content_sha256=shown, user=user, today=TODAY, now=NOW, **more)


def test_tables_three_and_four_come_from_the_facts_of_requests(people):
    case(1, "natural_person", date(2019, 12, 20), date(2020, 1, 10))
    case(2, "natural_person", date(2020, 3, 1), date(2020, 3, 20), "denied.third_party")
    case(3, "org_business", date(2020, 12, 20), date(2021, 1, 5), "partial")
    case(4, "org_legal_service", date(2020, 6, 1), date(2020, 6, 30), "other.misc")
    case(5, "natural_person", date(2018, 6, 1), date(2018, 6, 30))
    remedy(1, "review", date(2020, 2, 1), date(2020, 4, 1), "corrected")
    remedy(2, "suit_direct", date(2020, 11, 1), date(2021, 2, 1))
    run = api.build_run(**BUILD)
    cells = values(run)
    assert {k: v for k, v in cells.items() if k.startswith("t3.") and v != "0"} == {
        "t3.new_received.natural_person": "1", "t3.new_received.org_business": "1", "t3.new_received.org_legal_service": "1",
        "t3.new_received.total": "3", "t3.carried_in.natural_person": "1", "t3.carried_in.total": "1",
        "t3.granted.natural_person": "1", "t3.granted.total": "1", "t3.denied.third_party.natural_person": "1",
        "t3.denied.third_party.total": "1", "t3.other.org_legal_service": "1", "t3.other.total": "1",
        "t3.total_processed.natural_person": "2", "t3.total_processed.org_legal_service": "1", "t3.total_processed.total": "3",
        "t3.carried_out.org_business": "1", "t3.carried_out.total": "1",
    }  # fmt: skip
    assert {k: v for k, v in cells.items() if k.startswith("t4.") and v != "0"} == {
        "t4.review.corrected": "1", "t4.review.total": "1", "t4.suit_direct.pending": "1", "t4.suit_direct.total": "1"
    }  # fmt: skip
    assert not run.outcome["has_errors"]
    assert run.outcome["checked"]["F1"] == 7
    trace = api.cell_trace(cell=api.find_cell(run=run, wanted="t3.total_processed.total"))
    assert (trace.fact_count, {row.subject for row in trace.rows}) == (
        3,
        {"request:1", "request:2", "request:4"},
    )


def test_year_with_its_own_format_has_a_cell_for_each_address(people):
    case(1, "natural_person", date(2021, 3, 1), date(2021, 3, 20), "other.lapsed_no_fee")
    later = NOW + timedelta(days=365)
    run = api.build_run(**{**BUILD, "year": 2021, "now": later, "today": later.date()})
    assert run.format == "2021"
    assert values(run)["t3.other.lapsed_no_fee.natural_person"] == "1"
    assert run.outcome["checked"]["F11"] == 200
    assert run.cells.filter(cell__startswith="t").exclude(value="").count() >= 200


def test_equation_that_fails_is_on_the_run_and_stops_approval(people):
    with transaction.atomic():
        closed = requests.RequestClosed(
            org="demo", subject="request:9", state="closed", on=date(2020, 2, 1), seq=2, row="granted", how="reply", way=None,
            applicant_kind="natural_person", outcomes=("granted",), due=None, in_time=True, rule_version=1,
        )  # fmt: skip
        journal.record_fact(closed, actor=journal.SYSTEM, now=NOW)
    run = api.build_run(**BUILD)
    assert {f["formula"] for f in run.outcome["failures"] if f["severity"] == "error"} == {"F1"}
    with pytest.raises(api.ReportRefused, match="勾稽"):
        approve(run, people[1])


def test_unverified_journal_is_refused_with_the_reason(people):
    posts(3)
    journal.seal_pending(now=NOW)
    row = registers.rows_of(rule=registers.register("media_post", on=TODAY), org_code="demo").first()
    type(row).objects.filter(pk=row.pk).update(counted_on=date(2020, 6, 1))
    with pytest.raises(api.ReportRefused, match=r"账本核验没有通过.*内容与事实不一致") as refused:
        api.build_run(**BUILD)
    assert refused.value.code == "report.journal_unverified"
    assert not ReportRun.objects.exists()


def test_row_moved_to_another_year_or_removed_counts_no_more(people):
    posts(5)
    first = api.build_run(**BUILD)
    assert values(first)["media.wechat_posts"] == "5"
    rows = list(registers.rows_of(rule=registers.register("media_post", on=TODAY), org_code="demo"))
    change = {"register_id": "media_post", **WHO}
    registers.record_row(raw={**rows[0].values, "posted_date": "2019-12-31"}, row_id=rows[0].pk, **change)
    registers.remove_row(row_id=rows[1].pk, reason="重复", **change)
    again = api.build_run(**BUILD)
    assert values(again)["media.wechat_posts"] == "3"
    trace = api.cell_trace(cell=api.find_cell(run=again, wanted="F006"), limit=2)
    assert (trace.fact_count, len(trace.rows)) == (3, 2)
    assert dict(trace.rows[0].values)["标题"] == "题目"
    rest = api.cell_trace(cell=trace.cell, after=trace.rows[-1].fact_id)
    assert {row.key for row in (*trace.rows, *rest.rows)} == {row.key for row in rows[2:]}
    assert values(first)["media.wechat_posts"] == "5"


def test_percentage_of_nothing_does_not_apply(people):
    run = api.build_run(**BUILD)
    cell = api.find_cell(run=run, wanted="F019")
    assert (cell.value, cell.printed) == ("", "不适用")
    assert values(run)["media.wechat_posts"] == "0"


def test_approval_freezes_and_correction_lists_what_changed(people):
    office, leader = people
    posts(4)
    run = api.build_run(**{**BUILD, "actor": _actor(office)})
    with pytest.raises(api.ReportRefused, match="打开之后又改过"):
        api.approve_run(run_id=run.pk, content_sha256="0" * 64, user=leader, today=TODAY, now=NOW)
    approve(run, leader)
    for act in (lambda: approve(run, leader), lambda: _edit(run, office, s5="改")):
        with pytest.raises(api.ReportRefused, match="已定稿"):
            act()
    with pytest.raises(api.ReportRefused, match="更正这份报告"):
        api.build_run(**BUILD)
    posts(1, head="late")
    with pytest.raises(api.ReportRefused, match="更正理由"):
        api.build_run(**BUILD, replaces=run.pk)
    new = api.build_run(**BUILD, replaces=run.pk, reason="补录一条推文")
    assert [(d["cell"], d["before"], d["after"]) for d in new.differences] == [
        ("media.wechat_posts", "4", "5")
    ]
    assert api.run_in_force(org_code="demo", year=2020).pk == run.pk
    approve(new, leader)
    run.refresh_from_db()
    assert (run.state, api.run_in_force(org_code="demo", year=2020).pk) == ("replaced", new.pk)
    journal.seal_pending(now=NOW)
    assert journal.verify().ok


def test_year_after_compares_with_the_frozen_report_of_the_year_before(people):
    case(1, "natural_person", date(2020, 12, 20), date(2021, 1, 5))
    approve(api.build_run(**BUILD), people[1])
    case(2, "natural_person", date(2020, 12, 28), date(2021, 1, 8))
    later = NOW + timedelta(days=365)
    run = api.build_run(**{**BUILD, "year": 2021, "now": later, "today": later.date()})
    assert {f["formula"] for f in run.outcome["failures"] if f["severity"] == "error"} == {"F5"}


def test_tampering_with_a_frozen_report_is_found_by_verify(people):
    posts(2)
    run = approve(api.build_run(**BUILD), people[1])
    journal.seal_pending(now=NOW)
    ReportCell.objects.filter(run=run, cell="media.wechat_posts").update(value="9", printed="9")
    outcome = journal.verify()
    assert [d.message for d in outcome.differences] == ["定稿之后内容被改动"]


def test_who_wrote_it_does_not_approve_and_others_may_not(people):
    office, leader = people
    both = make_person("both", ("disclosure_office", "demo"), ("leader", "demo"))
    run = api.build_run(**{**BUILD, "actor": _actor(office)})
    _edit(run, both, s5="没有问题。")
    with pytest.raises(api.ReportRefused, match="编制过"):
        approve(run, both)
    with pytest.raises(Exception, match="定稿"):
        approve(run, office)
    assert approve(run, leader).state == "approved"


def test_unbound_numbers_are_listed_and_need_an_answer(people):
    office, leader = people
    posts(4)
    run = api.build_run(**BUILD)
    _edit(run, office, s5="全年推文4篇，其中37篇转载，{{media.wechat_posts}}篇原创。")
    run.refresh_from_db()
    found = api.unbound_of(run)["s5"]
    assert [u.words for u in found] == ["4", "37"]
    assert "media.wechat_posts" in found[0].candidates
    with pytest.raises(api.ReportRefused, match="2 个数字没有绑定"):
        approve(run, leader)
    assert approve(run, leader, unbound_reason="转载数由编辑部统计").unbound_reason
    assert "4篇原创" in api.rendered_texts(run)["s5"]


def test_edit_refuses_an_unknown_figure_and_a_change_in_between(people):
    office, _ = people
    run = api.build_run(**BUILD)
    with pytest.raises(api.ReportRefused, match=r"no\.such"):
        _edit(run, office, s1="{{no.such}}")
    _edit(run, office, s1="甲")
    with pytest.raises(api.ReportRefused, match="被别人改过"):
        api.edit_texts(run_id=run.pk, texts={"s1": "乙"}, text_version=1, user=office, today=TODAY, now=NOW)


def test_files_can_be_checked_and_the_word_file_has_the_official_measures(people, tmp_path):
    case(1, "natural_person", date(2020, 3, 1), date(2020, 3, 20))
    posts(300)
    run = api.build_run(**BUILD)
    paths = api.write_files(run=run, folder=tmp_path / "out")
    for path in paths[:3]:
        outcome = api.check_report(read_report(name=path.name, data=path.read_bytes()))
        assert not outcome.has_errors
        assert outcome.checked["F1"] == 7
        assert outcome.checked["F9"] >= 4, path.name
    body = json.loads(paths[2].read_text(encoding="utf-8"))
    cell = body["cells"]["media.wechat_posts"]
    assert (cell["value"], cell["printed"], cell["ref"]) == (300, "300", "F006")
    assert len((tmp_path / "out" / cell["facts_file"]).read_text().split()) == 300
    assert body["cells"]["t3.granted.total"]["facts"]
    page = docx.Document(io.BytesIO(paths[1].read_bytes())).sections[0]
    margins = (page.top_margin.mm, page.right_margin.mm, page.bottom_margin.mm, page.left_margin.mm)
    assert [round(m) for m in margins] == [37, 26, 35, 28]
    assert round(page.page_width.mm) == 210


def test_frozen_report_becomes_a_draft_record_once(people):
    office, leader = people
    columns()
    run = api.build_run(**BUILD)
    with pytest.raises(api.ReportRefused, match="已定稿"):
        api.draft_record(run_id=run.pk, user=office, today=TODAY, now=NOW)
    approve(run, leader)
    made = api.draft_record(run_id=run.pk, user=office, today=TODAY, now=NOW)
    assert api.draft_record(run_id=run.pk, user=office, today=TODAY, now=NOW).record_id == made.record_id
    payload = records.public_payload(record_id=made.record_id)
    assert [a["name"].rpartition(".")[2] for a in payload["attachments"]] == ["docx", "docx", "csv"]
    sha256 = payload["attachments"][0]["sha256"]
    with zipfile.ZipFile(default_storage.open(f"records/{sha256[:2]}/{sha256}")) as word:
        assert "word/document.xml" in word.namelist()
        assert "docProps/core.xml" not in word.namelist(), "neither a name nor the software goes out"
    assert [b["caption"] for b in payload["blocks"] if b["type"] == "table"][:5] == [
        f"第二十条第（{n}）项" for n in "一五六八九"
    ]


def test_figures_of_the_public_page_lead_to_their_rows(people):
    office, leader = people
    columns()
    posts(30)
    registers.record_rows(
        register_id="complaint",
        raw_rows=[{"complaint_no": "c1", "received_date": "2020-03-01", "topic": "medical", "closed": "是"}],
        **WHO,
    )
    run = approve(api.build_run(**BUILD), leader)
    made = api.draft_record(run_id=run.pk, user=office, today=TODAY, now=NOW)
    payload = records.public_payload(record_id=made.record_id)
    headings = [b for b in payload["blocks"] if b["type"] == "heading"]
    text = "".join(b["html"] for b in payload["blocks"] if b["type"] == "paragraph")
    (place,) = set(re.findall(r'公众号[^<]*<a href="#s(\d+)">30</a>', text))
    assert headings[int(place) - 1]["text"] == "微信公众号推文"
    block = payload["blocks"].index(headings[int(place) - 1])
    definition, table = payload["blocks"][block + 1 : block + 3]
    assert "事实 30 条" in definition["html"]
    assert len(table["rows"]) == 11
    assert "前 10 条，共 30 条" in table["caption"]
    (listed,) = (a for a in payload["attachments"] if a["name"] == "数据来源明细.csv")
    assert listed["text"].count("media_post") == 30
    complaint = next(i for i, b in enumerate(payload["blocks"]) if b.get("text") == "医疗方面投诉")
    assert "只公开合计" in payload["blocks"][complaint + 2]["html"]
    assert "c1" not in listed["text"]


def _actor(user):
    from gongkai.organisations import api as organisations

    return organisations.actor(user=user, role="report")


def _edit(run, user, **texts):
    version = ReportRun.objects.get(pk=run.pk).text_version
    return api.edit_texts(run_id=run.pk, texts=texts, text_version=version, user=user, today=TODAY, now=NOW)


def test_desk_pages_show_the_run_and_hide_it_from_strangers(people, client):
    posts(120)
    office, leader = people
    stranger = make_person("clerk", ("leader", "other"), org_code="other")
    run = api.build_run(**BUILD)
    base = f"/desk/annual-report/run/{run.pk}/"
    client.force_login(stranger)
    assert [client.get(url).status_code for url in (base, f"{base}cell/F006/", f"{base}file/json/")] == [
        404,
        404,
        404,
    ]
    client.force_login(office)
    page = client.get(base).content.decode()
    assert f'href="{base}cell/media.wechat_posts/"' in page
    assert "定稿这份报告" not in page
    rows = client.get(f"{base}cell/media.wechat_posts/").content.decode()
    assert "media_post" not in rows
    assert "codes.channel" not in rows
    assert "等于 微信公众号" in rows
    assert "{%" not in client.get(f"{base}texts/").content.decode()
    assert "下一页" in rows
    assert "公众号" in rows
    refused = client.post(f"{base}texts/", {"version": "1", "text-s1": "{{wrong}} 保留我写的字"})
    assert "保留我写的字" in refused.content.decode()
    assert client.post("/desk/annual-report/", {"org": "demo", "year": "二〇二〇"}).status_code == 302
    client.force_login(leader)
    page = client.get(base).content.decode()
    digest = api.content_digest(run)
    assert digest in page
    assert client.post(base, {"verb": "approve", "content": digest}).status_code == 302
    run.refresh_from_db()
    assert run.state == "approved"


def test_decimal_cells_are_in_ten_thousand_yuan(people):
    rows = [
        {
            "project_no": f"c{n}",
            "contract_date": "2020-04-01",
            "name": "设备",
            "centralised": "是",
            "amount": "123456.78",
        }
        for n in range(2)
    ]
    registers.record_rows(register_id="procurement_project", raw_rows=rows, **WHO)
    cells = values(api.build_run(**BUILD))
    assert Decimal(cells["t2.art20_9.procurement.amount"]) == Decimal("24.6914")
    assert cells["procurement.amount"] == "246913.56"
