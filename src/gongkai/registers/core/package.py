"""Data packages (数据包): a Frictionless table schema, CSV, JSON and a description of the interface, of what the public may see."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from gongkai.registers.core.schema import Register, RegisterField
from gongkai.registers.core.values import Value, shown, to_stored

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


def exchange_csv(rule: Register, rows: Iterable[Mapping[str, Value]]) -> bytes:
    """Return rows as the national data standard names their fields (数据标准), for exchange: names of codes, amounts in 万元 with
    six decimals. Fields that share a code stand in one column; what the standard does not know is left out."""
    columns: dict[str, list[RegisterField]] = {}
    for column in rule.fields:
        if column.standard_code:
            columns.setdefault(column.standard_code, []).append(column)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_exchange_cell(fields, row) for fields in columns.values()])
    return out.getvalue().encode()


def _exchange_cell(fields: list[RegisterField], row: Mapping[str, Value]) -> str:
    for column in fields:
        value = row.get(column.id)
        if value is None:
            continue
        if column.unit == "万元" and isinstance(value, Decimal):
            return f"{value:.6f}"
        text = shown(column, value)
        return f"'{text}" if column.type == "text" and text[:1] in "=+-@\t\r" else text
    return ""


def data_package(rule: Register, *, name: str, title: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return a data package descriptor for the files beside it (`files`: name → content, .csv or .json)."""
    resources = [
        {
            "name": file.replace(".", "-").replace("_", "-").lower(), "path": file, "bytes": len(data),
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "encoding": "utf-8",
            **({"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "schema": table_schema(rule)}
               if file.endswith(".csv") else {"format": "json", "mediatype": "application/json"}),
        }
        for file, data in files.items()
    ]  # fmt: skip
    return {
        "name": name,
        "title": title,
        "profile": "data-package",
        "version": rule.version,
        "resources": resources,
    }


def interface_description(rule: Register, *, name: str, title: str) -> dict[str, Any]:
    """Return an OpenAPI 3.1 description of the files of a release: plain GET, no key, the row schema under `components`."""
    row = {
        "type": "object",
        "required": [f.id for f in rule.public_fields],
        "properties": {f.id: _json_type(f) for f in rule.public_fields},
    }
    rows = {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": rule.version, "description": "；".join(rule.basis)},
        "paths": {
            f"/{name}.json": {"get": {"summary": f"{title}（JSON）", "responses": {"200": {"description": "全部公开行", "content": {"application/json": {"schema": rows}}}}}},
            f"/{name}.csv": {"get": {"summary": f"{title}（CSV，UTF-8，表头为字段编号）", "responses": {"200": {"description": "全部公开行", "content": {"text/csv": {}}}}}},
        },
        "components": {"schemas": {"Row": row}},
    }  # fmt: skip


def _json_type(rule: RegisterField) -> dict[str, Any]:
    kind = {"integer": "integer", "boolean": "boolean"}.get(rule.type, "string")
    described: dict[str, Any] = {"type": kind if rule.required else [kind, "null"], "title": rule.name}
    if rule.type == "date":
        described["format"] = "date"
    if rule.type in ("decimal", "money"):
        described["description"] = "十进制数，写成文字以保留位数" + (
            f"；单位：{rule.unit}" if rule.unit else ""
        )
    elif rule.unit:
        described["description"] = f"单位：{rule.unit}"
    if rule.codes:
        described["enum"] = [code.id for code in rule.codes] + ([] if rule.required else [None])
    return described


def package_files(
    rule: Register, rows: Iterable[Mapping[str, Value]], *, name: str, title: str
) -> dict[str, bytes]:
    """Return the files of a release by name: CSV, JSON, and a zip that holds both with descriptor and interface."""
    listed = list(rows)
    data = {f"{name}.csv": table_csv(rule, listed), f"{name}.json": table_json(rule, listed)}
    inside = {
        "datapackage.json": _as_json(data_package(rule, name=name, title=title, files=data)),
        "openapi.json": _as_json(interface_description(rule, name=name, title=title)),
        **data,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in inside.items():
            # A fixed time: the same rows give the same bytes, and the same bytes are stored once.
            archive.writestr(zipfile.ZipInfo(file, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return {**data, f"{name}-datapackage.zip": packed.getvalue()}


def _as_json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
