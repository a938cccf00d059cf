"""Folders that nobody should trust: each trick is told, nothing outside is ever opened, the good page still comes through."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.project.moving.core.problems import WORDS, Problem
from gongkai.project.moving.folder import Entry, Folder, NotRead, display

SECRET = b"outside and secret"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    inside = tmp_path / "mirror"
    inside.mkdir()
    (tmp_path / "secret.html").write_bytes(SECRET)
    (inside / "good.html").write_bytes(b"<p>good</p>")
    return inside


@pytest.fixture
def opened(root: Path) -> Iterator[Folder]:
    folder = Folder(root)
    yield folder
    folder.close()


def told(folder: Folder) -> dict[str, str]:
    """Return problems by place; every file that walks by is read, so that nothing hides."""
    found = {}
    for one in folder.walk():
        if isinstance(one, Problem):
            found[one.place] = one.code
            assert one.message
            assert one.remedy
            continue
        try:
            assert SECRET not in folder.read(one.parts, most=1024)
        except NotRead as refused:
            found[one.place] = refused.problem.code
    return found


def test_links_out_of_the_folder_are_told_and_not_followed(root: Path, opened: Folder) -> None:
    (root / "link.html").symlink_to(root.parent / "secret.html")
    (root / "folder").symlink_to(root.parent)
    (root / "loop").symlink_to(root)
    assert told(opened) == {"link.html": "symlink", "folder": "symlink", "loop": "symlink"}
    for place in ("link.html", "folder/secret.html", "loop/good.html"):
        with pytest.raises(NotRead):
            opened.read(opened.find(place), most=1024)


@pytest.mark.parametrize(
    "place", ["../secret.html", "a/../../secret.html", "/etc/passwd", "..\\secret.html", "", "a\x00b", "./.."]
)
def test_places_that_lead_outside_are_refused(opened: Folder, place: str) -> None:
    with pytest.raises(NotRead) as refused:
        opened.find(place)
    assert refused.value.problem.code == "outside"
    with pytest.raises(NotRead):
        opened.read((b"..", b"secret.html"), most=1024)


def test_devices_and_pipes_are_told_and_never_opened(root: Path, opened: Folder) -> None:
    os.mkfifo(root / "pipe.html")
    assert told(opened) == {"pipe.html": "special_file"}
    with pytest.raises(NotRead):
        opened.read((b"pipe.html",), most=1024)


def test_a_hard_link_to_a_file_outside_is_not_read(root: Path, opened: Folder) -> None:
    os.link(root.parent / "secret.html", root / "hard.html")
    assert told(opened) == {"hard.html": "hard_link_outside"}


def test_hard_links_inside_are_read_once(root: Path, opened: Folder) -> None:
    (root / "a").mkdir()
    os.link(root / "good.html", root / "a" / "again.html")
    os.link(root / "good.html", root / "a" / "third.html")
    assert sorted(told(opened).values()) == ["hard_link_again", "hard_link_again"]


def test_names_with_control_signs_or_unknown_letters_are_told_on_one_line(root: Path, opened: Folder) -> None:
    (root / "two\nlines.html").write_bytes(b"x")
    (root / "bell\x07.html").write_bytes(b"x")
    (root / "turned\u202eltmh.exe").write_bytes(b"x")
    (Path(os.fsdecode(os.fsencode(root) + b"/\xff\xfe\xfd.html"))).write_bytes(b"x")
    (Path(os.fsdecode(os.fsencode(root) + "/通知.html".encode("gb18030")))).write_bytes(b"gb name")
    found = told(opened)
    assert sorted(found.values()) == ["name_control"] * 3 + ["name_undecodable"]
    assert all("\n" not in place and "\x07" not in place and "\u202e" not in place for place in found)
    assert opened.read(opened.find("通知.html"), most=1024) == b"gb name"


def test_names_of_300_bytes_are_refused_not_fatal(opened: Folder) -> None:
    with pytest.raises(NotRead) as refused:
        opened.read(("长" * 100).encode().split(b"/"), most=1024)  # type: ignore[arg-type]
    assert refused.value.problem.code == "name_too_long"
    with pytest.raises(NotRead):
        opened.find("长" * 100)


def test_deep_folders_end(root: Path, opened: Folder) -> None:
    deep = root
    for _ in range(60):
        deep = deep / "d"
        deep.mkdir()
    assert list(told(opened).values()) == ["too_deep"]


def test_huge_empty_and_locked_files_are_told(root: Path, opened: Folder) -> None:
    with (root / "huge.html").open("wb") as stream:
        stream.truncate(5 * 1024**3)
    (root / "empty.html").write_bytes(b"")
    assert told(opened) == {"huge.html": "too_large", "empty.html": "empty"}


def test_a_file_swapped_for_a_link_while_we_walk_is_not_followed(root: Path, opened: Folder) -> None:
    entries = [one for one in opened.walk() if isinstance(one, Entry)]
    (root / "good.html").unlink()
    (root / "good.html").symlink_to(root.parent / "secret.html")
    with pytest.raises(NotRead) as refused:
        opened.read(entries[0].parts, most=1024)
    assert refused.value.problem.code == "symlink"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.text(alphabet=st.sampled_from("./\\ab\x00~%2e链"), max_size=24))
def test_no_place_whatever_leads_out(opened: Folder, place: str) -> None:
    try:
        parts = opened.find(place)
    except NotRead:
        return
    assert b".." not in parts
    assert all(b"/" not in part for part in parts)


@given(st.text(max_size=600))
def test_every_place_is_shown_on_one_line(text: str) -> None:
    shown = display(text)
    assert len(shown) <= 400
    assert not set(shown) & {"\n", "\r", "\x1b", "\u2028"}


def test_every_problem_has_words_and_a_remedy() -> None:
    assert all(len(words) > 3 and len(remedy) > 3 for words, remedy in WORDS.values())


def zip_bomb() -> bytes:
    """Return a small Word file that unpacks to half a gigabyte."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        )
        with archive.open("word/document.xml", "w") as part:
            block = b"0" * 1024 * 1024
            for _ in range(300):
                part.write(block)
    return stream.getvalue()


@pytest.mark.django_db
def test_a_bomb_and_a_fake_never_stop_the_rest(stage: object, root: Path) -> None:
    from gongkai.project.moving.tests.conftest import BODY, page, write

    body = (
        BODY
        + '<p><a href="bomb.zip">附件一</a><a href="../../secret.html">外面</a><a href="fake.pdf">附件二</a><img src="/gone.png" alt="图"></p>'
    )
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("a.docx", zip_bomb())
    write(
        root,
        {
            "page.html": page("关于附件的通知", body=body),
            "bomb.zip": bomb.getvalue(),
            "fake.pdf": b"MZ\x90\x00" + b"0" * 200,
        },
    )
    move = stage(folder=root)  # type: ignore[operator]
    item = move.items.get(place="page.html")
    assert item.record_id
    assert not item.is_clean
    codes = set(move.problems.values_list("code", flat=True))
    assert {"attachment_refused", "image_missing"} <= codes
