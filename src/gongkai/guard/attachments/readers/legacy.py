"""Reading old office formats (读旧版格式): macros from the file itself, the rest after conversion."""

from __future__ import annotations

import io
from dataclasses import replace

from gongkai.guard.attachments.conversion import CONVERT_SECONDS, MODERN, convert
from gongkai.guard.attachments.kinds import sniff
from gongkai.guard.attachments.limits import Overrun
from gongkai.guard.attachments.reading import Reading

_SPARE_SECONDS = 5.0


def read_legacy(reading: Reading) -> None:
    """Read doc, xls, ppt, wps, rtf, odt, ods or odp through LibreOffice; raises Unreadable when it is missing or fails."""
    if reading.kind.macros:
        reading.finding("att.macro", "text", "文件带有宏（程序代码），打开时可能运行")
    left = reading.budget.seconds_left - _SPARE_SECONDS
    if left < _SPARE_SECONDS:
        raise Overrun("旧版格式转换的时间不够")
    data = convert(
        reading.content(), reading.kind.kind, MODERN[reading.kind.kind], seconds=min(CONVERT_SECONDS, left)
    )
    modern = replace(reading, source=io.BytesIO(data), kind=sniff(data))
    reading.readers[modern.kind.kind](modern)
