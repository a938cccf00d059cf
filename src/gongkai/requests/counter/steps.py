"""The steps of the citizen's form (填表步骤): one thing a page, plain words, hints under labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.submission import (
    IDENTITY,
    OTHER_DOCUMENTS,
    person_faults,
    request_faults,
)


@dataclass(frozen=True, slots=True)
class Question:
    """One field: `kind` is text, area, radio, select, email or tel."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    optional: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    autocomplete: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    code: str
    title: str
    lead: str = ""


STEPS = (
    Step("who", "您以什么身份申请？"),
    Step(
        "person", "申请人是谁？", "条例要求提供姓名或名称和身份证明。这些信息加密保存，只用于办理这件申请。"
    ),
    Step("contact", "怎样与您联系？", "至少填写通信地址或电子邮箱中的一项，用来答复您。"),
    Step("what", "您要什么信息？", "写明名称、文号，或者能让我们找到它的描述：哪件事、哪一年、哪个地方。"),
    Step("form", "您希望怎样得到它？"),
    Step("agent", "是您本人申请吗？"),
    Step("files", "需要附上文件吗？", "可以不附。身份证明、授权委托书可以在这里上传，也可以之后补交。"),
    Step("check", "请核对，然后提交"),
)
CODES = tuple(step.code for step in STEPS)


def questions(code: str, values: Mapping[str, str]) -> tuple[Question, ...]:
    """Return the fields of a step; those of a person differ from those of a body."""
    rules = room_rules()
    kind = rules.applicant_kinds.get(values.get("applicant_kind", ""))
    if code == "who":
        choices = tuple((key, rule.name) for key, rule in rules.applicant_kinds.items())
        return (Question("applicant_kind", "申请人类别", "radio", choices=choices),)
    if code == "person" and kind is not None and kind.is_organisation:
        return (
            Question("name", "单位名称", hint="与营业执照或登记证书一致", autocomplete="organization"),
            Question("credit_code", "统一社会信用代码", hint="18 位，在证照上可以找到"),
            Question("representative", "法定代表人或负责人", optional=True),
            Question("contact", "联系人姓名", autocomplete="name"),
        )
    if code == "person":
        kinds = tuple((name, name) for name in (IDENTITY, *OTHER_DOCUMENTS))
        return (
            Question("name", "姓名", autocomplete="name"),
            Question("id_kind", "证件种类", "select", choices=kinds),
            Question("id_number", "证件号码", hint="身份证号码为 18 位，末位可能是 X"),
        )
    return _later_questions(code, values)


def _later_questions(code: str, values: Mapping[str, str]) -> tuple[Question, ...]:
    rules = room_rules()
    if code == "contact":
        return (
            Question("phone", "联系电话", "tel", hint="手机号，或带区号的固定电话", autocomplete="tel"),
            Question("address", "通信地址", hint="邮寄答复用", optional=True, autocomplete="street-address"),
            Question("postcode", "邮政编码", optional=True, autocomplete="postal-code"),
            Question("email", "电子邮箱", "email", optional=True, autocomplete="email"),
        )
    if code == "what":
        return (
            Question("content", "所需信息的内容描述", "area", hint="最多 10000 个字"),
            Question("purpose", "用途", "area", hint="可以不填，不影响办理", optional=True),
        )
    if code == "form":
        return (
            Question("form_wanted", "所需信息的形式", "radio", choices=tuple((x, x) for x in rules.forms)),
            Question("way_wanted", "获取信息的方式", "radio", choices=tuple((x, x) for x in rules.ways)),
            Question(
                "needs_help", "您需要的帮助", hint="如阅读、视听有困难，请告诉我们怎样帮您", optional=True
            ),
        )
    if code == "agent":
        asked: tuple[Question, ...] = (
            Question(
                "has_agent",
                "谁来办理",
                "radio",
                choices=(("no", "本人（本单位）办理"), ("yes", "委托代理人办理")),
            ),
        )
        return (
            *asked,
            Question(
                "agent_name",
                "代理人姓名",
                hint="委托代理人办理的才填",
                optional=values.get("has_agent") != "yes",
            ),
            Question("agent_phone", "代理人电话", "tel", optional=values.get("has_agent") != "yes"),
        )
    return ()


def step_faults(code: str, values: Mapping[str, str], *, today: date) -> dict[str, str]:
    """Return field → what to mend, for one step."""
    names = {question.name for question in questions(code, values)}
    if code == "who":
        known = values.get("applicant_kind") in room_rules().applicant_kinds
        return {} if known else {"applicant_kind": "请选择申请人类别"}
    if code in ("person", "contact"):
        found = person_faults(values, kind=values.get("applicant_kind", ""), today=today)
        return {key: text for key, text in found.items() if key in names}
    if code == "what":
        found = request_faults(
            content=values.get("content", ""),
            form_wanted="",
            way_wanted="",
            purpose=values.get("purpose", ""),
        )
        return {key: text for key, text in found.items() if key in names}
    if code == "form":
        faults = {}
        if values.get("form_wanted") not in room_rules().forms:
            faults["form_wanted"] = "请选择所需信息的形式"
        if values.get("way_wanted") not in room_rules().ways:
            faults["way_wanted"] = "请选择获取信息的方式"
        return faults
    if code == "agent":
        return _agent_faults(values)
    return {}


def _agent_faults(values: Mapping[str, str]) -> dict[str, str]:
    if values.get("has_agent") not in ("yes", "no"):
        return {"has_agent": "请选择是本人办理还是委托代理人办理"}
    if values.get("has_agent") == "no":
        return {}
    faults = {}
    if not values.get("agent_name", "").strip():
        faults["agent_name"] = "请填写代理人姓名"
    if not values.get("agent_phone", "").strip():
        faults["agent_phone"] = "请填写代理人电话"
    return faults


def first_faulty(values: Mapping[str, str], *, today: date) -> tuple[str, dict[str, str]] | None:
    """Return the first step that is not right yet with its faults, None when the form can be sent."""
    for code in CODES:
        if faults := step_faults(code, values, today=today):
            return code, faults
    return None
