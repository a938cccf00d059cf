"""Other marks of a person (其他个人标识): passports, patient numbers, private mail, number plates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.masking import mask
from gongkai.guard.core.persons import find_names
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_PERMIT_LABEL = re.compile(r"护照|通行证|回乡证|台胞证|证件号|证件号码")
_PASSPORT = re.compile(r"(?<![A-Za-z0-9/])[EDSPG][A-HJ-NP-Z]?[0-9]{7,8}(?![0-9A-Za-z])")
_PERMIT = re.compile(r"(?<![A-Za-z0-9/])[CHM][A-HJ-NP-Z]?[0-9]{7,10}(?![0-9A-Za-z])")
_MEDICAL = re.compile(
    r"(?:号码?|编码|编号|条码|条形码|ID号?)[\s：:|\t（(）)”为是]{0,4}([A-Za-z]{0,3}-?[0-9][0-9A-Za-z-]{4,23})(?![0-9A-Za-z*×])"
)
# a card named without 号, its number right behind (就诊卡J00387162)
_CARD = re.compile(
    r"(?:就诊卡|诊疗卡|健康卡|医保卡|社保卡|病历号?|病案号?|住院号?|门诊号|接种证|出生证|体检号|病理号)[\s：:（(为是]{0,2}([A-Za-z]{0,3}-?[0-9][0-9A-Za-z-]{4,23})(?![0-9A-Za-z*×年月])"
)
_MEDICAL_LABEL = re.compile(
    r"(?:患者|病人|住院(?:登记|卡)?|门诊(?:病历|卡)?|健康卡|病案|病历|病例档案|就诊卡?|诊疗卡|健康卡|(?:医保|医疗保险|医疗保障)(?:卡|个人)?(?:电脑)?|社会保障卡?|社保卡?|出生医学证明(?:书)?证?|出生证|(?:预防)?接种(?:个案|者)?[证卡]?|儿童(?:个案)?|体检|检[验查][单标]?本?|标本|CT|MRI|MR|X光|B超|超声|彩超|心电图?|内镜|胃镜|肠镜|病理切片|就医|母子健康手册|保健手册|产检卡|麻醉|手术登记|采血|样本|放射|影像|病理|条码|(?:居民)?健康(?:档案|卡)|ICU|急诊|留观|透析|床位登记)$"
)
# 检查编号 of an inspection by the authority is public; that of an examination names a patient
_INSPECTION = re.compile(
    r"执法|监督|双随机|抽查|巡查|督查|检查(?:对象|人员|机关|事项|类型|主体|方式)|被检查|整改|处罚"
)
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,40}@(?:vip\.)?(?:163|126|139|189|qq|sina|sohu|yeah|foxmail|gmail|hotmail|outlook|live|icloud|aliyun|tom|21cn|188|wo|yahoo|proton)\.(?:com\.cn|com|cn|net|me)(?![A-Za-z0-9])"
)
_PERSON_WORD = re.compile(
    r"我的?邮箱|发我|本人邮箱|先生|女士|老师|医生|护士|同志|联系人|收件人|姓名|本人|个人邮箱|家长|申请人|患者|经办人|[一-龥]工(?=[\s，,（(：:])"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?<![A-Za-z0-9〔].)[A-HJ-NP-Z][·•.\s]?(?=[A-HJ-NP-Z0-9]*[0-9])[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9〔\-号〕])"
    r"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•](?=[A-HJ-NP-Z0-9]*[0-9])[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_PLATE_WORD = re.compile(r"车|牌|驾驶|号牌|驶")
_FEWEST_DIGITS = 5


@detector("pii.passport_permit")
def passports(reading: Reading) -> Iterator[Hit]:
    """Find passport and permit numbers beside their label (护照、通行证号)."""
    for part in reading.parts:
        if not _PERMIT_LABEL.search(part.plain):
            continue
        for pattern in (_PASSPORT, _PERMIT):
            for match in pattern.finditer(part.plain):
                near = part.before(match.start(), 24) + part.heading_at(match.start())
                if _PERMIT_LABEL.search(near):
                    yield Hit(
                        part,
                        *match.span(),
                        "护照或通行证号码",
                        replacement=mask("passport", match[0]),
                        confidence=0.9,
                    )


@detector("pii.medical_no")
def patient_numbers(reading: Reading) -> Iterator[Hit]:
    """Find numbers that name a patient: admission, outpatient, record, insurance, birth paper, vaccination (就医编号)."""
    for part in reading.parts:
        for match in _MEDICAL.finditer(part.plain):
            digits = sum(char.isdigit() for char in match[1])
            label = _MEDICAL_LABEL.search(part.before(match.start(), 12))
            if (
                digits >= _FEWEST_DIGITS
                and len(match[1]) >= 6
                and label is not None
                and not (label[0] == "检查" and _INSPECTION.search(part.plain))
                and not (label[0].startswith("出生") and "空白" in part.before(match.start(), 24))
            ):
                yield Hit(
                    part,
                    *match.span(1),
                    "可以查到本人就医记录的编号",
                    replacement=mask("medical", match[1]),
                    confidence=0.95,
                )
        for match in _CARD.finditer(part.plain):
            if sum(char.isdigit() for char in match[1]) >= _FEWEST_DIGITS and len(match[1]) >= 6:
                yield Hit(
                    part,
                    *match.span(1),
                    "可以查到本人就医记录的编号",
                    replacement=mask("medical", match[1]),
                    confidence=0.9,
                )
        yield from _of_birth_papers(reading, part)
        yield from _in_columns(part)


_BIRTH_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Z][0-9]{9}(?![0-9A-Za-z])")
_OF_A_PAPER = re.compile(r"证|编号|号码|证号")
_BLANK_PAPERS = re.compile(r"空白|起止|号段|批号|发票")


def _of_birth_papers(reading: Reading, part: PartReading) -> Iterator[Hit]:
    """Yield the numbers of issued birth papers, whatever their heading is (原证编号, 新证号), in a text about such papers."""
    if not any(word in one.plain for word in ("出生医学证明", "出生证") for one in reading.parts):
        return
    for match in _BIRTH_NUMBER.finditer(part.plain):
        start, end = part.sentence_span(match.start())
        near = part.heading_at(match.start()) or part.before(match.start(), 16)
        if _OF_A_PAPER.search(near) and not _BLANK_PAPERS.search(part.plain, start, end):
            yield Hit(
                part,
                *match.span(),
                "出生医学证明编号",
                replacement=mask("medical", match[0]),
                confidence=0.95,
            )


_MEDICAL_HEADING = re.compile(
    r"(?:住院|门诊|病案|病历|就诊|诊疗|医保|社保|社会保障|(?:预防)?接种|儿童(?:个案)?|体检|检验|标本|影像|放射|病理|健康档案|居民健康卡|出生(?:医学)?证明?)(?:登记|个案|个人|电脑|证|卡|者|本|单|书)?(?:号码?|编号|编码|代码|ID)|就诊卡|诊疗卡|出生医学证明|居民健康档案号"
)
_MEDICAL_VALUE = re.compile(r"[A-Za-z]{0,3}[0-9][0-9A-Za-z-]{5,23}")


def _in_columns(part: PartReading) -> Iterator[Hit]:
    for table in part.tables:
        if table.header is None:
            continue
        columns = {head.column for head in table.header if _MEDICAL_HEADING.search(head.text)}
        for row in table.body if columns else []:
            for cell in row:
                if cell.column in columns and _MEDICAL_VALUE.fullmatch(cell.text):
                    yield Hit(
                        part,
                        cell.start,
                        cell.end,
                        "可以查到本人就医记录的编号",
                        replacement=mask("medical", cell.text),
                    )


@detector("pii.email_personal")
def private_mail(reading: Reading) -> Iterator[Hit]:
    """Find addresses at public mail services beside a person's name (个人邮箱)."""
    for part in reading.parts:
        if "@" not in part.plain:
            continue
        for match in _MAIL.finditer(part.plain):
            if match[0].lower() in {
                item.lower() for item in part.context.public_numbers | part.context.field_whitelist
            }:
                continue
            start, end = part.line_span(match.start())
            near_start, near_end = max(start, match.start() - 24), min(end, match.end() + 12)
            near = part.plain[near_start : match.start()] + " " + part.plain[match.end() : near_end]
            if _PERSON_WORD.search(near) or _has_name(part, near_start, near_end):
                yield Hit(
                    part,
                    *match.span(),
                    "个人使用的公共邮箱",
                    replacement=mask("email", match[0]),
                    confidence=0.85,
                )


def _has_name(part: PartReading, start: int, end: int) -> bool:
    return bool(find_names(part.plain, part.lexicon, start, end))


@detector("pii.plate")
def plates(reading: Reading) -> Iterator[Hit]:
    """Find number plates (机动车号牌)."""
    for part in reading.parts:
        for match in _PLATE.finditer(part.plain):
            dotted = any(mark in match[0] for mark in "·•")
            start, end = part.line_span(match.start())
            near = part.plain[max(start, match.start() - 20) : min(end, match.end() + 20)] + part.heading_at(
                match.start()
            )
            if dotted or _PLATE_WORD.search(near):
                yield Hit(
                    part, *match.span(), "机动车号牌", replacement=mask("plate", match[0]), confidence=0.9
                )
