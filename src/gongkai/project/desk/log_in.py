"""The log-in form (登录)."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms.auth import LoginForm


class DeskLogInForm(LoginForm):
    """Wagtail's form with the label that it leaves to the field's name, and with words for browsers that fill forms in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "密码"
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"
