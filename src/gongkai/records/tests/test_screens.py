"""The desk screens of records answer, show what they should, and refuse in words."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from gongkai.organisations import api as organisations
from gongkai.organisations.services.sync_groups import sync_user_groups
from gongkai.records import api
from gongkai.records.models import RecordState, Waiver
from gongkai.records.services.content import newest
from gongkai.records.staff import (
    files,
    lists,
    new_draft,
    paste,
    preview,
    record_page,
    review,
    screens,
    viewset,
    withdraw,
)

pytestmark = pytest.mark.django_db


MODULES = (lists, new_draft, paste, preview, record_page, review, screens, viewset, withdraw, files)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="gongkai.organisations.staff.backend.RoleBackend")
    return client


@pytest.fixture(autouse=True)
def desk(monkeypatch, office):
    """The screens read the clock; let it stand where the office's people hold their posts."""
    for module in MODULES:
        if hasattr(module, "now"):
            monkeypatch.setattr(module, "now", office.later)
        if hasattr(module, "today"):
            monkeypatch.setattr(module, "today", lambda: office.today)
    organisations.sync_groups()
    for person in office.people.values():
        sync_user_groups(person=person, today=office.today)
    return office


def test_list_shows_own_open_drafts(office):
    record = office.draft()
    page = client_of(office.editor).get(reverse("records:list"))

    assert page.status_code == 200
    assert "关于做好信息公开工作的通知" in page.text
    assert reverse("records:page", args=[record.id]) in page.text


def form_of(record_id: int, **changes) -> dict:
    """Return the data of the editor's form as a browser would post it."""
    state = RecordState.objects.select_related("record").get(pk=record_id)
    record = newest(state.record)
    plain = ("kind", "grade", "document_number", "issuer", "disclosure", "source", "validity_state", "genre")
    data = {name: getattr(record, name) for name in plain}
    data |= {
        "title": record.title,
        "formed_date": record.formed_date or "",
        "section_code": record.section_code,
    }
    data |= {"topic_major": record.topic_major, "topic_minor": record.topic_minor}
    data |= {"loaded_revision_id": record.latest_revision_id}
    data |= {"loaded_revision_created_at": record.latest_revision.created_at.isoformat()}
    body = streamfield(
        [
            ("heading", {"level": "1", "text": "一、新标题"}),
            ("paragraph", rich_text("<p>新的<b>正文</b>。</p>")),
            ("table", {"caption": "", "header_rows": "1", "header_columns": "0", "rows": "甲\t乙\n1\t2"}),
        ]
    )
    return nested_form_data({**data, "body": body, **changes})


EDIT = "wagtailsnippets_records_record:edit"


def test_editor_saves_structure_and_shows_findings_beside_it(office):
    record = office.draft()
    client = client_of(office.editor)
    url = reverse(EDIT, args=[record.id])

    page = client.get(url)
    assert page.status_code == 200
    assert "检查发现" in page.text

    answer = client.post(url, form_of(record.id, title="改过的标题", document_number="示卫发[2020]5号"))
    assert answer.status_code == 302
    payload = api.public_payload(record_id=record.id)
    assert payload["title"] == "改过的标题"
    assert payload["blocks"] == [
        {"type": "heading", "level": 1, "text": "一、新标题"},
        {"type": "paragraph", "html": "新的<strong>正文</strong>。"},
        {
            "type": "table",
            "caption": "",
            "header_rows": 1,
            "header_columns": 0,
            "rows": [["甲", "乙"], ["1", "2"]],
        },
    ]
    assert "六角括号" in client.get(url).text


def test_two_editors_at_one_draft_second_is_told_and_keeps_the_text(office):
    record = office.draft()
    url = reverse(EDIT, args=[record.id])
    first, second = client_of(office.editor), client_of(office.editor2)
    loaded = form_of(record.id, title="第二人的标题")
    first.post(url, form_of(record.id, title="第一人的标题"))

    answer = second.post(url, loaded, follow=True)

    assert "没有丢" in answer.text
    assert "第二人的标题".replace("第二人", "第二") in answer.text or "二" in answer.text
    assert api.public_payload(record_id=record.id)["title"] == "第一人的标题"
    kept = newest(RecordState.objects.get(pk=record.id).record).revisions.order_by("-pk").first()
    assert kept.content["title"] == "第二人的标题"
    assert kept.user_id == office.editor2.pk


def test_save_after_handing_in_is_kept_apart_and_changes_nothing(office):
    record = office.draft()
    url = reverse(EDIT, args=[record.id])
    loaded = form_of(record.id, title="送审后才存的标题")
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    before = api.content_hash(record_id=record.id)

    answer = client_of(office.editor).post(url, loaded, follow=True)

    assert "没有丢" in answer.text
    assert api.content_hash(record_id=record.id) == before
    assert api.get_record(record_id=record.id).state == "in_review"


def test_save_and_hand_in_from_the_editor(office):
    record = office.draft()
    answer = client_of(office.editor).post(
        reverse(EDIT, args=[record.id]), {**form_of(record.id), "action-hand-in": "1"}, follow=True
    )

    assert "已送审" in answer.text
    assert api.get_record(record_id=record.id).state == "in_review"


def test_five_people_bring_a_record_out_by_the_screens(office):
    record = office.submitted()
    for user, button in ((office.reviewer, "sign"), (office.secrecy, "sign"), (office.leader, "publish")):
        client = client_of(user)
        page = client.get(reverse("records:review", args=[record.id]))
        sha256 = api.content_hash(record_id=record.id)
        assert sha256 in page.text
        assert "同意（" in page.text or "批准并发布" in page.text
        client.post(
            reverse("records:decide", args=[record.id]), {"sha256": sha256, "opinion": "同意", button: "1"}
        )

    assert api.get_record(record_id=record.id).state == "released"
    page = client_of(office.editor).get(reverse("records:page", args=[record.id]))
    assert "发布记录" in page.text
    assert "保密审查" in page.text


def test_review_screen_refuses_content_that_was_not_shown(office):
    record = office.submitted()
    answer = client_of(office.reviewer).post(
        reverse("records:decide", args=[record.id]), {"sha256": "0" * 64, "opinion": "同意"}, follow=True
    )

    assert "您看到的内容与现在的内容不一致" in answer.text
    assert api.get_record(record_id=record.id).state == "in_review"


def test_review_screen_marks_words_changed_since_publication(office):
    first = office.published()
    api.amend(
        record_id=first.record_id, change="correction", note="更正", user=office.editor, now=office.later()
    )
    office.edit(first.record_id, title="关于做好信息公开工作的通报")
    api.submit(record_id=first.record_id, user=office.editor, now=office.later())

    page = client_of(office.reviewer).get(reverse("records:review", args=[first.record_id]))

    assert "<del>通知</del>" in page.text or "<del>知</del><ins>报</ins>" in page.text
    assert "1 处改动" in page.text


def test_send_back_needs_comment_and_tells_author(office):
    record = office.submitted()
    client = client_of(office.reviewer)
    url = reverse("records:decide", args=[record.id])
    assert "没有写退回意见" in client.post(url, {"return": "1", "opinion": ""}, follow=True).text
    client.post(url, {"return": "1", "opinion": "请补充依据"})

    page = client_of(office.editor).get(reverse("records:page", args=[record.id]))
    assert "请补充依据" in page.text
    assert "退回修改" in page.text


def test_waiver_from_the_screen_needs_role_and_reason(office):
    text = "联系人电话：13812345678，请来电咨询。"
    record = office.draft(blocks=[{"type": "paragraph", "text": text}])
    with pytest.raises(api.FindingsOpen) as refused:
        api.submit(record_id=record.id, user=office.editor, now=office.later())
    url = reverse("records:waive", args=[record.id])
    data = {"key": refused.value.keys[0], "reason": "对外公布的值班电话"}

    client_of(office.editor).post(url, data)
    assert not Waiver.objects.exists()
    client_of(office.office).post(url, data)
    assert Waiver.objects.get().reason == "对外公布的值班电话"
    assert api.submit(record_id=record.id, user=office.editor, now=office.later()).state == "in_review"


def test_new_draft_from_a_text_file(office):
    text = (
        "关于印发工作要点的通知\n\n各科室：\n\n一、总体要求\n\n做好工作。\n\n示范市卫生健康局\n2020年6月1日\n"
    )
    upload = SimpleUploadedFile("要点.txt", text.encode("gb18030"))
    answer = client_of(office.editor).post(reverse("records:new"), {"org_code": "demo-yz", "file": upload})

    assert answer.status_code == 302
    payload = api.public_payload(record_id=RecordState.objects.get().pk)
    assert payload["title"] == "关于印发工作要点的通知"
    assert payload["formed_date"] == "2020-06-01"
    assert {"type": "heading", "level": 1, "text": "一、总体要求"} in payload["blocks"]


def test_new_draft_from_a_broken_file_is_explained_and_nothing_is_made(office):
    upload = SimpleUploadedFile("坏文件.docx", b"PK\x03\x04 broken")
    answer = client_of(office.editor).post(
        reverse("records:new"), {"org_code": "demo-yz", "file": upload, "title": "已经填的标题"}
    )

    assert answer.status_code == 400
    assert "还没有新建" in answer.text
    assert "已经填的标题" in answer.text
    assert not RecordState.objects.exists()


def test_paste_from_word_keeps_structure(office):
    record = office.draft(blocks=[])
    html = "<p class=MsoNormal><b>一、总体要求</b></p><table><tr><td>甲</td><td>乙</td></tr></table><p>正文。</p>"
    client_of(office.editor).post(
        reverse("records:paste", args=[record.id]), {"html": html, "text": "一、总体要求"}
    )

    kinds = [block["type"] for block in api.public_payload(record_id=record.id)["blocks"]]
    assert "table" in kinds
    assert "heading" in kinds


def test_withdraw_screen_and_review_afterwards_by_another(office):
    release = office.published()
    url = reverse("records:withdraw", args=[release.record_id])
    leader = client_of(office.leader)
    assert leader.get(url).status_code == 200
    leader.post(url, {"reason_code": "privacy", "note": "", "replaced_by": ""})
    assert api.get_record(record_id=release.record_id).state == "withdrawn"

    gone = api.current_release(record_id=release.record_id)
    again = reverse("records:review_withdrawal", args=[release.record_id, gone.id])
    assert "不能自己复核" in leader.post(again, {"upheld": "yes", "opinion": "对"}).text
    done = client_of(office.leader2).post(again, {"upheld": "yes", "opinion": "应撤回"}, follow=True)
    assert "复核意见已记录" in done.text


@pytest.mark.parametrize(("after", "place"), [("0", 0), ("2", 2), ("", 3)])
def test_paste_goes_to_the_chosen_place(office, after, place):
    record = office.draft()
    address, client = reverse("records:paste", args=[record.id]), client_of(office.editor)
    page = client.get(address).text
    assert "第 1 块之后（小标题：一、总体要求）" in page
    version = RecordState.objects.get(pk=record.id).version
    given = {"html": "<p>插入的一段。</p>", "text": "插入的一段。", "after": after, "version": version}
    assert client.post(address, given).status_code == 302
    blocks = api.public_payload(record_id=record.id)["blocks"]
    assert [b.get("html") == "插入的一段。" for b in blocks].index(True) == place
    if after:
        late = client.post(address, given)
        assert late.status_code == 400
        assert "没有放进去" in late.text
        assert len(api.public_payload(record_id=record.id)["blocks"]) == 4


@pytest.mark.parametrize("name", ["page", "review", "preview", "paste", "withdraw"])
def test_people_of_another_section_find_nothing(office, name):
    record = office.submitted()
    client = client_of(office.foreign_editor)

    assert client.get(reverse(f"records:{name}", args=[record.id])).status_code == 404
    assert client.get(reverse(EDIT, args=[record.id])).status_code == 404
    assert "关于做好信息公开工作的通知" not in client.get(reverse("records:list") + "?who=all").text


def test_list_asks_few_queries_however_many_records(office, rf, django_assert_max_num_queries):
    for _ in range(6):
        office.draft()
    request = rf.get("/", {"q": "通知", "who": "all"})
    request.user = type(office.editor).objects.get(pk=office.editor.pk)
    request.user.has_perm("records.add_record")

    with django_assert_max_num_queries(5):
        codes = lists.require_scope(request, "view")
        rows = lists._narrow(
            RecordState.objects.filter(owner_code__in=codes), request.user, "all", "", "通知"
        )
        shown = lists._rows(list(lists._read(rows)[:51]))
    assert len(shown) == 6


def test_pages_hold_no_inline_script_or_style(office):
    release = office.published()
    client = client_of(office.leader)
    urls = [reverse("records:list"), reverse("records:page", args=[release.record_id])]
    urls += [reverse("records:release", args=[release.record_id, release.id])]
    for url in urls:
        main = client.get(url).text.split('class="gk-page"', 1)[1]
        assert "style=" not in main
        assert "onclick" not in main
