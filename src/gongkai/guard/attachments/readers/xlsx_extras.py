"""What a workbook carries beside its cells (工作簿附带内容): notes, pivot caches, outside links, names, drawings."""

from __future__ import annotations

import re
from typing import Any

from gongkai.guard.attachments.opc import PackageReader
from gongkai.guard.attachments.reading import Reading, sample
from gongkai.guard.attachments.xml_tree import local, stream

_CACHE_CHARS = 1_000_000
_OUTSIDE = {"externalLink": "外部链接", "queryTable": "查询", "connections": "连接串"}
_COMMENTS = re.compile(r"xl/(threadedComments/|comments\d*\.xml$|comments/)", re.IGNORECASE)


def read_extras(reading: Reading, package: PackageReader, workbook: Any) -> None:
    """Report comments, pivot caches, links, names, shared-workbook logs and the words of drawings and charts."""
    _comments(reading, package)
    _pivot(reading, package)
    _external(reading, package, workbook)
    _drawings(reading, package)
    logs = [name for name in package.names if "/revisions/" in name]
    if logs:
        reading.finding("att.office_props", "property", f"共享工作簿的修改记录 {len(logs)} 份仍在文件里")


def _comments(reading: Reading, package: PackageReader) -> None:
    number = 0
    first = ""
    for name in package.names:
        declared = package.content_type(name).lower()
        is_comments = "spreadsheetml.comments" in declared or "threadedcomments" in declared
        if not name.endswith(".xml") or not (is_comments or _COMMENTS.match(name)):
            continue
        for element in package.tree(name).iter():
            if local(element) not in ("comment", "threadedComment"):
                continue
            number += 1
            text = "".join(t.text or "" for t in element.iter() if local(t) in ("t", "text"))
            first = first or text
            reading.part(f"comment:{number}", f"{element.get('ref', '')} {text}", kind="comment")
    if number:
        reading.finding("att.xlsx_comment", "comment:1", f"批注 {number} 条仍在文件里", matched=sample(first))


def _pivot(reading: Reading, package: PackageReader) -> None:
    """Read the details kept in pivot caches and slicers."""
    values: list[str] = []
    chars = 0
    records = parts = 0
    for name in package.names:
        declared = package.content_type(name)
        if not (
            "pivotCacheRecords" in declared or "pivotCacheDefinition" in declared or "/pivotCache/" in name
        ) or name.endswith(".rels"):
            continue
        parts += "Records" in declared or "Records" in name
        with package.zip.open(name) as source:
            for element in stream(source, ("s", "n", "d", "r"), name):
                if local(element) == "r":
                    records += 1
                elif element.get("v") and chars < _CACHE_CHARS:
                    values.append(element.get("v"))
                    chars += len(values[-1])
    if not values and not records and not parts:
        return
    reading.part("pivot:1", "\n".join(values), kind="hidden")
    detail = f"明细 {records} 行" if records else f"明细值 {len(values)} 个"
    reading.finding(
        "att.xlsx_pivot_cache",
        "pivot:1",
        f"数据透视表的缓存里留有{detail}，删了明细表也能还原",
        matched=sample("；".join(values[:5])),
    )


def user_names(workbook: Any) -> list[tuple[str, str]]:
    """Return (name, reference) of the names that a person defined; print areas and the like are left out."""
    found = []
    for element in workbook.iter():
        if local(element) == "definedName" and not element.get("name", "").startswith("_xlnm."):
            found.append((element.get("name", ""), element.text or ""))
    return found


def _external(reading: Reading, package: PackageReader, workbook: Any) -> None:
    said: list[str] = []
    texts: list[str] = []
    for name in package.names:
        declared = package.content_type(name)
        if not name.endswith(".xml") or not any(
            word in declared for word in ("externalLink", "connections+xml", "queryTable")
        ):
            continue
        said.append(next(label for word, label in _OUTSIDE.items() if word in declared))
        texts += [relationship.target for relationship in package.rels(name)]
        for element in package.tree(name).iter():
            texts += [
                str(value)
                for key, value in element.attrib.items()
                if key in ("connection", "command", "sourceFile", "url", "name")
            ]
            if local(element) == "v" and element.text:
                texts.append(element.text)
    if any(name.startswith("xl/model/") for name in package.names):
        said.append("数据模型（整份数据）")
    names = user_names(workbook)
    if names:
        said.append(f"定义名 {len(names)} 个")
        texts += [f"{name}={target}" for name, target in names]
    for element in workbook.iter():
        if local(element) == "absPath" and element.get("url"):
            texts.append(element.get("url"))
            reading.finding(
                "att.office_props",
                "property",
                "工作簿记着它在作者电脑上的存放位置",
                matched=sample(element.get("url"), 40),
            )
    if texts:
        reading.part("property", "\n".join(texts)[:_CACHE_CHARS], kind="property")
    if said:
        reading.finding(
            "att.xlsx_external_link",
            "property",
            "工作簿带有：" + "、".join(dict.fromkeys(said)),
            matched=sample("；".join(texts), 40),
        )


def _drawings(reading: Reading, package: PackageReader) -> None:
    number = 0
    for name in package.names:
        declared = package.content_type(name)
        if "drawing+xml" not in declared and "chart+xml" not in declared:
            continue
        root = package.tree(name)
        number += 1
        hidden = [
            anchor
            for anchor in root
            if any(local(e) == "cNvPr" and e.get("hidden") in ("1", "true") for e in anchor.iter())
        ]
        unseen = "\n".join(_words(anchor) for anchor in hidden)
        for anchor in hidden:
            root.remove(anchor)
        reading.part(f"drawing:{number}", _words(root))
        if hidden:
            reading.part(f"hidden:drawing:{number}", unseen, kind="hidden")
            reading.finding(
                "att.xlsx_hidden_rowcol",
                f"drawing:{number}",
                f"隐藏的图形 {len(hidden)} 个",
                matched=sample(unseen),
            )


def _words(root: Any) -> str:
    return "\n".join(e.text for e in root.iter() if local(e) in ("t", "v") and e.text)
