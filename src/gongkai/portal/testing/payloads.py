"""A seeded generator of sites and releases: any number of records, each computed from its number alone."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, BinaryIO

from gongkai.portal.core.values import (
    Catalogue,
    Column,
    Item,
    Organisation,
    Release,
    Settings,
    Site,
    SiteInfo,
    canonical_json,
)
from gongkai.portal.testing.words import BODIES, CLASSES, COLUMNS, ITEMS, MATTERS, SECTIONS, SENTENCES, TOWNS

ORG = "11999900MB0000001X"
START = date(2019, 1, 7)


def generated_site(*, base_path: str = "", institutions: int = 6, **settings: Any) -> Site:
    """Return an invented authority with sections, institutions, columns and a catalogue."""
    info = SiteInfo(
        site_name="云溪区卫生健康局", domain="wjj.yunxi.example", site_code="9999000001", icp="示例备00000000号", police_record="示例公网安备00000000000000号",
        address="云溪区示例路1号", postcode="999900", phone="12345", office_hours="工作日 8:30—12:00，14:00—17:30", contact_unit="云溪区卫生健康局办公室",
    )  # fmt: skip
    organisations = [Organisation(ORG, "云溪区卫生健康局", "区卫健局", site=info)]
    organisations += [
        Organisation(f"{ORG}-{i:02d}", name, kind="section", parent_code=ORG)
        for i, name in enumerate(SECTIONS)
    ]
    organisations += [
        Organisation(f"YX{i:04d}", f"云溪区{TOWNS[i % len(TOWNS)]}{BODIES[i % len(BODIES)][0]}", kind="institution", institution_type=BODIES[i % len(BODIES)][1], parent_code=ORG)
        for i in range(institutions)
    ]  # fmt: skip
    columns = tuple(
        Column(code, name, f"{name}栏目，由云溪区卫生健康局维护。", kind, f"{name},卫生健康", days, block)
        for code, name, kind, days, block in COLUMNS
    )
    items = tuple(
        Item(
            code=f"{i:03d}", class_code=f"{CLASSES.index(cls):02d}", class_name=cls, level1=cls, level2=name, elements=f"{name}的依据、内容、程序和结果",
            basis="《中华人民共和国政府信息公开条例》", limit_text="信息形成或者变更之日起20个工作日内", discloser="云溪区卫生健康局",
            channels="政府网站", audience="全社会", mode="主动公开", tier="县级", openings="执行", column=column,
        )
        for i, (cls, name, column) in enumerate(ITEMS, 1)
    )  # fmt: skip
    return Site(
        Settings(base_path=base_path, site_url="https://wjj.yunxi.example", **settings),
        tuple(organisations),
        columns,
        (Catalogue(ORG, "2020-1", items),),
    )


def _day(number: int) -> date:
    return START + timedelta(days=number // 9)


def index_number(number: int) -> str:
    """Return the index number of record `number` (from 1)."""
    return f"{ORG}/{_day(number).year}-{number:05d}"


def file_bytes(number: int) -> bytes:
    """Return the content of the attachment of record `number`."""
    return f"%PDF-1.4 invented attachment {number}\n".encode() * (20 + number % 30)


def payload(number: int, *, paragraphs: int = 0) -> dict[str, Any]:
    """Return the payload of record `number`; `paragraphs` fixes the length of the body (0: 3 to 9)."""
    rng = random.Random(number)  # noqa: S311  (invented content)
    item_no = rng.randrange(len(ITEMS))
    _, name, column = ITEMS[item_no]
    day = _day(number)
    matter, town = rng.choice(MATTERS), rng.choice(TOWNS)
    policy = rng.random() < 0.3
    title = f"云溪区卫生健康局关于{town}{matter}{rng.choice(('的通知', '情况的通报', '工作方案', '的公告', '结果公示'))}（第{number}号）"
    blocks: list[dict[str, Any]] = []
    for i in range(paragraphs or rng.randint(3, 9)):
        if i % 3 == 0:
            blocks.append(
                {
                    "type": "heading",
                    "level": 1 + (i % 6 == 3),
                    "text": f"{'一二三四五六七八九'[i // 3 % 9]}、{rng.choice(MATTERS)}",
                }
            )
        text = "".join(
            rng.choice(SENTENCES).format(
                town=rng.choice(TOWNS), matter=rng.choice(MATTERS), n=rng.randint(2, 980)
            )
            for _ in range(rng.randint(2, 4))
        )
        blocks.append({"type": "paragraph", "html": text})
    if number % 7 == 0:
        rows = [
            ["项目", "上年", "本年"],
            *([t, str(rng.randint(10, 9999)), str(rng.randint(10, 9999))] for t in TOWNS[:4]),
        ]
        blocks.append(
            {"type": "table", "caption": "各街镇情况", "header_rows": 1, "header_columns": 1, "rows": rows}
        )
    if number % 11 == 0:
        blocks.append(
            {
                "type": "figure",
                "kind": rng.choice(("bar", "line")),
                "title": "接种人次",
                "unit": "人次",
                "labels": ["1月", "2月", "3月", "4月"],
                "series": [{"name": "本年", "values": [rng.randint(100, 900) for _ in range(4)]}],
            }
        )
    blocks.append({"type": "signature", "text": f"云溪区卫生健康局\n{day.year}年{day.month}月{day.day}日"})
    attachments = []
    if number % 5 == 0:
        body = file_bytes(number)
        attachments = [
            {
                "name": f"附件：{matter}明细表{number}.pdf",
                "sha256": hashlib.sha256(body).hexdigest(),
                "size_bytes": len(body),
                "media_type": "application/pdf",
                "pages": 2,
                "text": f"{town}{matter}明细第{number}号。各村居名单附后，共{rng.randint(2, 90)}处。",
            }
        ]
    stamp = f"{day.isoformat()}T{8 + number % 9:02d}:{number % 60:02d}:00+08:00"
    interprets = [index_number(number - 1)] if number % 13 == 0 and number > 1 else []
    return {
        "schema": 1, "org": {"code": ORG, "name": "云溪区卫生健康局"}, "section": {"code": f"{ORG}-{item_no % len(SECTIONS):02d}", "name": SECTIONS[item_no % len(SECTIONS)]},
        "index_number": index_number(number), "path": f"doc/{ORG}/{day.year}/{number:06d}.html",
        "kind": "interpretation" if interprets else "policy" if policy else "notice", "title": title,
        "document_number": f"云卫〔{day.year}〕{number}号" if policy else None, "issuer": "云溪区卫生健康局", "formed_date": (day - timedelta(days=3)).isoformat(),
        "published_at": stamp, "first_published_at": stamp, "effective_date": day.isoformat() if policy else None,
        "expires_date": (day + timedelta(days=1826)).isoformat() if policy and number % 4 == 0 else None,
        "topic": {"major": "卫生、体育", "minor": rng.choice(("卫生", "医药管理", "其他"))}, "genre": "通知", "keywords": [matter], "summary": f"{town}{matter}，自{day.year}年起实施。",
        "disclosure": "active", "source": "云溪区卫生健康局", "author": None,
        "validity": {"state": "repealed" if number % 97 == 0 else "valid", "note": "", "by": None},
        "catalogue": [{"code": f"{item_no + 1:03d}", "name": name}], "columns": [column], "topics": ["yqfk"] if number % 17 == 0 else [],
        "blocks": blocks, "attachments": attachments, "interprets": interprets, "interpreted_by": [], "amends": None,
        "related": [index_number(number - 3)] if number % 9 == 0 and number > 3 else [],
        "history": [{"sequence": 1, "published_at": stamp, "change": "first", "note": ""}], "migrated": None,
    }  # fmt: skip


def withdrawal(
    content: dict[str, Any], *, reason: str = "内容有误", replaced_by: str | None = None
) -> dict[str, Any]:
    """Return the payload of the release that withdraws a record."""
    kept = {k: content[k] for k in ("org", "index_number", "path", "columns", "catalogue", "topics")}
    return {
        "schema": 1,
        "withdrawn": True,
        **kept,
        "title": None,
        "reason_code": "error",
        "reason": reason,
        "withdrawn_at": "2026-03-02T09:00:00+08:00",
        "by": "云溪区卫生健康局",
        "replaced_by": replaced_by,
    }


@dataclass
class GeneratedSource:
    """A release source of `count` generated records plus whatever was released on top of them in this process."""

    count: int = 0
    paragraphs: int = 0
    extra: dict[int, Release] = field(default_factory=dict)
    newest: dict[int, int] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def current(self) -> Iterator[Release]:
        """Return the newest release of each record in order of first release."""
        for number in range(1, self.count + 1):
            yield self.get(self.newest.get(number, number))
        for number in self.order:
            yield self.get(self.newest[number])

    def get(self, release_id: int) -> Release:
        """Return one release."""
        if release_id in self.extra:
            return self.extra[release_id]
        if not 0 < release_id <= self.count:
            raise LookupError(release_id)
        return _release(release_id, release_id, payload(release_id, paragraphs=self.paragraphs))

    def release(self, record_id: int, content: dict[str, Any]) -> int:
        """Release a payload for a record, new or known; returns the release id."""
        release_id = (
            max(1_000_000, self.count, *self.extra) + 1 if self.extra else max(1_000_000, self.count) + 1
        )
        if record_id > self.count and record_id not in self.newest:
            self.order.append(record_id)
        self.extra[release_id] = _release(release_id, record_id, content)
        self.newest[record_id] = release_id
        return release_id

    def content(self, record_id: int) -> dict[str, Any]:
        """Return the newest payload of a record."""
        found = self.get(self.newest.get(record_id, record_id)).payload
        if found is None:
            raise LookupError(record_id)
        return found

    def withdraw(self, record_id: int, **given: Any) -> int:
        """Release the withdrawal of a record; returns the release id."""
        return self.release(record_id, withdrawal(self.content(record_id), **given))

    def open_file(self, sha256: str) -> BinaryIO:
        """Open a generated attachment."""
        if sha256 not in self.files:
            for number in range(5, self.count + 1, 5):
                body = file_bytes(number)
                self.files.setdefault(hashlib.sha256(body).hexdigest(), body)
            for release in self.extra.values():
                body = file_bytes(release.record_id)
                self.files.setdefault(hashlib.sha256(body).hexdigest(), body)
        return io.BytesIO(self.files[sha256])


def _release(release_id: int, record_id: int, content: dict[str, Any]) -> Release:
    kind = "withdraw" if content.get("withdrawn") else "publish"
    stamp = content.get("published_at") or content.get("withdrawn_at") or ""
    return Release(
        release_id, record_id, kind, hashlib.sha256(canonical_json(content)).hexdigest(), stamp, content
    )


def erased(release: Release) -> Release:
    """Return the release without its payload, as after a privacy withdrawal."""
    return replace(release, payload=None)
