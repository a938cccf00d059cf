"""Placeholders (占位符): what templates leave behind, told from the blanks of forms that their readers fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_UNIT_AFTER = r"(?:省|自治区|市|县|区|旗|镇|乡|街道|村|局|委|厅|院|所|站|单位|部门|公司|中心|医院|学校|年|月|日|号|万|亿|元|人|家|个|户|名|件|次|项|%|公里|平方米|文件|办法|同志|字|〔|卫|科|处|例|张|台|床|辆|套|批|条|天|小时|周|分钟|岁|位|所|间|场|期|篇|版)"
# a single cross before a measure word, and nothing that a name could be followed by
_COUNTED = r"(?=(?:家|个|人|名|项|次|件|元|万元|亿元|起|份|户|批|条|处|场|例|台|张|床|间|辆|套|%|％)(?:[，。；、,;）)]|$))"
_CROSSES = re.compile(
    rf"(?<![A-Za-z0-9*×Ｘ.])[XxＸ×]{{1,5}}\.[XxＸ×]{{1,3}}(?=\s?(?:万|亿|元|%|％))|(?<![A-Za-z0-9*×Ｘ])[XxＸ×]{{2,}}(?=\s?{_UNIT_AFTER})"
    r"|(?:(?:19|20)[XxＸ×*]{2}|[XxＸ×]{4})\s?年(?:\s?(?:[XxＸ×*]{1,2})\s?月)?(?:\s?(?:[XxＸ×*]{1,2})\s?日)?"
    r"|(?<![A-Za-z0-9XxＸ×])[XxＸ×]{1,2}月[XxＸ×]{1,2}日"
    r"|(?<=《)[XxＸ×]{2,}|(?<![0-9])0[0-9]{2,3}-[XxＸ×]{7,8}|20[XxＸ×]{2}[-/.][XxＸ×]{1,2}(?:[-/.][XxＸ×]{1,2})?|#(?:REF|N/A|VALUE|NAME|DIV/0|NULL)[!?]?|[￥¥]\s?[XxＸ×]{1,8}(?:\.[XxＸ×]{1,2})?|(?<=[至期间自于起：:])YYYY\s?[-/.]\s?MM(?:\s?[-/.]\s?DD)?(?![^，。\n]{0,10}格式)|YYYY\s?年(?:\s?MM\s?月)?(?:\s?DD\s?日)?"
    r"|(?<=[\u4e00-\u9fff])(?:[？?]{2,}(?=[家个张人件项例万元次名％%])|□{2,}(?=[\u4e00-\u9fff，。]))"
    r"|_{2,}\s?年\s?_{1,}\s?月(?:\s?_{1,}\s?日)?"
    r"|(?<=[\u4e00-\u9fff])[XＸ](?=(?:家|个|人|名|项|次|件|元|万元|亿元|起|份|户|批|条|处|场|期|年|月|日|%|％)(?![A-Za-z]))"
    rf"|(?<=[\u4e00-\u9fff])(?<!某)×{_COUNTED}"
    r"|(?<![0-9*＊])[*＊]{2,4}(?=[ ]?(?:万|亿|元|家|个|名|项|次|件|起|份|户|年|月|日|%|％|人|例|台|张|平方|公里|吨|天|小时|场|批|期|条|处|床))"
    r"|(?<=[：:])\s?(?:[XxＸ]{2,}|[×]{2,}|[*＊]{3,}|[?？]{3,})(?![A-Za-z0-9*×])"
)
_CROSS_TRIGGERS = ("__", "X", "x", "×", "YYYY", "#", "Ｘ", "**", "＊＊", "??", "？？", "□□")
_TEMPLATE = re.compile(
    r"\{\{[^{}\n]{0,60}\}\}|\$\{[^{}\n]{0,60}\}|<%[^%\n]{0,60}%>|\[\[[^\[\]\n]{0,60}\]\]"
    r"|(?<![A-Za-z])(?:TODO|TBD|FIXME|[Ll]orem ipsum)(?![A-Za-z])"
)
_TEMPLATE_TRIGGERS = ("{{", "${", "<%", "[[", "TODO", "TBD", "FIXME", "orem ipsum")
_UNFILLED = re.compile(
    r"[（(【\[]请(?:在|于)?[^）)】\]\n]{0,8}(?:填[入写报]|盖章|盖公章|签字|粘贴)[^）)】\]\n]{0,6}[）)】\]]|[（(【\[]此处[^）)】\]\n]{0,24}[）)】\]]|[：:（(]\s?(?:待定|待补|待补充|待填|待填写|待完善|待确认|待核实|暂缺)(?=[）)。，,；;\s]|$)|待补充|待填写"
    r"|[（(【\[](?:姓名|名称|单位|人员|日期|时间|地点|金额|数量|文号|电话|联系人|数据|内容|名单|附件)[^）)】\]\n]{0,4}(?:待定|待补|待填|待核|暂缺|暂空|略去|另补|后补)[）)】\]]"
    r"|[【\[（(]?(?:此处|请在此处?|点击此处|单击此处|在此处?)(?:请)?(?:填写|输入|插入|粘贴|添加|键入|补充|放置|替换|编辑|附上?|贴上?|盖章)[^。，\n】\])）]{0,16}[】\])）]?"
    r"|[（(【\[]\s?(?:待|尚待|另行|稍后|后续|随后)[\u4e00-\u9fff]{0,2}(?:上传|补充|补|填|填写|完善|确认|核实|更新|更换|替换|插入|提供|定|公布数据)\s?[）)】\]]|(?<=[：:])\s?(?:待上传|稍后上传|后续补充|另行补充|略（待补）)"
    r"|[（(【\[]具体[\u4e00-\u9fff]{1,6}(?:待定|待补|待填|待核|另补|后补)[\u4e00-\u9fff]?[）)】\]]|(?<=[\u4e00-\u9fff])待填(?=[家个件项例张台人次万亿元份])"
    r"|待(?:核定|确定|落实|审核|研究|明确|查实|统计|汇总|核对|定)(?:后)?(?:再)?(?:填写|填报|填入|补充|补填|补齐|填列)"
    r"|(?<=[：:])\s?[（(【\[](?:单位名称|姓名|名称|日期|年份|文号|地址|电话|金额|项目名称|联系人|单位|时间|地点)[）)】\]](?=[\s，。；;]|$)"
    r"|(?<=[：:])\s?请(?:输入|键入|选择)[^。，\n]{0,12}(?=$|[\n；;，。）)])"
    r"|某某(?:省|市|县|区|局|委|镇|乡|街道|卫健局|卫生健康局)(?!(?:级|民))"
)
_UNFILLED_TRIGGERS = (
    "请填",
    "请在",
    "请于",
    "待核",
    "称）",
    "名）",
    "期）",
    "话）",
    "址）",
    "位）",
    "名称】",
    "上传",
    "稍后",
    "后续",
    "另行",
    "待更新",
    "待替换",
    "待插入",
    "待提供",
    "暂空",
    "另补",
    "后填",
    "后再",
    "后补",
    "请输入",
    "请键入",
    "请选择",
    "待统计",
    "待汇总",
    "待定",
    "待补",
    "待填",
    "待完善",
    "待确认",
    "待核实",
    "暂缺",
    "此处",
    "在此",
    "某某",
)
# blanks for a date or a name that nobody filled in, and what a template tells its user
_BLANKS = re.compile(
    r"(?<=[于自至在到])[ \u3000]{2,}年[ \u3000]{2,}月(?:[ \u3000]{1,}日)?|(?:[ \u3000]{2,}年)?[ \u3000]{2,}月[ \u3000]{2,}日(?=前|起|止|之前|以前|至|召开|施行|开始|印发)|_{2,}年_{1,}月"
    r"|(?<=[：:￥¥第为至于共在])(?<![字名章][：:])[ \u3000]?_{3,}(?=[\u4e00-\u9fff，。；、%）)\s]|$)|(?<=[\u4e00-\u9fff])_{3,}(?=[\u4e00-\u9fff%])"
    r"|[#＃]{2,}[\u4e00-\u9fff]{1,10}[#＃]{2,}|<[\u4e00-\u9fff]{2,10}>|＜[\u4e00-\u9fff]{2,10}＞"
    r"|(?:请|需|应)(?:自行)?(?:替换|补充完整|修改为)(?:成|为)?(?:真实|实际|具体|正式|相应|本单位)?(?:的)?(?:内容|数据|信息|名称|日期|文字|标题)?(?=[。）)】\]！!]?[ \t]*$)"
    r"|(?:标题|正文|段落|副标题|小标题|内容|图片|姓名|名称|单位)(?:示例|样例|占位符)|示例(?:文字|文本|内容|标题|正文|图片|数据)|测试(?:标题|正文|文章|新闻|稿件|一下|内容|发布)|(?<=[）)：:])填写(?:单位|姓名|日期|标题|文号)(?:名称|全称)?(?=[）)】\]]|[ \t]*$)"
    r"|(?:文号|时间|地点|日期|名单|附件|图片|数据|金额|人选|名称|标题|联系人|电话)(?:暂|另行|尚)?(?:待定|待补|待填|待上传|待完善|待更新|待确认|待核实|待公布|待插入)(?![\u4e00-\u9fff])"
    r"|(?<![0-9])0{3,4}-0{7,8}(?![0-9])|(?<![0-9])1[38]0{9}(?![0-9])"
    r"|(?:（|\()(?:样例|示例|样本|样稿|模板|范例|范本|此处略|下同略)(?:）|\))(?=[ \t]*$)",
    re.MULTILINE,
)
_BLANK_TRIGGERS = ("年 ", "年\u3000", " 年", "\u3000年", "__", "##", "＃", "<", "＜", "替换", "填写", "补充", "补齐", "修改为", "示例", "样例", "占位", "模板", "测试", "待定", "待补", "待填", "待上传", "待完善", "待更新", "待确认", "待核实", "待公布", "待插入", "0000", "样本", "样稿", "范", "此处略")  # fmt: skip
_FILL_IN = r"(?:标题|名称|全称|单位|部门|科室|机关|日期|时间|年份|月份|地点|地址|姓名|人员|数字|数据|数量|金额|文号|人数|职务|附件|来源|联系人|电话|联系方式|内容|项目名)"
_BRACKETED_TRIGGERS = (
    "【",
    "[",
    "〔",
    "［",
    "{",
    "｛",
    "（填",
    "（请",
    "（待",
    "(填",
    "(请",
    "补）",
    "填）",
    "缺）",
    "插）",
    "附）",
    "传）",
    "改）",
    "充）",
    "写）",
    "供）",
    "善）",
    "（由",
    "定）",
    "略）",
    "（ ",
    "（\u3000",
    "( ",
    "(\u3000",
)
_BRACKETED = re.compile(
    rf"(?<=[\u4e00-\u9fff《])[〔［\[{{｛](?:具体|本|各|某|所属|有关|相关|实际)?[\u4e00-\u9fff]{{0,4}}{_FILL_IN}[〕］\]}}｝]"
    rf"|(?<=[\u4e00-\u9fff])【(?:具体|本|某|所属|实际)?[\u4e00-\u9fff]{{0,3}}{_FILL_IN}】(?=[\u4e00-\u9fff，。、])"
    r"|(?<=[\u4e00-\u9fff0-9：:])(?:【[ \u3000]*】|〔[ \u3000]*〕|［[ \u3000]*］|\[[ \u3000]*\])"
    r"|(?<=[\u4e00-\u9fff])[（(][ \u3000]{1,}[）)](?=\s?(?:[万亿%％‰]|[个人家次件项元例名台张期批场][^：:）]))"
    rf"|[（(](?:请)?(?:填写?|填入|输入|插入|补充|写明)(?:具体|本|各|实际|相应)?{_FILL_IN}[^（）()，。]{{0,4}}[）)]|[（(](?:请)?(?:填写|填入|补充)[）)]"
    rf"|[（(][^（）()，。]{{0,6}}(?:待补|待填|待核|待定|待插|待附|待传|待改|暂缺|后补|另补)[^（）()，。]{{0,3}}[）)]|"
    r"[（(](?:由|请)[^（）()，。]{2,10}(?:补充|填写|提供|完善)[）)]|"
    r"[【\[（(](?:请填写|请输入|填写|插入|标题|正文|姓名|单位名称|日期|年份|数字|样例|示例|模板|待)[^。，\n】\])）]{0,14}[】\]]"
)
_PLACEHOLDERS = (
    (_CROSSES, _CROSS_TRIGGERS),
    (_TEMPLATE, _TEMPLATE_TRIGGERS),
    (_UNFILLED, _UNFILLED_TRIGGERS),
    (_BRACKETED, _BRACKETED_TRIGGERS),
    (_BLANKS, _BLANK_TRIGGERS),
)
_COUNTER = re.compile(
    r"\s?(?:家|个|件|项|例|张|台|床|辆|套|批|次|万|亿|元|%|％|份|起|公里|平方米|天|小时|岁|月|医院|公司|文件)"
)
_NOT_BLANK = re.compile(r"染色体|综合征|型|线|染色|连锁|级")


@detector("txt.placeholder")
def placeholders(reading: Reading) -> Iterator[Hit]:
    """Find blanks that a template left behind (占位符、模板残留)."""
    for part in reading.parts:
        for pattern, triggers in _PLACEHOLDERS:
            if part.has_any(triggers):
                yield from _blanks(part, pattern, reading.title)
        yield from _unfilled_cells(part)


_UNFILLED_CELL = re.compile(
    r"[XxＸ×]{4,}|[（(]?待(?:补充?|填写?|完善|核实|更新|确认|统计|汇总|上传)[）)]?|[?？]{2,}"
)


def _unfilled_cells(part: PartReading) -> Iterator[Hit]:
    """Yield the cells that hold nothing but what stands for a missing value."""
    if not part.has_any(("待", "XX", "xx", "ＸＸ", "××", "??", "？？")):
        return
    for table in part.tables:
        for row in table.rows:
            for cell in row:
                if _UNFILLED_CELL.fullmatch(cell.text):
                    yield Hit(part, cell.start, cell.end, "占位符或模板残留，没有填实", confidence=0.9)


# papers that others are to fill in, and a line of labels with blanks behind them
_FORM = re.compile(
    r"样式|式样|样表|样张|模板|范本|(?:申请|登记|报名|调查|推荐|审批)(?:表|书)|知情同意书|承诺书|回执|委托书|签[名字][：:]|由[^，。；\n]{0,8}(?:填写|填报)|此表|填表人|选填|本人[ _]|(?:[\u4e00-\u9fff]{2,6}[：:]?\s?_{2,}[^_\n]{0,4}){3}"
)
_TO_WRITE_ON = re.compile(r"[_□ \u3000年月日：:（）()]+")
_OPENED = re.compile(r"[【〔［\[{｛（(]")


def _matches(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern; one that begins with a bracket is tried at brackets only, which is many times faster."""
    if pattern is not _BRACKETED:
        yield from pattern.finditer(text)
        return
    for bracket in _OPENED.finditer(text):
        found = pattern.match(text, bracket.start())
        if found is not None:
            yield found


_SAMPLE = re.compile(
    r"样表|样张|式样|样式|范本|示范文本|[（(]样[本式]?[）)]|填写(?:示例|样例|范例)|由[^，。；\n]{0,8}(?:填写|填报)|此表由"
)
_SAMPLE_REACH = 120


# 姓名：____ and □是 □否: the fields of a form, which its reader fills in; 共____件 in a sentence is no field
_FIELD = re.compile(
    r"[\u4e00-\u9fff）)][：:][ \t]?(?:_{2,}|□{2,}|□(?=[\u4e00-\u9fff]))|□(?=[\u4e00-\u9fff]{1,8}[ \u3000□\n])"
)
_FORM_NAMED = re.compile(
    r"(?:表|单|书|卡|笺|回执|存根|登记簿|协议|合同|须知|证明|证|记录|台账|模板|样本)(?:[（(][^（）()\n]{1,14}[）)])?[ \t]*$",
    re.MULTILINE,
)
_FIELDS_OF_FORM = 3
_FORM_REACH = 200


def _fields(part: PartReading, title: str) -> list[int]:
    """Return where the fields of the blank forms in a part stand; none when the part is no form."""
    return part.remember("form_fields", lambda: _find_fields(part, title))


def _find_fields(part: PartReading, title: str) -> list[int]:
    fields = [match.start() for match in _FIELD.finditer(part.plain)] if part.has_any(("__", "□")) else []
    if not fields:
        return []
    head = part.plain[max(0, fields[0] - _FORM_REACH) : fields[0]]
    enough = 1 if _FORM_NAMED.search(head) or _FORM_NAMED.search(title) else _FIELDS_OF_FORM
    return fields if len(fields) >= enough else []


def _is_on_form(part: PartReading, place: int, title: str) -> bool:
    """Tell whether a field of a blank form stands at or near `place`."""
    return any(abs(field - place) <= _FORM_REACH for field in _fields(part, title))


def _blanks(part: PartReading, pattern: re.Pattern[str], title: str) -> Iterator[Hit]:
    surnames = part.lexicon.lists["surnames"]
    for match in _matches(part.plain, pattern):
        if _TO_WRITE_ON.fullmatch(match[0]) and (
            _is_on_form(part, match.start(), title)
            or _FORM.search(part.plain, *part.line_span(match.start()))
            or _SAMPLE.search(part.plain, max(0, match.start() - _SAMPLE_REACH), match.end() + _SAMPLE_REACH)
        ):
            continue
        text = match[0]
        if text.strip()[:1] in "xXＸ×" and _SAMPLE.search(
            part.plain, max(0, match.start() - _SAMPLE_REACH), match.start()
        ):
            continue
        first = text.lstrip()[:1]
        before = part.plain[max(0, match.start() - 1) : match.start()]
        after = part.plain[match.end() : match.end() + 3]
        if first in "XxＸ×*＊" and (
            _NOT_BLANK.match(after)
            or (
                before in surnames
                and before
                and len(text.strip()) <= 2
                and (text == "×" or not _COUNTER.match(part.plain, match.end()))
            )
        ):
            continue
        if first in "*＊" and part.table_at(match.start()):
            continue
        opened = first in "：:（(" and ("待" in text or "暂" in text)
        start = match.start() + (len(text) - len(text.lstrip("：:（( \t")) if opened else 0)
        yield Hit(part, start, match.end(), "占位符或模板残留，没有填实", confidence=0.93)
