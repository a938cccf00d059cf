"""Fetch the HTML checker of the W3C (vnu) into .tools/vnu.jar: one version, known by its digest."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "vnu-jar@26.9.27"
SHA512 = (
    "4e441de4315f39a582f5e6edbe8cd3b2b1f655aa1dde3620faface791133217c"
    "417b12f3f7ead2d8336d8e7efe44f5226618258b44a0860057e9125135e6b428"
)
TARGET = Path(__file__).resolve().parents[1] / ".tools" / "vnu.jar"


def main() -> int:
    """Download with npm, compare the digest, unpack the jar; 0 when it is in place."""
    if TARGET.is_file():
        return 0
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=False
        )
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            print(f"错误：取不到网页标准检查器 {PACKAGE}：{done.stderr.strip()[-300:]}", file=sys.stderr)
            return 1
        if hashlib.sha512(archives[0].read_bytes()).hexdigest() != SHA512:
            print(f"错误：{PACKAGE} 的内容与登记的摘要不符，没有安装", file=sys.stderr)
            return 1
        with tarfile.open(archives[0]) as archive:
            member = next(m for m in archive.getmembers() if m.name.endswith("/vnu.jar"))
            source = archive.extractfile(member)
            if source is None:
                print(f"错误：{PACKAGE} 中没有 vnu.jar", file=sys.stderr)
                return 1
            TARGET.parent.mkdir(exist_ok=True)
            TARGET.write_bytes(source.read())
    return 0


if __name__ == "__main__":
    sys.exit(main())
