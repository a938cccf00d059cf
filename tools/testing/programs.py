"""Programs that judge what we make: in CI (`CI=true`) they must be there, elsewhere their tests are left out and say so."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


def need_program(*names: str, purpose: str) -> str:
    """Return the path of the first of these programs that is installed; without one a failure in CI, else a skipped test."""
    for name in names:
        if found := shutil.which(name):
            return found
    missing = f"没有安装 {names[0]}：{purpose}"
    if IN_CI:
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


def office_convert(paths: list[Path], folder: Path, kind: str = "pdf") -> None:
    """Let LibreOffice write the files as another kind into `folder`; one start for all of them."""
    program = need_program("soffice", "libreoffice", purpose="文件没有由别的程序打开过")
    command = [
        program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind, "--outdir",
        str(folder), *map(str, paths),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
