"""What a lock asks for on other patch releases of the same Python: `python -m tools.patch_wheels LOCK FOLDER`.

pip downloads what this interpreter needs. A lock may pin another version below some patch release (3.11.5, say); a bundle
made on 3.11.7 would then not install on a Debian whose own Python is 3.11.2. Each such pin is written as a file of its own
to FOLDER, without its marker, for `pip download --no-deps`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement

PATCHES = 40
"""More patch releases than any minor version of Python ever had."""


def blocks(lock: str) -> list[str]:
    """Return the pins of a lock, each with its continuation lines of hashes."""
    found: list[str] = []
    for line in lock.splitlines():
        if line.strip().startswith("#") or not line.strip():
            continue
        if line[0].isspace():
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def other_pins(lock: str, *, version: tuple[int, int, int]) -> list[str]:
    """Return, without their markers, the pins that hold on some patch release of the minor version but not on this one."""
    found = []
    for block in blocks(lock):
        first, _, rest = block.partition("\n")
        requirement = Requirement(first.rstrip(" \\"))
        marker = requirement.marker
        if marker is None or _holds(marker, version):
            continue
        if any(_holds(marker, (*version[:2], patch)) for patch in range(PATCHES)):
            requirement.marker = None
            found.append(f"{requirement} \\\n{rest}\n")
    return found


def _holds(marker: Marker, version: tuple[int, int, int]) -> bool:
    environment = dict(default_environment())
    environment["python_full_version"] = ".".join(map(str, version))
    environment["python_version"] = ".".join(map(str, version[:2]))
    return marker.evaluate({key: str(value) for key, value in environment.items()})


def main() -> int:
    """Write the files and print their paths."""
    lock, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, pin in enumerate(other_pins(lock.read_text(encoding="utf-8"), version=sys.version_info[:3])):
        path = folder / f"{number}.txt"
        path.write_text(pin, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
