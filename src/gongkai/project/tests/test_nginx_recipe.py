"""What `gongkai nginx` puts out, in a running nginx: TLS, IPv6, variants on disk, headers, attachments, the access log."""

from __future__ import annotations

import gzip
import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.homes import PATIENCE_SECONDS, free_port
from tools.testing.programs import need_program

NOW = datetime(2026, 3, 2, tzinfo=UTC)
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
PAGE = "<!doctype html><title>公开</title>"
ACTIVE = ("a.html", "a.svg", "a.js", "a.xml", "a.xhtml", "a.pdf", "无扩展名")
"""Attachments that a browser would run or show if it were let."""


def certificate(folder: Path) -> Path:
    """Write a certificate for localhost with its key beside it and return its path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=3650))
        .not_valid_after(NOW + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    (folder / "site.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "site.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "site.crt"


@dataclass(frozen=True, slots=True)
class Running:
    """A running nginx: its ports for HTTP and HTTPS, its access log."""

    plain: int
    safe: int
    log: Path

    def get(
        self, path: str, *, host: str = "127.0.0.1", method: str = "GET", **headers: str
    ) -> http.client.HTTPResponse:
        """Ask over TLS; the certificate is of this test."""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(host, self.safe, timeout=120, context=context)
        connection.request(method, path, headers={"Host": "localhost", **headers})
        return connection.getresponse()


def _tree(public: Path) -> None:
    for folder in ("att/ab", "assets", "feed", "open", "doc", "heads"):
        (public / folder).mkdir(parents=True)
    page = PAGE.encode()
    for name, data in {
        "index.html": page, "index.html.gz": gzip.compress(page), "index.html.br": b"brotli-variant",
        "404.html": "没有".encode(), "open/404.json": b"{}", "assets/site.css": b"p{}", "feed/all.xml": b"<feed/>",
        "open/index.json": b"{}", ".hidden": b"x", "doc/.git": b"x", "old.html.bak": b"x",
    }.items():  # fmt: skip
        (public / name).write_bytes(data)
    for name in ACTIVE:
        (public / "att/ab" / name).write_text("<script>1</script>", encoding="utf-8")


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run nginx with the recipe over a small public tree."""
    program = need_program("nginx", purpose="配方没有试运行过")
    folder = tmp_path_factory.mktemp("nginx")
    home, logs = folder / "home", folder / "logs"
    running = Running(free_port(), free_port(), logs / "access.log")
    _tree(home / "public")
    logs.mkdir()
    command = [
        sys.executable,
        "-m",
        "gongkai.project.command",
        "nginx",
        "--certificate",
        str(certificate(folder)),
    ]
    command += ["--http-port", str(running.plain), "--https-port", str(running.safe)]
    command += ["--brotli"] if BROTLI.exists() else []
    environ = {
        **os.environ, "GONGKAI_HOME": str(home), "GONGKAI_ALLOWED_HOSTS": "localhost", "PORT": str(free_port()),
        "GONGKAI_ACCESS_LOGS": str(logs),
    }  # fmt: skip
    made = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    head = f"load_module {BROTLI};\n" if BROTLI.exists() else ""
    head += "user root;\n" if os.geteuid() == 0 else ""  # the folders of a test are closed to everybody else
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"{head}pid {folder}/pid; daemon off; events {{}} http {{ include /etc/nginx/mime.types;\n{places}{made.stdout}}}",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    )
    try:
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", running.safe)) == 0:
                    break
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < limit, "nginx did not listen"
            time.sleep(0.05)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=120)


def _has_ipv6() -> bool:
    """Say whether this machine has the address ::1."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_plain_http_leads_to_tls(nginx: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", nginx.plain, timeout=120)
    connection.request("GET", "/x?y=1", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/x?y=1")


@pytest.mark.skipif(not _has_ipv6(), reason="no ::1 on this machine")
def test_answers_over_ipv6(nginx: Running) -> None:
    assert nginx.get("/", host="::1").read().decode() == PAGE
    plain = http.client.HTTPConnection("::1", nginx.plain, timeout=120)
    plain.request("GET", "/", headers={"Host": "localhost"})
    assert plain.getresponse().status == 301


@pytest.mark.parametrize(
    "path", ["/", "/assets/site.css", "/feed/all.xml", "/open/index.json", "/没有这一页", "/open/x"]
)
def test_security_headers_stand_on_every_answer(nginx: Running, path: str) -> None:
    headers = nginx.get(quote(path)).headers
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Server"] == "nginx", "no version is told"


def test_sends_the_variants_that_lie_on_disk(nginx: Running) -> None:
    packed = nginx.get("/", **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.read()).decode() == PAGE
    assert nginx.get("/").headers["Content-Encoding"] is None
    assert "charset=utf-8" in nginx.get("/").headers["Content-Type"]


@pytest.mark.skipif(not BROTLI.exists(), reason="nginx has no module for brotli here")
def test_sends_the_brotli_variant_that_lies_on_disk(nginx: Running) -> None:
    packed = nginx.get("/", **{"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.read() == b"brotli-variant"


@pytest.mark.parametrize("name", ACTIVE)
def test_attachment_is_a_download_that_runs_nothing(nginx: Running, name: str) -> None:
    answer = nginx.get(f"/att/ab/{quote(name)}")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Type"].startswith("application/octet-stream")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "path", ["/index.html.gz", "/index.html.br", "/.hidden", "/doc/.git", "/heads/../.hidden"]
)
def test_variants_by_name_and_dot_files_are_not_there(nginx: Running, path: str) -> None:
    assert nginx.get(path).status == 404


def test_only_the_desk_takes_what_is_sent(nginx: Running) -> None:
    assert nginx.get("/", method="POST").status in {403, 405}
    assert nginx.get("/", method="DELETE").status in {403, 405}
    assert nginx.get("/desk/login/").status == 502, "the desk is asked for, and is not there in this test"


def test_access_log_holds_neither_query_nor_referrer(nginx: Running) -> None:
    nginx.get("/doc/?q=abc123&code=abc123", Referer="https://localhost/ask/?code=abc123")
    for _ in range(100):
        lines = nginx.log.read_text(encoding="utf-8").splitlines()
        if lines and "/doc/" in lines[-1]:
            break
        time.sleep(0.02)
    assert '"GET /doc/ HTTP/1.1" 4' in lines[-1]
    assert "127.0.0.1" in lines[-1]
    assert "abc123" not in nginx.log.read_text(encoding="utf-8")
