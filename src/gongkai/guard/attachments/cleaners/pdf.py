"""Clean copies of PDFs (清洗 PDF): what is drawn stays, forms and marks become part of the page, the rest goes."""

from __future__ import annotations

import io
from typing import Any

import pikepdf

from gongkai.guard.attachments.image_bytes import without_jpeg_metadata
from gongkai.guard.attachments.limits import Budget, Unreadable
from gongkai.guard.attachments.pdf_walk import dictionaries
from gongkai.guard.attachments.readers.pdf import hidden_layers, revision_ends
from gongkai.guard.attachments.removed import Removed

from .pdf_layers import drop_layers

_NOT_DRAWN = frozenset(
    {
        "/Text",
        "/Popup",
        "/FileAttachment",
        "/Sound",
        "/Movie",
        "/Screen",
        "/3D",
        "/RichMedia",
        "/Redact",
        "/TrapNet",
    }
)
_HIDDEN_FLAGS = 2 | 32
_LINK_KEYS = frozenset(
    {
        "/Type",
        "/Subtype",
        "/Rect",
        "/Border",
        "/BS",
        "/C",
        "/A",
        "/Dest",
        "/QuadPoints",
        "/StructParent",
        "/F",
        "/H",
    }
)
_SAFE_ACTIONS = frozenset({"/URI", "/GoTo"})
_ROOT_GONE = (
    "/Metadata", "/OpenAction", "/AA", "/AF", "/Collection", "/PieceInfo", "/Perms", "/Legal", "/DSS", "/SpiderInfo", "/Threads",
    "/Requirements", "/AcroForm", "/OCProperties", "/NeedsRendering",
)  # fmt: skip
_PAGE_GONE = ("/AA", "/PieceInfo", "/Thumb", "/Metadata", "/LastModified", "/B", "/AF")
_MANY = 1_000_000


def clean_pdf(data: bytes, budget: Budget, removed: Removed) -> bytes:
    """Return a PDF saved afresh that draws the same; raises Unreadable. Text under boxes is not touched: use redaction."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            removed.add("att.pdf_annotation", len(revision_ends(data, linearized=pdf.is_linearized)))
            clean_document(pdf, budget, removed)
            out = io.BytesIO()
            pdf.save(
                out,
                fix_metadata_version=False,
                deterministic_id=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
            return out.getvalue()
    except pikepdf.PasswordError as error:
        raise Unreadable("设有打开口令，不能清洗；请去掉口令") from error
    except pikepdf.PdfError as error:
        raise Unreadable("PDF 结构已损坏，不能清洗") from error


def clean_document(pdf: pikepdf.Pdf, budget: Budget, removed: Removed) -> None:
    """Clean an opened document in place."""
    layers = hidden_layers(pdf)
    if layers:
        drop_layers(pdf, {layer.objgen for layer in layers})
        removed.add("att.pdf_annotation", len(layers))
    _annotations(pdf, budget, removed)
    _root(pdf, removed)
    for page in pdf.pages:
        for key in _PAGE_GONE:
            if key in page.obj:
                del page.obj[key]
    for item in list(dictionaries(pdf)):
        budget.check_time()
        _clean_object(item, removed)
    if "/Info" in pdf.trailer:
        removed.add("att.pdf_metadata", len(list(pdf.docinfo.keys())))
        del pdf.trailer["/Info"]


def _annotations(pdf: pikepdf.Pdf, budget: Budget, removed: Removed) -> None:
    """Draw what annotations show into the page; links stay, everything else is emptied."""
    form = pdf.Root.get("/AcroForm")
    for page in pdf.pages:
        for annotation in _list(page.obj.get("/Annots")):
            if _is_unseen(annotation):
                removed.add("att.pdf_annotation")
                _empty(annotation)
        page.obj["/Annots"] = pikepdf.Array(
            [item for item in _list(page.obj.get("/Annots")) if "/Subtype" in item]
        )
        budget.check_time()
    if isinstance(form, pikepdf.Dictionary) and form.get("/NeedAppearances", False):
        pdf.generate_appearance_streams()
    others = sum(
        1 for page in pdf.pages for item in _list(page.obj.get("/Annots")) if item.get("/Subtype") != "/Link"
    )
    removed.add("att.pdf_annotation", others)
    before = [
        item
        for page in pdf.pages
        for item in _list(page.obj.get("/Annots"))
        if item.get("/Subtype") != "/Link"
    ]
    pdf.flatten_annotations("screen")
    for item in before:
        _empty(item)
    for page in pdf.pages:
        links = [item for item in _list(page.obj.get("/Annots")) if item.get("/Subtype") == "/Link"]
        for link in links:
            for key in [key for key in link.keys() if key not in _LINK_KEYS]:  # noqa: SIM118
                del link[key]
        if links:
            page.obj["/Annots"] = pikepdf.Array(links)
        elif "/Annots" in page.obj:
            del page.obj["/Annots"]
    if isinstance(form, pikepdf.Dictionary):
        removed.add("att.pdf_annotation", _empty_fields(form))


def _list(value: Any) -> list[Any]:
    return (
        [item for item in value if isinstance(item, pikepdf.Dictionary)]
        if isinstance(value, pikepdf.Array)
        else []
    )


def _is_unseen(annotation: Any) -> bool:
    if annotation.get("/Subtype") in _NOT_DRAWN or int(annotation.get("/F", 0)) & _HIDDEN_FLAGS:
        return True
    action = annotation.get("/A")
    if annotation.get("/Subtype") == "/Link" and isinstance(action, pikepdf.Dictionary):
        return action.get("/S") not in _SAFE_ACTIONS
    return False


def _empty(item: Any) -> None:
    """Take everything out of a dictionary: also where something else still points to it, nothing is left."""
    for key in list(item.keys()):
        del item[key]


def _empty_fields(form: Any) -> int:
    todo = _list(form.get("/Fields"))
    count = 0
    while todo and count < _MANY:
        field = todo.pop()
        todo += _list(field.get("/Kids"))
        count += any(key in field for key in ("/V", "/DV"))
        _empty(field)
    return count


def _root(pdf: pikepdf.Pdf, removed: Removed) -> None:
    root = pdf.Root
    if "/Metadata" in root:
        removed.add("att.pdf_metadata")
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        for key in list(names.keys()):
            if key != "/Dests":
                removed.add("att.pdf_annotation")
                del names[key]
    opening = root.get("/OpenAction")
    is_place = isinstance(opening, pikepdf.Array) or (
        isinstance(opening, pikepdf.Dictionary) and opening.get("/S") == "/GoTo"
    )
    for key in _ROOT_GONE:
        if key in root and not (key == "/OpenAction" and is_place):
            if key in ("/OpenAction", "/AA", "/AF", "/Collection"):
                removed.add("att.pdf_annotation")
            del root[key]


def _clean_object(item: Any, removed: Removed) -> None:
    for key in ("/Metadata", "/PieceInfo", "/AA", "/AF"):
        if key in item:
            del item[key]
    action = item.get("/A")
    if isinstance(action, pikepdf.Dictionary) and action.get("/S") not in (*_SAFE_ACTIONS, None):
        removed.add("att.pdf_annotation")
        del item["/A"]
    if (
        isinstance(item, pikepdf.Stream)
        and item.get("/Subtype") == "/Image"
        and item.get("/Filter") == "/DCTDecode"
    ):
        raw = bytes(item.read_raw_bytes())
        try:
            bare = without_jpeg_metadata(raw)
        except Unreadable:
            return
        if len(bare) < len(raw):
            removed.add("att.image_exif_gps")
            parameters: Any = item.get("/DecodeParms")
            item.write(bare, filter=pikepdf.Name.DCTDecode, decode_parms=parameters)
