"""Forms of the desk's screens: metadata asks in the trade's words and keeps what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from gongkai.catalogue import api as catalogue
from gongkai.organisations import api as organisations
from gongkai.records.core.kinds import AMENDMENTS, GENRES, TITLE_MAX_CHARACTERS
from gongkai.records.core.topics import topics
from gongkai.records.core.withdrawal import withdrawal_reasons
from gongkai.records.models import RecordState
from gongkai.records.selectors_events import offered_topics

_SEPARATORS = re.compile(r"[\s,，、;；]+")


class WordsField(forms.CharField):
    """A list of words typed with commas or blanks between."""

    def prepare_value(self, value: Any) -> Any:
        """Join a list for the input."""
        return "、".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Split what was typed; each word once, order kept."""
        return list(dict.fromkeys(word for word in _SEPARATORS.split(super().clean(value) or "") if word))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as lists."""
        return (initial or []) != self.clean(data)


class RecordsField(forms.CharField):
    """Other records, typed by their index numbers or, for drafts, as #number; stored as ids."""

    def __init__(self, *, single: bool = False, **kwargs: Any) -> None:
        self.single = single
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show stored ids as index numbers."""
        if value is None or isinstance(value, str):
            return value
        ids = value if isinstance(value, list) else [value]
        known = dict(
            RecordState.objects.filter(pk__in=ids, index_number__isnull=False).values_list(
                "pk", "index_number"
            )
        )
        return "、".join(known.get(number, f"#{number}") for number in ids)

    def clean(self, value: Any) -> Any:
        """Look the records up; an unknown one is named."""
        typed = [word for word in _SEPARATORS.split(super().clean(value) or "") if word]
        ids = [self._find(word) for word in typed]
        if not self.single:
            return list(dict.fromkeys(ids))
        if len(ids) > 1:
            raise ValidationError("这里只能填一条信息的索引号", code="too_many")
        return ids[0] if ids else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as typed."""
        return (self.prepare_value(initial) or "") != (data or "")

    @staticmethod
    def _find(word: str) -> int:
        rows = RecordState.objects.all()
        if word.startswith("#") and word[1:].isdigit():
            found = rows.filter(pk=int(word[1:])).values_list("pk", flat=True).first()
        else:
            found = rows.filter(index_number=word).values_list("pk", flat=True).first()
        if found is None:
            raise ValidationError(f"没有索引号为“{word}”的信息；草稿请写成 #编号", code="record_unknown")
        return int(found)


class RecordForm(WagtailAdminModelForm):
    """The editor's form: choices come from the record's own catalogue, columns and sections."""

    title = forms.CharField(
        label="标题",
        max_length=TITLE_MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "标题有 %(show_value)d 个字，超过 500 个字；其余内容请移入正文"},
    )
    catalogue_codes = forms.MultipleChoiceField(
        label="公开目录事项", required=False, help_text="按住 Ctrl 可以多选"
    )
    columns = forms.MultipleChoiceField(label="栏目", required=False, widget=forms.CheckboxSelectMultiple)
    topic_columns = forms.MultipleChoiceField(
        label="专题", required=False, widget=forms.CheckboxSelectMultiple
    )
    section_code = forms.ChoiceField(label="责任科室", required=False)
    topic_major = forms.ChoiceField(label="主题分类（大类）", required=False)
    topic_minor = forms.ChoiceField(label="主题分类（小类）", required=False)
    genre = forms.ChoiceField(label="体裁", required=False, choices=[("", "—"), *((g, g) for g in GENRES)])
    keywords = WordsField(label="关键词", required=False, help_text="用顿号或空格隔开")
    interprets = RecordsField(
        label="解读的文件", required=False, help_text="填索引号；还没有索引号的草稿填 #编号"
    )
    related = RecordsField(label="相关文件", required=False, help_text="填索引号，可以多个")
    amends = RecordsField(
        label="修改的文件", required=False, single=True, help_text="本文修改了哪个文件，填索引号"
    )
    validity_by = RecordsField(
        label="修改、废止它的文件",
        required=False,
        single=True,
        help_text="本文被哪个文件修改或废止，填索引号",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        org_code = self.instance.org_code
        if org_code:
            self._offer_choices(org_code)
        majors = [topic.major for topic in topics()]
        minors = dict.fromkeys(minor for topic in topics() for minor in topic.minors)
        self._offer("topic_major", [("", "—"), *((m, m) for m in majors)])
        self._offer("topic_minor", [("", "—"), *((m, m) for m in minors)])

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields.get(name)
        if field is not None:
            field.choices = list(choices)  # type: ignore[attr-defined]

    def _offer_choices(self, org_code: str) -> None:
        above = organisations.authority_of(code=org_code).code
        items = {item.code: item for item in catalogue.list_items(org_code=above)}
        items |= {item.code: item for item in catalogue.list_items(org_code=org_code)}
        labels = [(i.code, f"{i.code} {i.class_name}：{i.level2 or i.level1}") for i in items.values()]
        self._offer("catalogue_codes", labels)
        columns = catalogue.list_columns(org_code=above)
        self._offer("columns", [(c.code, c.name) for c in columns if c.block != "topic"])
        topic_columns = [(c.code, c.name) for c in columns if c.block == "topic"]
        self._offer("topic_columns", [*topic_columns, *offered_topics(org_code, self.instance.pk).items()])
        sections = organisations.list_organisations(under=org_code, kind="section")
        self._offer("section_code", [("", "—"), *((s.code, s.name) for s in sections)])


class NewDraftForm(forms.Form):
    """Begin a draft: from a file, or with a title."""

    org_code = forms.ChoiceField(label="责任单位")
    file = forms.FileField(
        label="文件",
        required=False,
        help_text="Word（docx）、文本、网页或 PDF；标题、文号、日期和正文会自动识别",
    )
    title = forms.CharField(
        label="标题", required=False, max_length=TITLE_MAX_CHARACTERS, help_text="没有文件时填写"
    )
    catalogue_codes = forms.MultipleChoiceField(label="公开目录事项", required=False)

    def __init__(
        self,
        *args: Any,
        organisations_offered: Iterable[tuple[str, str]],
        items: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org_code"].choices = list(organisations_offered)  # type: ignore[attr-defined]
        self.fields["catalogue_codes"].choices = list(items)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        values = super().clean() or {}
        if not values.get("file") and not (values.get("title") or "").strip():
            raise ValidationError("请选择一个文件，或者填写标题", code="nothing_given")
        return values


class WithdrawForm(forms.Form):
    """Take a record down."""

    reason_code = forms.ChoiceField(label="撤回原因")
    note = forms.CharField(
        label="内部说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不公开；不要写个人信息",
    )
    replaced_by = forms.CharField(label="代替它的信息", required=False, help_text="填索引号；没有就留空")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = [(r.id, r.name) for r in withdrawal_reasons()]  # type: ignore[attr-defined]


class AmendForm(forms.Form):
    """Begin a new version."""

    change = forms.ChoiceField(label="变更类型", choices=list(AMENDMENTS.items()))
    note = forms.CharField(label="变更说明", max_length=500, help_text="会公开显示，写一句改了什么")
