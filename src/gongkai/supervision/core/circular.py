"""What a monthly circular says (通报的内容): which facts it counts, its sentences, its table of problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Count:
    """One figure of the circular: how many facts of these names, of which these fields have these values."""

    id: str
    name: str
    unit: str
    facts: tuple[str, ...]
    where: Mapping[str, object] = field(default_factory=dict)
    more_than_zero: str = ""

    def counts(self, name: str, body: Mapping[str, Any]) -> bool:
        """Tell whether a fact counts here."""
        if name not in self.facts or any(body.get(key) != value for key, value in self.where.items()):
            return False
        return not self.more_than_zero or int(body.get(self.more_than_zero) or 0) > 0


COUNTS = (
    Count("published", "首次公开信息", "条", ("records.RecordPublished",), {"first": True}),
    Count("withdrawn", "撤回信息", "条", ("records.RecordWithdrawn",)),
    Count("late", "逾期履行公开义务", "项", ("catalogue.ObligationMet",), {}, "days_late"),
    Count("requests", "办结公开申请", "件", ("requests.RequestClosed",)),
    Count("requests_late", "超期办结公开申请", "件", ("requests.RequestClosed",), {"in_time": False}),
    Count("tasks", "办结计划任务", "项", ("supervision.TaskClosed",)),
    Count("orders", "下发督办单", "张", ("supervision.OrderIssued",)),
    Count("orders_closed", "核验销号", "张", ("supervision.OrderClosed",)),
    Count("escalated", "升级督办", "次", ("supervision.OrderEscalated",)),
)
_UNITS = {count.id: count.unit for count in COUNTS}


def written_day(iso: str) -> str:
    """Return 2024年6月3日 for 2024-06-03, as official papers write a day."""
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def circular_paragraphs(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sentences of the circular."""
    said = {c["id"]: f"{c['name']}{c['value']}{_UNITS.get(c['id'], '')}" for c in content["counts"]}
    yield "一、总体情况"
    yield f"本月{said['published']}，{said['withdrawn']}；{said['late']}。{said['requests']}，其中{said['requests_late']}。"
    yield "二、任务和督办"
    yield f"本月{said['tasks']}；{said['orders']}，{said['orders_closed']}，{said['escalated']}。"
    yield "三、存在问题"
    problems = content["problems"]
    if not problems:
        yield f"截至{written_day(content['until'])}，没有逾期或落后的任务和督办事项。"
        return
    units = {p["unit"] for p in problems}
    yield f"截至{written_day(content['until'])}，有{len(units)}个单位的{len(problems)}项工作逾期或落后，见下表。"
    yield f"以上问题请责任单位于{written_day(content['rectify_by'])}前整改并回复。"


def problem_table(content: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the table of problems: number, unit, problem, until when; nothing without a problem."""
    if content["problems"]:
        yield ("序号", "责任单位", "问题", "整改期限")
    for number, problem in enumerate(content["problems"], start=1):
        unit = content["names"].get(problem["unit"], problem["unit"])
        yield (str(number), unit, problem["problem"], written_day(content["rectify_by"]))
