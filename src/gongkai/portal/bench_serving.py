"""Serving: the file front under granian against the same page rendered per request, and the nginx recipe against nginx with a bare file.

Needs `wrk`; the nginx rows need nginx. The client shares the cores with the server, so ratios say more than figures.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from gongkai.portal.core.press import Press
from gongkai.portal.core.values import Site
from gongkai.portal.nginx import configuration
from gongkai.portal.places import Places, places_from_environment
from gongkai.portal.state.schema import get_meta, open_for_reading
from gongkai.portal.state.store import PayloadOf, SqliteStore
from gongkai.portal.testing.payloads import payload
from gongkai.portal.workers import fresh

SECONDS = 4
FRONT = "gongkai.portal.front:application"
RENDERING = "gongkai.portal.bench_serving:rendered_without_database"
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


def rendering_anew(payload_of: PayloadOf) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Return an application that renders a record anew for each request: site, state and payload are read again, only compiled templates are kept.

    The record's number and page come with BENCH_RECORD and BENCH_PAGE (set by `granian`).
    """
    places = places_from_environment(os.environ)
    record, page = os.environ["BENCH_RECORD"], os.environ["BENCH_PAGE"]
    kept: list[Press] = []

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with closing(open_for_reading(places.state)) as db:
            site = Site.from_json(get_meta(db, "site"))
            if not kept:
                kept.append(Press(site))
            kept[0].forget(site)
            store = SqliteStore(db, payload_of)
            body = fresh(kept[0], store, date(2026, 11, 22), f"record|{record}")[page]
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    return answer


def rendered_without_database() -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Return the application whose payload lies beside the page as a file: what is left of rendering when no database is asked."""
    places, page = places_from_environment(os.environ), os.environ["BENCH_PAGE"]
    return rendering_anew(lambda *_: json.loads(_payload_bytes(places, page)))


def _payload_bytes(places: Places, page: str) -> bytes:
    return (places.public / "open" / page).with_suffix(".json").read_bytes()


def _page() -> str:
    return str(payload(1)["path"])


def measure_serving(places: Places) -> Iterator[dict[str, Any]]:
    """Yield requests per second of the public record page; nothing without wrk."""
    if not shutil.which("wrk"):
        return
    with granian(RENDERING, places) as address:
        dynamic = _wrk(address + _page())
    with granian(FRONT, places) as address:
        front = _wrk(address + _page())
    ratio = front / dynamic
    yield _row("portal.serve.per_request", round(dynamic), "次/秒（逐次渲染，不读数据库）", n=SECONDS)
    yield _row(
        "portal.serve.front",
        round(front),
        "次/秒（内嵌服务器）",
        ratio_to="逐次渲染，不读数据库",
        ratio=round(ratio, 1),
        budget="≥ 100 倍",
        met=ratio >= 100,
        n=SECONDS,
    )
    if shutil.which("nginx"):
        os.chmod(places.public.parent, 0o755)  # noqa: S103  (nginx reads as another user)
        with _nginx(places.public, recipe=False) as address:
            bare = _wrk(address + _page())
        with _nginx(places.public, recipe=True) as address:
            recipe = _wrk(address + _page())
        yield _row(
            "portal.serve.nginx",
            round(recipe),
            "次/秒（nginx 配方）",
            ratio_to="nginx 裸文件",
            ratio=round(recipe / bare, 2),
            budget="≥ 0.95",
            met=recipe >= 0.95 * bare,
            n=SECONDS,
        )


def _row(name: str, value: float, unit: str, **rest: Any) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "ratio_to": None,
        "ratio": None,
        "budget": None,
        "met": None,
        "n": None,
    } | rest


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wrk(address: str) -> float:
    """Return requests per second with 16 connections, best of two runs; a failed request is an error."""
    best = 0.0
    for _ in range(2):
        said = subprocess.run(  # noqa: S603
            [shutil.which("wrk") or "wrk", "-t1", "-c16", f"-d{SECONDS}s", address],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        if "Non-2xx" in said:
            raise RuntimeError(f"服务没有正常应答：{said}")
        match = _RATE.search(said)
        best = max(best, float(match.group(1)) if match else 0.0)
    return best


@contextmanager
def _running(command: list[str], environ: dict[str, str], port: int, page: str = "") -> Iterator[str]:
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(150):
            with suppress(OSError):
                urllib.request.urlopen(address + (page or _page()), timeout=2).close()  # noqa: S310  (loopback)
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(15)


@contextmanager
def granian(target: str, places: Places, record: int = 1, page: str = "") -> Iterator[str]:
    """Give the address of a web server that runs `target` over these places; `record` and its `page` are what is rendered anew."""
    port, page = _free_port(), page or _page()
    workers = str(max(1, min(4, os.cpu_count() or 1)))
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        workers,
        "--no-ws",
        "--log-level",
        "error",
        *(["--factory"] if target != FRONT else []),
        target,
    ]
    source = str(Path(__file__).resolve().parents[2])
    environ = {
        **os.environ,
        "GONGKAI_HOME": str(places.public.parent),
        "PYTHONPATH": source,
        "GONGKAI_BASE_PATH": "",
        "BENCH_RECORD": str(record),
        "BENCH_PAGE": page,
    }
    with _running(command, environ, port, page) as address:
        yield address


@contextmanager
def _nginx(public: Path, *, recipe: bool) -> Iterator[str]:
    port, folder = _free_port(), Path(tempfile.mkdtemp(prefix="gongkai-nginx-"))
    site = (
        configuration(public=public, listen=f"127.0.0.1:{port}", upstream="127.0.0.1:9")
        if recipe
        else f"server {{ listen 127.0.0.1:{port}; root {public}; }}"
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 2;\nevents {{ worker_connections 512; }}\n"
        f"http {{ access_log off; sendfile on; types {{ text/html html; application/xml xml; text/css css; text/javascript js; application/json json; }}\n"
        f"client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{site}\n}}\n"
    )
    os.chmod(folder, 0o755)  # noqa: S103  (workers of another user read it)
    try:
        with _running(
            [shutil.which("nginx") or "nginx", "-c", str(folder / "nginx.conf"), "-e", f"{folder}/error.log"],
            dict(os.environ),
            port,
        ) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)
