"""Posts: given and ended with facts; duties kept apart by service and database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction

from gongkai.journal.api import entries
from gongkai.organisations import api
from gongkai.organisations.models import Post, User
from gongkai.organisations.services import sync_groups as groups
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tree() -> None:
    make_tree()


def give(person: User, role: str, org_code: str = "demo", **more: object) -> api.PostInfo:
    return api.give_post(
        person=person,
        role=role,
        org_code=org_code,
        **({"from_date": TODAY, "today": TODAY, "now": NOW} | more),
    )


def test_give_post_writes_fact_and_joins_group() -> None:
    person = make_person("alpha", ("reviewer", "demo-office"))
    (entry,) = entries(names=["organisations.PostGiven"])
    post = Post.objects.get()
    assert (entry.org, entry.subject, entry.on) == ("demo-office", f"user:{person.pk}", TODAY)
    assert entry.body == {"post": post.pk, "role": "reviewer", "until": None, "deputy_for": None}
    assert person.has_perm("wagtailadmin.access_admin")
    assert not person.has_perm("organisations.change_user")


def test_end_post_writes_fact_and_leaves_group_next_day() -> None:
    person = make_person("alpha", ("reviewer", "demo-office"))
    api.end_post(post_id=Post.objects.get().pk, last_date=TODAY, today=TODAY, now=NOW)
    assert groups.sync_all_members(today=TODAY) == 1
    assert User.objects.get(pk=person.pk).has_perm("wagtailadmin.access_admin")
    groups.sync_all_members(today=TODAY + timedelta(days=1))
    assert not User.objects.get(pk=person.pk).has_perm("wagtailadmin.access_admin")
    (entry,) = entries(names=["organisations.PostEnded"])
    assert entry.on == TODAY
    with pytest.raises(api.PostRefused, match="已于"):
        api.end_post(post_id=Post.objects.get().pk, last_date=TODAY + timedelta(days=5), today=TODAY, now=NOW)


@pytest.mark.parametrize("first", ["system_admin", "security_admin", "auditor", "section_editor"])
@pytest.mark.parametrize("second", ["system_admin", "security_admin", "auditor", "section_editor"])
def test_one_account_keeps_one_duty(first: str, second: str) -> None:
    person = make_person("alpha", (first, "demo"))
    later = {"from_date": TODAY + timedelta(days=400)}
    if first == second:
        api.end_post(post_id=Post.objects.get().pk, last_date=TODAY, today=TODAY, now=NOW)
        give(person, second, **later)
        return
    with pytest.raises(api.DutiesSeparated, match="不同账号"):
        give(person, second, **later)
    api.end_post(post_id=Post.objects.get().pk, last_date=TODAY, today=TODAY, now=NOW)
    with pytest.raises(api.DutiesSeparated):
        give(person, second, **later)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisations_post SET duty = 'audit', role = 'auditor'",
        "UPDATE organisations_user SET duty = 'audit'",
        "INSERT INTO organisations_post (user_id, role, duty, organisation_id, from_date, given_at)"
        " SELECT user_id, 'auditor', 'audit', organisation_id, from_date, given_at FROM organisations_post",
    ],
)
def test_database_refuses_a_second_duty(statement: str) -> None:
    make_person("alpha", ("system_admin", "demo"))
    with (
        pytest.raises(IntegrityError, match="separated duties"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_post_whose_stored_duty_does_not_fit_its_role_grants_nothing() -> None:
    person = make_person("alpha", ("section_editor", "demo"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisations_post SET role = 'auditor'")
    assert api.roles_of(user=person, today=TODAY) == ()
    assert not api.may(user=person, action="verify", kind="journal", org_code="demo", today=TODAY)


def test_deputy_counts_as_the_person_replaced() -> None:
    leader = make_person("leader", ("leader", "demo"))
    deputy = make_person("deputy", ("section_editor", "demo-office"))
    assert api.effective_person(user=deputy, today=TODAY) == deputy.pk
    give(deputy, "leader", to_date=TODAY + timedelta(days=7), deputy_for=leader)
    assert api.effective_person(user=deputy, today=TODAY, role="leader", org_code="demo") == leader.pk
    assert api.effective_person(user=deputy, today=TODAY, role="section_editor") == deputy.pk
    assert api.effective_persons(user=deputy, today=TODAY) == {deputy.pk, leader.pk}
    assert api.effective_persons(user=deputy, today=TODAY + timedelta(days=8)) == {deputy.pk}
    assert api.may(user=deputy, action="publish", kind="record", org_code="demo", today=TODAY)
    assert api.roles_of(user=deputy, today=TODAY)[1].deputy_for_user_id == leader.pk


def test_deputy_ends_with_the_person_replaced() -> None:
    leader = make_person("leader", ("leader", "demo"))
    deputy = make_person("deputy")
    give(deputy, "leader", to_date=TODAY + timedelta(days=7), deputy_for=leader)
    own = Post.objects.get(user=leader)
    api.end_post(post_id=own.pk, last_date=TODAY, today=TODAY, now=NOW)
    assert Post.objects.get(user=deputy).to_date == TODAY
    assert len(list(entries(names=["organisations.PostEnded"]))) == 2


def test_deputy_needs_an_end_and_a_post_to_stand_in_for() -> None:
    leader = make_person("leader", ("leader", "demo"))
    deputy = make_person("deputy")
    with pytest.raises(api.PostRefused, match="截止日期"):
        give(deputy, "leader", deputy_for=leader)
    with pytest.raises(api.PostRefused, match="不任"):
        give(deputy, "secrecy_officer", to_date=TODAY, deputy_for=leader)
    with pytest.raises(api.PostRefused):
        give(leader, "reviewer", to_date=TODAY, deputy_for=leader)


def test_give_post_refusals_are_named() -> None:
    person = make_person("alpha", ("leader", "demo"))
    with pytest.raises(api.PostRefused, match="没有「king」"):
        give(person, "king")
    with pytest.raises(api.PostRefused, match="早于"):
        give(person, "reviewer", to_date=TODAY - timedelta(days=1))
    with pytest.raises(api.PostRefused, match="已任"):
        give(person, "leader", from_date=TODAY + timedelta(days=9))
    with pytest.raises(api.NoSuchOrganisation):
        give(person, "reviewer", org_code="nowhere")


def test_only_security_administrators_give_posts_and_never_to_themselves() -> None:
    security = make_person("security", ("security_admin", "demo"))
    system = make_person("system", ("system_admin", "demo"))
    person = make_person("alpha")
    with pytest.raises(api.NotPermitted):
        give(person, "leader", user=system)
    with pytest.raises(api.NotPermitted):
        give(person, "leader", org_code="other", user=security)
    with pytest.raises(api.PostRefused, match="自己"):
        give(security, "security_admin", org_code="demo-office", user=security)
    give(person, "leader", user=security)
    assert Post.objects.get(user=person).given_by == security


def test_registered_permissions_reach_role_holders_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(groups._PERMISSIONS, "reviewer", {"wagtailadmin.access_admin"})
    name = Permission.objects.filter(content_type__app_label="organisations").first().codename
    api.register_role_permissions("reviewer", [f"organisations.{name}"])
    api.sync_groups()
    assert make_person("alpha", ("reviewer", "demo")).has_perm(f"organisations.{name}")
    assert not make_person("beta", ("leader", "demo")).has_perm(f"organisations.{name}")
