"""Reading a PDF (读 PDF): the words of each page, and everything that is not on the page."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
import pypdfium2 as pdfium

from gongkai.guard.attachments.limits import Overrun, Unreadable
from gongkai.guard.attachments.pdf_walk import dictionaries
from gongkai.guard.attachments.readers.image_metadata import read_exif
from gongkai.guard.attachments.readers.ooxml_parts import PATH_LIKE
from gongkai.guard.attachments.readers.pdf_pages import read_pages
from gongkai.guard.attachments.reading import Reading, sample

_INFO = {
    "/Author": "作者",
    "/Subject": "主题",
    "/Keywords": "关键词",
    "/Company": "单位",
    "/Manager": "主管",
    "/SourceModified": "原文件时间",
}
_SOFTWARE = {"/Creator": "制作软件", "/Producer": "转换软件"}
_PLAIN = frozenset(
    {
        "/Title",
        "/CreationDate",
        "/ModDate",
        "/Trapped",
        "/PTEX.Fullbanner",
        "/GTS_PDFXVersion",
        "/GTS_PDFAVersion",
    }
)
_XMP_SOFTWARE = re.compile(rb"<(?:xmp:CreatorTool|pdf:Producer)[ >]|(?:xmp:CreatorTool|pdf:Producer)=")
_XMP_PERSON = re.compile(rb"<dc:creator[\s>].*?<rdf:li[^>]*>\s*([^<\s][^<]*)<", re.DOTALL)
_XMP_OTHER = re.compile(
    rb"<(pdf:Keywords|dc:description|photoshop:\w+|xmpMM:\w+|pdfx:\w+|crs:RawFileName)[\s>]"
)
_VISIBLE_ANNOTATIONS = frozenset({"/Link"})
_SCRIPT_KEYS = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute")
_REVISIONS_READ = 4


def read_pdf(reading: Reading) -> None:
    """Read a PDF; raises Unreadable when it is broken or locked, Overrun beyond the number of pages."""
    data = reading.content()
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > reading.budget.limits.pages:
                raise Overrun(f"PDF 超过 {reading.budget.limits.pages} 页")
            _metadata(reading, pdf)
            _annotations(reading, pdf)
            _objects(reading, pdf)
            _layers(reading, pdf)
            linearized = pdf.is_linearized
    except pikepdf.PasswordError as error:
        raise Unreadable("设有打开口令，无法检查；请去掉口令后再上传") from error
    except (pikepdf.PdfError, pikepdf.ForeignObjectError) as error:
        raise Unreadable("PDF 结构已损坏，打不开") from error
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise Unreadable("PDF 内容已损坏，打不开页面") from error
    try:
        text = read_pages(reading, document)
    finally:
        document.close()
    _revisions(reading, data, text, linearized)


def _text(value: Any) -> str:
    try:
        return str(value).strip()
    except (ValueError, UnicodeError, pikepdf.PdfError):
        return "（无法显示）"


def _metadata(reading: Reading, pdf: pikepdf.Pdf) -> None:
    people: dict[str, str] = {}
    software: dict[str, str] = {}
    for key, value in dict(pdf.docinfo).items() if "/Info" in pdf.trailer else ():
        text = _text(value)
        if not text:
            continue
        if key in _SOFTWARE:
            software[_SOFTWARE[key]] = text
        elif key == "/Title":
            if PATH_LIKE.search(text) or text.startswith("Microsoft "):
                people["标题（原文件名）"] = text
        elif key not in _PLAIN:
            people[_INFO.get(key, "自定义属性 " + key[1:])] = text
    xmp = _xmp(pdf)
    if match := _XMP_PERSON.search(xmp):
        people.setdefault("作者", match.group(1).decode("utf-8", "replace").strip())
    for match in _XMP_OTHER.finditer(xmp):
        people.setdefault("XMP " + match.group(1).decode(), "有")
    if _XMP_SOFTWARE.search(xmp):
        software.setdefault("制作软件（XMP）", "有")
    values = people | software
    if not values:
        return
    reading.part("property", "\n".join(f"{key}：{value}" for key, value in values.items()), kind="property")
    variant = None if people else "software_only"
    shown = "；".join((people or software).values())
    reading.finding(
        "att.pdf_metadata",
        "property",
        "PDF 属性里留有：" + "、".join(values),
        matched=sample(shown),
        variant=variant,
    )


def _xmp(pdf: pikepdf.Pdf) -> bytes:
    try:
        stream = pdf.Root.get("/Metadata")
        return bytes(stream.read_bytes()) if isinstance(stream, pikepdf.Stream) else b""
    except pikepdf.PdfError:
        return b""


def _annotations(reading: Reading, pdf: pikepdf.Pdf) -> None:
    kinds: dict[str, int] = {}
    first_page: dict[str, int] = {}
    texts: list[str] = []
    urls: list[str] = []
    for number, page in enumerate(pdf.pages, 1):
        annotations = page.obj.get("/Annots")
        for annotation in annotations if isinstance(annotations, pikepdf.Array) else ():
            if not isinstance(annotation, pikepdf.Dictionary):
                continue
            kind = _text(annotation.get("/Subtype", ""))
            action = annotation.get("/A")
            if isinstance(action, pikepdf.Dictionary) and "/URI" in action:
                urls.append(_text(action["/URI"]))
            if kind in _VISIBLE_ANNOTATIONS:
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
            first_page.setdefault(kind, number)
            texts += [
                _text(annotation[key]) for key in ("/Contents", "/T", "/V", "/Subj") if key in annotation
            ]
        reading.budget.check_time()
    texts += _field_values(pdf)
    texts = list(dict.fromkeys(text for text in texts if text))
    for number, text in enumerate(texts, 1):
        reading.part(f"comment:{number}", text, kind="comment")
    if urls:
        reading.part("url", "\n".join(dict.fromkeys(urls)), kind="url")
    if kinds:
        said = "、".join(f"{kind.lstrip('/')} {count} 个" for kind, count in kinds.items())
        first = min(first_page.values())
        reading.finding(
            "att.pdf_annotation", f"page:{first}", f"注释或表单：{said}", matched=sample("；".join(texts))
        )
    elif "/AcroForm" in pdf.Root and texts:
        reading.finding(
            "att.pdf_annotation", "comment:1", f"表单值 {len(texts)} 个", matched=sample("；".join(texts))
        )


def _field_values(pdf: pikepdf.Pdf) -> list[str]:
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    texts: list[str] = []
    todo = list(fields) if isinstance(fields, pikepdf.Array) else []
    seen = 0
    while todo and seen < 20_000:
        field = todo.pop()
        seen += 1
        if not isinstance(field, pikepdf.Dictionary):
            continue
        texts += [_text(field[key]) for key in ("/V", "/DV") if key in field]
        kids = field.get("/Kids")
        todo += list(kids) if isinstance(kids, pikepdf.Array) else []
    return texts


def _objects(reading: Reading, pdf: pikepdf.Pdf) -> None:
    """Walk every object: scripts, embedded files, private data of programs, photographs with a position."""
    scripts = private = photos = 0
    embedded: list[tuple[str, pikepdf.Stream]] = []
    names = _file_names(pdf)
    for item in dictionaries(pdf):
        reading.budget.check_time()
        if item.get("/S") in _SCRIPT_KEYS or "/JS" in item:
            scripts += 1
        if "/PieceInfo" in item:
            private += 1
        if not isinstance(item, pikepdf.Stream):
            continue
        if item.get("/Type") == "/EmbeddedFile" or item.objgen in names:
            embedded.append((names.get(item.objgen, f"附件{len(embedded) + 1}"), item))
        elif item.get("/Subtype") == "/Image" and item.get("/Filter") == "/DCTDecode" and photos < 500:
            photos += 1
            read_exif(reading, bytes(item.read_raw_bytes()), f"image:{photos}")
    if scripts:
        reading.finding("att.pdf_annotation", "text", f"脚本或自动动作 {scripts} 处", variant="script")
    if private:
        reading.finding("att.pdf_annotation", "text", f"制作软件的私有数据 {private} 处")
    for name, stream in embedded:
        reading.finding(
            "att.pdf_annotation", f"embedded:{name}", f"PDF 里附带文件“{name}”", variant="embedded_file"
        )
        reading.nested(f"embedded:{name}", bytes(stream.read_bytes()))


def _file_names(pdf: pikepdf.Pdf) -> dict[tuple[int, int], str]:
    """Return the names of embedded files by the object that holds their bytes."""
    names: dict[tuple[int, int], str] = {}
    for item in dictionaries(pdf):
        if isinstance(item.get("/EF"), pikepdf.Dictionary):
            name = _text(item.get("/UF", item.get("/F", "附件")))
            for stream in dict(item["/EF"]).values():
                if isinstance(stream, pikepdf.Stream):
                    names[stream.objgen] = name
    return names


def hidden_layers(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return the optional-content groups that are switched off when the file is opened."""
    properties = pdf.Root.get("/OCProperties")
    if not isinstance(properties, pikepdf.Dictionary):
        return []
    default = properties.get("/D", pikepdf.Dictionary())
    groups = list(properties.get("/OCGs", pikepdf.Array()))
    off = list(default.get("/OFF", pikepdf.Array()))
    if default.get("/BaseState") == "/OFF":
        shown = {group.objgen for group in default.get("/ON", pikepdf.Array())}
        off += [group for group in groups if group.objgen not in shown]
    return off


def _layers(reading: Reading, pdf: pikepdf.Pdf) -> None:
    layers = hidden_layers(pdf)
    if layers:
        names = "、".join(_text(layer.get("/Name", "")) for layer in layers[:5])
        reading.finding(
            "att.pdf_annotation", "text", f"隐藏的图层 {len(layers)} 个：{names}", variant="hidden_layer"
        )


def revision_ends(data: bytes, *, linearized: bool) -> list[int]:
    """Return where the earlier saved states of the file end; a file saved once gives none."""
    ends = [match.end() for match in re.finditer(rb"startxref\s+\d+\s+%%EOF", data)]
    return ends[1:-1] if linearized else ends[:-1]


def _revisions(reading: Reading, data: bytes, text: str, linearized: bool) -> None:
    ends = revision_ends(data, linearized=linearized)
    if not ends:
        return
    now = set(re.split(r"\s+", text))
    gone: list[str] = []
    for end in ends[-_REVISIONS_READ:]:
        try:
            earlier = pdfium.PdfDocument(data[:end])
            for number in range(min(len(earlier), 200)):
                words = re.split(r"\s+", earlier[number].get_textpage().get_text_range())
                gone += [word for word in words if word and word not in now]
                reading.budget.check_time()
            earlier.close()
        except pdfium.PdfiumError:
            continue
    if gone:
        lost = "\n".join(dict.fromkeys(gone))
        reading.part("revision:1", lost, kind="hidden")
        reading.finding(
            "att.pdf_annotation",
            "revision:1",
            f"文件里留着 {len(ends)} 个旧版本，有现在看不到的文字",
            matched=sample(lost),
            variant="revision",
        )
    else:
        reading.finding("att.pdf_annotation", "text", f"文件分 {len(ends) + 1} 次保存，留着旧版本的数据")
