"""Coverage of training (培训覆盖): of the new civil servants of a year, how many were trained; none hired = not applicable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from gongkai.kernel.scrubbing import holds_personal_number

#: codes of the register `training`
TOPICS = {
    "regulation": "条例",
    "guard": "发布审查",
    "requests": "依申请公开",
    "platform": "平台操作",
    "other": "其他",
}
AUDIENCES = {
    "all": "机关全体",
    "editors": "信息员",
    "new_recruits": "新录用公务员",
    "window": "窗口工作人员",
    "other": "其他",
}
NOT_APPLICABLE = "不适用"
#: numbers with so many digits are taken for phone or identity numbers
LONG_NUMBER = 11
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,40}")


def is_number(text: str) -> bool:
    """Tell whether a staff number may be kept: short, and no identity or phone number."""
    digits = sum(c.isdigit() for c in text)
    return bool(_NUMBER.fullmatch(text)) and digits < LONG_NUMBER and not holds_personal_number(text)


@dataclass(frozen=True, slots=True)
class Coverage:
    """New civil servants of a year and how many of them were trained."""

    hired: int
    trained: int

    @property
    def share(self) -> Fraction | None:
        """Return the share trained; None when nobody was hired."""
        return Fraction(self.trained, self.hired) if self.hired else None

    @property
    def printed(self) -> str:
        """Return the share in percent, cut so that only everybody is 100 %; 不适用 when nobody was hired."""
        return NOT_APPLICABLE if self.share is None else f"{int(self.share * 100)}%"
