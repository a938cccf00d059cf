"""Forms of the screens for organisations, people and posts."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from django import forms

from gongkai.organisations.core.institution_types import institution_types
from gongkai.organisations.core.roles import role_book
from gongkai.organisations.models import CODE_PATTERN, OrganisationKind, Post, SiteProfile, User
from gongkai.organisations.selectors import OrganisationInfo, SiteInfo


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class OrganisationForm(forms.Form):
    """A new organisation."""

    parent_code = forms.ChoiceField(label="上级")
    kind = forms.ChoiceField(label="类别", choices=OrganisationKind.choices)
    code = forms.RegexField(
        CODE_PATTERN,
        label="代码",
        max_length=60,
        help_text="小写字母、数字、短横线；建立后不能改，如 demo-office",
    )
    name = forms.CharField(label="名称", max_length=120)
    short_name = forms.CharField(label="简称", max_length=60, required=False)
    institution_type = forms.ChoiceField(label="机构类型", required=False, help_text="只有医疗卫生机构才选")
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    opened_date = _day("设立日期", required=False)

    def __init__(self, *args: Any, parents: list[OrganisationInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent_code"].choices = [(o.code, o.name) for o in parents]
        self.fields["institution_type"].choices = [("", "不适用"), *institution_types().items()]


class RenameForm(forms.Form):
    """Another name from a day on."""

    name = forms.CharField(label="新名称", max_length=120)
    short_name = forms.CharField(label="新简称", max_length=60, required=False)
    from_date = _day("起用日期")
    basis = forms.CharField(label="依据", max_length=300, help_text="批准更名的文件名称和文号")


class CloseForm(forms.Form):
    """The end of an organisation."""

    on = _day("撤销日期", help_text="这是最后一日；次日起由承接机构负责，岗位随之结束")
    merged_into = forms.ChoiceField(
        label="承接职责的机构",
        required=False,
        help_text="未办的公开义务、下属机构和已公开的信息由其负责；不选则由上级负责",
    )
    others = forms.MultipleChoiceField(
        label="其他承接机构",
        required=False,
        help_text="分立时填；只在公开页面上注明",
        widget=forms.CheckboxSelectMultiple,
    )
    basis = forms.CharField(label="依据", max_length=300, help_text="批准撤销或合并的文件名称和文号")

    def __init__(self, *args: Any, others: list[OrganisationInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(o.code, o.name) for o in others]
        self.fields["merged_into"].choices = [("", "没有，由上级负责"), *named]
        self.fields["others"].choices = named


class SiteForm(forms.ModelForm):
    """Footer set and meta of a public site."""

    class Meta:
        model = SiteProfile
        fields = [f.name for f in fields(SiteInfo)]

    def info(self) -> SiteInfo:
        """Return what was entered."""
        return SiteInfo(**self.cleaned_data)

    @classmethod
    def showing(cls, site: SiteInfo | None) -> SiteForm:
        """Return the form filled with a profile."""
        return cls(initial=asdict(site) if site else {})


class PersonForm(forms.Form):
    """A new account; the first password is told to the person and changed at the first log-in."""

    username = forms.RegexField(r"^[A-Za-z0-9_.-]{3,60}$", label="账号", help_text="字母、数字，3 到 60 位")
    name = forms.CharField(label="姓名", max_length=80)
    org_code = forms.ChoiceField(label="所在单位")
    password = forms.CharField(
        label="初始密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="首次登录时须更换",
        strip=False,
    )

    def __init__(self, *args: Any, organisations: list[OrganisationInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org_code"].choices = [(o.code, o.name) for o in organisations]


class PostForm(forms.Form):
    """A new post for a person."""

    role = forms.ChoiceField(label="角色")
    org_code = forms.ChoiceField(label="单位")
    from_date = _day("起")
    to_date = _day("止", required=False, help_text="含当日；不填为长期")
    deputy_for = forms.ModelChoiceField(
        User.objects.none(),
        label="代行何人职责",
        required=False,
        empty_label="不是代行",
        help_text="代行须写明截止日期",
    )

    def __init__(
        self, *args: Any, organisations: list[OrganisationInfo], person: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        roles = [r for r in role_book().roles.values() if person.duty in ("", r.duty)]
        self.fields["role"].choices = [(r.id, r.name) for r in roles]
        self.fields["org_code"].choices = [(o.code, o.name) for o in organisations]
        holders = Post.objects.filter(organisation__code__in=[o.code for o in organisations]).values("user")
        self.fields["deputy_for"].queryset = User.objects.filter(pk__in=holders, is_active=True).exclude(
            pk=person.pk
        )


class ResetForm(forms.Form):
    """A password set by the security administrator."""

    password = forms.CharField(
        label="新的初始密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="对方下次登录时须更换",
        strip=False,
    )
