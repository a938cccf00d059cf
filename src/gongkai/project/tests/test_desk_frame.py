"""The desk's frame: log-in and home in Chinese, nothing from outside, strict headers, a menu of what we offer."""

from __future__ import annotations

import gettext
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone, translation

from gongkai.catalogue import api as catalogue
from gongkai.kernel.regulations import regulations_dir
from gongkai.organisations import api as organisations
from gongkai.organisations.models import User
from gongkai.project.desk.today import today_panels

PASSWORD = "Qing-Quan-2026"
LOCALE = Path(settings.LOCALE_PATHS[0]) / "zh_Hans/LC_MESSAGES"


@pytest.fixture
def person(db: None) -> object:
    """Return somebody of the disclosure office of an authority with a catalogue."""
    now, today = timezone.now(), timezone.localdate()
    organisations.create_organisation(
        code="demo", name="示范区卫生健康局", kind="authority", parent_code=None, today=today, now=now
    )
    user = organisations.create_user(
        username="office", name="测试经办", org_code="demo", password=PASSWORD, today=today, now=now
    )
    organisations.give_post(
        person=user,
        role="disclosure_office",
        org_code="demo",
        from_date=today - timedelta(days=1),
        today=today,
        now=now,
    )
    return organisations.get_user(username="office")


@pytest.fixture
def desk(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="gongkai.organisations.staff.backend.RoleBackend")  # type: ignore[arg-type]
    return client


def words(html: str) -> str:
    """Return what a person sees of a page: no scripts, templates or tags."""
    html = re.sub(r"<(script|style|template|svg)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"<[^>]+>", " ", html)


@pytest.mark.django_db
def test_log_in_page_is_chinese_and_ours() -> None:
    page = Client().get("/desk/login/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "政务公开工作台" in text
    assert "<title>登录 - 公开</title>" in text
    assert not re.search(r"wagtail|password|sign in|username", words(text), flags=re.I)


@pytest.mark.django_db
def test_wrong_password_is_told_in_chinese() -> None:
    page = Client().post("/desk/login/", {"username": "nobody", "password": "nothing"})
    assert "用户名或密码不对" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/desk/", "/desk/login/"])
def test_pages_load_nothing_from_outside_and_run_no_inline_script(desk: Client, path: str) -> None:
    answer = desk.get(path, follow=True)
    html = answer.content.decode()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    scripts_allowed = re.search(r"script-src ([^;]*)", answer.headers["Content-Security-Policy"])
    assert scripts_allowed is not None
    assert scripts_allowed[1].strip() == "'self'"
    assert "no-store" in answer.headers["Cache-Control"]
    loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]+)"', html)
    assert loaded
    assert not [address for address in loaded if re.match(r"(https?:)?//", address)]
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", html, flags=re.S)
    assert not [body for attributes, body in scripts if body.strip() and "application/json" not in attributes]
    assert not re.search(r"<[^>]*\son\w+=", html)


def test_home_without_anything_says_so(desk: Client) -> None:
    html = desk.get("/desk/").content.decode()
    assert html.count("<h1") == 1
    for sentence in ("现在没有等您办的事。", "还没有导入公开目录。", "今天还没有发布。"):
        assert sentence in html


def test_home_counts_lights_and_links_to_their_rows(desk: Client, person: object) -> None:
    data = (regulations_dir() / "catalogue" / "standard.csv").read_bytes()
    catalogue.import_catalogue(
        org_code="demo",
        files=[("standard.csv", data)],
        actor=organisations.actor(user=person, role="disclosure_office"),
        today=timezone.localdate(),
        now=timezone.now(),
    )
    html = desk.get("/desk/").content.decode()
    links = re.findall(r'href="([^"]*light=\w+)"><b>(\d+)</b>', html)
    assert sum(int(count) for _, count in links) == len(
        catalogue.item_lights(org_code="demo", today=timezone.localdate())
    )
    for link, _ in links:
        assert desk.get(link.replace("&amp;", "&")).status_code == 200


def test_menu_leaves_out_what_we_do_not_offer(desk: Client) -> None:
    html = desk.get("/desk/").content.decode()
    menu = re.search(r'<script id="wagtail-sidebar-props"[^>]*>(.*?)</script>', html, flags=re.S)
    assert menu is not None
    links = set(re.findall(r'"(/desk/[^"]*)"', menu[1]))
    assert "/desk/catalogue/" in links
    assert not links & {"/desk/pages/", "/desk/images/", "/desk/documents/", "/desk/snippets/"}
    assert "wagtail.org" not in menu[1]


@pytest.mark.django_db
def test_person_without_post_sees_no_panels(rf: object) -> None:
    now, today = timezone.now(), timezone.localdate()
    organisations.create_organisation(
        code="demo", name="局", kind="authority", parent_code=None, today=today, now=now
    )
    user = organisations.create_user(
        username="new", name="新人", org_code="demo", password=PASSWORD, today=today, now=now
    )
    request = rf.get("/desk/")  # type: ignore[attr-defined]
    request.user = user
    assert today_panels(request) == []


def test_compiled_texts_are_those_of_the_source() -> None:
    source = (LOCALE / "django.po").read_text(encoding="utf-8")
    with (LOCALE / "django.mo").open("rb") as stream:
        catalogue_ = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    compiled = {key[0] if isinstance(key, tuple) else key for key in catalogue_ if key}
    written = {eval(text) for text in re.findall(r"^msgid (\".+\")$", source, flags=re.M) if text != '""'}
    assert compiled == written
    assert len(written) > 150


def test_placeholders_survive_translation() -> None:
    with (LOCALE / "django.mo").open("rb") as stream:
        pairs = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    for key, text in pairs.items():
        source = key[0] if isinstance(key, tuple) else key
        if source:
            assert set(re.findall(r"%\(\w+\)[sd]", text)) <= set(re.findall(r"%\(\w+\)[sd]", source)), source
    with translation.override("zh-hans"):
        assert translation.gettext("Remember me") == "在这台电脑上记住我"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/desk/records/", "/desk/requests/"])
def test_list_page_with_its_frame_asks_at_most_ten_times(
    desk: Client, path: str, django_assert_max_num_queries: object
) -> None:
    assert desk.get(path).status_code == 200
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        desk.get(path)


@pytest.mark.django_db
def test_permission_given_to_one_account_has_no_effect(person: User) -> None:
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    person.groups.clear()
    again = organisations.get_user(username="office")
    assert not again.has_perm("wagtailadmin.access_admin"), "rights come with posts only"
