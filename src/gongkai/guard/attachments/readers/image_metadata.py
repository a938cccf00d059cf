"""What a photograph tells beside its picture (照片附带信息): position, device, time, small preview."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import ExifTags, Image, ImageChops

from gongkai.guard.attachments.reading import Reading, sample

_TELLING = {
    271: "设备厂商", 272: "设备型号", 305: "软件", 306: "时间", 315: "作者", 33432: "版权", 270: "说明", 316: "主机",
    40091: "标题", 40092: "备注", 40093: "作者", 40094: "关键词", 40095: "主题",
}  # fmt: skip
_TELLING_INNER = {
    36867: "拍摄时间",
    36868: "数字化时间",
    37510: "用户备注",
    42032: "机主",
    42033: "机身号",
    42037: "镜头号",
    37500: "厂商数据",
    42016: "图片编号",
}
# Turn, resolution, colour positions, and the pointers to the other lists; then version, colour space and size in pixels.
_HARMLESS = frozenset(
    {
        254,
        256,
        257,
        258,
        259,
        262,
        273,
        274,
        277,
        278,
        279,
        282,
        283,
        284,
        296,
        317,
        320,
        338,
        339,
        531,
        34665,
        34853,
        34675,
    }
)
_HARMLESS_INNER = frozenset({36864, 37121, 40960, 40961, 40962, 40963, 40965})
_XMP_GPS = re.compile(rb"GPSLatitude|GPSLongitude|LocationShown|exif:GPS")
_BARE_EXIF_BYTES, _BYTES_OF_A_TAG = 100, 30
_SMALL = 32
_MEAN_DIFFERENCE = 14
_LOCAL_DIFFERENCE = 70


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        encoding = "utf-16-le" if b"\0" in value[:4] else "utf-8"
        return value.decode(encoding, "replace").strip("\0 ")
    return str(value).strip("\0 ")


def read_exif(reading: Reading, data: bytes, where: str) -> None:
    """Report position, device, time and preview of a picture given as bytes; a picture that cannot be parsed is left to others."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            report_metadata(reading, image, where)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return


def report_metadata(reading: Reading, image: Image.Image, where: str) -> None:
    """Report what the metadata of an opened picture tell."""
    exif = image.getexif()
    position = {key: value for key, value in exif.get_ifd(ExifTags.IFD.GPSInfo).items() if key != 0}
    told = {name: _value(exif[tag]) for tag, name in _TELLING.items() if tag in exif}
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    told |= {name: _value(inner[tag])[:200] for tag, name in _TELLING_INNER.items() if tag in inner}
    told = {name: text for name, text in told.items() if text}
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    xmp = xmp.encode() if isinstance(xmp, str) else xmp
    for key in ("Author", "Comment", "comment", "Description", "Source", "Copyright", "Title"):
        text = image.info.get(key)
        if isinstance(text, (str, bytes)) and _value(text):
            told[key] = _value(text)[:2000]
    if (set(exif) - _HARMLESS - set(_TELLING)) or (set(inner) - _HARMLESS_INNER - set(_TELLING_INNER)):
        told["其他拍摄参数"] = "有"
    explained = _BARE_EXIF_BYTES + _BYTES_OF_A_TAG * (len(exif) + len(inner))
    if len(image.info.get("exif", b"")) > explained and not (
        told or position or exif.get_ifd(ExifTags.IFD.IFD1)
    ):
        told["读不出的拍摄信息"] = "有"
    if image.info.get("photoshop"):
        told["IPTC"] = "有"
    if xmp:
        told["XMP"] = "有"
    texts = [f"{name}：{text}" for name, text in told.items()]
    if texts:
        reading.part(
            f"{where}/property" if where != "image" else "property", "\n".join(texts), kind="property"
        )
    if position or _XMP_GPS.search(xmp):
        reading.finding(
            "att.image_exif_gps", where, "照片带有拍摄位置" + ("和" + "、".join(told) if told else "")
        )
    elif told:
        reading.finding(
            "att.image_exif_gps",
            where,
            "照片带有：" + "、".join(told),
            matched=sample("；".join(told.values())),
            variant="no_position",
        )
    _thumbnail(reading, image, exif, where)


def _thumbnail(reading: Reading, image: Image.Image, exif: Image.Exif, where: str) -> None:
    small = embedded_preview(image, exif)
    if small is None:
        return
    if is_other_picture(image, small):
        reading.finding("att.image_thumbnail", where, "照片里的缩略图与画面不同，可能是打码以前的样子")
    else:
        reading.finding("att.image_thumbnail", where, "照片里带有缩略图", variant="same_picture")


def embedded_preview(image: Image.Image, exif: Image.Exif) -> Image.Image | None:
    """Return the EXIF preview, or None when there is none that opens."""
    tags = exif.get_ifd(ExifTags.IFD.IFD1)
    raw = image.info.get("exif", b"")
    start, length = tags.get(513), tags.get(514)
    if not isinstance(start, int) or not isinstance(length, int) or not raw:
        return None
    offset = 6 if raw.startswith(b"Exif\0\0") else 0
    try:
        small = Image.open(io.BytesIO(raw[offset + start : offset + start + length]))
        small.load()
    except (OSError, ValueError, SyntaxError):
        return None
    return small


def is_other_picture(image: Image.Image, small: Image.Image) -> bool:
    """Tell whether the preview shows something else than the picture, as a whole or in one place."""
    ratio = image.width / max(image.height, 1)
    width, height = small.size
    if width / max(height, 1) > ratio:
        inner = max(1, round(height * ratio))
        box = ((width - inner) // 2, 0, (width - inner) // 2 + inner, height)
    else:
        inner = max(1, round(width / ratio))
        box = (0, (height - inner) // 2, width, (height - inner) // 2 + inner)
    one = image.convert("L").resize((_SMALL, _SMALL), Image.Resampling.BOX)
    other = small.convert("L").crop(box).resize((_SMALL, _SMALL), Image.Resampling.BOX)
    difference = ImageChops.difference(one, other)
    histogram = difference.histogram()
    mean = sum(shade * count for shade, count in enumerate(histogram)) / (_SMALL * _SMALL)
    low = difference.resize((_SMALL // 4, _SMALL // 4), Image.Resampling.BOX).getextrema()
    most = low[1] if isinstance(low[1], (int, float)) else 0
    return mean > _MEAN_DIFFERENCE or most > _LOCAL_DIFFERENCE / 2
