"""Headings of the two tables that a move is reported in (条目、未读出)."""

ITEM_HEADINGS = ("旧地址", "标题", "原发布日期", "索引号", "新地址", "进度", "最重发现", "可列入清单", "说明")
PROBLEM_HEADINGS = ("位置", "代码", "问题", "处理办法")
