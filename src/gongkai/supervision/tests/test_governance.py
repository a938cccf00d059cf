"""Meetings, training, responsibility, circulars and evidence packs, with what the journal bears out."""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import docx
import pytest

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.organisations.testing import TODAY, make_person, make_tree
from gongkai.registers import api as registers
from gongkai.supervision import governance_checks, table_checks
from gongkai.supervision.cli import show_pack
from gongkai.supervision.core.evidence_pack import check_pack
from gongkai.supervision.core.training import Coverage
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Circular, Evidence, EvidencePack, Meeting, Plan, Task
from gongkai.supervision.printing.official_docx import official_docx
from gongkai.supervision.selectors_governance import training_coverage
from gongkai.supervision.services import circulars, meetings, orders, responsibility
from gongkai.supervision.services.attach_evidence import Offered, attach_evidence
from gongkai.supervision.services.change_task import TaskSettings, confirm_task
from gongkai.supervision.services.evidence_pack import export_pack, safe_cell
from gongkai.supervision.services.import_plan import import_plan
from gongkai.supervision.services.keep_file import open_kept
from gongkai.supervision.services.meetings import DecisionWords, MeetingWords
from gongkai.supervision.services.responsibility import ResponsibilityWords
from gongkai.supervision.services.training import TrainingWords, enrol_recruit, hold_training

pytestmark = pytest.mark.django_db
NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)
PLAN = "示范区卫生健康局2020年政务公开工作要点\n一、公开\n（一）目录。编制主动公开目录，3月20日前完成。\n（二）解读。做好政策解读，全年推进。\n".encode()


@pytest.fixture
def people() -> dict[str, Any]:
    make_tree()
    return {
        "office": make_person("office", ("disclosure_office", "demo")),
        "leader": make_person("leader", ("leader", "demo")),
        "editor": make_person("editor", ("section_editor", "demo-control")),
    }


def at(user: Any, day: date = TODAY) -> dict[str, Any]:
    return {"user": user, "today": day, "now": NOW + timedelta(days=(day - TODAY).days)}


def planned(people: dict[str, Any]) -> Plan:
    plan_id = import_plan(org_code="demo", name="plan.txt", data=PLAN, **at(people["office"]))
    plan = Plan.objects.get(pk=plan_id)
    for task in plan.tasks.all():
        settings = TaskSettings("demo-control", task.deadline_kind, task.deadline_date)
        confirm_task(task_id=task.pk, settings=settings, **at(people["office"]))
    return plan


def every_difference() -> list[str]:
    checks = (
        table_checks.differences_in_plans, table_checks.differences_in_tasks, table_checks.differences_in_orders,
        table_checks.differences_in_evidence, governance_checks.differences_in_meetings,
        governance_checks.differences_in_training, governance_checks.differences_in_responsibility,
        governance_checks.differences_in_circulars,
    )  # fmt: skip
    return [found.message for check in checks for found in check()]


def test_a_meeting_is_noticed_held_and_its_decisions_become_tasks(people: dict[str, Any]) -> None:
    office, later = at(people["office"]), at(people["office"], date(2020, 3, 6))
    words = MeetingWords(
        "leading_group",
        "领导小组第一次会议",
        date(2020, 3, 5),
        "三楼会议室",
        "局长",
        "研究年度要点",
        ("demo-control",),
    )
    meeting = meetings.plan_meeting(org_code="demo", words=words, **office)
    decisions = [DecisionWords("补齐水质信息", "demo-control", date(2020, 4, 30))]
    hold = {"meeting_id": meeting.pk, "minutes": "会议研究了年度要点。", "decisions": decisions}
    with pytest.raises(SupervisionRefused, match="拟召开"):
        meetings.hold_meeting(**hold, **later)
    meetings.notice_meeting(meeting_id=meeting.pk, **office)
    with pytest.raises(SupervisionRefused, match="还没有召开"):
        meetings.hold_meeting(**hold, **office)
    with pytest.raises(SupervisionRefused, match="没有 2020 年的工作计划"):
        meetings.hold_meeting(**hold, **later)
    plan = planned(people)
    meetings.hold_meeting(**hold, **later)
    task = plan.tasks.get(part=meetings.PART)
    assert (task.state, task.owner_code, task.deadline_date) == (
        "confirmed",
        "demo-control",
        date(2020, 4, 30),
    )
    assert task.decision.meeting == meeting
    assert every_difference() == []
    Meeting.objects.filter(pk=meeting.pk).update(minutes="改过")
    Task.objects.filter(pk=task.pk).update(owner_code="demo-office")
    assert sorted(every_difference()) == ["纪要与事实不一致", "责任科室或时限与事实不一致"]


def test_a_meeting_is_called_off_with_a_reason(people: dict[str, Any]) -> None:
    words = MeetingWords("special_study", "专题研究", TODAY, "会议室", "分管局长", "水质公开")
    meeting = meetings.plan_meeting(org_code="demo", words=words, **at(people["office"]))
    with pytest.raises(SupervisionRefused, match="理由"):
        meetings.cancel_meeting(meeting_id=meeting.pk, reason=" ", **at(people["office"]))
    meetings.cancel_meeting(meeting_id=meeting.pk, reason="合并到下次", **at(people["office"]))
    assert every_difference() == []
    with pytest.raises(organisations.NotPermitted):
        meetings.plan_meeting(org_code="demo", words=words, **at(people["editor"]))


@pytest.mark.parametrize(
    ("hired", "trained", "printed"), [(0, 0, "不适用"), (3, 3, "100%"), (3, 2, "66%"), (1000, 999, "99%")]
)
def test_coverage_is_whole_only_with_everybody_and_absent_without_recruits(
    hired: int, trained: int, printed: str
) -> None:
    assert Coverage(hired, trained).printed == printed


def test_training_fills_the_register_and_covers_the_recruits(people: dict[str, Any]) -> None:
    office = at(people["office"])
    assert training_coverage(org_code="demo", year=2020).printed == "不适用"
    with pytest.raises(SupervisionRefused, match="证件号码"):
        enrol_recruit(
            org_code="demo", number="119999199001010017", owner_code="demo-control", joined_on=TODAY, **office
        )
    for number in ("R-1", "R-2"):
        enrol_recruit(org_code="demo", number=number, owner_code="demo-control", joined_on=TODAY, **office)
    with pytest.raises(SupervisionRefused, match="R-9"):
        hold_training(
            org_code="demo", words=TrainingWords(TODAY, "培训", "regulation", "all", 9, 2, ("R-9",)), **office
        )
    hold_training(
        org_code="demo", words=TrainingWords(TODAY, "培训", "regulation", "all", 9, 2, ("R-1",)), **office
    )
    assert training_coverage(org_code="demo", year=2020) == Coverage(2, 1)
    rule = registers.register("training", on=TODAY)
    assert registers.rows_of(rule=rule, org_code="demo").count() == 1
    assert every_difference() == []


def test_responsibility_is_heard_then_decided_by_others(people: dict[str, Any]) -> None:
    office, leader, editor = (at(people[name]) for name in ("office", "leader", "editor"))
    words = ResponsibilityWords("demo-control", "duty_unmet", "第四季度水质没有公布", "科室负责人")
    record = responsibility.open_responsibility(org_code="demo", words=words, **office)
    decide = {"record_id": record.pk, "measure": "criticise", "words": "事实清楚"}
    with pytest.raises(SupervisionRefused, match="待听取陈述"):
        responsibility.decide_responsibility(**decide, **leader)
    responsibility.hear_responsibility(record_id=record.pk, words="没有意见", **editor)
    with pytest.raises(SupervisionRefused, match="立项的人"):
        responsibility.decide_responsibility(**decide, **office)
    responsibility.decide_responsibility(**decide, **leader)
    record.refresh_from_db()
    assert (record.state, record.decided_on, record.number) == ("decided", TODAY, "责〔2020〕1号")
    responsibility.revoke_responsibility(record_id=record.pk, words="查明另有原因", **leader)
    assert every_difference() == []
    with pytest.raises(SupervisionRefused, match="证件号码或电话"):
        responsibility.open_responsibility(
            org_code="demo",
            words=ResponsibilityWords("demo-control", "duty_unmet", "联系人 13800138000"),
            **office,
        )


def test_the_circular_of_a_month_is_built_from_facts_printed_and_drafted(people: dict[str, Any]) -> None:
    planned(people)
    office, april = at(people["office"]), at(people["office"], date(2020, 4, 2))
    words = orders.OrderWords("水质未公布", "没有公布", "补公布", "demo-control", date(2020, 3, 10))
    order_id = orders.issue_order(org_code="demo", words=words, **office)
    with pytest.raises(SupervisionRefused, match="没有结束"):
        circulars.build_circular(org_code="demo", year=2020, month=3, **office)
    circular = circulars.build_circular(org_code="demo", year=2020, month=3, **april)
    counts = {c["id"]: c["value"] for c in circular.content["counts"]}
    assert (counts["orders"], counts["orders_closed"], counts["tasks"]) == (1, 0, 0)
    problems = circular.content["problems"]
    assert [p["unit"] for p in problems] == ["demo-control", "demo-control"]
    assert "目录" in problems[0]["problem"]
    assert "督〔2020〕1号" in problems[1]["problem"]
    issued = journal.entries_with(ids=problems[1]["facts"])
    assert [(e.name, e.subject) for e in issued] == [("supervision.OrderIssued", f"order:{order_id}")]
    circulars.issue_circular(circular_id=circular.pk, **april)
    circular.refresh_from_db()
    paper = circulars.paper_of(circular, today=date(2020, 4, 2))
    word = docx.Document(io.BytesIO(official_docx(paper)))
    assert word.paragraphs[0].text == "示范区卫生健康局2020年3月政务公开工作情况通报"
    assert [cell.text for cell in word.tables[0].rows[2].cells][1] == "疾病预防控制科"
    assert round(word.sections[0].left_margin.mm) == 28
    record_id = circulars.draft_circular(circular_id=circular.pk, **april)
    assert record_id == circulars.draft_circular(circular_id=circular.pk, **april)
    with pytest.raises(SupervisionRefused, match="已经印发"):
        circulars.build_circular(org_code="demo", year=2020, month=3, **april)
    assert every_difference() == []
    Circular.objects.update(content={**circular.content, "problems": []})
    assert len(every_difference()) == 1


def test_the_evidence_pack_proves_itself(people: dict[str, Any]) -> None:
    plan = planned(people)
    task = plan.tasks.first()
    data = "目录全文".encode()
    attach_evidence(
        task_id=task.pk, offered=Offered("file", name="=cmd|目录.txt", data=data), **at(people["editor"])
    )
    entry = next(iter(journal.entries(names=("supervision.PlanImported",))))
    attach_evidence(task_id=task.pk, offered=Offered("fact", ref=str(entry.id)), **at(people["editor"]))
    stream, name, made = export_pack(plan_id=plan.pk, **at(people["office"]))
    pack = stream.read()
    assert name.endswith(f"{made.sha256[:8]}.zip")
    found = check_pack(pack)
    assert (found.tasks, found.pieces, found.problems) == (2, 2, ())
    again, _, second = export_pack(plan_id=plan.pk, **at(people["office"]))
    assert again.read() == pack
    assert second.sha256 == made.sha256
    with zipfile.ZipFile(io.BytesIO(pack)) as inside:
        files = {n: inside.read(n) for n in inside.namelist()}
    kept = next(n for n in files if n.startswith("files/"))
    assert files[kept] == data
    assert b"PlanImported" in files["facts.jsonl"]
    assert check_pack(rebuilt({**files, kept: b"other"})).problems[0].endswith("已被改动")
    assert "缺少" in check_pack(rebuilt({n: d for n, d in files.items() if n != kept})).problems[0]
    assert "多出" in check_pack(rebuilt({**files, "more.txt": b""})).problems[0]
    assert check_pack(b"PK nothing").problems
    assert EvidencePack.objects.count() == 2
    assert safe_cell("=1+1") == "'=1+1"


def rebuilt(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    return out.getvalue()


def test_evidence_is_checked_by_the_guard_and_kept_by_its_content(people: dict[str, Any]) -> None:
    plan = planned(people)
    first, second = plan.tasks.all()
    editor = at(people["editor"])
    for name, data, words in (
        ("报告.pdf", b"MZ\x90\x00" + b"\x00" * 200, "可执行"),
        ("报告.docx", b"PK\x03\x04broken", ""),
    ):
        with pytest.raises(SupervisionRefused) as refused:
            attach_evidence(task_id=first.pk, offered=Offered("file", name=name, data=data), **editor)
        assert words in refused.value.message
    data = "受助人身份证号119999199001010017".encode()
    for task in (first, second):
        attach_evidence(task_id=task.pk, offered=Offered("file", name="名单.txt", data=data), **editor)
    one, two = Evidence.objects.order_by("pk")
    assert one.file.name == two.file.name == f"supervision/{one.sha256[:2]}/{one.sha256}"
    assert one.size_bytes == len(data)
    assert any(f["detector"].startswith("pii.") for f in one.findings)
    assert "119999199001010017" not in str(one.findings)
    assert every_difference() == []
    with open_kept(one.sha256) as stream:
        assert stream.read() == data
    one.file.storage.delete(one.file.name)
    assert every_difference() == ["文件不在，或已被改动"] * 2
    with pytest.raises(SupervisionRefused, match="不在存储里"):
        export_pack(plan_id=plan.pk, **at(people["office"]))


def test_a_pack_is_checked_from_the_command_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    show_pack(check_pack(b"nothing"), out=sys.stdout)
    assert "不是完整的证据包" in capsys.readouterr().out
    files = {"index.json": b'{"title": "T", "tasks": []}'}
    files["SHA256SUMS"] = f"{hashlib.sha256(files['index.json']).hexdigest()}  index.json\n".encode()
    show_pack(check_pack(rebuilt(files)), out=sys.stdout)
    assert "都没有改动" in capsys.readouterr().out
