"""Rules for the metadata of a record (元数据规则): each broken rule is a finding with a place and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from gongkai.kernel.findings import Finding, Severity
from gongkai.records.core.kinds import DISCLOSURE, KINDS, TITLE_MAX_CHARACTERS, VALIDITY
from gongkai.records.core.topics import is_topic

RULE_VERSION = "metadata-1"
_NUMBER_WITH_YEAR = re.compile(r"[\u4e00-\u9fff·A-Za-z]+[〔\[［（(【﹝](\d{4})[〕\]］）)】﹞](第)?(\d+)号")
_BASIS_NUMBER = "GB/T 9704-2012"
_BASIS_ATTRIBUTE = "国办发〔2016〕80号"
_BASIS_PAGE = "国办公开办函〔2019〕61号"


def check_metadata(content: Mapping[str, Any], *, today: date) -> list[Finding]:
    """List what is wrong with the metadata, gravest first.

    `content` has the keys of the payload plus `disclosure_reason` and `published_before` (date of the first release or
    None); dates are ISO texts or None. `today` is the day on which the record would be published.
    """
    found = [*_required(content), *_dates(content, today), *_number(content), *_attribute(content)]
    found += [*_closed_lists(content), *_links(content)]
    return sorted(found, key=lambda finding: finding.severity.rank)


def _finding(
    rule: str, field: str, severity: Severity, message: str, remedy: str, basis: str, matched: str = ""
) -> Finding:
    return Finding(
        detector=f"metadata.{rule}",
        rule_version=RULE_VERSION,
        part=f"field:{field}",
        span=None,
        matched=matched[:40],
        severity=severity,
        confidence=1.0,
        suggestion=remedy,
        basis=basis,
        message=message,
    )


def _required(content: Mapping[str, Any]) -> Iterator[Finding]:
    title = (content.get("title") or "").strip()
    if not title:
        yield _finding("title_missing", "title", Severity.BLOCK, "没有标题", "填写标题", _BASIS_PAGE)
    elif len(title) > TITLE_MAX_CHARACTERS:
        yield _finding(
            "title_long",
            "title",
            Severity.BLOCK,
            f"标题有 {len(title)} 个字，超过 {TITLE_MAX_CHARACTERS} 个字",
            "缩短标题，其余内容移入正文",
            _BASIS_PAGE,
        )
    if not (content.get("issuer") or "").strip():
        yield _finding(
            "issuer_missing", "issuer", Severity.BLOCK, "没有发文机关", "填写发文机关全称", _BASIS_PAGE
        )
    if not (content.get("source") or "").strip():
        yield _finding("source_missing", "source", Severity.WARN, "没有写明来源", "填写信息来源", _BASIS_PAGE)
    if not content.get("blocks") and not content.get("attachments"):
        yield _finding(
            "body_empty", "body", Severity.BLOCK, "正文是空的", "填写正文，或放入附件", _BASIS_PAGE
        )
    if not content.get("catalogue"):
        yield _finding(
            "catalogue_missing",
            "catalogue_codes",
            Severity.WARN,
            "没有关联公开目录事项",
            "选择至少一个公开目录事项",
            "政府信息公开条例（国务院令第711号）第20条",
        )


def _dates(content: Mapping[str, Any], today: date) -> Iterator[Finding]:
    formed = _day(content.get("formed_date"))
    published = _day(content.get("published_before")) or today
    if formed is None:
        yield _finding(
            "formed_date_missing", "formed_date", Severity.BLOCK, "没有成文日期", "填写签发日期", _BASIS_PAGE
        )
        return
    if formed > today:
        yield _finding(
            "formed_date_future",
            "formed_date",
            Severity.BLOCK,
            f"成文日期 {formed.isoformat()} 在将来",
            "核对签发日期；尚未签发的文件不能发布",
            _BASIS_PAGE,
        )
    elif formed > published:
        yield _finding(
            "formed_after_published",
            "formed_date",
            Severity.BLOCK,
            f"成文日期 {formed.isoformat()} 晚于发布日期 {published.isoformat()}",
            "核对成文日期",
            _BASIS_PAGE,
        )
    effective, expires = _day(content.get("effective_date")), _day(content.get("expires_date"))
    if effective and expires and expires < effective:
        yield _finding(
            "expires_before_effective",
            "expires_date",
            Severity.BLOCK,
            "失效日期早于施行日期",
            "核对施行日期与失效日期",
            _BASIS_PAGE,
        )


def _number(content: Mapping[str, Any]) -> Iterator[Finding]:
    number = (content.get("document_number") or "").strip()
    found = _NUMBER_WITH_YEAR.fullmatch(number)
    if not found:
        return
    if "〔" not in number or "〕" not in number:
        yield _finding(
            "number_brackets",
            "document_number",
            Severity.BLOCK,
            "发文字号的年份没有用六角括号",
            "把年份括号改为〔〕",
            _BASIS_NUMBER,
            number,
        )
    if found[2] or (found[3].startswith("0") and len(found[3]) > 1):
        yield _finding(
            "number_padded",
            "document_number",
            Severity.WARN,
            "发文字号的序号不编虚位，不加“第”",
            "改为如“×卫发〔2020〕5号”",
            _BASIS_NUMBER,
            number,
        )
    formed = _day(content.get("formed_date"))
    if formed and int(found[1]) not in {formed.year, formed.year - 1}:
        yield _finding(
            "number_year",
            "document_number",
            Severity.WARN,
            f"发文字号的年份 {found[1]} 与成文日期 {formed.isoformat()} 不符",
            "核对发文字号与成文日期",
            _BASIS_NUMBER,
            number,
        )


def _attribute(content: Mapping[str, Any]) -> Iterator[Finding]:
    disclosure = content.get("disclosure")
    if disclosure not in DISCLOSURE:
        yield _finding(
            "disclosure_missing",
            "disclosure",
            Severity.BLOCK,
            "没有确定公开属性",
            "选择公开属性",
            _BASIS_ATTRIBUTE,
        )
    elif disclosure != "active":
        label = DISCLOSURE[disclosure]
        if not (content.get("disclosure_reason") or "").strip():
            yield _finding(
                "disclosure_reason_missing",
                "disclosure_reason",
                Severity.BLOCK,
                f"公开属性为“{label}”，没有说明理由",
                "写明不主动公开的理由",
                _BASIS_ATTRIBUTE,
            )
        yield _finding(
            "disclosure_not_active",
            "disclosure",
            Severity.BLOCK,
            f"公开属性为“{label}”，不能在网站发布",
            "确需发布的，经公开机构审查后改为主动公开",
            _BASIS_ATTRIBUTE,
        )


def _closed_lists(content: Mapping[str, Any]) -> Iterator[Finding]:
    if content.get("kind") not in KINDS:
        yield _finding(
            "kind_unknown", "kind", Severity.BLOCK, "信息类别不在清单中", "选择信息类别", _BASIS_PAGE
        )
    topic = content.get("topic") or {}
    major, minor = topic.get("major") or "", topic.get("minor") or ""
    if (major or minor) and not is_topic(major, minor):
        yield _finding(
            "topic_unknown",
            "topic_major",
            Severity.BLOCK,
            f"主题分类“{major} {minor}”不在清单中",
            "按 22 个大类选择主题分类",
            _BASIS_PAGE,
        )
    elif not major:
        yield _finding(
            "topic_missing", "topic_major", Severity.WARN, "没有主题分类", "选择主题分类", _BASIS_PAGE
        )
    if (content.get("validity") or {}).get("state", "valid") not in VALIDITY:
        yield _finding(
            "validity_unknown",
            "validity_state",
            Severity.BLOCK,
            "有效性不在清单中",
            "选择有效性",
            _BASIS_PAGE,
        )


def _links(content: Mapping[str, Any]) -> Iterator[Finding]:
    if content.get("kind") == "interpretation" and not content.get("interprets"):
        yield _finding(
            "interpretation_unlinked",
            "interprets",
            Severity.BLOCK,
            "政策解读没有关联被解读的文件",
            "选择被解读的文件",
            _BASIS_ATTRIBUTE,
        )
    validity = content.get("validity") or {}
    if validity.get("state") in {"amended", "repealed"} and not (validity.get("by") or validity.get("note")):
        yield _finding(
            "validity_unexplained",
            "validity_note",
            Severity.BLOCK,
            "没有写明由哪个文件修改或废止",
            "选择修改、废止它的文件，或写明依据",
            _BASIS_PAGE,
        )


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value[:10]) if value else None
