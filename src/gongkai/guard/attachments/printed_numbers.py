"""Long printed numbers in pictures (图片里的号码), recognised without any engine: identity, telephone and card numbers.

Digits are single connected shapes of one height on one line; each is compared with the digits of the fonts at hand. Words
are not read. What comes out is judged by the text detectors, whose check digits catch most misreadings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gongkai.guard.attachments.redaction_label import FONT_FOLDERS

SHORTEST = 11
_GRID = (10, 14)
_TALLEST, _LOWEST = 160, 9
_MOST_RUNS = 900_000
_MOST_GLYPHS = 4000
_MOST_MEAN_DIFFERENCE = 52
_BLANK = 0.42
_NUMBER = re.compile(rf"\d(?: ?\d){{{SHORTEST - 2},}} ?[\dX]")
_INK = re.compile(rb"\xff+")
_FONT_NAMES = (
    "DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSansMono.ttf", "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc",
    "LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf", "simsun.ttc", "simhei.ttf", "FandolFang-Regular.otf",
    "NotoSansCJK-Bold.ttc", "DejaVuSans-Bold.ttf", "times.ttf", "arial.ttf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A connected shape of ink: its box in pixels, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.right - self.left


def printed_numbers(grey: Image.Image) -> list[str]:
    """Return the runs of at least eleven digits (a last X allowed) in a greyscale picture, top to bottom."""
    ink = _ink(_enlarged(grey))
    found: list[str] = []
    for line in _lines(_shapes(ink)):
        found += [match.group() for match in _NUMBER.finditer(_text(ink, line))]
    return found


def _enlarged(grey: Image.Image) -> Image.Image:
    """Enlarge small pictures: shapes that touch at screen size come apart."""
    longest = max(grey.size)
    factor = 3 if longest <= 800 else 2 if longest <= 1800 else 1
    return (
        grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.BICUBIC)
        if factor > 1
        else grey
    )


def _text(ink: Image.Image, line: list[Shape]) -> str:
    """Return what a line of shapes says, a blank where the gap is wide."""
    pieces: list[str] = []
    for number, shape in enumerate(line):
        if number and shape.left - line[number - 1].right > _BLANK * shape.height:
            pieces.append(" ")
        pieces.append(_digit(ink, shape))
    return "".join(pieces)


def _ink(grey: Image.Image) -> Image.Image:
    """Return ink as 255 on 0, by the threshold that parts the two heaps of shades best (Otsu)."""
    histogram = grey.histogram()
    total, weighted = sum(histogram), sum(shade * count for shade, count in enumerate(histogram))
    best, threshold, dark, dark_sum = -1.0, 128, 0, 0
    for shade, count in enumerate(histogram):
        dark += count
        dark_sum += shade * count
        if not dark or dark == total:
            continue
        spread = dark * (total - dark) * (dark_sum / dark - (weighted - dark_sum) / (total - dark)) ** 2
        if spread > best:
            best, threshold = spread, shade
    light_ground = sum(histogram[threshold + 1 :]) * 2 > total
    return grey.point(lambda value: 255 if (value <= threshold) == light_ground else 0)


def _shapes(ink: Image.Image) -> list[Shape]:
    """Return connected shapes of digit-like size, found run by run."""
    width, height = ink.size
    data = ink.tobytes()
    parent: list[int] = []
    boxes: list[list[int]] = []
    previous: list[tuple[int, int, int]] = []

    def root(label: int) -> int:
        while parent[label] != label:
            parent[label] = parent[parent[label]]
            label = parent[label]
        return label

    for y in range(height):
        current: list[tuple[int, int, int]] = []
        at = 0
        for match in _INK.finditer(data, y * width, (y + 1) * width):
            start, end = match.start() - y * width, match.end() - y * width
            label = -1
            while at < len(previous) and previous[at][1] < start:
                at += 1
            step = at
            while step < len(previous) and previous[step][0] <= end:
                other = root(previous[step][2])
                label = _joined(parent, boxes, label, other) if label >= 0 else other
                step += 1
            if label < 0:
                label = len(parent)
                parent.append(label)
                boxes.append([start, y, end, y + 1])
            box = boxes[label]
            box[0], box[2], box[3] = min(box[0], start), max(box[2], end), y + 1
            current.append((start, end, label))
        previous = current
        if len(parent) > _MOST_RUNS:
            return []
    shapes = [Shape(*box) for label, box in enumerate(boxes) if parent[label] == label]
    return [
        shape
        for shape in shapes
        if _LOWEST <= shape.height <= _TALLEST and 0.1 * shape.height <= shape.width <= 1.05 * shape.height
    ]


def _joined(parent: list[int], boxes: list[list[int]], one: int, other: int) -> int:
    if one == other:
        return one
    keep, gone = min(one, other), max(one, other)
    parent[gone] = keep
    first, second = boxes[keep], boxes[gone]
    boxes[keep] = [
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    ]
    return keep


def _lines(shapes: list[Shape]) -> list[list[Shape]]:
    """Chain shapes of one height that stand side by side; only chains long enough for a number are returned."""
    lines: list[list[Shape]] = []
    for shape in sorted(shapes, key=lambda item: (item.left, item.top))[: _MOST_GLYPHS * 4]:
        slack = 1 + shape.height // 8
        home = next(
            (
                line
                for line in reversed(lines[-400:])
                if abs(line[-1].top - shape.top) <= slack
                and abs(line[-1].bottom - shape.bottom) <= slack
                and -1 <= shape.left - line[-1].right <= 0.95 * shape.height
            ),
            None,
        )
        if home is None:
            lines.append([shape])
        else:
            home.append(shape)
    long = [line for line in lines if len(line) >= SHORTEST]
    return sorted(long, key=lambda line: line[0].top)[: _MOST_GLYPHS // SHORTEST]


def _digit(ink: Image.Image, shape: Shape) -> str:
    """Return the digit (or X) that the shape looks like, `?` when it looks like none."""
    area = (shape.left, shape.top, shape.right, shape.bottom)
    cells = ink.crop(area).resize(_GRID, Image.Resampling.BOX).tobytes()
    ratio = shape.width / shape.height
    best, name = 1 << 30, "?"
    for digit, wanted_ratio, wanted in _templates():
        if abs(wanted_ratio - ratio) > 0.22:
            continue
        difference = sum(abs(one - other) for one, other in zip(cells, wanted, strict=True)) + int(
            4000 * abs(wanted_ratio - ratio)
        )
        if difference < best:
            best, name = difference, digit
    return name if best <= _MOST_MEAN_DIFFERENCE * _GRID[0] * _GRID[1] else "?"


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[str, float, bytes], ...]:
    """Digits and X of every font at hand, each shrunk to the same grid."""
    made: list[tuple[str, float, bytes]] = []
    for font in [ImageFont.load_default(60), *(ImageFont.truetype(path, 60) for path in font_files())]:
        for char in "0123456789X":
            picture = Image.new("L", (120, 120), 0)
            ImageDraw.Draw(picture).text((20, 10), char, font=font, fill=255)
            box = picture.getbbox()
            if box is None:
                continue
            crop = picture.crop(box).point(lambda value: 255 if value > 127 else 0)
            cells = crop.resize(_GRID, Image.Resampling.BOX).tobytes()
            made.append((char, crop.width / crop.height, cells))
    return tuple(made)


@lru_cache(maxsize=1)
def font_files() -> tuple[str, ...]:
    """Return the files of well-known fonts on this machine."""
    found: dict[str, str] = {}
    for folder in FONT_FOLDERS:
        for path in sorted(Path(folder).rglob("*.[tTo][tT][fFcC]")):
            if path.name in _FONT_NAMES:
                found.setdefault(path.name, str(path))
    return tuple(found.values())
