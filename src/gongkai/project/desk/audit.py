"""The auditor's desk (审计): who did what, failed log-ins, who read personal data, who changed a sentence, a span to take away."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.project.desk.fact_words import GROUPS, fact_words, group_of
from gongkai.project.facts import SentenceTraced, SpanExported
from gongkai.project.people import people_by_id, people_called
from gongkai.records import api as records

PER_PAGE = 100
SUMMARY = 20
README = """这里是一段账本（账本.jsonl）和核验它的独立程序（verify_span.py）。

核验：python3 verify_span.py 账本.jsonl 公钥
公钥取自机关网站 heads/index.json（最好是您自己早先保存的一份）。程序只用 Python 自带的功能，不联网，说明在文件开头。
账目是连续的一段，没有筛选：缺一条，链就接不上。
"""


def _codes(request: HttpRequest, action: str = "view") -> frozenset[str]:
    codes = organisations.scope(user=request.user, action=action, kind="journal", today=timezone.localdate())
    if not codes:
        raise organisations.NotPermitted("您的岗位不能查看账本", remedy="账本由审计管理员查看")
    return frozenset(codes)


def _day(text: str) -> date | None:
    """Return the day that was typed, None for nothing and for what is no day."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _moment(text: str, *, end: bool = False) -> datetime | None:
    """Return the first moment of a day, or with `end` of the day after it, in office time."""
    day = _day(text)
    if day is None:
        return None
    start = timezone.make_aware(datetime.combine(day, time()))
    return start + timedelta(days=1) if end else start


def _subject(text: str) -> str | None:
    """Return the object that was typed: an index number or a public address leads to its record."""
    text = text.strip()
    if not text or re.fullmatch(r"[a-z_]+:\S+", text):
        return text or None
    record = record_named(text)
    return f"record:{record}" if record is not None else text


def record_named(text: str) -> int | None:
    """Return the record behind an index number, a public address or a number."""
    text = text.strip()
    if re.fullmatch(r"(record:)?\d+", text):
        return int(text.removeprefix("record:"))
    if found := records.record_ids_by_number(index_number=text):
        return found[0]
    if address := re.search(r"doc/([a-z0-9-]+)/(\d{4})/(\w+)\.html", text):
        for number in _index_numbers(*address.groups()):
            if found := records.record_ids_by_number(index_number=number):
                return found[0]
    return None


def _index_numbers(org_code: str, year: str, serial: str) -> list[str]:
    """Return the index numbers that an address can stand for: under the body's own prefix, or its authority's."""
    try:
        bodies = (
            organisations.get_organisation(code=org_code),
            organisations.authority_of(code=org_code),
        )
    except organisations.OrganisationError:
        return []
    return [f"{body.index_prefix}/{year}-{serial}" for body in bodies if body.index_prefix]


@require_http_methods(["GET"])
def entry_list(request: HttpRequest) -> HttpResponse:
    """List facts by person, object, kind and time, newest first, with a summary of what the question counts."""
    codes = {*_codes(request), "unassigned"}
    asked = {
        key: request.GET.get(key, "").strip()
        for key in ("group", "name", "person", "subject", "since", "until", "on")
    }
    group, words = group_of(asked["group"]), fact_words()
    names = (asked["name"],) if asked["name"] in words else group.names if group else ()
    people = people_called(asked["person"]) if asked["person"] else []
    rows = journal.find_entries(
        orgs=codes,
        names=names,
        subject=_subject(asked["subject"]),
        user_id=(people[0].pk if people else -1) if asked["person"] else None,
        since=_moment(asked["since"]),
        until=_moment(asked["until"], end=True),
        on=_day(asked["on"]),
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    shown = journal.as_entries(page.object_list)
    counts = (
        journal.counts_by(rows, group.count_by, limit=SUMMARY)  # type: ignore[arg-type]
        if group and group.id in {"failed", "personal"}
        else []
    )
    ids = {entry.actor.user_id for entry in shown} | {_user_of(entry.subject) for entry in shown}
    names_of = people_by_id({*ids, *(_user_of(value) for value, *_ in counts)} - {None})
    query = request.GET.copy()
    query.pop("p", None)
    context = {
        "title": "审计", "icon": "list-ul", "page": page, "asked": asked, "groups": GROUPS, "group": group, "words": words,
        "too_many": people[1:6], "person": people[0] if people else None, "query": query.urlencode(),
        "rows": [(entry, words.get(entry.name, entry.name), _actor(entry, names_of), _object(entry.subject, names_of)) for entry in shown],
        "counts": [(_object(value if isinstance(value, str) else f"user:{value or 0}", names_of), count, latest) for value, count, latest in counts],
    }  # fmt: skip
    return render(request, "desk/audit.html", context)


def _user_of(value: Any) -> int | None:
    if isinstance(value, int):
        return value
    found = re.fullmatch(r"user:(\d+)", value) if isinstance(value, str) else None
    return int(found[1]) if found else None


def _object(subject: str, names_of: dict[int, str]) -> str:
    """Return an object as it is read: an account with its name, `user:0` as an unknown log-in name."""
    number = _user_of(subject)
    if number is None:
        return subject
    return names_of.get(number, "不存在的登录名" if number == 0 else f"账号 {number}")


def _actor(entry: journal.Entry, names_of: dict[int, str]) -> str:
    if entry.actor.user_id is None:
        return "公众" if entry.actor.kind == "citizen" else "系统"
    return names_of.get(entry.actor.user_id, f"账号 {entry.actor.user_id}")


@require_http_methods(["GET", "POST"])
def sentence(request: HttpRequest) -> HttpResponse:
    """Show who changed the sentences of a record; the look is itself a fact, because drafts are read."""
    codes = _codes(request)
    asked = {key: request.POST.get(key, "").strip() for key in ("record", "words")}
    context: dict[str, Any] = {
        "title": "谁改了这句话",
        "icon": "history",
        "asked": {**asked, "record": asked["record"] or request.GET.get("record", "")},
        "done": False,
    }
    if request.method == "POST":
        number = record_named(asked["record"])
        info = _record_in(number, codes)
        if info is None:
            context["error"] = "找不到这条信息：请填写索引号、公开网址，或 record:编号"
        else:
            changes = records.sentence_changes(record_id=info.id, words=asked["words"])
            with transaction.atomic():
                journal.record_fact(
                    SentenceTraced(org=info.org_code, subject=f"record:{info.id}", on=timezone.localdate()),
                    actor=organisations.actor(user=request.user, role="auditor"),
                    now=timezone.now(),
                )
            names_of = people_by_id({change.user_id for change in changes} - {None})
            context |= {
                "done": True, "record_id": info.id,
                "changes": [(change, names_of.get(change.user_id or 0, "系统")) for change in changes],
            }  # fmt: skip
    return render(request, "desk/audit_sentence.html", context)


def _record_in(number: int | None, codes: frozenset[str]) -> Any:
    if number is None:
        return None
    try:
        info = records.get_record(record_id=number)
    except records.RecordError:
        return None
    return info if info.org_code in codes else None


@require_http_methods(["GET", "POST"])
def span(request: HttpRequest) -> HttpResponse:
    """Offer a stretch of the journal as a ZIP with the verifier beside it."""
    codes = _codes(request, "verify")
    asked = {key: request.POST.get(key, "").strip() for key in ("since", "until")}
    context: dict[str, Any] = {"title": "导出账本", "icon": "download", "asked": asked}
    if request.method == "POST":
        since, until = _moment(asked["since"]), _moment(asked["until"], end=True)
        if {info.code for info in organisations.list_organisations()} - codes:
            context["error"] = "这份账本含有您管辖以外的机构：请由覆盖全部机构的审计管理员导出"
        elif since is None or until is None or since >= until:
            context["error"] = "请填写起止日期，起始不晚于截止"
        else:
            try:
                return _span_file(request, since=since, until=until, org=min(codes))
            except journal.SpanEmpty as error:
                context["error"] = f"{error.message}：{error.remedy}"
    return render(request, "desk/audit_span.html", context)


def _span_file(request: HttpRequest, *, since: datetime, until: datetime, org: str) -> HttpResponse:
    found = journal.find_span(since=since, until=until)
    with transaction.atomic():
        fact = SpanExported(
            org=org, subject=f"span:{found.first_seq}-{found.last_seq}", on=timezone.localdate(),
            first_seq=found.first_seq, last_seq=found.last_seq,
        )  # fmt: skip
        journal.record_fact(
            fact, actor=organisations.actor(user=request.user, role="auditor"), now=timezone.now()
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("账本.jsonl", "w") as file:
            for line in journal.span_lines(found):
                file.write(f"{line}\n".encode())
        archive.writestr("verify_span.py", Path(journal.VERIFIER).read_text(encoding="utf-8"))
        archive.writestr("说明.txt", README)
    response = HttpResponse(stream.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="journal-{found.first_seq}-{found.last_seq}.zip"'
    return response
