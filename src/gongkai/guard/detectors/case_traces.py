"""Traces of patients (流调轨迹): reports on an outbreak that let people recognise who fell ill, in prose and in tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_CASE = re.compile(
    r"(?:(?:确诊|疑似)?病例|带菌者|排菌者|该患者|无症状感染者|感染者|密切接触者|密接者?|阳性人员)\s?[0-9一二三四五六七八九十]{0,3}\s?(?:[：:，,（(]|(?=[\u4e00-\u9fff][某×*])|(?=[男女][，,、])|(?=[为系是]))"
)
# of a patient only where the words speak of an outbreak
_PATIENT_CASE = re.compile(r"患者(?=[\u4e00-\u9fff·]{2,5}[，,（])|患[儿者](?=[，,：:])")
_OUTBREAK = re.compile(r"流调|疫情|密接|输入|风险提示|轨迹|活动史|传染源")
# somebody described without being called a case, where the paragraph speaks of an infection
_DESCRIBED_ONE = re.compile(
    r"[\u4e00-\u9fff]某{1,2}[，,（(]\s?(?:[男女][，,、]\s?)?[0-9]{1,3}(?:周)?岁|(?:某)?[男女](?:性|子)?[，,、]\s?[0-9]{1,3}(?:周)?岁|[0-9]{1,3}(?:周)?岁[，,、的]?(?:男|女)(?![士儿])|(?:首发者?|个案|首例|死者|患儿|患者)(?:为|系|是|：)"
)
_INFECTION = re.compile(
    r"流调|流行病学|疫情|密接|密切接触|轨迹|活动史|传染源|个案|首发|本土|聚集性|输入性|登革热|麻疹|布病|布鲁氏|诺如|霍乱|鼠疫|疟疾|猴痘|百日咳|流感|新冠|结核|[甲乙丙丁戊]型肝炎|疥疮|风疹|腮腺炎|红眼病|感染性腹泻|呕吐腹泻|伤寒|痢疾|甲肝|戊肝|出血热|狂犬病|炭疽|手足口|水痘|流脑|乙脑|白喉|猩红热|钩体|血吸虫|恙虫病|基孔肯雅"
)
_MOVED = re.compile(
    r"全家住|父亲在|母亲在|乘坐|驾驶|骑|前往|返回|返|到过|曾到|曾在|去过|就诊|上班|上课|聚餐|就餐|参加|购|逛|逗留|帮|接触|居家|在家|发病|打工|[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}[日时]"
)
_TRADE = re.compile(
    r"(?<=[，,、为系是])[\u4e00-\u9fff]{0,12}(?:师|工|员|摊主|羊倌|者|老板|店主|店长|教练|司机|商贩|农民|渔民|牧民|个体户|养殖户|经营户|干部|学生|幼儿|老汉|村民|居民|老人)(?=[，,。；）)（(])"
)
_DWELLS = re.compile(
    r"(?:家住|现住|租住|居住|暂住|同住|住)[于在]?[\u4e00-\u9fff0-9]{3,16}|[为系是][\u4e00-\u9fff]{2,8}(?:村|社区|小区|屯|寨)(?!委|干部|书记)"
)
_CASE_WORDS = ("带菌者", "排菌者", "该患者", "病例", "感染者", "密接", "密切接触者", "阳性人员")
_TRACE = {
    "身份": re.compile(r"[男女](?=[，,、；。\s（(）)])|[\u4e00-\u9fff]某"),
    "年龄": re.compile(r"[0-9]{1,3}(?:周)?岁|[0-9]{1,2}月龄"),
    "职业": re.compile(
        r"(?:教师|司机|职工|收银员|店员|医生|分拣员|配送员|保育员|辅警|网格员|裁缝|木工|瓦工|电工|焊工|渔民|牧民|厨工|店长|主管|保安|工人|护士|医生|学生|会计|厨师|服务员|快递员|员工|干部|民警|老板|经营者|业主|从业人员|务工人员|售货员|销售员|保洁员|装卸工|驾驶员|摊主|摊贩|商户|店主|老板娘|外卖员|骑手|操作员|[\u4e00-\u9fff]{1,3}工|理发师|月嫂|家政|退休|农民|务农|营业员|护工|建筑工|技术员|经理|主播|中介)(?=[，,。；\s（(）)、]|$)"
    ),
    "住处": re.compile(
        r"(?:小区|家园|花园|公寓|新村|苑|村|社区|街道|路)[\u4e00-\u9fff0-9]{0,8}?[0-9一二三四五六七八九十]{1,4}(?:号楼|幢|栋|单元|室|组|号(?!线))|(?:住|居住|暂住)[于在]?[\u4e00-\u9fff]{2,14}(?:巷|弄|街|里|大道)[0-9]{1,4}号(?!线)"
    ),
    "车次座位": re.compile(
        r"[GDCKTZ][0-9]{1,4}次|[A-Z]{2}[0-9]{3,4}(?:次)?航班|[0-9]{1,2}车(?:厢)?\s?[0-9]{1,2}[A-F]|[0-9]{1,2}[A-F]座"
    ),
}
_TRACE["班级"] = re.compile(
    r"[一二三四五六七八九初高][一二三]?(?:年级)?[（(]?[0-9一二三四五六七八九十]{1,2}[)）]?班|[小中大托][一二三四五六]?班|年级(?!组)"
)
_TRACE["座位寝室"] = re.compile(
    r"第[0-9一二三四五六七八九十]{1,2}排|靠窗|靠门|邻座|同桌|[0-9]{2,4}(?:寝室|宿舍|室)|上铺|下铺|[0-9]{1,2}号铺"
)
_TELLING = frozenset(("职业", "住处", "车次座位", "班级", "座位寝室"))
_FEWEST_TRACES = 3


@detector("pii.case_trajectory")
def case_traces(reading: Reading) -> Iterator[Hit]:
    """Find reports on a patient's movements that let people recognise the patient (流调细节)."""
    for part in reading.parts:
        yield from _case_tables(part, reading)
        outbreak = _OUTBREAK.search(part.plain) is not None
        told: list[tuple[int, int]] = []
        for match in (
            *(_CASE.finditer(part.plain) if part.has_any(_CASE_WORDS) else ()),
            *(_PATIENT_CASE.finditer(part.plain) if outbreak else ()),
        ):
            _, end = part.line_span(match.start())
            text = part.plain[match.start() : min(end, match.start() + 220)]
            stop = _CASE.search(text, len(match[0]))
            text = text[: stop.start()] if stop else text
            kinds = [kind for kind, pattern in _TRACE.items() if pattern.search(text)]
            if len(kinds) >= _FEWEST_TRACES and not _TELLING.isdisjoint(kinds):
                length = max(pattern.search(text).end() for kind, pattern in _TRACE.items() if kind in kinds)  # type: ignore[union-attr]
                told.append((match.start(), match.start() + length))
                yield Hit(
                    part,
                    match.start(),
                    match.start() + length,
                    f"流调信息能认到人：{'、'.join(kinds)}；只公布场所与时段",
                    confidence=0.92,
                )
        yield from (
            hit
            for hit in _described_cases(part)
            if not any(start < (hit.end or 0) and (hit.start or 0) < end for start, end in told)
        )


_OF_CASES = re.compile(r"病例|流调|流行病学|疫情|密接|密切接触|轨迹|感染者")
_CASE_HEADING = re.compile(r"基本情况|个案|轨迹|活动|行程|暴露|流行病学|涉及场所|接触史")
_OFFICE_HELD = re.compile(
    r"(?:[组局院校行科处所站村镇店厂班部]长|主任|经理|书记|教授|律师|会计|老师)(?=[，,。；\s（(）)]|$)"
)


def _case_tables(part: PartReading, reading: Reading) -> Iterator[Hit]:
    """Yield tables of an outbreak whose rows give sex, age, trade or dwelling and movements of each case."""
    for table in part.tables:
        heads = " ".join(head.text for head in table.header or [])
        if not _CASE_HEADING.search(heads) or not _OF_CASES.search(reading.title + table.caption + heads):
            continue
        for row in table.body:
            text = "，".join(cell.text for cell in row)
            known = _TRACE["身份"].search(text) and _TRACE["年龄"].search(text)
            told = _TRADE.search(text) or _OFFICE_HELD.search(text) or _DWELLS.search(text)
            told = told or any(_TRACE[kind].search(text) for kind in _TELLING)
            if known and told and _MOVED.search(text):
                yield Hit(
                    part,
                    row[0].start,
                    row[-1].end,
                    "流调表能认到人：年龄、职业、住处和去向；只公布场所与时段",
                    confidence=0.85,
                )


def _described_cases(part: PartReading) -> Iterator[Hit]:
    """Yield somebody with sex, age, trade or dwelling and where they went, in a line about an infection."""
    done = -1
    if not part.has_any(("岁", "首发", "首例", "个案", "死者", "患儿", "患者")):
        return
    for match in _DESCRIBED_ONE.finditer(part.plain):
        left, end = part.line_span(match.start())
        if match.start() < done or part.table_at(match.start()):
            continue
        if not _INFECTION.search(part.plain, left, end):
            continue
        text = part.plain[match.start() : min(end, match.start() + 200)]
        lives, works = _DWELLS.search(text) or _TRACE["住处"].search(text), _TRADE.search(text)
        aged = _TRACE["年龄"].search(text)
        if (
            aged
            and _MOVED.search(text)
            and (lives or _TRACE["车次座位"].search(text))
            and (works or (lives and _TRACE["身份"].search(text)))
        ):
            done = end
            last = max(found.end() for found in (lives, works, aged) if found)
            yield Hit(
                part,
                match.start(),
                match.start() + last,
                "流调信息能认到人：年龄、职业、住处和去向；只公布场所与时段",
                confidence=0.85,
            )
