"""Document numbers (发文字号) and names of issuing bodies, as they stand alone on a line."""

from __future__ import annotations

import re

_OPEN, _CLOSE = r"[〔\[［（(【﹝]", r"[〕\]］）)】﹞]"
_NUMBER = re.compile(
    rf"(?P<code>[\u4e00-\u9fff·A-Za-z]{{1,20}}){_OPEN}(?P<year>\d{{4}}|[×xX*＊]{{4}}){_CLOSE}(?P<serial>第?\d{{1,5}})号"
)
_ORDER = re.compile(r"(?:[\u4e00-\u9fff]{2,40}(?:令|公告|通告))?(?:第\d{1,4}号|\d{4}年第\d{1,4}号)")
_LABELLED = re.compile(r"(?:发\s*文\s*字\s*号|文\s*件\s*编\s*号|文\s*号|发文文号)[:：]\s*(?P<value>\S.*)")
_BODY_END = (
    r"(?:人民政府|政府|委员会|卫健委|卫健局|卫计委|卫生局|健康局|办公厅|办公室|党组|党委|工委|总局|分局|局|委|厅|部|署|院|所|站|"
    r"中心|爱卫办|疫情办|防控办|信息办|总站|管理处|处|科|协会|学会|指挥部|领导小组|小组|大队|支队|红十字会|总工会|联合会|集团|公司|学校|大学)"
)
_BODY = re.compile(
    rf"[\u4e00-\u9fffA-Za-z（）()·\dXx×*＊○]{{1,40}}{_BODY_END}(?:[（(][^（）()]{{1,12}}[)）])?"
)
_MARK = re.compile(r"(?P<body>.{2,60}?)[\s　]*文[\s　]*件")


def document_number(line: str) -> str | None:
    """This function will give the document number if the line is nothing else, brackets brought to 〔〕."""
    text = re.sub(r"[\s　]+", "", line)
    labelled = _LABELLED.fullmatch(line.strip())
    if labelled:
        text = re.sub(r"[\s　]+", "", labelled.group("value"))
    text = re.sub(r"签发人[:：].*$", "", text)
    if text[:1] in "（(" and text[-1:] in "）)":
        text = text[1:-1]
    found = _NUMBER.fullmatch(text)
    if found:
        return f"{found['code']}〔{found['year']}〕{found['serial']}号"
    return text if _ORDER.fullmatch(text) else None


def has_standard_brackets(line: str) -> bool:
    return "〔" in line and "〕" in line


def is_body_name(line: str) -> bool:
    """True if the line reads as names of public bodies (机关名称), one or several parted by blanks."""
    names = re.split(r"[\s　、]+", line.strip())
    return bool(names) and all(_BODY.fullmatch(name) for name in names if name) and len(line) <= 120


def body_names(line: str) -> list[str]:
    """Split a signature line into names; letters spaced out (卫 生 局) are brought together."""
    parts = [p for p in re.split(r"[\s　]+", line.strip()) if p]
    if all(_BODY.fullmatch(part) for part in parts):
        return parts
    return ["".join(parts)]


def is_spaced_body(line: str) -> bool:
    return bool(_BODY.fullmatch(re.sub(r"[\s　]+", "", line)))


def issuer_mark(line: str) -> str | None:
    """This function will give the body in a red head 某某卫生健康局文件, else None."""
    found = _MARK.fullmatch(line.strip())
    if found is None:
        return None
    name = re.sub(r"[\s　]+", "", found["body"])
    return name if _BODY.fullmatch(name) else None
