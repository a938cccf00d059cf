"""The supervised side of the demonstration year (演示年度的计划、督办、会议、培训、调查、考核): through the room's own doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from django.db import transaction

from gongkai.organisations import api as organisations
from gongkai.supervision import api as supervision

Say = Callable[[str], None]
PLAN_FILE = Path(__file__).parent / "content" / "plan_2020.txt"
YEAR = 2020
OFFICE = "demo-bgs"
#: places of the plan's tasks whose evidence stays open, so that every light is seen
LEFT_OPEN = 4


@transaction.atomic
def load_supervision(*, org_code: str, now: datetime, seed: int, say: Say = lambda words: None) -> int:
    """Carry the year of supervision out and return how many tasks its plan has; the same home again does nothing."""
    if any(plan.year == YEAR for plan in supervision.list_plans(org_codes=[org_code])):
        return 0
    year = _Year(org_code, now, Random(seed))  # noqa: S311
    plan_id = year.plan()
    year.orders()
    year.meetings()
    year.training()
    year.responsibility()
    year.survey()
    year.circular()
    year.assessment()
    tasks = len(supervision.list_standings(plan=_plan(org_code, plan_id), today=date(YEAR, 12, 31)))
    say(f"工作计划 {tasks} 项任务，督办、会议、培训、调查、通报、考核")
    return tasks


def _plan(org_code: str, plan_id: int) -> Any:
    return next(p for p in supervision.list_plans(org_codes=[org_code]) if p.pk == plan_id)


class _Year:
    """Carries the acts out on their days, written now, by the command line."""

    def __init__(self, org_code: str, now: datetime, rng: Random) -> None:
        self.org_code, self.now, self.rng = org_code, now, rng
        self.codes = {o.name: o.code for o in organisations.list_organisations(under=org_code)}

    def on(self, month: int, day: int, year: int = YEAR) -> dict[str, Any]:
        """Return who and when."""
        return {"user": None, "today": date(year, month, day), "now": self.now}

    def plan(self) -> int:
        """Import the plan, confirm every task, attach evidence to most, close those that are due and proven."""
        data = PLAN_FILE.read_bytes()
        plan_id = supervision.import_plan(
            org_code=self.org_code, name="2020年政务公开工作要点.txt", data=data, **self.on(3, 2)
        )
        plan = _plan(self.org_code, plan_id)
        standings = supervision.list_standings(plan=plan, today=date(YEAR, 3, 2))
        for place, task in enumerate(standing.task for standing in standings):
            offers = supervision.offers_for(text=task.text, heading=task.heading)
            kind = "none" if task.deadline_kind == "immediate" else task.deadline_kind
            settings = supervision.TaskSettings(
                owner_code=next((self.codes[name] for name in task.lead if name in self.codes), OFFICE),
                deadline_kind=kind, deadline_date=task.deadline_date, deadline_every=task.deadline_every,
                duty_id=offers[0].duty.id if offers else "",
            )  # fmt: skip
            supervision.confirm_task(task_id=task.pk, settings=settings, **self.on(3, 5))
            if place % LEFT_OPEN:
                self._prove(task, place)
        return plan_id

    def _prove(self, task: Any, place: int) -> None:
        words = f"{task.text}\n办理情况：已按要求完成，材料存科室档案。\n"
        months = {"recurring": (3, 6, 9, 12), "continuous": (6, 12)}.get(task.deadline_kind, (3 + place % 4,))
        for month in months:
            offered = supervision.Offered(
                "file",
                name=f"办理情况-{task.position}-{month}月.txt",
                data=f"{month}月　{words}".encode(),
                note="科室报送",
            )
            supervision.attach_evidence(task_id=task.pk, offered=offered, **self.on(month, 20))
        due = task.deadline_date
        if due is not None and due.month > 6:
            supervision.close_task(task_id=task.pk, **self.on(due.month, 25))

    def orders(self) -> None:
        """Issue two orders: one answered in time, one overdue and taken to the circular."""
        late = supervision.OrderWords(
            "部门预算公开不完整",
            "公开的预算缺少“三公”经费说明",
            "补充说明并重新公开",
            "demo-ghk",
            date(YEAR, 5, 15),
            "年度要点",
        )
        order = supervision.issue_order(org_code=self.org_code, words=late, **self.on(4, 27))
        supervision.sign_for_order(order_id=order, **self.on(4, 28))
        supervision.escalate_order(order_id=order, words="到期没有回复", **self.on(5, 29))
        water = supervision.OrderWords(
            "二季度水质信息没有及时公开",
            "六月的监测结果没有公开",
            "补公开并说明原因",
            "demo-ggws",
            date(YEAR, 7, 31),
            "年度要点",
        )
        order = supervision.issue_order(org_code=self.org_code, words=water, **self.on(7, 20))
        supervision.sign_for_order(order_id=order, **self.on(7, 21))
        supervision.reply_order(order_id=order, words="已补公开，并调整了报送时间", **self.on(7, 28))

    def meetings(self) -> None:
        """Hold two meetings, the first with decisions."""
        for month, kind, title, decisions in (
            (4, "leading_group", "政务公开领导小组第一次会议", [("制定水质信息报送时间表", "demo-ggws"), ("补齐机构信息公开目录", "demo-yzk")]),
            (9, "special_study", "依申请公开工作专题研究", []),
        ):  # fmt: skip
            words = supervision.MeetingWords(
                kind,
                title,
                date(YEAR, month, 15),
                "局三楼会议室",
                "局长",
                "研究年度要点落实情况",
                (OFFICE, "demo-ggws", "demo-yzk"),
            )
            meeting = supervision.plan_meeting(org_code=self.org_code, words=words, **self.on(month, 8))
            supervision.notice_meeting(meeting_id=meeting.pk, **self.on(month, 9))
            taken = [
                supervision.DecisionWords(text, owner, date(YEAR, month + 3, 30)) for text, owner in decisions
            ]
            supervision.hold_meeting(
                meeting_id=meeting.pk, minutes="会议听取办公室汇报，研究了存在的问题，明确了责任和时限。", decisions=taken,
                **self.on(month, 16),
            )  # fmt: skip

    def training(self) -> None:
        """Enter three new civil servants and two sessions; one of the three is still to be trained."""
        for number, owner in (("YL2020-01", OFFICE), ("YL2020-02", "demo-ggws"), ("YL2020-03", "demo-jdk")):
            supervision.enrol_recruit(
                org_code=self.org_code,
                number=number,
                owner_code=owner,
                joined_on=date(YEAR, 7, 1),
                **self.on(7, 2),
            )
        for month, title, audience, recruits in (
            (5, "政府信息公开条例培训", "all", ()), (9, "新录用公务员公开工作培训", "new_recruits", ("YL2020-01", "YL2020-02")),
        ):  # fmt: skip
            words = supervision.TrainingWords(
                date(YEAR, month, 18), title, "regulation", audience, 36 - month, 8, recruits
            )
            supervision.hold_training(org_code=self.org_code, words=words, **self.on(month, 19))

    def responsibility(self) -> None:
        """Open one matter and hear the section; whoever decides is a person."""
        words = supervision.ResponsibilityWords("demo-ghk", "order_overdue", "督办到期没有回复", "科室负责人")
        record = supervision.open_responsibility(org_code=self.org_code, words=words, **self.on(6, 2))
        supervision.hear_responsibility(
            record_id=record.pk, words="人员调整交接不及时，已补报", **self.on(6, 8)
        )

    def survey(self) -> None:
        """Ask patients and staff of two hospitals, close and report."""
        words = supervision.SurveyWords(
            YEAR,
            "2020年度二级以上医疗机构满意度调查",
            "云岭民情调查有限公司",
            "委托合同2020-07号",
            date(YEAR, 10, 1),
            date(YEAR, 10, 31),
        )
        survey = supervision.design_survey(org_code=self.org_code, words=words, **self.on(9, 20))
        for institution, level in (("demo-yy1", 2), ("demo-fy", 2)):
            for service, department, volume in (
                ("outpatient", "内科", 5200),
                ("outpatient", "妇产科", 2100),
                ("inpatient", "综合病区", 900),
                ("staff", "全院", 420),
            ):
                words_of = supervision.StratumWords(institution, level, service, department, volume)
                supervision.add_stratum(
                    round_id=survey.pk, words=words_of, user=None, today=date(YEAR, 9, 21)
                )
        supervision.open_survey(round_id=survey.pk, **self.on(10, 1))
        for stratum in supervision.strata_of(round_id=survey.pk):
            mood = 4.3 if stratum.unit.institution_code == "demo-yy1" else 4.0
            for code in supervision.issue_tokens(stratum_id=stratum.pk, count=24, **self.on(10, 2)):
                marks = {
                    question: min(5, max(1, round(self.rng.gauss(mood, 0.8))))
                    for question in supervision.questions_of(stratum=stratum)
                }
                supervision.answer_survey(
                    code=code,
                    marks=marks,
                    seconds=self.rng.randint(60, 240),
                    address="",
                    today=date(YEAR, 10, self.rng.randint(3, 30)),
                )
        supervision.close_survey(round_id=survey.pk, **self.on(11, 2))
        supervision.report_survey(round_id=survey.pk, **self.on(11, 9))

    def circular(self) -> None:
        """Build and issue the circular of May."""
        made = supervision.build_circular(org_code=self.org_code, year=YEAR, month=5, **self.on(6, 3))
        supervision.issue_circular(circular_id=made.pk, **self.on(6, 4))

    def assessment(self) -> None:
        """Run the assessment of the year with the shipped indicators and freeze it after the time to appeal."""
        system = supervision.new_version(org_code=self.org_code, **self.on(12, 1))
        supervision.bring_into_force(system_id=system.pk, **self.on(12, 1))
        run = supervision.begin_run(org_code=self.org_code, year=YEAR, title="", **self.on(1, 11, YEAR + 1))
        for result in supervision.results_of(run_id=run.pk):
            given = [
                supervision.GivenValue(name, "0" if ".case" in name else "1", "演示核查记录")
                for name in result.unmeasured
            ]
            if given:
                supervision.give_values(
                    run_id=run.pk, result_id=result.pk, values=given, **self.on(1, 12, YEAR + 1)
                )
        supervision.announce_run(
            run_id=run.pk, appeal_until=date(YEAR + 1, 1, 25), **self.on(1, 15, YEAR + 1)
        )
        supervision.freeze_run(run_id=run.pk, **self.on(1, 28, YEAR + 1))
