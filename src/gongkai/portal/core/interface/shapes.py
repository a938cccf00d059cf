"""The bodies of all other public JSON: files of `open/` are written from these values, so the description cannot drift from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from gongkai.portal.core.interface.record_shapes import DAY, Kind, Moment, Sha256, Validity
from gongkai.portal.core.interface.schema import Means

Address = Annotated[str, Means("地址，从站点根起（含路径前缀）", pattern=r"^/")]


@dataclass(frozen=True, slots=True)
class FileRow:
    """一个公开的文件：附件、数据文件或图片。"""

    name: str
    address: Address
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class RecordRow:
    """列表里的一条信息。"""

    index_number: Annotated[str, Means("索引号")]
    title: str
    kind: Kind
    document_number: Annotated[str | None, Means("文号")]
    issuer: str
    formed_date: Annotated[str | None, Means("成文日期", pattern=DAY)]
    published_at: Annotated[str, Means("最近一次发布的时刻", format="date-time")]
    first_published_at: Annotated[str, Means("首次发布的时刻", format="date-time")]
    validity: Validity
    columns: Annotated[tuple[str, ...], Means("栏目代码")]
    topics: Annotated[tuple[str, ...], Means("专题代码")]
    summary: str
    page: Annotated[str, Means("网页地址", pattern=r"^/")]
    json: Annotated[str, Means("这条信息的 JSON", pattern=r"^/")]
    sha256: Annotated[str, Means("发布件的 SHA-256", pattern=r"^[0-9a-f]{64}$")]
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class RecordList:
    """一个栏目或专题的一页，或者数据集、报告的一页，新的在前。分页和网页一样：首页放最新的 20 至 39 条，编号页从最早算起，写成后不再变动。"""

    list: Literal["column", "topic", "kind"]
    code: str
    name: str
    number: Annotated[int, Means("页号，0 为首页")]
    total: Annotated[int | None, Means("公开中的条数，只在首页给出")]
    newer: Annotated[str | None, Means("较新的一页", pattern=r"^/")]
    older: Annotated[str | None, Means("更早的一页", pattern=r"^/")]
    records: Annotated[tuple[RecordRow, ...], Means("撤回的信息不在其中，编号页可能不满 20 条")]


@dataclass(frozen=True, slots=True)
class ListRow:
    """一个栏目、专题，或者数据集、报告的入口。"""

    code: str
    name: str
    json: Address
    feed: Annotated[str | None, Means("Atom 地址；数据集和报告没有", pattern=r"^/")]


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """一个机构的公开目录。"""

    org: Annotated[str, Means("机构代码")]
    json: Address
    csv: Address


@dataclass(frozen=True, slots=True)
class Entrance:
    """入口：从这里能找到全部开放内容。"""

    schema: Annotated[Literal[2], Means("格式版本")]
    name: Annotated[str, Means("公开机关")]
    note: str
    description: Annotated[str, Means("OpenAPI 3.1 描述文件", pattern=r"^/")]
    organisations: Address
    columns: tuple[ListRow, ...]
    topics: tuple[ListRow, ...]
    kinds: tuple[ListRow, ...]
    catalogues: tuple[CatalogueRow, ...]
    search: Annotated[str, Means("检索（JSON）；作为频道发布时在原站点", pattern=r"^(/|https?://)")]
    feed: Annotated[str, Means("全站 Atom", pattern=r"^/")]
    sitemap: Address


@dataclass(frozen=True, slots=True)
class ItemRow:
    """一个公开事项。"""

    code: str
    class_code: str
    class_name: Annotated[str, Means("类别")]
    level1: Annotated[str, Means("一级事项")]
    level2: Annotated[str, Means("二级事项")]
    elements: Annotated[str, Means("公开内容（要素）")]
    basis: Annotated[str, Means("公开依据")]
    limit_text: Annotated[str, Means("公开时限")]
    discloser: Annotated[str, Means("公开主体")]
    channels: Annotated[str, Means("公开渠道")]
    audience: Annotated[str, Means("公开对象")]
    mode: Annotated[str, Means("公开方式")]
    tier: Annotated[str, Means("公开层级")]
    openings: Annotated[str, Means("五公开环节")]
    column: Annotated[str, Means("栏目代码")]
    published: Annotated[int, Means("已公开条数")]


@dataclass(frozen=True, slots=True)
class CatalogueBody:
    """一个机构的公开目录。"""

    org: Annotated[str, Means("机构代码")]
    version: str
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """一个机构：机关、科室或医疗卫生机构。"""

    code: str
    name: str
    short_name: str
    kind: Literal["authority", "section", "institution"]
    institution_type: Annotated[str | None, Means("机构类别")]
    parent: Annotated[str | None, Means("上级机构代码")]
    closed_date: Annotated[str | None, Means("撤销日期", pattern=DAY)]
    address: str
    phone: str
    office_hours: str
    page: Annotated[str | None, Means("机构页；科室没有", pattern=r"^/")]
    catalogue: Annotated[str | None, Means("公开目录的 JSON", pattern=r"^/")]


@dataclass(frozen=True, slots=True)
class OrganisationList:
    """全部机构，按层级顺序。"""

    organisations: tuple[OrganisationRow, ...]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """一条检索结果。"""

    title: str
    context: Annotated[str, Means("命中处的上下文，纯文本")]
    document_number: str
    issuer: str
    date: Annotated[str, Means("首次发布日期", pattern=DAY)]
    kind: Kind
    validity: Validity
    columns: tuple[str, ...]
    page: Address
    json: Address


@dataclass(frozen=True, slots=True)
class FacetValue:
    """一个可以用来缩小范围的值。"""

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """一种缩小范围的办法；`name` 就是参数名。"""

    name: Literal["column", "year", "kind", "org"]
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """一页检索结果，每页 10 条，最多 50 页。"""

    query: str
    total: int
    searched: Annotated[int, Means("检索了多少条")]
    number: Annotated[int, Means("页号，从 1 起")]
    pages: int
    sort: Literal["rank", "date"]
    loose: Annotated[bool, Means("没有全部命中，只命中部分词")]
    mended: Annotated[bool, Means("按 suggestion 检索的结果")]
    suggestion: Annotated[str | None, Means("也许要找的词")]
    hits: tuple[SearchHit, ...]
    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """出错时的说明（RFC 9457）：发生了什么、在哪里、怎么办。"""

    type: Annotated[str, Means("错误种类，about:blank 表示与状态码相同")]
    title: str
    status: int
    detail: str
    remedy: Annotated[str, Means("怎么办")]


@dataclass(frozen=True, slots=True)
class Head:
    """一个封存头：账目到某一条时的样子，用 Ed25519 签名。"""

    schema: Literal[1]
    seq: Annotated[int, Means("封存序号")]
    entry: Annotated[int, Means("最后一条账目")]
    hash: Annotated[str, Means("链的散列值", pattern=r"^[0-9a-f]{64}$")]
    at: Moment
    previous: Annotated[int, Means("上一个封存头的序号，首个为 0")]
    key: Annotated[str, Means("签名密钥的短名")]
    signature: Annotated[str, Means("签名，Base64")]


@dataclass(frozen=True, slots=True)
class HeadDay:
    """一天的封存头。"""

    schema: Literal[1]
    day: Annotated[str, Means("年/月/日")]
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class HeadKey:
    """验证签名的公钥。"""

    id: str
    algorithm: Literal["Ed25519"]
    public: Annotated[str, Means("十六进制", pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class HeadRow:
    """封存头的入口。"""

    seq: int
    hash: str
    at: Moment
    file: Annotated[str, Means("文件，从 heads/ 起")]


@dataclass(frozen=True, slots=True)
class HeadIndex:
    """封存头的总表。"""

    schema: Literal[1]
    key: HeadKey
    days: tuple[str, ...]
    newest: tuple[HeadRow, ...]
