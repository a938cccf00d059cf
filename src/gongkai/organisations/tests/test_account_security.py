"""Passwords, one-time codes, throttled log-in, and the facts they leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal.api import entries
from gongkai.organisations import api
from gongkai.organisations.core.account_rules import AccountRules, account_rules, character_kinds
from gongkai.organisations.models import PasswordRecord, RecoveryCode, User
from gongkai.organisations.services import authenticator, passwords
from gongkai.organisations.testing import NOW, PASSWORD, TODAY, make_person, make_tree

HOME, LOGIN = "wagtailadmin_home", "wagtailadmin_login"


@pytest.fixture
def editor(db: None) -> User:
    make_tree()
    return make_person("editor", ("section_editor", "demo-office"))


def _names() -> list[str]:
    return [e.name.removeprefix("organisations.") for e in entries(names=[f"organisations.{n}" for n in ("LoggedIn", "LoggedOut", "LogInFailed", "PasswordChanged", "AuthenticatorEnrolled", "AuthenticatorRemoved", "RecoveryCodeUsed")])]  # fmt: skip


def _log_in(client: Client, password: str = PASSWORD, username: str = "editor") -> int:
    return client.post(reverse(LOGIN), {"username": username, "password": password}).status_code


def _code(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key):06d}"


def _enrol(person: User) -> tuple[TOTPDevice, list[str]]:
    device = authenticator.begin_enrolment(person=person)
    codes = authenticator.confirm_enrolment(person=person, token=_code(device), today=TODAY, now=NOW)
    TOTPDevice.objects.update(last_t=-1, throttling_failure_count=0)
    return TOTPDevice.objects.get(user=person), codes


@pytest.mark.parametrize("password", ["Short-1a", "alllowercase", "onlylower1234", "123456789012"])
def test_weak_passwords_are_refused(editor: User, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, editor)


@given(st.text(max_size=20))
def test_character_kinds_counts_what_is_there(text: str) -> None:
    assert 0 <= character_kinds(text) <= min(4, len(text))
    assert character_kinds(text) <= character_kinds(text + "aA1-")
    assert character_kinds(text + "aA1-") == 4


def test_last_passwords_are_not_used_again(editor: User) -> None:
    used = [PASSWORD]
    for number in range(account_rules().password_history + 1):
        used.append(f"Neue-Losung-{number}")
        editor.set_password(used[-1])
        editor.save()
    for old in used[-account_rules().password_history :]:
        with pytest.raises(ValidationError, match="最近"):
            validate_password(old, editor)
    validate_password(used[0], editor)
    assert PasswordRecord.objects.filter(user=editor).count() == account_rules().password_history
    assert _names().count("PasswordChanged") == len(used) - 1


def test_log_in_failure_and_log_out_leave_facts_without_what_was_typed(editor: User, client: Client) -> None:
    assert _log_in(client, "wrong") == 200
    assert _log_in(client, "wrong", "13800138000") == 200
    assert _log_in(client) == 302
    client.post(reverse("wagtailadmin_logout"))
    facts = list(
        entries(names=["organisations.LogInFailed", "organisations.LoggedIn", "organisations.LoggedOut"])
    )
    assert [(e.name.split(".")[1], e.subject) for e in facts] == [
        ("LogInFailed", f"user:{editor.pk}"),
        ("LogInFailed", "user:0"),
        ("LoggedIn", f"user:{editor.pk}"),
        ("LoggedOut", f"user:{editor.pk}"),
    ]
    assert facts[0].actor.kind == "system"
    assert facts[2].actor.user_id == editor.pk


def test_log_in_is_throttled(editor: User, client: Client) -> None:
    with override_settings(AXES_ENABLED=True):
        for _ in range(5):
            _log_in(client, "wrong")
        assert _log_in(client) != 302
        assert not client.session.get("_auth_user_id")


def test_desk_waits_for_a_new_password(editor: User, client: Client) -> None:
    User.objects.filter(pk=editor.pk).update(must_change_password=True)
    client.force_login(editor)
    assert client.get(reverse(HOME)).url == reverse("account_security:password")
    form = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert "最近" in client.post(reverse("account_security:password"), form).content.decode()
    form |= {"new_password1": "Shi-Jiu-2021", "new_password2": "Shi-Jiu-2021"}
    assert client.post(reverse("account_security:password"), form).status_code == 302
    assert client.get(reverse(HOME)).status_code == 200


def test_old_password_must_be_changed_where_ages_are_enforced(editor: User, client: Client) -> None:
    client.force_login(editor)
    assert client.get(reverse(HOME)).status_code == 200
    with override_settings(ENFORCE_PASSWORD_AGE=True):
        assert client.get(reverse(HOME)).url == reverse("account_security:password")
    age = timedelta(days=account_rules().password_max_age_days)
    assert not passwords.is_expired(person=editor, now=NOW + age)
    assert passwords.is_expired(person=editor, now=NOW + age + timedelta(seconds=1))


def test_security_administrator_resets_others_passwords_only(editor: User) -> None:
    security = make_person("security", ("security_admin", "demo"))
    system = make_person("system", ("system_admin", "demo"))
    passwords.reset_password(person=editor, password="Xin-De-2020", user=security, today=TODAY)
    editor.refresh_from_db()
    assert editor.check_password("Xin-De-2020")
    assert editor.must_change_password
    (fact,) = entries(names=["organisations.PasswordChanged"])
    assert (fact.body, fact.actor.user_id) == ({"by_other": True}, security.pk)
    with pytest.raises(api.NotPermitted):
        passwords.reset_password(person=editor, password="Xin-De-2021", user=system, today=TODAY)
    with pytest.raises(api.PersonRefused, match="自己"):
        passwords.reset_password(person=security, password="Xin-De-2021", user=security, today=TODAY)
    with pytest.raises(api.PersonRefused, match="至少"):
        passwords.reset_password(person=editor, password="kurz", user=security, today=TODAY)


def test_enrolment_screen_shows_code_and_recovery_codes_once(editor: User, client: Client) -> None:
    client.force_login(editor)
    url = reverse("account_security:authenticator")
    page = client.get(url).content.decode()
    assert "<svg" in page
    assert "style=" not in page.split("<svg")[1].split("</svg>")[0]
    assert "没有绑定" in client.post(url, {"token": "000000"}).content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    shown = client.post(url, {"token": _code(TOTPDevice.objects.get())}).content.decode()
    assert RecoveryCode.objects.count() == account_rules().recovery_codes
    assert shown.count("-") >= account_rules().recovery_codes
    assert client.get(reverse(HOME)).status_code == 200
    assert client.get(url).status_code == 302
    assert not any(row.digest in shown for row in RecoveryCode.objects.all())


def test_second_step_is_asked_for_and_opens_the_desk(editor: User, client: Client) -> None:
    device, codes = _enrol(editor)
    assert _log_in(client) == 302
    for name in (HOME, "account_security:overview", "account_security:password", "wagtailadmin_account"):
        assert client.get(reverse(name)).url == reverse("account_security:verify")
    assert client.post(reverse("account_security:remove")).url == reverse("account_security:verify")
    assert "没有通过" in client.post(reverse("account_security:verify"), {"token": "000000"}).content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post(reverse("account_security:verify"), {"token": _code(device)}).url == reverse(HOME)
    assert client.get(reverse(HOME)).status_code == 200
    assert codes


def test_recovery_code_works_once(editor: User, client: Client) -> None:
    _, codes = _enrol(editor)
    for expected in (302, 200):
        other = Client()
        _log_in(other)
        TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        assert (
            other.post(reverse("account_security:verify"), {"token": codes[3].lower()}).status_code
            == expected
        )
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1
    assert _names().count("RecoveryCodeUsed") == 1


def test_role_that_demands_codes_sends_to_enrolment(
    editor: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = AccountRules(
        **{
            **{f: getattr(account_rules(), f) for f in AccountRules.__slots__},
            "totp_required_roles": frozenset({"section_editor"}),
        }
    )
    monkeypatch.setattr(authenticator, "account_rules", lambda: strict)
    client.force_login(editor)
    assert client.get(reverse(HOME)).url == reverse("account_security:authenticator")
    assert client.get(reverse("account_security:authenticator")).status_code == 200


def test_required_codes_cannot_be_switched_off_by_oneself(
    editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    security = make_person("security", ("security_admin", "demo"))
    _enrol(editor)
    monkeypatch.setattr(authenticator, "is_required", lambda **_: True)
    with pytest.raises(api.PersonRefused, match="必须使用"):
        authenticator.remove_authenticator(person=editor, user=editor, today=TODAY, now=NOW)
    authenticator.remove_authenticator(person=editor, user=security, today=TODAY, now=NOW)
    assert authenticator.device_of(editor) is None
    assert not RecoveryCode.objects.exists()
    assert _names()[-1] == "AuthenticatorRemoved"
