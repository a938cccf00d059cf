"""What a new draft begins with: kind, genre and topic from the title; the red head stands in the metadata only once."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from gongkai.records.core.first_guess import (
    genre_of_title,
    kind_of_title,
    title_rules,
    topic_defaults,
    topic_of_body,
)
from gongkai.records.core.kinds import KINDS
from gongkai.records.core.topics import is_topic


@pytest.mark.parametrize(
    ("title", "kind", "genre"),
    [
        ("关于做好冬季防病工作的通知", "notice", "通知"),
        ("《关于加强基层卫生工作的意见》政策解读", "interpretation", "解读"),
        ("一图读懂基本公共卫生服务", "interpretation", None),
        ("云岭县卫生健康局2026年政府信息公开工作年度报告", "report", "报告"),
        ("2026年政务公开工作要点", "plan", "要点"),
        ("关于印发2026年政务公开工作要点的通知", "plan", "通知"),
        ("关于印发《云岭县“十五五”卫生健康发展规划（2026—2030年）》的通知", "plan", "通知"),
        ("云岭县医疗废物管理办法（试行）", "policy", "办法"),
        ("2026年部门预算", "budget", None),
        ("关于乡村医生补助发放名单的公示", "announcement", "公示"),
        ("县医院开展义诊", None, None),
    ],
)
def test_the_title_says_the_kind(title: str, kind: str | None, genre: str | None):
    assert kind_of_title(title) == kind
    assert genre_of_title(title) == genre


def test_rules_name_kinds_and_topics_that_exist():
    assert {rule.kind for rule in title_rules()} <= set(KINDS)
    assert all(rule.ends or rule.contains for rule in title_rules())
    assert all(is_topic(rule.major, rule.minor) for rule in topic_defaults())
    assert topic_of_body("云岭县财政局") is None


def red_headed() -> bytes:
    document = docx.Document()
    for line in (
        "示范市卫生健康局文件", "示卫发〔2020〕9号", "关于印发2020年工作要点的通知", "各医疗卫生机构：",
        "请认真贯彻执行。", "示范市卫生健康局", "2020年6月1日",
    ):  # fmt: skip
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_red_head_goes_to_the_metadata_and_nothing_else_is_lost(office: Any):
    from gongkai.records import api
    from gongkai.records.core.reading import plain_text

    common = {"org_code": "demo-yz", "catalogue_codes": [], "user": office.editor}
    made = api.import_draft(data=red_headed(), name="通知.docx", now=office.later(), **common)
    payload = api.public_payload(record_id=made.record.id)
    text = plain_text(payload)
    assert payload["document_number"] == "示卫发〔2020〕9号"
    assert (payload["kind"], payload["genre"]) == ("plan", "通知")
    assert payload["topic"]["major"] == "卫生、体育"
    assert "局文件" not in text
    assert "〔2020〕9号" not in text
    for kept in ("各医疗卫生机构：", "请认真贯彻执行。", "2020年6月1日"):
        assert kept in text
    other = api.import_draft(
        data=red_headed(),
        name="通知.docx",
        now=office.later(),
        metadata={"document_number": "示卫函〔2020〕1号", "kind": "policy"},
        **common,
    )
    payload = api.public_payload(record_id=other.record.id)
    assert payload["kind"] == "policy"
    assert "示卫发〔2020〕9号" in plain_text(payload), (
        "a number that the metadata does not hold stays in the text"
    )
