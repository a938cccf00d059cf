"""Where the portal's files are, and the lock that lets one process build at a time. No Django: the file front uses this too."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one installation, absolute."""

    public: Path
    portal: Path

    @property
    def state(self) -> Path:
        """Return the state file."""
        return self.portal / "state.sqlite3"

    @property
    def index(self) -> Path:
        """Return the folder of the search indexes."""
        return self.portal / "index"

    @property
    def site_file(self) -> Path:
        """Return the snapshot the search page draws its header and footer from."""
        return self.portal / "site.json"


def places_under(home: Path) -> Places:
    """Return the folders under a home."""
    return Places(public=home / "public", portal=home / "portal")


def places_from_environment(environ: Mapping[str, str]) -> Places:
    """Return the folders named by GONGKAI_HOME; without it `var/` of the checkout, or of the working folder."""
    named = environ.get("GONGKAI_HOME")
    if named:
        return places_under(Path(named).absolute())
    checkout = Path(__file__).resolve().parents[3]
    return places_under((checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "var")


@contextmanager
def building(places: Places) -> Iterator[None]:
    """Hold the building lock; waits for another process to finish. The lock ends with the process, however it ends."""
    places.portal.mkdir(parents=True, exist_ok=True)
    handle = os.open(places.portal / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
