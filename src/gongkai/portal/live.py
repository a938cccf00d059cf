"""The running installation: releases of the records room, snapshots of catalogue and organisations, Django's settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

from gongkai.catalogue import api as catalogue
from gongkai.kernel.regulations import read_yaml, regulations_dir
from gongkai.organisations import api as organisations
from gongkai.portal.builder import Builder
from gongkai.portal.core.snapshots import site_from_snapshots
from gongkai.portal.core.values import Board, EventTopic, Pin, Release, Settings, Site
from gongkai.portal.places import Places
from gongkai.portal.preview import preview_over
from gongkai.records import api as records


class LiveSource:
    """`sources.ReleaseSource` over the records room."""

    def current(self) -> Iterator[Release]:
        """Return the newest release of every record, in order of first release."""
        for info in records.iter_current_releases():
            yield _release(info)

    def get(self, release_id: int) -> Release:
        """Return one release."""
        return _release(records.get_release(release_id=release_id))

    def open_file(self, sha256: str) -> BinaryIO:
        """Open a published file."""
        return records.open_file(sha256=sha256)


def _release(info: records.ReleaseInfo) -> Release:
    return Release(
        info.id, info.record_id, info.kind, info.sha256, info.published_at.isoformat(), info.payload
    )


def places() -> Places:
    """Return the folders of this installation."""
    return Places(public=Path(settings.PUBLIC_DIR), portal=Path(settings.HOME) / "portal")


def builder() -> Builder:
    """Return the builder of this installation."""
    return Builder(places(), LiveSource(), site, board)


def channel_builder() -> Builder | None:
    """Return the builder of the tree for another portal (频道), None when the operator named no address for it."""
    if not settings.CHANNEL_ADDRESS:
        return None
    home = Path(settings.HOME)
    found = Places(public=home / "channel", portal=home / "channel-state")
    return Builder(found, LiveSource(), channel_site, board, searchable=False)


def builders() -> list[Builder]:
    """Return the builders of every tree of this installation, our own site first."""
    channel = channel_builder()
    return [builder(), channel] if channel else [builder()]


def channel_site() -> Site:
    """Return the site as another portal shows it: under its address, in its look; search and counter stay with us."""
    own = site()
    return replace(own, settings=channel_settings(own.settings, settings.CHANNEL_ADDRESS))


def channel_settings(own: Settings, address: str) -> Settings:
    """Return the settings of the channel at `address` (with its path), from those of our own site."""
    parts = urlsplit(address)
    return replace(
        own,
        base_path=parts.path.rstrip("/"),
        site_url=f"{parts.scheme}://{parts.netloc}",
        office_url=own.site_url + own.base_path,
        fragments=settings.CHANNEL_FRAGMENTS,
        stylesheets=tuple(settings.CHANNEL_STYLES),
    )


def site() -> Site:
    """Return settings and published snapshots as they are now."""
    rows = organisations.portal_snapshot()
    authorities = [row["code"] for row in rows if row["kind"] == "authority"]
    institutions = [row["code"] for row in rows if row["kind"] == "institution"]
    snapshots = {code: catalogue.portal_snapshot(org_code=code) for code in (*authorities, *institutions)}
    return site_from_snapshots(portal_settings(), rows, snapshots, institution_type_names())


def board() -> Board:
    """Return the pins and event topics as they are now."""
    shown = records.front_snapshot()
    return Board(
        tuple(EventTopic(**row) for row in shown["topics"]), tuple(Pin(**row) for row in shown["pins"])
    )


def portal_settings() -> Settings:
    """Return what Django's settings say about the portal."""
    return Settings(
        base_path=settings.BASE_PATH,
        site_url=settings.SITE_URL,
        official_script=getattr(settings, "PORTAL_OFFICIAL_SCRIPT", ""),
        ask_path=getattr(settings, "PORTAL_ASK_PATH", ""),
        demonstration=not settings.ENVIRONMENT.production,
    )


@lru_cache(maxsize=1)
def institution_type_names() -> dict[str, str]:
    """Return the words for the types of institutions (`regulations/institution_types.yaml`)."""
    raw = read_yaml(regulations_dir() / "institution_types.yaml")
    rows = raw.get("institution_types") or raw.get("types") or [] if isinstance(raw, dict) else raw
    return {str(row["id"]): str(row["name"]) for row in rows}


def live_preview(payload: dict[str, Any]) -> str:
    """Return the page of a payload on this site, dated as of its publication (or its last build when it has no date)."""
    stamp = str(payload.get("published_at") or payload.get("formed_date") or "2000-01-01")
    return preview_over(places(), site(), payload, today=date.fromisoformat(stamp[:10]))
