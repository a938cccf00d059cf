"""Reading organisations, posts and rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from gongkai.journal.api import Actor
from gongkai.organisations.core.rights import Area, PlacedPost, PostInfo, area_of
from gongkai.organisations.core.roles import role_book
from gongkai.organisations.errors import NoSuchOrganisation, NoSuchPerson, NotPermitted
from gongkai.organisations.memory import remembered
from gongkai.organisations.models import Organisation, Post, SiteProfile, User
from gongkai.organisations.standings import inherited_posts


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInfo:
    """Footer set and meta of an authority's public site (网站标识与页脚); unknown texts are empty."""

    site_name: str
    domain: str = ""
    site_code: str = ""
    icp: str = ""
    police_record: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    office_hours: str = ""
    contact_unit: str = ""
    main_colour: str = "#1f4e8c"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationInfo:
    """An organisation as other rooms see it. `path` is the chain of codes, `/a/b/`; `site` only for authorities that have one."""

    code: str
    name: str
    short_name: str
    kind: str
    institution_type: str
    parent_code: str | None
    path: str
    credit_code: str
    index_prefix: str
    site: SiteInfo | None
    closed_date: date | None = None
    merged_into: str | None = None
    end_basis: str = ""


def as_site(row: SiteProfile) -> SiteInfo:
    """Return the public form of a stored site profile."""
    return SiteInfo(**{f.name: getattr(row, f.name) for f in fields(SiteInfo)})


def as_info(row: Organisation) -> OrganisationInfo:
    """Return the public form of a stored organisation (select `parent`, `merged_into` and `site_profile` with it)."""
    return OrganisationInfo(
        code=row.code,
        name=row.name,
        short_name=row.short_name or row.name,
        kind=row.kind,
        institution_type=row.institution_type,
        parent_code=row.parent.code if row.parent else None,
        path=row.path,
        credit_code=row.credit_code,
        index_prefix=row.index_prefix,
        site=as_site(row.site_profile) if hasattr(row, "site_profile") else None,
        closed_date=row.closed_date,
        merged_into=row.merged_into.code if row.merged_into else None,
        end_basis=row.end_basis,
    )


def _all() -> QuerySet[Organisation]:
    return Organisation.objects.select_related("parent", "merged_into", "site_profile")


def find(code: str) -> Organisation:
    """Return the stored organisation; raises NoSuchOrganisation."""
    try:
        return _all().get(code=code)
    except Organisation.DoesNotExist:
        raise NoSuchOrganisation(
            f"没有代码为「{code}」的机构", remedy="请核对机构代码，或先建立该机构"
        ) from None


def get_organisation(*, code: str) -> OrganisationInfo:
    """Return one organisation; raises NoSuchOrganisation."""
    return remembered(("organisation", code), lambda: as_info(find(code)))


def list_organisations(
    *, under: str | None = None, kind: str | None = None, include_closed: bool = False
) -> list[OrganisationInfo]:
    """Return organisations in order of the tree: all, or `under` with everything below it, of one kind if given."""
    rows = _all().order_by("path")
    if under is not None:
        rows = rows.filter(path__startswith=find(under).path)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if not include_closed:
        rows = rows.filter(closed_date__isnull=True)
    return [as_info(row) for row in rows]


def subtree_codes(*, code: str) -> frozenset[str]:
    """Return the code and the codes of everything below it, closed ones too."""
    return frozenset(
        Organisation.objects.filter(path__startswith=find(code).path).values_list("code", flat=True)
    )


def _ancestors(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def authority_of(*, code: str) -> OrganisationInfo:
    """Return the authority the organisation belongs to: itself, or the nearest one above."""
    return remembered(("authority", code), lambda: _authority_above(get_organisation(code=code)))


def _authority_above(info: OrganisationInfo) -> OrganisationInfo:
    if info.kind == "authority":
        return info
    above = _all().filter(path__in=_ancestors(info.path), kind="authority").order_by("-path").first()
    return as_info(above) if above else info


def portal_snapshot() -> list[dict[str, Any]]:
    """Return all organisations as plain data for the public site, in order of the tree, closed ones with their day."""
    names: dict[int, list[dict[str, Any]]] = {}
    rows = list(_all().prefetch_related("names", "successions__successor").order_by("path"))
    for row in rows:
        names[row.pk] = [
            {
                "name": n.name,
                "from": n.from_date and n.from_date.isoformat(),
                "to": n.to_date and n.to_date.isoformat(),
            }
            for n in row.names.all()
        ]
    return [
        _plain(as_info(row))
        | {
            "names": names[row.pk],
            "sort_order": row.sort_order,
            "successors": [one.successor.code for one in row.successions.all()],
        }
        for row in rows
    ]


def _plain(info: OrganisationInfo) -> dict[str, Any]:
    values: dict[str, Any] = {f.name: getattr(info, f.name) for f in fields(info)}
    values["closed_date"] = info.closed_date and info.closed_date.isoformat()
    values["site"] = {f.name: getattr(info.site, f.name) for f in fields(info.site)} if info.site else None
    return values


def posts_on(*, user: User, today: date) -> list[Post]:
    """Return the posts a person holds on a day whose role is known and fits the account's duty.

    Each has `authority_path`: the path of the nearest authority at or above its organisation, or None; and `is_heir`: whether
    another organisation went into its own.
    """
    rows = Post.objects.filter(user_id=user.pk, from_date__lte=today).filter(
        Q(to_date__isnull=True) | Q(to_date__gte=today)
    )
    book = role_book()
    above = (
        Organisation.objects.filter(kind="authority")
        .alias(below=ExpressionWrapper(OuterRef("organisation__path"), output_field=CharField()))
        .filter(below__startswith=F("path"))
        .order_by("-path")
    )
    rows = rows.annotate(
        authority_path=Subquery(above.values("path")[:1]),
        is_heir=Exists(Organisation.objects.filter(merged_into=OuterRef("organisation"))),
    )
    rows = rows.select_related("organisation").order_by("from_date", "id")
    return [p for p in rows if p.role in book.roles and book.roles[p.role].duty == p.duty == user.duty]


def as_post(row: Post) -> PostInfo:
    """Return the public form of a stored post."""
    return PostInfo(row.role, row.organisation.code, row.from_date, row.to_date, row.deputy_for_id)


def holders_of(*, org_code: str, roles: Sequence[str], today: date) -> frozenset[int]:
    """Return the numbers of the accounts that hold one of these roles at exactly this organisation on that day, deputies included."""
    held = Post.objects.filter(
        organisation__code=org_code, role__in=list(roles), from_date__lte=today, user__is_active=True
    ).filter(Q(to_date__isnull=True) | Q(to_date__gte=today))
    return frozenset(held.values_list("user_id", flat=True))


def _acts(user: Any) -> bool:
    return isinstance(user, User) and user.is_active and user.pk is not None


def roles_of(*, user: Any, today: date) -> tuple[PostInfo, ...]:
    """Return the posts a person holds on a day, oldest first; none for a closed account or nobody."""
    return tuple(placed.info for placed in _placed(user, today)) if _acts(user) else ()


def _placed(user: User, today: date) -> tuple[PlacedPost, ...]:
    return remembered(("posts", user.pk, user.duty, today), lambda: _place(user, today))


def _place(user: User, today: date) -> tuple[PlacedPost, ...]:
    held = posts_on(user=user, today=today)
    own = tuple(
        PlacedPost(as_post(p), p.organisation.path, p.authority_path or p.organisation.path) for p in held
    )
    return own + inherited_posts(own, today) if any(p.is_heir for p in held) else own


def area(*, user: Any, action: str, kind: str, today: date) -> Area:
    """Return where the person may do this; `is_superuser` counts for nothing."""
    if not _acts(user):
        return Area()
    return area_of(_placed(user, today), action=action, kind=kind, book=role_book())


def may(
    *, user: Any, action: str, kind: str, org_code: str, today: date, owner_id: int | None = None
) -> bool:
    """Tell whether the person may do `action` on an object of `kind` that belongs to this organisation on that day.

    `owner_id` is the account that handles the object; grants that reach own objects only need it. An unknown organisation,
    action or kind is never allowed.
    """
    try:
        path = get_organisation(code=org_code).path
    except NoSuchOrganisation:
        return False
    return area(user=user, action=action, kind=kind, today=today).covers(
        path, is_own=owner_id is not None and owner_id == getattr(user, "pk", None)
    )


def require(
    *, user: Any, action: str, kind: str, org_code: str, today: date, owner_id: int | None = None
) -> None:
    """Raise NotPermitted unless `may` says yes."""
    if may(user=user, action=action, kind=kind, org_code=org_code, today=today, owner_id=owner_id):
        return
    kind_name, actions = role_book().objects.get(kind, (kind, {}))
    raise NotPermitted(
        f"您的岗位不能对「{kind_name}」做「{actions.get(action, action)}」",
        where=f"机构 {org_code}",
        remedy="如确有需要，请安全管理员调整岗位",
    )


def scope(*, user: Any, action: str, kind: str, today: date) -> frozenset[str]:
    """Return the codes of the organisations on whose objects the person may do this (own-only reaches included)."""
    where = area(user=user, action=action, kind=kind, today=today)
    return remembered(where, lambda: _codes_in(where))


def anywhere(*, user: Any, action: str, kind: str, today: date) -> bool:
    """Tell whether there is any organisation on whose objects the person may do this; reads no organisation."""
    return area(user=user, action=action, kind=kind, today=today) != Area()


def authorities_in_reach(
    *, user: Any, actions: Sequence[str], kind: str, today: date
) -> dict[str, frozenset[str]]:
    """Return the authorities on whose objects the person may do any of these actions, in order of the tree, with which of them."""
    where = {action: area(user=user, action=action, kind=kind, today=today) for action in actions}
    found = {}
    rows = Organisation.objects.filter(kind="authority", closed_date__isnull=True).order_by("path")
    rows = rows.values_list("code", "path")
    for code, path in rows if any(one != Area() for one in where.values()) else ():
        allowed = frozenset(action for action, one in where.items() if one.covers(path, is_own=True))
        if allowed:
            found[code] = allowed
    return found


def _codes_in(where: Area) -> frozenset[str]:
    if where == Area():
        return frozenset()
    condition = Q(path__in=where.nodes | where.own_nodes)
    for root in where.subtrees:
        condition |= Q(path__startswith=root)
    rows = Organisation.objects.all() if where.everywhere else Organisation.objects.filter(condition)
    return frozenset(rows.values_list("code", flat=True))


def effective_person(*, user: User, today: date, role: str | None = None, org_code: str | None = None) -> int:
    """Return the number of the person whose duty is done: the one replaced when the post in question is a deputy's, else the user.

    `role` and `org_code` name the post in question; a post of one's own of that kind comes before a deputy's.
    """
    own, replaced = False, None
    for post in roles_of(user=user, today=today):
        if (role is None or post.role == role) and (org_code is None or post.org_code == org_code):
            own = own or post.deputy_for_user_id is None
            replaced = replaced or post.deputy_for_user_id
    return int(user.pk) if own or replaced is None else replaced


def effective_persons(*, user: User, today: date) -> frozenset[int]:
    """Return everybody the user counts as on that day: themselves and each person they stand in for."""
    replaced = {
        p.deputy_for_user_id for p in roles_of(user=user, today=today) if p.deputy_for_user_id is not None
    }
    return frozenset({int(user.pk), *replaced})


def actor(*, user: User | None, role: str = "", on_behalf_of: int | None = None) -> Actor:
    """Return who acts, for the journal: the system when there is no user."""
    if user is None or user.pk is None:
        return Actor(kind="system", role=role)
    return Actor(kind="user", user_id=user.pk, role=role, on_behalf_of=on_behalf_of)


def get_user(*, username: str) -> User:
    """Return an account by its name; raises NoSuchPerson."""
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist:
        raise NoSuchPerson(f"没有账号「{username}」", remedy="请核对账号名") from None


def home_code(person: User) -> str:
    """Return the code of the organisation a person belongs to; `unassigned` when none is given."""
    return person.organisation.code if person.organisation else "unassigned"
