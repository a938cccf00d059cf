"""Forms of the catalogue's desk screens."""

from __future__ import annotations

from typing import Any

from django import forms

from gongkai.catalogue.models import CatalogueItem, Obligation
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
