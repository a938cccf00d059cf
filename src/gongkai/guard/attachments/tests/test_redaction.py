"""Redaction: nothing is left under a box, on straight, turned and cropped pages."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import weasyprint
from PIL import Image, ImageChops

from gongkai.guard.attachments import api
from gongkai.guard.attachments.api import Box
from gongkai.guard.attachments.tests import sample_files as made
from gongkai.guard.attachments.tests import sample_pdfs as pdfs

COLOURS = "1 0 0 rg 100 100 60 40 re f 0 0 1 rg 240 100 60 40 re f 0 0.6 0 rg 100 200 60 40 re f\n"


def _render(path: Path, page: int = 0) -> Image.Image:
    return pypdfium2.PdfDocument(path)[page].render(scale=2).to_pil().convert("RGB")


def _has(image: Image.Image, wanted: tuple[int, int, int]) -> bool:
    solid = Image.new("RGB", image.size, wanted)
    difference = ImageChops.difference(image, solid).convert("L")
    return difference.getextrema()[0] < 8


def _area_of(image: Image.Image, wanted: tuple[int, int, int]) -> tuple[float, float, float, float]:
    """Where a colour is shown, as shares of the page with a margin."""
    solid = Image.new("RGB", image.size, wanted)
    near = ImageChops.difference(image, solid).convert("L").point(lambda value: 255 if value < 30 else 0)
    left, top, right, bottom = near.getbbox()
    width, height = image.size
    return (
        max(0, left / width - 0.01),
        max(0, top / height - 0.01),
        min(1, right / width + 0.01),
        min(1, bottom / height + 0.01),
    )


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, [60, 60, 380, 290]])
def test_box_destroys_the_colour_under_it_and_leaves_its_neighbours(
    turn: int, crop: list[int] | None, tmp_path: Path
) -> None:
    pdf = made.pdf_page(COLOURS, rotate=turn)
    if crop:
        pdf.pages[0].obj.CropBox = crop
    path = tmp_path / "in.pdf"
    pdf.save(path)
    before = _render(path)
    result = api.redact_pdf(path, tmp_path / "out.pdf", [Box(1, _area_of(before, (255, 0, 0)), "个人隐私")])
    assert result.still == []
    assert result.pages == [1]
    after = _render(tmp_path / "out.pdf")
    assert after.size == before.size
    assert not _has(after, (255, 0, 0))
    assert _has(after, (0, 0, 255))
    assert _has(after, (0, 153, 0))


def test_removed_words_are_in_no_object_and_other_pages_stay(tmp_path: Path) -> None:
    pdf = made.pdf_page(made.text_at(50, 200, "Phone 13900001357") + made.text_at(50, 100, "Visible words"))
    made.add_page(pdf, made.text_at(50, 200, "Second page"))
    pdf.docinfo["/Subject"] = "13900001357"
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("13900001357", 0))
    path = tmp_path / "in.pdf"
    pdf.save(path)
    result = api.redact_pdf(path, tmp_path / "out.pdf", [Box(1, (0.22, 0.25, 0.7, 0.36), "个人隐私")])
    assert result.still == []
    assert result.words == 1
    whole = pdfs.everything(tmp_path / "out.pdf")
    assert b"13900001357" not in whole
    assert "13900001357".encode("utf-16-be") not in whole
    document = pypdfium2.PdfDocument(tmp_path / "out.pdf")
    assert re.sub(r"\s+", " ", document[0].get_textpage().get_text_range()).strip() == "Phon Visible words"
    assert document[1].get_textpage().get_text_range().strip() == "Second page"
    box = _render(tmp_path / "out.pdf").crop(
        (int(0.22 * 800) + 4, int(0.25 * 600) + 4, int(0.7 * 800) - 4, int(0.25 * 600) + 10)
    )
    assert box.getextrema() == ((0, 0), (0, 0), (0, 0))
    assert path.exists()


def test_fake_redaction_becomes_a_real_one(tmp_path: Path) -> None:
    for build in (pdfs.with_black_box, pdfs.with_box_annotation):
        path = build(tmp_path / "in.pdf")
        result = api.redact_pdf(path, tmp_path / "out.pdf", [Box(1, (0.1, 0.27, 0.65, 0.38), "个人隐私")])
        assert result.still == []
        assert b"13900001357" not in pdfs.everything(tmp_path / "out.pdf")


def test_word_that_another_page_still_shows_stops_the_copy(tmp_path: Path) -> None:
    pdf = made.pdf_page(made.text_at(50, 200, "13900001357"))
    made.add_page(pdf, made.text_at(50, 200, "again 13900001357"))
    path, out = tmp_path / "in.pdf", tmp_path / "out.pdf"
    pdf.save(path)
    boxes = [Box(1, (0.1, 0.25, 0.9, 0.4), "个人隐私")]
    result = api.redact_pdf(path, out, boxes)
    assert [(row["what"], row["page"]) for row in result.still] == [("text_elsewhere", 2)]
    assert "13900001357" not in str(result.still)
    assert not out.exists()
    assert api.redact_pdf(path, out, boxes, elsewhere_allowed=True).still == []
    assert out.exists()


@pytest.mark.parametrize(
    "boxes",
    [
        [],
        [Box(9, (0, 0, 1, 1), "个人隐私")],
        [Box(1, (0.5, 0.5, 0.2, 0.9), "个人隐私")],
        [Box(1, (0, 0, 1, 1), " ")],
        [Box(0, (0, 0, 1, 1), "x")],
    ],
)
def test_wrong_boxes_are_refused_with_a_reason(boxes: list[Box], tmp_path: Path) -> None:
    result = api.redact_pdf(pdfs.plain(tmp_path / "in.pdf"), tmp_path / "out.pdf", boxes)
    assert result.still[0]["message"]
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_are_found_around_words_and_destroy_them(turn: int, tmp_path: Path) -> None:
    body = made.text_at(60, 200, "call 139 0000 1357 now") + made.text_at(60, 150, "keep 12320") + COLOURS
    pdf = made.pdf_page(body, rotate=turn)
    path, out = tmp_path / "in.pdf", tmp_path / "out.pdf"
    pdf.save(path)
    boxes = api.find_boxes(path, ["13900001357"], "个人隐私")
    assert len(boxes) == 1
    assert api.find_boxes(path, ["absent", " "], "x") == []
    result = api.redact_pdf(path, out, boxes)
    assert result.still == []
    assert result.words
    assert _has(_render(out), (0, 0, 255))
    assert api.page_png(out, 1, width=300).startswith(b"\x89PNG")
    with pytest.raises(api.Unreadable, match="没有第 2 页"):
        api.page_png(out, 2)


def test_chinese_words_that_stay_can_still_be_found_and_removed_ones_cannot(tmp_path: Path) -> None:
    html = f"<meta charset=utf-8><body style='font-family: Noto Sans CJK SC'><p>{made.VISIBLE}</p><p>联系人周芹，电话13900001357。</p>"
    weasyprint.HTML(string=html).write_pdf(tmp_path / "in.pdf")
    boxes = api.find_boxes(tmp_path / "in.pdf", ["13900001357", "周芹"], "个人隐私")
    assert len(boxes) == 2
    result = api.redact_pdf(tmp_path / "in.pdf", tmp_path / "out.pdf", boxes)
    assert result.still == []
    text = re.sub(r"\s", "", pypdfium2.PdfDocument(tmp_path / "out.pdf")[0].get_textpage().get_text_range())
    assert made.VISIBLE in text
    assert "联系人" in text
    assert "周芹" not in text
    assert "139" not in text
    assert api.read(tmp_path / "out.pdf").findings == []


def test_words_that_nobody_saw_are_not_written_back(tmp_path: Path) -> None:
    body = (
        made.text_at(50, 200, "Phone 12320")
        + "1 g "
        + made.text_at(50, 100, "white secret")
        + "0 g 45 40 200 25 re f 1 g\n"
    )
    pdf = made.pdf_page(body + "0 g " + made.text_at(50, 46, "black secret"))
    pdf.save(tmp_path / "in.pdf")
    result = api.redact_pdf(
        tmp_path / "in.pdf", tmp_path / "out.pdf", api.find_boxes(tmp_path / "in.pdf", ["12320"], "内部信息")
    )
    assert result.still == []
    assert pypdfium2.PdfDocument(tmp_path / "out.pdf")[0].get_textpage().get_text_range().strip() == "Phone"
    assert b"secret" not in pdfs.everything(tmp_path / "out.pdf")


def test_broken_pdf_cannot_be_redacted(tmp_path: Path) -> None:
    (tmp_path / "in.pdf").write_bytes(b"%PDF-1.7 nothing")
    result = api.redact_pdf(tmp_path / "in.pdf", tmp_path / "out.pdf", [Box(1, (0, 0, 1, 1), "x")])
    assert result.unreadable
    assert not result.is_written
