"""Everything out and in again: an export reads without this program, and an empty machine ends with the same public tree."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import frictionless
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.project.archiving.data_package import DESCRIPTOR
from gongkai.project.archiving.exported_tables import exported_models, from_open, open_type, to_open
from tools.testing.live import LiveSite, make_site

VALUES = st.one_of(
    st.tuples(st.just("BinaryField"), st.binary(max_size=40)),
    st.tuples(st.just("DateTimeField"), st.datetimes(timezones=st.just(UTC))),
    st.tuples(st.just("DateField"), st.dates()),
    st.tuples(st.just("DecimalField"), st.decimals(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just("UUIDField"), st.uuids()),
    st.tuples(st.just("TextField"), st.text()),
    st.tuples(st.just("BooleanField"), st.booleans()),
    st.tuples(st.just("BigIntegerField"), st.integers()),
    st.tuples(st.just("FloatField"), st.floats(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just("JSONField"), st.recursive(st.none() | st.booleans() | st.text(), st.lists)),
    st.tuples(st.just("DateField"), st.none()),
)


@given(VALUES)
def test_a_value_comes_back_through_json_as_it_left(
    pair: tuple[str, bytes | datetime | date | Decimal | str | None],
) -> None:
    kind, value = pair
    text = json.dumps(to_open(value, kind), ensure_ascii=False, allow_nan=False)
    assert from_open(json.loads(text), kind) == value


def test_no_column_of_a_kind_unknown_to_the_description() -> None:
    """A new kind of column must be given an open form before anybody exports it."""
    known = {"string", "integer", "number", "boolean", "date", "datetime", "any"}
    text = {
        "CharField", "TextField", "SlugField", "FileField", "BinaryField", "UUIDField", "GenericIPAddressField",
    }  # fmt: skip
    for model in exported_models(credentials=True):
        for field in model._meta.local_concrete_fields:
            assert open_type(field) in known
            if open_type(field) == "string":
                from gongkai.project.archiving.exported_tables import storage_kind

                assert storage_kind(field) in text, f"{model._meta.label}.{field.name}"


def tree(home: Path) -> dict[str, str]:
    """Return every file of a public tree with its digest."""
    root = home / "public"
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveSite, Path]]:
    """Return the demonstration authority, built whole, and an export of it."""
    site = make_site(prepared="demonstration")
    site.environ["GONGKAI_SITE_URL"] = "https://wsjkj.example.gov.cn"
    built = site.run("build", "--full")
    assert built.returncode == 0, built.stderr
    folder = tmp_path_factory.mktemp("export") / "all"
    done = site.run("export", str(folder), "--reason", "moving", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] > 5000
    yield site, folder
    shutil.rmtree(site.home, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.database
@pytest.mark.xdist_group("export")
def test_export_describes_itself_and_keeps_secrets(exported: tuple[LiveSite, Path]) -> None:
    site, folder = exported
    descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        path = folder / resource["path"]
        assert f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" == resource["hash"]
        if path.suffix == ".jsonl":
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            assert len(rows) == resource["gongkai"]["rows"]
            names = [field["name"] for field in resource["schema"]["fields"]]
            assert all(list(row) == names for row in rows), resource["name"]
    for resource in descriptor["resources"]:
        if resource["name"] in {"records_release", "requests_case", "organisations_user", "journal_entry"}:
            rows = [json.loads(line) for line in (folder / resource["path"]).open(encoding="utf-8")]
            schema = {key: value for key, value in resource["schema"].items() if key != "foreignKeys"}
            table = frictionless.Resource(data=rows, schema=frictionless.Schema.from_descriptor(schema))
            report = table.validate()
            assert report.valid, report.flatten(["fieldName", "note"])[:5]

    every = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    keys = [path.read_bytes() for path in (site.home / "keys").glob("*.key")]
    assert keys
    assert not [key for key in keys if key in every or key.hex().encode() in every]
    users = (folder / "tables/organisations_user.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["password"] for line in users} == {"!"}
    assert not (folder / "tables/otp_totp_totpdevice.jsonl").exists()
    facts = (folder / "tables/journal_entry.jsonl").read_text(encoding="utf-8")
    assert '"project.DataExported"' in facts


@pytest.mark.slow
@pytest.mark.database
@pytest.mark.xdist_group("export")
def test_an_empty_machine_ends_with_the_same_public_tree(
    exported: tuple[LiveSite, Path], tmp_path: Path
) -> None:
    site, folder = exported
    fresh = make_site()
    fresh.environ["GONGKAI_SITE_URL"] = site.environ["GONGKAI_SITE_URL"]
    (fresh.home / "keys").mkdir(exist_ok=True)
    refused = fresh.run("import-export", str(folder))
    assert refused.returncode == 1
    assert "密钥" in refused.stderr
    shutil.copytree(site.home / "keys", fresh.home / "keys", dirs_exist_ok=True)

    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    with (damaged / "tables/records_record.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    refused = fresh.run("import-export", str(damaged))
    assert refused.returncode == 1
    assert "records_record.jsonl" in refused.stderr

    done = fresh.run("import-export", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    assert tree(fresh.home) == tree(site.home)
    verified = fresh.run("journal", "verify", "--json")
    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout)["entries"] == json.loads(done.stdout)["entries"]

    # Numbers go on behind the highest: a further draft collides with nothing.
    draft = tmp_path / "通知.txt"
    draft.write_text("关于开展健康讲座的通知\n定于下周在社区举办健康讲座。\n", encoding="utf-8")
    added = fresh.run("import", str(draft), "--org", "demo", "--catalogue", "F22", "--json")
    assert added.returncode == 0, added.stdout + added.stderr
    twice = fresh.run("import-export", str(folder))
    assert twice.returncode == 1
    assert "已有数据" in twice.stderr
    shutil.rmtree(fresh.home, ignore_errors=True)
