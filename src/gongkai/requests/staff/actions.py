"""What a person at the desk can do to a case (办理动作): each with its few fields, offered only where state and post allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongkai.organisations import api as organisations
from gongkai.requests.core.outcomes import choosable, outcomes
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import TABLE
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Consultation, Opinion, Remedy
from gongkai.requests.services import (
    archive,
    assign,
    confirm,
    consult,
    decide,
    examine,
    extend,
    fee,
    personal_data,
    release,
    remedy,
    serve,
    sign,
)
from gongkai.requests.services.acting import may

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an action: kind is text, area, date, number, select, checks or hidden."""

    name: str
    label: str
    kind: str = "text"
    choices: Callable[[Case], Choices] | None = None
    hint: str = ""
    optional: bool = False
    initial: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What the person sent: texts by field, who and when."""

    data: Mapping[str, str]
    lists: Callable[[str], list[str]]
    user: Any
    now: datetime

    def text(self, name: str) -> str:
        """Return a text, empty when absent."""
        return self.data.get(name, "")

    def day(self, name: str) -> date:
        """Return a day; Refused in words when it is none."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise Refused(
                "日期没有填写或写错了", where=self.text(name), remedy="写成 2024-03-05 的形式"
            ) from None

    def day_or_none(self, name: str) -> date | None:
        """Return a day, None when left empty."""
        return self.day(name) if self.text(name) else None

    def number(self, name: str) -> int:
        """Return a whole number; Refused in words when it is none."""
        text = self.text(name).strip()
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise Refused("请填写整数", where=text[:20])
        return int(text)


Do = Callable[[Case, Call], Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One action: its verb of the state table, the right it needs, its fields, and what it calls."""

    verb: str
    label: str
    right: str
    do: Do
    fields: tuple[Field, ...] = ()
    hint: str = ""


def _sections(case: Case) -> Choices:
    return tuple(
        (o.code, o.name) for o in organisations.list_organisations(under=case.org_code, kind="section")
    )


def _ways(_: Case) -> Choices:
    return tuple((key, rule.name) for key, rule in room_rules().service_ways.items())


def _grounds(_: Case) -> Choices:
    return tuple((key, rule.name) for key, rule in room_rules().supplement_grounds.items())


def _consultations(case: Case) -> Choices:
    rows = case.consultations.filter(answer="")
    return tuple((str(r.pk), f"{r.get_kind_display()}，{r.sent_date} 发出：{r.documents[:20]}") for r in rows)


def _remedies(case: Case) -> Choices:
    return tuple(
        (str(r.pk), f"{r.get_kind_display()}，{r.lodged_date}") for r in case.remedies.filter(result="")
    )


def _corrected(case: Case) -> Choices:
    rows = case.remedies.filter(result="corrected", round__isnull=True)
    return tuple(
        (str(r.pk), f"{r.get_kind_display()}，{r.ended_date} 纠正 {r.reference}".strip()) for r in rows
    )


def _assigned(case: Case) -> Choices:
    codes = case.assignments.filter(returned_date__isnull=True).values_list("section_code", flat=True)
    return tuple((code, organisations.get_organisation(code=code).name) for code in codes)


def _fixed(rows: Any) -> Callable[[Case], Choices]:
    return lambda _: tuple(rows)


TODAY = "today"
OPINIONS, ANSWERS = _fixed(Opinion.KINDS), _fixed(Consultation.ANSWERS)
YES_NO = _fixed((("yes", "同意"), ("no", "不同意")))


def _common(call: Call, case: Case) -> dict[str, Any]:
    return {"case_id": case.pk, "user": call.user, "now": call.now}


def _colleague(username: str) -> Any:
    return organisations.get_user(username=username.strip())


ACTIONS: tuple[Action, ...] = (
    Action("confirm_receipt", "确认收到", "register", lambda c, a: confirm.confirm_receipt(confirmed=a.day("on"), proof=a.text("proof"), **_common(a, c)), (Field("on", "与申请人确认的日期", "date", initial=TODAY), Field("proof", "凭据", hint="时间、方式、接听人")), "答复期限自确认之日的次日起算"),
    Action("note_contact_try", "记一次联系", "register", lambda c, a: confirm.note_contact_try(note=a.text("note"), **_common(a, c)), (Field("note", "联系经过", "area"),)),
    Action("set_aside", "作未受理处理", "manage", lambda c, a: confirm.set_aside(reason=a.text("note"), **_common(a, c)), (Field("note", "情况说明", "area"),), "多次联系不上，无法确认申请的，才这样处理"),
    Action("hand_over", "移交经办人", "manage", lambda c, a: assign.hand_over(to=_colleague(a.text("to")), **_common(a, c)), (Field("to", "接办人账号"),)),
    Action("accept", "审查通过，开始办理", "handle", lambda c, a: examine.accept(**_common(a, c))),
    Action("ask_supplement", "要求补正", "handle", lambda c, a: examine.ask_supplement(grounds=a.lists("grounds"), items=a.text("items"), period_days=a.number("period"), asked=a.day("on"), **_common(a, c)), (Field("grounds", "事由", "checks", _grounds), Field("items", "需要补正的事项", "area", hint="一次写全，只能告知一次"), Field("period", "补正期限（工作日）", "number", initial="15"), Field("on", "告知日期", "date", initial=TODAY))),
    Action("receive_supplement", "登记收到补正", "register", lambda c, a: examine.receive_supplement(answer=a.text("answer"), received=a.day("on"), **_common(a, c)), (Field("answer", "补正的内容", "area"), Field("on", "收到日期", "date", initial=TODAY))),
    Action("lapse_supplement", "按逾期不补正办结", "handle", lambda c, a: examine.lapse_supplement(no_valid_reason=a.text("note"), **_common(a, c)), (Field("note", "没有正当理由的认定", "area"),)),
    Action("split", "拆分事项", "handle", lambda c, a: assign.split(texts=a.text("texts").split("\n"), **_common(a, c)), (Field("texts", "每行一个事项", "area"),)),
    Action("assign", "交科室办理", "handle", lambda c, a: assign.assign(section_code=a.text("section"), inner_due=a.day("on"), **_common(a, c)), (Field("section", "科室", "select", _sections), Field("on", "内部期限", "date"))),
    Action("return_assignment", "科室退回", "view", lambda c, a: assign.return_assignment(section_code=a.text("section"), reason=a.text("note"), **_common(a, c)), (Field("section", "科室", "select", _assigned), Field("note", "理由"))),
    Action("log_search", "记一次检索", "handle", lambda c, a: decide.log_search(place=a.text("place"), keywords=a.text("keywords"), searched_on=a.day("on"), found=a.text("found") == "yes", result=a.text("result"), **_common(a, c)), (Field("place", "检索的系统或档案"), Field("keywords", "关键词"), Field("on", "日期", "date", initial=TODAY), Field("found", "是否找到", "select", _fixed((("no", "没有找到"), ("yes", "找到"))), ), Field("result", "结果"))),
    Action("give_opinion", "填写意见", "view", lambda c, a: decide.give_opinion(kind=a.text("kind"), agrees=a.text("agrees") == "yes", text=a.text("text"), **_common(a, c)), (Field("kind", "种类", "select", OPINIONS), Field("agrees", "意见", "select", YES_NO), Field("text", "说明", "area"))),
    Action("ask_third_party", "征求第三方意见", "handle", lambda c, a: consult.ask(kind="third_party", name=a.text("name"), contact=a.text("contact"), documents=a.text("documents"), sent=a.day("on"), delivered=a.day_or_none("delivered"), **_common(a, c)), (Field("name", "第三方"), Field("contact", "联系方式", optional=True), Field("documents", "涉及的信息", "area"), Field("on", "发出日期", "date", initial=TODAY), Field("delivered", "送达日期", "date", optional=True))),
    Action("ask_joint_maker", "征求其他机关意见", "handle", lambda c, a: consult.ask(kind=a.text("kind"), name=a.text("name"), documents=a.text("documents"), sent=a.day("on"), delivered=a.day_or_none("delivered"), **_common(a, c)), (Field("kind", "对象", "select", _fixed(Consultation.KINDS[1:])), Field("name", "机关名称"), Field("documents", "涉及的信息", "area"), Field("on", "发出日期", "date", initial=TODAY), Field("delivered", "送达日期", "date", optional=True))),
    Action("note_delivery", "记意见书送达", "handle", lambda c, a: consult.note_delivery(consultation_id=a.number("which"), delivered=a.day("on"), **_common(a, c)), (Field("which", "哪一次", "select", _consultations), Field("on", "送达日期", "date", initial=TODAY))),
    Action("note_answer", "记征求意见结果", "handle", lambda c, a: consult.note_answer(consultation_id=a.number("which"), answer=a.text("answer"), answered=a.day("on"), reasons=a.text("reasons"), **_common(a, c)), (Field("which", "哪一次", "select", _consultations), Field("answer", "意见", "select", ANSWERS), Field("on", "日期", "date", initial=TODAY), Field("reasons", "理由", "area", optional=True))),
    Action("propose_extension", "提出延期", "handle", lambda c, a: extend.propose_extension(working_days=a.number("days"), reason=a.text("note"), **_common(a, c)), (Field("days", "延长工作日数", "number", initial="20", hint="最多 20 个工作日，只能一次"), Field("note", "理由"))),
    Action("approve_extension", "批准延期", "manage", lambda c, a: extend.approve_extension(**_common(a, c))),
    Action("extend", "登记已告知延期", "handle", lambda c, a: extend.extend(told=a.day("on"), **_common(a, c)), (Field("on", "告知申请人的日期", "date", initial=TODAY),), "须在原期限届满前告知"),
    Action("ask_reasons", "要求说明理由", "handle", lambda c, a: fee.ask_reasons(why=a.text("note"), asked=a.day("on"), **_common(a, c)), (Field("note", "为什么认为超过合理范围", "area"), Field("on", "告知日期", "date", initial=TODAY))),
    Action("receive_reasons", "登记收到的理由", "register", lambda c, a: fee.receive_reasons(reasons=a.text("note"), received=a.day("on"), **_common(a, c)), (Field("note", "理由", "area"), Field("on", "收到日期", "date", initial=TODAY))),
    Action("delay_reply", "确定延迟答复的日期", "manage", lambda c, a: fee.delay_reply(until=a.day("on"), **_common(a, c)), (Field("on", "延迟至", "date"),)),
    Action("charge_fee", "收取信息处理费", "handle", lambda c, a: fee.charge_fee(mode=a.text("mode"), count=a.number("count"), served=a.day("on"), **_common(a, c)), (Field("mode", "计收方式", "select", _fixed((("per_item", "按件"), ("per_page", "按量")))), Field("count", "件数或页数", "number"), Field("on", "通知送达日期", "date", initial=TODAY)), "只能选一种方式；须在答复期限内通知"),
    Action("receive_payment", "登记缴费", "handle", lambda c, a: fee.receive_payment(paid=a.day("on"), **_common(a, c)), (Field("on", "缴费日期", "date", initial=TODAY),)),
    Action("lapse_fee", "按逾期不缴费办结", "handle", lambda c, a: fee.lapse_fee(**_common(a, c))),
    Action("send_back", "退回修改", "review", lambda c, a: sign.send_back(reason=a.text("note"), **_common(a, c)), (Field("note", "理由", "area"),)),
    Action("serve", "登记送达，办结", "reply", lambda c, a: serve.serve_reply(way=a.text("way"), served=a.day("on"), proof=a.text("proof"), **_common(a, c)), (Field("way", "送达方式", "select", _ways), Field("on", "送达日期", "date", initial=TODAY, hint="邮寄为交邮日，直接送达为签收日"), Field("proof", "凭据", hint="邮件号、签收人或发送记录"))),
    Action("withdraw", "登记申请人撤回", "handle", lambda c, a: serve.withdraw(how=a.text("note"), **_common(a, c)), (Field("note", "撤回的凭据", "area"),)),
    Action("lodge_remedy", "登记复议或诉讼", "handle", lambda c, a: remedy.lodge_remedy(kind=a.text("kind"), body=a.text("body"), lodged=a.day("on"), reference=a.text("reference"), **_common(a, c)), (Field("kind", "种类", "select", _fixed(Remedy.KINDS)), Field("body", "受理机关"), Field("reference", "案号", optional=True), Field("on", "提起日期", "date", initial=TODAY))),
    Action("end_remedy", "写回复议诉讼结果", "handle", lambda c, a: remedy.end_remedy(remedy_id=a.number("which"), result=a.text("result"), ended=a.day("on"), note=a.text("note"), **_common(a, c)), (Field("which", "哪一件", "select", _remedies), Field("result", "结果", "select", _fixed(Remedy.RESULTS)), Field("on", "日期", "date", initial=TODAY), Field("note", "要点", "area", optional=True))),
    Action("note_late_paper", "登记办结后来件", "register", lambda c, a: remedy.note_late_paper(note=a.text("note"), **_common(a, c)), (Field("note", "来件的内容", "area"),)),
    Action("open_round", "重新办理", "manage", lambda c, a: remedy.open_round(remedy_id=a.number("which"), opened=a.day("on"), named=a.day_or_none("named"), **_common(a, c)), (Field("which", "依据哪一件", "select", _corrected), Field("on", "收到决定书或判决书的日期", "date", initial=TODAY), Field("named", "决定或判决限定的答复日期", "date", optional=True, hint="没有限定的不填，按答复期限重新起算")), "复议、诉讼结果为纠正的，在本案卷内再办一轮；年度报告仍按第一次办结计数"),
    Action("release_reply", "转为主动公开", "manage", lambda c, a: release.release_reply(title=a.text("title"), catalogue_codes=[x for x in a.text("codes").split() if x], **_common(a, c)), (Field("title", "标题"), Field("codes", "目录事项编号", optional=True, hint="多个用空格分开")), "自动去除个人信息，随后照常检查、审签"),
    Action("archive", "归档", "manage", lambda c, a: archive.archive(keep_until=a.day_or_none("on"), **_common(a, c)), (Field("on", "保存至", "date", optional=True, hint="按本机关的归档范围和保管期限表填写；永久保存的不填"),)),
    Action("renew_query_code", "补发查询码", "register", lambda c, a: personal_data.renew_query_code(how_checked=a.text("note"), **_common(a, c)), (Field("note", "怎样核对了身份"),)),
    Action("show_personal_data", "查看个人信息", "unmask", lambda c, a: personal_data.show_personal_data(reason=a.text("reason"), **_common(a, c)), (Field("reason", "理由", "select", _fixed(personal_data.REASONS.items())),), "查看一次记一次"),
)  # fmt: skip
BY_VERB = {action.verb: action for action in ACTIONS}
DECIDES = ("confirm_receipt", "accept", "ask_supplement", "receive_supplement", "lapse_supplement", "receive_payment", "lapse_fee", "note_answer", "approve_extension", "extend", "serve", "end_remedy", "open_round")  # fmt: skip


def offered(case: Case, *, user: Any, today: date) -> list[Action]:
    """Return the actions that state and post allow now, in order; those that lack what they work on are left out."""
    verbs = {t.verb for t in TABLE if case.state in t.sources}
    rights = {right: may(case, user=user, action=right, today=today) for right in {a.right for a in ACTIONS}}
    living = list(case.extensions.filter(is_void=False))
    empty = {
        "note_answer": not case.consultations.filter(answer="").exists(),
        "end_remedy": not case.remedies.filter(result="").exists(),
        "return_assignment": not case.assignments.filter(returned_date__isnull=True).exists(),
        "ask_supplement": hasattr(case, "supplement"),
        "propose_extension": bool(living),
        "approve_extension": not any(row.approved_date is None for row in living),
        "extend": not any(row.approved_date is not None and row.told_date is None for row in living),
        "charge_fee": hasattr(case, "fee"),
        "archive": case.archived_date is not None,
        "open_round": not case.remedies.filter(result="corrected", round__isnull=True).exists(),
        "release_reply": case.release_record is not None
        or release.latest_row(case) not in release.GIVEN_ROWS,
    }
    empty["note_delivery"] = empty["note_answer"]
    if case.round > 1:
        empty |= dict.fromkeys(("ask_supplement", "charge_fee"), True)
    return [a for a in ACTIONS if a.verb in verbs and rights[a.right] and not empty.get(a.verb, False)]


def outcome_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choosable outcomes in groups, for the select of a decision."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in choosable():
        top = row.id.split(".")[0]
        mark = "" if row.confidence == "confirmed" else "（待核对）"
        groups.setdefault(outcomes()[top].label, []).append((row.id, row.label + mark))
    return list(groups.items())
