"""The form of an emergency release (突发事件信息发布): everything on one screen, nothing that can wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gongkai.records.core.chains import Chain
from gongkai.records.core.emergency import grades
from gongkai.records.core.kinds import TITLE_MAX_CHARACTERS
from gongkai.records.services.urgent import UrgentText

NEW = "new"
#: where a refusal of a service says it happened → the field it belongs to
FIELD_OF = {
    "事件名称": "event_name",
    "事件级别": "event_grade",
    "获知时间": "known_at",
    "标题": "title",
    "责任单位": "org_code",
    "置顶到": "pin_until",
    "授权依据": "authority",
    "授权说明": "authority_note",
}
_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
_MOMENT = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class UrgentForm(forms.Form):
    """Event, text, authority. The event's own fields are asked for a new event only."""

    event = forms.ChoiceField(label="事件", required=False)
    event_name = forms.CharField(label="事件名称", required=False, max_length=40)
    event_grade = forms.ChoiceField(label="事件级别", required=False)
    known_at = forms.DateTimeField(
        label="获知时间",
        required=False,
        widget=_MOMENT,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    org_code = forms.ChoiceField(label="责任单位")
    title = forms.CharField(label="标题", required=False, max_length=TITLE_MAX_CHARACTERS)
    text = forms.CharField(label="正文", required=False)
    file = forms.FileField(label="或者放一个 Word 文件", required=False)
    catalogue_codes = forms.ChoiceField(label="公开目录事项", required=False)
    authority = forms.ChoiceField(label="先发的授权依据", required=False)
    authority_note = forms.CharField(label="谁在何时决定先发", required=False, max_length=200)
    pin_until = forms.DateField(label="在首页置顶到", required=False, widget=_DAY)

    def __init__(
        self,
        *args: Any,
        events: Iterable[tuple[str, str]],
        organisations_offered: Iterable[tuple[str, str]],
        items: Iterable[tuple[str, str]],
        chain: Chain,
        bound: bool,
        **kwargs: Any,
    ) -> None:
        """`bound` tells that the release exists already, so that its event and section stay."""
        super().__init__(*args, **kwargs)
        self.bound = bound
        self._offer("event", [(NEW, "新的事件"), *events])
        self._offer("event_grade", [("", "请选择"), *((g.id, g.label) for g in grades())])
        self._offer("org_code", organisations_offered)
        self._offer("catalogue_codes", [("", "—"), *items])
        self._offer("authority", [("", "请选择"), *((one.id, one.name) for one in chain.authorities)])
        self.fields["org_code"].required = not bound

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def is_new_event(self) -> bool:
        """Tell whether the event is entered here."""
        return not self.bound and self.cleaned_data.get("event") in ("", NEW, None)

    def clean(self) -> dict[str, Any]:
        """Ask for what an event and a text need."""
        values = super().clean() or {}
        if self.is_new_event:
            for name, said in (
                ("event_name", "请写事件名称"),
                ("event_grade", "请选择事件级别"),
                ("known_at", "请填写获知时间，两个时限从这时起算"),
            ):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(said, code="required"))
        if "send" in self.data:
            for name, said in (
                ("authority", "请选择先发的授权依据"),
                ("authority_note", "请写谁在何时决定先发"),
            ):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(said, code="required"))
        return values

    def content(self) -> UrgentText:
        """Return what is to be told."""
        values = self.cleaned_data
        upload = values.get("file")
        return UrgentText(
            title=values.get("title") or "",
            text=values.get("text") or "",
            file_name=upload.name if upload else "",
            file_data=upload.read() if upload else b"",
            catalogue_codes=(values["catalogue_codes"],) if values.get("catalogue_codes") else (),
        )


def typed_moment(text: str) -> datetime | None:
    """Return what a moment field holds, read in the office's time zone; None when it cannot be read."""
    field = UrgentForm.base_fields["known_at"]
    try:
        moment = field.clean(text)
    except ValidationError:
        return None
    return moment if isinstance(moment, datetime) else None
