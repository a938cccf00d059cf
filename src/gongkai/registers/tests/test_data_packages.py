"""Data packages that the official validator accepts, for every register, and that it refuses when they are wrong."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from frictionless import Package, system

from gongkai.registers.core.package import package_files
from gongkai.registers.core.schema import Register, RegisterField, all_registers
from gongkai.registers.core.values import Value

DAY = date(2026, 3, 2)


def value(rule: RegisterField, number: int) -> Value:
    """Return a value that the field allows; texts hold what spreadsheets trip over."""
    low = rule.at_least if rule.at_least is not None else -3
    high = rule.at_most if rule.at_most is not None else low + 100
    match rule.type:
        case "text":
            return ("=1+1，“引号”", "两行\n文字", "-减", "平常")[number % 4]
        case "code":
            return f"C-{number}"
        case "choice":
            return rule.codes[number % len(rule.codes)].id
        case "integer":
            return low + number % (high - low + 1)
        case "decimal":
            return Decimal(low) + Decimal(number) / 1000
        case "money":
            return Decimal(low) + Decimal(number) / 100
        case "date":
            return DAY.replace(day=1 + number % 28, month=1 + number // 28)
        case _:
            return number % 2 == 0


def rows(rule: Register, count: int = 5) -> list[dict[str, Value]]:
    """Return rows with every field filled and rows with only the required ones."""
    return [
        {f.id: value(f, n) if n % 2 or f.required else None for f in rule.public_fields} for n in range(count)
    ]


def unpacked(rule: Register, folder: Path, listed: list[dict[str, Value]]) -> Path:
    """Write the package of a register out and return its descriptor."""
    files = package_files(rule, listed, name=rule.id.replace("_", "-"), title=rule.name)
    (packed,) = (data for name, data in files.items() if name.endswith(".zip"))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    return folder / "datapackage.json"


def test_every_public_register_makes_a_valid_package(tmp_path: Path):
    checked = 0
    for rule in all_registers():
        if not rule.is_public:
            continue
        descriptor = unpacked(rule, tmp_path / rule.id, rows(rule))
        with system.use_context(trusted=True):
            report = Package(str(descriptor)).validate()
        assert report.valid, (rule.id, report.flatten(["type", "message"])[:5])
        assert report.stats["errors"] == 0
        checked += 1
    assert checked > 25


def test_validator_refuses_a_package_that_was_tampered_with(tmp_path: Path):
    rule = next(r for r in all_registers() if r.id == "media_post")
    descriptor = unpacked(rule, tmp_path, rows(rule))
    table = tmp_path / "media-post.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("2026-01-01", "昨天"), encoding="utf-8")
    with system.use_context(trusted=True):
        report = Package(str(descriptor)).validate()
    assert not report.valid
    assert {"type-error"} <= {row[0] for row in report.flatten(["type"])} or "hash-count" in str(report)


def test_interface_description_names_the_files_and_the_type_of_every_field(tmp_path: Path):
    rule = next(r for r in all_registers() if r.id == "penalty_case")
    unpacked(rule, tmp_path, rows(rule))
    described = json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))
    assert set(described["paths"]) == {"/penalty-case.json", "/penalty-case.csv"}
    row = described["components"]["schemas"]["Row"]
    assert set(row["properties"]) == {f.id for f in rule.public_fields}
    for one in json.loads((tmp_path / "penalty-case.json").read_text(encoding="utf-8")):
        assert set(one) == set(row["required"])
        for name, described_field in row["properties"].items():
            kinds = described_field["type"]
            names = {str: "string", bool: "boolean", int: "integer", type(None): "null"}
            assert names[type(one[name])] in ([kinds] if isinstance(kinds, str) else kinds), name


def test_same_rows_give_the_same_bytes():
    rule = next(r for r in all_registers() if r.id == "inspection")
    once, again = (package_files(rule, rows(rule), name="x", title="题") for _ in range(2))
    assert once == again


@pytest.mark.parametrize("secret", ["party_person"])
def test_no_package_holds_an_internal_field(secret: str):
    for rule in all_registers():
        hidden = {f.id for f in rule.fields if f.privacy == "internal"}
        files = package_files(rule, rows(rule, 1), name="x", title="题")
        assert not hidden & set(json.loads(files["x.json"])[0])
        if secret in {f.id for f in rule.fields}:
            assert rule.field(secret).privacy == "person_name"
