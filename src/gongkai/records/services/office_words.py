"""Changing and reading the office's word lists (单位词表)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import yaml
from django.db import transaction

from gongkai.guard import api as guard
from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.records.core.errors import BadInput, NotFound
from gongkai.records.core.office_time import office_day
from gongkai.records.core.office_words import (
    Entry,
    OfficeWords,
    as_lists,
    checked_entry,
    entries_of_file,
    office_words,
)
from gongkai.records.facts import WordListChanged
from gongkai.records.models import WordAction, WordChange
from gongkai.records.services.locking import actor_of

MAX_IMPORT_BYTES = 2_000_000


def current_entries() -> list[Entry]:
    """Return what the lists hold now: the last change of every entry, those taken out left out."""
    latest: dict[tuple[str, str], WordChange] = {}
    for change in WordChange.objects.order_by("pk"):
        latest[change.list_name, change.term] = change
    return [
        Entry(change.list_name, change.term, tuple(change.details.items()))
        for change in latest.values()
        if change.action == WordAction.ADD
    ]


def words_in_force() -> tuple[OfficeWords, str]:
    """Return the lists as the guard takes them, and a version that moves with every change; empty without entries."""
    newest = WordChange.objects.order_by("-pk").values_list("pk", "at", "list_name", "term", "action").first()
    return _read(newest) if newest else (OfficeWords(), "")


@lru_cache(maxsize=2)
def _read(newest: tuple[Any, ...]) -> tuple[OfficeWords, str]:
    """Read all lists; `newest` is their newest change, by which a reading is known again."""
    entries = current_entries()
    if not entries:
        return OfficeWords(), ""
    text = json.dumps(as_lists(entries), ensure_ascii=False, sort_keys=True)
    return office_words(entries), f"words@{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def guard_context(**values: Any) -> guard.Context:
    """Return a context of the guard with the office's lists laid over the given values."""
    words, _ = words_in_force()
    names = (*values.pop("org_names", ()), *words.org_names)
    return guard.Context(
        org_names=names,
        public_numbers=words.public_numbers,
        public_accounts=words.public_accounts,
        extra=words.extra,
        **values,
    )


def with_words(version: str) -> str:
    """Return a version of rules, with that of the office's lists when there are any."""
    _, words = words_in_force()
    return f"{version}+{words}" if words else version


@transaction.atomic
def add_word(
    *,
    list_name: str,
    term: str,
    details: Mapping[str, str],
    reason: str,
    user: Any,
    org_code: str,
    now: datetime,
) -> int:
    """Put an entry into a list, or change what it says; return the id of the change. Raises BadInput, NotPermitted."""
    entry = checked_entry(list_name, term, details)
    return _change([entry], WordAction.ADD, reason, user, org_code, now)[0]


@transaction.atomic
def remove_word(*, list_name: str, term: str, reason: str, user: Any, org_code: str, now: datetime) -> int:
    """Take an entry out of a list; return the id of the change. Raises NotFound, BadInput, NotPermitted."""
    for entry in current_entries():
        if (entry.list_name, entry.term) == (list_name, term):
            return _change([entry], WordAction.REMOVE, reason, user, org_code, now)[0]
    raise NotFound(code="word_unknown", message="词表里没有这一条", where=term, remedy="请刷新页面")


@transaction.atomic
def import_words(*, data: bytes, reason: str, user: Any, org_code: str, now: datetime) -> int:
    """Put the entries of a YAML file into the lists; what is there already stays; return how many are new. All or nothing."""
    if len(data) > MAX_IMPORT_BYTES:
        raise BadInput(code="too_large", message="文件超过 2 MB", where="导入", remedy="请拆成几个文件")
    try:
        loaded = yaml.safe_load(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(
            code="not_yaml", message="文件不是 UTF-8 的 YAML", where="导入", remedy="可先导出一份对照着写"
        ) from error
    known = set(current_entries())
    fresh = [entry for entry in dict.fromkeys(entries_of_file(loaded)) if entry not in known]
    if fresh:
        _change(fresh, WordAction.ADD, reason, user, org_code, now)
    return len(fresh)


def export_words() -> bytes:
    """Return all lists as a YAML file that can be imported elsewhere, or laid into `$GONGKAI_HOME/guard` for the command line."""
    return yaml.safe_dump({"lists": as_lists(current_entries())}, allow_unicode=True, sort_keys=True).encode()


def _change(
    entries: Iterable[Entry], action: WordAction, reason: str, user: Any, org_code: str, now: datetime
) -> list[int]:
    today = office_day(now)
    organisations.require(user=user, action="manage", kind="site", org_code=org_code, today=today)
    if len(reason.strip()) < 2:
        raise BadInput(code="reason_missing", message="没有写理由", where="理由", remedy="请写明为什么改词表")
    numbers = []
    for entry in entries:
        change = WordChange.objects.create(
            list_name=entry.list_name,
            term=entry.term,
            details=dict(entry.details),
            action=action,
            reason=reason.strip()[:500],
            by=user,
            at=now,
        )
        record_fact(
            WordListChanged(
                org=org_code,
                subject=f"word_list:{entry.list_name}",
                on=today,
                change_id=change.pk,
                action=action.value,
            ),
            actor=actor_of(user),
            now=now,
        )
        numbers.append(int(change.pk))
    return numbers
