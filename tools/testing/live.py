"""A real server with its worker over a throw-away home, on the loopback address."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tools.homes import LiveSite, make_site

__all__ = ["LiveSite", "make_site"]


def _running(*arguments: str, prepared: str) -> Iterator[LiveSite]:
    site = make_site(*arguments, prepared=prepared)
    try:
        site.start()
        yield site
        site.stop()
        assert "Traceback" not in site.log, f"服务日志里有未处理的错误：\n{site.log[-6000:]}"
    finally:
        site.stop()
        shutil.rmtree(site.home, ignore_errors=True)


@pytest.fixture(scope="session")
def live_site() -> Iterator[LiveSite]:
    """Return a running site with the demonstration authority."""
    yield from _running(prepared="demonstration")


@pytest.fixture(scope="session")
def empty_site() -> Iterator[LiveSite]:
    """Return a running site without any data but the authority's name; it is only looked at, so it has no workers."""
    yield from _running("--empty", "--no-worker", prepared="init")
