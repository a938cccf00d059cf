"""Drills (演练): what can go wrong in years of running is done on purpose, on throw-away homes, and what must hold is checked.

Short inside the test run, long by `script/drill`. A drill never touches a home that exists: it makes its own below a temporary folder.
"""

NAMES: dict[str, str] = {
    "crash": "随机时刻 kill -9：发布与撤回一件不丢、一件不重，公开目录与整体重建逐字节相同",
}
"""Name of the module → what must hold."""
