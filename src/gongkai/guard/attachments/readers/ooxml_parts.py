"""What docx, xlsx and pptx hide in the same way (Office 共有的隐藏内容): properties, objects, macros, pictures, links."""

from __future__ import annotations

import re
from typing import Any

from gongkai.guard.attachments.opc import PackageReader
from gongkai.guard.attachments.reading import Reading, sample
from gongkai.guard.attachments.xml_tree import local

CORE_FIELDS = {
    "creator": "作者", "lastModifiedBy": "最后保存者", "description": "备注", "keywords": "关键词", "subject": "主题",
    "category": "类别", "contentStatus": "状态", "identifier": "标识",
}  # fmt: skip
APP_FIELDS = {"Company": "单位", "Manager": "主管", "Template": "模板", "HyperlinkBase": "链接基准"}
USUAL_TEMPLATES = frozenset({"", "normal", "normal.dotm", "normal.dot", "normal.wpt"})
PATH_LIKE = re.compile(
    r"^[A-Za-z]:[\\/]|^\\\\|^file:|[\\/](Users|home|Documents)[\\/]|\.(docx?|xlsx?|pptx?|wps|et|dotx?)\b",
    re.IGNORECASE,
)
MEDIA_SUFFIXES = frozenset({"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic"})
_CROP = re.compile(
    rb"<[a-z0-9]*:?srcRect\b[^>]*\b[ltrb]=\"[1-9]|\bcrop(?:top|left|bottom|right)=\"(?!0(?:f|\.0*)?\")[0-9.]"
)
_CROP_SIGN = re.compile(rb"srcRect|crop(?:top|left|bottom|right)")
_EMBEDDED_RELS = frozenset({"oleObject", "package", "aFChunk", "control", "activeXControlBinary"})


def read_common(reading: Reading, package: PackageReader) -> None:
    """Report what every Office package can hide."""
    _properties(reading, package)
    _macros(reading, package)
    _embedded(reading, package)
    _media(reading, package)
    _links(reading, package)
    if package.zip.duplicated:
        reading.finding("file.disguised", "text", "压缩结构里有同名成员，不同软件会读出不同内容")


def core_values(root: Any) -> dict[str, str]:
    """Return the telling fields of docProps/core.xml by Chinese name; a title only when it is a path or file name."""
    values = {}
    for element in root.iter():
        text = (element.text or "").strip()
        name = local(element)
        if text and name in CORE_FIELDS:
            values[CORE_FIELDS[name]] = text
        elif text and name == "title" and PATH_LIKE.search(text):
            values["标题（原文件名）"] = text
    return values


def app_values(root: Any) -> dict[str, str]:
    """Return the telling fields of docProps/app.xml by Chinese name."""
    values = {}
    for element in root.iter():
        name, text = local(element), (element.text or "").strip()
        if name in APP_FIELDS and text and not (name == "Template" and text.lower() in USUAL_TEMPLATES):
            values[APP_FIELDS[name]] = text
    return values


def is_bibliography(root: Any) -> bool:
    """Tell whether a custom XML item is only Word's empty list of sources or a cover-page form without content."""
    return not any((element.text or "").strip() for element in root.iter())


def _properties(reading: Reading, package: PackageReader) -> None:
    values: dict[str, str] = {}
    for name in package.names:
        if name == "docProps/core.xml" or "core-properties+xml" in package.content_type(name):
            values |= core_values(package.tree(name))
        elif name == "docProps/app.xml" or "extended-properties+xml" in package.content_type(name):
            values |= app_values(package.tree(name))
        elif name == "docProps/custom.xml" or "custom-properties+xml" in package.content_type(name):
            for element in package.tree(name):
                text = "".join(element.itertext()).strip()
                if text:
                    values["自定义属性 " + element.get("name", "")] = text
        elif re.fullmatch(r"customXml/item\d+\.xml", name):
            root = package.tree(name)
            if not is_bibliography(root):
                values["自定义 XML"] = " ".join("".join(root.itertext()).split())[:2000]
        elif name in ("word/people.xml", "ppt/authors.xml") or name.startswith("xl/persons/"):
            people = [
                element.get("author") or element.get("displayName") or element.get("name")
                for element in package.tree(name)
            ]
            values["参与者"] = "、".join(person for person in people if person)
        elif name.startswith("docProps/thumbnail"):
            values["缩略图"] = name
        elif "printerSettings" in name:
            values["打印机设置"] = name
    values = {key: value for key, value in values.items() if value}
    if not values:
        return
    reading.part("property", "\n".join(f"{key}：{value}" for key, value in values.items()), kind="property")
    reading.finding(
        "att.office_props",
        "property",
        "文档属性里留有：" + "、".join(values),
        matched=sample("；".join(values.values())),
    )


def _macros(reading: Reading, package: PackageReader) -> None:
    names = [
        name
        for name in package.names
        if "vbaProject" in package.content_type(name) or name.lower().endswith("vbaproject.bin")
    ]
    if names or reading.kind.macros:
        reading.finding("att.macro", "text", "文件带有宏（程序代码），打开时可能运行")


def _embedded(reading: Reading, package: PackageReader) -> None:
    sources = [""] + [name for name in package.names if not name.endswith(".rels")]
    targets: dict[str, str] = {}
    for source in sources:
        for relationship in package.rels(source):
            if (
                relationship.short_type in _EMBEDDED_RELS
                and not relationship.external
                and relationship.target in package.zip
            ):
                targets[relationship.target] = relationship.short_type
    for name in package.names:
        if "/embeddings/" in name or ("/activeX/" in name and name.endswith(".bin")):
            targets.setdefault(name, "oleObject")
    for name in targets:
        reading.finding(
            "att.ole_embedded", f"embedded:{name}", f"内嵌对象“{name.rsplit('/', 1)[-1]}”带有整份原始内容"
        )
        data = package.zip.read(name)
        if data[:4] in (b"PK\x03\x04", b"%PDF") or data[:1] == b"<":
            reading.nested(f"embedded:{name}", data)


def _media(reading: Reading, package: PackageReader) -> None:
    cropped = 0
    for name in package.names:
        suffix = name.rsplit(".", 1)[-1].lower()
        if suffix in MEDIA_SUFFIXES and not name.startswith("docProps/"):
            reading.nested(f"image:{name}", package.zip.read(name))
        elif suffix == "xml" and (
            "/drawings/" in name or "/slide" in name.lower() or name.startswith("word/")
        ):
            cropped += _holds_crop(package, name)
    if cropped:
        reading.finding("att.cropped_image", "text", "图片只是裁剪显示，被裁掉的部分仍在文件里")


def _holds_crop(package: PackageReader, name: str) -> bool:
    """Search a part piece by piece, with an overlap so that no mark is cut in two."""
    rest = b""
    for chunk in package.zip.chunks(name):
        if _CROP_SIGN.search(piece := rest + chunk) and _CROP.search(piece):
            return True
        rest = chunk[-400:]
    return False


def _links(reading: Reading, package: PackageReader) -> None:
    urls: list[str] = []
    inside: list[str] = []
    for name in [""] + [name for name in package.names if not name.endswith(".rels")]:
        for relationship in package.rels(name):
            if not relationship.external:
                continue
            target = relationship.target
            if relationship.short_type in ("externalLinkPath", "externalLink"):
                continue
            urls.append(target)
            if (
                PATH_LIKE.search(target) and not re.match(r"https?:", target, re.IGNORECASE)
            ) or relationship.short_type in (
                "attachedTemplate",
                "frame",
                "oleObject",
                "image",
                "subDocument",
            ):
                inside.append(target)
    if urls:
        reading.part("url", "\n".join(dict.fromkeys(urls)), kind="url")
    if inside:
        reading.finding(
            "att.office_props",
            "url",
            f"文件引用了本机或网络上的其他文件（{len(inside)} 处）",
            matched=sample(inside[0], 40),
        )
