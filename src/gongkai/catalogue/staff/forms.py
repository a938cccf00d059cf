"""Forms of the catalogue's desk screens."""

from __future__ import annotations

from typing import Any

from django import forms

from gongkai.catalogue.models import CatalogueItem, Column, Obligation
from gongkai.organisations import api as organisations

MAX_FILE_BYTES = 20 * 1024 * 1024


class ImportForm(forms.Form):
    """A catalogue file; `confirm` stores it."""

    file = forms.FileField(label="目录文件（xlsx 或 csv）", allow_empty_file=True)
    confirm = forms.BooleanField(label="核对无误，启用为新版本", required=False)

    def clean_file(self) -> Any:
        """Refuse a file over the size limit."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_FILE_BYTES:
            raise forms.ValidationError("文件超过 20 MB；目录表不应这么大，请检查是否选错文件")
        return upload


class ItemSettingsForm(forms.Form):
    """What the office decides about an item."""

    owner_code = forms.ChoiceField(label="责任科室", required=False)
    cadence_days = forms.IntegerField(label="更新周期（自然日）", required=False, min_value=1, max_value=3660)
    not_applicable_reason = forms.CharField(label="本机关不适用的理由", required=False, max_length=300)

    def __init__(self, *args: Any, org: str, item: CatalogueItem, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "owner_code": item.owner_code,
                "cadence_days": item.cadence_days,
                "not_applicable_reason": item.not_applicable_reason,
            },
        )
        super().__init__(*args, **kwargs)
        sections = organisations.list_organisations(under=org)
        self.fields["owner_code"].choices = [("", "未指定"), *((o.code, o.name) for o in sections)]


class ObligationForm(forms.Form):
    """A duty to publish, entered by hand."""

    title = forms.CharField(label="要公开的内容", max_length=500)
    event = forms.ChoiceField(label="起因", choices=Obligation._meta.get_field("event").choices)
    formed_date = forms.DateField(label="形成或变更日期", widget=forms.DateInput(attrs={"type": "date"}))
    is_result = forms.BooleanField(label="按结果信息的时限", required=False)


class TimelinessForm(forms.Form):
    """How early something is shown as due, and whether the monthly list is mailed."""

    lead_working_days = forms.IntegerField(
        label="提前多少个工作日提醒", required=False, min_value=0, max_value=60, help_text="不填按系统默认"
    )
    monthly_mail = forms.BooleanField(
        label="每月第一个工作日把清单发到责任单位的邮箱",
        required=False,
        help_text="还须系统管理员配置了邮件服务器",
    )


class ColumnForm(forms.Form):
    """Who answers for a column, and its rhythm."""

    owner_code = forms.ChoiceField(
        label="责任科室", required=False, help_text="不指定时，按挂在此栏目的事项的责任科室"
    )
    cadence_days = forms.IntegerField(
        label="承诺的更新周期（自然日）",
        required=False,
        min_value=1,
        max_value=3660,
        help_text="不填为不定期",
    )

    def __init__(self, *args: Any, org: str, column: Column, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"owner_code": column.owner_code, "cadence_days": column.cadence_days})
        super().__init__(*args, **kwargs)
        found = organisations.list_organisations(under=org)
        self.fields["owner_code"].choices = [("", "未指定"), *((o.code, o.name) for o in found)]
