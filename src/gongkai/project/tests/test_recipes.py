"""The recipes in deploy/ as they are: units that systemd understands, nginx that answers, a container file without surprises."""

from __future__ import annotations

import configparser
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gongkai.project.command import COMMANDS
from gongkai.project.environment import VARIABLES
from tools.homes import free_port
from tools.testing.programs import need_program

ROOT = Path(__file__).resolve().parents[4]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_unit_calls_a_command_that_exists(unit: Path) -> None:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, encoding="utf-8")
    assert parser.has_option("Unit", "Description")
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service") in UNITS
        return
    called = re.search(r"/opt/gongkai/\.venv/bin/gongkai (\w+)", parser.get("Service", "ExecStart"))
    assert called
    assert called[1] in COMMANDS
    assert parser.get("Service", "User") == "gongkai"


def test_systemd_itself_accepts_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    stand_in = tmp_path / "gongkai"
    stand_in.write_text("#!/bin/sh\n", encoding="ascii")
    stand_in.chmod(0o755)
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/gongkai/.venv/bin/gongkai", str(stand_in))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(
        [program, "verify", "--man=no", *names], capture_output=True, text=True, check=False
    )
    about_ours = [line for line in done.stderr.splitlines() if "gongkai" in line]
    assert not about_ours, about_ours


def test_example_of_settings_names_known_variables() -> None:
    lines = (DEPLOY / "environment.example").read_text(encoding="utf-8").splitlines()
    names = {line.lstrip("# ").split("=")[0] for line in lines if re.match(r"(# )?[A-Z_]+=", line)}
    assert names <= {variable.name for variable in VARIABLES}
    assert len(names) > 6


def test_container_file_copies_what_is_there_and_is_not_root() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    known = {"ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}  # fmt: skip
    assert {name for name, _ in steps} <= known
    for name, rest in steps:
        if name == "COPY":
            sources = rest.split()[:-1]
            assert all((ROOT / source).exists() or source == "wheels" for source in sources), rest
        if name in {"ENTRYPOINT", "CMD", "VOLUME"}:
            assert isinstance(json.loads(rest), list)
    users = [rest for name, rest in steps if name == "USER"]
    assert users
    assert not users[-1].startswith(("0", "root"))
    variables = re.findall(r"(\w+)=", next(rest for name, rest in steps if name == "ENV"))
    assert set(variables) <= {variable.name for variable in VARIABLES}


@pytest.mark.parametrize("script", ["script/bundle", "deploy/install"])
def test_scripts_of_the_bundle_are_whole(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in path.read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


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


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Run nginx with the recipe over a small public tree; return its ports for HTTP and HTTPS."""
    program = need_program("nginx", purpose="配方没有试运行过")
    home, ports = tmp_path / "home", (free_port(), free_port())
    public = home / "public"
    (public / "att").mkdir(parents=True)
    (public / "index.html").write_text("<!doctype html><title>公开</title>", encoding="utf-8")
    (public / "index.html.gz").write_bytes(b"\x1f\x8b")
    (public / "404.html").write_text("没有", encoding="utf-8")
    (public / "att" / "a.html").write_text("<script>1</script>", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "gongkai.project.command",
        "nginx",
        "--certificate",
        str(certificate(tmp_path)),
    ]
    command += ["--http-port", str(ports[0]), "--https-port", str(ports[1])]
    environ = {
        **os.environ,
        "GONGKAI_HOME": str(home),
        "GONGKAI_ALLOWED_HOSTS": "localhost",
        "PORT": str(free_port()),
    }
    made = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    user = "user root;\n" if os.geteuid() == 0 else ""  # the folders of a test are closed to everybody else
    whole = (
        f"{user}pid {tmp_path}/pid; daemon off; events {{}} http {{ access_log off; include /etc/nginx/mime.types;\n"
        + "".join(
            f"{kind}_temp_path {tmp_path}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + made.stdout
        + "}"
    )
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    process = subprocess.Popen(
        [program, "-p", str(tmp_path), "-e", str(tmp_path / "error.log"), "-c", str(tmp_path / "nginx.conf")]
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", ports[1])) == 0:
                    break
            assert process.poll() is None, (tmp_path / "error.log").read_text()
            time.sleep(0.05)
        yield ports
    finally:
        process.terminate()
        process.wait(timeout=120)


def test_nginx_serves_the_tree_over_tls_with_the_headers(nginx: tuple[int, int]) -> None:
    plain, safe = nginx
    connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=120)
    connection.request("GET", "/x", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/x")

    def get(path: str, host: str = "127.0.0.1", **headers: str) -> http.client.HTTPResponse:
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(host, safe, timeout=120, context=context)
        connection.request("GET", path, headers={"Host": "localhost", **headers})
        return connection.getresponse()

    page = get("/")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "charset=utf-8" in page.headers["Content-Type"]
    assert get("/", **{"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert get("/index.html.gz").status == 404
    attachment = get("/att/a.html")
    assert attachment.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in attachment.headers["Content-Security-Policy"]
    assert attachment.headers["Content-Type"].startswith("application/octet-stream")
    assert get("/desk/login/").status == 502, "the desk is asked for, and is not there in this test"
    if socket.has_ipv6 and Path("/proc/net/if_inet6").exists() and Path("/proc/net/if_inet6").read_text():
        assert get("/", host="::1").status == 200
