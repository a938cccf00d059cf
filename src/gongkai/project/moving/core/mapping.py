"""The mapping (对照表): which column of an export means what, and where pages of the old site go in the new one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from gongkai.project.moving.core.problems import SourceRefused

FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("标题", "文章标题", "信息标题", "题名", "名称", "文件名称", "title", "articletitle", "subject"),
    "body": ("正文", "内容", "文章内容", "信息内容", "body", "content", "doccontent", "htmlcontent"),
    "published": ("发布时间", "发布日期", "公开日期", "发布", "pubdate", "publishtime", "docpubtime", "published", "publish_date"),
    "formed": ("成文日期", "成文时间", "发文日期", "签发日期", "formed", "formed_date"),
    "url": ("链接", "网址", "旧地址", "原地址", "原网址", "地址", "url", "docpuburl", "link", "href"),
    "document_number": ("文号", "发文字号", "文件编号", "document_number", "wenhao"),
    "index_number": ("索引号", "信息索引号", "index_number", "idxid", "syh"),
    "issuer": ("发文机关", "发布机构", "发文单位", "制发机关", "issuer", "publisher"),
    "source": ("来源", "信息来源", "source", "contentsource", "docsource"),
    "author": ("作者", "责任编辑", "author", "docauthor"),
    "column": ("栏目", "栏目名称", "频道", "column", "channel", "chnlname", "columnname"),
    "attachments": ("附件", "附件名", "附件地址", "attachments", "files", "appendix"),
    "file": ("文件", "文件名", "文件路径", "file", "path", "filename"),
    "sha256": ("sha256", "sha-256", "哈希", "校验值", "散列值"),
    "summary": ("摘要", "内容概述", "概述", "summary", "abstract", "description"),
    "keywords": ("关键词", "主题词", "keywords"),
}  # fmt: skip
_KNOWN = {"columns", "rules", "pages", "defaults"}
_TARGET = {"path", "column_name", "column", "columns", "kind", "catalogue", "topic", "leave_out"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where pages go whose old path begins with `path`, or whose old column has this name; the longest path wins."""

    path: str = ""
    column_name: str = ""
    columns: tuple[str, ...] = ()
    kind: str = ""
    catalogue: tuple[str, ...] = ()
    topic: tuple[str, str] | None = None
    leave_out: bool = False


@dataclass(frozen=True, slots=True)
class MoveMapping:
    """A mapping as read; `columns` names the export's column of each field, `content` are places of the text on a page."""

    columns: dict[str, str] = field(default_factory=dict)
    rules: tuple[Target, ...] = ()
    content: tuple[str, ...] = ()

    def target(self, *, key: str, column_name: str = "") -> Target:
        """Return the rule for an item; an empty one when none fits."""
        name = column_name.strip()
        fitting = [
            rule
            for rule in self.rules
            if (not rule.path or key.startswith(rule.path))
            and (not rule.column_name or rule.column_name == name)
        ]
        return max(fitting, key=lambda rule: (len(rule.path), bool(rule.column_name)), default=Target())


def read_mapping(text: str, where: str) -> MoveMapping:
    """Read a mapping from YAML. Raises SourceRefused with the key that is wrong."""
    try:
        loaded = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise _refused(f"不是 YAML：{str(error).splitlines()[0]}", where) from None
    if not isinstance(loaded, dict) or set(loaded) - _KNOWN:
        wrong = "、".join(sorted(map(str, set(loaded) - _KNOWN))) if isinstance(loaded, dict) else "最外层"
        raise _refused(f"不认识的键：{wrong}", where)
    columns = loaded.get("columns") or {}
    if not isinstance(columns, dict) or set(columns) - set(FIELDS):
        raise _refused(f"columns 只能有：{'、'.join(FIELDS)}", where)
    content = (loaded.get("pages") or {}).get("content") or ()
    rules = (*(loaded.get("rules") or ()), *([loaded["defaults"]] if loaded.get("defaults") else ()))
    return MoveMapping(
        {str(name): str(column) for name, column in columns.items()},
        tuple(_target(rule, where) for rule in rules),
        tuple(str(one) for one in ([content] if isinstance(content, str) else content)),
    )


def guess_columns(headers: Iterable[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the column of each field: as given, else the one whose heading is a usual word for it, each column once."""
    names = [name for name in headers if name]
    found: dict[str, str] = dict(given or {})
    taken = set(found.values())
    for name, words in FIELDS.items():
        if name in found:
            continue
        wanted = [_plain(word) for word in words]
        fitting = [header for header in names if header not in taken and _plain(header) in wanted]
        if fitting:
            found[name] = min(fitting, key=lambda header: wanted.index(_plain(header)))
            taken.add(found[name])
    return found


def as_yaml(columns: Mapping[str, str]) -> str:
    """Return guessed columns as a mapping to be mended by hand."""
    return yaml.safe_dump({"columns": dict(columns)}, allow_unicode=True, sort_keys=False)


def _plain(header: str) -> str:
    return re.sub(r"[\s_\-（(【\[].*$|[\s*：:]", "", header.strip().lower()) or header.strip().lower()


def _target(rule: Any, where: str) -> Target:
    if not isinstance(rule, dict) or set(rule) - _TARGET:
        raise _refused(f"rules 里每条只能有：{'、'.join(sorted(_TARGET))}", where)
    columns = rule.get("columns") or ([rule["column"]] if rule.get("column") else [])
    catalogue = rule.get("catalogue") or []
    topic = rule.get("topic") or {}
    return Target(
        path=str(rule.get("path") or ""),
        column_name=str(rule.get("column_name") or ""),
        columns=tuple(str(one) for one in columns),
        kind=str(rule.get("kind") or ""),
        catalogue=tuple(str(one) for one in ([catalogue] if isinstance(catalogue, str) else catalogue)),
        topic=(str(topic.get("major") or ""), str(topic.get("minor") or "")) if topic else None,
        leave_out=bool(rule.get("leave_out")),
    )


def _refused(message: str, where: str) -> SourceRefused:
    return SourceRefused(
        "mapping", f"对照表有误：{message}", where=where, remedy="请照 docs/howto/move-in.zh-CN.md 里的样子改"
    )
