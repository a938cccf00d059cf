"""What is stored about organisations, people and posts. Rules about them live in `services` and `core`."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models

CODE_PATTERN = r"^[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?$"
ROLE_PATTERN = r"^[a-z][a-z_]{1,39}$"


class OrganisationKind(models.TextChoices):
    """The three kinds of the tree (机关、科室、医疗卫生机构)."""

    AUTHORITY = "authority", "机关"
    SECTION = "section", "科室"
    INSTITUTION = "institution", "医疗卫生机构"


class Duty(models.TextChoices):
    """What an account is for; an account keeps one duty for life (三员分立)."""

    NONE = "", "未定"
    EDITORIAL = "editorial", "业务"
    SYSTEM = "system", "系统管理"
    SECURITY = "security", "安全管理"
    AUDIT = "audit", "审计管理"


class Organisation(models.Model):
    """One node of the tree (机构): an authority, a section of it, or an institution under it."""

    code = models.CharField("代码", max_length=60, unique=True, validators=[RegexValidator(CODE_PATTERN)])
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=60, blank=True)
    kind = models.CharField("类别", max_length=12, choices=OrganisationKind.choices)
    institution_type = models.CharField("机构类型", max_length=60, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=600, unique=True, editable=False)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    index_prefix = models.CharField("索引号前缀", max_length=40, blank=True)
    sort_order = models.PositiveIntegerField("排序", default=0)
    opened_date = models.DateField("设立日期", null=True, blank=True)
    closed_date = models.DateField("撤销日期", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="并入"
    )
    end_basis = models.CharField("撤销依据", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values),
                name="organisation_kind_known",
                violation_error_message="机构类别只能是机关、科室或医疗卫生机构",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="institution") | models.Q(institution_type=""),
                name="organisation_type_only_for_institutions",
                violation_error_message="只有医疗卫生机构才填机构类型",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="authority") | models.Q(parent__isnull=False),
                name="organisation_has_parent",
                violation_error_message="科室和医疗卫生机构必须有上级",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationName(models.Model):
    """A name an organisation bore from one day to another (机构更名历史); `to_date` is the last day, None while in use."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="names")
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=60, blank=True)
    from_date = models.DateField("起用日期", null=True, blank=True)
    to_date = models.DateField("停用日期", null=True, blank=True)
    basis = models.CharField("更名依据", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构名称"
        ordering = ["organisation", "from_date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(to_date__isnull=True), name="one_name_in_use"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """That an organisation took over from one that ended (承接关系); the one that took the duties is `merged_into` of the ended one."""

    ended = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="inheritances")
    from_date = models.DateField("承接日期")

    class Meta:
        verbose_name = verbose_name_plural = "承接关系"
        ordering = ["ended", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ended", "successor"], name="organisation_succeeded_once"),
            models.CheckConstraint(
                condition=~models.Q(ended=models.F("successor")), name="organisation_succeeds_another"
            ),
        ]


class SiteProfile(models.Model):
    """Footer set and meta of an authority's public site (网站标识与页脚)."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="site_profile", verbose_name="机关"
    )
    site_name = models.CharField("网站名称", max_length=80)
    domain = models.CharField("域名", max_length=120, blank=True)
    site_code = models.CharField(
        "网站标识码",
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^(\d{10}|bm\d{8})$", "网站标识码是 10 位数字")],
    )
    icp = models.CharField("ICP 备案号", max_length=40, blank=True)
    police_record = models.CharField("公安备案号", max_length=40, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    postcode = models.CharField(
        "邮编", max_length=6, blank=True, validators=[RegexValidator(r"^\d{6}$", "邮编是 6 位数字")]
    )
    phone = models.CharField("对外电话", max_length=60, blank=True)
    office_hours = models.CharField("办公时间", max_length=120, blank=True)
    contact_unit = models.CharField("联系单位", max_length=80, blank=True)
    main_colour = models.CharField(
        "主色",
        max_length=7,
        default="#1f4e8c",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "主色写成 #rrggbb")],
    )

    class Meta:
        verbose_name = verbose_name_plural = "网站标识与页脚"

    def __str__(self) -> str:
        return self.site_name


class User(AbstractUser):
    """A person who works at the desk (工作人员). Rights come from posts, never from `is_superuser`."""

    name = models.CharField("姓名", max_length=80, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="所在单位",
    )
    duty = models.CharField("职责", max_length=10, choices=Duty.choices, default=Duty.NONE, blank=True)
    password_set_at = models.DateTimeField("密码设置时间", null=True, blank=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = "人员"
        constraints = [
            models.CheckConstraint(condition=models.Q(duty__in=Duty.values), name="user_duty_known")
        ]

    @property
    def first_name(self) -> str:  # type: ignore[override]
        """Return the name; the inherited pair of columns does not exist: Chinese names are one text."""
        return self.name

    @property
    def last_name(self) -> str:  # type: ignore[override]
        """Return an empty text: see `first_name`."""
        return ""

    def get_full_name(self) -> str:
        """Return the person's name, or the account name where none is given."""
        return self.name or self.username

    def __str__(self) -> str:
        return self.get_full_name()


class Post(models.Model):
    """A role a person holds at an organisation from one day to another (岗位); both days count."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts", verbose_name="人员")
    role = models.CharField("角色", max_length=40, validators=[RegexValidator(ROLE_PATTERN)])
    duty = models.CharField("职责", max_length=10, choices=Duty.choices, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="posts", verbose_name="单位"
    )
    from_date = models.DateField("起")
    to_date = models.DateField("止", null=True, blank=True)
    deputy_for = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="代行何人职责"
    )
    given_at = models.DateTimeField("登记时间", editable=False)
    given_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ["-from_date", "id"]
        indexes = [models.Index(fields=["user", "from_date"]), models.Index(fields=["organisation", "role"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_date__isnull=True) | models.Q(to_date__gte=models.F("from_date")),
                name="post_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(duty__in=["editorial", "system", "security", "audit"]),
                name="post_duty_known",
            ),
            models.CheckConstraint(
                condition=models.Q(deputy_for__isnull=True) | ~models.Q(deputy_for=models.F("user")),
                name="post_deputy_is_another",
            ),
            models.CheckConstraint(
                condition=models.Q(deputy_for__isnull=True) | models.Q(to_date__isnull=False),
                name="post_deputy_has_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.organisation}"


class PasswordRecord(models.Model):
    """Hash of a password once used (历史密码), so that it is not used again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-set_at", "-id"]


class RecoveryCode(models.Model):
    """Hash of a one-time code that stands in for a lost authenticator (备用验证码)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
