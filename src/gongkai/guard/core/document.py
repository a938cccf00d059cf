"""What is checked: a document of parts, and the circumstances (情境) in which it is to be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from gongkai.guard.parts import Part


@dataclass(frozen=True, slots=True)
class Document:
    """The parts of one document, in reading order."""

    parts: tuple[Part, ...]

    @classmethod
    def of_text(cls, text: str, title: str = "") -> Document:
        """Return a document of one body part named `text`, and a part named `title` when a title is given."""
        head = (Part("title", title, kind="title"),) if title else ()
        return cls((*head, Part("text", text)))


@dataclass(frozen=True)
class Context:
    """Circumstances that change a verdict (情境): allow-lists, own names, the kind of page, the day of publication.

    `org_names`: own and related bodies, full and short. `public_numbers`, `public_accounts`: numbers the office itself
    made public; compared by their digits. `field_whitelist`: column headings that the law lets this page show.
    `page_type`: `disclosure` (主动公开, the default), `welfare_list`, `personnel`, `enforcement`, `internal`, …
    `attachment_names`: names of the files that go out with the document, None when unknown.
    `extra`: the office's own lists, laid over those of `regulations/guard` (same keys).
    `mask_level`: `standard`, `strict`, or empty for strict in tables and lists and standard elsewhere.
    """

    org_names: tuple[str, ...] = ()
    public_numbers: frozenset[str] = frozenset()
    public_accounts: frozenset[str] = frozenset()
    field_whitelist: frozenset[str] = frozenset()
    page_type: str = ""
    publish_date: date | None = None
    own_credit_codes: frozenset[str] = frozenset()
    attachment_names: tuple[str, ...] | None = None
    source: str | None = None
    own_domains: tuple[str, ...] = ()
    mask_level: str = ""
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), compare=False)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Context:
        """Read the keys of the guard configuration file; unknown keys go to `extra`.

        Raises ValueError naming the key when a value has the wrong shape.
        """
        known: dict[str, Any] = {}
        extra = dict(config.get("extra") or {})
        for key, value in config.items():
            if value is None or key == "extra":
                continue
            if key in _SETS:
                known[key] = frozenset(_digits_or_text(key, item) for item in _strings(key, value))
            elif key in _TUPLES:
                known[key] = tuple(_strings(key, value))
            elif key == "publish_date":
                known[key] = _day(value)
            elif key in ("page_type", "mask_level", "source"):
                known[key] = str(value)
            else:
                extra[key] = value
        return cls(**known, extra=MappingProxyType(extra))


_SETS = ("public_numbers", "public_accounts", "field_whitelist", "own_credit_codes")
_TUPLES = ("org_names", "attachment_names", "own_domains")


def _strings(key: str, value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return [str(item) for item in value]
    raise ValueError(f"检查配置的 {key} 应是一列文字，现在是 {type(value).__name__}；请改成列表")


def _digits_or_text(key: str, item: str) -> str:
    if key in ("public_numbers", "public_accounts"):
        return "".join(ch for ch in item if ch.isdigit())
    return item.strip()


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"检查配置的 publish_date 应是 YYYY-MM-DD，现在是“{value}”；请改正") from None
