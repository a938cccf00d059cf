"""The citizen's counter, through Django's test client: nothing typed is lost, one case however often it is sent."""

from __future__ import annotations

import hashlib
import itertools
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.requests import testing as office
from gongkai.requests.core.effort import leading_zero_bits
from gongkai.requests.models import Case, WizardDraft
from gongkai.requests.services import receive as receive_module
from gongkai.requests.services import wizard

pytestmark = pytest.mark.django_db
FORM = "/ask/at/demo/form/{}/"


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


def answers(serial: int = 1) -> list[tuple[str, dict[str, str]]]:
    who = office.person(serial)
    return [
        ("who", {"applicant_kind": "natural_person"}),
        ("person", {key: who[key] for key in ("name", "id_kind", "id_number")}),
        ("contact", {key: who[key] for key in ("phone", "email", "address")}),
        ("what", {"content": "请公开示范区 2023 年疫苗接种点名单𠮷䶮😀", "purpose": ""}),
        ("form", {"form_wanted": "电子文件", "way_wanted": "网上获取", "needs_help": ""}),
        ("agent", {"has_agent": "no"}),
        ("files", {}),
    ]


def fill(client: Client, serial: int = 1) -> None:
    for code, values in answers(serial):
        reply = client.post(FORM.format(code), values)
        assert reply.status_code == 302, (code, reply.content.decode())


def works(task: str, number: int) -> bool:
    digest = hashlib.sha256(f"{task}:{number}".encode()).digest()
    return leading_zero_bits(digest) >= int(task.split(".")[2])


def solving(task: str) -> int:
    return next(n for n in itertools.count() if works(task, n))


def not_solving(task: str) -> int:
    return next(n for n in itertools.count() if not works(task, n))


def receipt_of(client: Client) -> tuple[str, str]:
    page = client.get("/ask/at/demo/done/").content.decode()
    number, code = re.findall(r'class="code">([^<]+)<', page)
    return number, code


def test_citizen_asks_and_follows_the_case(client: Client, staff: dict[str, Any]) -> None:
    assert "开始填写申请" in client.get("/ask/at/demo/").content.decode()
    fill(client)
    check = client.get(FORM.format("check")).content.decode()
    assert "疫苗接种点名单𠮷䶮😀" in check
    assert client.post(FORM.format("check")).status_code == 302
    number, code = receipt_of(client)
    case = Case.objects.get(number=number)
    assert case.state == "received"
    assert code.replace("-", "").lower() not in str(case.__dict__).lower()
    other = Client()
    assert other.get("/ask/case/").status_code == 302
    opened = other.post("/ask/track/", {"number": number.lower(), "code": code.lower().replace("-", " ")})
    assert opened.status_code == 302
    page = other.get("/ask/case/").content.decode()
    assert "已经收到" in page
    assert "逐日看" in page
    assert office.person(1)["id_number"] not in page


def test_sent_twice_is_one_case(client: Client, staff: dict[str, Any]) -> None:
    fill(client)
    token = client.cookies["gk_ask"].value
    for _ in range(3):
        wizard.send(wizard.resume(token=token, org_code="demo"), now=office.at(office.date(2024, 3, 4)))  # type: ignore[arg-type]
    assert Case.objects.count() == 1


@pytest.mark.parametrize("step", ["make_code", "receive", "store_file", "after"])
def test_failure_after_any_step_makes_one_case_on_retry(
    step: str, client: Client, staff: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(client)
    client.post(
        FORM.format("files"), {"file_request": SimpleUploadedFile("说明.txt", "说明".encode()), "more": "1"}
    )
    whole, fail = getattr(wizard, step, None), {"on": True}

    def broken(*positional: Any, **named: Any) -> Any:
        done = whole(*positional, **named)  # type: ignore[misc]
        if fail["on"]:
            raise OSError("断电")
        return done

    if step == "after":
        monkeypatch.setattr(WizardDraft, "save", lambda *a, **k: (_ for _ in ()).throw(OSError("断电")))
    else:
        monkeypatch.setattr(wizard, step, broken)
    client.raise_request_exception = False
    assert client.post(FORM.format("check")).status_code == 500
    fail["on"] = False
    monkeypatch.undo()
    assert client.post(FORM.format("check")).status_code == 302
    case = Case.objects.get()
    assert case.files.count() == 1
    number, code = receipt_of(client)
    assert number == case.number
    assert client.post("/ask/track/", {"number": number, "code": code}).status_code == 302


def test_wrong_answers_are_kept_and_named(client: Client, staff: dict[str, Any]) -> None:
    client.post(FORM.format("who"), {"applicant_kind": "natural_person"})
    wrong = office.identity_number()[:-1] + ("0" if office.identity_number()[-1] != "0" else "1")
    reply = client.post(
        FORM.format("person"), {"name": "测试某甲", "id_kind": "居民身份证", "id_number": wrong}
    )
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "最后一位校验不符" in page
    assert f'value="{wrong}"' in page
    assert 'href="#f-id_number"' in page
    later = client.get(FORM.format("person")).content.decode()
    assert wrong in later
    credit = client.post(
        FORM.format("person"), {"name": "测试", "id_kind": "居民身份证", "id_number": office.credit_code()}
    )
    assert "统一社会信用代码，不是公民身份号码" in credit.content.decode()


@pytest.mark.parametrize(
    ("text", "wanted"), [("", 422), ("   \n", 422), ("字" * 10_000, 302), ("字" * 10_001, 422)]
)
def test_length_of_content(text: str, wanted: int, client: Client, staff: dict[str, Any]) -> None:
    client.post(FORM.format("who"), {"applicant_kind": "natural_person"})
    reply = client.post(FORM.format("what"), {"content": text, "purpose": ""})
    assert reply.status_code == wanted
    if wanted == 422 and text.strip():
        assert "最多 10000 个字" in reply.content.decode()
        assert text in reply.content.decode()


def test_thirty_files_are_refused_in_words(client: Client, staff: dict[str, Any]) -> None:
    client.post(FORM.format("who"), {"applicant_kind": "natural_person"})
    files = [SimpleUploadedFile(f"{n}.txt", f"第{n}份".encode()) for n in range(30)]
    reply = client.post(FORM.format("files"), {"file_request": files})
    assert reply.status_code == 422
    assert "最多上传 10 个文件" in reply.content.decode()
    bad = client.post(FORM.format("files"), {"file_request": SimpleUploadedFile("a.exe", b"MZ")})
    assert "类型不能上传" in bad.content.decode()


def test_spam_is_slowed_and_trapped(client: Client, staff: dict[str, Any]) -> None:
    fill(client)
    assert client.post(FORM.format("check"), {"website": "http://spam.invalid"}).status_code == 400
    assert Case.objects.count() == 0
    for number in range(6):  # without script: five an hour from one address
        visitor = Client()
        fill(visitor, serial=number + 2)
        last = visitor.post(FORM.format("check"))
    assert last.status_code == 429
    assert "您填写的内容已经保留" in last.content.decode()
    assert Case.objects.count() == 5
    page = visitor.get(FORM.format("check")).content.decode()
    task = re.findall(r'name="task" value="([^"]+)"', page)[0]
    forged = {"task": task, "effort": str(not_solving(task))}
    assert visitor.post(FORM.format("check"), forged).status_code == 429
    assert "疫苗接种点名单" in visitor.get(FORM.format("check")).content.decode()
    done = {"task": task, "effort": str(solving(task))}
    assert visitor.post(FORM.format("check"), done).status_code == 302
    assert Case.objects.count() == 6
    again = Client()
    fill(again, serial=30)
    assert again.post(FORM.format("check"), done).status_code == 429  # another form's work does not count


def test_forged_numbers_and_guessed_codes_get_one_answer(client: Client, staff: dict[str, Any]) -> None:
    receipt = office.register(office.date(2024, 3, 4))
    pages = [
        client.post("/ask/track/", {"number": number, "code": "AAAA-BBBB"}).content.decode()
        for number in (receipt.number, "DEMO-2024-99999", "' OR 1=1 --")
    ]
    bodies = {re.sub(r'value="[^"]*"', "", page) for page in pages}
    assert len(bodies) == 1
    for _ in range(12):
        last = client.post("/ask/track/", {"number": receipt.number, "code": "AAAA"})
    assert last.status_code == 429


def test_supplement_from_the_counter_and_after_closing(client: Client, staff: dict[str, Any]) -> None:
    from gongkai.requests.services import examine

    fill(client)
    client.post(FORM.format("check"))
    number, code = receipt_of(client)
    case = Case.objects.get(number=number)
    handler, day = staff["handler"], case.received_date
    receive_module.Case.objects.filter(pk=case.pk).update(handler=handler)
    examine.ask_supplement(
        case_id=case.pk,
        grounds=["content_unclear"],
        items="请写明是哪个接种点",
        asked=day,
        user=handler,
        now=office.at(day),
    )
    client.post("/ask/track/", {"number": number, "code": code})
    assert "请写明是哪个接种点" in client.get("/ask/case/").content.decode()
    assert client.post("/ask/case/", {"verb": "supplement", "text": ""}).status_code == 422
    assert client.post("/ask/case/", {"verb": "supplement", "text": "全部"}).status_code == 302
    assert client.post("/ask/case/", {"verb": "withdraw", "text": ""}).status_code == 302
    late = client.post("/ask/case/", {"verb": "supplement", "text": "迟到的补充"})
    assert late.status_code == 422
    assert "迟到的补充" in late.content.decode()


def test_large_type_is_remembered(client: Client, staff: dict[str, Any]) -> None:
    client.get("/ask/mode/?elder=1&next=/ask/track/")
    assert 'class="elder"' in client.get("/ask/track/").content.decode()
    assert client.get("/ask/mode/?elder=1&next=//evil.invalid/").headers["Location"] == "/ask/"
