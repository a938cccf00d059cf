"""Clean copies of archives (清洗压缩包): every member cleaned, litter left out, names kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from gongkai.guard.attachments.archive import SafeZip
from gongkai.guard.attachments.limits import Budget, Overrun, Unreadable
from gongkai.guard.attachments.names import member_danger
from gongkai.guard.attachments.readers.archives import is_litter
from gongkai.guard.attachments.removed import Removed
from gongkai.guard.attachments.rules import load_rules

_DATE = (1980, 1, 1, 0, 0, 0)


def clean_zip(
    source: Path | BinaryIO,
    budget: Budget,
    removed: Removed,
    level: int,
    clean_member: Callable[[bytes, str, Budget, Removed, int], tuple[str, bytes]],
) -> bytes:
    """Return a zip whose members were cleaned by `clean_member`, which also says how each is called now; raises Unreadable or Overrun."""
    if level > budget.limits.depth:
        raise Overrun(f"压缩包嵌套超过 {budget.limits.depth} 层")
    out = io.BytesIO()
    with SafeZip(source, budget) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        if archive.comment:
            removed.add("att.office_props")
        for name in archive.names:
            if is_litter(name, load_rules().litter):
                removed.add("zip.litter")
                continue
            if danger := member_danger(archive.infos[name], name):
                raise Unreadable(f"压缩包内“{name}”{danger}，请去掉后重新打包")
            data = archive.read(name, most_bytes=budget.limits.file_bytes)
            fresh, data = clean_member(data, name, budget, removed, level)
            info = zipfile.ZipInfo(fresh, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            made.writestr(info, data)
    return out.getvalue()
