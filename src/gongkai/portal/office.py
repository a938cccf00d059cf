"""The office side as the front asks it (工作台与窗口): in processes of its own behind a socket, or loaded into this one.

Behind a socket the desk has its own processors' share and its own interpreter, so public pages keep their speed however busy it is and
stay up when it falls. Standard library only: the front imports nothing of the desk.
"""

from __future__ import annotations

import http.client
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any
from urllib.parse import quote

log = logging.getLogger(__name__)

StartResponse = Callable[..., Any]
Environ = dict[str, Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

VISITOR = "HTTP_X_GONGKAI_VISITOR"
_VISITOR_NAME = "X-Gongkai-Visitor"
_CHUNK = 1 << 16
_CONNECT_SECONDS = 5.0
_PLAIN = "/:@-._~!$&'()*+,;="
_HOP_BY_HOP = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "expect",
    ]
)
_BUSY = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>请稍候再试</title></head><body><main><h1>请稍候再试</h1>
<p>工作台和申请窗口{why}。已经公开的网页不受影响，{became}</p>
<p>几分钟后仍不行，请告诉系统管理员。</p></main></body></html>
"""
_NOT_TAKEN = "刚才提交的内容这一次没有收到：请过几秒返回上一页再提交一次。"
_NOT_SENT = "请过几秒再打开一次。"
_UNKNOWN = "刚才提交的内容可能已经收到：请过几秒先重新打开原来的页面核对，没有时再返回提交。"


class InThisProcess:
    """The office side loaded into this process when it is first asked for; one request at a time, so that public pages keep their turn."""

    def __init__(self, application: str) -> None:
        """Take the place of the application, `module:name`."""
        self._path = application
        self._application: Application | None = None
        self._loading, self._slot = threading.Lock(), threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; what a visitor says of another visitor's address is not believed."""
        environ.pop(VISITOR, None)
        if self._application is None:
            with self._loading:
                if self._application is None:
                    module, _, name = self._path.partition(":")
                    self._application = getattr(import_module(module), name)
        with self._slot:
            answer = self._application(environ, start_response)
            return answer if isinstance(answer, (list, tuple)) else _Held(answer)


class BehindSocket:
    """The office side in processes of its own that listen on a Unix socket, which nobody but this account may open.

    At most `waiting` requests wait for it in this process, so that threads are left for the public pages; the next is told to come again.
    """

    def __init__(self, path: str, *, waiting: int) -> None:
        self._path = path
        self._places = threading.BoundedSemaphore(waiting)
        self._away = False

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on and its answer back, in parts as they come; 503 with a plain page when nobody answers."""
        if not self._places.acquire(blocking=False):
            return _come_again(start_response, environ, "眼下非常忙")
        asked = _Asked(self._path, self._places.release)
        try:
            answer = asked.ask(environ)
        except (OSError, http.client.HTTPException) as error:
            asked.close()
            if not self._away:
                log.warning("office side does not answer: %s", type(error).__name__)
            self._away = True
            became = _UNKNOWN if asked.was_sent else _NOT_TAKEN
            return _come_again(start_response, environ, "暂时没有应答", became)
        except BaseException:
            asked.close()
            raise
        self._away = False
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
        start_response(f"{answer.status} {answer.reason}", headers)
        return asked


def as_the_front_saw_it(application: Application) -> Application:
    """Return the application as it runs behind the socket: the visitor's address is what the front says, since only the front reaches it."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = environ.pop(VISITOR, "")
        return application(environ, start_response)

    return answer


class _Asked:
    """One request that was passed on: its answer in parts; closing gives its place back, once."""

    def __init__(self, path: str, done: Callable[[], None]) -> None:
        self._connection = _Connection(path)
        self._answer: http.client.HTTPResponse | None = None
        self._done: Callable[[], None] | None = done
        self.was_sent = False  # then nobody knows what became of it when no answer comes

    def ask(self, environ: Environ) -> http.client.HTTPResponse:
        """Send the request; an answer that comes before all of it was taken (too large, refused) counts."""
        target = quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe=_PLAIN)
        if query := environ.get("QUERY_STRING", ""):
            target += "?" + quote(query.encode("latin-1"), safe=_PLAIN + "%?[]")
        connection = self._connection
        connection.connect()
        connection.putrequest(environ["REQUEST_METHOD"], target, skip_host=True, skip_accept_encoding=True)
        for name, value in _headers(environ):
            connection.putheader(name, value)
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders()
            for part in _body(environ):
                connection.send(part)
        self.was_sent = True
        self._answer = connection.getresponse()
        return self._answer

    def __iter__(self) -> Iterator[bytes]:
        try:
            while self._answer is not None and (part := self._answer.read1(_CHUNK)):
                yield part
        finally:
            self.close()

    def close(self) -> None:
        """End the connection: an answer that nobody reads any more is not made to its end."""
        if self._done is not None:
            done, self._done = self._done, None
            if self._answer is not None:
                self._answer.close()
            self._connection.close()
            done()


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        """Connect within seconds; what follows may take as long as the work takes."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_CONNECT_SECONDS)
        self.sock.connect(self._path)
        self.sock.settimeout(None)


def _headers(environ: Environ) -> Iterator[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_") and key != VISITOR:
            name = key[5:].replace("_", "-").title()
            if name.lower() not in _HOP_BY_HOP:
                yield name, value
    for key, name in (("CONTENT_TYPE", "Content-Type"), ("CONTENT_LENGTH", "Content-Length")):
        if environ.get(key):
            yield name, environ[key]
    if _is_chunked(environ):
        yield "Transfer-Encoding", "chunked"
    yield _VISITOR_NAME, environ.get("REMOTE_ADDR", "")
    yield "Connection", "close"


def _is_chunked(environ: Environ) -> bool:
    return (
        not environ.get("CONTENT_LENGTH") and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    )


def _body(environ: Environ) -> Iterator[bytes]:
    if _is_chunked(environ):
        while part := environ["wsgi.input"].read(_CHUNK):
            yield b"%x\r\n%s\r\n" % (len(part), part)
        yield b"0\r\n\r\n"
        return
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left > 0:
        part = environ["wsgi.input"].read(min(_CHUNK, left))
        if not part:
            raise ConnectionAbortedError("the visitor went away before everything was sent")
        left -= len(part)
        yield part


def _come_again(
    start_response: StartResponse, environ: Environ, why: str, became: str = _NOT_TAKEN
) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        became = _NOT_SENT
    body = _BUSY.format(why=why, became=became).encode()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Retry-After", "5"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response("503 Service Unavailable", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


class _Held:
    """An answer whose parts are made while they are sent; its end is passed on."""

    def __init__(self, answer: Iterable[bytes]) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        """Tell the office side that the answer was sent."""
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()
