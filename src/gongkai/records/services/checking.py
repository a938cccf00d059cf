"""Checking a content (检查): the guard's findings and those on the metadata, stored per content and rule version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.crypto import salted_hmac

from gongkai.guard import api as guard
from gongkai.kernel.findings import Finding, Severity
from gongkai.organisations import api as organisations
from gongkai.records.core.chains import waiver_rule
from gongkai.records.core.cleanup import cleanup_table_finding, tables_of
from gongkai.records.core.finding_json import finding_from_json
from gongkai.records.core.interpretation import RULE_VERSION as PLAN_VERSION
from gongkai.records.core.interpretation import asks_for_interpretation, plan_findings, plan_from
from gongkai.records.core.metadata import RULE_VERSION as METADATA_VERSION
from gongkai.records.core.metadata import check_metadata
from gongkai.records.core.office_time import office_day
from gongkai.records.core.reading import body_lines
from gongkai.records.models import CleanupRound, GuardRun, RecordState, StoredFile, StoredFinding, Waiver
from gongkai.records.services.cleanup_list import expected_blocks
from gongkai.records.services.content import Draft
from gongkai.records.services.office_words import guard_context, with_words

Keyed = Sequence[tuple[str, Finding]]
_CHECKED_FIELDS = ("title", "summary", "author", "source")


@dataclass(frozen=True, slots=True)
class Concern:
    """A finding as the desk shows it: with its key, and whether it was let pass."""

    finding: Finding
    key: str
    waived_by: int | None
    reason: str
    needed_before: str
    may_waive: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether it still stands in the way of submitting or publishing."""
        return self.waived_by is None and self.needed_before != "never"


def check_draft(draft: Draft, state: RecordState, *, now: datetime) -> list[Concern]:
    """Check the content as of now, store the findings, and return them with their waivers, gravest first."""
    keyed = findings_of(draft, state, today=office_day(now))
    _store(draft, state, keyed, now)
    return concerns(state.record_id, keyed)


def findings_of(draft: Draft, state: RecordState, *, today: date) -> list[tuple[str, Finding]]:
    """Return what is found in the content as of a day, with keys, gravest first; stores nothing."""
    texts: dict[str, str] = {}
    findings = [*metadata_findings(draft, state, today), *_text_findings(draft, today, texts)]
    findings += file_findings(draft)
    findings.sort(key=lambda finding: finding.severity.rank)
    return [(finding_key(finding, texts.get(finding.part, "")), finding) for finding in findings]


def check_words(
    *, title: str, paragraphs: Sequence[str], org_code: str, today: date
) -> list[tuple[Finding, str]]:
    """Check words that are not saved yet, as `check_draft` would; return each finding with the text of its part. Stores nothing."""
    parts = [guard.Part("title", title, kind="title")] if title else []
    parts += [guard.Part(f"block:{n}", text) for n, text in enumerate(paragraphs, 1) if text]
    texts = {part.name: part.text for part in parts}
    found = guard.check(guard.Document(tuple(parts)), context_of(org_code, today))
    found.sort(key=lambda finding: finding.severity.rank)
    return [(finding, texts.get(finding.part, "")) for finding in found]


def concerns(
    record_id: int, keyed: Iterable[tuple[str, Finding]], waived: Iterable[Waiver] | None = None
) -> list[Concern]:
    """Join findings with the waivers of the record, read here unless they are given."""
    given = Waiver.objects.filter(record_id=record_id) if waived is None else waived
    waivers = {row.key: row for row in given}
    result = []
    for key, finding in keyed:
        rule = waiver_rule(detector=finding.detector, severity=finding.severity.value)
        waiver = waivers.get(key)
        result.append(
            Concern(
                finding=finding,
                key=key,
                waived_by=waiver.user_id if waiver else None,
                reason=waiver.reason if waiver else "",
                needed_before=rule.needed_before,
                may_waive=rule.roles,
            )
        )
    return result


def standing(concerns_found: Iterable[Concern], moment: str) -> list[Concern]:
    """Return what stands in the way at a moment: `submit` or `publish` (which also asks what `submit` asks)."""
    asked = {"submit"} if moment == "submit" else {"submit", "publish"}
    return [
        concern for concern in concerns_found if concern.waived_by is None and concern.needed_before in asked
    ]


def stored_findings(record_id: int, content_sha256: str) -> list[tuple[str, Finding]] | None:
    """Return the findings of the newest check of this content, None when it was never checked."""
    run = GuardRun.objects.filter(record_id=record_id, content_sha256=content_sha256).last()
    if run is None:
        return None
    return [(row.key, _finding(row, run.rule_version)) for row in run.findings.all()]


def finding_key(finding: Finding, text: str) -> str:
    """Return a name for the finding that stays while its paragraph does; keyed, so that it gives no text away."""
    place = f"{finding.detector}|{finding.span}|{text or finding.part + '|' + finding.matched}"
    return salted_hmac("gongkai.records.finding", place, algorithm="sha256").hexdigest()[:32]


def rule_version() -> str:
    """Return the version of every rule that a check uses."""
    return with_words(f"{guard.RULE_VERSION}+{METADATA_VERSION}+{PLAN_VERSION}")


def store_checked(
    checked: Sequence[tuple[Draft, Keyed]], *, now: datetime, version: str | None = None
) -> None:
    """Store what was found in contents that were never checked under these rules before, many at once."""
    version = version or rule_version()
    runs = GuardRun.objects.bulk_create(
        GuardRun(record_id=draft.record.pk, content_sha256=draft.sha256, rule_version=version, at=now)
        for draft, _ in checked
    )
    StoredFinding.objects.bulk_create(
        [
            _row(run, key, finding)
            for run, (_, keyed) in zip(runs, checked, strict=True)
            for key, finding in keyed
        ],
        batch_size=1000,
    )


def guard_parts(payload: dict[str, Any]) -> list[guard.Part]:
    """Return a payload as the parts that the guard reads: metadata, then blocks in order."""
    parts = [guard.Part("title", payload["title"], kind="title")] if payload["title"] else []
    if payload["document_number"]:
        parts.append(guard.Part("field:document_number", payload["document_number"]))
    parts += [guard.Part(f"field:{name}", payload[name]) for name in _CHECKED_FIELDS[1:] if payload[name]]
    for line in body_lines(payload):
        if line.part.startswith("attachment:"):
            parts.append(guard.Part(line.part, line.text, kind="filename"))
        elif line.rows is not None:
            parts.append(guard.Part(line.part, line.text, table=line.rows, kind="table"))
        elif line.text:
            parts.append(guard.Part(line.part, line.text))
    return parts


def metadata_findings(draft: Draft, state: RecordState, today: date) -> list[Finding]:
    """Return what is wrong with the metadata of a draft."""
    first = state.first_released_at
    content = {
        **draft.payload,
        "disclosure_reason": draft.record.disclosure_reason,
        "published_before": office_day(first) if first else None,
    }
    found = [*check_metadata(content, today=today), *_plan_findings(draft, state, today)]
    found += _cleanup_findings(draft)
    return sorted(found, key=lambda finding: finding.severity.rank)


def _cleanup_findings(draft: Draft) -> list[Finding]:
    """Compare the result of a clean-up with what was decided: the list that goes out is the list that was decided."""
    if draft.record.kind != "notice":
        return []
    turn = CleanupRound.objects.filter(result_id=draft.record.pk).exclude(state="announced").first()
    if turn is None or tables_of(draft.payload) == tables_of({"blocks": expected_blocks(turn)}):
        return []
    return [cleanup_table_finding()]


def _plan_findings(draft: Draft, state: RecordState, today: date) -> list[Finding]:
    record, signed = draft.record, draft.beside.get("interpretation", {})
    rule = asks_for_interpretation(
        kind=record.kind, genre=record.genre, grade=record.grade, migrated=bool(record.migrated), on=today
    )
    found = plan_findings(
        plan_from(signed.get("plan")),
        rule=rule,
        change=state.change,
        exempt="exempt" in signed,
        formed=record.formed_date,
    )
    return list(found)


def _text_findings(draft: Draft, today: date, texts: dict[str, str]) -> list[Finding]:
    parts = guard_parts(draft.payload)
    texts.update({part.name: part.text for part in parts})
    context = context_of(draft.record.org_code, today)
    names = tuple(a["name"] for a in draft.payload["attachments"])
    return guard.check(guard.Document(tuple(parts)), replace(context, attachment_names=names))


def context_of(org_code: str, today: date) -> guard.Context:
    """Return what the guard is told about an organisation's texts published today; the names of files are to be added."""
    org = organisations.get_organisation(code=org_code)
    return guard_context(
        org_names=tuple(name for name in (org.name, org.short_name) if name),
        publish_date=today,
        own_credit_codes=frozenset({org.credit_code} if org.credit_code else ()),
    )


def file_findings(draft: Draft) -> list[Finding]:
    """Return what was found in the files of a draft when they were stored."""
    names = {a["sha256"]: a["name"] for a in draft.payload["attachments"]}
    names |= {b["sha256"]: b["alt"] or "图片" for b in draft.payload["blocks"] if b["type"] == "image"}
    found: list[Finding] = []
    if not names:
        return found
    for row in StoredFile.objects.filter(pk__in=list(names)).order_by("pk"):
        found += [finding_from_json(item, f"file:{names[row.sha256]}") for item in row.findings]
    return found


def _store(draft: Draft, state: RecordState, keyed: Sequence[tuple[str, Finding]], now: datetime) -> None:
    run, _ = GuardRun.objects.get_or_create(
        record_id=state.record_id,
        content_sha256=draft.sha256,
        rule_version=rule_version(),
        defaults={"at": now},
    )
    run.findings.all().delete()
    StoredFinding.objects.bulk_create(_row(run, key, finding) for key, finding in keyed)


def _row(run: GuardRun, key: str, f: Finding) -> StoredFinding:
    return StoredFinding(
        run=run,
        key=key,
        detector=f.detector,
        part=f.part[:255],
        span_start=f.span[0] if f.span else None,
        span_end=f.span[1] if f.span else None,
        matched=f.matched,
        severity=f.severity.value,
        confidence=f.confidence,
        message=f.message,
        suggestion=f.suggestion,
        basis=f.basis,
        replacement=f.replacement,
    )


def _finding(row: StoredFinding, rule_version: str) -> Finding:
    has_span = row.span_start is not None and row.span_end is not None
    return Finding(
        detector=row.detector,
        rule_version=rule_version,
        part=row.part,
        span=(row.span_start, row.span_end) if has_span else None,
        matched=row.matched,
        severity=Severity(row.severity),
        confidence=row.confidence,
        suggestion=row.suggestion,
        basis=row.basis,
        replacement=row.replacement,
        message=row.message,
    )
