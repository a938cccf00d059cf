"""The desk screens: open to the right administrators only, and they do what they say."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from gongkai.journal.api import entries
from gongkai.organisations import api
from gongkai.organisations.models import Organisation, Post, User
from gongkai.organisations.testing import PASSWORD, make_person, make_tree

ROLES = ("section_editor", "leader", "system_admin", "security_admin", "auditor")
SCREENS = {
    "organisations:list": {"section_editor", "leader", "system_admin", "security_admin", "auditor"},
    "organisations:people": {"system_admin", "security_admin", "auditor"},
    "organisations:roles": set(ROLES),
    "organisations:verification": {"auditor"},
    "account_security:overview": set(ROLES),
}
MENU = {
    "机构": "organisations:list",
    "人员与岗位": "organisations:people",
}


@pytest.fixture(autouse=True)
def people(db: None) -> dict[str, User]:
    make_tree()
    return {role: make_person(role.replace("_", "-"), (role, "demo")) for role in ROLES}


def _as(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("role", ROLES)
def test_screens_and_menu_are_open_to_whom_the_role_says(role: str, people: dict[str, User]) -> None:
    client = _as(people[role])
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    for screen, allowed in SCREENS.items():
        response = client.get(reverse(screen))
        assert response.status_code == (200 if role in allowed else 403), screen
    for words, screen in MENU.items():
        assert (reverse(screen) in home) == (role in SCREENS[screen]), words


def test_editor_and_stranger_cannot_reach_people_by_address(people: dict[str, User]) -> None:
    page = reverse("organisations:person", args=[people["leader"].pk])
    assert _as(people["section_editor"]).get(page).status_code == 403
    assert Client().get(page).status_code == 302
    stranger = make_person("other-system", ("system_admin", "other"), org_code="other")
    assert _as(stranger).get(page).status_code == 403
    assert _as(stranger).get(reverse("organisations:organisation", args=["demo"])).status_code == 403


def test_system_administrator_builds_the_tree(people: dict[str, User]) -> None:
    client = _as(people["system_admin"])
    values = {"parent_code": "demo", "kind": "section", "code": "demo-new", "name": "新科室"}
    assert client.post(reverse("organisations:new"), values | {"code": "Bad Code"}).status_code == 200
    assert client.post(reverse("organisations:new"), values).status_code == 302
    page = reverse("organisations:organisation", args=["demo-new"])
    assert (
        client.post(
            page, {"verb": "rename", "name": "更名科", "from_date": "2020-05-01", "basis": "示编〔2020〕5号"}
        ).status_code
        == 302
    )
    assert "更名科" in client.get(page).content.decode()
    refused = client.post(
        page, {"verb": "rename", "name": "再更名", "from_date": "2020-05-01", "basis": "示编〔2020〕5号"}
    ).content.decode()
    assert "不晚于" in refused
    assert (
        client.post(
            page,
            {"verb": "close", "on": "2020-06-01", "merged_into": "demo-office", "basis": "示编〔2020〕6号"},
        ).status_code
        == 302
    )
    assert Organisation.objects.get(code="demo-new").merged_into.code == "demo-office"
    assert (
        entries(names=["organisations.OrganisationClosed"]).__next__().actor.user_id
        == people["system_admin"].pk
    )


def test_system_administrator_makes_accounts_but_gives_no_posts(people: dict[str, User]) -> None:
    client = _as(people["system_admin"])
    values = {"username": "novice", "name": "测试新人", "org_code": "demo-office", "password": "weak"}
    assert "至少" in client.post(reverse("organisations:person_new"), values).content.decode()
    assert (
        client.post(reverse("organisations:person_new"), values | {"password": PASSWORD}).status_code == 302
    )
    novice = User.objects.get(username="novice")
    assert novice.must_change_password
    page = reverse("organisations:person", args=[novice.pk])
    post = {
        "verb": "give",
        "role": "leader",
        "org_code": "demo",
        "from_date": "2020-05-01",
        "basis": "示编〔2020〕5号",
    }
    client.post(page, post)
    assert not Post.objects.filter(user=novice).exists()
    assert client.post(page, {"verb": "close"}).status_code == 302
    assert not User.objects.get(pk=novice.pk).is_active


def test_security_administrator_gives_and_ends_posts(people: dict[str, User]) -> None:
    client, person = _as(people["security_admin"]), make_person("novice", org_code="demo-office")
    page = reverse("organisations:person", args=[person.pk])
    give = {
        "verb": "give",
        "role": "leader",
        "org_code": "demo",
        "from_date": "2020-05-01",
        "basis": "示编〔2020〕5号",
    }
    assert client.post(page, give).status_code == 302
    post = Post.objects.get(user=person)
    assert "已任" in client.post(page, give).content.decode()
    deputy = make_person("deputy", org_code="demo-office")
    stand_in = give | {"deputy_for": str(person.pk), "to_date": "2020-05-09"}
    assert client.post(reverse("organisations:person", args=[deputy.pk]), stand_in).status_code == 302
    assert Post.objects.get(user=deputy).deputy_for == person
    assert client.post(page, {"verb": "end", "post": post.pk, "last_date": "2020-05-05"}).status_code == 302
    assert client.post(page, {"verb": "reset", "password": "Chu-Shi-2020"}).status_code == 302
    assert User.objects.get(pk=person.pk).check_password("Chu-Shi-2020")
    assert client.post(page, {"verb": "unlock"}).status_code == 302
    assert client.post(page, {"verb": "close"}).status_code == 403
    own = reverse("organisations:person", args=[people["security_admin"].pk])
    client.post(own, give | {"role": "security_admin", "org_code": "demo-office"})
    assert Post.objects.filter(user=people["security_admin"]).count() == 1


def test_auditor_verifies_but_changes_nothing(people: dict[str, User]) -> None:
    client = _as(people["auditor"])
    assert "账本完好" in client.post(reverse("organisations:verification")).content.decode()
    page = reverse("organisations:person", args=[people["leader"].pk])
    for verb in ("give", "end", "close", "reset", "unlock", "unbind"):
        before = list(Post.objects.values_list("pk", "to_date"))
        client.post(
            page,
            {
                "verb": verb,
                "role": "leader",
                "org_code": "demo",
                "from_date": "2020-05-01",
                "post": before[0][0],
                "password": PASSWORD,
            },
        )
        assert list(Post.objects.values_list("pk", "to_date")) == before
    assert people["leader"].is_active


def test_lists_take_few_queries(people: dict[str, User], django_assert_max_num_queries: object) -> None:
    for number in range(30):
        make_person(f"extra{number}", ("section_editor", "demo-office"))
    client = _as(people["security_admin"])
    client.get(reverse("organisations:people"))
    for screen in ("organisations:people", "organisations:list"):
        with django_assert_max_num_queries(20):
            client.get(reverse(screen))


def test_wagtails_own_people_screens_stay_closed(people: dict[str, User]) -> None:
    for role in ROLES:
        for name in ("wagtailusers_users:index", "wagtailusers_users:add", "wagtailusers_groups:index"):
            assert _as(people[role]).get(reverse(name)).status_code != 200, f"{role} {name}"


def test_refusal_says_what_where_and_remedy(people: dict[str, User]) -> None:
    page = _as(people["leader"]).get(reverse("organisations:verification"))
    assert page.status_code == 403
    assert "不能核验账本" in page.content.decode()
    assert api.NotPermitted.code == "organisations.not_permitted"
