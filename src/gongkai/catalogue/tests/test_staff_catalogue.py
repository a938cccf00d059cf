"""The catalogue's desk screens: seen by those who may, changed by those who may."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gongkai.catalogue import api
from gongkai.catalogue.models import CatalogueItem, CatalogueVersion, Column, Obligation
from gongkai.journal.api import SYSTEM
from gongkai.kernel.regulations import regulations_dir
from gongkai.organisations.testing import NOW, TODAY, make_person, make_tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority():
    make_tree()
    data = (regulations_dir() / "catalogue" / "standard.csv").read_bytes()
    api.import_catalogue(org_code="demo", files=[("standard.csv", data)], actor=SYSTEM, today=TODAY, now=NOW)


@pytest.fixture
def office(client, authority):
    client.force_login(make_person("office", ("disclosure_office", "demo")))
    return client


@pytest.fixture
def editor(client, authority):
    client.force_login(make_person("editor", ("section_editor", "demo-control")))
    return client


def page(client, name, **kwargs):
    return client.get(reverse(f"catalogue:{name}", kwargs=kwargs))


def test_list_shows_every_item_with_its_light_and_filters(office, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        answer = page(office, "items")
    assert answer.status_code == 200
    assert "254" not in answer.content.decode()
    assert "共 230 项" in answer.content.decode()
    filtered = office.get(reverse("catalogue:items"), {"class": "01", "light": "empty"}).content.decode()
    assert "共 14 项" in filtered
    assert "没有符合条件" in office.get(reverse("catalogue:items"), {"q": "没有这样的事项"}).content.decode()


def test_list_without_post_is_refused(client, authority):
    client.force_login(make_person("guest"))
    assert page(client, "items").status_code in {302, 403}


def test_list_of_another_authority_is_refused(office):
    assert office.get(reverse("catalogue:items"), {"org": "other"}).status_code == 403


def test_editor_sees_the_item_but_cannot_change_it(editor):
    answer = page(editor, "item_by_code", code="C004")
    assert "保存设置" not in answer.content.decode()
    refused = editor.post(reverse("catalogue:item_by_code", kwargs={"code": "C004"}), {"verb": "settings"})
    assert refused.status_code == 403
    assert page(editor, "import").status_code == 403


def test_office_opens_and_closes_a_duty_and_sees_the_trace(office):
    address = reverse("catalogue:item_by_code", kwargs={"code": "C004"})
    office.post(
        address, {"verb": "open", "title": "某医院执业登记", "event": "formed", "formed_date": "2026-02-09"}
    )
    duty = Obligation.objects.get()
    shown = office.get(address).content.decode()
    assert "日期的由来" in shown
    assert "2026-03-1" in shown
    office.post(address, {"verb": "close", "obligation": duty.pk, "reason": " "})
    duty.refresh_from_db()
    assert duty.is_open, "a reason is required"
    office.post(address, {"verb": "close", "obligation": duty.pk, "reason": "登记错误"})
    duty.refresh_from_db()
    assert duty.closed_reason == "登记错误"


def test_office_changes_settings(office):
    address = reverse("catalogue:item_by_code", kwargs={"code": "C004"})
    office.post(
        address,
        {"verb": "settings", "owner_code": "demo-control", "cadence_days": "30", "not_applicable_reason": ""},
    )
    item = CatalogueItem.objects.get(code="C004")
    assert (item.owner_code, item.cadence_days) == ("demo-control", 30)


def test_import_shows_problems_and_stores_only_when_confirmed(office):
    address = reverse("catalogue:import")
    bad = SimpleUploadedFile("坏.csv", "一级事项,二级事项\n行政许可,\n".encode())
    assert "第 2 行" in office.post(address, {"file": bad, "confirm": "on"}).content.decode()
    good = "一级事项,二级事项\n行政许可,某许可\n".encode()
    assert (
        "可以导入 1 项" in office.post(address, {"file": SimpleUploadedFile("好.csv", good)}).content.decode()
    )
    assert CatalogueVersion.objects.filter(org_code="demo").count() == 1
    office.post(address, {"file": SimpleUploadedFile("好.csv", good), "confirm": "on"})
    assert CatalogueVersion.objects.filter(org_code="demo").count() == 2
    empty = office.post(address, {"file": SimpleUploadedFile("空.csv", b"")})
    assert "空的" in empty.content.decode()


def test_timeliness_shows_columns_items_and_keeps_settings(office, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        shown = page(office, "timeliness").content.decode()
    assert "工作动态" in shown
    assert "<svg" in shown
    assert "空白栏目" in shown
    office.post(reverse("catalogue:timeliness"), {"org": "demo", "lead_working_days": "9"})
    assert "现在提前 9 个工作日提醒" in page(office, "timeliness").content.decode()
    wrong = office.post(reverse("catalogue:timeliness"), {"org": "demo", "lead_working_days": "900"})
    assert "请先改正" in wrong.content.decode()


def test_column_gets_an_owner_and_the_page_filters_by_them(office, editor):
    address = reverse("catalogue:column", kwargs={"code": "gzdt"})
    assert editor.post(address, {"owner_code": "demo-control", "cadence_days": "14"}).status_code == 403
    office.force_login(make_person("office2", ("disclosure_office", "demo")))
    office.post(address, {"owner_code": "demo-control", "cadence_days": "10"})
    assert Column.objects.get(org_code="demo", code="gzdt").owner_code == "demo-control"
    shown = office.get(reverse("catalogue:timeliness"), {"section": "demo-control"}).content.decode()
    assert "工作动态" in shown
    assert "通知公告</a>" not in shown
    assert office.get(address, {"org": "other"}).status_code == 403
