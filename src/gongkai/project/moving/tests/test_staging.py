"""Staging: what is read becomes drafts with old dates and addresses; nothing shows; a second run doubles nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gongkai.project.moving.models import ItemState, MovedItem
from gongkai.project.moving.tests.conftest import BODY, page, write
from gongkai.records import api as records
from gongkai.records.models import GuardRun, Record, RecordState

pytestmark = pytest.mark.django_db


def payload_of(item: MovedItem) -> dict[str, Any]:
    return records.public_payload(record_id=item.record_id or 0)


def test_a_page_becomes_a_draft_with_its_old_date_and_address(stage: Any, tmp_path: Path) -> None:
    write(tmp_path, {"zwgk/201506/t20150601_12.html": page("关于预防接种门诊开诊安排的通知")})
    move = stage(folder=tmp_path)
    item = move.items.get()
    record = Record.objects.get(pk=item.record_id)
    payload = payload_of(item)
    assert (record.live, RecordState.objects.get(pk=record.pk).state) == (False, "draft")
    assert payload["title"] == "关于预防接种门诊开诊安排的通知"
    assert payload["migrated"] == {
        "url": "http://old.example.gov.cn/zwgk/201506/t20150601_12.html",
        "published_at": "2015-06-01T09:30:00+08:00",
    }
    assert payload["formed_date"] == "2015-06-01"
    assert (payload["kind"], payload["path"]) == ("notice", "doc/demo/2015/00001.html")
    assert payload["index_number"].endswith("/2015-00001")
    assert "".join(block["html"] for block in payload["blocks"]).count("预防接种门诊") == 1
    run = GuardRun.objects.get(record_id=record.pk)
    assert run.content_sha256 == records.content_hash(record_id=record.pk) == item.content_sha256
    assert record.latest_revision_id
    assert record.latest_revision.user_id == move.started_by_id


def test_stored_findings_are_those_of_the_ordinary_check(stage: Any, tmp_path: Path, office: Any) -> None:
    body = BODY + "<p>联系人身份证号110101199003078515，手机13900001234。</p>"
    write(tmp_path, {"a.html": page("关于公布名单的通知", body=body)})
    item = stage(folder=tmp_path).items.get()
    stored = {
        (f.key, f.detector, f.part) for f in GuardRun.objects.get(record_id=item.record_id).findings.all()
    }
    again = {
        (concern.key, concern.finding.detector, concern.finding.part)
        for concern in records.recheck(record_id=item.record_id or 0, now=office.later())
    }
    assert stored == again
    assert (item.severity, item.is_clean) == ("block", False)


def test_links_between_old_pages_lead_to_the_new_ones(stage: Any, tmp_path: Path) -> None:
    body = (
        BODY
        + '<p>见<a href="../b/two.html?x=1#top">另一通知</a>、<a href="../b/two.html">通知二</a>、<a href="/gone.html">没有迁入的</a>。</p>'
    )
    write(
        tmp_path,
        {
            "a/one.html": page("关于第一件事的通知", body=body),
            "b/two.html": page("关于第二件事的通知", day="2014-01-02"),
        },
    )
    move = stage(folder=tmp_path)
    one, two = move.items.order_by("key")
    html = "".join(block["html"] for block in payload_of(one)["blocks"])
    assert '<a href="../2014/00001.html">通知二</a>' in html
    assert two.path == "doc/demo/2014/00001.html"
    assert "没有迁入的" in html
    assert "gone.html" not in html
    assert move.problems.get(code="dead_link").detail == "2 处"


def test_second_run_doubles_nothing_and_takes_what_is_new(stage: Any, tmp_path: Path) -> None:
    write(tmp_path, {"a.html": page("关于第一件事的通知"), "b.html": b""})
    first = stage(folder=tmp_path)
    assert list(first.problems.values_list("code", flat=True)) == ["empty"]
    write(tmp_path, {"b.html": page("关于第二件事的通知"), "c.html": page("关于第三件事的通知")})
    second = stage(folder=tmp_path)
    assert second.pk == first.pk
    assert (Record.objects.count(), second.items.filter(state=ItemState.DRAFTED).count()) == (3, 3)
    assert not second.problems.exists()
    assert stage(folder=tmp_path).items.count() == Record.objects.count() == 3


def test_one_bad_page_never_stops_the_rest(stage: Any, tmp_path: Path) -> None:
    write(tmp_path, {
        "good.html": page("关于正常一页的通知"),
        "bad.html": b"<meta charset=utf-8><p>\xff\xfe\xfa\x81</p>",
        "deep.html": page("关于很深一页的通知", body="<div>" * 3000 + "x" + "</div>" * 3000),
        "empty.html": b"",
        "notitle.html": f"<html><body><div id=zoom>{BODY}</div></body></html>".encode(),
    })  # fmt: skip
    move = stage(folder=tmp_path)
    told = dict(move.problems.values_list("place", "code"))
    assert told["bad.html"] == "encoding"
    assert told["empty.html"] == "empty"
    assert move.items.get(place="good.html").is_clean is not None
    assert move.items.get(place="notitle.html").state == ItemState.DRAFTED
    assert not move.items.get(place="notitle.html").is_clean
    assert {"no_title", "no_published_date"} <= set(
        move.problems.filter(place="notitle.html").values_list("code", flat=True)
    )


def test_wrong_encoding_scripts_and_broken_dates(stage: Any, tmp_path: Path) -> None:
    body = (
        BODY
        + '<script>alert("坏脚本")</script><p onclick="x()"><a href=" java\tscript:alert(1)">点这里</a><a href="data:text/html,x">数据</a></p>'
    )
    text = page("关于编码的通知", day="2015-13-45", body=body).decode().replace("utf-8", "gb2312")
    write(
        tmp_path,
        {
            "gb.html": text.encode("gb18030"),
            "lies.html": page("关于声称编码的通知").replace(b"utf-8", b"gb2312"),
        },
    )
    move = stage(folder=tmp_path)
    item = move.items.get(place="gb.html")
    said = str(payload_of(item)["blocks"])
    assert "预防接种门诊" in said
    assert "点这里" in said
    assert "坏脚本" not in said
    assert "script" not in said
    assert "data:" not in said
    assert "onclick" not in said
    assert {"broken_date", "no_published_date", "script_link"} == set(
        move.problems.filter(place="gb.html").values_list("code", flat=True)
    )
    assert item.published_at is None
    assert not item.is_clean
    assert move.items.get(place="lies.html").title == "关于声称编码的通知"


def test_a_discarded_draft_can_be_moved_in_again(stage: Any, tmp_path: Path, office: Any) -> None:
    body = BODY + '<p><a href="a.csv">附表</a></p>'
    write(tmp_path, {"a.html": page("关于附表的通知", body=body)})
    first = stage(folder=tmp_path).items.get()
    assert not first.is_clean
    records.discard(record_id=first.record_id or 0, user=office.mover, now=office.later())
    write(tmp_path, {"a.csv": "项目,数量\n培训,3\n".encode()})
    again = stage(folder=tmp_path).items.get()
    assert again.record_id != first.record_id
    assert [one["name"] for one in payload_of(again)["attachments"]] == ["附表.csv"]
    assert not again.move.problems.exists()


def test_a_file_that_kills_its_reader_is_told_and_the_rest_is_read(
    stage: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import signal

    from gongkai.project.moving import reader_processes

    here, read = os.getpid(), reader_processes.read_item

    def deadly(desk: Any, *, place: str, **values: Any) -> Any:
        if place == "5.html" and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(desk, place=place, **values)

    monkeypatch.setattr(reader_processes, "read_item", deadly)
    write(tmp_path, {f"{number}.html": page(f"关于第{number}件事的通知") for number in range(40)})
    move = stage(folder=tmp_path, workers=2)
    assert move.summary["drafted"] == 39
    assert list(move.problems.values_list("place", "detail")) == [("5.html", "读取进程中断")]
