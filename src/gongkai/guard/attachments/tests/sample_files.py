"""Builders of sample attachments for the tests: each hides one thing; persons and numbers are invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pikepdf
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt, RGBColor
from openpyxl.comments import Comment
from PIL import Image, ImageDraw
from pptx import Presentation
from pptx.util import Emu

SECRET = "内情甲乙丙"
NUMBER = "339918197504123012"
VISIBLE = "关于公布预防接种门诊的通知"


def bare_docx() -> docx.document.Document:
    """A Word document with visible text and a table, without telling properties."""
    document = docx.Document()
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.title = core.keywords = core.subject = (
        core.category
    ) = ""
    document.add_paragraph(VISIBLE)
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("门诊", "地址", "城东门诊", "和平路88号"), strict=True
    ):
        cell.text = text
    for relationship in list(document.part.package.rels.values()):
        if "thumbnail" in relationship.reltype:
            del document.part.package.rels[relationship.rId]
    return document


def save_docx(path: Path, change: Callable[[docx.document.Document], None] | None = None) -> Path:
    """Save a document after `change`."""
    document = bare_docx()
    if change:
        change(document)
    document.save(str(path))
    return path


def add_comment(document: docx.document.Document) -> None:
    run = document.add_paragraph("请各单位落实").runs[0]
    document.add_comment(run, text=SECRET, author="李某", initials="L")


def add_tracked_change(document: docx.document.Document) -> None:
    paragraph = document.add_paragraph("经研究，")
    xml = (
        f'<w:del {nsdecls("w")} w:id="1" w:author="李某"><w:r><w:delText>{SECRET}</w:delText></w:r></w:del>',
        f'<w:ins {nsdecls("w")} w:id="2" w:author="李某"><w:r><w:t>同意公布</w:t></w:r></w:ins>',
    )
    for piece in xml:
        paragraph._p.append(parse_xml(piece))
    doomed = document.add_paragraph("第一段")
    properties = doomed._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:rPr {nsdecls("w")}><w:del w:id="3" w:author="李某"/></w:rPr>'))
    document.add_paragraph("接着第二段")


def add_hidden_text(document: docx.document.Document) -> None:
    document.add_paragraph("公开部分。").add_run(SECRET).font.hidden = True


def add_white_text(document: docx.document.Document) -> None:
    document.add_paragraph("公开部分。").add_run(SECRET).font.color.rgb = RGBColor(255, 255, 255)


def add_tiny_text(document: docx.document.Document) -> None:
    document.add_paragraph("公开部分。").add_run(SECRET).font.size = Pt(1)


def add_white_on_dark_heading(document: docx.document.Document) -> None:
    """White letters that everybody sees: the cell behind them is dark."""
    table = document.add_table(1, 1)
    cell = table.cell(0, 0)
    cell.paragraphs[0].add_run("表头白字").font.color.rgb = RGBColor(255, 255, 255)
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), "1F4E79")
    cell._tc.get_or_add_tcPr().append(shade)


def add_black_highlight(document: docx.document.Document) -> None:
    document.add_paragraph("公开部分。").add_run(SECRET).font.highlight_color = WD_COLOR_INDEX.BLACK


def add_black_shape(document: docx.document.Document) -> None:
    """A black bar laid over a line of text."""
    bar = (
        f'<w:r {nsdecls("w", "wp", "a")} xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:drawing>'
        '<wp:anchor behindDoc="0" simplePos="0" relativeHeight="2" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:extent cx="1800000" cy="200000"/><wp:wrapNone/><wp:docPr id="8" name="bar"/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/><wps:spPr>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="000000"/></a:solidFill></wps:spPr><wps:bodyPr/></wps:wsp>'
        "</a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )
    document.add_paragraph("电话 12320")._p.append(parse_xml(bar))


def add_author(document: docx.document.Document) -> None:
    document.core_properties.author = "李某"
    document.core_properties.last_modified_by = "王某"


def photo(
    *,
    gps: bool = False,
    device: bool = False,
    thumbnail: Image.Image | None = None,
    size: tuple[int, int] = (320, 240),
) -> bytes:
    """A JPEG with the metadata asked for."""
    image = scene(size)
    exif = Image.Exif()
    if device:
        exif[271], exif[272], exif[306] = "Phone", "Model 9", "2025:03:01 10:00:00"
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 45.0, 12.0), 3: "E", 4: (120.0, 44.0, 3.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, exif=exif)
    data = out.getvalue()
    return with_thumbnail(data, thumbnail) if thumbnail else data


def scene(size: tuple[int, int]) -> Image.Image:
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill=(200, 40, 40))
    draw.rectangle((size[0] // 2, size[1] // 2, size[0] - 20, size[1] - 20), fill=(20, 90, 160))
    return image


def with_thumbnail(data: bytes, small: Image.Image) -> bytes:
    """Put an EXIF segment with a preview (IFD1) into a JPEG."""
    out = io.BytesIO()
    small.save(out, "JPEG")
    preview = out.getvalue()
    ifd1 = 8 + 2 + 4
    body = b"MM\0*" + (8).to_bytes(4, "big") + (0).to_bytes(2, "big") + ifd1.to_bytes(4, "big")
    entries = ((0x0103, 3, 6 << 16), (0x0201, 4, ifd1 + 2 + 36 + 4), (0x0202, 4, len(preview)))
    body += len(entries).to_bytes(2, "big")
    for tag, kind, value in entries:
        body += (
            tag.to_bytes(2, "big")
            + kind.to_bytes(2, "big")
            + (1).to_bytes(4, "big")
            + value.to_bytes(4, "big")
        )
    body += (0).to_bytes(4, "big") + preview
    segment = b"Exif\0\0" + body
    return data[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + data[2:]


def add_cropped_picture(document: docx.document.Document) -> None:
    document.add_picture(io.BytesIO(photo()), width=Inches(2))
    blip_fill = next(iter(document.element.body.iter(qn("pic:blipFill"))))
    rect = OxmlElement("a:srcRect")
    rect.set("r", "50000")
    blip_fill.insert(1, rect)


def add_photo_with_position(document: docx.document.Document) -> None:
    document.add_picture(io.BytesIO(photo(gps=True, device=True)), width=Inches(2))


def add_embedded_workbook(document: docx.document.Document) -> None:
    """An OLE object: its picture is seen, the whole workbook is behind it."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    workbook = openpyxl.Workbook()
    workbook.active.append(["姓名", SECRET])
    data = io.BytesIO()
    workbook.save(data)
    part = Part(
        PackURI("/word/embeddings/Microsoft_Excel_Sheet1.xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        data.getvalue(), document.part.package,
    )  # fmt: skip
    identifier = document.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
    )
    picture, _ = document.part.get_or_add_image(io.BytesIO(photo()))
    run = document.add_paragraph().add_run()
    run._r.append(
        parse_xml(
            f'<w:object {nsdecls("w", "r")} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
            f'<v:shape id="s1" style="width:100pt;height:60pt"><v:imagedata r:id="{picture}"/></v:shape>'
            f'<o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" ShapeID="s1" DrawAspect="Content" ObjectID="_1" r:id="{identifier}"/></w:object>'
        )
    )


def bare_workbook() -> openpyxl.Workbook:
    workbook = openpyxl.Workbook()
    workbook.properties.creator = ""
    sheet = workbook.active
    sheet.title = "门诊"
    for row in (
        ["接种门诊一览", None, None, None],
        ["序号", "门诊", "街道", "备注"],
        [1, "城东门诊", "南湖街道", "周一"],
        [2, "城西门诊", "北湖街道", "周二"],
        [3, "城南门诊", "西湖街道", "周三"],
    ):
        sheet.append(row)
    return workbook


def save_xlsx(path: Path, change: Callable[[openpyxl.Workbook], None] | None = None) -> Path:
    workbook = bare_workbook()
    if change:
        change(workbook)
    workbook.save(path)
    return path


def hide_sheet(workbook: openpyxl.Workbook) -> None:
    for state in ("hidden", "veryHidden"):
        sheet = workbook.create_sheet(state)
        sheet.append(["姓名", SECRET])
        sheet.sheet_state = state


def hide_row_and_column(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.active
    sheet["C4"] = SECRET
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet["D3"] = SECRET + "丁"
    sheet.merge_cells("A1:D1")


def filter_rows(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.active
    sheet.auto_filter.ref = "A2:D5"
    sheet.auto_filter.add_filter_column(1, ["城东门诊"])
    sheet["D5"] = SECRET
    sheet.row_dimensions[4].hidden = sheet.row_dimensions[5].hidden = True


def zero_width(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.active
    sheet["D3"] = SECRET
    sheet.column_dimensions["D"].width = 0


def comment_cell(workbook: openpyxl.Workbook) -> None:
    workbook.active["B3"].comment = Comment(SECRET, "李某")


def white_on_dark_heading(workbook: openpyxl.Workbook) -> None:
    """White letters on a dark cell, black ones on a yellow cell: everybody sees them."""
    workbook.active["B2"].font = openpyxl.styles.Font(color="FFFFFFFF")
    workbook.active["B2"].fill = openpyxl.styles.PatternFill("solid", fgColor="FF1F4E79")
    workbook.active["C2"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFFFF00")


def define_name(workbook: openpyxl.Workbook) -> None:
    from openpyxl.workbook.defined_name import DefinedName

    workbook.defined_names["名单"] = DefinedName("名单", attr_text="'门诊'!$A$3:$B$5")


def invisible_cells(workbook: openpyxl.Workbook) -> None:
    workbook.active["D3"] = SECRET
    workbook.active["D3"].number_format = ";;;"
    workbook.active["D4"] = SECRET
    workbook.active["D4"].font = openpyxl.styles.Font(color="FFFFFFFF")
    workbook.active["D5"] = SECRET
    workbook.active["D5"].fill = openpyxl.styles.PatternFill("solid", fgColor="FF000000")


def formulas(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.active
    sheet["A6"] = "=SUM(A3:A5)"


def save_pptx(path: Path, change: Callable[[object], None] | None = None) -> Path:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = VISIBLE
    core = deck.core_properties
    core.author = core.last_modified_by = core.comments = core.title = ""
    if change:
        change(deck)
    deck.save(str(path))
    return path


def add_notes(deck) -> None:  # type: ignore[no-untyped-def]
    deck.slides[0].notes_slide.notes_text_frame.text = SECRET


def hide_slide(deck) -> None:  # type: ignore[no-untyped-def]
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = SECRET
    slide._element.set("show", "0")


def hide_shape(deck) -> None:  # type: ignore[no-untyped-def]
    box = deck.slides[0].shapes.add_textbox(Emu(0), Emu(0), Emu(1000000), Emu(500000))
    box.text_frame.text = SECRET
    box._element.nvSpPr.cNvPr.set("hidden", "1")


def put_shape_off_the_slide(deck) -> None:  # type: ignore[no-untyped-def]
    box = deck.slides[0].shapes.add_textbox(Emu(-3_000_000), Emu(0), Emu(1_000_000), Emu(500_000))
    box.text_frame.text = SECRET


def add_hidden_drawing(document: docx.document.Document) -> None:
    """A text box switched off in the selection pane."""
    box = (
        f'<w:r {nsdecls("w", "wp", "a")} xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:drawing>'
        '<wp:inline><wp:extent cx="900000" cy="300000"/><wp:docPr id="9" name="box" hidden="1"/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/><wps:spPr/>'
        f"<wps:txbx><w:txbxContent><w:p><w:r><w:t>{SECRET}</w:t></w:r></w:p></w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp>"
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
    document.add_paragraph("公开部分。")._p.append(parse_xml(box))


def rewrite_zip(path: Path, changes: dict[str, bytes], *, drop: tuple[str, ...] = ()) -> Path:
    """Change or add members of a zip in place."""
    with zipfile.ZipFile(path) as archive:
        members = {
            info.filename: archive.read(info) for info in archive.infolist() if info.filename not in drop
        }
    members |= changes
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def pdf_page(body: str, *, width: int = 400, height: int = 300, rotate: int = 0) -> pikepdf.Pdf:
    """A one-page PDF drawn with Helvetica."""
    pdf = pikepdf.new()
    add_page(pdf, body, width=width, height=height, rotate=rotate)
    return pdf


def add_page(pdf: pikepdf.Pdf, body: str, *, width: int = 400, height: int = 300, rotate: int = 0) -> None:
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page, MediaBox=[0, 0, width, height], Rotate=rotate,
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)), Contents=pikepdf.Stream(pdf, body.encode()),
    )  # fmt: skip
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def text_at(x: int, y: int, text: str, size: int = 14) -> str:
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n"
