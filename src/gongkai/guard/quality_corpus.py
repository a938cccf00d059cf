"""Clean official text for measuring false alarms (整洁语料): assembled from sentence material with a fixed seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gongkai.kernel.regulations import read_yaml

_SLOT = re.compile(r"\{(\w+)\}")
_SEED = 20250611
_HEADINGS = ("总体情况", "主要做法", "工作成效", "存在问题", "下一步工作", "保障措施")
_NUMERALS = "一二三四五六"
_PARAGRAPHS = 4


def clean_documents(material: Path, *, least_characters: int) -> Iterator[str]:
    """Yield documents of clean official prose until they hold `least_characters` together; the same every time.

    `material` is a YAML file with `slots` (name → words) and `sentences` (templates).
    """
    data = read_yaml(material)
    draw = random.Random(_SEED)  # noqa: S311  (reproducible text, no secret)
    written = 0
    while written < least_characters:
        document = _document(data, draw)
        written += len(document)
        yield document


def _document(data: dict[str, Any], draw: random.Random) -> str:
    year = draw.randint(2019, 2025)
    place, topic = draw.choice(data["slots"]["place"]), draw.choice(data["slots"]["topic"])
    lines = [f"{place}{year}年{topic}工作情况", ""]
    for number, heading in enumerate(_HEADINGS[: draw.randint(3, 6)]):
        lines.append(f"{_NUMERALS[number]}、{heading}")
        for _ in range(_PARAGRAPHS):
            chosen = draw.sample(data["sentences"], draw.randint(2, 5))
            lines.append("".join(_filled(sentence, data["slots"], draw, year, place) for sentence in chosen))
    lines += ["", f"{place}卫生健康局", f"{year}年12月{draw.randint(1, 28)}日"]
    return "\n".join(lines)


def _filled(sentence: str, slots: dict[str, list[str]], draw: random.Random, year: int, place: str) -> str:
    total = draw.randint(120, 480)
    public = draw.randint(20, 100)
    fixed = {
        "year": str(year),
        "place": place,
        "n3": str(total),
        "a": str(public),
        "b": str(total - public),
        "month": str(draw.randint(1, 12)),
    }

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in fixed and ("{a}" in sentence or name in ("year", "place", "month")):
            return fixed[name]
        return _number(name, draw) or draw.choice(slots[name])

    return _SLOT.sub(value, sentence)


def _number(name: str, draw: random.Random) -> str:
    if name in ("n1", "n2", "n3", "n4", "n5"):
        digits = int(name[1])
        return str(draw.randint(max(2, 10 ** (digits - 1)), 10**digits - 1))
    forms = {
        "p": lambda: f"{draw.randint(1, 30)}.{draw.randint(1, 9)}",
        "p2": lambda: f"{draw.randint(85, 99)}.{draw.randint(1, 9)}",
        "m": lambda: f"{draw.randint(100, 9999)}.{draw.randint(10, 99)}",
        "d": lambda: f"{draw.randint(2, 9)}.{draw.randint(1, 9)}",
        "day": lambda: str(draw.randint(8, 28)),
    }
    return forms[name]() if name in forms else ""


_SUBJECTS = (
    "各级医疗卫生机构",
    "县疾病预防控制中心",
    "各乡镇卫生院",
    "社区卫生服务中心",
    "卫生监督机构",
    "相关责任科室",
    "各项目承担单位",
)
_ACTIONS = ("完善", "落实", "推进", "规范", "健全", "强化", "优化", "巩固", "细化", "督促")
_OBJECTS = (
    "基本公共卫生服务",
    "家庭医生签约服务",
    "预防接种管理",
    "医疗废物处置",
    "政府信息公开",
    "院感防控措施",
    "双向转诊机制",
    "健康档案管理",
    "应急物资储备",
    "绩效考核办法",
)
_ENDS = (
    "确保各项任务按期完成",
    "不断提升群众满意度",
    "切实保障群众健康权益",
    "形成齐抓共管的工作格局",
    "有效提高服务能力和水平",
)


def written_prose(characters: int) -> list[str]:
    """Return documents of plain official prose, about `characters` together, for measuring speed; needs no file."""
    draw = random.Random(_SEED)  # noqa: S311
    documents: list[str] = []
    written = 0
    while written < characters:
        lines = [f"关于做好{draw.choice(_OBJECTS)}工作的通知"]
        for number in range(1, draw.randint(8, 30)):
            actions = "，".join(
                draw.choice(_ACTIONS) + draw.choice(_OBJECTS) for _ in range(draw.randint(1, 3))
            )
            figure = (
                f"完成{draw.randint(100, 99999)}人次，同比增长{draw.randint(1, 30)}.{draw.randint(1, 9)}%"
            )
            lines.append(f"{number}.{draw.choice(_SUBJECTS)}要{actions}，{figure}，{draw.choice(_ENDS)}。")
        lines.append(
            f"联系电话：0573-8000{draw.randint(1000, 9999)}。{draw.randint(2019, 2026)}年{draw.randint(1, 12)}月{draw.randint(1, 28)}日"
        )
        documents.append("\n".join(lines))
        written += len(documents[-1])
    return documents
