"""The shape of one record as it is published (发布件): what `records` puts into a release. Tests hold every built file against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from gongkai.portal.core.interface.schema import Means

SHA256 = r"^[0-9a-f]{64}$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
Sha256 = Annotated[str, Means("内容的 SHA-256（十六进制小写）", pattern=SHA256)]
Day = Annotated[str, Means("日期，年-月-日", pattern=DAY, format="date")]
Moment = Annotated[str, Means("时刻，带时区（RFC 3339）", format="date-time")]
Validity = Literal["valid", "amended", "repealed", "expired"]
Kind = Literal[
    "policy", "interpretation", "notice", "news", "announcement", "plan", "statistics", "budget", "report",
    "guide", "personnel", "emergency", "dataset", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """代码和名称。"""

    code: Annotated[str, Means("代码")]
    name: Annotated[str, Means("发布时的名称")]


@dataclass(frozen=True, slots=True)
class Topic:
    """主题分类。"""

    major: Annotated[str, Means("主题大类，可为空文本")]
    minor: Annotated[str, Means("主题小类，可为空文本")]


@dataclass(frozen=True, slots=True)
class ValidityState:
    """有效性。"""

    state: Annotated[Validity, Means("有效、已修改、已废止、已失效")]
    note: Annotated[str, Means("说明")]
    by: Annotated[str | None, Means("据以修改或废止的文件的索引号")]


@dataclass(frozen=True, slots=True)
class Heading:
    """标题。"""

    type: Literal["heading"]
    level: Annotated[Literal[1, 2, 3, 4], Means("层级，1 为最高")]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """段落。"""

    type: Literal["paragraph"]
    html: Annotated[str, Means("只含 strong、em、a、sup、sub、br")]


@dataclass(frozen=True, slots=True)
class Table:
    """表格。"""

    type: Literal["table"]
    caption: str
    header_rows: Annotated[int, Means("表头行数")]
    header_columns: Annotated[int, Means("行首列数")]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Image:
    """图片。"""

    type: Literal["image"]
    sha256: Sha256
    alt: Annotated[str, Means("替代文字")]
    caption: str
    width: Annotated[int | None, Means("像素")]
    height: Annotated[int | None, Means("像素")]
    media_type: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """引文。"""

    type: Literal["quotation"]
    html: str
    cite: Annotated[str, Means("出处，可为空文本")]


@dataclass(frozen=True, slots=True)
class Series:
    """图表的一组数。"""

    name: str
    values: tuple[int | float | None, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """图表。"""

    type: Literal["figure"]
    kind: Literal["bar", "line"]
    title: str
    unit: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """落款或附件说明。"""

    type: Literal["signature", "attachment_note"]
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """附件；文件在 `/att/` 下，地址见列表里的 `files`。"""

    name: Annotated[str, Means("文件名")]
    sha256: Sha256
    size_bytes: Annotated[int, Means("字节数")]
    media_type: str
    pages: Annotated[int | None, Means("页数，不分页的为空")]
    text: Annotated[str, Means("文件里的文字")]


@dataclass(frozen=True, slots=True)
class Version:
    """一次发布。"""

    sequence: Annotated[int, Means("第几次，从 1 起")]
    published_at: Moment
    change: Annotated[
        Literal["first", "correction", "amendment", "validity", "typo"],
        Means("首次发布、更正、修改、有效性变更、文字勘误"),
    ]
    note: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """从旧网站迁来的信息的原地址和原发布时间。"""

    url: str
    published_at: str


@dataclass(frozen=True, slots=True)
class Record:
    """一条信息的发布件，与网页同名；文件内容的 SHA-256 就是发布件的 SHA-256。"""

    schema: Annotated[Literal[1], Means("格式版本")]
    org: Named
    section: Annotated[Named | None, Means("起草科室")]
    index_number: Annotated[str, Means("索引号")]
    path: Annotated[str, Means("网页在站点里的路径", pattern=r"^doc/.+\.html$")]
    kind: Annotated[Kind, Means("类别")]
    title: str
    document_number: Annotated[str | None, Means("文号")]
    issuer: Annotated[str, Means("发布机构")]
    formed_date: Annotated[str | None, Means("成文日期", pattern=DAY)]
    published_at: Moment
    first_published_at: Moment
    effective_date: Annotated[str | None, Means("施行日期", pattern=DAY)]
    expires_date: Annotated[str | None, Means("有效期至", pattern=DAY)]
    topic: Topic
    genre: Annotated[str | None, Means("体裁")]
    keywords: tuple[str, ...]
    summary: str
    disclosure: Annotated[Literal["active"], Means("公开属性：主动公开")]
    source: Annotated[str, Means("信息来源")]
    author: str | None
    validity: ValidityState
    catalogue: Annotated[tuple[Named, ...], Means("所属公开事项")]
    columns: Annotated[tuple[str, ...], Means("栏目代码")]
    topics: Annotated[tuple[str, ...], Means("专题代码")]
    blocks: Annotated[
        tuple[Heading | Paragraph | Table | Image | Quotation | Figure | Lines, ...],
        Means("正文，按顺序；年度报告的各张表也在这里"),
    ]
    attachments: tuple[Attachment, ...]
    interprets: Annotated[tuple[str, ...], Means("所解读文件的索引号")]
    interpreted_by: Annotated[tuple[str, ...], Means("发布时已有的解读的索引号")]
    amends: Annotated[str | None, Means("所修改文件的索引号")]
    related: Annotated[tuple[str, ...], Means("相关信息的索引号")]
    history: tuple[Version, ...]
    migrated: Migrated | None
