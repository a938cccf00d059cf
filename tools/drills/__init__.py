"""Drills (演练): what can go wrong in years of running is done on purpose, on throw-away homes, and what must hold is checked.

Short inside the test run, long by `script/drill`. A drill never touches a home that exists: it makes its own below a temporary folder.
"""

NAMES: dict[str, str] = {
    "crash": "随机时刻 kill -9：发布与撤回一件不丢、一件不重，公开目录与整体重建逐字节相同",
    "older_backup": "恢复较早的备份：公开目录相同，台账与更新的封存头核对，不对账不启动，已告知公众的逐项列出",
    "clerks": "五十人同时编辑、送审、签字、发布：文字不丢，签字不重，不死锁",
    "database_restart": "数据库在工作中重启或被长时间锁住：答复说明清楚的 503，回来后接着做，不重复",
    "two_workers": "两个后台任务进程，杀掉一个：每个任务做一次，手上的被收回",
    "full_disk": "发布、重建、备份时磁盘写满：说明清楚，不留半个文件，腾出空间后接着做",
    "damaged_store": "附件库文件被改动或丢失：查得出，不当作原件上网，指出从备份取回",
    "clock_back": "时钟被调回：定时的不提前，工作照常，健康检查说明",
    "replica": "PostgreSQL 主备：备机有全部账目，主机停掉后用提升的备机接着工作",
}
"""Name of the module → what must hold."""

LONG_ONLY: dict[str, str] = {
    "bundle": "离线包：断网安装、启动、健康检查通过",
    "container": "容器文件：断网构建、建立正式环境、启动，以非 root 运行",
}
"""Drills that have no short form."""

LEFT_OUT = 3
"""The exit code of a drill that cannot be done here: without PostgreSQL, or without the right to mount a disk."""
