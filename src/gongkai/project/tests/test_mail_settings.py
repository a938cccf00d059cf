"""Mail is off until a server is named; half a setting is refused in words."""

from __future__ import annotations

import pytest

from gongkai.project.settings.mail import mail_settings


def test_mail_is_off_without_a_server_and_half_settings_are_refused() -> None:
    assert mail_settings(url="", sender="")["MAIL_NOTICES_POSSIBLE"] is False
    made = mail_settings(url="smtp+tls://wjj:p%40ss@mail.example:2525", sender="wjj@wjj.example")
    assert (made["EMAIL_HOST"], made["EMAIL_PORT"], made["EMAIL_HOST_PASSWORD"]) == (
        "mail.example",
        2525,
        "p@ss",
    )
    assert (made["EMAIL_USE_TLS"], made["EMAIL_USE_SSL"], made["MAIL_DOMAIN"]) == (True, False, "wjj.example")
    for url, sender in (
        ("mail.example", "a@b.example"),
        ("smtp://mail.example", ""),
        ("http://x", "a@b.example"),
    ):
        with pytest.raises(ValueError, match="GONGKAI_MAIL"):
            mail_settings(url=url, sender=sender)
