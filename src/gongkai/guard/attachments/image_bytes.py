"""The bytes of JPEG, PNG and WebP pictures, segment by segment (图片字节结构), so that pixels stay untouched."""

from __future__ import annotations

import struct

from gongkai.guard.attachments.limits import Unreadable

_KNOWN_SEGMENTS = (
    b"Exif\0",
    b"http://ns.adobe.com/",
    b"ICC_PROFILE",
    b"JFIF\0",
    b"JFXX\0",
    b"Adobe",
    b"Photoshop ",
    b"MPF\0",
    b"Ducky",
)
_SMALL_SEGMENT = 32
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_TELLING = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"dSIG", b"caBX"})
_WEBP_TELLING = frozenset({b"EXIF", b"XMP "})


def jpeg_segments(data: bytes) -> tuple[list[tuple[int, int, int]], int]:
    """Return ([(marker, start, end)], end of the picture); compressed data belong to the SOS segment before them.

    Raises Unreadable when the structure breaks off.
    """
    segments: list[tuple[int, int, int]] = []
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise Unreadable("JPEG 结构已损坏")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return segments, at + 2
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
            continue
        end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker == 0xDA:
            end = _entropy_end(data, end)
        segments.append((marker, at, end))
        at = end
    if data[at : at + 2] == b"\xff\xd9":
        return segments, at + 2
    raise Unreadable("JPEG 没有结尾")


def unknown_jpeg_bytes(data: bytes) -> int:
    """Return how many bytes stand in application segments that no known format explains; raises Unreadable."""
    segments, _ = jpeg_segments(data)
    odd = (
        end - start
        for marker, start, end in segments
        if 0xE0 <= marker <= 0xEF and not data[start + 4 : end].startswith(_KNOWN_SEGMENTS)
    )
    return sum(size for size in odd if size > _SMALL_SEGMENT)


def _entropy_end(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise Unreadable("JPEG 没有结尾")
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        elif data[at + 1] == 0xFF:
            at += 1
        else:
            return at


def png_chunks(data: bytes) -> tuple[list[tuple[bytes, int, int]], int]:
    """Return ([(name, start, end)], end of the picture); raises Unreadable."""
    chunks: list[tuple[bytes, int, int]] = []
    at = len(_PNG_HEAD)
    while at + 12 <= len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        end = at + 12 + size
        if end > len(data):
            break
        chunks.append((name, at, end))
        at = end
        if name == b"IEND":
            return chunks, at
    raise Unreadable("PNG 没有结尾")


def picture_end(data: bytes, kind: str) -> int | None:
    """Return where the picture ends in the file, None when this format does not say."""
    try:
        if kind == "jpeg":
            return jpeg_segments(data)[1]
        if kind == "png":
            return png_chunks(data)[1]
    except Unreadable:
        return None
    if kind == "webp":
        size = 8 + int.from_bytes(data[4:8], "little")
        return size + size % 2
    return None


def without_jpeg_metadata(data: bytes) -> bytes:
    """Return the JPEG with its pixels byte for byte, without EXIF, XMP, IPTC, comments and what follows the end."""
    segments, end = jpeg_segments(data)
    kept = [
        data[start:stop] for marker, start, stop in segments if _keeps(marker, data[start + 4 : start + 16])
    ]
    return b"\xff\xd8" + b"".join(kept) + data[end - 2 : end]


def _keeps(marker: int, body: bytes) -> bool:
    if marker == 0xFE:
        return False
    if not 0xE0 <= marker <= 0xEF:
        return True
    return (
        (marker == 0xE0 and body.startswith(b"JFIF\0"))
        or (marker == 0xE2 and body.startswith(b"ICC_PROFILE"))
        or (marker == 0xEE and body.startswith(b"Adobe"))
    )


def without_png_metadata(data: bytes) -> bytes:
    """Return the PNG without texts, times, EXIF and what follows the end."""
    chunks, _ = png_chunks(data)
    return _PNG_HEAD + b"".join(data[start:end] for name, start, end in chunks if name not in _PNG_TELLING)


def without_webp_metadata(data: bytes) -> bytes:
    """Return the WebP without EXIF and XMP."""
    kept: list[bytes] = []
    at = 12
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        stop = at + 8 + size + size % 2
        if name == b"VP8X":
            kept.append(data[at : at + 8] + bytes([data[at + 8] & ~0x0C]) + data[at + 9 : stop])
        elif name not in _WEBP_TELLING:
            kept.append(data[at:stop])
        at = stop
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def without_gif_comments(data: bytes) -> bytes:
    """Return the GIF without comments, application data (except the loop count) and what follows the end."""
    if len(data) < 13:
        raise Unreadable("GIF 结构已损坏")
    at = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    kept = [data[:at]]
    while at < len(data):
        start, mark = at, data[at]
        if mark == 0x3B:
            return b"".join(kept) + b";"
        if mark == 0x21 and at + 2 < len(data):
            stop = _sub_blocks_end(data, at + 2)
            loop = data[at + 1] == 0xFF and data[at + 3 : at + 14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0")
            if data[at + 1] in (0xF9, 0x01) or loop:
                kept.append(data[start:stop])
        elif mark == 0x2C and at + 10 < len(data):
            table = 3 << ((data[at + 9] & 7) + 1) if data[at + 9] & 0x80 else 0
            stop = _sub_blocks_end(data, at + 10 + table + 1)
            kept.append(data[start:stop])
        else:
            raise Unreadable("GIF 结构已损坏")
        at = stop
    raise Unreadable("GIF 没有结尾")


def _sub_blocks_end(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1
