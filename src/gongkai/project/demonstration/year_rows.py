"""The rows of a demonstration year (演示年度的台账行): invented, many to each figure, with others beside them that must not count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from gongkai.project.demonstration.year_plan import YearPlan
from gongkai.project.demonstration.year_powers import power_rows, service_rows
from gongkai.project.demonstration.year_values import Row, day_in, spread
from gongkai.project.demonstration.year_works import enforcement_rows, welfare_rows

PLACES = ("school", "restaurant", "supermarket", "hotel", "company", "medical", "residence")
CLINICS = tuple(f"clinic-{n:02d}" for n in range(1, 7))
TITLES = ("洗手五步", "通风有讲究", "口罩怎样戴", "接种须知", "慢病随访", "科学就医", "文明用餐", "心理调适")


def register_rows(plan: YearPlan, *, seed: int) -> Iterator[tuple[str, list[Row]]]:
    """Yield register ids with their rows; the same plan and seed give the same rows. Keys begin with year and seed."""
    rng = Random(f"rows-{seed}")  # noqa: S311  (made-up figures)
    head = f"{plan.year}-{seed}"
    yield from _outreach(plan, rng, head)
    yield from _printed(plan, rng, head)
    yield from _family_doctors(plan, rng, head)
    yield from _volunteers(plan, rng, head)
    yield from power_rows(plan, rng, head)
    yield from service_rows(plan, rng, head)
    yield from welfare_rows(plan, rng, head)
    yield from enforcement_rows(plan, rng, head)


def _posts(plan: YearPlan, rng: Random, head: str) -> list[Row]:
    posts: list[Row] = []
    for n in range(plan.wechat_posts + 40):
        mine = n < plan.wechat_posts
        # The last thirty are of another channel or another year: they must not count.
        year = plan.year if mine or n % 2 else plan.year - 1
        posts.append(
            {
                "post_no": f"{head}-{n:05d}", "posted_date": day_in(rng, year), "title": f"{TITLES[n % len(TITLES)]}（第{n + 1}期）",
                "channel": "wechat" if mine or year != plan.year else "weibo",
                "topic": "epidemic" if n < plan.epidemic_posts else ("health", "policy", "service")[n % 3],
                "campaign": "theme-epidemic" if n < plan.campaign_posts else None, "reads": rng.randint(80, 6000),
            }
        )  # fmt: skip
    return posts


def _messages(plan: YearPlan, rng: Random, head: str) -> list[Row]:
    return [
        *(
            {
                "batch_no": f"{head}-{n:03d}", "sent_date": day_in(rng, plan.year), "message_count": count,
                "purpose": "epidemic", "campaign": "theme-epidemic",
            }
            for n, count in enumerate(spread(rng, plan.campaign_messages, 43))
        ),
        *(
            {
                "batch_no": f"{head}-r{n:03d}", "sent_date": day_in(rng, plan.year),
                "message_count": rng.randint(200, 900), "purpose": "vaccination",
            }
            for n in range(12)
        ),
    ]  # fmt: skip


def _outreach(plan: YearPlan, rng: Random, head: str) -> Iterator[tuple[str, list[Row]]]:
    yield "media_post", _posts(plan, rng, head)
    yield "message_batch", _messages(plan, rng, head)
    yield (
        "key_place_category",
        [
            {"category": place, "used_from": date(plan.year, 2, 1)}
            for place in PLACES[: plan.place_categories]
        ],
    )
    yield "media_asset", [
        {
            "asset_no": f"{head}-{kind}{n:02d}", "made_date": day_in(rng, plan.year), "title": f"{TITLES[n % len(TITLES)]}{word}",
            "kind": kind, "audience": "public", "theme": "epidemic",
        }
        for kind, word, many in (("video", "微视频", plan.videos), ("handout", "手页", 2), ("guide", "手册", 1))
        for n in range(many)
    ]  # fmt: skip
    yield "course", [
        {
            "course_no": f"{head}-{n:03d}", "made_date": day_in(rng, plan.year), "title": f"职场健康第{n + 1}课",
            "audience": "company_staff" if n < plan.courses else "residents",
        }
        for n in range(plan.courses + 5)
    ]  # fmt: skip
    targets = [f"{'gs' if n % 4 else 'xm'}-{n:04d}" for n in range(plan.companies)]
    yield "enterprise_support", [
        {
            "visit_no": f"{head}-{n:04d}", "visited_date": day_in(rng, plan.year), "target_no": target,
            "target_kind": "company" if target.startswith("gs") else "project", "help": ("guidance", "training", "supplies", "policy")[n % 4],
        }
        for n, target in enumerate([*targets, *rng.sample(targets, len(targets) // 3)])
    ]  # fmt: skip
    last = date(plan.year, 1, 1) + timedelta(days=plan.last_resumed_day - 1)
    yield "resumption_record", [
        {
            "target_no": target, "checked_date": last, "resumed": "是",
            "resumed_on": last if n == 0 else last - timedelta(days=rng.randint(0, 13)),
        }
        for n, target in enumerate(targets)
    ]  # fmt: skip


def _printed(plan: YearPlan, rng: Random, head: str) -> Iterator[tuple[str, list[Row]]]:
    places = PLACES[: plan.place_categories]
    school, others = places[0], places[1:]
    rows: list[Row] = []

    def add(kind: str, place: str | None, theme: str, counts: list[int]) -> None:
        for count in counts:
            rows.append(
                {
                    "batch_no": f"{head}-{len(rows):04d}", "made_date": day_in(rng, plan.year), "kind": kind,
                    "theme": theme, "place_category": place, "quantity": count,
                }
            )  # fmt: skip

    per_place = spread(rng, plan.place_posters, len(places), at_least=24)
    for place, count in zip(places, per_place, strict=True):
        add("poster", place, "epidemic", spread(rng, count, 6))
    add("leaflet", school, "epidemic", spread(rng, plan.school_leaflets, 15))
    rest = spread(rng, plan.place_leaflets - plan.school_leaflets, len(others), at_least=24)
    for place, count in zip(others, rest, strict=True):
        add("leaflet", place, "epidemic", spread(rng, count, 5))
    add("video", school, "epidemic", spread(rng, plan.school_videos, 8))
    remaining = plan.epidemic_printed - plan.place_posters - plan.place_leaflets
    posters = remaining // 5
    add("poster", None, "epidemic", spread(rng, posters, 20))
    add("leaflet", None, "epidemic", spread(rng, remaining - posters, 40))
    add("leaflet", None, "health", spread(rng, 26_000, 10))
    yield "promo_material_batch", rows


def _family_doctors(plan: YearPlan, rng: Random, head: str) -> Iterator[tuple[str, list[Row]]]:
    yield "device_binding", [
        {
            "binding_no": f"{head}-{n:05d}", "bound_date": day_in(rng, plan.year - rng.randint(0, 1)),
            "kind": "glucose" if n % 3 == 0 else "blood_pressure", "clinic": CLINICS[n % len(CLINICS)],
            "active": "是" if n < plan.devices else "否", "unbound_date": None if n < plan.devices else day_in(rng, plan.year, half=2),
        }
        for n in range(plan.devices + 60)
    ]  # fmt: skip
    booked: list[Row] = []
    for n, count in enumerate(spread(rng, plan.bookings, 72)):
        booked.append(
            _batch(head, n, "booked_date", rng, plan, count) | {"actor": "team", "status": "booked"}
        )
    for n in range(20):
        other = (
            {"actor": "resident", "status": "booked"} if n % 2 else {"actor": "team", "status": "cancelled"}
        )
        booked.append(_batch(f"{head}-r", n, "booked_date", rng, plan, rng.randint(3, 30)) | other)
    yield "fd_appointment", booked
    topics = ("chronic", "maternal", "child", "elder", "epidemic")
    yield (
        "fd_guidance",
        [
            _batch(head, n, "guided_date", rng, plan, count) | {"topic": topics[n % 5]}
            for n, count in enumerate(spread(rng, plan.guidance, 240))
        ],
    )
    late = plan.consultations - plan.answered_in_time
    yield "fd_consultation", [
        {
            "consultation_no": f"{head}-{n:05d}", "asked_date": day_in(rng, plan.year), "clinic": CLINICS[n % len(CLINICS)],
            "replied": "是", "reply_minutes": rng.randint(1441, 4000) if n < late else rng.choice((rng.randint(2, 180), rng.randint(181, 1440))),
        }
        for n in range(plan.consultations)
    ]  # fmt: skip
    yield "waiver_rule", [
        {
            "rule_no": f"{head}-01", "effective_date": date(plan.year, 1, 1), "clinic": CLINICS[0],
            "threshold": plan.waiver_threshold, "share": 100,
        }
    ]  # fmt: skip
    yield "vaccine_appointment", [
        {
            "batch_no": f"{head}-{n:03d}", "visit_date": day_in(rng, plan.year), "clinic": CLINICS[n % len(CLINICS)],
            "channel": "online", "visits": count,
        }
        for n, count in enumerate(spread(rng, plan.vaccine_visits, 72))
    ]  # fmt: skip


def _batch(head: str, n: int, on: str, rng: Random, plan: YearPlan, count: int) -> dict[str, Any]:
    clinic = CLINICS[n % len(CLINICS)]
    return {
        "batch_no": f"{head}-{n:04d}",
        on: day_in(rng, plan.year),
        "clinic": clinic,
        "person_times": count,
    }


def _volunteers(plan: YearPlan, rng: Random, head: str) -> Iterator[tuple[str, list[Row]]]:
    words = ("清风", "银杏", "杏林", "晨光", "暖阳", "同行", "远山", "溪流", "白鸽", "绿萝")
    yield "volunteer_team", [
        {
            "team_no": f"{head}-t{n}", "founded_date": day_in(rng, plan.year - 1), "name": f"{words[n % len(words)]}健康服务队",
            "members": rng.randint(12, 60),
        }
        for n in range(plan.teams)
    ]  # fmt: skip
    acts: list[Row] = []

    def add(kind: str, served: int) -> None:
        acts.append(
            {
                "activity_no": f"{head}-{len(acts):04d}", "held_date": day_in(rng, plan.year),
                "team_no": f"{head}-t{len(acts) % plan.teams}", "kind": kind, "served": served,
            }
        )  # fmt: skip

    for _ in range(plan.lectures):
        add("lecture", rng.randint(15, 90))
    for n, served in enumerate(spread(rng, plan.served, plan.clinics)):
        add("free_clinic" if n % 3 else "consultation", served)
    for _ in range(plan.practice):
        add("theme_practice", rng.randint(10, 60))
    yield "volunteer_activity", acts
    yield "volunteer_person", [
        {
            "volunteer_no": f"{head}-{n:05d}", "joined_date": day_in(rng, plan.year), "team_no": f"{head}-t{n % plan.teams}",
            "trained": "是" if n < plan.trained else "否",
        }
        for n in range(plan.trained + 35)
    ]  # fmt: skip
    yield "co_build_agreement", [
        {
            "agreement_no": f"{head}-{n:02d}", "signed_date": day_in(rng, plan.year), "partner": f"第{n + 1}试点村（居）",
            "ended_date": None if n < plan.agreements else day_in(rng, plan.year, half=2),
        }
        for n in range(plan.agreements + 1)
    ]  # fmt: skip
    states = ["built"] * plan.spaces_built + ["building"] * plan.spaces_building + ["stopped"]
    yield "health_space", [
        {
            "space_no": f"{head}-{n:02d}", "approved_date": day_in(rng, plan.year, half=1), "place": f"第{n + 1}邻里中心",
            "status": state, "built_date": day_in(rng, plan.year, half=2) if state == "built" else None,
        }
        for n, state in enumerate(states)
    ]  # fmt: skip
