"""Builders of sample PDFs and odd workbooks for the tests; persons and numbers are invented."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import pikepdf
from PIL import Image

from gongkai.guard.attachments.tests.sample_files import pdf_page, photo, rewrite_zip, save_xlsx, text_at

HIDDEN = "SECRET 13900001357"


def save(pdf: pikepdf.Pdf, path: Path) -> Path:
    pdf.save(path)
    return path


def plain(path: Path) -> Path:
    return save(pdf_page(text_at(50, 200, "Visible words")), path)


def with_author(path: Path) -> Path:
    pdf = pdf_page(text_at(50, 200, "Visible words"))
    pdf.docinfo["/Author"] = HIDDEN
    pdf.docinfo["/Title"] = "C:\\Users\\li\\list.docx"
    with pdf.open_metadata() as xmp:
        xmp["dc:creator"] = [HIDDEN]
    return save(pdf, path)


def with_software_only(path: Path) -> Path:
    pdf = pdf_page(text_at(50, 200, "Visible words"))
    pdf.docinfo["/Producer"] = "Some Writer 1.0"
    return save(pdf, path)


def with_black_box(path: Path) -> Path:
    return save(
        pdf_page(text_at(50, 200, HIDDEN) + "0 g 45 190 200 25 re f\n" + text_at(50, 100, "Visible words")),
        path,
    )


def with_white_text(path: Path) -> Path:
    return save(pdf_page(text_at(50, 100, "Visible words") + "1 g " + text_at(50, 200, HIDDEN)), path)


def with_text_off_the_page(path: Path) -> Path:
    return save(pdf_page(text_at(50, 100, "Visible words") + text_at(900, 100, HIDDEN)), path)


def with_box_annotation(path: Path) -> Path:
    """A black square drawn as a mark over the words: looks redacted, is not."""
    pdf = pdf_page(text_at(50, 200, HIDDEN) + text_at(50, 100, "Visible words"))
    look = pdf.make_indirect(pikepdf.Stream(pdf, b"0 g 0 0 200 25 re f"))
    look.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 200, 25]
    )
    mark = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Square,
        Rect=[45, 190, 245, 215],
        F=4,
        AP=pikepdf.Dictionary(N=look),
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(mark)])
    return save(pdf, path)


def with_light_mask(path: Path) -> Path:
    pdf = pdf_page(text_at(50, 200, HIDDEN) + "/G1 gs 0 g 45 190 200 25 re f\n")
    pdf.pages[0].obj.Resources.ExtGState = pikepdf.Dictionary(G1=pikepdf.Dictionary(ca=0.5))
    return save(pdf, path)


def with_note(path: Path) -> Path:
    pdf = pdf_page(text_at(50, 200, "Visible words"))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[10, 10, 30, 30], Contents=HIDDEN
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])
    return save(pdf, path)


def with_form(path: Path) -> Path:
    """A filled field: what it shows is on the page, its value and its earlier default are beside it."""
    pdf = pdf_page(text_at(50, 200, "Visible words"))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    look = pdf.make_indirect(pikepdf.Stream(pdf, b"/Tx BMC BT /F1 12 Tf 2 5 Td (Shown value) Tj ET EMC"))
    look.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 150, 20],
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
    )  # fmt: skip
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T="name",
            V="Shown value",
            DV=HIDDEN,
            Rect=[50, 100, 200, 120],
            F=4,
            AP=pikepdf.Dictionary(N=look),
        )
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=[field]))
    return save(pdf, path)


def with_attachment(path: Path) -> Path:
    pdf = pdf_page(text_at(50, 200, "Visible words"))
    pdf.attachments["list.txt"] = HIDDEN.encode()
    return save(pdf, path)


def with_script(path: Path) -> Path:
    pdf = pdf_page(text_at(50, 200, "Visible words"))
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{HIDDEN}')")
    return save(pdf, path)


def with_hidden_layer(path: Path) -> Path:
    pdf = pdf_page(text_at(50, 200, "Visible words") + "/OC /L1 BDC\n" + text_at(50, 150, HIDDEN) + "EMC\n")
    group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="draft"))
    pdf.pages[0].obj.Resources.Properties = pikepdf.Dictionary(L1=group)
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=pikepdf.Dictionary(OFF=[group], Order=[group]))
    return save(pdf, path)


def with_earlier_revision(path: Path) -> Path:
    """Saved twice: the first state, with other words, is still in the file."""
    out = io.BytesIO()
    pdf_page(text_at(50, 200, HIDDEN)).save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = out.getvalue()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        number, root, size = pdf.pages[0].obj.Contents.objgen[0], pdf.Root.objgen[0], int(pdf.trailer.Size)
    body = text_at(50, 200, "Visible words").encode()
    previous = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    update = f"{number} 0 obj\n<< /Length {len(body)} >>\nstream\n".encode() + body + b"\nendstream\nendobj\n"
    table = len(data) + len(update)
    update += (
        f"xref\n{number} 1\n{len(data):010d} 00000 n \ntrailer\n<< /Size {size} /Root {root} 0 R /Prev {previous} >>\n"
        f"startxref\n{table}\n%%EOF\n"
    ).encode()
    path.write_bytes(data + update)
    return path


def with_photo(path: Path) -> Path:
    """A picture with a position inside a page."""
    return save(
        picture_page(photo(gps=True, size=(200, 150)), (200, 150), text_at(20, 20, "Visible words")), path
    )


def scanned(path: Path) -> Path:
    """A page that is only a picture."""
    image = Image.new("RGB", (800, 600), (250, 250, 250))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return save(picture_page(out.getvalue(), image.size), path)


def picture_page(
    data: bytes, size: tuple[int, int], words: str = "", shown: tuple[int, int] = (400, 300)
) -> pikepdf.Pdf:
    width, height = shown
    pdf = pdf_page(f"q {width} 0 0 {height} 0 0 cm /Im1 Do Q\n" + words, width=width, height=height)
    image = pdf.make_indirect(pikepdf.Stream(pdf, data))
    image.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=size[0], Height=size[1], BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    pdf.pages[0].obj.Resources.XObject = pikepdf.Dictionary(Im1=image)
    return pdf


def everything(path: Path) -> bytes:
    """All that a searcher would look through: raw bytes, every decompressed object of every revision, streams that nothing refers to."""
    raw = path.read_bytes()
    pieces = [raw]
    ends = [found.end() for found in re.finditer(rb"%%EOF", raw)]
    for end in ends:
        try:
            with pikepdf.open(io.BytesIO(raw[:end])) as pdf:
                pieces += _objects(pdf)
        except pikepdf.PdfError:  # the first part of a linearised file is no file of its own
            continue
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL):
        try:
            pieces.append(zlib.decompressobj().decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(pieces)


def _objects(pdf: pikepdf.Pdf) -> list[bytes]:
    pieces = [pdf.trailer.unparse(resolved=True)]
    for item in pdf.objects:
        pieces.append(item.unparse(resolved=True))
        if isinstance(item, pikepdf.Stream):
            try:
                pieces.append(item.read_bytes())
            except pikepdf.PdfError:
                pieces.append(item.read_raw_bytes())
    return pieces


def pictures(path: Path) -> list[Image.Image]:
    """Every picture of a PDF that is stored as a JPEG, opened from the bytes as they lie in the file."""
    with pikepdf.open(path) as pdf:
        streams = [item for item in pdf.objects if isinstance(item, pikepdf.Stream)]
        raws = [item.read_raw_bytes() for item in streams if str(item.get("/Filter", "")) == "/DCTDecode"]
    return [Image.open(io.BytesIO(raw)) for raw in raws]


_TYPES = "[Content_Types].xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_pivot_cache(path: Path, secret: str) -> Path:
    """A workbook whose pivot table keeps the rows it was made from."""
    save_xlsx(path)
    parts = _parts(path)
    definition = (
        f'<pivotCacheDefinition xmlns="{_MAIN}" xmlns:r="{_REL}" r:id="rId1"><cacheSource type="worksheet"/>'
        f'<cacheFields count="1"><cacheField name="姓名"><sharedItems count="1"><s v="{secret}"/></sharedItems></cacheField></cacheFields>'
        "</pivotCacheDefinition>"
    )
    records = f'<pivotCacheRecords xmlns="{_MAIN}" count="1"><r><s v="{secret}"/></r></pivotCacheRecords>'
    workbook = (
        parts["xl/workbook.xml"]
        .decode()
        .replace(
            "</workbook>",
            f'<pivotCaches><pivotCache cacheId="1" r:id="rId77" xmlns:r="{_REL}"/></pivotCaches></workbook>',
        )
    )
    return rewrite_zip(
        path,
        {
            "xl/pivotCache/pivotCacheDefinition1.xml": definition.encode(),
            "xl/pivotCache/pivotCacheRecords1.xml": records.encode(),
            "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": _rels(
                ("rId1", "pivotCacheRecords", "pivotCacheRecords1.xml")
            ),
            "xl/workbook.xml": workbook.encode(),
            "xl/_rels/workbook.xml.rels": _more_rels(
                parts["xl/_rels/workbook.xml.rels"],
                "rId77",
                "pivotCacheDefinition",
                "pivotCache/pivotCacheDefinition1.xml",
            ),
            _TYPES: _more_types(
                parts[_TYPES],
                (
                    "/xl/pivotCache/pivotCacheDefinition1.xml",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml",
                ),
                (
                    "/xl/pivotCache/pivotCacheRecords1.xml",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheRecords+xml",
                ),
            ),
        },
    )


def with_external_link(path: Path, secret: str) -> Path:
    """A workbook linked to another one, with the values it last saw there."""
    save_xlsx(path)
    parts = _parts(path)
    link = (
        f'<externalLink xmlns="{_MAIN}" xmlns:r="{_REL}"><externalBook r:id="rId1"><sheetNames><sheetName val="名单"/></sheetNames>'
        f'<sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1" t="str"><v>{secret}</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>'
    )
    target = _rels(("rId1", "externalLinkPath", "file:///C:/Users/li/%E5%90%8D%E5%8D%95.xlsx")).replace(
        b"/>", b' TargetMode="External"/>'
    )
    workbook = (
        parts["xl/workbook.xml"]
        .decode()
        .replace(
            "</workbook>",
            f'<externalReferences><externalReference r:id="rId78" xmlns:r="{_REL}"/></externalReferences></workbook>',
        )
    )
    return rewrite_zip(
        path,
        {
            "xl/externalLinks/externalLink1.xml": link.encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": target,
            "xl/workbook.xml": workbook.encode(),
            "xl/_rels/workbook.xml.rels": _more_rels(
                parts["xl/_rels/workbook.xml.rels"],
                "rId78",
                "externalLink",
                "externalLinks/externalLink1.xml",
            ),
            _TYPES: _more_types(
                parts[_TYPES],
                (
                    "/xl/externalLinks/externalLink1.xml",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml",
                ),
            ),
        },
    )


def with_macro(path: Path, main: str) -> Path:
    """Add a macro project to a saved docx, xlsx or pptx (`main` is its first part)."""
    parts = _parts(path)
    folder, _, base = main.partition("/")
    rels = f"{folder}/_rels/{base}.rels"
    types = _more_types(parts[_TYPES], (f"/{folder}/vbaProject.bin", "application/vnd.ms-office.vbaProject"))
    return rewrite_zip(
        path,
        {
            f"{folder}/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen() End Sub",
            rels: _more_rels(parts[rels], "rId79", "vbaProject", "vbaProject.bin").replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/vbaProject",
                b"http://schemas.microsoft.com/office/2006/relationships/vbaProject",
            ),
            _TYPES: types,
        },
    )


def _parts(path: Path) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _rels(*rows: tuple[str, str, str]) -> bytes:
    lines = "".join(
        f'<Relationship Id="{name}" Type="{_REL}/{kind}" Target="{target}"/>' for name, kind, target in rows
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'.encode()


def _more_rels(data: bytes, name: str, kind: str, target: str) -> bytes:
    return data.replace(
        b"</Relationships>",
        f'<Relationship Id="{name}" Type="{_REL}/{kind}" Target="{target}"/></Relationships>'.encode(),
    )


def _more_types(data: bytes, *rows: tuple[str, str]) -> bytes:
    lines = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in rows)
    return data.replace(b"</Types>", lines.encode() + b"</Types>")
