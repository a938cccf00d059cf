"""Who may do what, and how far."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from gongkai.organisations import api
from gongkai.organisations.core.rights import PlacedPost, PostInfo, area_of, is_on
from gongkai.organisations.core.roles import RolesInvalid, read_roles, role_book
from gongkai.organisations.models import User
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

ALL = {"demo", "demo-office", "demo-control", "demo-hospital", "demo-hospital-ward", "other", "other-office"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "at", "kind", "action", "codes"),
    [
        ("section_editor", "demo-office", "record", "create", {"demo-office"}),
        ("section_editor", "demo-office", "record", "publish", set()),
        ("section_editor", "demo-office", "catalogue", "view", {c for c in ALL if c.startswith("demo")}),
        ("institution_clerk", "demo-hospital", "record", "view", {"demo-hospital", "demo-hospital-ward"}),
        ("institution_clerk", "demo-hospital", "catalogue", "view", {"demo-hospital", "demo-hospital-ward"}),
        ("leader", "demo", "record", "sign_approval", {c for c in ALL if c.startswith("demo")}),
        ("leader", "demo-hospital", "record", "sign_approval", {"demo-hospital", "demo-hospital-ward"}),
        ("auditor", "demo", "journal", "view", {c for c in ALL if c.startswith("demo")}),
        ("auditor", "demo", "record", "view", set()),
        ("system_admin", "demo", "post", "manage", set()),
        ("security_admin", "demo", "person", "manage", set()),
    ],
)
def test_scope_of_role_reaches_exactly(role: str, at: str, kind: str, action: str, codes: set[str]) -> None:
    make_tree()
    person = make_person("alpha", (role, at))
    assert api.scope(user=person, action=action, kind=kind, today=TODAY) == codes
    for code in ALL:
        assert api.may(user=person, action=action, kind=kind, org_code=code, today=TODAY) == (code in codes)


@pytest.mark.django_db
def test_nobody_superuser_and_closed_account_may_nothing() -> None:
    make_tree()
    root = User.objects.create_superuser("root", password="x")
    closed = make_person("beta", ("leader", "demo"))
    closed.is_active = False
    for user in (AnonymousUser(), None, root, closed):
        assert not api.may(user=user, action="view", kind="record", org_code="demo", today=TODAY)
        assert api.scope(user=user, action="view", kind="record", today=TODAY) == frozenset()
        assert api.roles_of(user=user, today=TODAY) == ()


@pytest.mark.django_db
def test_rights_end_with_the_post() -> None:
    make_tree()
    person = make_person("gamma")
    last = TODAY + timedelta(days=3)
    api.give_post(
        person=person, role="leader", org_code="demo", from_date=TODAY, to_date=last, today=TODAY, now=NOW
    )
    ask = {"user": person, "action": "publish", "kind": "record", "org_code": "demo"}
    assert [api.may(today=TODAY + timedelta(days=n), **ask) for n in (-1, 0, 3, 4)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.django_db
def test_own_reach_needs_the_owner() -> None:
    make_tree()
    person = make_person("delta", ("request_handler", "demo-office"))
    ask = {"user": person, "action": "reply", "kind": "request", "org_code": "demo-office", "today": TODAY}
    assert not api.may(**ask)
    assert not api.may(owner_id=person.pk + 1, **ask)
    assert api.may(owner_id=person.pk, **ask)


@pytest.mark.django_db
def test_require_says_what_is_not_permitted() -> None:
    make_tree()
    person = make_person("epsilon", ("section_editor", "demo-office"))
    with pytest.raises(api.NotPermitted) as caught:
        api.require(user=person, action="publish", kind="record", org_code="demo-office", today=TODAY)
    assert "条目" in caught.value.message
    assert "发布" in caught.value.message
    assert caught.value.remedy


@pytest.mark.django_db
def test_unknown_action_kind_and_organisation_are_never_allowed() -> None:
    make_tree()
    person = make_person("zeta", ("leader", "demo"))
    assert not api.may(user=person, action="fly", kind="record", org_code="demo", today=TODAY)
    assert not api.may(user=person, action="view", kind="moon", org_code="demo", today=TODAY)
    assert not api.may(user=person, action="view", kind="record", org_code="nowhere", today=TODAY)


PATHS = ("/a/", "/a/b/", "/a/b/c/", "/a/bb/", "/z/", "/z/y/")


@given(
    st.lists(st.tuples(st.sampled_from(sorted(role_book().roles)), st.sampled_from(PATHS)), max_size=4),
    st.sampled_from(["view", "create", "publish", "manage", "verify", "sign_secrecy", "reply"]),
    st.sampled_from(sorted(role_book().objects)),
    st.sampled_from(PATHS),
)
def test_no_right_without_a_grant_and_none_outside_the_authority(
    posts: list[tuple[str, str]], action: str, kind: str, path: str
) -> None:
    """More posts never take a right away; a right always has a grant; no reach but `all` leaves the authority."""
    placed = [
        PlacedPost(PostInfo(role, "x", date(2020, 1, 1), None), at, f"/{at.split('/')[1]}/")
        for role, at in posts
    ]
    where = area_of(placed, action=action, kind=kind, book=role_book())
    granted = [
        p
        for p in placed
        for g in role_book().role(p.info.role).grants
        if g.kind == kind and action in g.actions
    ]
    assert where.covers(path, is_own=True) <= bool(granted)
    if where.covers(path, is_own=True):
        assert path.split("/")[1] in {p.path.split("/")[1] for p in granted}
    assert where.covers(path) <= where.covers(path, is_own=True)
    for shorter in range(len(placed)):
        part = area_of(placed[:shorter], action=action, kind=kind, book=role_book())
        assert part.covers(path) <= where.covers(path)


@given(
    st.dates(date(2019, 1, 1), date(2021, 1, 1)),
    st.integers(0, 400),
    st.dates(date(2019, 1, 1), date(2022, 1, 1)),
)
def test_post_holds_on_first_and_last_day(first: date, length: int, day: date) -> None:
    post = PostInfo("leader", "x", first, first + timedelta(days=length))
    assert is_on(post, first)
    assert is_on(post, first + timedelta(days=length))
    assert is_on(post, day) == (0 <= (day - first).days <= length)


def _book(**change: object) -> dict[str, object]:
    role = {
        "id": "r",
        "name": "某角色",
        "duty": "editorial",
        "grants": [{"kind": "record", "actions": ["view"], "scope": "all"}],
    }
    return {"objects": {"record": {"name": "条目", "actions": {"view": "查看"}}}, "roles": [role | change]}


@pytest.mark.parametrize(
    "change",
    [
        {"duty": "king"},
        {"duty": "audit"},
        {"grants": [{"kind": "moon", "actions": [], "scope": "all"}]},
        {"grants": [{"kind": "record", "actions": ["fly"], "scope": "all"}]},
        {"grants": [{"kind": "record", "actions": ["view"], "scope": "galaxy"}]},
    ],
)
def test_wrong_role_file_is_refused(change: dict[str, object]) -> None:
    read_roles(_book())
    with pytest.raises(RolesInvalid, match="「r」"):
        read_roles(_book(**change))


def test_separated_administrators_share_no_manageable_object() -> None:
    """None of the three can do another's acts: only looking is shared."""
    acts: dict[str, set[tuple[str, str]]] = {}
    for role in role_book().roles.values():
        if role.duty != "editorial":
            acts.setdefault(role.duty, set()).update(
                (g.kind, a) for g in role.grants for a in g.actions if a != "view"
            )
    assert set(acts) == {"system", "security", "audit"}
    assert not acts["system"] & acts["security"]
    assert not acts["system"] & acts["audit"]
    assert not acts["security"] & acts["audit"]
