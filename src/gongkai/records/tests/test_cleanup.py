"""A clean-up is decided item by item, its result reviewed like any record, and pages change with it by the same gate."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gongkai.journal import api as journal
from gongkai.kernel.machine import check_table, mermaid, states_of
from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.core.cleanup import (
    HEAD,
    ROUND_LABELS,
    ROUND_TABLE,
    ROUND_VERBS,
    Listed,
    RoundState,
    cleanup_decisions,
    decision_rule,
    place_among,
    result_blocks,
    table_rows,
    tables_of,
)
from gongkai.records.models import CleanupDecision, CleanupItem, CleanupRound, Record, RecordState
from gongkai.records.printing.table_files import safe_text, table_csv, table_xlsx
from gongkai.records.selectors_cleanup import item_rows, next_round
from gongkai.records.table_checks import differences_in_cleanups
from gongkai.records.tests.test_core import README

BEFORE = date(2020, 6, 14)
REFUSALS = (api.RecordError, organisations.NotPermitted)
LISTED = st.builds(
    Listed,
    title=st.text("甲乙=丙", min_size=1, max_size=5),
    number=st.sampled_from(["", "示卫规〔2019〕1号"]),
    formed=st.none() | st.dates(date(2010, 1, 1), BEFORE),
    decision=st.sampled_from([one.id for one in cleanup_decisions()]),
    reason=st.text("理由+", min_size=1, max_size=5),
)


def start(office, **changes):
    values = {
        "org_code": "demo",
        "title": "2020年规范性文件清理",
        "formed_before": BEFORE,
        "user": office.office,
        "now": office.later(),
    }
    return api.start_cleanup(**{**values, **changes})


def decide(office, turn, record_id, decision, **changes):
    values = {"reason": f"理由{decision}", "user": office.office, "now": office.later()}
    return api.decide_item(round_id=turn.pk, record_id=record_id, decision=decision, **{**values, **changes})


@pytest.fixture
def bureau(office):
    """The office with a reviewer for what no section alone is in charge of."""
    organisations.give_post(
        person=office.reviewer,
        role="reviewer",
        org_code="demo",
        from_date=date(2020, 1, 2),
        today=date(2020, 1, 2),
        now=office.later(),
    )
    return office


def policies(office, count):
    return [
        office.published(title=f"第{number}号办法", metadata={"kind": "policy"}).record_id
        for number in range(1, count + 1)
    ]


def reviewed(office, record_id):
    api.submit(record_id=record_id, user=office.office, now=office.later())
    office.sign_all(record_id)


def test_round_table_is_sound_named_and_shown():
    check_table(ROUND_TABLE, initial=RoundState.OPEN)
    assert set(states_of(ROUND_TABLE)) == set(RoundState) == set(ROUND_LABELS)
    assert {one.verb for one in ROUND_TABLE} == set(ROUND_VERBS)
    assert mermaid(ROUND_TABLE, initial=RoundState.OPEN) in README.read_text(encoding="utf-8")


@given(items=st.lists(LISTED, min_size=1, max_size=8))
def test_the_list_holds_every_document_once_by_decision(items):
    rows = table_rows(items)
    assert rows[0] == list(HEAD)
    assert sorted((row[1], row[4], row[5]) for row in rows[1:]) == sorted(
        (one.title, decision_rule(one.decision).name, one.reason) for one in items
    )
    blocks = result_blocks(round_title="清理", org_name="某局", before=BEFORE, listed=items)
    tables = tables_of({"blocks": blocks})
    assert sum(len(table) - 1 for table in tables) == len(items)
    assert all(len({row[4] for row in table[1:]}) == 1 for table in tables)
    assert f"共 {len(items)} 件" in blocks[0]["html"]


@given(rows=st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), min_size=1, max_size=5))
def test_files_hold_the_rows_and_no_formula(rows):
    wanted = [[safe_text(cell) for cell in row] for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in wanted for cell in row)
    read = list(csv.reader(io.StringIO(table_csv(rows).decode("utf-8-sig"), newline="")))
    assert [row for row in read if row] == wanted
    sheet = openpyxl.load_workbook(io.BytesIO(table_xlsx("目录", rows))).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.data())
def test_walking_on_meets_every_undecided_document_once_and_comes_back(undecided, data):
    rows = list(enumerate(undecided, start=100))
    start_at = data.draw(st.sampled_from([record for record, _ in rows]))
    first = place_among(rows, start_at)
    assert (first.number, first.total, first.undecided) == (start_at - 99, len(rows), sum(undecided))
    met, here = [], first.after
    while here is not None and here not in met and here != start_at:
        met.append(here)
        here = place_among(rows, here).after
    assert sorted(met) == [record for record, is_open in rows if is_open and record != start_at]
    assert first.before == (met[-1] if met else None)


@pytest.mark.django_db
def test_from_list_to_changed_pages(bureau):
    office = bureau
    kept, repealed, expired = policies(office, 3)
    policy = {"kind": "policy", "formed_date": date(2020, 6, 15)}
    office.published(title="太新的办法", metadata=policy)
    office.published(title="一般通知")
    turn = start(office)
    assert [item.record_id for item in turn.items.all()] == [kept, repealed, expired]
    assert start(office).pk == turn.pk
    assert CleanupItem.objects.count() == 3
    with pytest.raises(api.StepRefused, match="还没有办完"):
        start(office, formed_before=date(2020, 6, 1))
    decide(office, turn, kept, "repeal")
    decide(office, turn, kept, "keep")
    decide(office, turn, kept, "keep")
    assert [row.decision for row in CleanupDecision.objects.order_by("pk")] == ["repeal", "keep"]
    with pytest.raises(api.StepRefused, match="还有 2 件没有决定"):
        api.finish_cleanup(round_id=turn.pk, user=office.office, now=office.later())
    decide(office, turn, repealed, "repeal")
    decide(office, turn, expired, "expire")
    api.finish_cleanup(round_id=turn.pk, user=office.office, now=office.later())
    with pytest.raises(api.StepRefused, match="已全部决定"):
        decide(office, turn, kept, "repeal")
    made = api.draft_cleanup_result(round_id=turn.pk, user=office.office, now=office.later())
    again = api.draft_cleanup_result(round_id=turn.pk, user=office.office, now=office.later())
    assert again.id == made.id
    prepared = api.prepare_validity(round_id=turn.pk, user=office.office, now=office.later())
    assert prepared.made == (repealed, expired)
    assert api.prepare_validity(round_id=turn.pk, user=office.office, now=office.later()).already == (
        repealed,
        expired,
    )
    reviewed(office, repealed)
    with pytest.raises(api.StepRefused, match="还没有公开"):
        api.publish(record_id=repealed, user=office.leader, now=office.later())
    reviewed(office, made.id)
    api.publish(record_id=made.id, user=office.leader, now=office.later())
    assert CleanupRound.objects.get(pk=turn.pk).state == "announced"
    done = list(api.publish_prepared(round_id=turn.pk, now=office.later()))
    assert done == [(repealed, None)]
    assert not list(api.publish_prepared(round_id=turn.pk, now=office.later()))
    payload = api.current_release(record_id=repealed).payload
    number = api.get_record(record_id=made.id).index_number
    assert payload["validity"] == {
        "state": "repealed",
        "note": "经2020年规范性文件清理，宣布废止",
        "by": number,
    }
    assert api.current_release(record_id=expired).payload["validity"]["state"] == "valid"
    assert [row.change for row in item_rows(CleanupRound.objects.get(pk=turn.pk))] == [
        "",
        "页面已更新",
        "变更起草中",
    ]
    reviewed(office, expired)
    api.publish(record_id=expired, user=office.leader, now=office.later())
    assert api.current_release(record_id=expired).payload["validity"]["state"] == "expired"
    assert api.current_release(record_id=kept).sequence == 1
    assert not list(differences_in_cleanups())
    following = next_round(org_code="demo", today=office.today)
    assert following.due == date(following.last.year + 2, following.last.month, following.last.day)
    names = [entry.name for entry in journal.entries(subject=f"cleanup:{turn.pk}")]
    assert names == [f"records.Cleanup{name}" for name in ("Started", "Finished", "Drafted", "Announced")]
    assert start(office, title="再来一次").pk != turn.pk


@pytest.mark.django_db
def test_result_that_says_otherwise_than_decided_is_blocked(office):
    (record,) = policies(office, 1)
    turn = start(office)
    decide(office, turn, record, "modify", by="")
    api.finish_cleanup(round_id=turn.pk, user=office.office, now=office.later())
    made = api.draft_cleanup_result(round_id=turn.pk, user=office.office, now=office.later())
    blocks = api.public_payload(record_id=made.id)["blocks"]
    blocks[-1]["rows"][1][4] = "保留"
    api.edit_draft(
        record_id=made.id,
        version=made.version,
        changes={"blocks": blocks},
        user=office.office,
        now=office.later(),
    )
    with pytest.raises(api.FindingsOpen, match="与清理决定不一致"):
        api.submit(record_id=made.id, user=office.office, now=office.later())
    with pytest.raises(api.StepRefused, match="草稿还在"):
        api.reopen_cleanup(round_id=turn.pk, user=office.office, now=office.later())
    api.discard(record_id=made.id, user=office.office, now=office.later())
    other = api.draft_cleanup_result(round_id=turn.pk, user=office.office, now=office.later())
    assert other.id != made.id
    api.discard(record_id=other.id, user=office.office, now=office.later())
    api.reopen_cleanup(round_id=turn.pk, user=office.office, now=office.later())
    assert not list(differences_in_cleanups())


@pytest.mark.django_db
def test_who_may_and_what_is_never_rewritten(office):
    (record,) = policies(office, 1)
    with pytest.raises(organisations.NotPermitted):
        start(office, user=office.editor)
    with pytest.raises(api.BadInput, match="没有公开的文件"):
        start(office, kinds=["budget"])
    turn = start(office)
    for changes in ({"decision": "burn"}, {"reason": " "}, {"by": "不存在"}):
        with pytest.raises(api.BadInput):
            decide(office, turn, record, changes.pop("decision", "keep"), **changes)
    with pytest.raises(organisations.NotPermitted):
        decide(office, turn, record, "keep", user=office.foreign_editor)
    decide(office, turn, record, "keep", user=office.editor)
    with pytest.raises(DatabaseError), transaction.atomic():
        CleanupDecision.objects.update(decision="repeal")
    with pytest.raises(IntegrityError), transaction.atomic():
        CleanupItem.objects.create(
            round=turn, record_id=record, release_id=turn.items.get().release_id, title="再列一次"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        CleanupRound.objects.create(
            org_code="demo", title="并行", scope={}, started_by=office.office, started_at=office.now
        )


@pytest.mark.django_db
def test_desk_walk_start_decide_draft_export(office, client):
    records = policies(office, 2)
    client.force_login(get_user_model().objects.get(username="office"))
    assert client.get("/desk/records/cleanups/").status_code == 200
    given = {
        "org": "demo",
        "title": "本年清理",
        "formed_before": "2020-06-14",
        "kinds": ["policy"],
        "issuers": "",
    }
    refused = client.post("/desk/records/cleanups/", {**given, "title": " "})
    assert refused.status_code == 400
    first = client.post("/desk/records/cleanups/", given, follow=True)
    turn = CleanupRound.objects.get()
    assert "只看未决定的 2 件" in first.content.decode()
    address = f"/desk/records/cleanups/{turn.pk}/"
    shown = client.get(f"{address}{records[0]}/").content.decode()
    assert "第 1 件，共 2 件，未决定 2 件" in shown
    assert f'rel="next" href="{address}{records[1]}/"' in shown
    page = client.post(f"{address}{records[0]}/", {"decision": "keep", "reason": "仍然适用"}, follow=True)
    assert page.redirect_chain[-1][0] == f"{address}{records[1]}/"
    page = client.post(f"{address}{records[1]}/", {"decision": "repeal", "reason": ""})
    assert page.status_code == 400
    page = client.post(f"{address}{records[1]}/", {"decision": "repeal", "reason": "已被替代"}, follow=True)
    assert "全部文件都已决定" in page.content.decode()
    for verb, said in (("finish", "已办结"), ("draft_result", "已生成"), ("prepare", "已起草 1 件")):
        assert said in client.post(f"{address}do/{verb}/", follow=True).content.decode()
    assert client.post(f"{address}do/finish/", follow=True).content.decode().count("不能“办结”") == 1
    lines = list(csv.reader(io.StringIO(client.get(f"{address}list.csv").content.decode("utf-8-sig"))))
    assert [row[4] for row in lines] == ["清理结果", "保留", "废止"]
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}list.xlsx").content)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == lines
    client.force_login(get_user_model().objects.get(username="clerk"))
    assert client.get(address).status_code == 404


class CleanupLife(RuleBasedStateMachine):
    """Every verb by anybody in any order; the promises of a clean-up hold after each."""

    office: Any = None
    records: tuple[int, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.decided: dict[tuple[int, int], str] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)

    def tried(self, call: Any) -> Any:
        try:
            with transaction.atomic():
                return call()
        except REFUSALS:
            return None

    def act(self, verb: Any, who: str, **given: Any) -> Any:
        turn = CleanupRound.objects.first()
        if turn is None:
            return None
        common = {"round_id": turn.pk, "user": getattr(self.office, who), "now": self.office.later()}
        return self.tried(lambda: verb(**common, **given))

    @initialize()
    def begin(self) -> None:
        start(self.office)

    @rule(who=st.sampled_from(["office", "leader", "editor"]))
    def begin_again(self, who: str) -> None:
        self.tried(lambda: start(self.office, user=getattr(self.office, who)))

    @rule(data=st.data(), who=st.sampled_from(["office", "editor", "foreign_editor"]))
    def decide_one(self, data: Any, who: str) -> None:
        record = data.draw(st.sampled_from(self.records))
        chosen = data.draw(st.sampled_from(["keep", "modify", "repeal", "expire"]))
        item = self.act(api.decide_item, who, record_id=record, decision=chosen, reason="理由在此")
        if item is not None:
            self.decided[item.round_id, record] = chosen

    @rule(verb=st.sampled_from([api.finish_cleanup, api.reopen_cleanup, api.prepare_validity]))
    def step(self, verb: Any) -> None:
        self.act(verb, "office")

    @rule()
    def give_up(self) -> None:
        self.act(api.cancel_cleanup, "office", reason="不清理了")

    @rule(away=st.booleans())
    def draft(self, away: bool) -> None:
        made = self.act(api.draft_cleanup_result, "office")
        if made and away:
            self.tried(
                lambda: api.discard(record_id=made.id, user=self.office.office, now=self.office.later())
            )

    @rule()
    def announce(self) -> None:
        turn = CleanupRound.objects.exclude(result=None).first()
        if turn is not None and self.tried(lambda: reviewed(self.office, turn.result_id)) is None:
            self.tried(
                lambda: api.publish(
                    record_id=turn.result_id, user=self.office.leader, now=self.office.later()
                )
            )

    @invariant()
    def promises(self) -> None:
        for turn in CleanupRound.objects.all():
            items = {item.record_id: item for item in turn.items.all()}
            assert len(items) == turn.items.count()
            for record, item in items.items():
                assert item.decision == self.decided.get((turn.pk, record), "")
            if turn.state in ("decided", "drafted", "announced"):
                assert all(item.decision for item in items.values())
            if turn.state == "announced":
                assert Record.objects.get(pk=turn.result_id).live
        assert CleanupRound.objects.filter(state__in=["open", "decided", "drafted"]).count() <= 1
        for record in self.records:
            state = RecordState.objects.get(pk=record)
            assert state.current_release.sequence == 1
        assert not list(differences_in_cleanups())


@pytest.mark.django_db
def test_a_clean_up_played_at_random(bureau):
    CleanupLife.office, CleanupLife.records = bureau, tuple(policies(bureau, 2))
    run_state_machine_as_test(
        CleanupLife,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            suppress_health_check=list(HealthCheck),
        ),
    )
