"""What falls due outside the chain of review: gathered, shown to whoever acts, mailed once and once more when late, gone when done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings

from gongkai.kernel.calendar import load_calendar
from gongkai.records import api
from gongkai.records.models import DueMatter
from gongkai.records.services.matters import gather_matters
from gongkai.records.services.notices import notify_waiting, set_mail_notices
from gongkai.records.tests.test_interpretation import POLICY
from gongkai.records.tests.test_urgent import event_of, told

pytestmark = pytest.mark.django_db
MAIL = override_settings(
    MAIL_NOTICES_POSSIBLE=True, MAIL_DOMAIN="demo.example", DEFAULT_FROM_EMAIL="a@demo.example"
)


def standing(user, day):
    return api.list_matters(user=user, org_codes={"demo", "demo-yz"}, today=day)


@MAIL
def test_a_clock_of_an_emergency_is_told_before_and_after_its_end(office):
    office.leader.email = "leader@demo.example"
    office.leader.save(update_fields=["email"])
    set_mail_notices(org_code="demo", on=True, user=office.office, now=office.now)
    event = event_of(office, known_at=office.now)
    gather_matters(now=office.now)
    assert not DueMatter.objects.exists(), "both clocks have just begun"

    near = office.now + timedelta(hours=4, minutes=30)
    gather_matters(now=near)
    (row,) = standing(office.leader, office.today)
    assert (row.light, row.title) == ("near", event.name)
    assert "5 小时" in row.words.replace("5小时", "5 小时")
    assert row.address.endswith(f"/records/urgent/{event.pk}/")
    assert standing(office.editor, office.today) == [], "whoever cannot publish is not asked"
    assert (notify_waiting(now=near).sent, notify_waiting(now=near).sent) == (1, 0)
    assert mail.outbox[-1].to == ["leader@demo.example"]
    assert event.name not in mail.outbox[-1].body + mail.outbox[-1].subject

    over = office.now + timedelta(hours=6)
    gather_matters(now=over)
    (row,) = standing(office.leader, office.today)
    assert (row.light, "已于" in row.words) == ("late", True)
    assert notify_waiting(now=over).sent == 1
    assert "超过办理时限" in mail.outbox[-1].subject

    told(office, event)
    gather_matters(now=over)
    assert not DueMatter.objects.filter(words__contains="5").exists(), "the first release stops its clock"


def test_a_late_interpretation_is_told_to_drafter_and_publisher_until_it_is_public(office):
    policy = office.published(metadata=POLICY)
    last = load_calendar().nth_working_day_after(office.today, 3)
    late = office.now + (last - office.today) + timedelta(days=4)
    gather_matters(now=office.now)
    assert not DueMatter.objects.exists()
    gather_matters(now=late)
    (row,) = standing(office.leader, late.date())
    assert (row.light, row.key) == ("late", f"interpretation:{policy.record_id}")
    assert str(last) in row.words
    assert [one.key for one in standing(office.editor, late.date())] == [row.key]
    making = office.draft(metadata={"kind": "interpretation", "interprets": [policy.record_id]})
    api.submit(record_id=making.id, user=office.editor, now=office.later())
    office.sign_all(making.id)
    api.publish(record_id=making.id, user=office.leader, now=office.later())
    gather_matters(now=late)
    assert not DueMatter.objects.exists()


def test_gathering_again_writes_nothing_new(office, django_assert_max_num_queries):
    event_of(office, known_at=office.now - timedelta(hours=30))
    assert gather_matters(now=office.now) == 2
    before = list(DueMatter.objects.values_list("pk", "gathered_at"))
    assert gather_matters(now=office.now) == 2
    assert list(DueMatter.objects.values_list("pk", "gathered_at")) == before
    with django_assert_max_num_queries(12):
        standing(office.leader, office.today)
