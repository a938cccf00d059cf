"""Words for illness (病情用语): diseases by list and by ending, treatments, findings of the body, titles of the ill."""

from __future__ import annotations

import re
from functools import lru_cache

from gongkai.guard.core.care_matters import Matter, matters
from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.reading import PartReading

# endings that make a disease of what stands before them; a character of an organ must precede 病 and 症
_ENDINGS = (
    r"(?:视力|听力|言语|肢体|智力|精神|多重)(?:残疾)?[一二三四]级|癌|肿瘤|瘤(?<=[\u4e00-\u9fff]瘤)|综合征|衰竭|硬化|骨折|骨裂|结石|囊肿|息肉|溃疡|梗阻|梗[死塞]|栓塞|积[液水](?<=[胸腹腔脑盆节囊肾]积[液水])|坏死|增生|萎缩|麻痹|功能不全|发育不良|贫血|畸形|缺损|瘫痪|(?:认知|语言|运动|意识|睡眠|吞咽|智力|心理|听力|情感|精神|人格|焦虑|抑郁|应激|进食|发育|凝血|代谢|行为|学习|交流|视力|肢体|神经)障碍|(?:尿路|肺部|呼吸道|切口|颅内|泌尿道|胆道)感染|血[压糖脂][^，。；\n]{0,4}(?:偏[高低]|升高|异常|[0-9][0-9./]*\s?(?:mmHg|mmol|毫米汞柱|毫摩尔))|[强弱]?阳性(?<=[体原酸测查果检验呈片证素白血糖胆酮卵菌A-Za-z0-9）)]阳性)|[强弱]阳性|(?<=肌)无力|(?<=[肺甲乳节膜叶部])结节|(?<=[网脱肛宫肠膜])脱落|(?<=网膜)脱离|多发伤|复合伤|(?<=[矽尘])肺[壹贰叁一二三]期|[轻中重]度(?:抑郁|焦虑|近视|贫血|残疾|烧伤|烫伤|失能|智障|弱智)|(?<=[一-鿿])畸变|(?<=[肾肝心肺胃])萎缩"
    r"|(?<=[管腔脉门瓣道])狭窄|(?<=[脏肝脾血管膜腱])破裂(?<!水管破裂)(?<!油管破裂)(?<!气管道破裂)|(?<=[胃肠囊膜])穿孔|(?<=[节盘肩髋骨])脱位|粘连|痉挛|(?<=[脑肺肢脚腿喉身头膜])水肿|(?<=脑)溢血|(?<=[肝脾腺结房])肿大|(?<=[盘椎])突出|(?<=[管室脏])扩张|(?<=[管肛道])闭[锁塞]|(?<=[脑肌足部])缺血|(?<=[脑胃底道宫下后大内颅])出血|(?<=[物素白粉奶霉螨])过敏|[挫裂烧烫冻砍刺扭拉灼压刀枪]伤(?!害|亡|者|员|情)|[手足体头股]癣|[湿药风麻疱丘皮荨]疹"
    r"|[沟股脐]疝|[肛尿肠胆]瘘|卒中|坏疽|脓肿|血肿|(?<=[肝肺脑胰腺部肠])占位|斑块|(?:切除|置换|移植|搭桥|造瘘|固定|成形|介入|修补|引流|剥离|摘除|消融)术"
    r"|(?:抗原|肌酐|转氨酶|白细胞|血红蛋白|肿瘤标志物|甲胎蛋白|CEA|AFP|PSA|尿酸)[^，。；\n]{0,3}(?:升高|偏[高低]|降低|异常|超标)"
    r"|炎(?<=[\u4e00-\u9fff]炎)(?<![消抗发上防]炎)(?![热症帝黄夏炎凉暑性])"
    r"|病(?<=[\u4e00-\u9fff]{2}病)(?<![疾看治防因患发生重大疫得致慢旧性染业方见行门查诊扶助救保医种各类些有无某等对与和于为的是常特专抗除养闹装老小]病)(?![人房区床案历例理毒原媒种情因程假史愈故残患号害友童灶菌亡死虫症死痛倒魔根变])"
    r"|症(?<=[\u4e00-\u9fff]{2}症)(?<![重急病炎应忌发遗轻绝危对辨]症)(?!状|候|结)"
)


# the characters that an ending can begin with: only there is the pattern tried, which is many times faster than a search
_LEADS = re.compile(
    "[视听言肢智精情人焦抑应进凝代行学交神轻中重尘矽无多复癌肿瘤综衰硬骨结囊息溃梗栓积坏增萎麻功发贫畸缺瘫认语运意睡吞心尿肺呼切颅泌胆血强弱阳狭破穿脱粘痉水突扩闭出过"
    "挫裂烧烫冻砍刺扭拉灼压刀枪手足体头股湿药风疱丘沟脐肛肠卒脓占斑置移搭造固成介修引剥摘消抗肌转白甲CAP炎病症]"
)


@lru_cache(maxsize=8)
def _disease_patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of listed diseases and of endings; apart, because each alone is found by its first character."""
    compounds = [word for word in lexicon.words("disease_compounds") if word not in _ILL_PEOPLE]
    after = rf"(?!(?:症|病)?(?:的|等|及)?(?:(?![到在去于赴来转送至后被由经入住])[\u4e00-\u9fff]{{0,2}}){alternation(compounds)})"
    return re.compile(lexicon.pattern("diseases") + after), re.compile(f"(?:{_ENDINGS}){after}")


def diseases(text: str, lexicon: Lexicon) -> list[re.Match[str]]:
    """Return the diseases named in `text`, in order of place."""
    listed, ending = _disease_patterns(lexicon)
    ended: list[re.Match[str]] = []
    passed = 0
    for lead in _LEADS.finditer(text):
        place = lead.start()
        if place >= passed and (found := ending.match(text, place)) is not None:
            ended.append(found)
            passed = found.end()
    return sorted((*listed.finditer(text), *ended), key=lambda match: match.start())


@lru_cache(maxsize=8)
def ill_words(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(lexicon.pattern("diseases")), re.compile(lexicon.pattern("treatments"))


# what a culture showed, and words for somebody who has it
_SHOWN = re.compile(r"检出[\u4e00-\u9fffA-Za-z]{1,8}?(?:菌|病毒|抗体|抗原|虫卵?|毒品|成分)")


_CASE_OF = re.compile(r"病例(?<=确诊病例)(?=[\u4e00-\u9fff])|病例(?<=疑似病例)(?=[\u4e00-\u9fff])")


_CARRIER = re.compile(r"者(?:(?<=阳性者)|(?<=携带者)|(?<=[毒菌]感染者))(?=[\u4e00-\u9fff：:（(])")


_LEVEL = r"(?:计数|值|水平|浓度|含量)?(?:持续|一直|曾|已|升至|降至|高达|低至|最高|最低|偏高|偏低|仅|只有|控制在|左|右|为|达|至|：|:| ){0,2}[0-9][0-9./]*"


@lru_cache(maxsize=8)
def findings(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of what tells of an illness without naming one: body, values, cultures, carriers; apart, for speed."""
    body = lexicon.pattern("body_parts") + r"[\u4e00-\u9fff]{0,4}?" + lexicon.pattern("body_faults")
    return (
        re.compile(body),
        re.compile(lexicon.pattern("measurements") + _LEVEL),
        _SHOWN,
        _CASE_OF,
        _CARRIER,
    )


_ILL_PEOPLE = ("患者", "病人", "病例")


@lru_cache(maxsize=8)
def treatments(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of treatments, findings and states of body that tell of an illness without naming it."""
    return re.compile(
        rf"{lexicon.pattern('treatments')}(?!{alternation(lexicon.words('disease_compounds'))}|[室科班])"
    )


@lru_cache(maxsize=8)
def ill_title(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(
        lexicon.pattern("diseases")
        + r"(?:症|病)?(?:的|等)?(?:住院|在管|在册|登记|确诊|疑似|新发|慢性|贫困|困难)?(?:患者|病人|感染者|病例|人员|者|儿童|病友|病号|患儿)(?!数|率|人数)"
    )


@lru_cache(maxsize=8)
def treated_title(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of captions that name patients by their treatment or ward (血透室患者排班)."""
    return re.compile(
        rf"{lexicon.pattern('diseases')}(?:症|病)?[\u4e00-\u9fff]{{0,4}}(?:治疗|服药|转介|随访)(?:人员|对象|者)(?!数|率)|(?:{lexicon.pattern('treatments')}|血透|肿瘤|精神|结核|传染|感染|戒毒|康复|重症|产后)[\u4e00-\u9fff]{{0,3}}(?:患者|病人|病友)(?!数|率|人数|满意)|(?:阳性|异常|可疑|不合格)(?:学生|儿童|幼儿|人员|对象|考生|职工|村民|居民|献血者|孕妇|新生儿)(?!数|率|人数)"
    )


def illness_matches(part: PartReading) -> list[re.Match[str]]:
    """Return what a part names of diseases, treatments and findings; found once."""
    return part.remember("illness_matches", lambda: _illness_matches(part))


def _illness_matches(part: PartReading) -> list[re.Match[str]]:
    patterns = (treatments(part.lexicon), *findings(part.lexicon))
    return [
        *diseases(part.plain, part.lexicon),
        *(match for pattern in patterns for match in pattern.finditer(part.plain)),
    ]


_GRAVE = re.compile(r"HIV|艾滋|性病|梅毒|淋病|精神|抑郁|肝炎|乙肝|丙肝|吸毒")


def gravity(disease: str) -> str:
    """Return what a finding says of the kind of illness: those that laws protect by name are graver."""
    return "高危：法律特别保护的病情" if _GRAVE.search(disease) else "健康信息"


def prose_matters(part: PartReading) -> list[Matter]:
    """Return what a part's prose tells of care and suffering, in order of place; found once."""
    return part.remember(
        "prose_matters",
        lambda: [
            one for left, right in part.prose_spans for one in matters(part.plain, part.lexicon, left, right)
        ],
    )
