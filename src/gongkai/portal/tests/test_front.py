"""The file front: what it serves, what it refuses, headers, variants, the office side behind it."""

from __future__ import annotations

import gzip
import io
import shutil
import sys
import types
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.portal.front import Front, make_application
from gongkai.portal.places import places_under
from gongkai.portal.serving import accepts, byte_range, is_plain


class Reply:
    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.body = int(status.split()[0]), body
        self.headers = dict(headers)


def ask(front: Front, path: str, method: str = "GET", **headers: str) -> Reply:
    """Send one request; `path` as the client typed it, percent-decoded as servers do."""
    from urllib.parse import unquote_to_bytes

    raw, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": unquote_to_bytes(raw).decode("latin-1"), "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http",
        **{"HTTP_" + k.upper(): v for k, v in headers.items()},
    }  # fmt: skip
    got: list[Any] = []
    body = b"".join(front(environ, lambda status, heads: got.extend((status, heads))))
    return Reply(got[0], got[1], body)


@pytest.fixture(scope="module")
def front(built_once: Path) -> Front:
    return Front(places_under(built_once))


ACTIVE = ["evil.html", "evil.svg", "evil.xml", "evil.js", "evil.txt", "evil.HTM"]


@pytest.fixture(scope="module")
def baited(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Front:
    """A tree with things that must never come out, or only as downloads."""
    home = tmp_path_factory.mktemp("baited")
    shutil.copytree(built_once / "public", home / "public")
    (home / "portal").mkdir()
    for name in ("state.sqlite3", "lock"):
        (home / "portal" / name).write_text("secret")
    (home / "public/.hidden").write_text("secret")
    (home / "public/link.html").symlink_to(home / "portal/state.sqlite3")
    target = home / "public/att/aa" / ("a" * 64)
    target.mkdir(parents=True)
    for name in ACTIVE:
        (target / name).write_text("<script>alert(1)</script>")
    return Front(places_under(home))


def test_page_comes_with_safe_headers(front: Front) -> None:
    reply = ask(front, "/")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-cache"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert int(reply.headers["Content-Length"]) == len(reply.body)


def test_variants_are_chosen_by_what_the_reader_accepts(front: Front) -> None:
    plain = ask(front, "/")
    packed = ask(front, "/", accept_encoding="gzip, deflate, br")
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.body) == plain.body
    packed = ask(front, "/", accept_encoding="gzip;q=0.5, br;q=0")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "Content-Encoding" not in ask(front, "/", accept_encoding="identity").headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_unchanged_page_is_304_per_variant(front: Front) -> None:
    plain, packed = ask(front, "/"), ask(front, "/", accept_encoding="br")
    assert plain.headers["ETag"] != packed.headers["ETag"]
    again = ask(front, "/", if_none_match=f'"x", W/{plain.headers["ETag"]}')
    assert (again.status, again.body) == (304, b"")
    assert ask(front, "/", accept_encoding="br", if_none_match=plain.headers["ETag"]).status == 200


def test_head_has_headers_and_no_body(front: Front) -> None:
    reply = ask(front, "/", "HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["Content-Length"]) == len(ask(front, "/").body)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_public_files_are_only_read(front: Front, method: str) -> None:
    reply = ask(front, "/", method)
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")


def test_hashed_assets_never_change(front: Front, built_once: Path) -> None:
    name = next((built_once / "public/assets").glob("*.css")).name
    reply = ask(front, f"/assets/{name}")
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.headers["Content-Type"] == "text/css; charset=utf-8"


def test_attachment_is_downloaded_and_sandboxed(front: Front, built_once: Path) -> None:
    from urllib.parse import quote

    path = next((built_once / "public/att").rglob("*.pdf")).relative_to(built_once / "public").as_posix()
    reply = ask(front, "/" + quote(path))
    assert reply.status == 200
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"].endswith("sandbox")
    disposition = reply.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''%E9%99%84%E4%BB%B6" in disposition
    assert disposition.isascii()


@pytest.mark.parametrize("name", ACTIVE)
def test_active_attachments_are_never_shown(baited: Front, name: str) -> None:
    reply = ask(baited, f"/att/aa/{'a' * 64}/{name}")
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path",
    ["/../portal/state.sqlite3", "/%2e%2e/portal/state.sqlite3", "/zwgk/../../portal/lock", "/zwgk/%2e%2e/%2e%2e/portal/lock", "/..%2fportal%2flock", "/index.html%00", "/%00",
     "//etc/passwd", "/zwgk//index.html", "/.hidden", "/zwgk/.hidden/x", "/zwgk\\..\\x", "/%5c..%5cportal", "/%ff%fe", "/nothing", "/index.html/", "/doc", "/%0d%0aX-Evil: 1", "/link.html"],
)  # fmt: skip
def test_nothing_outside_the_tree_is_served(baited: Front, path: str) -> None:
    reply = ask(baited, path)
    assert reply.status == 404
    assert "没有这个页面" in reply.body.decode()
    assert not any("Evil" in name for name in reply.headers)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_path_is_answered(front: Front, path: str) -> None:
    from urllib.parse import quote

    assert ask(front, "/" + quote(path)).status in (200, 308, 404)


def test_folder_without_slash_is_sent_on(front: Front) -> None:
    reply = ask(front, "/zwgk")
    assert (reply.status, reply.headers["Location"]) == (308, "/zwgk/")


def test_elder_reader_gets_the_elder_404(front: Front) -> None:
    assert 'class="elder"' in ask(front, "/elder/nothing").body.decode()


def test_part_of_a_file(front: Front, built_once: Path) -> None:
    whole = ask(front, "/robots.txt").body
    reply = ask(front, "/robots.txt", range="bytes=2-5")
    assert (reply.status, reply.body) == (206, whole[2:6])
    assert reply.headers["Content-Range"] == f"bytes 2-5/{len(whole)}"
    assert ask(front, "/robots.txt", range=f"bytes={len(whole)}-").status == 416
    assert ask(front, "/robots.txt", range="bytes=-3").body == whole[-3:]
    assert ask(front, "/robots.txt", range="bytes=0-1,3-4").status == 200


@given(header=st.text(max_size=20), size=st.integers(0, 1000))
def test_ranges_stay_inside(header: str, size: int) -> None:
    for text in (header, "bytes=" + header):
        span = byte_range(text, size)
        assert span is None or span == (-1, -1) or 0 <= span[0] <= span[1] < size


@given(st.text())
def test_plain_paths_have_no_way_out(path: str) -> None:
    if is_plain(path):
        assert path.startswith("/")
        assert "\x00" not in path
        assert not any(part.startswith(".") for part in path.split("/"))


def test_encoding_with_quality_zero_is_refused() -> None:
    assert accepts("gzip;q=1.0", "gzip")
    assert not accepts("gzip;q=0.000", "gzip")
    assert not accepts("xbr", "br")


def test_office_is_loaded_only_when_asked_and_public_pages_outlive_it(
    built_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Front(places_under(built_once), office="gongkai_no_such_office:application")
    assert ask(broken, "/").status == 200
    with pytest.raises(ModuleNotFoundError):
        ask(broken, "/desk/")
    assert ask(broken, "/").status == 200
    office = types.ModuleType("gongkai_fake_office")
    closed: list[bool] = []

    class Parts:
        def __iter__(self) -> Any:
            return iter([b"de", b"sk"])

        def close(self) -> None:
            closed.append(True)

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [("X-Path", environ["PATH_INFO"])])
        return Parts()

    office.application = application  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gongkai_fake_office", office)
    working = Front(places_under(built_once), base_path="/wsjkj", office="gongkai_fake_office:application")
    for first in ("desk", "ask", "file", "desk-static"):
        reply = ask(working, f"/wsjkj/{first}/x", "POST")
        assert (reply.status, reply.body) == (200, b"desk")
        assert reply.headers["X-Path"] == f"/wsjkj/{first}/x"
    assert ask(working, "/desk/").status == 404
    assert ask(working, "/wsjkj").headers["Location"] == "/wsjkj/"
    assert ask(working, "/wsjkj/").status == 200


def test_search_is_answered_without_django(front: Front) -> None:
    reply = ask(front, "/search/?q=%E7%96%AB%E8%8B%97")
    assert reply.status == 200
    assert "<mark>疫苗</mark>" in reply.body.decode()
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert ask(front, "/search/", "POST").status == 405
    assert ask(front, "/search").status == 308
    assert ask(front, "/search/x").status == 404


def test_application_reads_its_environment(built_once: Path) -> None:
    front = make_application({"GONGKAI_HOME": str(built_once), "GONGKAI_BASE_PATH": "wsjkj/"})
    assert ask(front, "/wsjkj/").status == 200
    assert ask(front, "/").status == 404
