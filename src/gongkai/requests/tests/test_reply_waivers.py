"""What is about others in a reply file stays in the house until somebody who may has let it pass, for these very bytes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from gongkai.guard.attachments.tests import sample_files as samples
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.requests import testing as office
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, CaseFile, ReplyWaiver
from gongkai.requests.services import decide, examine, files, letters, serve, sign
from gongkai.requests.services.reply_files import ToJudge
from gongkai.requests.services.waive_reply import finding_key, findings_of, waive_reply_finding

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)
PHONE, ILL = "13900004321", "村民苟长根患尿毒症多年。"
TEXT = f"经查，联系人电话 {PHONE}。\n{ILL}"


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


@pytest.fixture
def case(staff: dict[str, Any]) -> Case:
    return Case.objects.get(pk=office.register(DAY, staff["handler"], person=office.person()).case_id)


def add(case: Case, user: Any, text: str = TEXT, name: str = "名册.txt") -> CaseFile:
    return files.add_file(
        case=case, kind="reply", name=name, data=text.encode(), now=office.at(DAY), user=user, public=True
    )


def passing(row: CaseFile, finding: ToJudge, user: Any, reason: str = "已征得本人同意") -> ReplyWaiver:
    return waive_reply_finding(
        case_id=row.case_id, file_id=row.pk, key=finding_key(finding), reason=reason, user=user, now=office.at(DAY),
    )  # fmt: skip


def signed(case: Case, staff: dict[str, Any]) -> dict[str, Any]:
    """Bring the case to its two signatures; return what serving needs."""
    now, handler = office.at(DAY), staff["handler"]
    examine.accept(case_id=case.pk, user=handler, now=now)
    decide.decide(case_id=case.pk, position=1, outcome="granted.provided", detail={"given": "名册"}, user=handler, now=now)  # fmt: skip
    letter = letters.draft_letter(case_id=case.pk, user=handler, now=now)
    letter = sign.submit_for_signing(case_id=case.pk, letter_id=letter.pk, user=handler, now=now)
    for name in ("head", "office"):
        sign.sign(case_id=case.pk, letter_id=letter.pk, sha256=letter.sha256, user=staff[name], now=now)
    return {
        "case_id": case.pk,
        "way": "hand",
        "served": DAY,
        "proof": "当面签收",
        "user": handler,
        "now": now,
    }


def test_reply_leaves_only_when_every_finding_was_let_pass(staff: dict[str, Any], case: Case) -> None:
    row = add(case, staff["handler"])
    found = {finding.detector: finding for finding in findings_of(row)}
    assert set(found) == {"pii.mobile", "pii.health_condition"}
    assert PHONE not in found["pii.mobile"].shown
    give = signed(case, staff)
    with pytest.raises(Refused, match="2 处申请人以外的人的信息还没有人判断") as refused:
        serve.serve_reply(**give)
    assert refused.value.code == "requests.reply_file_to_judge"
    passing(row, found["pii.mobile"], staff["office"], "公开的办公联系电话")
    with pytest.raises(Refused, match="1 处"):
        serve.serve_reply(**give)
    passing(row, found["pii.health_condition"], staff["office"])
    serve.serve_reply(**give)
    case.refresh_from_db()
    assert not case.is_open
    facts = [dict(entry.body) for entry in journal.entries(names=["requests.ReplyFindingWaived"])]
    assert [str(fact).count("pii.mobile") for fact in facts] == [1, 0]
    assert not any(word in str(fact) for fact in facts for word in (PHONE, "苟长根", "同意"))


def test_waiver_holds_for_these_bytes_this_place_and_these_rules(
    staff: dict[str, Any], case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add(case, staff["handler"], f"联系电话 {PHONE}。")
    (finding,) = findings_of(row)
    waiver = passing(row, finding, staff["head"])
    assert (waiver.file_sha256, waiver.detector, waiver.place, waiver.rule_version) == (
        row.sha256, "pii.mobile", finding.place, finding.rule_version,
    )  # fmt: skip
    files.require_replies_clear(case)
    other = add(case, staff["handler"], f"另附。联系电话 {PHONE}。", "另一份.txt")
    with pytest.raises(Refused, match="另一份"):
        files.require_replies_clear(case)
    other.delete()
    ReplyWaiver.objects.bulk_create(
        [ReplyWaiver(case=case, file_sha256=row.sha256, detector="pii.home_address", place=finding.place, rule_version="guard@0",
                     severity="block", reason="旧规则下放行", user=staff["head"], role="reviewer", at=office.at(DAY))]
    )  # fmt: skip
    newer = ToJudge(
        finding.detector, finding.place, finding.message, finding.shown, finding.severity, "guard@newer"
    )
    monkeypatch.setattr("gongkai.requests.services.reply_files._to_judge", lambda *_: (newer,))
    with pytest.raises(Refused, match="还没有人判断"):
        files.require_replies_clear(case)


def test_who_may_let_what_pass(staff: dict[str, Any], case: Case) -> None:
    row = add(case, staff["handler"])
    phone, ill = sorted(findings_of(row), key=lambda finding: finding.detector, reverse=True)
    assert (phone.detector, ill.detector) == ("pii.mobile", "pii.health_condition")
    with pytest.raises(organisations.NotPermitted):
        passing(row, phone, staff["stranger"])
    with pytest.raises((Refused, organisations.NotPermitted)):
        passing(row, phone, staff["handler"])
    with pytest.raises(Refused, match="不能由您的岗位放行"):
        passing(row, ill, staff["head"])
    with pytest.raises(Refused, match="没有写明放行的理由"):
        passing(row, phone, staff["head"], " ")
    with pytest.raises(Refused, match="不要写号码"):
        passing(row, phone, staff["head"], f"已电话 {PHONE} 征得同意")
    with pytest.raises(Refused, match="已经不在"):
        waive_reply_finding(case_id=case.pk, file_id=row.pk, key="0" * 16, reason="已征得同意", user=staff["head"], now=office.at(DAY))  # fmt: skip
    passing(row, phone, staff["head"])
    with pytest.raises(Refused, match="已经放行"):
        passing(row, phone, staff["office"])
    own = add(case, staff["office"], f"电话 {PHONE}，另一份。", "自己加的.txt")
    with pytest.raises(Refused, match="不能放行自己的附件"):
        passing(own, findings_of(own)[0], staff["office"])
    assert ReplyWaiver.objects.count() == 1


def test_numbers_that_nobody_may_let_pass_stay_refused(staff: dict[str, Any], case: Case) -> None:
    with pytest.raises(Refused, match="申请人以外的人的号码"):
        add(case, staff["handler"], f"身份证号码 {samples.NUMBER}，电话 {PHONE}")
    row = add(case, staff["handler"], f"您的电话 {office.person()['phone']}，申请人测试某甲患尿毒症。")
    assert findings_of(row) == ()


def test_waivers_are_neither_changed_nor_removed(staff: dict[str, Any], case: Case) -> None:
    row = add(case, staff["handler"], f"联系电话 {PHONE}。")
    waiver = passing(row, findings_of(row)[0], staff["head"])
    for act in (
        lambda: ReplyWaiver.objects.filter(pk=waiver.pk).update(reason="换一个理由"),
        lambda: ReplyWaiver.objects.filter(pk=waiver.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert ReplyWaiver.objects.get().reason == "已征得本人同意"


def test_desk_shows_the_findings_masked_and_takes_a_reason(staff: dict[str, Any], case: Case) -> None:
    row = add(case, staff["handler"])
    clients = {name: Client() for name in ("handler", "office", "stranger")}
    for name, client in clients.items():
        client.force_login(staff[name], backend="gongkai.organisations.staff.backend.RoleBackend")
    url = f"/desk/requests/file/{row.pk}/findings/"
    assert clients["stranger"].get(url).status_code == 404
    assert url in clients["office"].get(f"/desk/requests/case/{case.number}/").content.decode()
    seen = clients["handler"].get(url).content.decode()
    assert "由审核人" in seen or "不能放行自己的附件" in seen
    assert "放行这一处" not in seen
    page = clients["office"].get(url).content.decode()
    assert page.count("放行这一处") == 2
    assert PHONE not in page
    assert "苟长根患尿毒症" not in page
    key = finding_key(next(one for one in findings_of(row) if one.detector == "pii.mobile"))
    refused = clients["office"].post(url, {"key": key, "reason": "短"})
    assert refused.status_code == 422
    assert "没有写明放行的理由" in refused.content.decode()
    assert clients["office"].post(url, {"key": key, "reason": "公开的办公电话"}).status_code == 302
    after = clients["office"].get(url).content.decode()
    assert "公开的办公电话" in after
    assert "还有 1 处" in after
