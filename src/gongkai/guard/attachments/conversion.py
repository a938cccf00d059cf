"""Turning old office formats into today's (旧格式转换) with LibreOffice: throw-away profile, own limits, own session."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from gongkai.guard.attachments.limits import Unreadable

MODERN = {
    "doc": "docx",
    "wps": "docx",
    "rtf": "docx",
    "odt": "docx",
    "xls": "xlsx",
    "ods": "xlsx",
    "ppt": "pptx",
    "odp": "pptx",
}
SUFFIX = {"wps": "doc"}
CONVERT_SECONDS = 60
_CPU_SECONDS = 90


@lru_cache(maxsize=1)
def converter() -> str | None:
    """Return the LibreOffice program, or None when it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def _own_limits() -> None:
    """Run in the converter's process before it starts: memory as the system allows, processor time bounded."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def convert(data: bytes, kind: str, target: str, *, seconds: float = CONVERT_SECONDS) -> bytes:
    """Return the document in format `target` (docx, xlsx, pptx, pdf); raises Unreadable when that fails."""
    program = converter()
    if program is None:
        raise Unreadable(
            "旧版格式，本机没有安装转换程序（LibreOffice），不能检查；请另存为 docx、xlsx 或 pptx"
        )
    with tempfile.TemporaryDirectory(prefix="gongkai-convert-") as folder:
        source = Path(folder) / f"source.{SUFFIX.get(kind, kind)}"
        source.write_bytes(data)
        out = Path(folder) / "out"
        command = [
            program, f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck",
            "--nodefault", "--nofirststartwizard", "--convert-to", target, "--outdir", str(out), str(source),
        ]  # fmt: skip
        environment = {
            key: value
            for key, value in os.environ.items()
            if key in ("PATH", "LANG", "LC_ALL", "FONTCONFIG_PATH")
        }
        environment["HOME"] = folder
        _run(command, environment, seconds)
        made = sorted(out.glob(f"*.{target}")) if out.is_dir() else []
        if not made:
            raise Unreadable("旧版格式转换失败，文件可能已损坏或设有口令；请另存为 docx、xlsx 或 pptx")
        return made[0].read_bytes()


def _run(command: list[str], environment: dict[str, str], seconds: float) -> None:
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
        start_new_session=True, preexec_fn=_own_limits,
    )  # fmt: skip
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise Unreadable(f"旧版格式转换超过 {seconds:g} 秒，已停止；请另存为 docx、xlsx 或 pptx") from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
