"""The file front: public files first, then search, then the office side. `application` is what the web server runs.

Nothing of the office side is imported here: it runs in processes of its own behind a socket (GONGKAI_OFFICE_SOCKET), or is loaded into this
one when somebody first asks for it, so public pages stay up when the desk cannot start.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from gongkai.portal.office import Application, BehindSocket, Environ, InThisProcess, StartResponse
from gongkai.portal.places import Places, places_from_environment
from gongkai.portal.serving import PAGE_HEADERS, Answer, PublicFiles, matches

OFFICE = ("desk", "ask", "file", "desk-static")
OFFICE_APPLICATION = "gongkai.project.wsgi:application"
OFFICE_WAITING = 48
_SWITCH_INTERVAL = 0.0005


class Front:
    """The WSGI application. `base_path` is empty or like `/wsjkj`."""

    def __init__(
        self, places: Places, *, base_path: str = "", office: str | Application = OFFICE_APPLICATION
    ) -> None:
        self._base = base_path.rstrip("/")
        self._files = PublicFiles(places.public)
        self._places, self._office = places, InThisProcess(office) if isinstance(office, str) else office
        self._search: Any = None
        self._loading = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "") or "/"
        if self._base:
            if path == self._base:
                return _send(
                    start_response,
                    environ,
                    Answer(
                        "308 Permanent Redirect", [("Location", self._base + "/"), ("Content-Length", "0")]
                    ),
                )
            if not path.startswith(self._base + "/"):
                return _send(start_response, environ, self._files.not_found(environ))
            path = path[len(self._base) :]
        first = path[1:].partition("/")[0]
        if first in OFFICE:
            return self._office(environ, start_response)
        if first == "search":
            return self._ask_search(environ, start_response, path)
        answer = self._files.answer(environ, path)
        if answer.status.startswith("404"):
            answer = self._files.moved(environ, path) or answer
        return _send(start_response, environ, answer)

    def _ask_search(self, environ: Environ, start_response: StartResponse, path: str) -> Iterable[bytes]:
        if path == "/search":
            return _send(
                start_response,
                environ,
                Answer(
                    "308 Permanent Redirect", [("Location", self._base + "/search/"), ("Content-Length", "0")]
                ),
            )
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _send(start_response, environ, self._files.method_not_allowed())
        if self._search is None:
            with self._loading:
                if self._search is None:
                    self._search = import_module("gongkai.portal.search.answers").SearchAnswers(self._places)
        made = self._search.answer(path, environ.get("QUERY_STRING", ""))
        if made is None:
            return _send(start_response, environ, self._files.not_found(environ))
        headers = [("Content-Type", made.media), ("Cache-Control", "no-cache"), *PAGE_HEADERS]
        if made.tag:
            headers.append(("ETag", made.tag))
            if matches(environ.get("HTTP_IF_NONE_MATCH", ""), made.tag):
                return _send(start_response, environ, Answer("304 Not Modified", headers[1:]))
        headers.append(("Content-Length", str(len(made.body))))
        return _send(start_response, environ, Answer(made.status, headers, made.body))


def _send(start_response: StartResponse, environ: Environ, answer: Answer) -> Iterable[bytes]:
    start_response(answer.status, answer.headers)
    if environ["REQUEST_METHOD"] == "HEAD":
        return [b""]
    return answer.parts()


def make_application(environ: dict[str, str] | None = None) -> Front:
    """Return the front for an environment (GONGKAI_HOME, GONGKAI_BASE_PATH, GONGKAI_OFFICE_SOCKET)."""
    values = dict(os.environ) if environ is None else environ
    inner = (values.get("GONGKAI_BASE_PATH") or "").strip().strip("/")
    socket = values.get("GONGKAI_OFFICE_SOCKET")
    if not socket:  # the desk runs in between: a public page does not wait long for its turn
        sys.setswitchinterval(_SWITCH_INTERVAL)
    office = BehindSocket(socket, waiting=OFFICE_WAITING) if socket else OFFICE_APPLICATION
    return Front(places_from_environment(values), base_path=f"/{inner}" if inner else "", office=office)


application = make_application()
