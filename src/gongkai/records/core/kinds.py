"""The closed lists of a record's metadata: kinds, public attribute, change, validity, genre."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "policy": "政策文件",
    "interpretation": "政策解读",
    "notice": "通知公告",
    "news": "工作动态",
    "announcement": "公示",
    "plan": "规划计划",
    "statistics": "统计信息",
    "budget": "预算决算",
    "report": "报告总结",
    "guide": "办事指南",
    "personnel": "人事信息",
    "emergency": "应急信息",
    "dataset": "数据",
    "other": "其他",
}
DISCLOSURE: dict[str, str] = {"active": "主动公开", "on_request": "依申请公开", "withheld": "不予公开"}
MOVED_IN = "moved_in"
CHANGES: dict[str, str] = {
    "first": "首次发布",
    "correction": "更正",
    "amendment": "修改",
    "validity": "有效性变更",
    "typo": "文字勘误",
    MOVED_IN: "原网站迁移",
}
#: what an amendment of something public may be; the others tell how a record came to be public first
AMENDMENTS: dict[str, str] = {code: CHANGES[code] for code in ("correction", "amendment", "validity", "typo")}
VALIDITY: dict[str, str] = {"valid": "有效", "amended": "修改", "repealed": "废止", "expired": "失效"}
GRADES: dict[str, str] = {
    "ordinary": "一般",
    "important": "重要",
    "major": "重大",
    "minor": "简易",
    "relayed": "转载上级",
    "emergency": "应急先发",
}
GENRES: tuple[str, ...] = (
    "决定", "命令", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "函", "纪要",
    "办法", "方案", "规划", "计划", "要点", "细则", "制度", "解读", "公示", "动态", "指南", "统计", "其他",
)  # fmt: skip
TITLE_MAX_CHARACTERS = 500
