"""Reading one file from start to end in this process (逐个读取): the work that the isolated worker does."""

from __future__ import annotations

from pathlib import Path

from gongkai.guard.attachments.kinds import FileKind, sniff
from gongkai.guard.attachments.limits import MEGABYTE, Budget, Limits, Overrun
from gongkai.guard.attachments.names import name_findings
from gongkai.guard.attachments.reading import Reading, Sink
from gongkai.guard.attachments.registry import READERS


def inspect(path: Path, name: str, limits: Limits, sink: Sink) -> FileKind:
    """Read the file at `path`, called `name` by its owner, into `sink`; whatever stops it becomes a blocking finding."""
    kind = FileKind("unknown", "application/octet-stream")
    reading = Reading(path, kind, Budget(limits), sink, READERS, label=name)
    reading.part("filename", name, kind="filename")
    try:
        if path.stat().st_size > limits.file_bytes:
            raise Overrun(f"文件超过 {limits.file_bytes // MEGABYTE} MB")
        reading.kind = kind = sniff(path)
        for finding in name_findings(reading.rules, name, kind):
            sink.finding(finding)
        if kind.kind == "empty":
            reading.finding("file.unreadable", "text", f"“{name}”是空文件（0 字节）")
        else:
            reading.run(name)
    except Overrun as error:
        reading.finding("file.overrun", "text", f"“{name}”：{error}，没有读完")
    except MemoryError:
        reading.finding(
            "file.overrun", "text", f"“{name}”读取时内存超过 {limits.memory_bytes // MEGABYTE} MB，没有读完"
        )
    except OSError as error:
        reading.finding(
            "file.unreadable", "text", f"“{name}”打不开（{error.strerror or type(error).__name__}）"
        )
    return kind
