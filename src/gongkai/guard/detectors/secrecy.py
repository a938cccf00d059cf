"""Secrecy and internal matter (涉密与内部): marks, disclosure attribute, process papers, passwords and inner addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.reading import Reading
from gongkai.guard.core.registry import Hit, detector, registry

_MARK = re.compile(
    r"(?:绝密|机密|秘密)\s*[★☆*✩⭐]\s*(?:[0-9一二三四五六七八九十]{1,3}\s?(?:年|个月|月)|长期|启用前)?"
    r"|^[ \t]*(?:密级[：:]\s*)?(?:绝密|机密|秘密)[ \t]*(?:[0-9一二三四五六七八九十]{1,3}\s?年)?[ \t]*$"
    r"|(?:密\s*级|等\s*级|级\s*别)[：:]\s*(?:绝密|机密|秘密)(?!级)"
    r"|仅[限供][^，。\n]{0,6}内部[^，。\n]{0,6}(?:使用|传阅|参考|掌握|阅看|学习)(?:[，、 ]阅后[\u4e00-\u9fff]{2})?|阅后请?(?:交|送回|归还|即焚|收回|销毁|退回|交回)"
    r"|^[^。\n]{0,16}内部[^。\n]{0,10}(?:请勿|切勿|严禁|禁止|不得|不准)(?:外传|外泄|扩散|转发|外发|复制)[^。\n]{0,8}$"
    r"|^[ \t]*(?=[^。\n]{4,24}$)[【\[（(]?(?:内部(?:资料|文件|材料|参考|使用|刊物|掌握|传阅)|注意保存|不得外传|严禁外传|请勿外传|切勿外传|不予公开(?!的|信息|应|理由|决定|告知|范围|事项|情形|政府)|仅供内部|工作秘密(?!管理|保护|事项|制度|办法|规定|清单|定|范围))[^。\n]{0,16}$"
    r"|^[ \t]*[【\[（(★☆*]{1,2}内部[】\]）)]?(?=[】\]）)]|明电|电报|文件|资料|传真)"
    r"|^[ \t]*(?:特急|加急|急件|特提)[ \t·.、]{0,3}(?:绝密|机密|秘密)[ \t]*$|^[ \t]*(?:绝密|机密|秘密)[ \t·.、]{0,3}(?:特急|加急|急件|特提)[ \t]*$"
    r"|(?:此|本)?(?:涉密|秘密|机密|绝密|密级|定密)(?:文件|资料|材料|载体|件)[，,：: ]{0,2}(?:请勿|切勿|严禁|禁止|不得|不准)[^。\n]{0,14}"
    r"|^[ \t]*[（(【]?[^。；\n]{0,12}(?:请勿|切勿|严禁|禁止|不得|不准)(?:上网|上传(?:至|到)?(?:互联网|网络|外网)|拍照(?:传播|外传|上传)?|翻拍|截屏外传|截图外传|外传|外泄|外发|扩散|转发(?:微信群|朋友圈|至群)?|复印外传|带离)[^。；\n]{0,10}[）)】。！!]?[ \t]*$"
    r"|(?:会后|用后|学习后|阅后|看后|传阅后)(?:请)?(?:统一)?(?:收回|回收|交回|退回|销毁|归还|清退)"
    r"|内部(?:掌握|使用|传阅|参考|资料|文件|材料)[，,、 ]{0,2}(?:请勿|切勿|严禁|禁止|不得|不准|不宜|不予|不对外|请妥善)[\u4e00-\u9fff]{2,6}"
    r"|^[ \t]*[此本]?(?:文件|资料|材料|件|表|名单)(?:为|系|属于?|是)内部(?:资料|文件|材料|使用|掌握|刊物)[^。\n]{0,20}$"
    r"|内部(?:资料|文件|材料|使用)[ \t，,·、（(]{0,3}(?:注意保存|不得外传|严禁外传|请勿外传|严禁外泄|妥善保管|不得公开)",
    re.MULTILINE,
)
_ATTRIBUTE = re.compile(
    r"[（(]\s*(?:此|本)件(?!主动公开|公开发布)[^）)\n]{0,10}?(?:不公开|不予公开|不宜公开|依申请公开|申请公开|删减后公开|部分公开|内部公开|暂不公开|不公开发布)[^）)\n]{0,12}[）)]"
    r"|^[ \t]*[此本]件(?:不予公开|不公开|不宜公开|依申请公开|暂不公开|内部公开)[。 \t]*$"
    r"|[（(]\s*(?:此|本)(?:件|文|文件)[^）)\n]{0,6}(?:不得|不能|不可|不对外|不宜|不予)[^）)\n]{0,4}公开[^）)\n]{0,8}[）)]"
    r"|^[ \t]*[此本](?:件|文|文件)(?:系|为|属于?)?(?:不得|不能|不可)?(?:对外)?(?:不予公开|不公开|不宜公开|依申请公开|暂不公开|内部公开|不得公开|不得对外公开|不对外公开)[。 \t]*$"
    r"|(?:信息)?公开(?:方式|属性|选项|类别|形式|类型|与否)[：:]\s*(?:[此本]件)?\s*(?:不予公开|依申请(?:公开)?|不公开|删减后公开|内部公开|暂不公开|不宜公开|不予)"
    r"|(?:依申请公开|不予公开|不公开)\s?[☑√✓■✔☒]|[☑√✓■✔☒]\s?(?:依申请公开|不予公开|不公开)|(?:依申请公开|不予公开|不公开)[（(]\s?[√✓]\s?[）)]",
    re.MULTILINE,
)
_NOT_OPEN = re.compile(
    r"(?:主动|对外)公开(?:与否)?[：:]\s*(?:否|不)(?![\u4e00-\u9fff])|是否(?:主动|对外|同意)?公开[：:]\s*(?:否|不公开|不予公开|不同意|依申请)"
)
_MARK_WORDS = (
    "涉密",
    "密级",
    "定密",
    "严禁",
    "请勿",
    "切勿",
    "禁止",
    "不得",
    "不准",
    "后请",
    "后收",
    "后交",
    "后退",
    "后销",
    "后统",
    "后回",
    "后归",
    "后清",
    "绝密",
    "机密",
    "秘密",
    "内部",
    "外传",
    "外泄",
    "不予公开",
    "阅后",
    "注意保存",
    "密级",
    "仅供",
)
_ATTRIBUTE_WORDS = (
    "公开与否",
    "本文",
    "此文",
    "☑",
    "√",
    "✓",
    "■",
    "✔",
    "☒",
    "此件",
    "本件",
    "公开方式",
    "公开属性",
    "公开选项",
    "公开类别",
    "公开形式",
    "公开类型",
)
_PROCESS_WORDS = ("稿", "会议纪要", "请示", "签报", "呈批件", "呈阅件", "拟办", "批办单", "办文单", "批示")
_OPEN_PAGES = ("", "disclosure", "policy", "notice", "news", "welfare_list", "personnel", "enforcement")
_PROCESS = re.compile(
    r"[（(【\[]\s*(?:送审|报审|讨论|代拟|审议|草|初|修改|报批|会签|内部征求意见|征求意见|第[一二三四五六七八九十0-9]+)稿[^）)\]】\n]{0,6}[）)】\]]"
    r"|^[^。\n]{0,30}会议纪要(?:[（(〔\[]?[0-9第]|[ \t]*$)[^。\n]{0,16}"
    r"|会议纪要\s?第?\s?[〔（(]?[0-9]+[^。\n]{0,8}[期号]"
    r"|^[^。\n]{0,60}关于[^。\n]{2,60}的请示[ \t]*$|^[ \t]*(?:签报|呈批件|呈阅件|请示件|拟办单|批办单|发文稿纸|办文单)[^。\n]{0,20}$"
    r"|(?:领导|局长|主任|书记|市长|县长|区长|主席)批示[：:]|拟办意见[：:]",
    re.MULTILINE,
)
_DRAFT_FOR_COMMENT = re.compile(r"公开征求|征求[^。\n]{0,60}意见|征集")
_PASSWORD = re.compile(
    r"(?:(?:用户名|账号|帐号|登录名|账户)[：:为是\s]{0,3}[A-Za-z0-9_@.\-]{2,32}[\s，,；;、/]{0,3})?(?:(?:初始|默认|登录|管理员|统一|原始|临时|开机|WiFi|wifi|WIFI)?(?:密码|口令))(?:统一)?[：:为是=\s]{1,3}(?=[^\s\u4e00-\u9fff]*[A-Za-z0-9])[A-Za-z0-9!@#$%^&*._+\-]{4,40}"
    r"|(?:初始|默认|登录|管理员)(?:密码|口令)(?=[A-Za-z0-9])[A-Za-z0-9!@#$%^&*._+\-]{4,40}"
    r"|(?:密码|口令)[\u4e00-\u9fff]{0,8}?(?:改|设|重置|换|变|统一)[成为]\s?(?=[^\s\u4e00-\u9fff]*[0-9])(?=[^\s\u4e00-\u9fff]*[A-Za-z])[A-Za-z0-9!@#$%^&*._+\-]{6,40}"
    r"|(?:密码|口令)[：:为是均都统一设置成]{0,5}(?=[A-Za-z0-9!@#$%^&*._+\-]*[0-9])(?=[A-Za-z0-9!@#$%^&*._+\-]*[A-Za-z@#$])[A-Za-z0-9!@#$%^&*._+\-]{6,40}"
)
_SECRET = re.compile(
    r"(?:密钥|秘钥|私钥|授权码|激活码|注册码|动态码|(?:维护|管理|后台|验证|解锁|工程|门禁|配对|连接|提权)码|解压码|PIN码|启动码|登录码)[：:为是\s]{0,3}(?=[A-Za-z0-9_\-]*[0-9])[A-Za-z0-9_\-+/=.@#$!]{6,64}"
    r"|(?:账号|帐号|用户名?|登录名)\s?[/／和及、]\s?(?:密码|口令)[：:为是\s]{1,3}[A-Za-z0-9_@.\-]{2,32}\s?[/／,，、 ]\s?[A-Za-z0-9!@#$%^&*._+\-]{3,40}"
)
_KEY = re.compile(
    r"(?<![A-Za-z0-9/.@])(?:root|admin|administrator|sa|oracle|postgres|sysadmin|guest|test)\s?/\s?(?=[^\s/]*[0-9!@#$%^&*])[A-Za-z0-9!@#$%^&*._+\-]{4,32}(?![A-Za-z0-9/])|"
    r"(?:[Pp]assword|PASSWORD|passwd|pwd|PWD)\s?[:=：]\s?[^\s，。；、,;\"'<>]{4,40}"
    r"|(?:[Aa]ccess[_-]?[Kk]ey(?:[_-]?(?:[Ss]ecret|[Ii]d))?|[Ss]ecret[_-]?[Kk]ey|[Aa]pp[_-]?[Ss]ecret|[Aa]pi[_-]?[Kk]ey|client_secret|(?<![A-Za-z])[as]k)\s?[:=：]\s?[\"']?[A-Za-z0-9/+_\-]{12,}"
    r"|(?<![A-Za-z])(?:[Tt]oken|TOKEN|[Bb]earer|[Ss]ecret|[Aa]pp[_-]?[Kk]ey|[Aa]uthorization)\s?[:=：]?\s?(?=[A-Za-z0-9._\-]*[0-9])[A-Za-z0-9._\-]{16,}"
    r"|(?<![A-Za-z0-9])(?:AKIA|LTAI|AKID)[A-Za-z0-9]{12,40}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_INNER_URL = re.compile(
    r"(?:ftps?|sftp|ssh|smb|rtsp|https?|redis|mongodb|mysql|amqp)://[^\s/@:，。]{1,40}:[^\s/@，。]{3,40}@[A-Za-z0-9][^\s，。；、]{2,80}|(?:[a-z]{2,10}:)?[a-z][a-z0-9+]{1,9}://(?:[^\s/@:]+:[^\s/@]+@)?(?:10\.[0-9]{1,3}|172\.(?:1[6-9]|2[0-9]|3[01])|192\.168)\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9])(?:[:/][A-Za-z0-9_./?=&%:#\-]*)?"
)
_INNER_ADDRESS = re.compile(
    r"1(?:0\.[0-9]{1,3}|72\.(?:1[6-9]|2[0-9]|3[01])|92\.168)\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])(?::[0-9]{2,5})?(?:/[A-Za-z0-9_./?=&%#\-]*)?"
)
_CREDENTIALS = (
    (_PASSWORD, ("密码", "口令")),
    (
        _SECRET,
        (
            "密钥",
            "秘钥",
            "私钥",
            "授权码",
            "激活码",
            "码",
            "注册码",
            "动态码",
            "解压码",
            "PIN码",
            "启动码",
            "登录码",
            "密码",
            "口令",
        ),
    ),
    (
        _KEY,
        (
            "assword",
            "ASSWORD",
            "passwd",
            "pwd",
            "PWD",
            "ey",
            "oken",
            "TOKEN",
            "earer",
            "uthorization",
            "ecret",
            "ak",
            "sk",
            "AKI",
            "LTAI",
            "PRIVATE KEY",
            "root",
            "dmin",
            "sa/",
            "oracle",
            "postgres",
            "guest",
            "test/",
        ),
    ),
    (_INNER_URL, ("@", "://10.", "://172.", "://192.168.", "@10.", "@172.", "@192.168.")),
    (_INNER_ADDRESS, ("10.", "172.", "192.168.")),
)


@detector("sec.classification_mark")
def classification_marks(reading: Reading) -> Iterator[Hit]:
    """Find secrecy marks and notes of internal use (密级、内部标志)."""
    for part in reading.parts:
        marked = -1
        for match in _MARK.finditer(part.plain) if part.has_any(_MARK_WORDS) else ():
            marked = part.line_span(match.start())[1]
            yield Hit(part, *_trimmed(match), "密级或内部标志：停止发布，转保密审查", confidence=0.95)
        for match in _KEEP_IN.finditer(part.plain) if part.has_any(_KEEP_WORDS) else ():
            start, _ = part.line_span(match.start())
            if match.start() >= marked and _OF_THIS_PAPER.search(
                part.plain, max(start, match.start() - 60), match.start()
            ):
                yield Hit(part, *match.span(), "要求不得外传：停止发布，转保密审查", confidence=0.9)


# an order in running text to keep this paper in (本意见…未经同意，不得外传); 不得外传患者信息 orders something else
_KEEP_IN = re.compile(
    r"(?:请勿|切勿|严禁|禁止|不得|不准)(?:擅自|随意|对外|向外)?(?:外传|外泄|外发|扩散|翻印|复印|复制|转载|转传|泄露)(?=[。；;，,）)！!\s]|$)"
)
_KEEP_WORDS = ("外传", "外泄", "外发", "扩散", "翻印", "复印", "复制", "转载", "转传", "泄露")
_OF_THIS_PAPER = re.compile(
    r"(?:本|此|该|以上|上述)(?:件|文|意见|材料|资料|报告|通报|函|内容|名单|稿|文件|简报|专报|快报|纪要|表|建议|记录|数据|信息|情况|要情|方案|台账)(?!制作|发布的?单位)|(?:仅供|只供|供)[^。；\n]{0,14}(?:参考|掌握|参阅|使用|阅)|内部"
)


_OWN_NUMBER = re.compile(
    r"^[ \t]*[\u4e00-\u9fff]{2,12}〔(?:19|20)[0-9]{2}〕[0-9]{1,4}号[ \t]*$", re.MULTILINE
)
_SIGNED = re.compile(r"^[ \t]*(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日[ \t]*$", re.MULTILINE)
_SAYS_ATTRIBUTE = re.compile(
    r"[此本]件[^）)\n]{0,16}公开|公开(?:方式|属性|选项|类别|形式|类型|发布|范围)|主动公开|依申请公开"
)
_HEAD, _TAIL = 400, 500
# a decision or an opinion served on one party carries no attribute
_SERVED = re.compile(r"书(?:[（(][^（）()]{1,12}[）)])?$")


def _without_attribute(reading: Reading) -> Iterator[Hit]:
    """Yield the date of signature of a numbered paper that says nowhere at its end how it may be disclosed (缺少公开属性)."""
    if _SERVED.search(reading.title):
        return
    for part in reading.parts:
        text = part.plain
        number = _OWN_NUMBER.search(text, 0, _HEAD) if part.part.kind == "text" else None
        dates = list(_SIGNED.finditer(text, max(0, len(text) - _TAIL))) if number else []
        if number and dates and not _SAYS_ATTRIBUTE.search(text, max(number.end(), len(text) - _TAIL)):
            yield Hit(
                part,
                *_trimmed(dates[-1]),
                "公文没有标注公开属性",
                suggestion="在文尾标注“（此件公开发布）”等公开属性，或核对定稿",
                confidence=0.7,
                severity=registry()["sec.attr_conflict"].variants["missing"],
            )


_CONFLICT = "文中标注的公开属性不是主动公开，与发布栏目冲突"


@detector("sec.attr_conflict")
def attribute_conflicts(reading: Reading) -> Iterator[Hit]:
    """Find a disclosure attribute that forbids this publication (公开属性与栏目冲突)."""
    if reading.context.page_type not in _OPEN_PAGES:
        return
    for part in reading.parts:
        for match in _ATTRIBUTE.finditer(part.plain) if part.has_any(_ATTRIBUTE_WORDS) else ():
            yield Hit(part, *match.span(), _CONFLICT, confidence=0.97)
        for match in (
            _NOT_OPEN.finditer(part.plain)
            if "是否" in part.plain or "公开：" in part.plain or "公开:" in part.plain
            else ()
        ):
            yield Hit(part, *match.span(), _CONFLICT, confidence=0.93)
    yield from _without_attribute(reading)


@detector("sec.internal_process")
def process_papers(reading: Reading) -> Iterator[Hit]:
    """Find drafts, minutes, requests for instruction among papers to be published (过程性、内部管理材料)."""
    for part in reading.parts:
        for match in _PROCESS.finditer(part.plain) if part.has_any(_PROCESS_WORDS) else ():
            start, end = part.line_span(match.start())
            if "征求意见稿" in match[0] or (
                match[0].startswith(("（草", "(草"))
                and _DRAFT_FOR_COMMENT.search(part.plain[start:end] + reading.title)
            ):
                continue
            yield Hit(
                part, *_trimmed(match), "像是过程性或内部管理材料，请确认可以公开的版本", confidence=0.8
            )


@detector("sec.credential")
def credentials(reading: Reading) -> Iterator[Hit]:
    """Find passwords, inner network addresses and keys (口令、内网地址、密钥)."""
    for part in reading.parts:
        taken: list[tuple[int, int]] = []
        for pattern, triggers in _CREDENTIALS:
            if not part.has_any(triggers):
                continue
            for match in pattern.finditer(part.plain):
                if any(start < match.end() and match.start() < end for start, end in taken):
                    continue
                if pattern is _INNER_ADDRESS and not _is_address(part.before(match.start(), 12), match[0]):
                    continue
                taken.append(match.span())
                yield Hit(part, *match.span(), "口令、内网地址或密钥", confidence=0.93)


def _is_address(before: str, text: str) -> bool:
    """Tell whether four dotted numbers are an address, not a section number or a version."""
    numbers = [int(item) for item in re.findall(r"[0-9]+", text)[:4]]
    return all(item <= 255 for item in numbers) and not re.search(
        r"[vV第条款节版]\s?$|版本(?:号)?[：:]?\s?$", before
    )


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    text = match[0]
    return match.start() + len(text) - len(text.lstrip()), match.end() - (len(text) - len(text.rstrip()))
