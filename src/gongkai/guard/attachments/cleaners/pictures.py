"""Clean copies of pictures (清洗图片): the pixels stay, everything beside them goes."""

from __future__ import annotations

import io
from typing import Any

from PIL import ExifTags, Image, ImageOps

from gongkai.guard.attachments.image_bytes import (
    picture_end,
    without_gif_comments,
    without_jpeg_metadata,
    without_png_metadata,
    without_webp_metadata,
)
from gongkai.guard.attachments.limits import DEFAULT_LIMITS, Unreadable
from gongkai.guard.attachments.readers.image import hides_under_transparency, open_picture
from gongkai.guard.attachments.removed import Removed

_STRIP = {
    "jpeg": without_jpeg_metadata,
    "png": without_png_metadata,
    "webp": without_webp_metadata,
    "gif": without_gif_comments,
}
_ORIENTATION = 274


def clean_picture(data: bytes, kind: str, removed: Removed, *, upright: bool = True) -> bytes:
    """Return the picture without metadata. Pixels stay byte for byte unless a turn noted in the metadata must be drawn.

    `upright`: draw that turn (for pictures shown on their own; office programs do not heed it). Raises Unreadable.
    """
    image = open_picture(data, DEFAULT_LIMITS.pixels)
    _count(image, data, kind, removed)
    turn = image.getexif().get(_ORIENTATION, 1)
    if upright and turn not in (0, 1) and kind in ("jpeg", "png", "webp"):
        data = _encoded(ImageOps.exif_transpose(image), image, kind)
    elif kind == "png" and hides_under_transparency(image):
        removed.add("att.light_mask")
        data = _encoded(_emptied(image), image, kind)
    if kind in _STRIP:
        return _STRIP[kind](data)
    if kind in ("bmp", "tiff"):
        return _repainted(image, kind)
    raise Unreadable("这种图片不能直接清洗；请另存为 JPG 或 PNG")


def _count(image: Image.Image, data: bytes, kind: str, removed: Removed) -> None:
    exif = image.getexif()
    if len(exif) or any(
        key in image.info
        for key in ("xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Comment", "Author", "Description")
    ):
        removed.add("att.image_exif_gps")
    if exif.get_ifd(ExifTags.IFD.IFD1):
        removed.add("att.image_thumbnail")
    end = picture_end(data, kind)
    if end is not None and len(data) > end:
        removed.add("file.disguised")


def _encoded(image: Image.Image, original: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    options: dict[str, Any] = (
        {"icc_profile": original.info["icc_profile"]} if original.info.get("icc_profile") else {}
    )
    if kind == "jpeg":
        options |= {"quality": 95, "subsampling": 0}
    elif kind == "webp":
        options |= {"lossless": True}
    image.getexif().clear()
    image.save(out, format=kind.upper(), exif=b"", **options)
    return out.getvalue()


def _emptied(image: Image.Image) -> Image.Image:
    """Make wholly transparent pixels black, so that nothing is left under them."""
    full = image.convert("RGBA")
    mask = full.getchannel("A").point(lambda value: 255 if value else 0)
    return Image.composite(full, Image.new("RGBA", full.size, (0, 0, 0, 0)), mask)


def _repainted(image: Image.Image, kind: str) -> bytes:
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        fresh = Image.frombytes(image.mode, image.size, image.tobytes())
        if image.mode == "P" and (palette := image.getpalette()):
            fresh.putpalette(palette)
        frames.append(fresh)
    out = io.BytesIO()
    if kind == "bmp":
        frames[0].save(out, format="BMP")
    else:
        compression = image.info.get("compression")
        usable = (
            compression
            if compression in ("tiff_lzw", "tiff_deflate", "group4", "packbits")
            else "tiff_deflate"
        )
        frames[0].save(
            out, format="TIFF", save_all=len(frames) > 1, append_images=frames[1:], compression=usable
        )
    return out.getvalue()


def cropped(data: bytes, left: float, top: float, right: float, bottom: float) -> bytes:
    """Return only the shown part of a picture; the arguments are shares (0..1) cut off at each side. Raises Unreadable."""
    image = open_picture(data, DEFAULT_LIMITS.pixels)
    width, height = image.size
    box = (
        round(max(left, 0) * width),
        round(max(top, 0) * height),
        round((1 - max(right, 0)) * width),
        round((1 - max(bottom, 0)) * height),
    )
    if box[2] <= box[0] or box[3] <= box[1]:
        raise Unreadable("图片裁剪后没有内容")
    kind = (image.format or "PNG").lower()
    shown = image.crop(box)
    if kind not in ("jpeg", "png", "gif", "bmp", "tiff", "webp"):
        raise Unreadable("这种图片不能裁剪")
    return _encoded(shown, image, kind)
