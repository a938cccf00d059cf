"""The office side behind a socket: what goes through, what is not believed, and what a visitor sees when nobody answers."""

from __future__ import annotations

import io
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.portal.front import Front, make_application
from gongkai.portal.office import BehindSocket, as_the_front_saw_it
from gongkai.portal.places import places_under


class _Handler(WSGIRequestHandler):
    def handle(self) -> None:
        self.raw_requestline = self.rfile.readline(1 << 20)
        if self.raw_requestline and self.parse_request():
            self.server.desk.connection = self.connection  # type: ignore[attr-defined]
            handler = ServerHandler(self.rfile, self.wfile, self.get_stderr(), self.get_environ())
            handler.request_handler = self  # type: ignore[attr-defined]
            handler.run(self.server.get_app())  # type: ignore[attr-defined]

    def address_string(self) -> str:
        return "socket"

    def get_environ(self) -> Any:
        self.client_address = ("", 0)
        return super().get_environ()

    def log_message(self, format: str, *args: Any) -> None:
        return None


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    address_family = socket.AF_UNIX
    daemon_threads = True

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "desk", 0
        self.setup_environ()


class Desk:
    """An office side that notes what it is asked and answers as it is told."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "desk.sock")
        self.seen: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.connection: Any = None
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.seen.append(environ)
        path = environ["PATH_INFO"]
        if path.endswith("/lost"):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            self.connection.shutdown(socket.SHUT_RDWR)
        if path.endswith("/refused"):
            start_response("413 Request Entity Too Large", [("Content-Length", "0")])
            return [b""]
        self.bodies.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        self.may_answer.wait(20)
        start_response(
            "200 OK",
            [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Path", path)],
        )
        return iter([b"de", b"sk" * 100_000])


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("s"))
    server = _Server(made.path, _Handler)
    server.set_app(as_the_front_saw_it(made))
    server.desk = made  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.may_answer.set()
    server.shutdown()
    server.server_close()
    thread.join()


class Got:
    def __init__(self) -> None:
        self.status, self.headers, self.body = "", [("", "")], b""

    def begin(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, headers


def ask(office: Any, path: str, body: bytes = b"", method: str = "POST", **more: Any) -> Got:
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": "q=%E7%96%AB&x=1", "REMOTE_ADDR": "192.0.2.7",
        "HTTP_HOST": "gk.example.cn", "HTTP_COOKIE": "s=1", "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-test",
        "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", **more,
    }  # fmt: skip
    got = Got()
    answer = office(environ, got.begin)
    got.body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return got


def test_request_and_answer_go_through_whole(desk: Desk) -> None:
    body = bytes(range(256)) * 1000
    got = ask(BehindSocket(desk.path, waiting=2), "/desk/records/卫生 室/", body)
    assert got.status == "200 OK"
    assert got.body == b"de" + b"sk" * 100_000
    assert [value for name, value in got.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    seen = desk.seen[0]
    assert desk.bodies == [body]
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/desk/records/卫生 室/"
    assert seen["QUERY_STRING"] == "q=%E7%96%AB&x=1"
    assert (seen["HTTP_HOST"], seen["HTTP_COOKIE"], seen["CONTENT_TYPE"]) == (
        "gk.example.cn",
        "s=1",
        "application/x-test",
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.binary(max_size=20),
    path=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    body=st.binary(max_size=3000),
)
def test_every_path_query_and_body_arrives_as_it_was(
    desk: Desk, query: bytes, path: str, body: bytes
) -> None:
    raw = query.decode("latin-1")
    assert ask(
        BehindSocket(desk.path, waiting=1), f"/desk/{path}x", body, QUERY_STRING=raw
    ).status.startswith("200")
    assert unquote_to_bytes(desk.seen[-1]["QUERY_STRING"]) == unquote_to_bytes(raw.encode("latin-1"))
    assert desk.seen[-1]["PATH_INFO"].encode("latin-1").decode() == f"/desk/{path}x"
    assert desk.bodies[-1] == body


def test_address_of_the_visitor_is_what_the_front_saw(desk: Desk) -> None:
    ask(BehindSocket(desk.path, waiting=1), "/ask/", HTTP_X_GONGKAI_VISITOR="198.51.100.1")
    assert desk.seen[0]["REMOTE_ADDR"] == "192.0.2.7"
    assert "HTTP_X_GONGKAI_VISITOR" not in desk.seen[0]


def test_office_in_this_process_does_not_believe_it_either(
    built_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys
    import types

    seen: list[dict[str, Any]] = []
    module = types.ModuleType("gongkai_noting_office")
    module.application = lambda environ, start: (seen.append(environ), start("200 OK", []), [b""])[2]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gongkai_noting_office", module)
    front = Front(places_under(built_once), office="gongkai_noting_office:application")
    ask(front, "/desk/", HTTP_X_GONGKAI_VISITOR="198.51.100.1")
    assert "HTTP_X_GONGKAI_VISITOR" not in seen[0]
    assert seen[0]["REMOTE_ADDR"] == "192.0.2.7"


def test_refusal_before_the_end_of_an_upload_is_told(desk: Desk) -> None:
    assert ask(BehindSocket(desk.path, waiting=1), "/desk/refused", b"x" * 30_000_000).status.startswith(
        "413"
    )


def test_lost_answer_does_not_say_that_nothing_was_received(desk: Desk) -> None:
    got = ask(BehindSocket(desk.path, waiting=1), "/desk/lost", b"text=typed")
    assert got.status.startswith("503")
    assert "可能已经收到" in got.body.decode()
    assert "没有收到" not in got.body.decode()
    assert len(desk.seen) == 1, "never asked twice"


def test_upload_cut_off_by_the_visitor_never_counts_as_whole(desk: Desk) -> None:
    got = ask(BehindSocket(desk.path, waiting=1), "/desk/upload", b"half", CONTENT_LENGTH="4000")
    assert got.status.startswith("503")
    assert b"half" not in [body for body in desk.bodies if len(body) == 4000]
    assert ask(BehindSocket(desk.path, waiting=1), "/desk/").status == "200 OK"


def test_nobody_there_is_a_plain_page_and_public_pages_go_on(built_once: Path, tmp_path: Path) -> None:
    front = Front(places_under(built_once), office=BehindSocket(str(tmp_path / "none.sock"), waiting=1))
    for _ in range(3):
        got = ask(front, "/desk/", b"text=typed")
        assert got.status.startswith("503")
        assert dict(got.headers)["Retry-After"]
        assert "已经公开的网页不受影响" in got.body.decode()
        assert "这一次没有收到" in got.body.decode()
    assert ask(front, "/", method="GET").status.startswith("200")
    assert ask(front, "/desk/", method="HEAD").body == b""
    assert "提交" not in ask(front, "/desk/", method="GET").body.decode(), "nothing was sent"


def test_more_than_may_wait_are_told_to_come_again(desk: Desk) -> None:
    office = BehindSocket(desk.path, waiting=1)
    desk.may_answer.clear()
    slow: list[Got] = []
    thread = threading.Thread(target=lambda: slow.append(ask(office, "/desk/slow")))
    thread.start()
    while not desk.seen:
        threading.Event().wait(0.01)
    assert "非常忙" in ask(office, "/desk/").body.decode()
    desk.may_answer.set()
    thread.join()
    assert slow[0].status == "200 OK"
    assert ask(office, "/desk/").status == "200 OK", "the place is free again"


def test_answer_that_nobody_reads_gives_its_place_back(desk: Desk) -> None:
    office = BehindSocket(desk.path, waiting=1)
    for _ in range(3):
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/desk/",
            "HTTP_HOST": "x",
            "wsgi.input": io.BytesIO(),
        }
        answer = office(environ, lambda status, headers: None)
        answer.close()  # type: ignore[attr-defined]
    assert ask(office, "/desk/").status == "200 OK"


def test_front_keeps_its_long_turns_when_the_desk_is_elsewhere(
    built_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    monkeypatch.setattr("gongkai.portal.front.sys.setswitchinterval", asked.append)
    elsewhere = make_application(
        {"GONGKAI_HOME": str(built_once), "GONGKAI_OFFICE_SOCKET": str(tmp_path / "none.sock")}
    )
    assert asked == []
    assert ask(elsewhere, "/desk/").status.startswith("503")
    make_application({"GONGKAI_HOME": str(built_once)})
    assert len(asked) == 1, "a desk in this process gives the pages their turn often"
