"""The blocks an editor builds a body from (正文块). Their definitions stay out of migrations."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.fields import StreamField

INLINE_FEATURES = ["bold", "italic", "superscript", "subscript", "link"]
MAX_CELLS = 200_000


class RowsField(forms.CharField):
    """Rows of cells as text: one row a line, cells parted by a tab, as Excel and WPS copy them."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> str:
        """Write rows as text; cells with a tab, quote or line feed are quoted."""
        if value is None or isinstance(value, str):
            return value or ""
        out = io.StringIO()
        csv.writer(out, delimiter="\t", lineterminator="\n").writerows(value)
        return out.getvalue().rstrip("\n")

    def clean(self, value: Any) -> list[list[str]]:
        """Read the text as rows; every row gets as many cells as the widest."""
        text = super().clean(value) or ""
        csv.field_size_limit(10_000_000)
        rows = [row for row in csv.reader(io.StringIO(text), delimiter="\t") if row]
        width = max((len(row) for row in rows), default=0)
        if width * len(rows) > MAX_CELLS:
            raise ValidationError(
                f"表格有 {width * len(rows)} 个单元格，超过 {MAX_CELLS} 个；请改为附件", code="too_large"
            )
        return [row + [""] * (width - len(row)) for row in rows]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as text."""
        return self.prepare_value(initial) != self.prepare_value(data).replace("\r\n", "\n").rstrip("\n")


class RowsBlock(blocks.FieldBlock):
    """Rows of cells (表格行)."""

    def __init__(self, required: bool = True, help_text: str | None = None, **kwargs: Any) -> None:
        self.field = RowsField(
            required=required, help_text=help_text, strip=False, widget=forms.Textarea(attrs={"rows": 8})
        )
        super().__init__(**kwargs)

    def value_for_form(self, value: Any) -> str:
        """Give the widget the text form."""
        return self.field.prepare_value(value)

    def get_default(self) -> list[list[str]]:
        """Return no rows."""
        return []

    class Meta:
        icon = "table"


class HeadingBlock(blocks.StructBlock):
    """A heading of level 1 to 4 (一、 （一） 1. (1))."""

    level = blocks.ChoiceBlock(
        choices=[("1", "一、"), ("2", "（一）"), ("3", "1."), ("4", "(1)")], default="1", label="级别"
    )
    text = blocks.CharBlock(label="标题", max_length=500)

    class Meta:
        icon = "title"
        label = "小标题"


class TableBlock(blocks.StructBlock):
    """A table with its caption and the number of heading rows and columns."""

    caption = blocks.CharBlock(label="表题", required=False, max_length=200)
    header_rows = blocks.IntegerBlock(label="表头行数", default=1, min_value=0, max_value=10)
    header_columns = blocks.IntegerBlock(label="表头列数", default=0, min_value=0, max_value=10)
    rows = RowsBlock(
        label="内容", help_text="一行一行填写，单元格之间用制表符隔开；可以直接从 Excel、WPS 表格粘贴"
    )

    class Meta:
        icon = "table"
        label = "表格"


class ImageBlock(blocks.StructBlock):
    """An uploaded picture, addressed by the SHA-256 of its bytes."""

    sha256 = blocks.RegexBlock(label="图片文件", regex=r"^[0-9a-f]{64}$", help_text="由“上传附件和图片”填入")
    alt = blocks.CharBlock(label="替代文字", required=False, max_length=300, help_text="读给看不见图片的人听")
    caption = blocks.CharBlock(label="图注", required=False, max_length=200)

    class Meta:
        icon = "image"
        label = "图片"


class AttachmentBlock(blocks.StructBlock):
    """An uploaded file that goes out with the record."""

    sha256 = blocks.RegexBlock(label="附件文件", regex=r"^[0-9a-f]{64}$", help_text="由“上传附件和图片”填入")
    name = blocks.CharBlock(label="附件名称", max_length=200)

    class Meta:
        icon = "doc-full"
        label = "附件"


class QuotationBlock(blocks.StructBlock):
    """A quoted passage and where it comes from."""

    text = blocks.TextBlock(label="引文")
    cite = blocks.CharBlock(label="出处", required=False, max_length=200)

    class Meta:
        icon = "openquote"
        label = "引文"


class FigureBlock(blocks.StructBlock):
    """A chart drawn from its figures; the table always stands beside it."""

    kind = blocks.ChoiceBlock(choices=[("bar", "柱形图"), ("line", "折线图")], default="bar", label="图形")
    title = blocks.CharBlock(label="图题", max_length=200)
    unit = blocks.CharBlock(label="单位", required=False, max_length=20)
    rows = RowsBlock(label="数据", help_text="首行是各数据系列的名称，首列是类别，其余是数字")

    class Meta:
        icon = "chart-line"
        label = "图表"


BODY_BLOCKS: list[tuple[str, blocks.Block]] = [
    ("heading", HeadingBlock()),
    ("paragraph", blocks.RichTextBlock(features=INLINE_FEATURES, label="段落")),
    ("table", TableBlock()),
    ("image", ImageBlock()),
    ("attachment", AttachmentBlock()),
    ("quotation", QuotationBlock()),
    ("figure", FigureBlock()),
    ("signature", blocks.TextBlock(label="落款", rows=2)),
    ("attachment_note", blocks.TextBlock(label="附件说明", rows=2)),
]


class BodyField(StreamField):
    """The body of a record; a migration sees a plain StreamField without block definitions."""

    def deconstruct(self) -> tuple[Any, Any, Any, Any]:
        """Leave the block definitions out: changing a block is no change of the table."""
        name, _path, _args, kwargs = super().deconstruct()
        kwargs["block_lookup"] = {}
        return name, "wagtail.fields.StreamField", [[]], kwargs
