"""Fifty clerks at once (五十人同时编辑、送审、签字): no lost text, no double signature, no deadlock, no answer that is an error page."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.utils import timezone

from gongkai.organisations import api as organisations
from gongkai.records import api as records
from tools.drills import judge
from tools.drills.office import SIGNERS, draft, people
from tools.drills.stage import Stage, idle, wait_until, worker


@dataclass
class Tally:
    """What the clerks met: seconds of each act by name, refusals by code, and what must not happen."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def act(self, name: str, work: Callable[[], Any]) -> Any:
        """Do one act and note how it went; a refusal of the house is fine, anything else is a fault."""
        begun = time.perf_counter()
        try:
            return work()
        except records.RecordError as error:
            with self.lock:
                self.refused[error.code] = self.refused.get(error.code, 0) + 1
        except Exception as error:
            with self.lock:
                self.faults.append(f"{name}：{type(error).__name__}: {error}")
        finally:
            with self.lock:
                self.seconds.setdefault(name, []).append(time.perf_counter() - begun)
        return None


def run(stage: Stage) -> None:
    """Carry the drill out."""
    count = stage.size(short=10, long=50)
    editors, staff = _editors(count), people()
    shared = [draft(5000 + number, editor=editors[0]) for number in range(max(2, count // 10))]
    written: list[str] = []
    tally = Tally()
    _together(
        [lambda e=e, n=n: _edit_shared(tally, stage, e, n, shared, written) for n, e in enumerate(editors)]
    )
    own: list[int] = []
    _together(
        [lambda e=e, n=n: own.append(_draft_and_submit(tally, e, 6000 + n)) for n, e in enumerate(editors)]
    )
    own = [number for number in own if number]
    for kind, username in SIGNERS.items():  # everybody presses the same button twice, at once
        _together([lambda i=i, k=kind, u=username: _sign(tally, i, k, staff[u]) for i in own for _ in (1, 2)])
    _together([lambda i=i: _publish(tally, i, staff["leader"]) for i in own for _ in (1, 2)])
    stage.did(f"{count} 人同时改 {len(shared)} 份草稿、各起草送审一份；每份同时签两次、发布两次")
    _nothing_lost(stage, shared, written)
    _nothing_doubled(stage, own, tally)
    served = worker("publish", "default", "idle")
    wait_until(idle, "所有任务做完", seconds=300)
    served.ask_to_stop()
    judge.whole(stage)
    _desk_answers(stage, tally, editors, count)
    _say_times(stage, tally)


def _editors(count: int) -> list[Any]:
    now, today = timezone.now(), timezone.localdate()
    found = []
    for number in range(count):
        user = organisations.create_user(
            username=f"clerk{number}", name=f"演练员{number}", org_code="demo-ggws", password=None, today=today, now=now
        )  # fmt: skip
        organisations.give_post(
            person=user, role="section_editor", org_code="demo-ggws", from_date=today, today=today, now=now
        )
        found.append(user)
    return found


def _together(works: list[Callable[[], Any]]) -> None:
    """Start all at the same moment, each with a connection of its own, and wait."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], Any]) -> None:
        try:
            gate.wait(60)
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
        if thread.is_alive():
            raise AssertionError("五分钟没有答复：死锁")


def _edit_shared(
    tally: Tally, stage: Stage, editor: Any, number: int, shared: list[int], written: list[str]
) -> None:
    from gongkai.records.models import RecordState
    from gongkai.records.services.content import newest

    for turn in range(stage.size(short=2, long=6)):
        record_id = shared[(number + turn) % len(shared)]
        words = f"第{number}人第{turn}次补充的一句话"
        state = RecordState.objects.select_related("record").get(pk=record_id)
        record = newest(state.record)
        record.summary = words
        saved = tally.act(
            "保存草稿",
            lambda r=record, v=state.version: records.save_draft(
                record=r, version=v, user=editor, now=timezone.now()
            ),
        )
        if saved is not None:
            written.append(words)


def _draft_and_submit(tally: Tally, editor: Any, number: int) -> int:
    made = tally.act("起草", lambda: draft(number, editor=editor))
    if made is None:
        return 0
    tally.act("送审", lambda: records.submit(record_id=made, user=editor, now=timezone.now()))
    return int(made)


def _sign(tally: Tally, record_id: int, kind: str, user: Any) -> None:
    shown = records.content_hash(record_id=record_id)
    tally.act(
        "签字",
        lambda: records.sign(
            record_id=record_id, kind=kind, content_sha256=shown, user=user, opinion="同意", now=timezone.now()
        ),
    )  # fmt: skip


def _publish(tally: Tally, record_id: int, user: Any) -> None:
    tally.act("发布", lambda: records.publish(record_id=record_id, user=user, now=timezone.now()))


def _nothing_lost(stage: Stage, shared: list[int], written: list[str]) -> None:
    from wagtail.models import Revision

    from gongkai.records.models import Record

    kept = {
        revision.content.get("summary", "")
        for revision in Revision.objects.filter(
            base_content_type=Record.get_base_content_type(), object_id__in=[str(i) for i in shared]
        )
    }
    lost = set(written) - kept
    stage.require(not lost, f"有 {len(lost)} 次保存的文字找不到了")
    stage.held(f"{len(written)} 次保存的文字都在：先到的成为草稿，后到的另存并告知")


def _nothing_doubled(stage: Stage, own: list[int], tally: Tally) -> None:
    from gongkai.records.models import Review

    stage.require(not tally.faults, f"{len(tally.faults)} 个答复是错误：{'；'.join(tally.faults[:3])}")
    for number in own:
        kinds = sorted(
            Review.objects.filter(record_id=number, decision="signed").values_list("kind", flat=True)
        )
        stage.require(kinds == sorted(SIGNERS), f"信息 {number} 的签字是 {kinds}")
        stage.require(len(records.list_releases(record_id=number)) == 1, f"信息 {number} 发布了不止一次")
    told = "、".join(f"{code} {count} 次" for code, count in sorted(tally.refused.items()))
    stage.held(f"{len(own)} 份各签 4 次、发布 1 次；多按的一次得到说明（{told}）")


def _desk_answers(stage: Stage, tally: Tally, editors: list[Any], count: int) -> None:
    """Ask the desk's pages through Django's client, all clerks at once."""
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]

    def walk(editor: Any) -> None:
        client = Client()
        client.force_login(editor, backend=settings.AUTHENTICATION_BACKENDS[-1])
        for page in ("/desk/", "/desk/records/"):
            answer = tally.act(
                "看工作台", lambda p=page: client.get(p, headers={"accept-language": "zh-hans"})
            )
            if answer is None or answer.status_code != 200:
                tally.faults.append(f"{page} 答复 {getattr(answer, 'status_code', '错误')}")

    _together([lambda e=e: walk(e) for e in editors])
    stage.require(
        not tally.faults, f"工作台有 {len(tally.faults)} 次没有正常答复：{'；'.join(tally.faults[:3])}"
    )
    stage.held(f"{count} 人同时看工作台，{2 * count} 次都正常答复")


def _say_times(stage: Stage, tally: Tally) -> None:
    for name, values in tally.seconds.items():
        values.sort()
        p95 = values[int(len(values) * 0.95) - 1] if len(values) > 1 else values[0]
        stage.did(f"{name} {len(values)} 次：中位 {statistics.median(values):.2f} 秒，p95 {p95:.2f} 秒")
