"""The rule files of this room as frozen dataclasses (依申请公开的规则)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal, TypeVar

from gongkai.kernel.regulations import read_yaml, regulations_dir
from gongkai.kernel.rules import Confidence, build

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SignatureSlot:
    """One of the signatures a reply needs (双签的一栏)."""

    id: str
    name: str
    roles: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@dataclass(frozen=True, slots=True)
class Channel:
    """How a request arrives, and which day counts as its receipt (渠道与收到日)."""

    id: str
    name: str
    receipt: Literal["arrived", "signed", "confirmed"]
    proof: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    confirm_clock: str | None = None
    online_default: Literal["submission", "confirmation"] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A coded choice with its name and ground."""

    id: str
    name: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    is_organisation: bool = False


@dataclass(frozen=True, slots=True)
class ServiceWay:
    """How a letter is served, and which day counts (送达方式)."""

    id: str
    name: str
    served: Literal["posted", "signed", "available"]
    proof: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@dataclass(frozen=True, slots=True)
class ReplyWaiverRule:
    """Which findings about others in a reply file may be let pass, and by whom (答复附件的留痕放行)."""

    id: str
    name: str
    detectors: tuple[str, ...]
    roles: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Figures of the room that no law fixes (房间设置)."""

    id: str
    near_days: int
    release_after_working_days: int
    same_subject_requests: int
    query_code_bytes: int
    draft_days: int
    similar_share: float
    similar_months: int
    effort_bits: int
    tries_with_effort: int
    tries_without_effort: int
    complaint_keep_days: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    note: str = ""

    def __post_init__(self) -> None:
        if self.query_code_bytes < 16:
            raise ValueError("查询码不得少于 16 字节（128 位）")


@dataclass(frozen=True, slots=True)
class RoomRules:
    """Everything of `regulations/requests/room.yaml`; `reply_waivers` by detector."""

    signatures: tuple[SignatureSlot, ...]
    channels: Mapping[str, Channel]
    applicant_kinds: Mapping[str, NamedRule]
    supplement_grounds: Mapping[str, NamedRule]
    service_ways: Mapping[str, ServiceWay]
    reply_waivers: Mapping[str, ReplyWaiverRule]
    forms: tuple[str, ...]
    ways: tuple[str, ...]
    notices: Mapping[str, str]
    settings: Settings
    extra: Mapping[str, Any] = field(default_factory=dict)


def _rows(raw: Any, key: str, cls: type[T]) -> tuple[T, ...]:
    return tuple(build(cls, row, file="requests/room.yaml", rule_id=str(row.get("id"))) for row in raw[key])


@lru_cache(maxsize=1)
def room_rules() -> RoomRules:
    """Load the room's rules; a file that cannot be right raises RuleError."""
    raw = read_yaml(regulations_dir() / "requests" / "room.yaml")
    signatures = _rows(raw, "signatures", SignatureSlot)
    if len(signatures) < 2:
        raise ValueError("requests/room.yaml：双签至少要有两栏")
    return RoomRules(
        signatures=signatures,
        channels={row.id: row for row in _rows(raw, "channels", Channel)},
        applicant_kinds={row.id: row for row in _rows(raw, "applicant_kinds", NamedRule)},
        supplement_grounds={row.id: row for row in _rows(raw, "supplement_grounds", NamedRule)},
        service_ways={row.id: row for row in _rows(raw, "service_ways", ServiceWay)},
        reply_waivers={
            detector: row
            for row in _rows(raw, "reply_waivers", ReplyWaiverRule)
            for detector in row.detectors
        },
        forms=tuple(raw["forms"]),
        ways=tuple(raw["ways"]),
        notices={str(verb): str(words) for verb, words in raw["notices"].items()},
        settings=_rows(raw, "settings", Settings)[0],
    )


def receipt_day(
    *, channel: str, arrived: date, signed: date | None, confirmed: date | None, online: str = ""
) -> tuple[date | None, str]:
    """Return the day that counts as receipt and why (收到日); None while it waits for the confirmation of both sides.

    `online` is the authority's own choice for requests from the internet, `submission` or `confirmation`.
    Basis: 政府信息公开条例 第31条, as `regulations/requests/room.yaml` holds it by channel.
    """
    rule = room_rules().channels[channel]
    submission = rule.online_default is not None and (online or rule.online_default) == "submission"
    if rule.receipt == "arrived" or submission:
        return arrived, "arrived"
    if rule.receipt == "signed":
        return signed or arrived, "signed"
    return confirmed, "confirmed"
