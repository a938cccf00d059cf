"""Reading XML of unknown origin (安全读 XML): no entities, no network, no DTD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from gongkai.guard.attachments.limits import Unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/presentationml/main",
        b"http://schemas.openxmlformats.org/presentationml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


def parse(data: bytes, where: str) -> Any:
    """Return the root element; raises Unreadable naming `where`. The "strict" namespaces are read as the usual ones."""
    if b"purl.oclc.org/ooxml" in data[:4096]:
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"“{where}”的内容已损坏（XML 不完整）") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(f"“{where}”带有不应出现的文档类型声明，可能有害")
    return root


def serialise(root: Any) -> bytes:
    """Return the tree as a UTF-8 document with a standalone declaration."""
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def stream(source: IO[bytes], tags: tuple[str, ...], where: str) -> Iterator[Any]:
    """Yield the finished elements whose local name is in `tags`, freeing each after use; raises Unreadable."""
    wanted = tuple("{*}" + tag for tag in tags)
    try:
        for _, element in etree.iterparse(
            source,
            events=("end",),
            tag=wanted,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
            remove_comments=True,
            remove_pis=True,
        ):
            yield element
            element.clear(keep_tail=False)
            parent = element.getparent()
            if parent is not None:
                while element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"“{where}”的内容已损坏（XML 不完整）") from error


def local(element: Any) -> str:
    """Return the local name of the element, or an empty string for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def drop(element: Any) -> None:
    """Remove the element, keeping the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def unwrap(element: Any) -> None:
    """Replace the element by its children."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for child in list(element):
        parent.insert(place, child)
        place += 1
    drop(element)
