"""Addresses: every link starts with the base path; the elder twin (适老版) of a page lives under `elder/`."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup


def twin(path: str) -> str:
    """Return the path of the elder twin of a page."""
    return "elder/" + path


def href(base_path: str, path: str) -> str:
    """Return the quoted address of a path of the tree; `index.html` is left out of folder addresses."""
    head, slash, last = path.rpartition("/")
    if last == "index.html":
        path = head + slash
    return f"{base_path}/{quote(path, safe='/:@-._~')}"


REQUESTED = ("search/", "ask/")
"""Paths that are answered per request: they stay at our own site when the tree is a channel of another portal."""


class Links:
    """Addresses as one mode (ordinary or elder) of the site sees them; called in templates as `page` and `file`."""

    def __init__(self, base_path: str, site_url: str, *, elder: bool, office_url: str = "") -> None:
        self.base_path, self.site_url, self.elder, self.office_url = base_path, site_url, elder, office_url

    def page(self, path: str) -> Markup:
        """Return the address of a page in this mode."""
        return Markup(href(self.base_path, twin(path) if self.elder else path))  # noqa: S704  (quoted)

    def file(self, path: str) -> Markup:
        """Return the address of a file that has no twin."""
        if self.office_url and path.startswith(REQUESTED):
            return Markup(href(self.office_url, path))  # noqa: S704  (quoted)
        return Markup(href(self.base_path, path))  # noqa: S704  (quoted)

    def absolute(self, path: str) -> str:
        """Return the full address, for feeds, the site map and print."""
        return self.site_url + href(self.base_path, path)
