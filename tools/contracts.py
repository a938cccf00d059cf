"""Own contracts for import-linter: rooms are entered by their doors, and inside a room imports point downwards."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, cast

from importlinter.application import output
from importlinter.domain import fields
from importlinter.domain.contract import Contract, ContractCheck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grimp import ImportGraph

Violations = list[tuple[str, str, str]]


def _direct_imports(graph: ImportGraph, root: str) -> Iterator[tuple[str, str]]:
    """Yield (importer, imported) for every import between modules of the package."""
    for importer in sorted(graph.modules):
        if importer.startswith(f"{root}."):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if imported.startswith(f"{root}."):
                    yield importer, imported


def _split(module: str, root: str) -> tuple[str, str]:
    """Return the room and the path inside it, for example ("guard", "attachments.api")."""
    room, _, inner = module.removeprefix(f"{root}.").partition(".")
    return room, inner


def _lines(graph: ImportGraph, importer: str, imported: str) -> str:
    details = graph.get_import_details(importer=importer, imported=imported)
    return ", ".join(f"l.{detail['line_number']}" for detail in details)


class _GongkaiContract(Contract):
    """Shared ending: list the forbidden imports with their lines and the reason."""

    def _result(self, violations: Violations) -> ContractCheck:
        return ContractCheck(kept=not violations, metadata={"violations": violations})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each forbidden import."""
        for importer, imported, reason in cast("Violations", check.metadata["violations"]):
            output.print_error(f"- {importer} -> {imported}: {reason}", bold=False)
            output.new_line()


class DoorsContract(_GongkaiContract):
    """Another room is entered only by the modules named `doors`; `open_rooms` may be entered anywhere.

    `also` lists further doors as `room -> path`, where the path may hold wildcards (`project -> *.bench`).
    """

    type_name = "doors"
    root = fields.StringField()
    doors = fields.ListField(subfield=fields.StringField())
    open_rooms = fields.ListField(subfield=fields.StringField(), required=False)
    also = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import of another room that does not go through a door."""
        root = str(self.root)
        doors = set(cast("list[str]", self.doors))
        open_rooms = set(cast("list[str]", self.open_rooms or []))
        pairs = [line.split("->") for line in cast("list[str]", self.also or [])]
        also = [(room.strip(), pattern.strip()) for room, pattern in pairs]
        violations: Violations = []
        for importer, imported in _direct_imports(graph, root):
            (room, _), (other, inner) = _split(importer, root), _split(imported, root)
            if room == other or other in open_rooms or inner.split(".")[0] in doors:
                continue
            if any(room == r and fnmatch.fnmatch(f"{other}.{inner}", pattern) for r, pattern in also):
                continue
            lines = _lines(graph, importer, imported)
            violations.append((importer, imported, f"{other} is entered only by api and facts ({lines})"))
        return self._result(violations)


class RoomOrderContract(_GongkaiContract):
    """Inside every room the named modules import downwards only; modules joined by `|` may import each other.

    A module that is not named may import what it likes, but a named one reaches a higher one through it no more
    than directly: chains through unnamed modules of the room are followed.
    """

    type_name = "room_order"
    root = fields.StringField()
    layers = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import that points upwards inside its room."""
        root = str(self.root)
        rank: dict[str, int] = {}
        for number, line in enumerate(cast("list[str]", self.layers)):
            rank.update({name.strip(): number for name in line.split("|")})
        edges: dict[str, list[str]] = {}
        for importer, imported in _direct_imports(graph, root):
            if _split(importer, root)[0] == _split(imported, root)[0]:
                edges.setdefault(importer, []).append(imported)
        violations: Violations = []
        for importer in sorted(edges):
            part = _split(importer, root)[1].split(".")[0]
            if part not in rank:
                continue
            seen = {importer}
            queue = [(imported, importer) for imported in edges[importer]]
            while queue:
                imported, by = queue.pop()
                if imported in seen:
                    continue
                seen.add(imported)
                other = _split(imported, root)[1].split(".")[0]
                if other not in rank:
                    queue.extend((further, imported) for further in edges.get(imported, []))
                elif rank[other] < rank[part]:
                    how = _lines(graph, by, imported) if by == importer else f"through {by}"
                    violations.append((importer, imported, f"{part} lies below {other} ({how})"))
        return self._result(violations)
