"""Check an evidence pack (核对证据包): every file is there, unchanged, and nothing was added. Needs nothing but the pack."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass

SUMS, INDEX = "SHA256SUMS", "index.json"
MAX_TOTAL_BYTES = 4 * 1024**3
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class PackCheck:
    """What a pack holds and what is wrong with it; `problems` are sentences."""

    title: str
    tasks: int
    pieces: int
    files: int
    problems: tuple[str, ...]


def check_pack(data: bytes) -> PackCheck:
    """Check a pack. Never raises for what is in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            return _check(pack)
    except (zipfile.BadZipFile, UnicodeDecodeError, KeyError, ValueError, OSError) as error:
        return PackCheck("", 0, 0, 0, (f"不是完整的证据包（{type(error).__name__}）",))


def _check(pack: zipfile.ZipFile) -> PackCheck:
    if sum(info.file_size for info in pack.infolist()) > MAX_TOTAL_BYTES:
        return PackCheck("", 0, 0, 0, ("证据包展开后超过 4 GB，没有核对",))
    names = {info.filename for info in pack.infolist() if not info.is_dir()}
    sums = {}
    for line in pack.read(SUMS).decode().splitlines():
        digest, _, name = line.partition("  ")
        sums[name] = digest
    problems = [f"缺少文件 {name}" for name in sorted(set(sums) - names)]
    problems += [f"多出文件 {name}" for name in sorted(names - set(sums) - {SUMS})]
    for name in sorted(set(sums) & names):
        if _digest(pack, name) != sums[name]:
            problems.append(f"文件 {name} 已被改动")
    index = json.loads(pack.read(INDEX))
    pieces = [piece for task in index["tasks"] for piece in task["evidence"]]
    for piece in pieces:
        if piece.get("path") and sums.get(piece["path"]) != piece["sha256"]:
            problems.append(f"证据 {piece['path']} 与目录所写的指纹不一致")
    return PackCheck(index["title"], len(index["tasks"]), len(pieces), len(sums), tuple(problems))


def _digest(pack: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with pack.open(name) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
