"""Rights from posts (权限): pure; paths in, answers out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gongkai.organisations.core.roles import Reach, RoleBook

MAKING = frozenset({"create", "import"})
"""Actions that make something new in the name of an organisation."""


@dataclass(frozen=True, slots=True)
class PostInfo:
    """A post (岗位) as other rooms see it; both days count, an open end is None.

    `deputy_for_user_id` names the person whose duties are done in their stead.
    """

    role: str
    org_code: str
    from_date: date
    to_date: date | None
    deputy_for_user_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedPost:
    """A post with the paths that its reach is measured from; each path ends with a slash.

    An inherited one is that of a successor, seen at the organisation that ended: what is there is looked after, nothing new is made.
    """

    info: PostInfo
    path: str
    authority_path: str
    is_inherited: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """Where an action is allowed: everything, whole subtrees, single nodes, and nodes for own objects only."""

    everywhere: bool = False
    subtrees: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    own_nodes: frozenset[str] = frozenset()

    def covers(self, path: str, *, is_own: bool = False) -> bool:
        """Tell whether the node at `path` lies inside; own areas count only for own objects."""
        if self.everywhere or path in self.nodes or (is_own and path in self.own_nodes):
            return True
        return any(path.startswith(root) for root in self.subtrees)


def is_on(post: PostInfo, today: date) -> bool:
    """Tell whether the post is held on that day."""
    return post.from_date <= today and (post.to_date is None or today <= post.to_date)


def area_of(posts: Iterable[PlacedPost], *, action: str, kind: str, book: RoleBook) -> Area:
    """Return where the holder of these posts may do `action` on objects of `kind`.

    A role that the rule file no longer knows grants nothing.
    """
    everywhere, subtrees, nodes, own = False, set[str](), set[str](), set[str]()
    for post in posts:
        if post.is_inherited and action in MAKING:
            continue
        role = book.roles.get(post.info.role)
        for grant in role.grants if role else ():
            if grant.kind != kind or action not in grant.actions:
                continue
            if grant.reach is Reach.ALL:
                everywhere = True
            elif grant.reach is Reach.AUTHORITY:
                subtrees.add(post.authority_path)
            elif grant.reach is Reach.SUBTREE:
                subtrees.add(post.path)
            elif grant.reach is Reach.SECTION:
                nodes.add(post.path)
            else:
                own.add(post.path)
    return Area(everywhere, frozenset(subtrees), frozenset(nodes), frozenset(own))
