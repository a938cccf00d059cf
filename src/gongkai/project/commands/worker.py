"""`gongkai worker`: drain the job rows."""

from __future__ import annotations

import os

import click

from gongkai.project.commands.console import ChineseCommand
from gongkai.project.django_setup import start_django

NICE = 10


@click.command("worker", cls=ChineseCommand)
@click.option(
    "--queues", default="publish,default,idle", show_default=False, help="只处理这些队列，逗号分隔；默认全部"
)
@click.option("--nice", "low", is_flag=True, help="以低优先级运行，适合 idle 队列")
def command(queues: str, low: bool) -> None:
    """启动后台任务进程：执行任务、定时任务，并回收中断的任务。按 Ctrl+C 停止。"""
    if low:
        os.nice(NICE)
    environment = start_django()
    from gongkai.project.restored import require_settled
    from gongkai.project.worker.loop import WorkerLoop

    require_settled(environment)
    WorkerLoop(queues=[name.strip() for name in queues.split(",") if name.strip()]).run()
