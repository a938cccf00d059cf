"""Painting a redaction box with its ground (涂黑块与理由)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/System/Library/Fonts"))
_FONT_NAMES = (
    "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "SourceHanSansSC-Regular.otf", "wqy-zenhei.ttc", "wqy-microhei.ttc",
    "FandolHei-Regular.otf", "DroidSansFallbackFull.ttf", "NotoSerifCJK-Regular.ttc", "simhei.ttf", "simsun.ttc",
)  # fmt: skip
BLACK = (0, 0, 0)
WHITE = (255, 255, 255)


@lru_cache(maxsize=1)
def chinese_font() -> str | None:
    """Return a font file of this machine with Chinese characters, or None."""
    for folder in FONT_FOLDERS:
        for name in _FONT_NAMES:
            if found := next(folder.rglob(name), None):
                return str(found)
    return None


def paint_box(picture: Image.Image, area: tuple[int, int, int, int], ground: str) -> None:
    """Fill the area with black and print the ground in white, as large as fits; a box too small for writing stays black."""
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = area
    draw.rectangle((left, top, right - 1, bottom - 1), fill=BLACK)
    label = ground if chinese_font() else "".join(char for char in ground if char.isascii())
    for size in range(min(26, int((bottom - top) * 0.8)), 6, -1):
        font = _font(size)
        box = draw.textbbox((0, 0), label, font=font)
        width, height = box[2] - box[0], box[3] - box[1]
        if width <= (right - left) - 4 and height <= bottom - top - 2:
            draw.text(
                (left + (right - left - width) / 2 - box[0], top + (bottom - top - height) / 2 - box[1]),
                label,
                font=font,
                fill=WHITE,
            )
            return


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = chinese_font()
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
