"""The proof of a withdrawal: a clean tree is proved, a planted copy is found wherever and however it is packed."""

from __future__ import annotations

import gzip
import html
import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal import tree
from gongkai.portal.builder import Builder
from gongkai.portal.core.blocks import plain_text
from gongkai.portal.places import places_under
from gongkai.portal.proof.fingerprints import SHORT, Sieve, prints_of
from gongkai.portal.proof.proof import NotWithdrawn, prove
from gongkai.portal.proof.reading import blobs, text_of
from gongkai.portal.search.schema import current_folder
from gongkai.portal.search.writing import update_index
from gongkai.portal.testing.payloads import GeneratedSource, file_bytes, generated_site, payload

TODAY = date(2026, 11, 22)
GONE = 25
SECRET = "本次演练在云溪桥头设立临时观察哨，由值守人员每两小时记录一次水位读数"


def secret_payload() -> dict:
    content = payload(GONE)
    content["blocks"].insert(
        2, {"type": "paragraph", "html": f"<strong>{SECRET[:10]}</strong>{SECRET[10:]}。"}
    )
    return content


@pytest.fixture(scope="module")
def withdrawn_once(
    built_once: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, GeneratedSource]:
    home, source = tmp_path_factory.mktemp("withdrawn") / "home", GeneratedSource(130)
    shutil.copytree(built_once, home)
    builder = Builder(places_under(home), source, generated_site)
    builder.apply(source.release(GONE, secret_payload()), today=TODAY)
    builder.apply(source.withdraw(GONE), today=TODAY)
    return home, source


@pytest.fixture
def home(withdrawn_once: tuple[Path, GeneratedSource], tmp_path: Path) -> Path:
    target = tmp_path / "home"
    shutil.copytree(withdrawn_once[0], target)
    return target


def proof(home: Path, withdrawn_once: tuple[Path, GeneratedSource], *, quick: bool = False) -> list[str]:
    return [str(left) for left in prove(places_under(home), withdrawn_once[1], GONE, quick=quick)]


def test_clean_tree_is_proved(withdrawn_once: tuple[Path, GeneratedSource]) -> None:
    assert proof(withdrawn_once[0], withdrawn_once) == []
    assert proof(withdrawn_once[0], withdrawn_once, quick=True) == []


def test_public_record_cannot_be_proved_gone(withdrawn_once: tuple[Path, GeneratedSource]) -> None:
    with pytest.raises(NotWithdrawn):
        prove(places_under(withdrawn_once[0]), withdrawn_once[1], 24)


def as_zip(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/说明.txt", body)
    return out.getvalue()


WRAPPINGS: dict[str, Callable[[str], tuple[str, bytes]]] = {
    "plain": lambda t: ("notes.txt", t.encode()),
    "gb18030": lambda t: ("notes.txt", t.encode("gb18030")),
    "utf-16": lambda t: ("notes.txt", t.encode("utf-16")),
    "html": lambda t: (
        "x.html",
        f"<html><body><p>{html.escape(t[:9])}<em>{html.escape(t[9:])}</em></p></body></html>".encode(),
    ),
    "entities": lambda t: ("x.html", "".join(f"&#{ord(c)};" for c in t).encode()),
    "gz": lambda t: ("x.html.gz", gzip.compress(f"<p>{t}</p>".encode())),
    "br": lambda t: ("x.html.br", brotli.compress(f"<p>{t}</p>".encode())),
    "json": lambda t: ("x.json", json.dumps({"a": [{"b": t}]}).encode()),
    "jsonl": lambda t: ("x.jsonl", (json.dumps({"q": 1}) + "\n" + json.dumps({"a": t})).encode()),
    "feed": lambda t: ("x.xml", f"<feed><entry><summary>{t}</summary></entry></feed>".encode()),
    "zip": lambda t: ("x.zip", as_zip(t.encode())),
    "zip in gz in zip": lambda t: ("x.zip", as_zip(gzip.compress(as_zip(json.dumps([t]).encode())))),
    "spaced": lambda t: ("x.txt", " \n".join(t).encode()),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_planted_text_is_found_in_any_wrapping(
    wrapping: str, home: Path, withdrawn_once: tuple[Path, GeneratedSource]
) -> None:
    rng = random.Random(wrapping)
    folders = sorted(p for p in (home / "public").rglob("*") if p.is_dir())
    start = rng.randint(0, len(SECRET) - SHORT - 1)
    name, body = WRAPPINGS[wrapping](SECRET[start : start + SHORT])
    target = rng.choice(folders) / name
    target.write_bytes(body)
    found = proof(home, withdrawn_once)
    assert len(found) == 1
    assert target.name in found[0]


@pytest.mark.parametrize("seed", range(4))
def test_text_planted_into_an_existing_file_is_found(
    seed: int, home: Path, withdrawn_once: tuple[Path, GeneratedSource]
) -> None:
    rng = random.Random(seed)
    files = sorted(
        p
        for p in (home / "public").rglob("*")
        if p.is_file() and p.name.endswith((*tree.COMPRESSED, *tree.VARIANTS))
    )
    lines = [
        line for line in plain_text(secret_payload()).split("\n") if "云溪桥头" in line or "第25号" in line
    ]
    line = rng.choice(lines)
    target = rng.choice(files)
    body = target.read_bytes()
    if target.suffix == ".gz":
        target.write_bytes(gzip.compress(gzip.decompress(body) + line.encode()))
    elif target.suffix == ".br":
        target.write_bytes(brotli.compress(brotli.decompress(body) + line.encode()))
    else:
        target.write_bytes(body + line.encode())
    assert [target.name in left for left in proof(home, withdrawn_once)] == [True]


def test_attachment_is_found_by_hash_also_in_an_archive(
    home: Path, withdrawn_once: tuple[Path, GeneratedSource]
) -> None:
    (home / "public/img").mkdir(exist_ok=True)
    (home / "public/img/renamed.bin").write_bytes(file_bytes(GONE))
    (home / "public/open/all.zip").write_bytes(as_zip(file_bytes(GONE)))
    found = proof(home, withdrawn_once)
    assert len(found) == 2
    assert all("原件" in left for left in found)


def test_own_files_left_behind_are_found_quickly(
    home: Path, withdrawn_once: tuple[Path, GeneratedSource]
) -> None:
    content = secret_payload()
    stem = content["path"].removesuffix(".html")
    (home / "public/open" / f"{stem}.json").write_text("{}")
    page = home / "public" / content["path"]
    page.write_text(page.read_text() + SECRET)
    found = proof(home, withdrawn_once, quick=True)
    assert [f"open/{stem}.json" in left or content["path"] in left for left in found] == [True, True]


def test_staged_file_left_by_a_crash_is_found(
    home: Path, withdrawn_once: tuple[Path, GeneratedSource]
) -> None:
    stage = tree.stage_folder(home / "public")
    stage.mkdir(exist_ok=True)
    (stage / "0000001").write_text(SECRET)
    assert len(proof(home, withdrawn_once)) == 1


def test_document_left_in_the_index_is_found(
    home: Path, withdrawn_once: tuple[Path, GeneratedSource]
) -> None:
    source = GeneratedSource(130)
    from gongkai.portal.core.cards import card_of
    from gongkai.portal.core.values import Release

    card = card_of(Release(1, GONE, "publish", "", "", secret_payload()))
    update_index(home / "portal/index", [(card, secret_payload())])
    assert any("搜索索引" in left for left in proof(home, withdrawn_once, quick=True))
    assert any("搜索索引" in left for left in proof(home, withdrawn_once))
    assert source.count == 130


def test_old_index_folder_is_found(home: Path, withdrawn_once: tuple[Path, GeneratedSource]) -> None:
    folder = current_folder(home / "portal/index")
    assert folder is not None
    shutil.copytree(folder, folder.with_name("gongkai-1-9999999"))
    assert any("旧的索引" in left for left in proof(home, withdrawn_once))


def test_sentence_that_another_record_still_publishes_is_no_leftover(
    built_once: Path, tmp_path: Path
) -> None:
    home, source = tmp_path / "home", GeneratedSource(130)
    shutil.copytree(built_once, home)
    builder = Builder(places_under(home), source, generated_site)
    builder.apply(source.release(GONE, secret_payload()), today=TODAY)
    other = payload(131)
    other["blocks"].append({"type": "quotation", "html": SECRET, "cite": ""})
    builder.apply(source.release(131, other), today=TODAY)
    builder.apply(source.withdraw(GONE), today=TODAY)
    assert prove(places_under(home), source, GONE) == []


def test_huge_archive_is_reported_not_unpacked(
    home: Path, withdrawn_once: tuple[Path, GeneratedSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.portal.proof.reading.LIMIT", 1000)
    (home / "public/big.zip").write_bytes(as_zip(b"0" * 5000))
    assert any("未能查证" in left and "big.zip" in left for left in proof(home, withdrawn_once))


@given(before=st.text(max_size=30), after=st.text(max_size=30), start=st.integers(0, len(SECRET) - SHORT))
def test_any_stretch_of_the_text_is_recognised_in_any_surroundings(
    before: str, after: str, start: int
) -> None:
    sieve = Sieve(frozenset(prints_of(SECRET)))
    assert sieve.hits(before + SECRET[start : start + SHORT] + after)


@given(
    data=st.binary(max_size=300),
    name=st.sampled_from(["a", "a.br", "a.gz", "a.zip"]),
    head=st.sampled_from([b"", b"\x1f\x8b", b"PK\x03\x04", b"\xff\xfe", b"{"]),
)
def test_any_bytes_can_be_read(data: bytes, name: str, head: bytes) -> None:
    for _, blob in blobs(head + data, name):
        assert isinstance(text_of(blob), str)
