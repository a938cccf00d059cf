"""The desk screens of assessment and governance, walked by the people who use them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongkai.journal import api as journal
from gongkai.organisations.testing import make_person, make_tree
from gongkai.registers import api as registers
from gongkai.supervision.core.assessment import indicators_of
from gongkai.supervision.models import (
    Appeal,
    AssessmentResult,
    AssessmentRun,
    Circular,
    IndicatorSystem,
    Meeting,
    Plan,
    Recruit,
    ResponsibilityRecord,
    SurveyRound,
    SurveyStratum,
)
from gongkai.supervision.table_checks import differences_in_plans, differences_in_tasks

pytestmark = pytest.mark.django_db
TODAY = date(2020, 6, 15)
PLAN = f"示范区卫生健康局{TODAY.year}年政务公开工作要点\n一、公开\n（一）目录。编制主动公开目录，12月底前完成。\n"


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="gongkai.organisations.staff.backend.RoleBackend")  # type: ignore[arg-type]
    return client


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Client]:
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)
    make_tree()
    return {
        "office": client_of(make_person("office", ("disclosure_office", "demo"))),
        "leader": client_of(make_person("leader", ("leader", "demo"))),
        "editor": client_of(make_person("editor", ("section_editor", "demo-control"))),
        "hospital": client_of(make_person("hospital", ("institution_clerk", "demo-hospital"))),
        "auditor": client_of(make_person("auditor", ("auditor", "demo"))),
    }


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def post(client: Client, address: str, **values: Any) -> str:
    return text(client.post(address, values, follow=True))


def imported(client: Client) -> Plan:
    file = SimpleUploadedFile("plan.txt", PLAN.encode())
    client.post(reverse("supervision:import"), {"file": file, "confirm": "on"})
    return Plan.objects.get()


def test_indicators_are_edited_as_a_new_version_and_imported_from_a_table(desks: dict[str, Client]) -> None:
    office = desks["office"]
    shown = post(office, reverse("supervision:systems"), name="示范区指标")
    first = IndicatorSystem.objects.get()
    page = reverse("supervision:system", args=[first.pk])
    assert f"机关的指标（{len(indicators_of('authority'))} 项）" in shown
    form = reverse("supervision:indicator", args=[first.pk]) + "?id=B1.3"
    typed = text(office.get(form))
    assert "&gt;=0.98 = 3" in typed
    assert "b1_3.case1 = 1.0 至多 1 次" in typed
    values = {
        "id": "B1.3", "name": "按期答复率", "part": "B", "part_name": "依申请公开", "group": "依申请公开", "weight": "3",
        "levels": ["authority"], "method": "tier", "value": "b1_3.value", "tiers": "≥1 = 3\n其余 = 0",
        "deductions": "b1_3.case1 = 1 至多 1 次", "basis": "政府信息公开条例第33条",
    }  # fmt: skip
    assert "读不懂" in post(office, form, **(values | {"tiers": "很好 = 3"}))
    assert "分值合计 99" in post(office, form, **values)
    assert "还不能启用" in text(office.get(page))
    table = "编号,指标名称,层级,分值\nB,依申请公开,1,100\n".encode()
    refused = office.post(page, {"verb": "weights", "file": SimpleUploadedFile("w.csv", table)}, follow=True)
    assert "没有编号为 B 的指标" in text(refused)
    assert "已保存" in post(office, form, **(values | {"weight": "4"}))
    binding = reverse("supervision:binding", args=[first.pk]) + "?id=b1_3.met"
    assert "kind: fold" in text(office.get(binding))
    assert "写法不对" in post(office, binding, text="a: [")
    assert "没有保存" in post(office, binding, text="id: b1_3.met\nkind: nothing")
    assert "已保存总则" in post(office, page, verb="scoring", satisfaction_share="0.3")
    assert "已启用" in post(office, page, verb="force")
    first.refresh_from_db()
    assert first.content["scoring"]["satisfaction_share"] == "0.3"
    assert "新增指标" not in text(office.get(page))
    assert desks["editor"].post(reverse("supervision:systems"), {"name": "x"}).status_code in (302, 403)
    assert desks["auditor"].get(reverse("supervision:systems")).status_code in (302, 403)


def test_an_assessment_is_run_filled_appealed_and_frozen_on_screens(desks: dict[str, Client]) -> None:
    office, leader, editor = desks["office"], desks["leader"], desks["editor"]
    plan = imported(office)
    task = plan.tasks.get()
    post(
        office, reverse("supervision:task", args=[task.pk]), verb="confirm", owner_code="demo-control",
        deadline_kind="year_end", deadline_date=f"{TODAY.year}-12-31",
    )  # fmt: skip
    assert "先启用一套指标体系" in text(office.get(reverse("supervision:assessments")))
    post(office, reverse("supervision:systems"), name="指标")
    post(office, reverse("supervision:system", args=[IndicatorSystem.objects.get().pk]), verb="force")
    assert "待填报" in post(office, reverse("supervision:assessments"), year=str(TODAY.year), title="")
    run = AssessmentRun.objects.get()
    page = reverse("supervision:assessment", args=[run.pk])
    assert "公示之后" in text(editor.get(page))
    for result in run.results.all():
        shown = text(office.get(reverse("supervision:result", args=[result.pk])))
        names = re.findall(r'name="name" value="([^"]+)"', shown)
        filled = {f"value-{n}": "1" for n in names} | {f"note-{n}": "核查" for n in names}
        if names:
            done = office.post(
                reverse("supervision:result", args=[result.pk]),
                {"verb": "give", "name": names, **filled},
                follow=True,
            )
            assert "已保存" in text(done)
    own = AssessmentResult.objects.get(target_code="demo-control")
    value = own.values.get(name="s1.all")
    traced = text(office.get(reverse("supervision:value", args=[value.pk])))
    assert "supervision.TaskConfirmed" in traced
    assert f"task:{task.pk}" in traced
    until = TODAY + timedelta(days=1)
    assert "可申诉" in post(office, page, verb="announce", appeal_until=until.isoformat())
    assert "示范区人民医院" not in text(editor.get(page)).split("<main")[-1]
    mine = reverse("supervision:result", args=[own.pk])
    assert "申诉已提出" in post(editor, mine, verb="appeal", indicator="S1.1", words="任务还没有到期")
    other = AssessmentResult.objects.get(target_code="demo-hospital")
    assert editor.get(reverse("supervision:result", args=[other.pk])).status_code == 404
    assert desks["hospital"].get(mine).status_code == 404
    assert "示范区人民医院" in text(desks["hospital"].get(page))
    theirs = reverse("supervision:result", args=[other.pk])
    assert "申诉已提出" in post(desks["hospital"], theirs, verb="appeal", indicator="S2.2", words="没有督办")
    post(
        leader,
        theirs,
        verb="decide",
        appeal=Appeal.objects.get(result=other).pk,
        upheld="no",
        decision="查无",
    )
    appeal = Appeal.objects.get(result=own)
    assert "更正哪个数" in post(leader, mine, verb="decide", appeal=appeal.pk, upheld="yes", decision="属实")
    done = post(
        leader,
        mine,
        verb="decide",
        appeal=appeal.pk,
        upheld="yes",
        decision="属实",
        value_name="s1.met",
        value="1",
    )
    assert "申诉成立" in done
    assert "申诉期还没有过" in post(leader, page, verb="freeze")
    AssessmentRun.objects.update(appeal_until=TODAY - timedelta(days=1))
    assert "已定案" in post(leader, page, verb="freeze")
    assert "另起一次更正考核" in text(office.get(page))
    assert "更正" in post(office, page, verb="correct", reason="漏算")


def test_a_meeting_from_notice_to_tasks_with_its_papers(desks: dict[str, Client]) -> None:
    office = desks["office"]
    imported(office)
    words = {
        "kind": "leading_group", "name": "第一次会议", "held_on": TODAY.isoformat(), "place": "三楼", "chair": "局长",
        "agenda": "研究要点\n水质公开", "attendees": ["demo-control"],
    }  # fmt: skip
    assert "没有保存" in post(office, reverse("supervision:meetings"), **(words | {"held_on": "明天"}))
    assert "拟召开" in post(office, reverse("supervision:meetings"), **words)
    meeting = Meeting.objects.get()
    page = reverse("supervision:meeting", args=[meeting.pk])
    assert "已发出" in post(office, page, verb="notice")
    notice = docx.Document(
        io.BytesIO(office.get(reverse("supervision:meeting_paper", args=[meeting.pk, "notice"])).content)
    )
    assert "关于召开第一次会议的通知" in notice.paragraphs[0].text
    hold = {
        "verb": "hold",
        "minutes": "会议要求补齐信息。",
        "text-1": "补齐水质信息",
        "owner-1": "demo-control",
    }
    kept = post(office, page, **hold)
    assert "第 1 项议定事项的到期日" in kept
    assert "补齐水质信息" in kept
    assert "1 项议定事项转为任务" in post(office, page, **hold, **{"due-1": TODAY.isoformat()})
    minutes = docx.Document(
        io.BytesIO(office.get(reverse("supervision:meeting_paper", args=[meeting.pk, "minutes"])).content)
    )
    assert minutes.tables[0].rows[1].cells[2].text == "疾病预防控制科"
    assert "领导小组会议议定事项" in text(
        desks["editor"].get(reverse("supervision:plan", args=[Plan.objects.get().pk]))
    )


def test_training_circular_responsibility_and_pack_on_screens(desks: dict[str, Client]) -> None:
    office, leader, editor = desks["office"], desks["leader"], desks["editor"]
    plan = imported(office)
    training = reverse("supervision:training")
    assert "没有新录用公务员" in text(editor.get(training))
    day = TODAY.isoformat()
    assert "没有保存" in post(
        office, training, verb="recruit", number="张三", owner_code="demo-control", joined_on=day
    )
    post(office, training, verb="recruit", number="R-1", owner_code="demo-control", joined_on=day)
    session = {
        "verb": "session",
        "held_on": day,
        "name": "条例培训",
        "topic": "regulation",
        "audience": "all",
        "attended": "9",
    }
    assert "100%" in post(office, training, **session, recruits=["R-1"])
    assert Recruit.objects.get().training is not None
    last = TODAY.replace(day=1) - timedelta(days=1)
    circular_page = post(office, reverse("supervision:circulars"), month=f"{last.year}-{last.month:02d}")
    assert "没有逾期或落后" in circular_page
    circular = Circular.objects.get()
    page = reverse("supervision:circular", args=[circular.pk])
    assert "这个月没有" in text(office.get(page + "?facts=orders"))
    assert "已印发" in post(office, page, verb="issue")
    word = docx.Document(
        io.BytesIO(office.get(reverse("supervision:circular_file", args=[circular.pk])).content)
    )
    assert f"{last.month}月政务公开工作情况通报" in word.paragraphs[0].text
    assert "已转为公开稿" in post(office, page, verb="draft")
    record = {
        "target_code": "demo-control",
        "ground": "not_updated",
        "problem": "指南没有更新",
        "post": "信息员",
    }
    post(office, reverse("supervision:responsibilities"), **record)
    made = ResponsibilityRecord.objects.get()
    matter = reverse("supervision:responsibility", args=[made.pk])
    assert "已记下" in post(editor, matter, verb="hear", words="没有意见")
    assert "立项的人不能" in post(office, matter, verb="decide", measure="talk", words="属实")
    assert "已作出决定" in post(leader, matter, verb="decide", measure="talk", words="属实")
    assert made.number in text(editor.get(reverse("supervision:responsibilities")))
    pack = b"".join(office.post(reverse("supervision:pack", args=[plan.pk])).streaming_content)
    assert "index.html" in zipfile.ZipFile(io.BytesIO(pack)).namelist()
    check = reverse("supervision:pack_check")
    good = text(editor.post(check, {"file": SimpleUploadedFile("a.zip", pack)}))
    assert "证据包完整" in good
    assert "完全一致" in good
    assert "没有通过" in text(editor.post(check, {"file": SimpleUploadedFile("a.zip", pack[:-40])}))
    assert editor.post(reverse("supervision:pack", args=[plan.pk])).status_code in (302, 403)


def test_a_survey_is_designed_opened_and_its_codes_are_shown_once(desks: dict[str, Client]) -> None:
    office = desks["office"]
    words = {
        "year": str(TODAY.year), "name": "满意度调查", "conductor": "示范区人民医院", "contract": "合同1号",
        "opens_on": TODAY.isoformat(), "closes_on": date(TODAY.year + 1, 1, 31).isoformat(),
    }  # fmt: skip
    post(office, reverse("supervision:surveys"), **words)
    survey = SurveyRound.objects.get()
    page = reverse("supervision:survey", args=[survey.pk])
    stratum = {
        "verb": "stratum",
        "institution_code": "demo-hospital",
        "level": "2",
        "service": "outpatient",
        "department": "内科",
    }
    assert "年服务量应为整数" in post(office, page, **stratum, volume="很多")
    assert "独立性核查没有通过" in post(office, page, **stratum, volume="1000")
    assert "就是被调查机构" in post(office, page, verb="open")
    SurveyRound.objects.update(conductor="云岭调查有限公司")
    assert "调查已开始" in post(office, page, verb="open")
    codes = office.post(
        reverse("supervision:survey_codes", args=[SurveyStratum.objects.get().pk]), {"count": "3"}
    )
    assert len(re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", text(codes))) == 3
    assert codes.headers["Cache-Control"].startswith("no-store")
    assert "已截止" in post(office, page, verb="close")
    assert "已报告" in post(desks["leader"], page, verb="report")
    assert "份数太少" in text(desks["editor"].get(page))


def test_a_task_is_added_by_hand_linked_to_a_register_and_seen_among_the_duties(
    desks: dict[str, Client],
) -> None:
    office = desks["office"]
    plan = imported(office)
    page = reverse("supervision:plan", args=[plan.pk])
    assert "没有写明任务" in post(office, page, text=" ")
    assert "已新增任务" in post(office, page, part="一、公开", heading="机构", text="补齐机构名录")
    task = plan.tasks.get(text="补齐机构名录")
    address = reverse("supervision:task", args=[task.pk])
    settings = {
        "verb": "confirm",
        "owner_code": "demo-control",
        "deadline_kind": "none",
        "text": "补齐并公布机构名录",
    }
    assert "没有编号为" in post(office, address, **settings, proof_kind="register", proof_code="没有")
    assert "已确认" in post(office, address, **settings, proof_kind="register", proof_code="institution")
    task.refresh_from_db()
    assert (task.text, task.proof_code, task.state) == ("补齐并公布机构名录", "institution", "confirmed")
    raw = {"institution_no": "I-1", "registered_date": "2020-02-01", "name": "示例诊所", "kind": "clinic"}
    actor = journal.SYSTEM
    registers.record_row(
        register_id="institution",
        org_code="demo",
        raw=raw,
        actor=actor,
        today=TODAY,
        now=datetime(2020, 6, 15, 9, tzinfo=UTC),
    )
    assert "系统找到 1 条" in text(office.get(address))
    duties = text(office.get(reverse("supervision:duties", args=[plan.pk])))
    assert "56</b>项由系统证明" in duties
    assert "网上监管在采购平台上进行" in duties
    assert [d.message for check in (differences_in_plans, differences_in_tasks) for d in check()] == []
