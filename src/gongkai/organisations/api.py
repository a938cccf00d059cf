"""The door of the organisations room (机构与人员)."""

from __future__ import annotations

from gongkai.organisations.core.institution_types import institution_types
from gongkai.organisations.core.rights import PostInfo
from gongkai.organisations.core.roles import role_book
from gongkai.organisations.errors import (
    DutiesSeparated,
    NoSuchOrganisation,
    NoSuchPerson,
    NotPermitted,
    OrganisationError,
    OrganisationRefused,
    PersonRefused,
    PostRefused,
)
from gongkai.organisations.memory import reading_once
from gongkai.organisations.selectors import (
    OrganisationInfo,
    SiteInfo,
    actor,
    anywhere,
    authorities_in_reach,
    authority_of,
    effective_person,
    effective_persons,
    get_organisation,
    get_user,
    holders_of,
    list_organisations,
    may,
    portal_snapshot,
    require,
    roles_of,
    scope,
    subtree_codes,
)
from gongkai.organisations.services.change_organisation import (
    move_organisation,
    rename_organisation,
    set_site,
)
from gongkai.organisations.services.close_organisation import close_organisation
from gongkai.organisations.services.create_organisation import create_organisation
from gongkai.organisations.services.create_user import create_user, set_active
from gongkai.organisations.services.give_post import end_post, give_post
from gongkai.organisations.services.sync_groups import register_role_permissions, sync_groups
from gongkai.organisations.standings import name_on, predecessors, responsible_code

__all__ = [
    "DutiesSeparated",
    "NoSuchOrganisation",
    "NoSuchPerson",
    "NotPermitted",
    "OrganisationError",
    "OrganisationInfo",
    "OrganisationRefused",
    "PersonRefused",
    "PostInfo",
    "PostRefused",
    "SiteInfo",
    "actor",
    "anywhere",
    "authorities_in_reach",
    "authority_of",
    "close_organisation",
    "create_organisation",
    "create_user",
    "effective_person",
    "effective_persons",
    "end_post",
    "get_organisation",
    "get_user",
    "give_post",
    "holders_of",
    "institution_types",
    "list_organisations",
    "may",
    "move_organisation",
    "name_on",
    "portal_snapshot",
    "predecessors",
    "reading_once",
    "register_role_permissions",
    "rename_organisation",
    "require",
    "responsible_code",
    "role_book",
    "roles_of",
    "scope",
    "set_active",
    "set_site",
    "subtree_codes",
    "sync_groups",
]
