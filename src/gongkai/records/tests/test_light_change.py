"""A typo is signed by one person, and only a typo; what that lets out is told in the public history and frees nothing."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.core.chains import chain_for
from gongkai.records.core.light_change import light_rule, more_than_letters
from gongkai.records.models import LaterReview, Review, Submission
from gongkai.records.tests.test_review_chains import first_out, sign

BEFORE = {
    "title": "关于做好公共场所卫生监测工作的通知",
    "summary": "",
    "issuer": "示范市卫生健康局",
    "formed_date": "2020-06-10",
    "attachments": [],
    "published_at": "2020-06-15T10:00:00+08:00",
    "history": [],
    "blocks": [
        {"type": "heading", "level": 1, "text": "总体要求"},
        {"type": "paragraph", "html": '请各单位按照<a href="/doc/a.html">方案</a>认真落实，不得延误3天。'},
        {"type": "table", "caption": "", "header_rows": 1, "rows": [["项目", "数量"], ["培训", "30"]]},
    ],
}
LETTERS = st.text(alphabet="认真落实按照方案请各单位做好工作", min_size=1, max_size=30)


def changed(**places):
    """Return the payload with paths such as `blocks__1__html` set."""
    after = copy.deepcopy(BEFORE)
    for path, value in places.items():
        *way, last = [int(part) if part.isdigit() else part for part in path.split("__")]
        place = after
        for part in way:
            place = place[part]
        place[last] = value
    return after


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ({}, ""),
        ({"published_at": "2021-01-01"}, ""),
        ({"title": "关于做好公共场所卫生监侧工作的通知"}, ""),
        ({"blocks__0__text": "总休要求"}, ""),
        ({"blocks__2__rows__0__0": "项木"}, ""),
        ({"blocks__1__html": '请各单位按照<a href="/doc/a.html">方案</a>认真落实，得延误3天。'}, "“不”"),
        ({"blocks__1__html": '请各单位按照<a href="/doc/a.html">方案</a>认真落实，不得延误5天。'}, "数量"),
        ({"blocks__1__html": '请各单位按照<a href="/doc/b.html">方案</a>认真落实，不得延误3天。'}, "链接"),
        ({"blocks__2__rows__1__1": "300"}, "数量"),
        ({"blocks__2__rows": [["项目", "数量"]]}, "段落"),
        ({"blocks__0__level": 2}, "段落"),
        ({"blocks": BEFORE["blocks"][:2]}, "段落"),
        ({"issuer": "示范市卫健局"}, "发文机关"),
        ({"formed_date": "2020-06-11"}, "成文日期"),
        ({"attachments": [{"name": "表"}]}, "元数据"),
    ],
)
def test_only_letters_are_a_typo(places, told) -> None:
    found = more_than_letters(BEFORE, changed(**places))
    assert told in found
    assert bool(told) == bool(found)


@given(added=LETTERS, place=st.integers(min_value=0, max_value=4))
def test_the_limit_counts_every_letter(added, place) -> None:
    text = BEFORE["title"]
    after = changed(title=text[:place] + added + text[place:])
    assert bool(more_than_letters(BEFORE, after)) == (len(added) > light_rule().max_letters)
    assert bool(more_than_letters(after, BEFORE)) == (len(added) > light_rule().max_letters)


@pytest.mark.parametrize("grade", ["important", "major", "relayed", "emergency"])
def test_graver_records_have_no_light_way(grade) -> None:
    for publisher in ("authority", "institution"):
        chain = chain_for(
            kind="emergency", grade=grade, on=date(2020, 6, 15), publisher=publisher, change="typo"
        )
        assert not chain.is_light
    assert chain_for(kind="news", grade="ordinary", on=date(2020, 6, 15), change="typo").is_light
    assert not chain_for(kind="news", grade="ordinary", on=date(2020, 6, 15), change="correction").is_light


def amended(office, record_id, change="typo", **values):
    api.amend(record_id=record_id, change=change, note="改一个错字", user=office.editor, now=office.later())
    office.edit(record_id, **values)
    api.submit(record_id=record_id, user=office.editor, now=office.later())
    return Submission.objects.filter(record_id=record_id).latest("pk").chain_id


@pytest.mark.django_db
def test_a_typo_takes_one_signature_and_is_told_in_the_history(office) -> None:
    release = office.published(title="关于做好信息公开工做的通知")
    assert amended(office, release.record_id, title="关于做好信息公开工作的通知") == "typo"
    sha256 = api.content_hash(record_id=release.record_id)
    for kind in ("content", "personal_data", "secrecy", "approval"):
        with pytest.raises(api.RecordError):
            api.publish(record_id=release.record_id, user=office.office, now=office.later())
        api.sign(
            record_id=release.record_id,
            kind=kind,
            content_sha256=sha256,
            user=office.office,
            opinion="",
            now=office.later(),
        )
    out = api.publish(record_id=release.record_id, user=office.office, now=office.later())
    assert [row["change"] for row in out.payload["history"]] == ["first", "typo"]
    assert out.payload["history"][-1]["note"] == "改一个错字"
    round_2 = Review.objects.filter(record_id=release.record_id, round=2)
    assert {review.user_id for review in round_2} == {office.office.pk}


@pytest.mark.django_db
def test_more_than_a_typo_goes_the_whole_chain_and_the_author_never_signs(office) -> None:
    release = office.published()
    assert amended(office, release.record_id, title="关于不做好信息公开工作的通知") == "ordinary"
    other = office.published()
    assert (
        amended(office, other.record_id, change="correction", title="关于做好信息公开工做的通知")
        == "ordinary"
    )
    third = office.published(title="关于做好信息公开工做的通知")
    api.amend(record_id=third.record_id, change="typo", note="改字", user=office.office, now=office.later())
    office.edit(third.record_id, user=office.office, title="关于做好信息公开工作的通知")
    api.submit(record_id=third.record_id, user=office.office, now=office.later())
    for user in (office.office, office.leader, office.reviewer):
        with pytest.raises((api.SeparationBroken, api.StepRefused, organisations.NotPermitted)):
            sign(office, third.record_id, "content", user)


@pytest.mark.django_db
def test_a_typo_frees_no_emergency_release_of_its_review(office) -> None:
    release = first_out(office, title="关于水厂水质移常的通报")
    assert LaterReview.objects.get(pk=release.id).state == "open"
    assert amended(office, release.record_id, grade="minor", title="关于水厂水质异常的通报") == "typo"
    for kind in ("content", "personal_data", "secrecy", "approval"):
        sign(office, release.record_id, kind, office.office)
    api.publish(record_id=release.record_id, user=office.office, now=office.later())
    assert LaterReview.objects.get(pk=release.id).state == "open"
