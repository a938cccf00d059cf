"""Importing an edition, duties to publish, and what the catalogue learns from release facts."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from gongkai.catalogue import api
from gongkai.catalogue.core.lights import Light
from gongkai.catalogue.models import CatalogueItem, CatalogueVersion, Obligation, Placement
from gongkai.catalogue.services.item_settings import change_item_settings
from gongkai.catalogue.services.obligations import ObligationRefused, close_obligation
from gongkai.journal.api import SYSTEM, Entry, entries
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.regulations import regulations_dir

pytestmark = pytest.mark.django_db
ORG = "demo"
TODAY = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def shipped(name):
    return name, (regulations_dir() / "catalogue" / name).read_bytes()


def imported(*names, today=TODAY):
    return api.import_catalogue(
        org_code=ORG, files=[shipped(n) for n in names], actor=SYSTEM, today=today, now=NOW
    )


def entry(name, *, subject="record:7", on=TODAY, org=ORG, **body):
    fields = dict.fromkeys(Entry.__dataclass_fields__)
    return Entry(
        **{
            **fields,
            "id": 1,
            "name": name,
            "org": org,
            "subject": subject,
            "on": on,
            "at": NOW,
            "actor": SYSTEM,
            "body": body,
        }
    )


def light_of(code, today=TODAY):
    return next(row for row in api.item_lights(org_code=ORG, today=today) if row.item.code == code)


def test_import_catalogue_stores_all_rows_and_one_fact():
    version = imported("statutory.csv", "standard.csv")
    assert version.items.count() == 254
    assert api.counts_by_class(org_code=ORG)["02"] == 130
    (fact,) = list(entries(names=["catalogue.CatalogueImported"]))
    assert (fact.org, fact.body["items"], fact.body["version"]) == (ORG, 254, 1)
    assert {c.code for c in api.list_columns(org_code=ORG)} >= {"zcwj", "nianbao", "yqfk"}


def test_import_catalogue_with_one_bad_row_stores_nothing():
    with pytest.raises(api.CatalogueImportRefused, match="第 3 行"):
        api.import_catalogue(
            org_code=ORG, actor=SYSTEM, today=TODAY, now=NOW,
            files=[("a.csv", "一级事项,二级事项\n行政许可,甲\n行政许可,\n".encode())],
        )  # fmt: skip
    assert not CatalogueVersion.objects.exists()
    assert not CatalogueItem.objects.exists()


def test_import_catalogue_twice_keeps_settings_of_kept_items_and_one_current_edition():
    first = imported("standard.csv")
    item = first.items.get(code="C004")
    change_item_settings(
        item=item,
        owner_code="demo-yzk",
        cadence_days=30,
        not_applicable_reason="",
        actor=SYSTEM,
        today=TODAY,
        now=NOW,
    )
    second = imported("standard.csv", today=date(2026, 4, 1))
    again = second.items.get(code="C004")
    assert (again.owner_code, again.cadence_days) == ("demo-yzk", 30)
    assert CatalogueVersion.objects.filter(org_code=ORG, in_force_to__isnull=True).get() == second
    first.refresh_from_db()
    assert first.in_force_to == date(2026, 3, 31)


def test_release_facts_fill_items_and_withdrawal_empties_them():
    imported("statutory.csv")
    assert light_of("F01").reading.light is Light.EMPTY
    published = entry(
        "records.RecordPublished", release_id=3, catalogue=["F01"], columns=["zcwj"], formed_on="2026-03-02"
    )
    for _ in range(2):
        api.note_release(published)
    assert (light_of("F01").reading.light, light_of("F01").records) == (Light.FINE, 1)
    api.note_withdrawal(entry("records.RecordWithdrawn", release_id=4))
    assert (light_of("F01").reading.light, light_of("F01").records) == (Light.EMPTY, 0)
    api.note_release(published)
    assert light_of("F01").records == 0, "an older release that comes late must not bring the record back"


def test_release_moved_to_another_item_leaves_the_first():
    imported("statutory.csv")
    api.note_release(entry("records.RecordPublished", release_id=3, catalogue=["F01"], columns=["zcwj"]))
    api.note_release(entry("records.RecordPublished", release_id=5, catalogue=["F02"], columns=["zcwj"]))
    assert (light_of("F01").records, light_of("F02").records) == (0, 1)
    assert Placement.objects.get(place="column", code="zcwj").release_id == 5


def test_withdrawal_fact_before_late_release_fact_keeps_the_record_out():
    imported("statutory.csv")
    api.note_withdrawal(entry("records.RecordWithdrawn", release_id=9))
    api.note_release(entry("records.RecordPublished", release_id=8, catalogue=["F01"], columns=["zcwj"]))
    assert light_of("F01").records == 0


def test_draft_opens_duty_and_release_meets_it_late_by_working_days():
    imported("standard.csv")
    draft = entry("records.RecordDrafted", catalogue=["C004", "nowhere"], formed_on="2026-02-02")
    api.note_draft(draft)
    api.note_draft(draft)
    duty = Obligation.objects.get()
    due_date = load_calendar().nth_working_day_after(date(2026, 2, 2), 20)
    waiting = light_of("C004", today=due_date)
    assert (waiting.reading.light, waiting.reading.due_date, waiting.open_obligations) == (
        Light.DUE,
        due_date,
        1,
    )
    late_day = load_calendar().nth_working_day_after(due_date, 3)
    assert light_of("C004", today=late_day).reading.light is Light.LATE
    api.note_release(
        entry(
            "records.RecordPublished",
            on=late_day,
            release_id=1,
            catalogue=["C004"],
            columns=["xzxk"],
            formed_on="2026-02-02",
        )
    )
    duty.refresh_from_db()
    assert duty.met_date == late_day
    (fact,) = list(entries(names=["catalogue.ObligationMet"]))
    assert fact.body["days_late"] == 3


def test_open_obligation_in_the_future_is_refused():
    imported("standard.csv")
    with pytest.raises(ObligationRefused, match="在今天之后"):
        api.open_obligation(
            org_code=ORG, item_code="C004", event="formed", formed_date=date(2026, 3, 19), title="某证", actor=SYSTEM,
            now=NOW, today=TODAY,
        )  # fmt: skip


def test_close_obligation_needs_a_reason_and_happens_once():
    imported("standard.csv")
    duty = api.open_obligation(
        org_code=ORG, item_code="C001", event="changed", formed_date=TODAY, title="某许可变更", actor=SYSTEM, now=NOW,
        today=TODAY, is_result=True,
    )  # fmt: skip
    with pytest.raises(ObligationRefused, match="理由"):
        close_obligation(obligation_id=duty.pk, reason="  ", actor=SYSTEM, today=TODAY, now=NOW)
    close_obligation(obligation_id=duty.pk, reason="经审查属于不予公开", actor=SYSTEM, today=TODAY, now=NOW)
    with pytest.raises(ObligationRefused, match="已经办结"):
        close_obligation(obligation_id=duty.pk, reason="再关一次", actor=SYSTEM, today=TODAY, now=NOW)
    assert light_of("C001").open_obligations == 0


def test_lights_take_a_fixed_number_of_queries(django_assert_max_num_queries):
    imported("statutory.csv", "standard.csv")
    with django_assert_max_num_queries(5):
        api.item_lights(org_code=ORG, today=TODAY)
    with django_assert_max_num_queries(3):
        api.column_lights(org_code=ORG, today=TODAY)


def test_snapshot_is_plain_and_stable():
    imported("statutory.csv")
    one, two = api.portal_snapshot(org_code=ORG), api.portal_snapshot(org_code=ORG)
    assert one == two
    assert len(one["items"]) == 24
    assert {type(v) for row in one["items"] for v in row.values()} <= {str, int, list, type(None)}


def test_column_lights_flag_broken_rhythm():
    imported("statutory.csv")
    with transaction.atomic():
        api.note_release(
            entry(
                "records.RecordPublished",
                on=date(2026, 2, 1),
                release_id=1,
                catalogue=["F23"],
                columns=["gzdt"],
            )
        )
    lights = {row.column.code: row for row in api.column_lights(org_code=ORG, today=TODAY)}
    assert lights["gzdt"].reading.light is Light.STALE
    assert lights["zcwj"].reading.light is Light.EMPTY
    assert lights["yqfk"].reading.light is Light.FINE, "a topic may be empty until it is needed"
