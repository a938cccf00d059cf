"""Bench of moving in (原网站迁移): generated pages of an old site become checked drafts; documents a second and where the time goes.

2,000 pages; with GONGKAI_BENCH_LARGE=1 fifty thousand. A database of its own (embedded, throw-away folder) in another process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from gongkai.kernel.measuring import measured_apart

SMALL, LARGE = 2_000, 50_000
_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_SITE = "http://old.example.gov.cn/"
_PAGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_青禾县卫生健康局</title>'
    '<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:30"></head><body>'
    '<div class="nav">{nav}</div><h1>{title}</h1><div id="zoom">{body}</div><div class="foot">版权所有</div></body></html>'
)
_SENTENCES = (
    "各预防接种门诊要在显著位置公示服务时间、服务项目和监督电话，第{n}号门诊按本通知执行。",
    "对群众反映的问题要当日登记、限时办结，并将办理结果书面告知本人，第{n}件由医政科负责。",
    "各单位于每月二十五日前报送本月工作情况，第{n}期由综合科汇总后统一公布。",
)


def measure() -> Iterator[dict[str, Any]]:
    """Yield the rows of moving in."""
    count = LARGE if os.environ.get("GONGKAI_BENCH_LARGE") else SMALL
    yield from measured_apart("gongkai.project.moving.bench", count, what="迁移")


def run(count: int) -> None:
    """Stage generated pages and print the rows, one JSON line each."""
    import django

    django.setup()
    from django.core.management import call_command

    from gongkai.project.moving.reader_processes import sensible_workers
    from gongkai.project.moving.staging import Source, open_move, stage

    call_command("migrate", interactive=False, verbosity=0)
    user = _office()
    mirror = Path(os.environ["GONGKAI_HOME"]) / "mirror"
    _write_pages(mirror, count)
    source = Source(
        kind="mirror",
        site=_SITE,
        folder=mirror,
        mapping="defaults: {topic: {major: 卫生、体育, minor: 卫生}}",
    )
    parts: dict[str, float] = {}
    begun = [time.perf_counter()]

    def note(step: str, done: int, of: int) -> None:
        now = time.perf_counter()
        parts[step] = parts.get(step, 0.0) + now - begun[0]
        begun[0] = now

    wall, own, below = time.perf_counter(), _cpu(resource.RUSAGE_SELF), _cpu(resource.RUSAGE_CHILDREN)
    move = open_move(source=source, org_code="demo", user=user, now=_NOW)
    move = stage(
        move=move, source=source, user=user, now=_NOW, workers=sensible_workers(count), progress=note
    )
    wall = time.perf_counter() - wall
    if move.summary["drafted"] != count:
        raise RuntimeError(f"应有 {count} 条草稿，只有 {move.summary['drafted']} 条")
    rate = count / wall
    _print("project.move_in", rate, "篇/秒（读取、检查、建草稿）", count, budget="≥ 100", met=rate >= 100)
    _print(
        "project.move_in.readers_cpu",
        (_cpu(resource.RUSAGE_CHILDREN) - below) / count * 1000,
        "毫秒 CPU/篇（读取进程：解析与检查）",
        count,
    )
    _print(
        "project.move_in.main_cpu",
        (_cpu(resource.RUSAGE_SELF) - own) / count * 1000,
        "毫秒 CPU/篇（主进程：入库）",
        count,
    )
    for step, seconds in parts.items():
        _print(
            f"project.move_in.{ {'列出': 'list', '读取': 'read', '编号': 'number', '建草稿': 'draft'}[step] }",
            seconds / count * 1000,
            f"毫秒/篇（{step}）",
            count,
        )


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _print(name: str, value: float, unit: str, count: int, **rest: Any) -> None:
    print(
        json.dumps(
            {"name": name, "value": round(value, 2), "unit": unit, "n": count, **rest}, ensure_ascii=False
        )
    )


def _office() -> Any:
    from gongkai.organisations import api as organisations

    moment = {"today": _NOW.date(), "now": _NOW}
    organisations.create_organisation(code="demo", name="青禾县卫生健康局", kind="authority", **moment)
    user = organisations.create_user(
        username="bench", name="测量员", org_code="demo", password=None, **moment
    )
    organisations.give_post(
        person=user, role="disclosure_office", org_code="demo", from_date=date(2026, 1, 1), **moment
    )
    return user


def _write_pages(mirror: Path, count: int) -> None:
    """Write pages of about 1,000 letters with links to their neighbours; each fifth has a table."""
    nav = "".join(f'<a href="/lm{n}/">栏目{n}</a>' for n in range(20))
    for number in range(count):
        folder = mirror / f"xxgk/{number // 500}"
        if number % 500 == 0:
            folder.mkdir(parents=True)
        body = "".join(
            f"<p>{_SENTENCES[(number + line) % 3].format(n=number * 30 + line)}</p>" for line in range(24)
        )
        if number % 5 == 0:
            rows = "".join(f"<tr><td>第{n}门诊</td><td>{n + number % 7}</td></tr>" for n in range(10))
            body += f"<table><tr><td>名称</td><td>数量</td></tr>{rows}</table>"
        body += f'<p>参见<a href="{number + 1}.html">下一件</a>。</p>'
        day = (date(2012, 1, 1) + timedelta(days=number % 4000)).isoformat()
        title = f"关于做好预防接种门诊第{number}号工作的通知"
        (folder / f"{number}.html").write_text(
            _PAGE.format(title=title, day=day, nav=nav, body=body), encoding="utf-8"
        )


if __name__ == "__main__":
    run(int(sys.argv[1]))
