"""Old addresses: what they are known by, where a page may stand for them, and that none ever stands on ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal.core.old_addresses import OWN, key_of_address, note_place, old_key, page_place, targets
from gongkai.portal.nginx import configuration, moved_map

HOST = "old.example.gov.cn"
SITE = f"https://www.{HOST}"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://old.example.gov.cn/a/b.html", f"{HOST}/a/b.html"),
        ("https://WWW.Old.example.gov.cn:8080/a/./b.html#top", f"{HOST}/a/b.html"),
        ("http://old.example.gov.cn", f"{HOST}/"),
        ("http://old.example.gov.cn/%E9%80%9A%E7%9F%A5.html?id=7", f"{HOST}/通知.html?id=7"),
        ("http://old.example.gov.cn/a/../../etc/passwd", f"{HOST}/etc/passwd"),
        ("javascript:alert(1)", ""),
        ("http://[broken", ""),
        ("http://old.example.gov.cn/a\nb", ""),
        ("", ""),
    ],
)
def test_address_has_one_key(address: str, key: str) -> None:
    assert key_of_address(address) == key


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/xxgk/2015/a.html", "xxgk/2015/a.html"),
        ("/xxgk/", "xxgk/index.html"),
        ("/xxgk/a.jsp", None),
        ("/a.html", None),
        ("/", None),
        ("/zwgk/a.html", None),
        ("/doc/demo/2015/00001.html", None),
        ("/xxgk/.hidden/a.html", None),
    ],
)
def test_page_stands_only_where_nothing_of_ours_does(path: str, place: str | None) -> None:
    assert page_place(old_key(HOST, path), site_url=SITE, base_path="") == place
    assert page_place(old_key(HOST, path), site_url=SITE, base_path="/wsjkj") is None
    assert page_place(old_key("elsewhere.cn", path), site_url=SITE, base_path="") is None


@given(st.text(max_size=80), st.text(max_size=20))
def test_no_address_leads_out_of_the_tree(path: str, query: str) -> None:
    key = old_key(HOST, "/" + path, query)
    place = page_place(key, site_url=SITE, base_path="")
    if place is not None:
        parts = place.split("/")
        assert ".." not in parts
        assert "" not in parts
        assert parts[0] not in OWN
        assert place.isprintable() or not any(ord(sign) < 32 for sign in place)
    assert note_place(key).startswith("moved/")
    assert old_key(HOST, "/" + path, query) == key


def test_files_and_page_of_a_record_lead_on() -> None:
    row = {"sha256": "a" * 64, "name": "附表.csv"}
    payload = {
        "migrated": {
            "url": f"http://{HOST}/a/b.html",
            "files": [{"url": f"http://{HOST}/a/f.csv", "sha256": "a" * 64}],
        },
        "attachments": [row],
    }
    found = targets(payload, path="doc/demo/2015/00001.html", file_path=lambda one: f"att/{one['name']}")
    assert found == {f"{HOST}/a/b.html": "doc/demo/2015/00001.html", f"{HOST}/a/f.csv": "att/附表.csv"}
    assert targets({"migrated": None}, path="doc/x", file_path=str) == {}


def test_map_for_nginx_holds_only_lines_that_it_can_read(tmp_path: Path) -> None:
    for key in (f"{HOST}/a/b.html", f"{HOST}/通知.jsp?id=7", f'{HOST}/x?a="b', f"{HOST}/x?$y"):
        note = tmp_path / note_place(key)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(f"{key}\n/doc/demo/2015/00001.html\n", encoding="utf-8")
    lines = sorted(moved_map(tmp_path))
    assert lines == sorted(
        f'"{www}{HOST}/{name}" "/doc/demo/2015/00001.html";'
        for www in ("", "www.")
        for name in ("a/b.html", "%E9%80%9A%E7%9F%A5.jsp?id=7")
    )
    text = configuration(public=tmp_path, listen="80", upstream="127.0.0.1:1", moved=tmp_path / "m.map")
    assert f"include {tmp_path}/m.map;" in text
    assert "return 301 $gongkai_moved" in text
    assert "gongkai_moved" not in configuration(public=tmp_path, listen="80", upstream="127.0.0.1:1")
