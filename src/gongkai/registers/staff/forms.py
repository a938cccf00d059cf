"""Forms of the ledgers, made from their declaration."""

from __future__ import annotations

from typing import Any

from django import forms

from gongkai.registers.core.schema import Register, RegisterField
from gongkai.registers.core.values import Value


def row_form(rule: Register, *, data: Any = None, values: dict[str, Value] | None = None) -> forms.Form:
    """Return a form with one field for each of the register; values are checked by the register, not by the form."""
    form = forms.Form(data)
    for column in rule.typed_fields:
        field = _field(column)
        field.initial = (values or {}).get(column.id)
        form.fields[column.id] = field
    form.fields["reason"] = forms.CharField(label="修改说明", required=False, max_length=300)
    return form


def _field(column: RegisterField) -> forms.Field:
    label = f"{column.name}（{column.unit}）" if column.unit else column.name
    hint = column.hint or ("姓名按隐名规则保存" if column.privacy == "person_name" else "")
    shared = {"label": label, "required": False, "help_text": hint}
    if column.type == "choice":
        return forms.ChoiceField(choices=[("", "未填"), *((c.id, c.name) for c in column.codes)], **shared)
    if column.type == "boolean":
        return forms.ChoiceField(choices=[("", "未填"), ("是", "是"), ("否", "否")], **shared)
    if column.type == "date":
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **shared)
    return forms.CharField(**shared)


class UploadForm(forms.Form):
    """A table to be checked line by line."""

    file = forms.FileField(label="表格文件（xlsx 或 csv）", allow_empty_file=True)


class ReleaseForm(forms.Form):
    """What a public draft covers."""

    title = forms.CharField(label="标题", max_length=500)
    start = forms.DateField(
        label="开始日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    end = forms.DateField(label="结束日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label="这一期公开过的，写一句改了什么（会公开显示）", max_length=500, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it starts."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            raise forms.ValidationError("结束日期早于开始日期；请改正")
        return data
