"""The press: templates, assets and chrome (header and footer) for both modes; `render` turns a specification into files.

A specification is text, `kind|argument`: `record|17`, `list|col:tzgg|0`, `home|`. It is the unit of dependency: one specification, a few files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gongkai.portal.core.colour import readable
from gongkai.portal.core.compiled import CompiledOnce
from gongkai.portal.core.directory import Directory
from gongkai.portal.core.limits import page_limits
from gongkai.portal.core.links import Links, twin
from gongkai.portal.core.plan import fixed_lists
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import (
    BLOCK_NAMES,
    KIND_NAMES,
    PAGE_SIZE,
    VALIDITY_NAMES,
    Column,
    Organisation,
    Output,
    Site,
)

ROOM = Path(__file__).resolve().parents[1]
TEMPLATES = ROOM / "templates"
STATIC = ROOM / "static" / "portal"
SCRIPTS = ("reader.js", "search.js")
PAGE_KINDS = {
    "record": "record",
    "list": "listing",
    "home": "home",
    "block": "blocks",
    "catalogue": "catalogue",
    "directory": "organisations",
    "feed": "feeds",
    "sitemap": "sitemaps",
    "open": "opendata",
    "fixed": "fixed",
    "calendar": "calendar",
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_GAPS = re.compile(r">\s*\n\s*<")
_COMPILED = CompiledOnce()


class Press:
    """Renders specifications for one site. Cheap to make but for the first of a process (templates compile once)."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.directory = Directory(site)
        self.fixed_lists = frozenset(fixed_lists(site))
        settings = site.settings
        office = settings.office_url
        self.ordinary = Links(settings.base_path, settings.site_url, elder=False, office_url=office)
        self.elder = Links(settings.base_path, settings.site_url, elder=True, office_url=office)
        self.env = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=_COMPILED,
        )
        self.env.filters["moment"] = moment
        self.env.filters["machine_moment"] = machine_moment
        self.env.globals.update(
            press=self,
            settings=settings,
            directory=self.directory,
            block_names=BLOCK_NAMES,
            kind_names=KIND_NAMES,
            validity_names=VALIDITY_NAMES,
            page_size=PAGE_SIZE,
            limits=page_limits(),
        )
        self._chrome: dict[tuple[str, bool], dict[str, Any]] = {}
        self._renderers: dict[str, Callable[[Press, Shelf, str], list[Output]]] = {}

    def forget(self, site: Site) -> None:
        """Take a site read anew; nothing rendered so far is kept, compiled templates are."""
        self.site, self.directory = site, Directory(site)
        self.fixed_lists = frozenset(fixed_lists(site))
        self.env.globals.update(settings=site.settings, directory=self.directory)
        self._chrome.clear()

    def render(self, shelf: Shelf, spec: str) -> list[Output]:
        """Return the files of a specification; none when what it is about is gone."""
        kind, _, argument = spec.partition("|")
        renderer = self._renderers.get(kind)
        if renderer is None:
            module = import_module(f"gongkai.portal.core.pages.{PAGE_KINDS[kind]}")
            renderer = self._renderers[kind] = module.render
        return renderer(self, shelf, argument)

    def page(self, template: str, path: str, *, org: str = "", **context: Any) -> str:
        """Return one ordinary page as text."""
        return self._page(template, path, elder=False, twinned=False, org=org, context=context)

    def single(self, template: str, path: str, *, org: str = "", **context: Any) -> list[Output]:
        """Return a page that has no elder twin."""
        return [Output(path, self.page(template, path, org=org, **context).encode())]

    def both(self, template: str, path: str, *, org: str = "", **context: Any) -> list[Output]:
        """Return a page and its elder twin; a fragment has none, type size is the matter of the frame around it."""
        if self.site.settings.fragments:
            return self.single(template, path, org=org, **context)
        return [
            Output(
                path, self._page(template, path, elder=False, twinned=True, org=org, context=context).encode()
            ),
            Output(
                twin(path),
                self._page(template, path, elder=True, twinned=True, org=org, context=context).encode(),
            ),
        ]

    def answer(self, template: str, path: str, *, elder: bool, other_mode: str, **context: Any) -> str:
        """Return a page that is made per request (search); the address of its other mode carries the query."""
        return self._page(
            template, path, elder=elder, twinned=True, org="", context={**context, "other_mode": other_mode}
        )

    def links(self, *, elder: bool) -> Links:
        """Return the addresses of a mode."""
        return self.elder if elder else self.ordinary

    def _page(
        self, template: str, path: str, *, elder: bool, twinned: bool, org: str, context: dict[str, Any]
    ) -> str:
        links = self.links(elder=elder)
        other = self.links(elder=not elder)
        values = {k: v(elder) if k == "body" and callable(v) else v for k, v in context.items()}
        values.setdefault("other_mode", other.page(path if twinned else "index.html"))
        text = self.env.get_template(f"portal/{template}.html").render(
            **values,
            layout=f"portal/{self._layout(elder=elder)}.html",
            elder=elder,
            page=links.page,
            file=links.file,
            here=path,
            canonical=links.absolute(path),
            twinned=twinned,
            chrome=self.chrome(org, elder=elder),
        )
        return _CONTROLS.sub("", _GAPS.sub(">\n<", text))

    def _layout(self, *, elder: bool) -> str:
        if self.site.settings.fragments:
            return "fragment"
        return "elder" if elder else "base"

    def chrome(self, org: str, *, elder: bool) -> dict[str, Any]:
        """Return header, footer and meta of an organisation's pages, rendered once a mode."""
        key = (org, elder)
        if key not in self._chrome:
            links = self.links(elder=elder)
            info = self.directory.info_of(org or self.directory.root.code)
            name = info.site_name or self.directory.root.name
            parts = {"info": info, "site_name": name, "elder": elder, "page": links.page, "file": links.file}
            self._chrome[key] = {
                **parts,
                "stylesheets": self.site.settings.stylesheets
                or (links.file(self._stylesheet(info.main_colour, elder=elder)[0]),),
                "reader": links.file(self._script_paths["reader.js"]),
                "search_script": links.file(self._script_paths["search.js"]),
                "header": Markup(self.env.get_template("portal/parts/header.html").render(**parts)),  # noqa: S704
                "footer": Markup(self.env.get_template("portal/parts/footer.html").render(**parts)),  # noqa: S704
            }
        return self._chrome[key]

    def _stylesheet(self, colour: str, *, elder: bool) -> tuple[str, bytes]:
        main, strong = readable(colour, ratio=4.5), readable(colour, ratio=7.0)
        text = self._css.replace("#1f4e8c", main).replace("#123a6e", strong)
        body = text.encode()
        return f"assets/gongkai.{hashlib.sha256(body).hexdigest()[:12]}.css", body

    @cached_property
    def _css(self) -> str:
        text = "".join(
            (STATIC / name).read_text(encoding="utf-8")
            for name in ("portal.css", "portal-elder.css", "portal-print.css")
        )
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", text)).strip() + "\n"

    @cached_property
    def _script_paths(self) -> dict[str, str]:
        paths = {}
        for name in SCRIPTS:
            digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
            paths[name] = f"assets/{name[:-3]}.{digest}.js"
        return paths

    def assets(self) -> list[Output]:
        """Return stylesheets (one a colour in use), scripts and the icon, under names that hold their hash."""
        colours = {i.main_colour for o in self.site.organisations if (i := o.site)} | {""}
        found = {path: body for c in sorted(colours) for path, body in [self._stylesheet(c, elder=False)]}
        for name, path in self._script_paths.items():
            found[path] = (STATIC / name).read_bytes()
        return [Output(path, body) for path, body in found.items()]

    def column(self, code: str) -> Column:
        """Return a column; a retired code keeps its list under the code alone."""
        return self.directory.columns.get(code) or Column(code=code, name=code)

    def organisation(self, code: str) -> Organisation:
        """Return an organisation by code."""
        return self.directory.organisation(code)


_PARTS_OF_A_SECOND = re.compile(r"\.\d+")


def moment(text: str) -> str:
    """Return an ISO moment as `2026-11-22 09:30`; a bare day stays a day."""
    return text[:16].replace("T", " ")


def machine_moment(text: str) -> str:
    """Return an ISO moment without parts of a second: a web page may hold three digits of them at most."""
    return _PARTS_OF_A_SECOND.sub("", text)


@cache
def source_fingerprint() -> str:
    """Return a hash over templates, assets and rendering code: when it changes, every page is written again."""
    digest = hashlib.sha256()
    for folder, pattern in ((TEMPLATES, "**/*.html"), (STATIC, "*"), (ROOM / "core", "**/*.py")):
        for path in sorted(folder.glob(pattern)):
            digest.update(path.relative_to(ROOM).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
