"""Words for care and for persons (词与框架): compiled once from the lists of regulations/guard/care.yaml, for all readers of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gongkai.guard.core.lexicon import Lexicon, alternation

_COMMON_SURNAMES = 160  # the list of surnames begins with the commonest
# characters that lead on to what a person does: the second of a given name only where nothing else fits
NO_SECOND = "为的了在是因被由于从到对向与和及等其已曾将经有无未不也又说称诉系患过去来住就请自病术后前现时年月日说因作做行发持突接受"
HAN = r"[\u4e00-\u9fff]"


@dataclass(frozen=True, slots=True, eq=False)
class PrivateWords:
    suffered: re.Pattern[str]
    cared: re.Pattern[str]
    frames: re.Pattern[str]
    not_ill: re.Pattern[str]
    of_trade: re.Pattern[str]
    births: re.Pattern[str]
    mothers: re.Pattern[str]
    called: re.Pattern[str]
    called_here: re.Pattern[str]
    giving: re.Pattern[str]
    family: re.Pattern[str]
    office: re.Pattern[str]
    no_names: frozenset[str]
    diseases: re.Pattern[str]
    named_diseases: re.Pattern[str]
    joined_one: re.Pattern[str]
    matter: re.Pattern[str]
    joined: re.Pattern[str]
    common: frozenset[str]
    doubtful: frozenset[str]
    given: frozenset[str]


_NO_MATTER = (
    r"(?<!节育手术)(?!点(?<=病重点)|号(?<=病案号)|[^，。]{0,2}复印|、?考察|、政审|医师|医生|部(?!分)|科室|科(?!住院|就诊|手术|治疗)|室(?!间隔)|率|合格|人[次数]|量|天数|流程|须知|指南|制度|办法|标准|知识|技术|能力|水平|体系|机制|服务|条例|机构|中心|门诊|专家|病房楼"
    r"|大楼|大厅|预约|挂号|质量|管理|培训|讲座|规范|演练|设备|器械|药品|药物|医疗|保险|报销|比例|政策|待遇|工作|志愿|车|站|网|点位|疫情|病例数|防控|控制|预防|源|风险|危险|楼|技能|竞赛|比武|台|量表|仪|试剂盒?|器|机(?!体))"
)
ORGAN = "宫颈|宫腔|头|颅|脑|眼|耳|鼻|口|牙|舌|喉|颈|肩|背|腰|胸|腹|手|指|臂|肘|腕|腿|膝|踝|足|脚|趾|肢|髋|骨|肺|肝|肾|胃|肠|心|胆|脾|胰|膀胱|子宫|卵巢|乳|甲状腺|前列腺|输尿管|血管|神经|皮肤|关节|脊柱|脊髓|气管|食管|角膜|视网膜"
_FRAMES = (
    r"(?:行|做|作|接受|动|施)(?:了|过|完)?[\u4e00-\u9fffA-Z]{0,8}?(?:[手切除移植成形修补引流]术(?!语)|造影|活检|透析|[化放]疗|磁共振|手术)"
    r"|送(?:到|往|至|去|进|入)?[^，。；\n]{0,12}?(?:医院|卫生院|急诊|抢救|救治|ICU|重症)"
    r"|(?:转|收)(?:入|住|至|往|到|治)[^，。；\n]{0,10}?(?:医院|病房|ICU|重症|科)"
    r"|住(?:进|入|在)[^，。；\n]{0,8}?(?:医院|病房|ICU|重症|[内外儿产]科)"
    r"|(?:去|到|在|来)[^，。；\n]{0,12}?(?:医院|卫生院|诊所|门诊|急诊|美容院|美容店|卫生室|我院|你院|该院|本院)[^，。；\n]{0,8}?(?:就诊|看病|检查|治疗|住院|就医|打针|输液|手术|生产|分娩|拔牙|体检|注射|输血|抢救|死亡|去世)"
    r"|(?:自?诉|自述|主诉|出现|伴有?|反复|突发|突感|突然|感到|感觉)[^，。；\n]{0,6}?(?:痛|疼|晕|胀|麻|痒|咳|喘|吐|泻|血|肿|闷|慌|乏力|不适|无力|失眠|渗液|疾病)"
    r"|(?:检测|检验|化验|检查|筛查|核酸|抗体|抗原|尿检|试验|血检|体检|试纸|血液|复检)(?:结果)?[^，。；\n]{0,8}?(?:[阳阴]性|呈阳|异常|不合格|偏[高低]|升高|超标|未通过)"
    r"|(?:残疾|伤残|评残|视力|听力|肢体|智力|精神|言语)(?:残疾)?[^，。；\n]{0,4}?[一二三四五六七八九十1-4][级等]|[一二三四五六七八九十1-9][级等](?:[甲乙丙]级)?(?:残疾|伤残|工伤)|致残程度"
    r"|缝[了合]?[^，。；\n]{0,3}针"
    rf"|(?:{ORGAN})[\u4e00-\u9fff]{{0,6}}?(?:缺失|截断|截除|切除|受限|受损|损伤|坏死|骨折|不适|疼|痛|肿|胀|麻|瘤|囊肿|结节|积水|积液|出血|破裂|断裂|脱落|萎缩|硬化|衰竭|功能不全|有问题|不好(?!转)|无力|失能|下降|感染|畸形|变形|错位|化脓|发炎|肥大|增生|穿孔|梗塞|梗死|狭窄|堵塞|杂音)"
)

# characters of which nearly every word tells of suffering; the words that do not are in the list `not_suffered`
ILL_SIGNS = "病症癌瘤痛疼痒肿伤残疮疹瘫聋盲哑晕呕吐咳喘瘸痴傻疯癫痫痹疝痔疣癣疤溃疡瘀痰脓瘾亡死截炎毒"
_ILL_PEOPLE = ("患者", "病人", "病例")
_NO_BIRTH = r"(?!抑郁|率|数|服务(?!证)|政策|知识|管理|药具|门诊|科|工作|人[次数]|技术|指南|标准|制度|登记[^，。]{0,2}[0-9]|对象数|医师|护理)"


def _signs(lexicon: Lexicon, name: str) -> str:
    return "".join(str(lexicon.lists[name]).split())


@lru_cache(maxsize=8)
def private_words(lexicon: Lexicon) -> PrivateWords:
    surnames = _signs(lexicon, "surnames")
    every = "".join(sorted(set(surnames + _signs(lexicon, "rare_surnames"))))
    given = "".join(sorted(set(_signs(lexicon, "given_characters") + _signs(lexicon, "also_given"))))
    titles = set(lexicon.words("staff_titles"))
    giving = [
        word
        for name in ("giving", "working")
        for word in lexicon.words(name)
        if "(" not in word and len(word) > 1 and word not in titles
    ]
    return PrivateWords(
        suffered=re.compile(lexicon.pattern("suffered") + _NO_MATTER),
        cared=re.compile(lexicon.pattern("cared_for") + _NO_MATTER),
        frames=re.compile(f"(?:{_FRAMES})"),
        of_trade=re.compile(
            rf"(?:症|病)?(?:的|等|及)?{alternation([word for word in lexicon.words('disease_compounds') if word not in _ILL_PEOPLE])}"
        ),
        not_ill=re.compile(lexicon.pattern("not_suffered")),
        births=re.compile(lexicon.pattern("births") + _NO_BIRTH),
        mothers=re.compile(f"(?:{alternation(lexicon.words('called_mother'))})(?:姓名)?[：:“（( ]?$"),
        called_here=re.compile(
            f"(?:{alternation(lexicon.words('called_ill'))})(?:姓名)?[：:“（( ]?(?=[{every}])"
        ),
        called=re.compile(f"(?:{alternation(lexicon.words('called_ill'))})(?:姓名)?[：:“（( ]?$"),
        giving=re.compile(alternation(giving)),
        family=re.compile(f"(?:{alternation(lexicon.words('compound_surnames'))}|[{every}])"),
        office=re.compile(f"(?:{alternation(lexicon.words('staff_roles'))})[：:“（(”」]?$"),
        no_names=frozenset(lexicon.words("no_names")),
        named_diseases=re.compile(lexicon.pattern("diseases")),
        diseases=re.compile(
            lexicon.pattern("diseases")
            + rf"(?!(?:症|病)?(?:的|等|及)?{alternation([word for word in lexicon.words('disease_compounds') if word not in _ILL_PEOPLE])})"
        ),
        joined_one=re.compile(lexicon.pattern("joined_names")),
        matter=re.compile(
            rf"{lexicon.pattern('suffered')}|{lexicon.pattern('cared_for')}|{lexicon.pattern('births')}|[{ILL_SIGNS}]"
        ),
        joined=re.compile(
            f"(?:{lexicon.pattern('joined_names')}){{2,3}}|[{every}]某(?![某些个种项类处段{NO_SECOND}])[{given}]"
        ),
        common=frozenset(surnames[:_COMMON_SURNAMES]),
        doubtful=frozenset(_signs(lexicon, "doubtful_surnames")),
        given=frozenset(given),
    )
