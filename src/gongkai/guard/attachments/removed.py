"""What a cleaning took away (清除记录), counted by kind."""

from __future__ import annotations

from dataclasses import dataclass, field

LABELS = {
    "att.docx_comment": "批注", "att.docx_tracked_change": "修订痕迹", "att.docx_hidden_text": "看不见的文字", "att.office_props": "文档属性与编辑痕迹",
    "att.xlsx_hidden_sheet": "隐藏的工作表", "att.xlsx_hidden_rowcol": "隐藏的行、列、单元格", "att.xlsx_comment": "批注", "att.xlsx_pivot_cache": "透视缓存",
    "att.xlsx_external_link": "外部链接、连接、定义名", "att.pptx_notes": "备注、批注、隐藏页", "att.ole_embedded": "内嵌对象", "att.cropped_image": "裁掉的画面",
    "att.macro": "宏", "att.pdf_metadata": "文档属性", "att.pdf_annotation": "注释、表单、附件、脚本、隐藏图层、旧版本", "att.image_exif_gps": "拍摄信息",
    "att.image_thumbnail": "缩略图", "att.light_mask": "透明处留着的画面", "file.disguised": "图片末尾附带的内容", "xlsx.formula": "公式（保留显示的值）", "xlsx.recalculated": "没有存结果的公式（已算出）",
    "xlsx.rule": "数据验证与筛选", "zip.litter": "系统自动生成的文件",
}  # fmt: skip


@dataclass(slots=True)
class Removed:
    """Counts by detector id (or by our own id for what has no detector)."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int = 1) -> None:
        """Count `count` more of `what`."""
        if count > 0:
            self.counts[what] = self.counts.get(what, 0) + count

    def rows(self) -> list[dict[str, object]]:
        """Return [{"what", "count", "label"}] in the order of first removal."""
        return [
            {"what": what, "count": count, "label": LABELS.get(what, what)}
            for what, count in self.counts.items()
        ]
