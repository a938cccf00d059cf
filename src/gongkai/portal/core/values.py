"""Plain values the portal works with: the site, its organisations and catalogue, and one card a record."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

PAGE_SIZE = 20
SITEMAP_SIZE = 250
BLOCK_NAMES = {
    "zhinan": "政府信息公开指南",
    "zhidu": "政府信息公开制度",
    "fdzdgknr": "法定主动公开内容",
    "nianbao": "政府信息公开年报",
    "ysqgk": "依申请公开",
}
KIND_NAMES = {
    "policy": "政策文件",
    "interpretation": "政策解读",
    "notice": "通知",
    "news": "工作动态",
    "announcement": "公告公示",
    "plan": "规划计划",
    "statistics": "统计信息",
    "budget": "财政预决算",
    "report": "报告",
    "guide": "指南",
    "personnel": "人事信息",
    "emergency": "应急管理",
    "dataset": "数据",
    "other": "其他",
}
DATA_KINDS = ("dataset", "report")
"""Kinds that have a list of their own in the open data. Few records are of these kinds: a withdrawal moves such a list."""
VALIDITY_NAMES = {"valid": "有效", "amended": "已修改", "repealed": "已废止", "expired": "已失效"}
#: genres of documents with the folder of their list; what is none of these stands under `qita`
GENRE_SLUGS = {
    "决定": "jueding", "命令": "mingling", "公告": "gonggao", "通告": "tonggao", "意见": "yijian", "通知": "tongzhi", "通报": "tongbao",
    "批复": "pifu", "函": "han", "纪要": "jiyao", "办法": "banfa", "方案": "fangan", "规划": "guihua", "计划": "jihua", "要点": "yaodian",
    "细则": "xize", "制度": "zhidu", "指南": "zhinan",
}  # fmt: skip
OTHER_GENRE = "qita"


def genre_slug(genre: str) -> str:
    """Return the folder name of a genre."""
    return GENRE_SLUGS.get(genre, OTHER_GENRE)


def genre_name(slug: str) -> str:
    """Return the genre of a folder name."""
    return next((name for name, known in GENRE_SLUGS.items() if known == slug), "其他文种")


class PayloadRejected(ValueError):
    """A release payload that cannot be published as it stands; `where` names the field."""

    def __init__(self, message: str, *, where: str) -> None:
        super().__init__(message)
        self.code, self.message, self.where = "portal.payload_rejected", message, where
        self.remedy = "请在业务端更正这条信息后重新发布"


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """Footer set and site meta of an authority (网站标识); every value may be empty."""

    site_name: str = ""
    domain: str = ""
    site_code: str = ""
    icp: str = ""
    police_record: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    office_hours: str = ""
    contact_unit: str = ""
    main_colour: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An authority (机关), section (科室) or institution (医疗卫生机构).

    `names` are (name, first day, last day), days empty where unknown; `successors` the codes of who took over, `heir` the one that
    answers for its duties.
    """

    code: str
    name: str
    short_name: str = ""
    kind: str = "authority"
    institution_type: str | None = None
    parent_code: str | None = None
    site: SiteInfo | None = None
    closed_date: str = ""
    end_basis: str = ""
    heir: str = ""
    successors: tuple[str, ...] = ()
    names: tuple[tuple[str, str, str], ...] = ()

    def name_on(self, day: str) -> str:
        """Return the name borne on an ISO day, the present one where history says nothing."""
        return next((name for name, _, last in self.names if not last or day <= last), self.name)


@dataclass(frozen=True, slots=True)
class Column:
    """A column (栏目) of the site; `block` is the fixed block it stands in."""

    code: str
    name: str
    description: str = ""
    column_type: str = ""
    keywords: str = ""
    cadence_days: int | None = None
    block: str = "fdzdgknr"


@dataclass(frozen=True, slots=True)
class Item:
    """A catalogue item (公开事项) with the official columns as text."""

    code: str
    class_code: str = ""
    class_name: str = ""
    level1: str = ""
    level2: str = ""
    elements: str = ""
    basis: str = ""
    limit_text: str = ""
    discloser: str = ""
    channels: str = ""
    audience: str = ""
    mode: str = ""
    tier: str = ""
    openings: str = ""
    column: str = ""

    @property
    def name(self) -> str:
        """Return the shortest name that says what it is."""
        return self.level2 or self.level1 or self.code


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The published catalogue (公开目录) of one authority."""

    org_code: str
    version: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation decides. `base_path` is empty or starts with one slash; `ask_path` is empty without a counter.

    As a channel of another portal (频道): `office_url` is our own site, where search and counter are; `fragments` leaves the frame of pages
    to the other portal; `stylesheets` are its own, used instead of ours.
    """

    base_path: str = ""
    site_url: str = "http://127.0.0.1:8080"
    official_script: str = ""
    ask_path: str = ""
    demonstration: bool = False
    office_url: str = ""
    fragments: bool = False
    stylesheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """Everything but the releases: settings and published snapshots."""

    settings: Settings = field(default_factory=Settings)
    organisations: tuple[Organisation, ...] = ()
    columns: tuple[Column, ...] = ()
    catalogues: tuple[Catalogue, ...] = ()

    def to_json(self) -> str:
        """Return the canonical JSON of this site."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> Site:
        """Read what `to_json` wrote."""
        raw = json.loads(text)
        organisations = []
        for row in raw["organisations"]:
            info = row.pop("site")
            row["successors"] = tuple(row.get("successors", ()))
            row["names"] = tuple(tuple(name) for name in row.get("names", ()))
            organisations.append(Organisation(**row, site=SiteInfo(**info) if info else None))
        return cls(
            settings=Settings(
                **raw["settings"] | {"stylesheets": tuple(raw["settings"].get("stylesheets", ()))}
            ),
            organisations=tuple(organisations),
            columns=tuple(Column(**row) for row in raw["columns"]),
            catalogues=tuple(
                Catalogue(row["org_code"], row["version"], tuple(Item(**i) for i in row["items"]))
                for row in raw["catalogues"]
            ),
        )


@dataclass(frozen=True, slots=True)
class EventTopic:
    """The topic column of an emergency (突发事件专题): open ones stand on the home page, closed ones keep their page."""

    code: str
    name: str
    since: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Pin:
    """That a record stands on top of the home page until a day, included (置顶)."""

    index_number: str
    until: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """What people put on the front of the site beside the releases: a snapshot that may change without a full build."""

    topics: tuple[EventTopic, ...] = ()
    pins: tuple[Pin, ...] = ()

    def to_json(self) -> str:
        """Return the canonical JSON of this board."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Board:
        """Read what `to_json` wrote; an empty text is an empty board."""
        raw = json.loads(text) if text else {"topics": (), "pins": ()}
        return cls(
            tuple(EventTopic(**row) for row in raw["topics"]), tuple(Pin(**row) for row in raw["pins"])
        )

    def differences(self, other: Board) -> set[str]:
        """Return the dependency keys of what the two boards do not have in common."""
        keys = {f"board:{name}" for name in ("topics", "pins") if getattr(self, name) != getattr(other, name)}
        return keys | {f"board:topic:{topic.code}" for topic in {*self.topics} ^ {*other.topics}}


@dataclass(frozen=True, slots=True)
class Release:
    """One release as the portal sees it (见 records.api.ReleaseInfo); `payload` is None when erased."""

    id: int
    record_id: int
    kind: str
    sha256: str
    published_at: str
    payload: dict[str, Any] | None


_ALWAYS = ("record_id", "release_id", "sha256", "path", "index_number", "org")


@dataclass(frozen=True, slots=True)
class Card:
    """What lists, feeds and links need of one record, without its body."""

    record_id: int
    release_id: int
    sha256: str
    path: str
    index_number: str
    org: str
    withdrawn: bool = False
    title: str = ""
    document_number: str = ""
    issuer: str = ""
    section: str = ""
    kind: str = "other"
    genre: str = ""
    formed_date: str = ""
    published_at: str = ""
    first_published_at: str = ""
    effective_date: str = ""
    expires_date: str = ""
    major: str = ""
    minor: str = ""
    validity: str = "valid"
    summary: str = ""
    keyword: str = ""
    columns: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    interprets: tuple[str, ...] = ()
    amends: str = ""
    related: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    replaced_by: str = ""

    def to_json(self) -> str:
        """Return this card as JSON without its empty fields."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return json.dumps(
            {k: v for k, v in values.items() if v not in ("", (), False) or k in _ALWAYS}, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Read what `to_json` wrote."""
        raw = json.loads(text)
        for name in ("columns", "items", "topics", "interprets", "related"):
            if name in raw:
                raw[name] = tuple(raw[name])
        if "files" in raw:
            raw["files"] = tuple((a, b) for a, b in raw["files"])
        return cls(**raw)


@dataclass(frozen=True, slots=True)
class Output:
    """One file of the public tree. `body` is text as UTF-8; attachments carry `source_sha256` instead and are copied."""

    path: str
    body: bytes = b""
    source_sha256: str = ""


def canonical_json(payload: dict[str, Any]) -> bytes:
    """Return the bytes whose SHA-256 is the release's (sorted keys, no spaces, UTF-8)."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
