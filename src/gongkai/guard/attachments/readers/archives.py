"""Reading archives and OFD (读压缩包与 OFD): every member in turn, names included."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from gongkai.guard.attachments.archive import SafeZip
from gongkai.guard.attachments.kinds import sniff
from gongkai.guard.attachments.limits import Unreadable
from gongkai.guard.attachments.names import member_danger, name_findings
from gongkai.guard.attachments.reading import Reading, sample
from gongkai.guard.attachments.xml_tree import local, parse


def is_litter(name: str, litter: tuple[str, ...]) -> bool:
    """Tell whether a member was made by the operating system and means nothing to a reader."""
    return any(
        name.startswith(item) or f"/{item}" in name
        if item.endswith("/")
        else PurePosixPath(name).name == item
        for item in litter
    )


def read_zip(reading: Reading) -> None:
    """Read a zip archive and its members, nested ones too; raises Unreadable or Overrun."""
    with SafeZip(reading.source, reading.budget) as archive:
        names = archive.names
        if not names:
            raise Unreadable("压缩包是空的")
        reading.part("filename", "\n".join(names), kind="filename")
        if archive.duplicated:
            reading.finding("file.disguised", "text", "压缩包里有同名文件，不同软件会解出不同内容")
        if archive.comment.strip():
            reading.part("comment:1", archive.comment.decode("utf-8", "replace"), kind="comment")
            reading.finding(
                "att.office_props",
                "comment:1",
                "压缩包带有注释",
                matched=sample(archive.comment.decode("utf-8", "replace")),
            )
        litter = [name for name in names if is_litter(name, reading.rules.litter)]
        if litter:
            reading.finding(
                "att.office_props",
                "filename",
                f"系统自动生成的文件 {len(litter)} 个，可能带有缩略图和路径",
                matched=sample(litter[0], 40),
            )
        for name in names:
            if name not in litter:
                _member(reading, archive, name)


def _member(reading: Reading, archive: SafeZip, name: str) -> None:
    danger = member_danger(archive.infos[name], name)
    if danger:
        reading.finding("file.dangerous", "filename", f"压缩包内“{name}”{danger}")
        return
    try:
        data = archive.read(name, most_bytes=reading.budget.limits.file_bytes)
    except Unreadable as error:
        reading.finding("file.unreadable", name, str(error))
        return
    kind = sniff(data)
    for finding in name_findings(reading.rules, name, kind, f"{reading.prefix}filename"):
        reading.sink.finding(finding)
    if kind.kind != "exe":
        reading.nested(name, data)


def read_ofd(reading: Reading) -> None:
    """Read an OFD: the words of its pages, its properties, annotations and attachments."""
    with SafeZip(reading.source, reading.budget) as archive:
        pages = 0
        for name in archive.names:
            lowered = name.lower()
            if not lowered.endswith(".xml"):
                continue
            root = parse(archive.read(name), name)
            text = "\n".join(
                (e.text or "").strip()
                for e in root.iter()
                if local(e) == "TextCode" and (e.text or "").strip()
            )
            if lowered == "ofd.xml":
                values = {
                    local(e): e.text.strip()
                    for e in root.iter()
                    if local(e) in ("Author", "Keywords", "Subject", "Creator") and (e.text or "").strip()
                }
                if values:
                    reading.part(
                        "property",
                        "\n".join(f"{key}：{value}" for key, value in values.items()),
                        kind="property",
                    )
                    people = values.keys() - {"Creator"}
                    reading.finding(
                        "att.pdf_metadata",
                        "property",
                        "OFD 属性里留有：" + "、".join(values),
                        variant=None if people else "software_only",
                    )
            elif "annot" in lowered and text:
                reading.part("comment:1", text, kind="comment")
                reading.finding("att.pdf_annotation", "comment:1", "OFD 带有注释", matched=sample(text))
            elif text:
                pages += 1
                reading.part(f"page:{pages}", text)
        for name in archive.names:
            if "/attachs/" in name.lower() or (
                re.search(r"attach", name.lower()) and not name.lower().endswith(".xml")
            ):
                reading.finding(
                    "att.pdf_annotation",
                    f"embedded:{name}",
                    f"OFD 里附带文件“{name}”",
                    variant="embedded_file",
                )
                reading.nested(f"embedded:{name}", archive.read(name))
