"""Superior documents are entered under their own issuer, once, and go out by the short review for relayed ones."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from gongkai.records import api
from gongkai.records.models import Record

TABLE = (
    "标题,发文字号,发文机关,成文日期,施行日期,失效日期,有效性,原文网址\n"
    "某省医疗机构管理办法,某卫规〔2019〕3号,某省卫生健康委员会,2019-05-06,2019-07-01,,有效,https://wsjkw.example.gov.cn/a.html\n"
    "某省旧规定,某卫规〔2009〕3号,某省卫生健康委员会,2009年5月6日,,,废止,https://wsjkw.example.gov.cn/b.html\n"
    "本局的办法,,示范市卫生健康局,2019-05-06,,,,https://x.example.cn/\n"
    "没有网址,,某省卫生健康委员会,2019-05-06,,,,http://x.example.cn/\n"
).encode()


def entered(office):
    return api.import_library(
        data=TABLE, name="上级文件.csv", org_code="demo-yz", user=office.editor, now=office.later()
    )


@pytest.mark.django_db
def test_rows_become_relayed_drafts_once_and_go_out_under_their_issuer(office):
    found = entered(office)
    assert (len(found.made), found.already, [place for place, _ in found.refused]) == (2, (), [4, 5])
    assert "本单位" in found.refused[0][1]
    assert entered(office).already == (2, 3) or Record.objects.count() == 2
    assert entered(office).already == (2, 3)
    assert Record.objects.count() == 2
    first, second = found.made
    assert api.public_payload(record_id=second)["validity"]["state"] == "repealed"
    api.submit(record_id=first, user=office.editor, now=office.later())
    office.sign_all(first)
    payload = api.publish(record_id=first, user=office.leader, now=office.later()).payload
    assert (payload["issuer"], payload["document_number"]) == ("某省卫生健康委员会", "某卫规〔2019〕3号")
    assert "https://wsjkw.example.gov.cn/a.html" in payload["blocks"][0]["html"]
    assert (payload["formed_date"], payload["effective_date"]) == ("2019-05-06", "2019-07-01")


@pytest.mark.django_db
def test_desk_tells_what_became_of_each_row(office, client):
    client.force_login(get_user_model().objects.get(username="editor"))
    given = {"org": "demo-yz", "file": SimpleUploadedFile("上级文件.csv", TABLE)}
    page = client.post("/desk/records/library/", given).content.decode()
    assert "已生成 2 条转载草稿" in page
    assert "第 5 行" in page
    bad = {"org": "demo-yz", "file": SimpleUploadedFile("x.csv", "标题\n甲\n".encode())}
    assert client.post("/desk/records/library/", bad).status_code == 400
