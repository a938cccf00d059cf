"""The gate before reply files (答复附件把关): nothing hidden in a file, and nobody else's numbers, goes to an applicant.

What the applicant told the office about themselves may be in the file: it is theirs. Everything hidden (comments, tracked
changes, hidden sheets and columns, author, positions of photographs) is refused whoever it is about, because nobody can
see it when signing. Telephone numbers and particulars of others are for a person to judge: they may be let pass with a reason
(`waive_reply`), and keep the file in the house until then. A clean copy, proven clean by `guard`, may take the place of such a file.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gongkai.guard.api import Document, check, detectors
from gongkai.guard.attachments import api as attachments
from gongkai.kernel.findings import Finding
from gongkai.requests.core.rules import room_rules
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, ReplyWaiver
from gongkai.requests.services.letter_values import particulars

_NEEDS_EYES = frozenset(
    {"att.image_text_pii", "att.light_mask"}
)  # for a person to look at, no cleaning helps
_VISIBLE = frozenset({"text", "table", "title"})
_PERSONAL = frozenset(
    {"pii.cn_id18", "pii.bank_card", "pii.medical_no", "att.image_text_pii", "att.filename_pii"}
)
_MODERN = {".doc": ".docx", ".wps": ".docx", ".xls": ".xlsx"}
_SHOWN = 4
_SHORTEST_NUMBER = 6
_LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class ToJudge:
    """A finding about others that a person may let pass: by which detector, where, what it is (masked, empty where no mask fits), and under which rules."""

    detector: str
    place: str
    message: str
    shown: str
    severity: str
    rule_version: str


@dataclass(frozen=True, slots=True)
class ReplyFaults:
    """Why a file may not go to an applicant: in Chinese, the hidden (a clean copy mends them) and the others.

    `to_judge` holds what may go out once somebody who may has let it pass.
    """

    hidden: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    to_judge: tuple[ToJudge, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Tell whether nothing in the file is beyond judgement; what is left to judge does not count."""
        return not (self.hidden or self.personal or self.unreadable)


def faults_of(*, name: str, data: bytes, own: Iterable[str] = ()) -> ReplyFaults:
    """Read a file and say what keeps it from an applicant, whose own values `own` may stand in it."""
    with tempfile.TemporaryDirectory(prefix="gongkai-reply-") as folder:
        path = Path(folder) / f"reply{Path(name).suffix.lower()}"
        path.write_bytes(data)
        result = attachments.read(path, name=name)
        parts = list(result.parts)
    visible = Document(tuple(part for part in parts if part.kind in _VISIBLE))
    others = Document(tuple(part for part in parts if part.kind in ("filename", "ocr")))
    mine = frozenset(value for value in map(_bare, own) if len(value) >= _SHORTEST_NUMBER)
    told = [*check(visible, show_matched=True), *check(others, show_matched=True)]
    masked = [*check(visible), *check(others)]
    return ReplyFaults(
        hidden=_messages(row for row in result.findings if _is_hidden(row)),
        personal=_messages(
            row for row in told if row.detector in _PERSONAL and str(row.severity) == "block" and not _is_own(row, mine)
        ),
        to_judge=_to_judge(zip(told, masked, strict=True), own, mine),
        unreadable=_messages(row for row in result.findings if row.detector.startswith("file.") and str(row.severity) == "block"),
    )  # fmt: skip


def _to_judge(
    rows: Iterable[tuple[Finding, Finding]], own: Iterable[str], mine: frozenset[str]
) -> tuple[ToJudge, ...]:
    """Return the findings about others, each with its place in the file, masked as anybody may see it."""
    names = tuple(value for value in own if 1 < len(value) <= _LONGEST_NAME and not value.isascii())
    found: dict[tuple[str, str], ToJudge] = {}
    known = detectors()
    for row, shown in rows:
        if row.detector not in room_rules().reply_waivers or str(row.severity) not in ("block", "review"):
            continue
        if _is_own(row, mine) or any(name in row.matched for name in names):
            continue
        start, end = row.span or (0, 0)
        place = f"{row.part[:80]}:{start}-{end}"
        found.setdefault(
            (row.detector, place),
            ToJudge(
                row.detector,
                place,
                row.message or row.suggestion,
                shown.matched if known[row.detector].mask not in ("", "digits") else "",
                str(row.severity),
                row.rule_version,
            ),
        )
    return tuple(found.values())


def open_findings(*, case: Case, sha256: str, faults: ReplyFaults) -> tuple[ToJudge, ...]:
    """Return what nobody has let pass yet for these bytes under the rules of today."""
    passed = set(
        ReplyWaiver.objects.filter(case=case, file_sha256=sha256).values_list(
            "detector", "place", "rule_version"
        )
    )
    return tuple(row for row in faults.to_judge if (row.detector, row.place, row.rule_version) not in passed)


def _is_hidden(row: Finding) -> bool:
    return (
        row.detector.startswith("att.")
        and row.detector not in _NEEDS_EYES | _PERSONAL
        and str(row.severity) in ("block", "review", "warn")
    )


def _is_own(row: Finding, mine: frozenset[str]) -> bool:
    value = _bare(row.matched)
    return bool(value) and any(value in own or own in value for own in mine)


def _bare(text: str) -> str:
    """Return a number without anything but its digits and letters, half-width capitals."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())


def _messages(rows: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.message or row.suggestion for row in rows))


def own_values(case: Case) -> tuple[str, ...]:
    """Return what the applicant told about themselves, as it may stand in their own reply; empty after erasure."""
    known: Mapping[str, str] = particulars(case)
    return tuple(value for key, value in known.items() if value and key != "id_kind")


def require_clear(*, case: Case, name: str, data: bytes, leaves: bool = False) -> None:
    """Raise Refused, with what stands in the way and what to do, unless the file may go to the applicant.

    `leaves`: the file goes out now, so that what is about others must have been let pass as well.
    """
    faults = faults_of(name=name, data=data, own=own_values(case))
    if faults.is_clear:
        left = open_findings(case=case, sha256=sha256(data).hexdigest(), faults=faults) if leaves else ()
        if left:
            raise Refused(
                f"答复附件“{name[:60]}”里有 {len(left)} 处申请人以外的人的信息还没有人判断：{_joined(tuple(dict.fromkeys(row.message for row in left)))}",
                remedy="请遮挡后重新添加，或由有权的人在案卷的文件栏“检查与放行”中写明理由放行",
                code="requests.reply_file_to_judge",
            )
        return
    require_faultless(faults, name=name)


def require_faultless(faults: ReplyFaults, *, name: str, whom: str = "申请人") -> None:
    """Raise Refused when a file holds what nobody may let pass: nothing readable, something hidden, numbers of others."""
    if faults.is_clear:
        return
    where = f"“{name[:60]}”"
    if faults.unreadable:
        message, code = (
            f"答复附件{where}读不了或有危险，不能送给{whom}：{_joined(faults.unreadable)}",
            "unreadable",
        )
        remedy = "请用原软件打开后另存为常用格式，去掉口令，再添加"
    elif faults.hidden:
        message, code = (
            f"答复附件{where}里藏有看不见的内容，不能送给{whom}：{_joined(faults.hidden)}",
            "hidden",
        )
        remedy = "请勾选“存清理后的副本”再添加一次，看得见的内容不变；或者在原软件中删除后再添加"
    else:
        message, code = (
            f"答复附件{where}里有{whom}以外的人的号码，不能送给{whom}：{_joined(faults.personal)}",
            "personal",
        )
        remedy = "请遮挡或涂黑别人的号码后再添加"
    raise Refused(message, remedy=remedy, code=f"requests.reply_file_{code}")


def _joined(messages: tuple[str, ...]) -> str:
    more = f"等 {len(messages)} 处" if len(messages) > _SHOWN else ""
    return "；".join(messages[:_SHOWN]) + more


def clean_copy(*, name: str, data: bytes) -> tuple[str, bytes]:
    """Return name and bytes of a copy without hidden content; the reader sees the same. Raises Refused when none can be made."""
    suffix = Path(name).suffix.lower()
    fresh = Path(name).stem + _MODERN.get(suffix, suffix)
    with tempfile.TemporaryDirectory(prefix="gongkai-reply-") as folder:
        source, target = (
            Path(folder) / f"original{suffix}",
            Path(folder) / f"copy{_MODERN.get(suffix, suffix)}",
        )
        source.write_bytes(data)
        done = attachments.clean(source, target)
        if done.is_written:
            return fresh, target.read_bytes()
    left = "；".join(str(row["message"]) for row in done.still[:_SHOWN])
    raise Refused(
        f"“{name[:60]}”的清理没有完成：{left}",
        remedy="请用原软件处理后再添加",
        code="requests.reply_file_not_clean",
    )
