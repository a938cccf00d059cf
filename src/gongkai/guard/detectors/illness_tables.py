"""Illness in lists (名单中的病情): tables that set a name and an illness in one row, or are headed by what those listed have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.care_matters import matters
from gongkai.guard.core.persons import is_name
from gongkai.guard.core.reading import PartReading
from gongkai.guard.core.registry import Hit
from gongkai.guard.core.tables import Cell, Table
from gongkai.guard.detectors.illness_words import diseases, findings, ill_title, treated_title, treatments
from gongkai.guard.detectors.name_columns import MAY_NAME, name_columns

_ILLNESS_HEADING = re.compile(
    r"不合格(?:项目|原因)|(?:筛查|检查|检测|检验|化验|体检|诊断|复查|评估|鉴定|培养|试验|随访)(?:结果|结论|情况)|所见$|异常|伤情|术式|手术名称|病种|疾病|诊断|病情|病名|病史|残疾(?:类别|等级|级别|类型)|致贫原因|健康状况|患病|病毒载量|CD4|用药方案|治疗方案|健康情况|异常(?:项目|结果|指标)|缺陷|畸形|不良反应|^反应$|过敏|用药$|治疗药品|诊断分型|体检(?:结论|结果)|检查(?:结果|所见)|阳性|主诉|症状|死因|死亡原因|伤情|检测结果|检验结果|化验结果"
)
_WORK_HEADING = re.compile(
    r"专长|擅长|科室|职称|职务|专业|研究|课题|讲座|主讲|执业范围|工作单位|(?<!签约)(?<!责任)(?<!主治)(?<!经治)(?<!主管)(?<!家庭)(?<!接诊)(?:医师|医生)|(?<!报考)(?<!应聘)(?<!招聘)岗位|题目|(?<!检)(?<!查)(?<!验)(?<!常)(?<!术)(?<!疗)(?<!合格)(?<!阳性)(?<!可疑)(?<!异常)项目"
)
_MATTER_HEADING = re.compile(r"疫苗|应种|补种|接种|讲题|内容|事由|用途|科目|名称(?<!疾病名称)(?<!病种名称)")


_PATIENT_HEADING = re.compile(
    r"^(?:.{0,4}诊断|病种|病名|疾病(?:名称)?|感染部位|(?:检查|体检|检测|筛查|化验)结果|异常(?:项目|结果|情况)|死因|转归|住院号|病案号|床号)$"
)
_STAFF_HEADING = re.compile(r"专长|擅长|职称|职务|专业|研究|课题|讲座|主讲|执业范围|题目")


def _is_of_staff(table: Table) -> bool:
    """Tell whether a list is one of staff and their subjects; a ward beside a diagnosis is one of patients."""
    heads = [head.text for head in table.header or []]
    if any(_PATIENT_HEADING.match(text) for text in heads):
        return any(_STAFF_HEADING.search(text) for text in heads)
    return any(_WORK_HEADING.search(text) for text in heads)


# what happened to somebody, in whatever list: there an illness is theirs, even in a list of staff
_HAPPENED_HEADING = re.compile(
    r"原因|事由|缘由|备注|说明|情况$|结论|结果|转归|反应$|症状|诊断|伤情|病情|病种|缺勤|请假|调整|可疑|培养|胸片|肝功|血压|血糖|心电图|B超|彩超|抗体|抗原|核酸|视力|听力|[检化]验|筛查|治疗$|用药$|透析|手术|健康|出险"
)


def in_tables(part: PartReading, title: str = "") -> Iterator[Hit]:
    """Yield lists that set names beside illnesses, or whose title or caption says what those listed have."""
    for table in part.tables:
        if table.header is None:
            continue
        names = name_columns(table, part.lexicon)
        if not names:
            yield from _named_in_rows(part, table)
            continue
        happened = {head.column for head in table.header if _HAPPENED_HEADING.search(head.text)}
        if _is_of_staff(table):
            others = {head.column for head in table.header} - happened
            rows = [
                row for row in table.body if _row_tells(part, row, names | others, set(), names, happened)
            ]
            if happened and rows:
                yield _told(part, rows)
            continue
        if _is_list_of_ill(part, table, title):
            message = "名单的标题说明所列的人患病，姓名与病情可以对应"
            yield Hit(part, *table.rows_span(), message, confidence=0.92)
            continue
        ill = {head.column for head in table.header if _is_of_illness(part, head.text)}
        matter = {head.column for head in table.header if _MATTER_HEADING.search(head.text)} - happened
        rows = [
            row for row in table.body if _row_tells(part, row, names | matter, ill - matter, names, happened)
        ]
        if rows:
            yield _told(part, rows)


def _is_of_illness(part: PartReading, heading: str) -> bool:
    """Tell whether what stands below a heading is somebody's illness, because it says so or names a treatment (抗病毒治疗)."""
    if _MATTER_HEADING.search(heading):
        return False
    return (
        _ILLNESS_HEADING.search(heading) is not None or treatments(part.lexicon).search(heading) is not None
    )


def _named_in_rows(part: PartReading, table: Table) -> Iterator[Hit]:
    """Yield rows of a list without a column of names that tell, in a column of reasons, an illness beside somebody's name."""
    happened = {head.column for head in table.header or [] if _HAPPENED_HEADING.search(head.text)}
    if not happened or _is_of_staff_only(table):
        return
    rows = []
    for row in table.body:
        others = {cell.column for cell in row} - happened
        names = {cell.column for cell in row if cell.column in others and is_name(cell.text, part.lexicon)}
        if names and _row_tells(part, row, others, set(), names, happened):
            rows.append(row)
    if rows:
        yield _told(part, rows)


def _is_of_staff_only(table: Table) -> bool:
    """Tell whether a list is one of experts and what they lecture on or treat."""
    return any(_STAFF_HEADING.search(head.text) for head in table.header or [])


def _told(part: PartReading, rows: list[list[Cell]]) -> Hit:
    message = f"名单里能认出的人与病情同列一行，共{len(rows)}行"
    return Hit(part, rows[0][0].start, rows[-1][-1].end, message, confidence=0.96)


def _is_list_of_ill(part: PartReading, table: Table, title: str) -> bool:
    """Tell whether the caption or the line above says that those listed have an illness (严重精神障碍患者名单)."""
    start = table.span[0]
    above = part.plain[max(0, start - 80) : start].strip().rsplit("\n", 1)[-1]
    heads = " ".join(head.text for head in table.header or [])
    named = f"{table.caption} {above} {title} {part.part.name} {heads}"
    return (
        ill_title(part.lexicon).search(named) is not None
        or treated_title(part.lexicon).search(named) is not None
    )


_NO_ILLNESS = frozenset(
    (
        "无",
        "良好",
        "健康",
        "正常",
        "合格",
        "阴性",
        "未见异常",
        "无异常",
        "符合",
        "通过",
        "否",
        "/",
        "—",
        "-",
        "无特殊",
        "不合格",
        "待复检",
        "待复查",
        "复检",
        "待定",
    )
)


_MEASURED = re.compile(
    r"[0-9.]+\s?(?:U/L|IU|[mμu]mol|mmHg|g/L|ng|pg|cm|mm)|缺乏|[↑↓]|偏[高低]|阳性|升高|减[退低]|≥|超标"
)


def _tells_of_body(part: PartReading, text: str) -> bool:
    """Tell whether a cell of results or reasons tells of care, suffering or a value that was measured."""
    return _MEASURED.search(text) is not None or any(one.weight > 1 for one in matters(text, part.lexicon))


_PERSON_CELL = re.compile(r"[\u4e00-\u9fff·]{2,9}(?:[，,（(][男女0-9].*)?")


def _row_tells(
    part: PartReading,
    row: list[Cell],
    left_out: set[int],
    ill: set[int],
    names: set[int],
    happened: set[int],
) -> bool:
    """Tell whether a row names somebody and tells, in a column that is not left out, of an illness."""
    named = any(
        cell.column in names and (MAY_NAME.fullmatch(cell.text) or _PERSON_CELL.fullmatch(cell.text))
        for cell in row
    )
    return named and any(
        (cell.column in ill and cell.text and cell.text not in _NO_ILLNESS)
        or diseases(cell.text, part.lexicon)
        or any(pattern.search(cell.text) for pattern in (treatments(part.lexicon), *findings(part.lexicon)))
        or (cell.column in happened and _tells_of_body(part, cell.text))
        for cell in row
        if cell.column not in left_out
    )
