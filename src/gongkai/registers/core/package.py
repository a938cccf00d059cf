"""Data packages (数据包): a Frictionless table schema, CSV and JSON of what the public may see."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from gongkai.registers.core.schema import Register, RegisterField
from gongkai.registers.core.values import Value, to_stored

_FRICTIONLESS = {
    "text": "string", "code": "string", "choice": "string", "integer": "integer", "decimal": "number", "money": "number",
    "date": "date", "boolean": "boolean",
}  # fmt: skip


def table_schema(rule: Register) -> dict[str, Any]:
    """Return the Frictionless Table Schema of the public fields."""
    fields = [_schema_field(f) for f in rule.public_fields]
    keys = [k for k in rule.key if k in {f["name"] for f in fields}]
    return {
        "fields": fields,
        "missingValues": [""],
        **({"primaryKey": keys} if len(keys) == len(rule.key) else {}),
    }


def _schema_field(rule: RegisterField) -> dict[str, Any]:
    described: dict[str, Any] = {"name": rule.id, "title": rule.name, "type": _FRICTIONLESS[rule.type]}
    if rule.unit:
        described["description"] = f"单位：{rule.unit}"
    constraints: dict[str, Any] = {}
    if rule.required:
        constraints["required"] = True
    if rule.codes:
        constraints["enum"] = [code.id for code in rule.codes]
        described["codes"] = {code.id: code.name for code in rule.codes}
    if rule.at_least is not None:
        constraints["minimum"] = rule.at_least
    if rule.at_most is not None:
        constraints["maximum"] = rule.at_most
    if constraints:
        described["constraints"] = constraints
    return described


def table_csv(rule: Register, rows: Iterable[Mapping[str, Value]]) -> bytes:
    """Return the public fields as CSV (UTF-8, heads are field ids); texts cannot start a spreadsheet formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    ids = [f.id for f in rule.public_fields]
    writer.writerow(ids)
    for row in rows:
        writer.writerow([_csv_cell(row.get(name)) for name in ids])
    return out.getvalue().encode()


def _csv_cell(value: Value) -> str:
    stored = to_stored(value)
    if stored is None:
        return ""
    if isinstance(stored, bool):
        return "true" if stored else "false"
    text = str(stored)
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" else text


def table_json(rule: Register, rows: Iterable[Mapping[str, Value]]) -> bytes:
    """Return the public fields as a JSON array of objects."""
    ids = [f.id for f in rule.public_fields]
    data = [{name: to_stored(row.get(name)) for name in ids} for row in rows]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def data_package(
    rule: Register, *, name: str, title: str, files: Mapping[str, int], licence: str = ""
) -> dict[str, Any]:
    """Return a data package descriptor for the files beside it (`files`: file name → bytes)."""
    resources = [
        {
            "name": file.rpartition(".")[0].lower().replace("_", "-") + ("-json" if file.endswith(".json") else ""),
            "path": file, "bytes": size, "encoding": "utf-8",
            **({"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "schema": table_schema(rule)}
               if file.endswith(".csv") else {"format": "json", "mediatype": "application/json"}),
        }
        for file, size in files.items()
    ]  # fmt: skip
    package: dict[str, Any] = {
        "name": name,
        "title": title,
        "profile": "data-package",
        "resources": resources,
    }
    if licence:
        package["licenses"] = [{"name": licence}]
    return package
