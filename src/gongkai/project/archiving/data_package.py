"""The description of an export (导出说明): a Frictionless Data Package that names every table, column, reference and file.

Shape: https://specs.frictionlessdata.io/data-package/ and /table-schema/. What is ours stands under `gongkai`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db.models import Field, Model

from gongkai.project.archiving.exported_tables import open_type, storage_kind
from gongkai.project.archiving.manifest import digest
from gongkai.project.failure import CommandFailed

DESCRIPTOR = "datapackage.json"
FORMAT = 1
FILES_SCHEMA = {
    "fields": [
        {"name": "path", "type": "string", "title": "文件路径，相对于导出目录"},
        {"name": "size_bytes", "type": "integer", "title": "字节数"},
        {"name": "sha256", "type": "string", "title": "内容的 SHA-256"},
    ],
    "primaryKey": ["path"],
}
SEALED = (
    "以 sealed 开头的列是加密的个人信息（Base64）：第 1 字节为版本 1，其后 12 字节为随机数，16 字节为校验值，余下为密文；"
    "算法 SM4-GCM，密钥是密钥目录中 identity-sm4.key 的前 16 字节，附加数据为所属对象，如 case 的主题、consultation:编号、letter:编号。"
    "密钥不在导出之中。"
)


def _column(field: Field[Any, Any]) -> dict[str, Any]:
    column: dict[str, Any] = {"name": field.column, "type": open_type(field)}
    if str(field.verbose_name) != field.name.replace("_", " "):
        column["title"] = str(field.verbose_name)
    if storage_kind(field) == "BinaryField":
        column["format"] = "binary"
    if column["type"] == "datetime":
        column["format"] = "any"
    if choices := [
        f"{value} {label}" for value, label in field.flatchoices if not isinstance(value, type(None))
    ]:
        column["description"] = "；".join(choices)[:2000]
    if not field.null:
        column["constraints"] = {"required": True} if column["type"] not in {"string", "any"} else {}
    return {key: value for key, value in column.items() if value != {}}


def _references(model: type[Model], tables: set[str]) -> list[dict[str, Any]]:
    found = []
    for field in model._meta.local_concrete_fields:
        if field.remote_field is None or not field.db_constraint:  # type: ignore[attr-defined]
            continue
        target = field.target_field  # type: ignore[attr-defined]
        table = target.model._meta.db_table
        if table in tables:
            resource = "" if table == model._meta.db_table else table
            found.append(
                {"fields": [field.column], "reference": {"resource": resource, "fields": [target.column]}}
            )
    return found


def table_resource(folder: Path, model: type[Model], *, rows: int, tables: set[str]) -> dict[str, Any]:
    """Return the resource of one exported table, whose file stands already."""
    options, path = model._meta, f"tables/{model._meta.db_table}.jsonl"
    schema: dict[str, Any] = {
        "fields": [_column(field) for field in options.local_concrete_fields],
        "primaryKey": [options.pk.column],
    }
    if references := _references(model, tables):
        schema["foreignKeys"] = references
    return {
        "name": options.db_table,
        "path": path,
        "profile": "tabular-data-resource",
        "format": "jsonl",
        "mediatype": "application/jsonl",
        "encoding": "utf-8",
        "title": str(options.verbose_name),
        "description": ((model.__doc__ or "").strip().splitlines() or [""])[0],
        "bytes": (folder / path).stat().st_size,
        "hash": f"sha256:{digest(folder / path)}",
        "gongkai": {"rows": rows},
        "schema": schema,
    }


def files_resource(folder: Path) -> dict[str, Any]:
    """Return the resource of the list of files."""
    path = folder / "files.csv"
    return {
        "name": "files",
        "path": "files.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "encoding": "utf-8",
        "title": "附件、封存头与本单位法规数据",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest(path)}",
        "schema": FILES_SCHEMA,
    }


def write_descriptor(folder: Path, *, resources: list[dict[str, Any]], facts_about: dict[str, Any]) -> None:
    """Write the descriptor; it comes last, so a folder without one is an unfinished export."""
    descriptor = {
        "profile": "data-package",
        "name": "gongkai-export",
        "title": "政务公开系统整体导出",
        "description": "每张表一个 JSON Lines 文件，一行一条；附件原样在 media/，台账封存头在 heads/，清单见 files.csv。时刻为 UTC。" + SEALED,
        "gongkai": {"format": FORMAT, **facts_about},
        "resources": resources,
    }  # fmt: skip
    text = json.dumps(descriptor, ensure_ascii=False, indent=1)
    (folder / DESCRIPTOR).write_text(text + "\n", encoding="utf-8")


def read_descriptor(folder: Path) -> dict[str, Any]:
    """Return the descriptor of an export; raises CommandFailed when there is none or it is of another format."""
    path = folder / DESCRIPTOR
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        kind = found["gongkai"]["format"]
        found["resources"][0]["path"]
    except FileNotFoundError as error:
        raise CommandFailed(
            "no_export",
            "这个目录不是完整的导出：没有说明文件",
            where=str(path),
            remedy="请选用另一份导出",
        ) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise CommandFailed(
            "bad_export", "导出的说明文件读不懂", where=str(path), remedy="请选用另一份导出"
        ) from error
    if kind != FORMAT:
        raise CommandFailed(
            "bad_export",
            f"导出格式 {kind} 与程序不符",
            where=str(path),
            remedy="请用与导出同版本的程序导入",
        )
    return found
