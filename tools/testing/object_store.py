"""A real object store on the loopback address (moto), behind a door that can be told to fail: cut, lost answer, 503, slow, half, changed."""

from __future__ import annotations

import http.client
import logging
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

FAULTS = frozenset({"cut", "lost", "busy", "slow", "half", "changed", "no_conditions"})
_OWN = {"connection", "transfer-encoding", "date", "server"}


@dataclass
class Fault:
    """One planned failure: what, for which method, how often, and how long a slow answer takes."""

    kind: str
    method: str
    times: int
    seconds: float = 3.0


@dataclass
class FaultyDoor:
    """A server that passes everything on to another port, except what it was told to spoil."""

    behind: int
    faults: list[Fault] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, certificate: Path | None = None) -> str:
        """Begin to listen and return the address; with a certificate (PEM with its key) over TLS."""
        verbs = {f"do_{verb}": _Handler.pass_on for verb in ("GET", "PUT", "HEAD", "POST", "DELETE")}
        handler = type("Handler", (_Handler,), {"door": self, **verbs})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        scheme = "https" if certificate else "http"
        return f"{scheme}://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()

    def fail(self, kind: str, method: str, times: int = 1, seconds: float = 3.0) -> None:
        """Spoil the next answers to this method."""
        assert kind in FAULTS
        self.faults.append(Fault(kind, method, times, seconds))

    def heal(self) -> None:
        """Forget every planned failure and what was counted."""
        self.faults.clear()
        self.seen.clear()

    def take(self, method: str) -> Fault | None:
        """Count a call and return the failure planned for it."""
        with self.lock:
            self.seen[method] += 1
            for fault in self.faults:
                if fault.method in {method, "*"} and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    door: FaultyDoor

    def log_message(self, *_: Any) -> None:
        """Write nothing."""

    def pass_on(self) -> None:
        """Pass a request on, or spoil it as planned."""
        fault = self.door.take(self.command)
        kind = fault.kind if fault else ""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if kind == "cut":
            return self._hang_up()
        if kind == "busy":
            return self._answer(503, [("Content-Type", "application/xml")], _error("SlowDown"))
        if kind == "no_conditions" and "If-None-Match" in self.headers:
            return self._answer(501, [("Content-Type", "application/xml")], _error("NotImplemented"))
        connection = http.client.HTTPConnection("127.0.0.1", self.door.behind, timeout=30)
        headers = {k: v for k, v in self.headers.items() if k.lower() != "expect"}
        connection.request(self.command, self.path, body=body, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if kind == "lost":
            return self._hang_up()
        if kind == "slow" and fault:
            time.sleep(fault.seconds)
        if kind == "changed" and data:
            data = bytes([data[0] ^ 1]) + data[1:]
        passed = [(k, v) for k, v in answer.getheaders() if k.lower() not in _OWN]
        return self._answer(answer.status, passed, data, half=kind == "half")

    def _answer(
        self, status: int, headers: list[tuple[str, str]], data: bytes, *, half: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if half else data)
        if half:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(2)


def _error(code: str) -> bytes:
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>-</Message></Error>'.encode()


@dataclass
class ObjectStoreServer:
    """The running store: its address through the door, and the key file."""

    endpoint: str
    keys: Path
    door: FaultyDoor
    moto: Any

    def environ(self, **more: str) -> dict[str, str]:
        """Return the variables that lead to this store."""
        return {
            "GONGKAI_S3_ENDPOINT": self.endpoint,
            "GONGKAI_S3_BUCKET": "office-files",
            "GONGKAI_S3_KEYS": str(self.keys),
            **more,
        }


def start_object_store(folder: Path, *, buckets: tuple[str, ...]) -> ObjectStoreServer:
    """Start the store with these private buckets; the folder gets the key file."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    port = moto.get_host_and_port()[1]
    door = FaultyDoor(behind=port)
    keys = folder / "s3.keys"
    keys.write_text("access_key=office\nsecret_key=Geheim-0123456789\n", encoding="ascii")
    keys.chmod(0o600)
    server = ObjectStoreServer(door.start(), keys, door, moto)
    for bucket in buckets:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("PUT", f"/{bucket}")
        assert connection.getresponse().status == 200
        connection.close()
    return server


def stop_object_store(server: ObjectStoreServer) -> None:
    """Stop the store and its door."""
    server.door.stop()
    server.moto.stop()


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStoreServer]:
    """Return a running store with two private buckets."""
    folder = tmp_path_factory.mktemp("object-store")
    server = start_object_store(folder, buckets=("office-files", "office-backup"))
    yield server
    stop_object_store(server)
