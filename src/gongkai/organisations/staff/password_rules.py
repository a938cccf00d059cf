"""Password rules as Django validators (密码规则); numbers come from `regulations/accounts.yaml`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from gongkai.organisations.core.account_rules import account_rules, character_kinds
from gongkai.organisations.models import User
from gongkai.organisations.services.passwords import note_password, was_used


class CharacterKinds:
    """Ask for several kinds of characters."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the password is too short or too uniform."""
        rules = account_rules()
        if len(password) < rules.password_min_length:
            raise ValidationError(f"密码至少 {rules.password_min_length} 位", code="password_too_short")
        if character_kinds(password) < rules.password_character_kinds:
            raise ValidationError(
                f"密码须含大写字母、小写字母、数字、符号中的至少 {rules.password_character_kinds} 种",
                code="password_too_uniform",
            )

    def get_help_text(self) -> str:
        """Return the rule in words."""
        rules = account_rules()
        return f"至少 {rules.password_min_length} 位，含大写字母、小写字母、数字、符号中的至少 {rules.password_character_kinds} 种。"


class NotUsedBefore:
    """Refuse the last few passwords, and remember each new one."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the account has used this password lately."""
        if isinstance(user, User) and user.pk and was_used(person=user, password=password):
            raise ValidationError(
                f"不能与最近 {account_rules().password_history} 次用过的密码相同", code="password_used_before"
            )

    def password_changed(self, password: str, user: Any = None) -> None:
        """Note the new password; Django calls this once the row is stored."""
        if isinstance(user, User):
            by = user.__dict__.pop("password_set_by", None)
            note_password(person=user, by=by, today=timezone.localdate(), now=timezone.now())

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return f"不能与最近 {account_rules().password_history} 次用过的相同。"
