"""Index numbers: written by rule, given once, never twice, also when many ask at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from gongkai.records import api
from gongkai.records.core.numbering import index_rules, rule_for, write_number
from gongkai.records.models import IndexCounter, RecordState
from gongkai.records.services.numbering import next_serial

THREADS = 50


@pytest.mark.django_db(transaction=True)
def test_fifty_threads_get_fifty_numbers():
    def ask(_: int) -> int:
        close_old_connections()
        try:
            return next_serial(prefix="11990000MB0000000X", year=2020)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        numbers = sorted(pool.map(ask, range(THREADS)))

    assert numbers == list(range(1, THREADS + 1))
    assert IndexCounter.objects.get().last == THREADS


@pytest.mark.django_db
def test_number_is_kept_through_rounds_and_not_given_again(office):
    first = office.submitted()
    api.take_back(record_id=first.id, user=office.editor, now=office.later())
    again = api.submit(record_id=first.id, user=office.editor, now=office.later())
    assert again.index_number == first.index_number

    api.take_back(record_id=first.id, user=office.editor, now=office.later())
    api.discard(record_id=first.id, user=office.editor, now=office.later())
    second = office.submitted()
    assert second.index_number == "11990000MB0000000X/2020-00002"


@pytest.mark.django_db
def test_refused_submission_uses_no_number(office):
    record = office.draft(blocks=[{"type": "paragraph", "text": "电话13812345678"}])
    with pytest.raises(api.FindingsOpen):
        api.submit(record_id=record.id, user=office.editor, now=office.later())
    assert api.get_record(record_id=record.id).index_number is None
    assert office.submitted().index_number.endswith("00001")


@pytest.mark.django_db
def test_counter_never_goes_down(office):
    office.submitted()
    with pytest.raises(DatabaseError), transaction.atomic():
        IndexCounter.objects.update(last=0)


@pytest.mark.django_db
def test_new_year_begins_at_one_and_keeps_old_numbers(office):
    office.submitted()
    office.later(days=250)
    assert office.submitted().index_number == "11990000MB0000000X/2021-00001"


@pytest.mark.django_db
def test_institution_without_own_code_shares_the_counter_of_its_authority(office):
    office.submitted()
    other = office.submitted(org_code="demo-yy", user=office.clerk)
    assert other.index_number == "11990000MB0000000X/2020-00002"
    assert other.path == "doc/demo-yy/2020/00002.html"


@pytest.mark.django_db
def test_linked_records_get_numbers_so_that_signed_content_can_name_them(office):
    policy = office.draft(metadata={"kind": "policy"})
    reading = office.submitted(metadata={"kind": "interpretation", "interprets": [policy.id]})

    number = api.get_record(record_id=policy.id).index_number
    assert number is not None
    assert api.public_payload(record_id=reading.id)["interprets"] == [number]


@pytest.mark.django_db
def test_database_refuses_the_same_serial_twice(office):
    first, second = office.submitted(), office.submitted()
    with pytest.raises(DatabaseError), transaction.atomic():
        RecordState.objects.filter(pk=second.id).update(index_serial=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        RecordState.objects.filter(pk=second.id).update(index_number=first.index_number)


def test_examples_of_the_rules_are_written_by_the_rules():
    for rule in index_rules():
        prefix, rest = rule.example.rsplit("/", 1)
        stamp, serial = rest.split("-")
        day = date(int(stamp[:4]), int(stamp[4:6] or 1), int(stamp[6:8] or 1))
        assert write_number(rule, prefix=prefix, serial=int(serial), on=day) == rule.example


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.lists(st.integers(1, 10**6), unique=True, min_size=2)
)
def test_different_serials_give_different_numbers(day, serials):
    for rule in index_rules():
        numbers = {write_number(rule, prefix="X", serial=serial, on=day) for serial in serials}
        assert len(numbers) == len(serials)


def test_default_rule_serves_unknown_prefixes():
    assert rule_for("没有登记的前缀").default
    with pytest.raises(ValueError, match="从 1 开始"):
        write_number(rule_for("x"), prefix="x", serial=0, on=date(2020, 1, 1))
