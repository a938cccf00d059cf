"""`gongkai import FILE…`: drafts from documents. `--dry-run` needs no database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from gongkai.importing import api as importing
from gongkai.project.commands.console import ChineseCommand, json_option, one_line, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed

SHOWN = 60


@click.command("import", cls=ChineseCommand)
@click.argument("files", metavar="文件…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--org", "org_code", metavar="机构", help="拟稿机构代码")
@click.option(
    "--catalogue", "catalogue_codes", multiple=True, metavar="事项", help="所属公开事项代码，可写多个"
)
@click.option("--user", "username", metavar="登录名", help="经办人；正式环境必填")
@click.option("--dry-run", is_flag=True, help="只识别，不建草稿")
@json_option
def command(
    files: tuple[Path, ...],
    org_code: str | None,
    catalogue_codes: tuple[str, ...],
    username: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """把 Word、文本、网页、PDF 文件变成草稿，逐个报告；有一个失败就以 1 退出，其余照常处理。"""
    if not dry_run and not org_code:
        raise CommandFailed(
            "no_org",
            "没有指明机构",
            where="--org",
            remedy="请写 --org 机构代码，或加 --dry-run 只作识别",
            exit_code=2,
        )
    drafter = None if dry_run else _Drafter(str(org_code), catalogue_codes, username)
    failed = 0
    for path in files:
        try:
            row = _read(path) if drafter is None else drafter.draft(path)
        except Exception as error:
            if not isinstance(getattr(error, "message", None), str):
                raise
            failed += 1
            _report_failure(path, error, as_json=as_json)
            continue
        print_json(row) if as_json else _show(row)
    if failed and not as_json:
        click.echo(f"{len(files)} 个文件中有 {failed} 个没有导入", err=True)
    return 1 if failed else 0


def _read(path: Path) -> dict[str, Any]:
    start_django()  # only for the office's time zone: the reader warns of dates in the future
    return importing.to_json(importing.import_file(path, today=timezone.localdate()))


class _Drafter:
    """Makes drafts for one organisation in somebody's name."""

    def __init__(self, org_code: str, catalogue_codes: tuple[str, ...], username: str | None) -> None:
        environment = start_django()
        from gongkai.project.operators import operator

        self.org_code, self.codes = org_code, catalogue_codes
        self.user = operator(
            environment,
            username=username,
            action="import",
            kind="record",
            org_code=org_code,
            today=timezone.localdate(),
        )

    def draft(self, path: Path) -> dict[str, Any]:
        """Read one file into a draft and describe both."""
        from gongkai.records import api as records

        made = records.import_draft(
            path=path,
            org_code=self.org_code,
            catalogue_codes=self.codes,
            user=self.user,
            now=timezone.now(),
            origin="command",
        )
        return {
            "file": str(path),
            "record": made.record.id,
            "title": made.record.title,
            "formed_date": made.record.formed_date,
            "catalogue": list(made.record.catalogue_codes),
            "warnings": [{"code": w.code, "message": w.message, "where": w.where} for w in made.warnings],
        }


def _report_failure(path: Path, error: Any, *, as_json: bool) -> None:
    where = str(getattr(error, "where", "")) or path.name
    remedy = str(getattr(error, "remedy", ""))
    message = error.message.rstrip("。")
    click.echo(f"错误：{path}：{one_line(message, where if where != path.name else '', remedy)}", err=True)
    if as_json:
        code = str(getattr(error, "code", "") or type(error).__name__)
        print_json(
            {"file": str(path), "error": {"code": code, "message": message, "where": where, "remedy": remedy}}
        )


def _show(row: dict[str, Any]) -> None:
    made = f"草稿 {row['record']}" if "record" in row else "已识别"
    click.echo(f"{row['file']}：{made}　{row['title'] or '（没有标题）'}")
    for block in row.get("blocks", ()):
        text = block.get("text") or f"（{block['kind']}）"
        click.echo(f"  {block['kind']}{block.get('level') or ''}　{text[:SHOWN]}")
    for warning in row["warnings"]:
        click.echo(f"  注意：{warning['message']}（{warning['where']}）")
