"""What the forms of one assessment result ask for: values, marks, outside score, appeal and its decision."""

from __future__ import annotations

from django.http import HttpRequest

from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import AssessmentResult
from gongkai.supervision.services import assess_by_hand
from gongkai.supervision.services.assess_by_hand import GivenValue
from gongkai.supervision.staff import reach


def act_on_result(request: HttpRequest, result: AssessmentResult) -> str:
    """Do what a form asks and return what to say. Raises SupervisionRefused."""
    post = request.POST
    both = {"run_id": result.run_id, "result_id": result.pk, **reach.acting_now(request)}
    match post.get("verb"):
        case "give":
            changed = assess_by_hand.give_values(values=_given(request), **both)
            return f"已保存，改动 {changed} 个数"
        case "veto" | "bonus" as kind:
            times = reach.whole_of(post.get("times", "1") or "1", "次数")
            assess_by_hand.mark(
                kind=kind, code=post.get("code", ""), times=times, reason=post.get("reason", ""), **both
            )
            return "已登记" if times else "已取消"
        case "outside":
            assess_by_hand.give_outside_score(text=post.get("text", ""), note=post.get("note", ""), **both)
            return "已保存第三方得分"
        case "appeal":
            assess_by_hand.lodge_appeal(
                indicator=post.get("indicator", ""), words=post.get("words", ""), **both
            )
            return "申诉已提出"
        case "decide":
            return _decide(request)
    raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")


def _given(request: HttpRequest) -> list[GivenValue]:
    """Return the values of the form that were filled or marked as not applying; untouched lines are left alone."""
    found = []
    for name in request.POST.getlist("name"):
        text = request.POST.get(f"value-{name}", "")
        applies = request.POST.get(f"none-{name}") is None
        if text.strip() or not applies:
            found.append(GivenValue(name, text, request.POST.get(f"note-{name}", ""), applies))
    return found


def _decide(request: HttpRequest) -> str:
    post = request.POST
    upheld = post.get("upheld") == "yes"
    name = post.get("value_name", "")
    correction = GivenValue(name, post.get("value", ""), post.get("decision", "")) if name else None
    assess_by_hand.decide_appeal(
        appeal_id=reach.whole_of(post.get("appeal", ""), "申诉"), upheld=upheld, decision=post.get("decision", ""),
        correction=correction, **reach.acting_now(request),
    )  # fmt: skip
    return "申诉成立，已更正并重新计分" if upheld else "申诉不成立，已记录理由"
