"""Where a finding stands, in words (位置): metadata, blocks, tables, attachments and what is inside of them."""

from __future__ import annotations

import re

from gongkai.records.core.reading import FIELD_LABELS

_OTHER_FIELDS = {
    "body": "正文",
    "catalogue_codes": "公开目录事项",
    "topic_major": "主题分类（大类）",
    "topic_minor": "主题分类（小类）",
    "disclosure_reason": "公开属性理由",
    "validity_state": "有效性",
    "validity_note": "有效性说明",
    "validity_by": "修改、废止它的文件",
    "topic_columns": "专题",
    "section_code": "责任科室",
    "grade": "审查等级",
    "published_at": "发布日期",
    "interpretation": "解读方案",
}
_INSIDE = (
    (r"sheet:(.+)!hidden", r"工作表“\1”隐藏的行列"),
    (r"sheet:(.+)!header", r"工作表“\1”的页眉页脚"),
    (r"sheet:(.+)![A-Z]+\d+", r"工作表“\1”"),
    (r"sheet:(.+)", r"工作表“\1”"),
    (r"hidden:page:(\d+)", r"第 \1 页看不见的文字"),
    (r"hidden:drawing:(\d+)", r"第 \1 处隐藏图形"),
    (r"hidden.*", "隐藏文字"),
    (r"page:(\d+)", r"第 \1 页"),
    (r"slide:(\d+)", r"第 \1 张幻灯片"),
    (r"notes:(\d+)", r"第 \1 页备注"),
    (r"comment:(\d+)", r"第 \1 处批注"),
    (r"deleted:(\d+)", r"第 \1 处修订痕迹"),
    (r"table:(\d+)", r"第 \1 个表格"),
    (r"ocr:(\d+)", r"第 \1 幅图中的文字"),
    (r"embedded:(.+)", r"内嵌文件“\1”"),
    (r"header.*", "页眉"),
    (r"footer.*", "页脚"),
    (r"footnote.*", "脚注"),
    (r"filename", "文件名"),
    (r"property.*", "文件属性"),
    (r"url.*", "链接地址"),
    (r"ocr", "图中文字"),
    (r"text", "正文"),
)


def field_label(name: str) -> str:
    """Return the Chinese name of a field of the metadata."""
    return FIELD_LABELS.get(name) or _OTHER_FIELDS.get(name) or "元数据"


def place_label(part: str) -> str:
    """Return where a finding stands, in words."""
    if part == "title":
        return "标题"
    kind, _, rest = part.partition(":")
    if kind == "field":
        return field_label(rest)
    if kind == "block":
        number, _, inner = rest.partition(":")
        return f"正文第 {number} 块的表题" if inner else f"正文第 {number} 块"
    if kind == "attachment":
        return f"第 {rest} 个附件的名称"
    if kind == "file":
        name, *members = rest.split(">")
        return "，".join([f"附件“{name}”", *(_inside(member) for member in members)])
    return _inside(part)


def _inside(member: str) -> str:
    for pattern, words in _INSIDE:
        if match := re.fullmatch(pattern, member, re.DOTALL):
            return match.expand(words)
    return f"“{member}”"
