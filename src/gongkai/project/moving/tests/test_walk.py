"""The whole way at the desk: staged, reported, opened, signed, built; the old address leads on, and stops when it is withdrawn."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongkai.portal import api as portal
from gongkai.portal.front import Front
from gongkai.portal.nginx import moved_map
from gongkai.portal.places import places_under
from gongkai.project.moving.models import MoveIn, MoveState
from gongkai.project.moving.tests.conftest import BODY, Office, page, write
from gongkai.records import api as records

pytestmark = pytest.mark.django_db
HOST = "old.example.gov.cn"


def ask(home: Path, address: str, host: str = HOST) -> tuple[int, dict[str, str], str]:
    """Ask our own file front, as a browser would."""
    path, _, query = address.partition("?")
    got: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": query, "HTTP_HOST": host,
        "wsgi.input": io.BytesIO(), "SERVER_NAME": host, "SERVER_PORT": "80", "wsgi.url_scheme": "http",
    }  # fmt: skip
    body = b"".join(Front(places_under(home))(environ, lambda status, heads: got.extend((status, heads))))
    return int(got[0].split()[0]), dict(got[1]), body.decode()


def at_desk(client: Client, person: Any, move: MoveIn, **values: str) -> str:
    """Open the report and every page of the sample, then act; return the page that follows."""
    client.force_login(person)
    seen = client.get(f"/desk/moving/{move.pk}/").content.decode()
    for item in move.items.exclude(record_id=None):
        if f"/pages/{item.record_id}/" in seen:
            assert client.get(f"/desk/moving/{move.pk}/pages/{item.record_id}/").status_code == 302
    return client.post(f"/desk/moving/{move.pk}/do/", values, follow=True).content.decode()


def test_an_old_site_moves_in_at_the_desk(
    stage: Any, office: Office, tmp_path: Path, settings: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME, settings.PUBLIC_DIR, settings.SITE_URL = (
        tmp_path,
        tmp_path / "public",
        f"https://www.{HOST}",
    )
    from gongkai.project.desk import moving as desk

    monkeypatch.setattr(desk.timezone, "now", office.later)
    monkeypatch.setattr(desk.timezone, "localdate", lambda *_: office.now.date())
    mirror = write(tmp_path / "mirror", {
        "xxgk/201506/t20150601_1.html": page("关于第一件事的通知", body=BODY + '<p><a href="files/a.csv">附表</a></p>'),
        "xxgk/201506/files/a.csv": "项目,数量\n培训,3\n".encode(),
        "show.jsp?id=7.html": page("关于第二件事的通知", day="2014-02-03"),
        "xxgk/bad.html": page("关于第三件事的通知", body=BODY + "<p>身份证号110101199003078515</p>"),
        "xxgk/broken.html": b"",
    })  # fmt: skip
    move = stage(folder=mirror, mapping="defaults: {column: tzgg, topic: {major: 卫生、体育, minor: 卫生}}")
    client.force_login(office.editor)
    report = client.get(f"/desk/moving/{move.pk}/").content.decode()
    assert "文件是空的" in report
    assert "列成清单" in report
    assert "broken.html" in client.get(f"/desk/moving/{move.pk}/problems.csv").content.decode("utf-8-sig")
    assert "关于第二件事的通知" in client.get(f"/desk/moving/{move.pk}/items.csv").content.decode("utf-8-sig")
    assert "审签：内容审核" in at_desk(client, office.editor, move, verb="put")
    move.refresh_from_db()
    assert move.listed_count == 2
    for person in (office.reviewer, office.secrecy, office.leader):
        at_desk(client, person, move, verb="sign", list_sha256=move.list_sha256, opinion="同意")
    move.refresh_from_db()
    assert move.state == MoveState.RELEASED, move.state

    portal.build(today=office.now.date())
    one, two = move.items.get(place__contains="t20150601"), move.items.get(place__contains="show.jsp")
    new = ask(tmp_path, "/" + one.path)[2]
    assert "原网站迁移" in new
    assert "2015-06-01" in new
    status, _, body = ask(tmp_path, "/xxgk/201506/t20150601_1.html")
    assert (status, f'href="/{one.path}"' in body, "本页已迁移到新地址" in body) == (200, True, True)
    status, headers, _ = ask(tmp_path, "/show.jsp?id=7")
    assert (status, headers["Location"]) == (301, f"/{two.path}")
    status, headers, _ = ask(tmp_path, "/xxgk/201506/files/a.csv", host="www.old.example.gov.cn:80")
    assert (status, headers["Location"].startswith("/att/")) == (301, True)
    assert ask(tmp_path, "/show.jsp?id=7", host="elsewhere.cn")[0] == 404
    assert ask(tmp_path, "/xxgk/bad.html")[0] == 404
    lines = list(moved_map(tmp_path / "public"))
    assert f'"{HOST}/show.jsp?id=7" "/{two.path}";' in lines
    assert len(lines) == 6
    before = {p: p.read_bytes() for p in (tmp_path / "public").rglob("*") if p.is_file()}
    portal.build(full=True, today=office.now.date())
    assert {p: p.read_bytes() for p in (tmp_path / "public").rglob("*") if p.is_file()} == before

    release = records.withdraw(
        record_id=one.record_id, reason_code="error", note="迁入的内容有误", replaced_by=None,
        user=office.leader, now=office.later(),
    )  # fmt: skip
    portal.apply_release(release_id=release.id, now=office.now)
    assert ask(tmp_path, "/xxgk/201506/t20150601_1.html")[0] == 404
    assert ask(tmp_path, "/xxgk/201506/files/a.csv")[0] == 404
    assert not (tmp_path / "public/xxgk").exists() or not list((tmp_path / "public/xxgk").rglob("*.html"))
    assert portal.prove_withdrawn(release_id=release.id) == []
    assert ask(tmp_path, "/show.jsp?id=7")[0] == 301
