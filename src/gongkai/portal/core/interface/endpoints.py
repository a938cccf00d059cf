"""Every public address that is no page for people: one row each. The description, the page 开放接口 and the tests read this table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gongkai.portal.core.interface import record_shapes, shapes
from gongkai.portal.core.values import DATA_KINDS, KIND_NAMES

JSON, ATOM, XML, CSV, ICS, ANY = (
    "application/json",
    "application/atom+xml",
    "application/xml",
    "text/csv",
    "text/calendar",
    "application/octet-stream",
)
CODE = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,79}$"
NUMBERED = r"^p[0-9]{4,6}$"
MAX_QUERY, MAX_PAGE = 100, 50


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, what it means, the schema of its value; `place` is `path` or `query`."""

    name: str
    text: str
    schema: dict[str, Any]
    place: str = "path"
    required: bool = True


@dataclass(frozen=True)
class Endpoint:
    """One address: template, operation name, what it gives, media type, shape of JSON, parameters, whether it is made per request."""

    path: str
    operation: str
    summary: str
    media: str
    shape: type | None = None
    parameters: tuple[Parameter, ...] = ()
    group: str = "列表"
    dynamic: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what matches the paths of this address (without base path)."""
        found = {p.name: p.schema.get("pattern", "").strip("^$") or "[^/]+" for p in self.parameters}
        parts = re.split(r"\{(\w+)\}", self.path)
        return re.compile("".join(found[p] if i % 2 else re.escape(p) for i, p in enumerate(parts)))


def _code(name: str, text: str) -> Parameter:
    return Parameter(name, text, {"type": "string", "pattern": CODE})


def _text(name: str, text: str, pattern: str) -> Parameter:
    return Parameter(name, text, {"type": "string", "pattern": pattern})


def _query(name: str, text: str, **schema: Any) -> Parameter:
    return Parameter(name, text, {"type": "string", **schema}, place="query", required=False)


COLUMN, TOPIC, ORG = _code("column", "栏目代码"), _code("topic", "专题代码"), _code("org", "机构代码")
KIND = Parameter("kind", "数据集或年度报告", {"type": "string", "enum": list(DATA_KINDS)})
PAGE = _text("page", "编号页，从最早的一页 p0001 起", NUMBERED)
YEAR = _text("year", "年份", r"^[0-9]{4}$")
SHA_HEAD = _text("head", "SHA-256 的前两位", r"^[0-9a-f]{2}$")
SHA = _text("sha256", "文件的 SHA-256", record_shapes.SHA256)
NAME = _text("name", "文件名", r"^[^/]{1,180}$")
FILTERS = (
    _query("column", "只要这个栏目", pattern=CODE),
    _query("year", "只要这一年", pattern=r"^[0-9]{4}$"),
    _query("org", "只要这个机构", pattern=CODE),
    _query("kind", "只要这个类别", enum=list(KIND_NAMES)),
    _query("topic", "只要这个主题小类", minLength=1, maxLength=40),
)
_WORDS_TEXT = "要找的词；空格隔开的都要有，引号里的连在一起"
WORDS = _query("q", _WORDS_TEXT, maxLength=MAX_QUERY)
WORDS_NEEDED = Parameter(
    "q", _WORDS_TEXT, {"type": "string", "minLength": 1, "maxLength": MAX_QUERY}, place="query"
)
SORT = _query("sort", "按相关度或按日期", enum=["rank", "date"])
NUMBER = Parameter(
    "page", "页号", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE}, place="query", required=False
)

ENDPOINTS = (
    Endpoint("/open/index.json", "entrance", "入口：栏目、专题、类别、目录的地址", JSON, shapes.Entrance, group="入口"),
    Endpoint("/open/openapi.json", "description", "本接口的描述（OpenAPI 3.1）", JSON, group="入口"),
    Endpoint("/open/organisations.json", "organisations", "全部机构", JSON, shapes.OrganisationList, group="机构和目录"),
    Endpoint("/open/catalogue/{org}.json", "catalogue", "一个机构的公开目录", JSON, shapes.CatalogueBody, (ORG,), "机构和目录"),
    Endpoint("/open/catalogue/{org}.csv", "catalogueTable", "一个机构的公开目录（表格）", CSV, None, (ORG,), "机构和目录"),
    Endpoint("/open/col/{column}.json", "column", "一个栏目最新的信息", JSON, shapes.RecordList, (COLUMN,)),
    Endpoint("/open/col/{column}/{page}.json", "columnPage", "一个栏目的编号页", JSON, shapes.RecordList, (COLUMN, PAGE)),
    Endpoint("/open/topic/{topic}.json", "topic", "一个专题最新的信息", JSON, shapes.RecordList, (TOPIC,)),
    Endpoint("/open/topic/{topic}/{page}.json", "topicPage", "一个专题的编号页", JSON, shapes.RecordList, (TOPIC, PAGE)),
    Endpoint("/open/kind/{kind}.json", "kind", "最新的数据集（dataset）或报告（report，含政府信息公开年度报告），带文件地址", JSON, shapes.RecordList, (KIND,)),
    Endpoint("/open/kind/{kind}/{page}.json", "kindPage", "数据集或报告的编号页", JSON, shapes.RecordList, (KIND, PAGE)),
    Endpoint(
        "/open/doc/{org}/{year}/{serial}.json", "record", "一条信息的发布件", JSON, record_shapes.Record,
        (ORG, YEAR, _text("serial", "序号", r"^[A-Za-z0-9_-]{1,80}$")), "信息和文件",
    ),
    Endpoint("/att/{head}/{sha256}/{name}", "attachment", "附件和数据文件", ANY, None, (SHA_HEAD, SHA, NAME), "信息和文件"),
    Endpoint("/img/{head}/{name}", "image", "图片", ANY, None, (SHA_HEAD, _text("name", "文件名", r"^[0-9a-f]{64}\.(png|jpg|gif|webp)$")), "信息和文件"),
    Endpoint("/feed/all.xml", "feed", "全站 Atom", ATOM, group="订阅和地图"),
    Endpoint("/feed/{column}.xml", "columnFeed", "一个栏目的 Atom", ATOM, None, (COLUMN,), "订阅和地图"),
    Endpoint("/feed/topic/{topic}.xml", "topicFeed", "一个专题的 Atom", ATOM, None, (TOPIC,), "订阅和地图"),
    Endpoint("/calendar/public.ics", "calendar", "公开日历（iCalendar）：已公开信息写明的将来日期", ICS, group="订阅和地图"),
    Endpoint("/sitemap.xml", "sitemap", "站点地图的索引", XML, group="订阅和地图"),
    Endpoint("/sitemap/{part}.xml", "sitemapPart", "站点地图的一份", XML, None, (_text("part", "site 或编号", r"^(site|[0-9]{5})$"),), "订阅和地图"),
    Endpoint("/heads/index.json", "heads", "账目封存头的总表（首次封存之后才有）", JSON, shapes.HeadIndex, group="账目封存头"),
    Endpoint(
        "/heads/{year}/{month}/{day}/index.json", "headDay", "一天的封存头", JSON, shapes.HeadDay,
        (YEAR, _text("month", "月", r"^[0-9]{2}$"), _text("day", "日", r"^[0-9]{2}$")), "账目封存头",
    ),
    Endpoint(
        "/heads/{year}/{month}/{day}/{seq}.json", "head", "一个封存头", JSON, shapes.Head,
        (YEAR, _text("month", "月", r"^[0-9]{2}$"), _text("day", "日", r"^[0-9]{2}$"), _text("seq", "封存序号", r"^[0-9]{12}$")), "账目封存头",
    ),
    Endpoint("/search/results.json", "search", "检索", JSON, shapes.SearchAnswer, (WORDS, *FILTERS, SORT, NUMBER), "检索", True),
    Endpoint("/search/feed.xml", "searchFeed", "按关键词订阅（Atom）：最新的 20 条", ATOM, None, (WORDS_NEEDED, *FILTERS), "检索", True),
)  # fmt: skip


def endpoint_of(path: str) -> Endpoint | None:
    """Return the row that describes a path (without base path), None when nothing does."""
    return next((row for row in ENDPOINTS if row.pattern.fullmatch(path)), None)
