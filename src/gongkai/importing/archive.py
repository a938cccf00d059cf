"""Opening an Office file (a zip of XML parts) without being blown up by it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from types import TracebackType

from lxml import etree

from gongkai.importing.blocks import Limits, Unreadable
from gongkai.importing.sniffing import broken, password

#: the strict variant of the format uses other names for the same things
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/main",
        b"http://schemas.openxmlformats.org/drawingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
        b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    ),
)
#: what the zip library raises on damaged parts
DAMAGE = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    struct.error,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)
_REMEDY = "请用 Word 或 WPS 打开，全选复制到新文档后保存，再导入；来路不明的文件请不要打开。"


class Package:
    """Parts of an Office file by name; every part is checked before it is unpacked."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self.name = name
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise broken(name) from error
        self._check()
        self.names = frozenset(self._zip.namelist())

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def _check(self) -> None:
        entries = self._zip.infolist()
        limits = self._limits
        if len(entries) > limits.parts:
            raise self._bomb(f"压缩包里有{len(entries)}个部件")
        if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
            raise self._bomb(f"展开后超过{limits.unpacked_bytes // 1024 // 1024} MB")
        for entry in entries:
            if entry.flag_bits & 1:
                raise password(self.name)
            if entry.file_size > limits.part_bytes:
                raise self._bomb(f"部件 {entry.filename} 展开后有{entry.file_size // 1024 // 1024} MB")
            packed = max(entry.compress_size, 1)
            if entry.file_size >= limits.ratio_from_bytes and entry.file_size > limits.ratio * packed:
                raise self._bomb(f"部件 {entry.filename} 压缩了{entry.file_size // packed}倍")

    def _bomb(self, why: str) -> Unreadable:
        return Unreadable("zip_bomb", f"文件异常：{why}，像是“压缩炸弹”，已拒绝。", self.name, _REMEDY)

    def read(self, part: str) -> bytes:
        """The bytes of one part. Raises Unreadable when the part is damaged or missing."""
        try:
            return self._zip.read(part)
        except DAMAGE as error:
            raise broken(self.name) from error

    def head(self, part: str, size: int) -> bytes:
        """The first `size` bytes of one part."""
        try:
            with self._zip.open(part) as file:
                return file.read(size)
        except DAMAGE as error:
            raise broken(self.name) from error

    def xml(self, part: str, *, trim: Callable[[bytes], bytes] | None = None) -> etree._Element:
        """The root of one XML part. A part with a DTD is refused: Office never writes one.

        `trim` may cut off what is not needed before parsing.
        """
        data = self.read(part)
        if len(data) > self._limits.text_bytes:
            raise self._bomb(f"部件 {part} 展开后有{len(data) // 1024 // 1024} MB 文字")
        for strict, usual in _STRICT:
            if strict in data:
                data = data.replace(strict, usual)
        if trim is not None:
            data = trim(data)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise broken(self.name) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise Unreadable("broken", f"部件 {part} 含有不允许的 DTD 声明。", self.name, _REMEDY)
        return root
