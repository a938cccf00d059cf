"""Reading a picture (读图片): metadata, what hangs behind its end, weak masking, and words inside it."""

from __future__ import annotations

import io
from itertools import pairwise

from PIL import Image, ImageChops, ImageFile

from gongkai.guard.attachments.image_bytes import picture_end, unknown_jpeg_bytes
from gongkai.guard.attachments.limits import Overrun, Unreadable
from gongkai.guard.attachments.ocr import read_picture
from gongkai.guard.attachments.readers.image_metadata import report_metadata
from gongkai.guard.attachments.reading import Reading

_MOST_FRAMES = 500
_ROWS_LOOKED_AT = 100
_PIECES_OF_A_MOSAIC = 6
_SHADES_OF_A_PICTURE = 8
_EDGE = 7
_FLAT = 9


def open_picture(data: bytes, most_pixels: int) -> Image.Image:
    """Open and decode a picture; raises Unreadable when broken, Overrun beyond the number of pixels."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        image = Image.open(io.BytesIO(data))
        if image.width * image.height > most_pixels:
            raise Overrun(f"图片超过 {most_pixels // 1_000_000} 百万像素")
        image.load()
    except Image.DecompressionBombError as error:
        raise Overrun("图片像素太多，疑似图片炸弹") from error
    except (
        OSError,
        ValueError,
        SyntaxError,
        KeyError,
        IndexError,
        EOFError,
        TypeError,
        OverflowError,
    ) as error:
        raise Unreadable("图片已损坏，打不开") from error
    return image


def read_image(reading: Reading) -> None:
    """Read one picture; raises Unreadable or Overrun."""
    if reading.kind.kind == "heic":
        _use_heic()
    data = reading.content()
    image = open_picture(data, reading.budget.limits.pixels)
    report_metadata(reading, image, "image")
    end = picture_end(data, reading.kind.kind)
    if end is not None and len(data) - end > 8 and data[end:].strip(b"\0"):
        reading.finding("file.disguised", "image", f"图片末尾还附带 {len(data) - end} 字节别的内容")
    if reading.kind.kind == "jpeg":
        _odd_segments(reading, data)
    frames = getattr(image, "n_frames", 1)
    if frames > _MOST_FRAMES:
        raise Overrun(f"图片超过 {_MOST_FRAMES} 帧")
    for number in range(frames):
        image.seek(number)
        if number % max(1, frames // 10) == 0:
            _look(reading, image, "image" if frames == 1 else f"image:{number + 1}")
        reading.budget.check_time()


def _odd_segments(reading: Reading, data: bytes) -> None:
    try:
        odd = unknown_jpeg_bytes(data)
    except Unreadable:
        reading.finding("file.disguised", "image", "JPEG 结构不规范，看图软件能跳过的地方可能夹带内容")
        return
    if odd:
        message = f"照片带有 {odd} 字节不明来历的内容"
        reading.finding("att.image_exif_gps", "image", message, variant="no_position")


def _use_heic() -> None:
    try:
        import pillow_heif
    except ImportError as error:
        raise Unreadable("HEIC 图片，本机没有能打开它的组件；请另存为 JPG") from error
    pillow_heif.register_heif_opener()


def _look(reading: Reading, image: Image.Image, where: str) -> None:
    if hides_under_transparency(image):
        reading.finding("att.light_mask", where, "图片的透明处下面还留着画面")
    grey = image.convert("L")
    if has_mosaic(grey):
        reading.finding("att.light_mask", where, "图片有马赛克遮盖，可能被还原")
    if not looks_written(grey):
        return
    read_picture(reading, lambda: grey, where, "图片像是文件或截图，没有识别文字，须由人看过")


def hides_under_transparency(image: Image.Image) -> bool:
    """Tell whether wholly transparent pixels still hold a picture."""
    if image.mode not in ("RGBA", "LA"):
        return False
    alpha = image.getchannel("A")
    mask = alpha.point(lambda value: 255 if value == 0 else 0)
    area = mask.histogram()[255]
    if area < max(400, image.width * image.height // 200):
        return False
    shades = image.convert("RGBA").convert("RGB").convert("L").histogram(mask)
    return sum(count > area / 1000 for count in shades) >= _SHADES_OF_A_PICTURE


def has_mosaic(grey: Image.Image) -> bool:
    """Tell whether a part of the picture is made of equal squares of many shades, in rows and in columns."""
    return _has_even_runs(grey) and _has_even_runs(grey.transpose(Image.Transpose.ROTATE_90))


def _has_even_runs(grey: Image.Image) -> bool:
    hits = 0
    step = max(2, grey.height // _ROWS_LOOKED_AT)
    edges = ImageChops.difference(grey, ImageChops.offset(grey, 1, 0)).point(_IS_EDGE)
    for y in range(step // 2, grey.height, step):
        strip = (0, y, min(grey.width, 4000), y + 1)
        hits += _row_is_mosaic(grey.crop(strip).tobytes(), edges.crop(strip).tobytes())
        if hits >= 4:
            return True
    return False


_IS_EDGE = [255 if shade > _EDGE else 0 for shade in range(256)]


def _row_is_mosaic(row: bytes, steps: bytes) -> bool:
    """Look for six flat pieces in a row whose widths are one or more times a square's width, in many shades.

    `steps` holds 255 where a pixel differs from the one before it.
    """
    edges: list[int] = []
    place = steps.find(255, 1)
    while place > 0:
        edges.append(place)
        place = steps.find(255, place + 2)
    gaps = [(first, second - first) for first, second in pairwise(edges)]
    for start in range(len(gaps) - _PIECES_OF_A_MOSAIC + 1):
        if _is_even_row(row, gaps[start : start + _PIECES_OF_A_MOSAIC]):
            return True
    return False


def _is_even_row(row: bytes, gaps: list[tuple[int, int]]) -> bool:
    width = min(gap for _, gap in gaps)
    slack = 0 if width < 8 else 1
    if not 5 <= width <= 80 or sum(gap <= width + slack for _, gap in gaps) < 3:
        return False
    shades: set[int] = set()
    for first, gap in gaps:
        rest = gap % width
        if min(rest, width - rest) > slack * (gap // width) or gap > 6 * width:
            return False
        piece = row[first + 1 : first + gap - 1]
        if max(piece) - min(piece) > _FLAT:
            return False
        shades.add(piece[len(piece) // 2] // 8)
    return len(shades) >= 4


def looks_written(grey: Image.Image) -> bool:
    """Tell whether the picture looks like a page of writing: light ground, thin dark strokes in lines."""
    if grey.width < 200 or grey.height < 120:
        return False
    scale = 640 / grey.width
    small = grey.resize((640, max(1, round(grey.height * scale)))) if grey.width > 640 else grey
    histogram = small.histogram()
    total = sum(histogram)
    light, dark = sum(histogram[190:]), sum(histogram[:110])
    if light < 0.6 * total or not 0.004 * total < dark < 0.35 * total:
        return False
    lines = strokes = 0
    for y in range(0, small.height):
        row = small.crop((0, y, small.width, y + 1)).point(lambda value: 255 if value < 140 else 0).tobytes()
        crossings = sum(one != other for one, other in pairwise(row))
        strokes += crossings >= 16
        lines += 1
    return strokes >= max(8, lines // 40)
