"""A form being filled in (填写中的申请): sealed, kept for days, sent once however often the button is pressed."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.requests.core.personal import SealBroken, open_bytes, seal_bytes
from gongkai.requests.core.query_code import make_code
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.submission import Submission
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, WizardDraft
from gongkai.requests.services import sealed_store
from gongkai.requests.services.acting import day_of
from gongkai.requests.services.files import FILES_MAX, store_file, upload_fault
from gongkai.requests.services.keys import sealing_key
from gongkai.requests.services.receive import Receipt, receive

PERSON = (
    "name",
    "id_kind",
    "id_number",
    "credit_code",
    "representative",
    "contact",
    "phone",
    "email",
    "address",
    "postcode",
)


@dataclass(slots=True)
class Filling:
    """What a citizen typed so far. `values` field → text; `files` are sealed on disk until the request is sent."""

    row: WizardDraft
    values: dict[str, str] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)


def begin(*, org_code: str, now: datetime) -> tuple[str, Filling]:
    """Begin a form; returns the token of the cookie and the empty form."""
    token = secrets.token_urlsafe(32)
    row = WizardDraft.objects.create(
        token_digest=_digest(token), submission_key=f"online:{secrets.token_hex(16)}", org_code=org_code, sealed=b"",
        started_at=now, touched_at=now,
    )  # fmt: skip
    return token, Filling(row)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def resume(*, token: str, org_code: str) -> Filling | None:
    """Return the form of a cookie, None when there is none (any more)."""
    row = (
        WizardDraft.objects.filter(token_digest=_digest(token), org_code=org_code).first() if token else None
    )
    return None if row is None else _opened(row)


def keep(filling: Filling, *, now: datetime) -> None:
    """Keep what was typed, right or wrong."""
    plain = json.dumps({"values": filling.values, "files": filling.files}, ensure_ascii=False).encode()
    filling.row.sealed = seal_bytes(plain, key=sealing_key(), owner=f"draft:{filling.row.pk}")
    filling.row.touched_at = now
    filling.row.save(update_fields=["sealed", "touched_at"])


def keep_file(filling: Filling, *, kind: str, name: str, data: bytes, now: datetime) -> None:
    """Add a file to the form; raises Refused with the reason."""
    if fault := upload_fault(name, data):
        raise Refused(fault)
    if len(filling.files) >= FILES_MAX:
        raise Refused(
            f"最多上传 {FILES_MAX} 个文件", where=name[:60], remedy="请合并文件，或把其余材料邮寄给我们"
        )
    digest = sha256(data).hexdigest()
    if any(row["sha256"] == digest for row in filling.files):
        return
    sealed = seal_bytes(data, key=sealing_key(), owner=f"draftfile:{filling.row.pk}:{digest}")
    stored = sealed_store.keep(f"requests/drafts/{filling.row.pk}/{digest}", sealed, name=name)
    filling.files.append(
        {"kind": kind, "name": name[-120:], "sha256": digest, "stored": stored, "size": str(len(data))}
    )
    keep(filling, now=now)


def drop_file(filling: Filling, *, digest: str, now: datetime) -> None:
    """Take a file out of the form."""
    for row in [row for row in filling.files if row["sha256"] == digest]:
        filling.files.remove(row)
        sealed_store.remove(row["stored"])
    keep(filling, now=now)


def as_submission(filling: Filling, *, now: datetime) -> Submission:
    """Return the request that the form describes."""
    values = filling.values
    wanted = room_rules().applicant_kinds.get(values.get("applicant_kind", ""))
    skip = (
        {"id_kind", "id_number"}
        if wanted and wanted.is_organisation
        else {"credit_code", "representative", "contact"}
    )
    has_agent = values.get("has_agent") == "yes"
    return Submission(
        org_code=filling.row.org_code,
        channel="online",
        applicant_kind=values.get("applicant_kind", ""),
        person={key: values.get(key, "") for key in PERSON if key not in skip},
        agent={"name": values.get("agent_name", ""), "phone": values.get("agent_phone", "")}
        if has_agent
        else {},
        content=values.get("content", ""),
        form_wanted=values.get("form_wanted", ""),
        way_wanted=values.get("way_wanted", ""),
        purpose=values.get("purpose", ""),
        needs_help=values.get("needs_help", ""),
        submission_key=filling.row.submission_key,
        arrived_date=day_of(now),
        receipt_proof=f"网上提交 {now.astimezone().isoformat(timespec='seconds')}",
    )


def send(filling: Filling, *, now: datetime) -> Receipt:
    """Send the form: one case, however often; each step keeps what it achieved, so a retry goes on where it stopped.

    Raises SubmissionInvalid with what to mend, Refused while files can be neither read nor stored; the form is kept.
    """
    if "query_code" not in filling.values:
        filling.values["query_code"] = make_code(room_rules().settings.query_code_bytes)
        keep(filling, now=now)
    receipt = receive(
        submission=as_submission(filling, now=now), now=now, query_code=filling.values["query_code"]
    )
    case = Case.objects.get(pk=receipt.case_id)
    for row in filling.files:
        try:
            sealed = sealed_store.read(row["stored"])
        except AttachmentsAway as error:
            raise sealed_store.refusal(error, row["name"]) from error
        data = open_bytes(sealed, key=sealing_key(), owner=f"draftfile:{filling.row.pk}:{row['sha256']}")
        store_file(case=case, kind=row["kind"], name=row["name"], data=data, now=now, public=True)
    if filling.row.case_id is None:
        filling.row.case = case
        filling.row.save(update_fields=["case"])
    return receipt


def open_files(filling: Filling) -> list[tuple[str, bytes]]:
    """Return name and bytes of the files of a form; raises Refused while they cannot be read."""
    found = []
    for row in filling.files:
        try:
            sealed = sealed_store.read(row["stored"])
        except AttachmentsAway as error:
            raise sealed_store.refusal(error, row["name"]) from error
        except FileNotFoundError as error:
            raise Refused("已选的文件不在了", where=row["name"], remedy="请移除后重新选择") from error
        owner = f"draftfile:{filling.row.pk}:{row['sha256']}"
        found.append((row["name"], open_bytes(sealed, key=sealing_key(), owner=owner)))
    return found


def discard(filling: Filling) -> None:
    """Delete a form with its files."""
    for file in filling.files:
        sealed_store.remove(file["stored"])
    sealed_store.remove_below(f"requests/drafts/{filling.row.pk}")
    filling.row.delete()


def code_of(filling: Filling) -> str:
    """Return the query code of a form that was sent."""
    return filling.values.get("query_code", "")


def forget_old(*, now: datetime) -> int:
    """Delete forms that nobody touched for days, with their files; returns how many went."""
    old = WizardDraft.objects.filter(touched_at__lt=now - timedelta(days=room_rules().settings.draft_days))
    count = 0
    for row in old[:500]:
        discard(_opened(row) or Filling(row))
        count += 1
    return count


def _opened(row: WizardDraft) -> Filling | None:
    if not row.sealed:
        return Filling(row)
    try:
        raw = json.loads(open_bytes(bytes(row.sealed), key=sealing_key(), owner=f"draft:{row.pk}"))
    except SealBroken:
        return None
    return Filling(row, raw["values"], raw["files"])
