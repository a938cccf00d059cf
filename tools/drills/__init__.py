"""Drills (演练): what can go wrong in years of running is done on purpose, on throw-away homes, and what must hold is checked.

Short inside the test run, long by `script/drill`. A drill never touches a home that exists: it makes its own below a temporary folder.
"""

NAMES: dict[str, str] = {
    "crash": "随机时刻 kill -9：发布与撤回一件不丢、一件不重，公开目录与整体重建逐字节相同",
    "older_backup": "恢复较早的备份：公开目录相同，台账与更新的封存头核对，不对账不启动，已告知公众的逐项列出",
    "clerks": "五十人同时编辑、送审、签字、发布：文字不丢，签字不重，不死锁",
}
"""Name of the module → what must hold."""
