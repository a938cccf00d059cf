"""The desk screens of plans, tasks and orders, walked by the people who use them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongkai.organisations.testing import make_person, make_tree
from gongkai.supervision.models import Plan, SupervisionOrder

pytestmark = pytest.mark.django_db
PLAN = "示范区卫生健康局2020年政务公开工作要点\n一、公开\n（一）目录。编制主动公开目录，6月底前完成（疾病预防控制科）。\n*****\n"


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="gongkai.organisations.staff.backend.RoleBackend")  # type: ignore[arg-type]
    return client


@pytest.fixture
def desks() -> dict[str, Client]:
    make_tree()
    return {
        "office": client_of(make_person("office", ("disclosure_office", "demo"))),
        "leader": client_of(make_person("leader", ("leader", "demo"))),
        "editor": client_of(make_person("editor", ("section_editor", "demo-control"))),
        "auditor": client_of(make_person("auditor", ("auditor", "demo"))),
    }


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def upload(client: Client, **more: str) -> Any:
    file = SimpleUploadedFile("plan.txt", PLAN.encode())
    return client.post(reverse("supervision:import"), {"file": file, **more})


def test_a_plan_is_previewed_stored_confirmed_proven_and_closed(desks: dict[str, Client]) -> None:
    office, editor = desks["office"], desks["editor"]
    assert "第一份计划" in text(office.get(reverse("supervision:plans")))
    shown = text(upload(office))
    assert "编制主动公开目录" in shown
    assert "*****" in shown
    assert not Plan.objects.exists()
    upload(office, confirm="on")
    task = Plan.objects.get().tasks.get()
    page = reverse("supervision:task", args=[task.pk])
    assert 'value="demo-control" selected' in text(office.get(page))
    office.post(page, {
        "verb": "confirm", "owner_code": "demo-control", "deadline_kind": "month_end", "deadline_date": "2020-06-30",
        "duty_id": "P三一-2",
    })  # fmt: skip
    assert "没有证据" in text(office.post(page, {"verb": "close"}))
    proof = SimpleUploadedFile("目录.pdf", b"%PDF-1.4 demo")
    refused = editor.post(page, {"verb": "attach", "kind": "fact", "ref": "没有这个号", "note": "二季度"})
    kept = refused.content.decode()
    assert 'value="fact" selected' in kept, "what was typed is kept, and the form stays open"
    assert 'value="没有这个号"' in kept
    assert 'value="二季度"' in kept
    editor.post(page, {"verb": "attach", "kind": "file", "file": proof, "note": "定稿"})
    evidence = task.evidence.get()
    handed = editor.get(reverse("supervision:evidence_file", args=[evidence.pk]))
    assert b"".join(handed.streaming_content) == b"%PDF-1.4 demo"
    office.post(page, {"verb": "close"})
    task.refresh_from_db()
    assert task.state == "closed"
    assert "按进度" in text(office.get(reverse("supervision:plan", args=[task.plan_id])))
    assert "建立主动公开目录" in text(editor.get(page))


def test_an_order_is_walked_from_issue_to_close(desks: dict[str, Client]) -> None:
    form = {
        "title": "水质未公布", "problem": "第四季度水质没有公布", "demand": "补公布", "owner_code": "demo-control",
        "due_date": "2099-01-31", "basis": "",
    }  # fmt: skip
    assert "没有写明到期日" in text(
        desks["office"].post(reverse("supervision:new_order"), form | {"due_date": "明天"})
    )
    desks["office"].post(reverse("supervision:new_order"), form)
    order = SupervisionOrder.objects.get()
    page = reverse("supervision:order", args=[order.pk])
    assert "核验销号" not in text(desks["editor"].get(page))
    desks["editor"].post(page, {"verb": "sign_for"})
    desks["editor"].post(page, {"verb": "reply", "words": "已补公布"})
    desks["leader"].post(page, {"verb": "close", "words": "已核对"})
    order.refresh_from_db()
    assert order.state == "closed"
    assert "没有未了结的" in text(desks["office"].get(reverse("supervision:orders")))
    assert order.number in text(desks["office"].get(reverse("supervision:orders") + "?all=1"))


@pytest.mark.parametrize(
    "name", ["supervision:plans", "supervision:import", "supervision:orders", "supervision:new_order"]
)
def test_an_auditor_has_no_business_here(desks: dict[str, Client], name: str) -> None:
    assert desks["auditor"].get(reverse(name)).status_code in (302, 403)


def test_a_bad_file_is_refused_on_the_screen(desks: dict[str, Client]) -> None:
    file = SimpleUploadedFile("plan.docx", b"PK\x03\x04 broken")
    shown = text(desks["office"].post(reverse("supervision:import"), {"file": file, "confirm": "on"}))
    assert "没有导入" in shown
    assert "损坏" in shown
