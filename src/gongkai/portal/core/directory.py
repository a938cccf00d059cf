"""Look-ups over the published snapshots: which authority answers for a page, which columns stand in which block."""

from __future__ import annotations

from functools import cached_property

from gongkai.portal.core.values import Catalogue, Column, Item, Organisation, Site, SiteInfo


class Directory:
    """The site's organisations, columns and catalogues by code."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.organisations = {o.code: o for o in site.organisations}
        self.columns = {c.code: c for c in site.columns}
        self.catalogues = {c.org_code: c for c in site.catalogues}

    @cached_property
    def root(self) -> Organisation:
        """Return the authority whose site this is: the first without a parent."""
        for organisation in self.site.organisations:
            if organisation.kind == "authority" and organisation.parent_code not in self.organisations:
                return organisation
        return Organisation(code="site", name="政府信息公开", site=SiteInfo())

    @cached_property
    def authorities(self) -> tuple[Organisation, ...]:
        """Return all authorities, the root first."""
        others = [o for o in self.site.organisations if o.kind == "authority" and o.code != self.root.code]
        return (self.root, *others)

    @cached_property
    def public_bodies(self) -> tuple[Organisation, ...]:
        """Return the organisations that have a page: authorities and institutions."""
        return tuple(o for o in self.site.organisations if o.kind != "section")

    def organisation(self, code: str) -> Organisation:
        """Return an organisation; an unknown code gives a nameless one."""
        return self.organisations.get(code) or Organisation(code=code, name=code)

    def successors(self, organisation: Organisation) -> tuple[Organisation, ...]:
        """Return who took over from an ended organisation, who answers for its duties first; the one above when nobody did."""
        codes = sorted(organisation.successors, key=lambda code: code != organisation.heir)
        found = tuple(self.organisations[code] for code in codes if code in self.organisations)
        above = self.organisations.get(organisation.parent_code or "")
        return found or ((above,) if above else ())

    @cached_property
    def _taken_over(self) -> dict[str, list[Organisation]]:
        found: dict[str, list[Organisation]] = {}
        for organisation in self.site.organisations:
            for code in organisation.successors:
                found.setdefault(code, []).append(organisation)
        return found

    def taken_over(self, code: str) -> tuple[Organisation, ...]:
        """Return the ended organisations that this one took over from."""
        return tuple(self._taken_over.get(code, ()))

    def children(self, code: str, kind: str) -> tuple[Organisation, ...]:
        """Return the direct sections or institutions of an organisation."""
        return tuple(
            o
            for o in self.site.organisations
            if o.parent_code == code and o.kind == kind and not o.closed_date
        )

    def info_of(self, org_code: str) -> SiteInfo:
        """Return the footer set of the organisation, or of the nearest one above it that has one."""
        seen: set[str] = set()
        code: str | None = org_code
        while code and code not in seen:
            seen.add(code)
            organisation = self.organisations.get(code)
            if organisation is None:
                break
            if organisation.site is not None:
                return organisation.site
            code = organisation.parent_code
        return self.root.site or SiteInfo()

    def columns_in(self, block: str) -> tuple[Column, ...]:
        """Return the columns of a fixed block, in official order."""
        return tuple(c for c in self.site.columns if c.block == block)

    @cached_property
    def topics(self) -> tuple[Column, ...]:
        """Return the topic columns (专题)."""
        return self.columns_in("topic")

    @cached_property
    def front_columns(self) -> tuple[Column, ...]:
        """Return every column that has a list of its own."""
        return tuple(c for c in self.site.columns if c.block != "topic")

    def catalogue(self, org_code: str) -> Catalogue:
        """Return the catalogue of an authority; empty when none is published."""
        return self.catalogues.get(org_code) or Catalogue(org_code)

    def item(self, org_code: str, code: str) -> Item:
        """Return a catalogue item; a retired code keeps its page under the code alone."""
        return self._items.get((org_code, code)) or Item(code=code)

    @cached_property
    def _items(self) -> dict[tuple[str, str], Item]:
        found = {}
        for catalogue in self.site.catalogues:
            for item in catalogue.items:
                found[catalogue.org_code, item.code] = item
        return found

    def column_name(self, code: str) -> str:
        """Return the name of a column, or its code when it is not in the snapshot any more."""
        column = self.columns.get(code)
        return column.name if column else code
