"""The office's own word lists: they change verdicts and the version of the rules, and every change stays to be audited."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.urls import reverse

from gongkai.guard.api import check_text
from gongkai.journal.api import entries as journal_entries
from gongkai.organisations.api import NotPermitted
from gongkai.records.core.errors import BadInput, NotFound
from gongkai.records.core.office_words import as_lists, checked_entry, entries_of_file
from gongkai.records.models import WordChange
from gongkai.records.services import checking
from gongkai.records.services.office_words import (
    add_word,
    current_entries,
    export_words,
    guard_context,
    import_words,
    remove_word,
)

MOBILE = "13900001357"
FILE = yaml.safe_dump(
    {
        "lists": {
            "former_agencies": {"青禾县卫生院管理站": {"now": "青禾县医共体管理中心", "since": "2021-05-01"}},
            "document_titles": {"青卫发〔2025〕3号": "青禾县医疗废物管理办法"},
            "common_typos": {"青禾": ["清禾", "青和"]},
            "outdated_laws": [{"old": "青禾县献血办法", "new": None, "since": "2020-01-01"}],
            "unknown_list": ["不认得的不理会"],
        }
    },
    allow_unicode=True,
).encode()


def test_a_file_of_lists_comes_back_as_it_was():
    found = entries_of_file(yaml.safe_load(FILE))
    assert len(found) == 5
    lists = as_lists(found)
    assert lists["common_typos"] == {"青禾": ["清禾", "青和"]}
    assert lists["outdated_laws"] == [{"old": "青禾县献血办法", "new": None, "since": "2020-01-01"}]
    assert entries_of_file({"lists": lists}) == found


@pytest.mark.parametrize(
    ("name", "term", "details", "said"),
    [
        ("nowhere", "甲", {}, "没有这个词表"),
        ("public_numbers", "不是号码", {}, "不是号码"),
        ("fixed_phrases", "三个字", {}, "太短"),
        ("former_agencies", "旧名", {"now": "新名"}, "没有写改名日期"),
        ("former_agencies", "旧名", {"now": "新名", "since": "去年"}, "日期写法不对"),
        ("common_typos", "清禾", {}, "没有写正确写法"),
        ("allowed_phrases", "  ", {}, "没有写说法"),
    ],
)
def test_an_entry_that_says_too_little_is_refused(name: str, term: str, details: dict[str, str], said: str):
    with pytest.raises(BadInput, match=said):
        checked_entry(name, term, details)


@pytest.mark.parametrize("data", [[], "词", {"lists": 3}, {"lists": {"nowhere": []}}])
def test_a_file_without_lists_is_refused(data: Any):
    with pytest.raises(BadInput):
        entries_of_file(data)


@pytest.mark.django_db
def test_lists_change_verdicts_and_version_and_are_audited(office: Any):
    def said(text: str) -> set[str]:
        return {finding.detector for finding in check_text(text, guard_context())}

    before = checking.rule_version()
    text = f"值班手机{MOBILE}，清禾县。"
    assert said(text) == {"pii.mobile"}
    by: dict[str, Any] = {"reason": "本单位公布", "user": office.office, "org_code": "demo"}
    add_word(list_name="public_numbers", term="139-0000-1357", details={}, now=office.later(), **by)
    assert import_words(data=FILE, now=office.later(), **by) == 5
    assert import_words(data=FILE, now=office.later(), **by) == 0, "what is there is not put in twice"
    assert said(text) == {"txt.general_typo"}
    assert said("由青禾县卫生院管理站负责，2025年起执行。") == {"txt.old_agency"}
    changed = checking.rule_version()
    assert changed != before
    assert "words@" in changed
    remove_word(list_name="public_numbers", term=MOBILE, now=office.later(), **by)
    assert "pii.mobile" in said(text)
    with pytest.raises(NotFound):
        remove_word(list_name="public_numbers", term=MOBILE, now=office.later(), **by)
    assert [(one.action, one.by) for one in WordChange.objects.filter(term=MOBILE)] == [
        ("add", office.office),
        ("remove", office.office),
    ]
    facts = list(journal_entries(names=("records.WordListChanged",)))
    assert len(facts) == 7
    assert MOBILE not in str([fact.body for fact in facts])
    assert set(entries_of_file(yaml.safe_load(export_words()))) == set(current_entries())


@pytest.mark.django_db
def test_only_the_disclosure_office_changes_lists_and_says_why(office: Any):
    values: dict[str, Any] = {
        "list_name": "allowed_phrases",
        "term": "青禾健行",
        "details": {},
        "org_code": "demo",
    }
    with pytest.raises(NotPermitted):
        add_word(user=office.editor, reason="想加", now=office.later(), **values)
    with pytest.raises(BadInput, match="没有写理由"):
        add_word(user=office.office, reason=" ", now=office.later(), **values)
    with pytest.raises(BadInput, match="YAML"):
        import_words(
            data=b"\xff\xfe\x00", reason="导入", user=office.office, org_code="demo", now=office.later()
        )
    assert current_entries() == []


@pytest.mark.django_db
def test_screen_shows_lists_to_all_and_forms_to_the_office(office: Any, client: Any):
    url = reverse("records:words")
    client.force_login(office.editor)
    assert "加入一条" not in client.get(url).content.decode()
    form = {"list": "common_typos", "term": "清禾", "right": "青禾", "reason": "县名", "how": "add"}
    assert client.post(reverse("records:change_words"), form).status_code in (302, 403)
    assert current_entries() == []
    client.force_login(office.office)
    answer = client.post(reverse("records:change_words"), form, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "已加入“常见错写”" in page
    assert "变动记录" in page
    assert "清禾" in client.get(reverse("records:export_words")).content.decode()
    client.post(reverse("records:change_words"), {**form, "how": "remove"})
    assert current_entries() == []
