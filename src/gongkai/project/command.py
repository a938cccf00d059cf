"""The `gongkai` command: finds the sub-command, runs it, and turns every failure into one Chinese line and an exit code."""

from __future__ import annotations

import importlib
import sys
import traceback

import click

from gongkai.project.commands.console import ChineseCommand, report_failure
from gongkai.project.failure import CommandFailed, as_full_disk

# name -> (module, one line for `gongkai --help`)
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "建立运行目录与数据库；--production 为正式使用"),
    "serve": ("serve", "启动公开网站、工作台与后台任务"),
    "worker": ("worker", "只启动后台任务进程"),
    "check": ("check", "健康检查：数据库、触发器、后台任务、磁盘、索引、证书"),
    "import": ("import_files", "把 Word、文本、网页、PDF 文件变成草稿"),
    "move-in": ("move_in", "原网站迁移：读取、检查、建草稿，整批审签后发布"),
    "build": ("build", "由发布件生成公开网站"),
    "clock": ("clock", "法定时限：推算到期日并列出逐日依据"),
    "guard": ("guard", "发布前检查：逐条列出问题"),
    "guard-quality": ("guard_quality", "量检查器的召回、精确与误报"),
    "guard-train": ("guard_train", "由标注语料训练读名器和病情归属的模型"),
    "clean": ("clean", "去掉附件中的隐藏信息，另存一份"),
    "journal": ("journal", "台账：核验是否被改动"),
    "withdraw": ("withdraw", "紧急撤下已公开的信息，并证明没有残留"),
    "plan": ("plan", "工作计划：读成任务、责任科室和时限"),
    "report": ("report", "年度报告：运算、核对、追溯"),
    "demo": ("demo", "装入演示年度（不能用于正式环境）"),
    "backup": ("backup", "备份全部数据，可核验"),
    "restore": ("restore", "核验并恢复备份"),
    "retention": ("retention", "保管与处置：期限、到期的、旧备份"),
    "store": ("store", "对象存储：检查、搬移附件、存放备份"),
    "reconcile": ("reconcile", "恢复旧备份之后：列出公众已经知道的，再次撤下和清除，才继续"),
    "upgrade": ("upgrade", "换上新版本后：先备份数据库，再更新结构；可退回"),
    "export": ("export", "用开放格式导出全部数据，附说明"),
    "import-export": ("import_export", "把整体导出装进一台空机器"),
    "nginx": ("nginx", "输出前置 nginx 的配置"),
    "bench": ("bench", "测量性能并与预算对照"),
}
INTERNAL = "internal"


class LazyGroup(ChineseCommand, click.Group):
    """A group that imports a sub-command only when it is called: `clock due` needs no Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a sub-command and return its `command`."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gongkai.project.commands.{COMMANDS[cmd_name][0]}")
        found: click.Command = module.command
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write options and the table of commands without importing them."""
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([(name, meaning) for name, (_, meaning) in COMMANDS.items()])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write nothing: `format_options` has done it."""


@click.group(cls=LazyGroup)
@click.version_option(
    package_name="gongkai", prog_name="gongkai", message="%(prog)s %(version)s", help="显示版本"
)
def gongkai() -> None:
    """公开：政务公开全流程系统。"""


USAGE_MESSAGES = (
    (click.NoSuchOption, "unknown_option", lambda e: f"没有选项 {e.option_name}"),
    (
        click.MissingParameter,
        "missing_parameter",
        lambda e: f"缺少参数 {e.param.opts[-1] if e.param else ''}".rstrip(),
    ),
    (
        click.BadParameter,
        "bad_parameter",
        lambda e: f"参数 {e.param.opts[-1] if e.param else ''} 不正确：{e.message}",
    ),
    (click.BadOptionUsage, "bad_option", lambda e: f"选项 {e.option_name} 的用法不正确"),
)


def _usage_failure(error: click.UsageError) -> tuple[str, str, str]:
    """Return code, message and remedy for wrong use."""
    path = error.ctx.command_path if error.ctx else "gongkai"
    remedy = f"用 {path} --help 查看用法"
    for kind, code, text in USAGE_MESSAGES:
        if isinstance(error, kind):
            return code, text(error), remedy
    if "No such command" in error.message:
        return "unknown_command", f"没有这个命令：{error.message.split(chr(39))[1]}", remedy
    return "usage", f"用法不正确：{error.message}", remedy


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code; failures are printed, never raised."""
    as_json = "--json" in arguments
    try:
        result = gongkai.main(args=arguments, prog_name="gongkai", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止", err=True)
        return 130
    except click.UsageError as error:
        code, message, remedy = _usage_failure(error)
        report_failure(code, message, "", remedy, as_json=as_json)
        return 2
    except CommandFailed as error:
        report_failure(error.code, error.message, error.where, error.remedy, as_json=as_json)
        return error.exit_code
    except Exception as error:
        return _other_failure(error, as_json=as_json)


def _other_failure(error: Exception, *, as_json: bool) -> int:
    """Report a room's own error by its four parts, anything else as a fault of the program (details go to standard error)."""
    message = getattr(error, "message", None)
    if isinstance(message, str) and hasattr(error, "remedy"):
        code = str(getattr(error, "code", "") or type(error).__name__)
        report_failure(code, message, str(getattr(error, "where", "")), str(error.remedy), as_json=as_json)
        return int(getattr(error, "exit_code", 1))
    if isinstance(error, click.ClickException):
        report_failure("usage", error.message, "", "", as_json=as_json)
        return error.exit_code
    if (full := as_full_disk(error)) is not None:
        report_failure(full.code, full.message, full.where, full.remedy, as_json=as_json)
        return full.exit_code
    traceback.print_exc()
    name = f"{type(error).__name__}: {error}"
    report_failure(INTERNAL, f"程序出错：{name}", "", "请把以上内容交给维护人员", as_json=as_json)
    return 70


def main() -> None:
    """Entry of the console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
