"""The builder: incremental equals full, twice equals once, pages a publication touches, withdrawal, crashes."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import zlib
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from gongkai.portal import tree
from gongkai.portal.builder import Builder
from gongkai.portal.places import places_under
from gongkai.portal.state.results import transaction
from gongkai.portal.state.schema import open_state, set_meta
from gongkai.portal.testing.payloads import ORG, GeneratedSource, generated_site, index_number, payload

TODAY = date(2026, 11, 22)
SOURCE_ROOT = Path(__file__).resolve().parents[3]


def tree_of(public: Path) -> dict[str, str]:
    found = {}
    for folder, _, names in os.walk(public):
        for name in names:
            path = Path(folder, name)
            found[path.relative_to(public).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def rebuilt(tmp_path: Path, source: GeneratedSource, today: date = TODAY) -> dict[str, str]:
    """Return the tree a full build from nothing gives."""
    home = tmp_path / "fresh"
    Builder(places_under(home), source, generated_site).build(full=True, today=today)
    return tree_of(home / "public")


def test_build_twice_writes_nothing(builder: Builder, public: Path) -> None:
    before = tree_of(public)
    assert builder.build(today=TODAY).written == 0
    report = builder.build(full=True, today=TODAY)
    assert (report.written, report.removed) == (0, 0)
    assert tree_of(public) == before


def test_every_variant_unpacks_to_its_file(public: Path) -> None:
    checked = 0
    for path in public.rglob("*"):
        if path.is_file() and path.name.endswith(tree.COMPRESSED):
            body = path.read_bytes()
            assert zlib.decompress(Path(f"{path}.gz").read_bytes(), 31) == body
            assert brotli.decompress(Path(f"{path}.br").read_bytes()) == body
            checked += 1
    assert checked > 300


def test_publication_equals_full_build(
    builder: Builder, source: GeneratedSource, public: Path, tmp_path: Path
) -> None:
    for number in range(131, 137):
        builder.apply(source.release(number, payload(number)), today=TODAY)
    assert tree_of(public) == rebuilt(tmp_path, source)


def test_amendment_that_moves_lists_equals_full_build(
    builder: Builder, source: GeneratedSource, public: Path, tmp_path: Path
) -> None:
    content = source.content(9)
    content["columns"] = ["tzgg", "gzdt"]
    content["topics"] = ["yqfk"]
    content["validity"] = {"state": "repealed", "note": "", "by": index_number(40)}
    content["interprets"] = [index_number(50)]
    builder.apply(source.release(9, content), today=TODAY)
    content = source.content(13)
    content["interprets"], content["title"] = [], "改过的标题"
    builder.apply(source.release(13, content), today=TODAY)
    assert tree_of(public) == rebuilt(tmp_path, source)


def test_withdrawal_and_return_equal_full_build(
    builder: Builder, source: GeneratedSource, public: Path, tmp_path: Path
) -> None:
    for number in (1, 26, 65, 130, 97):
        builder.apply(source.withdraw(number, replaced_by=index_number(3)), today=TODAY)
    builder.apply(source.release(26, payload(26)), today=TODAY)
    assert tree_of(public) == rebuilt(tmp_path, source)


def test_citation_links_while_its_document_is_public(
    builder: Builder, source: GeneratedSource, public: Path, tmp_path: Path
) -> None:
    number = next(n for n in range(1, 130) if source.content(n)["document_number"])
    cited = source.content(number)
    other = source.content(number + 2)
    other["blocks"] = [{"type": "paragraph", "html": f"根据{cited['document_number']}，现予公布。"}]
    builder.apply(source.release(number + 2, other), today=TODAY)
    page, link = public / other["path"], f'<a href="/{cited["path"]}">{cited["document_number"]}</a>'
    assert link in page.read_text(encoding="utf-8")
    builder.apply(source.withdraw(number), today=TODAY)
    assert link not in page.read_text(encoding="utf-8")
    builder.apply(source.release(number, {**cited, "genre": "办法"}), today=TODAY)
    assert link in page.read_text(encoding="utf-8")
    assert cited["title"] in (public / "zwgk/zcwjk/banfa/index.html").read_text(encoding="utf-8")
    assert tree_of(public) == rebuilt(tmp_path, source)


STEP = st.tuples(st.sampled_from(("new", "withdraw", "amend", "again")), st.integers(1, 10_000))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=10))
def test_any_history_equals_full_build(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home, source = tmp_path_factory.mktemp("history"), GeneratedSource(0)
    builder = Builder(places_under(home), source, generated_site)
    builder.build(today=TODAY)
    numbers: list[int] = []
    for verb, seed in steps:
        rng = random.Random(seed)
        if verb == "new" or not numbers:
            numbers.append(len(numbers) + 1)
            release = source.release(numbers[-1], payload(numbers[-1]))
        else:
            number = rng.choice(numbers)
            content = payload(number)
            if verb == "withdraw":
                release = (
                    source.release(number, source.get(source.withdraw(number)).payload or {})
                    if not source.content(number).get("withdrawn")
                    else source.newest[number]
                )
            else:
                if verb == "amend":
                    content["columns"] = rng.sample(["tzgg", "gzdt", "zcwj", "zcjd"], 2)
                    content["validity"]["state"] = rng.choice(("valid", "amended", "repealed"))
                    content["related"] = [index_number(rng.choice(numbers))]
                release = source.release(number, content)
        builder.apply(release, today=TODAY)
        builder.apply(release, today=TODAY)
    assert tree_of(home / "public") == rebuilt(tmp_path_factory.mktemp("full"), source)


def test_withdrawal_leaves_tombstone_and_nothing_else(
    builder: Builder, source: GeneratedSource, public: Path
) -> None:
    content = source.content(25)
    path = content["path"]
    attachment = next((public / "att").rglob("*表25.pdf"))
    builder.apply(source.withdraw(25, reason="含有不应公开的内容"), today=TODAY)
    page = (public / path).read_text()
    assert "这条信息已撤回" in page
    assert "含有不应公开的内容" in page
    assert content["title"] not in page
    assert not attachment.exists()
    assert not (public / "open" / path.replace(".html", ".json")).exists()
    for file in public.rglob("*"):
        if file.is_file() and file.suffix in {".html", ".xml", ".json"}:
            assert content["title"] not in file.read_text(), file


def test_attachment_shared_by_two_records_stays_until_both_are_gone(
    builder: Builder, source: GeneratedSource, public: Path
) -> None:
    content = payload(200)
    content["attachments"] = source.content(25)["attachments"]
    builder.apply(source.release(200, content), today=TODAY)
    builder.apply(source.withdraw(25), today=TODAY)
    assert list((public / "att").rglob("*表25.pdf"))
    builder.apply(source.withdraw(200), today=TODAY)
    assert not list((public / "att").rglob("*表25.pdf"))


def test_pages_written_do_not_grow_with_the_site(tmp_path: Path) -> None:
    written = []
    for count in (60, 240):
        source = GeneratedSource(count)
        builder = Builder(places_under(tmp_path / str(count)), source, generated_site)
        builder.build(today=TODAY)
        costs = [
            builder.apply(
                source.release(
                    n,
                    payload(5001)
                    | {"path": f"doc/{ORG}/2020/{n:06d}.html", "index_number": f"{ORG}/2020-{n:05d}"},
                ),
                today=TODAY,
            ).pages_written
            for n in range(9000, 9003)
        ]
        written.append(max(costs))
    assert written[1] <= written[0] + 2
    assert written[1] <= 20


def test_validity_changes_on_its_day_without_a_release(tmp_path: Path) -> None:
    source = GeneratedSource(0)
    home = tmp_path / "days"
    builder = Builder(places_under(home), source, generated_site)
    builder.build(today=date(2026, 1, 1))
    content = payload(3) | {
        "effective_date": "2026-02-01",
        "expires_date": "2026-12-31",
        "validity": {"state": "valid", "note": "", "by": None},
    }
    builder.apply(source.release(3, content), today=date(2026, 1, 1))
    page = home / "public" / content["path"]
    assert "尚未施行" in page.read_text()
    assert builder.build(today=date(2026, 1, 31)).written == 0
    builder.build(today=date(2026, 2, 1))
    assert "尚未施行" not in page.read_text()
    builder.build(today=date(2026, 12, 31))
    assert "已失效" not in page.read_text()
    builder.build(today=date(2027, 1, 1))
    assert "已失效" in page.read_text()
    assert tree_of(home / "public") == rebuilt(tmp_path, source, date(2027, 1, 1))


def test_full_build_mends_and_removes_what_was_tampered_with(builder: Builder, public: Path) -> None:
    before = tree_of(public)
    (public / "index.html").write_text("tampered")
    (public / "zwgk/index.html.br").write_bytes(b"broken")
    (public / "doc/stray.html").write_text("stray")
    (public / "zwgk" / "zhinan" / "index.html").unlink()
    report = builder.build(full=True, today=TODAY)
    assert (report.written, report.removed) == (3, 1)
    assert tree_of(public) == before


def test_disk_full_keeps_old_pages_and_next_build_finishes(
    builder: Builder, source: GeneratedSource, public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree_of(public)
    real, calls = tree._write, []

    def full_disk(path: str, body: bytes) -> None:
        calls.append(path)
        if len(calls) > 7:
            raise OSError(28, "No space left on device")
        real(path, body)

    monkeypatch.setattr(tree, "_write", full_disk)
    with pytest.raises(tree.TreeNotWritable, match="磁盘已满"):
        builder.apply(source.release(131, payload(131)), today=TODAY)
    assert tree_of(public) == before
    monkeypatch.setattr(tree, "_write", real)
    builder.build(today=TODAY)
    assert tree_of(public) == rebuilt(tmp_path, source)


CRASH = """
import os, signal, sys
from datetime import date
from pathlib import Path
from gongkai.portal import tree
from gongkai.portal.builder import Builder
from gongkai.portal.places import places_under
from gongkai.portal.testing.payloads import GeneratedSource, generated_site, payload
home, after, verb = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
left = [after]
for name in ("replace", "unlink"):
    def dying(*args, _real=getattr(os, name), **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return _real(*args, **kwargs)
    setattr(tree.os, name, dying)
source = GeneratedSource(130)
builder = Builder(places_under(home), source, generated_site)
if verb == "publish":
    builder.apply(source.release(131, payload(131)), today=date(2026, 11, 22))
else:
    builder.apply(source.withdraw(65), today=date(2026, 11, 22))
"""


@pytest.mark.parametrize(("verb", "after"), [("publish", 0), ("publish", 40), ("withdraw", 33)])
def test_kill_while_building_is_finished_by_the_next_start(
    verb: str, after: int, site_home: Path, public: Path, tmp_path: Path
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", CRASH, str(site_home), str(after), verb],
        env={**os.environ, "PYTHONPATH": str(SOURCE_ROOT)},
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for path in public.rglob("*.html"):
        assert path.read_text().rstrip().endswith("</html>"), path
    source = GeneratedSource(130)
    if verb == "publish":
        source.release(131, payload(131))
    else:
        source.withdraw(65)
    Builder(places_under(site_home), source, generated_site).build(today=TODAY)
    assert tree_of(public) == rebuilt(tmp_path, source)
    assert not any(tree.stage_folder(public).rglob("*")) if tree.stage_folder(public).exists() else True


def test_release_that_comes_late_is_put_in_its_place(
    builder: Builder, source: GeneratedSource, public: Path, tmp_path: Path
) -> None:
    first, second = source.release(131, payload(131)), source.release(132, payload(132))
    source.order.remove(131)
    source.order.insert(0, 131)
    builder.apply(second, today=TODAY)
    builder.apply(first, today=TODAY)
    assert tree_of(public) == rebuilt(tmp_path, source)


def test_change_of_the_structure_is_noticed_and_shown_without_a_release(tmp_path: Path) -> None:
    sites = [generated_site()]
    builder = Builder(places_under(tmp_path), GeneratedSource(3), lambda: sites[-1])
    assert builder.site_is_stale(), "nothing is built yet"
    builder.build(today=TODAY)
    assert not builder.site_is_stale()
    first, *others = sites[0].organisations
    sites.append(replace(sites[0], organisations=(replace(first, name="改名后的卫生健康局"), *others)))
    assert builder.site_is_stale()
    builder.build(today=TODAY)
    assert not builder.site_is_stale()
    pages = (tmp_path / "public").rglob("*.html")
    assert any("改名后的卫生健康局" in page.read_text(encoding="utf-8") for page in pages)


def test_tree_of_an_older_program_gets_the_assets_at_once_and_the_pages_at_the_next_look(
    tmp_path: Path,
) -> None:
    places = places_under(tmp_path)
    builder = Builder(places, GeneratedSource(2), generated_site)
    assert builder.place_assets() == 0, "nothing is built yet"
    builder.build(today=TODAY)
    before = tree_of(places.public)
    for path in places.public.glob("assets/*.css*"):
        path.unlink()  # the older program wrote it under another name
    with closing(open_state(places.state)) as db, transaction(db):
        set_meta(db, "source", "an older program")
    assert builder.site_is_stale()
    assert builder.place_assets() == 1
    assert tree_of(places.public) == before
    assert builder.place_assets() == 0
    builder.build(today=TODAY)
    assert not builder.site_is_stale()
    assert tree_of(places.public) == before


def test_base_path_stands_before_every_link(tmp_path: Path) -> None:
    builder = Builder(places_under(tmp_path), GeneratedSource(12), lambda: generated_site(base_path="/wsjkj"))
    builder.build(today=TODAY)
    for page in (tmp_path / "public").rglob("*.html"):
        for piece in (
            page.read_text().replace('action="', 'href="').replace('src="', 'href="').split('href="')[1:]
        ):
            target = piece.split('"')[0]
            assert target.startswith(("/wsjkj/", "https://", "#", "data:,")), (page, target)


def test_a_builder_made_anew_compiles_no_template_again(
    builder: Builder, site_home: Path, source: GeneratedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def amended(number: int) -> int:
        return source.release(131, {**payload(131), "summary": f"第{number}次说明。"})

    for number in range(2):
        builder.apply(amended(number), today=TODAY)
    compiled: list[object] = []
    compile_one = Environment.compile

    def noted(self: Environment, *given: object, **named: object) -> object:
        compiled.append(given[1:2])
        return compile_one(self, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", noted)
    later = Builder(places_under(site_home), source, generated_site)
    assert later.apply(amended(2), today=TODAY).files_written > 0
    assert compiled == [], "as in the worker, which makes a builder for every release"
