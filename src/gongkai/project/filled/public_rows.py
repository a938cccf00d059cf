"""Rows of the public side over a filled home (公开侧): building, one publication, one withdrawal, search; through the doors that work uses."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongkai.organisations import api as organisations
from gongkai.portal import api as portal
from gongkai.project.demonstration.load import SIGNERS
from gongkai.project.environment import Environment
from gongkai.project.filled.fill import EDITOR, NOW, ORG
from gongkai.project.filled.marker import filled_with
from gongkai.project.filled.rows import p95, row
from gongkai.records import api as records

PUBLICATIONS, WITHDRAWALS, QUESTIONS = 20, 3, 300


def build(environment: Environment) -> Iterator[dict[str, Any]]:
    """Build the public side from nothing."""
    report = portal.build(full=True, today=NOW.date())
    rate = report.pages / (report.seconds - report.search_seconds)
    about = {"n": report.pages, "records": filled_with(environment.home), "seconds": round(report.seconds, 1)}
    yield row(
        "project.build", rate, "文件/秒（含 .gz .br）", budget="≥ 1000（2 核）", met=rate >= 1000, **about
    )
    yield row("project.build.search", report.search_seconds, "秒（建索引）", n=about["records"])


def publications(environment: Environment) -> Iterator[dict[str, Any]]:
    """Publish records that are signed, one after another, until page, feed and search show each."""
    signed = [_signed(number) for number in range(PUBLICATIONS)]
    leader, seconds, pages, queries = organisations.get_user(username="leader"), [], [], []
    portal.build(today=NOW.date())  # what a day key or a crash left is not the publication's
    for number, record_id in enumerate(signed):
        with CaptureQueriesContext(connection) as asked:
            begun = time.perf_counter()
            release = records.publish(record_id=record_id, user=leader, now=_moment(number))
            applied = portal.apply_release(release_id=release.id, now=_moment(number))
            seconds.append(time.perf_counter() - begun)
        pages.append(applied.pages_written)
        queries.append(len(asked))
        _require_visible(environment, release)
    size = filled_with(environment.home)
    yield row("project.publish.p95", p95(seconds), "秒（签发到网页、订阅、搜索均可见）", digits=3, budget="≤ 1", met=p95(seconds) <= 1, n=size)  # fmt: skip
    yield row("project.publish.pages", max(pages), "页（一次发布最多写）", n=size)
    yield row("project.publish.queries", max(queries), "次数据库查询（一次发布最多）", n=size)


def withdrawals(environment: Environment) -> Iterator[dict[str, Any]]:
    """Withdraw an old, a middle and a new record until nothing is left of it."""
    size, office = filled_with(environment.home), organisations.get_user(username="office")
    seconds, newest = [], records.list_releases
    for number, record_id in enumerate((7, size // 2, size - 7)):
        begun = time.perf_counter()
        release = records.withdraw(
            record_id=record_id, reason_code="error", note="测量", replaced_by=None, user=office, now=_moment(60 + number)
        )  # fmt: skip
        portal.apply_release(release_id=release.id, now=_moment(60 + number))
        left = portal.prove_withdrawn(release_id=release.id, quick=True)
        seconds.append(time.perf_counter() - begun)
        if left or newest(record_id=record_id)[-1].kind != "withdraw":
            raise RuntimeError(f"撤回后仍有残留：{left}")
    yield row("project.withdraw", max(seconds), "秒（撤下并快速查证，最慢一次）", digits=3, budget="≤ 2", met=max(seconds) <= 2, n=size)  # fmt: skip


def search(environment: Environment) -> Iterator[dict[str, Any]]:
    """Ask for pieces of titles as the search page does."""
    size, rng, seconds, missed = filled_with(environment.home), random.Random(5), [], 0  # noqa: S311
    for _ in range(QUESTIONS):
        record_id = rng.randint(8, size - 8)
        title = records.get_record(record_id=record_id).title
        start, length = rng.randint(0, len(title) - 6), rng.randint(2, 6)
        begun = time.perf_counter()
        page = portal.search(query=title[start : start + length])
        seconds.append((time.perf_counter() - begun) * 1000)
        missed += page.total == 0
    yield row("project.search.p95", p95(seconds), "毫秒（整页结果，含分面与摘要）", n=size)
    yield row("project.search.missed", missed, f"次没有结果（{QUESTIONS} 个标题片段）", budget="0", met=missed == 0, n=size)  # fmt: skip


def _moment(minutes: int) -> datetime:
    return NOW + timedelta(minutes=10 + minutes)


def _signed(number: int) -> int:
    """Carry a draft through its review and return it, ready to be published."""
    editor = organisations.get_user(username=EDITOR)
    made = records.create_draft(
        org_code=ORG, catalogue_codes=(), title=f"示范县卫生健康局关于夏季饮水安全提示第{number}期的通知", user=editor, now=NOW,
        blocks=[{"type": "paragraph", "text": f"第{number}期：各村居请检查蓄水池加盖上锁情况，发现损坏当日报告。"}],
        metadata={"kind": "notice", "section_code": "demo-ggws", "columns": ["tjxx"], "formed_date": NOW.date(), "genre": "通知",
                  "topic": {"major": "卫生、体育", "minor": "卫生"}, "summary": "提示饮水安全。"},
    )  # fmt: skip
    records.submit(record_id=made.id, user=editor, now=NOW)
    digest = records.content_hash(record_id=made.id)
    for kind, signer in SIGNERS.items():
        user = organisations.get_user(username=signer)
        records.sign(record_id=made.id, kind=kind, content_sha256=digest, user=user, opinion="同意", now=NOW)
    return made.id


def _require_visible(environment: Environment, release: Any) -> None:
    payload = release.payload
    page, feed = environment.public_dir / payload["path"], environment.public_dir / "feed" / "all.xml"
    if payload["title"] not in page.read_text(encoding="utf-8"):
        raise RuntimeError("发布后网页上没有")
    if payload["title"] not in feed.read_text(encoding="utf-8"):
        raise RuntimeError("发布后订阅里没有")
    if payload["path"] not in {hit.path for hit in portal.search(query=payload["title"]).hits}:
        raise RuntimeError("发布后搜索不到")
