"""From data classes to JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1), and from values to JSON bodies.

A field is `Annotated[type, Means("中文说明", …)]`. Unions are of None, plain types and shapes; a shape with a field `type: Literal[…]`
takes part in unions by that field. No shape takes properties that it does not name.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}


@dataclass(frozen=True, slots=True)
class Means:
    """What a field means, and what its text looks like."""

    text: str
    pattern: str = ""
    format: str = ""

    def limits(self) -> dict[str, Any]:
        """Return the keywords of this meaning."""
        found = {"description": self.text, "pattern": self.pattern, "format": self.format}
        return {name: value for name, value in found.items() if value}


def body_of(shape: Any) -> bytes:
    """Return a data class instance as the bytes of a JSON file."""
    return json.dumps(asdict(shape), ensure_ascii=False, indent=1).encode() + b"\n"


def reference(shape: type) -> dict[str, str]:
    """Return the reference to a shape among the components of a description."""
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def schemas_of(*shapes: type) -> dict[str, dict[str, Any]]:
    """Return the schemas of these shapes and of all that they hold, by name, in order of first use."""
    found: dict[str, dict[str, Any]] = {}
    for shape in shapes:
        _collect(shape, found)
    return found


def _collect(shape: type, found: dict[str, dict[str, Any]]) -> None:
    if shape.__name__ in found:
        return
    hints = get_type_hints(shape, include_extras=True)
    found[shape.__name__] = {}
    found[shape.__name__].update(
        type="object",
        description=(shape.__doc__ or "").strip(),
        properties={f.name: _schema(hints[f.name], found) for f in fields(shape)},
        required=[f.name for f in fields(shape)],
        additionalProperties=False,
    )


def _schema(kind: Any, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *notes = get_args(kind)
        schema = dict(_schema(inner, found))
        for note in notes:
            if isinstance(note, Means):
                _note(schema, note)
        return schema
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if origin is Literal:
        return {"enum": list(get_args(kind))}
    if origin is tuple:
        return {"type": "array", "items": _schema(get_args(kind)[0], found)}
    if origin is dict or origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(get_args(kind)[1], found)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(part, found) for part in get_args(kind)]}
    if is_dataclass(kind) and isinstance(kind, type):
        _collect(kind, found)
        return dict(reference(kind))
    raise TypeError(f"no schema for {kind}")


def _note(schema: dict[str, Any], note: Means) -> None:
    """Put a meaning on a schema; limits of text go to the part that is text."""
    limits = note.limits()
    schema["description"] = limits.pop("description")
    place = next((part for part in schema.get("anyOf", ()) if part.get("type") == "string"), schema)
    place.update(limits)
