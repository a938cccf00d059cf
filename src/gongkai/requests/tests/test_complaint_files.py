"""Files and letter of a complaint: taken with care, sealed, read by few with a trace, told to the complainant, gone with the case."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongkai.journal import api as journal
from gongkai.kernel.machine import NotAllowed
from gongkai.organisations import api as organisations
from gongkai.requests import testing as office
from gongkai.requests.core.letter_rules import complaint_letter
from gongkai.requests.errors import Refused, SubmissionInvalid
from gongkai.requests.models import Complaint, ComplaintFile, WizardDraft
from gongkai.requests.services import complaint_files, complaints
from gongkai.requests.services.complaint_particulars import letter_of
from gongkai.requests.services.files import FILES_MAX
from gongkai.requests.tests.test_complaints import DAY, HOSPITAL, WORDS

PROOF = ("收费公示栏照片说明.txt", "墙上没有价目表".encode())


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    return office.people()


def receive(*files: tuple[str, bytes], key: str = "complaint:files") -> complaints.ComplaintReceipt:
    return complaints.receive_complaint(
        institution_code=HOSPITAL, values=WORDS, submission_key=key, now=office.at(DAY), files=files
    )


def taken(people: dict[str, Any], *files: tuple[str, bytes]) -> tuple[Complaint, complaints.ComplaintReceipt]:
    receipt = receive(*files)
    complaints.take_complaint(complaint_id=receipt.complaint_id, user=people["handler"], now=office.at(DAY))
    return Complaint.objects.get(pk=receipt.complaint_id), receipt


def add(row: Complaint, people: dict[str, Any], name: str, data: bytes) -> ComplaintFile:
    return complaint_files.add_answer_file(
        complaint_id=row.pk,
        name=name,
        data=data,
        clean_first=False,
        user=people["handler"],
        now=office.at(DAY),
    )


def answer(row: Complaint, people: dict[str, Any], words: str = "已要求该院公开\n五日内可查") -> Complaint:
    return complaints.answer_complaint(
        complaint_id=row.pk, result="upheld", answer=words, opens_duty=False, user=people["handler"], now=office.at(DAY)
    )  # fmt: skip


@pytest.mark.usefixtures("people")
def test_files_are_sealed_and_bad_ones_are_named() -> None:
    with pytest.raises(SubmissionInvalid) as refused:
        receive(("计价.exe", b"MZ"), ("空.pdf", b""))
    assert "计价.exe" in refused.value.faults["file"]
    assert "空文件" in refused.value.faults["file"]
    assert not Complaint.objects.exists()
    with pytest.raises(SubmissionInvalid):
        receive(*((f"{n}.txt", f"第{n}份".encode()) for n in range(FILES_MAX + 1)))
    receive(PROOF, PROOF)
    file = ComplaintFile.objects.get()
    with default_storage.open(file.stored_name) as stream:
        assert PROOF[1] not in stream.read()
    assert complaint_files.read_file(file) == PROOF[1]
    assert PROOF[0] not in str([entry.body for entry in journal.entries()])


def test_office_opens_a_file_only_after_taking_it_and_each_reading_is_a_fact(
    people: dict[str, Any], client: Client
) -> None:
    receipt = receive(PROOF)
    file = ComplaintFile.objects.get()
    with pytest.raises(NotAllowed):
        complaint_files.open_file(file_id=file.pk, user=people["handler"], now=office.at(DAY))
    complaints.take_complaint(complaint_id=receipt.complaint_id, user=people["handler"], now=office.at(DAY))
    with pytest.raises(organisations.NotPermitted):
        complaint_files.open_file(file_id=file.pk, user=people["head"], now=office.at(DAY))
    address = reverse("requests:complaint_file", args=[file.pk])
    client.force_login(people["head"])
    assert client.get(address).status_code == 404
    assert not list(journal.entries(names=["requests.ComplaintFileRead"]))
    client.force_login(people["handler"])
    assert client.get(address).content == PROOF[1]
    assert PROOF[0] in client.get(reverse("requests:complaint", args=[receipt.complaint_id])).content.decode()
    (fact,) = journal.entries(names=["requests.ComplaintFileRead"])
    assert (fact.body["file"], fact.actor.user_id) == (file.pk, people["handler"].pk)


def test_answer_goes_out_as_a_numbered_letter_with_its_files(people: dict[str, Any]) -> None:
    row, _ = taken(people)
    with pytest.raises(Refused, match="申诉人以外的人"):
        add(row, people, "名单.txt", "联系人：测试甲，电话 13700000000".encode())
    with pytest.raises(Refused, match="类型不能上传"):
        add(row, people, "名单.exe", b"MZ")
    file = add(row, people, "整改通知.txt", "请该院公开价目表".encode())
    dropped = add(row, people, "旧稿.txt", "旧稿".encode())
    complaint_files.drop_answer_file(
        complaint_id=row.pk, file_id=dropped.pk, user=people["handler"], now=office.at(DAY)
    )
    with pytest.raises(Refused, match="印不出来"):
        answer(row, people, "已查\U0010fffd")
    row = answer(row, people)
    content = letter_of(row)
    assert content is not None
    assert re.fullmatch(r".+公开〔2024〕\d+号", row.letter_number)
    assert (content.number, content.addressee) == (row.letter_number, WORDS["name"])
    assert content.attachments == (file.name,)
    assert content.title == complaint_letter().name
    assert "五日内可查" in content.paragraphs
    assert row.number in content.paragraphs[0]
    with pytest.raises(NotAllowed):
        add(row, people, "再补.txt", "补".encode())


def test_erasure_takes_files_names_and_letter(people: dict[str, Any]) -> None:
    row, _ = taken(people, PROOF)
    add(row, people, "整改通知.txt", b"ok")
    answer(row, people)
    stored = list(ComplaintFile.objects.values_list("stored_name", flat=True))
    number = Complaint.objects.get().letter_number
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda act, **_: act())
        assert complaints.erase_complaints(now=office.at(DAY + timedelta(days=1200))) == 1
    assert not any(default_storage.exists(name) for name in stored)
    assert set(ComplaintFile.objects.values_list("name", "stored_name")) == {
        (complaint_files.ERASED_NAME, "")
    }
    left = Complaint.objects.get()
    assert (letter_of(left), left.letter_number) == (None, number)


def form_of(page: str) -> dict[str, str]:
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("key", "draft")}
    return {name: match[1] for name, match in found.items() if match}


@pytest.mark.usefixtures("people")
def test_counter_keeps_good_files_names_bad_ones_and_takes_them_with_the_next_try(client: Client) -> None:
    address = reverse("ask:complain", args=[HOSPITAL])
    blank = form_of(client.get(address).content.decode())
    good, bad = SimpleUploadedFile(*PROOF), SimpleUploadedFile("程序.exe", b"MZ\x90")
    wrong = client.post(address, WORDS | blank | {"file": [good, bad]})
    assert wrong.status_code == 422
    shown = wrong.content.decode()
    for text in (WORDS["content"], PROOF[0], "程序.exe", "类型不能上传", "已选好"):
        assert text in shown
    again = form_of(shown)
    assert again["key"] == blank["key"]
    digest = re.search(r'name="drop" value="([0-9a-f]{64})"', shown)[1]
    removed = client.post(address, WORDS | again | {"drop": digest})
    assert "已选好" not in removed.content.decode()
    more = client.post(address, WORDS | again | {"phone": "1", "file": SimpleUploadedFile(*PROOF)})
    assert more.status_code == 422
    done = client.post(address, WORDS | form_of(more.content.decode())).content.decode()
    assert "1 个文件" in done
    assert complaint_files.read_file(ComplaintFile.objects.get()) == PROOF[1]
    assert not WizardDraft.objects.exists(), "the draft went with the complaint"


def test_one_page_finds_requests_and_complaints_and_tells_strangers_nothing(
    people: dict[str, Any], client: Client
) -> None:
    row, receipt = taken(people, PROOF)
    case = office.register(DAY, people["handler"])
    track, own = reverse("ask:track"), reverse("ask:complaint")
    assert client.get(own).status_code == 302
    for number in (row.number, case.number, "DEMO-SS2024-99999", "DEMO-2024-99999"):
        wrong = client.post(track, {"number": number, "code": "A" * 32})
        assert wrong.status_code == 422
        assert "编号或查询码不对" in wrong.content.decode().replace("\n", "")
    crossed = client.post(track, {"number": case.number, "code": receipt.query_code})
    assert crossed.status_code == 422
    shown = client.post(track, {"number": row.number, "code": receipt.query_code}, follow=True)
    assert "您提交的材料" in shown.content.decode()
    assert client.get(reverse("ask:case")).status_code == 302, "a complaint opens no request"
    add(row, people, "整改通知.txt", b"done")
    sent, attached = ComplaintFile.objects.order_by("pk")
    files = [reverse("ask:complaint_file", args=[file.pk]) for file in (sent, attached)]
    letter = reverse("ask:complaint_letter", args=["docx"])
    assert [client.get(path).status_code for path in (*files, letter)] == [200, 404, 404], (
        "nothing was told yet"
    )
    answer(row, people)
    assert [client.get(path).status_code for path in (*files, letter)] == [200, 200, 200]
    made = docx.Document(io.BytesIO(client.get(letter).content))
    assert any("五日内可查" in paragraph.text for paragraph in made.paragraphs)
    stranger = Client()
    assert [stranger.get(path).status_code for path in (*files, letter)] == [404, 404, 404]
    assert client.post(track, {"number": case.number, "code": case.query_code}).url == reverse("ask:case")
    assert client.get(own).status_code == 302, "opening another closes the first"


def test_desk_adds_files_without_losing_the_words_previews_and_prints(
    people: dict[str, Any], client: Client
) -> None:
    row, _ = taken(people, PROOF)
    client.force_login(people["handler"])
    address = reverse("requests:complaint", args=[row.pk])
    typed = {"result": "partly", "answer": "正在核实的内容"}
    upload = SimpleUploadedFile("整改通知.txt", "请公开".encode())
    shown = client.post(address, typed | {"verb": "add", "file": upload}).content.decode()
    assert "整改通知.txt" in shown
    assert "正在核实的内容" in shown
    assert client.post(address, typed | {"verb": "add"}).status_code == 422
    preview = reverse("requests:complaint_preview", args=[row.pk])
    assert client.post(preview, {"result": "", "answer": ""}).status_code == 422
    sheet = client.post(preview, typed)
    assert "正在核实的内容" in sheet.content.decode()
    assert "sandbox" in sheet.headers["Content-Security-Policy"]
    assert Complaint.objects.get().state == "examining"
    client.post(address, typed | {"verb": "answer"})
    letter = reverse("requests:complaint_letter", args=[row.pk])
    assert WORDS["name"] in client.get(letter).content.decode()
    assert client.get(reverse("requests:complaint_letter_file", args=[row.pk, "docx"])).content[:2] == b"PK"
    read = list(journal.entries(names=["requests.ComplaintFileRead"]))
    assert [entry.body["file"] for entry in read] == [None] * 3
    client.force_login(people["head"])
    assert client.get(letter).status_code == 404
