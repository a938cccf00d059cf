"""The command line: every command explains itself in Chinese; every failure is one line, and JSON where asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongkai.project.command import COMMANDS, gongkai, run
from gongkai.project.commands.console import one_line


def commands() -> list[tuple[str, ...]]:
    """Return the path of every command and sub-command."""
    found: list[tuple[str, ...]] = []
    root = click.Context(gongkai, info_name="gongkai")
    for name in COMMANDS:
        command = gongkai.get_command(root, name)
        assert command is not None
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, child) for child in command.list_commands(click.Context(command, parent=root))]
    return found


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_help_is_chinese(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*path, "--help"]) == 0
    out = capsys.readouterr().out
    assert "用法：" in out
    assert "选项" in out
    assert "Show this message" not in out
    assert any("\u4e00" <= letter <= "\u9fff" for line in out.splitlines()[1:4] for letter in line)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nothing", "--json"], "unknown_command"),
        (["clock", "due", "--json"], "missing_parameter"),
        (
            ["clock", "due", "--rule", "ogi.reply", "--from", "2026-01-05", "--wrong", "--json"],
            "unknown_option",
        ),
        (["clock", "due", "--rule", "no.such", "--from", "2026-01-05", "--json"], "unknown_rule"),
        (["clock", "due", "--rule", "ogi.reply", "--from", "5 January", "--json"], "bad_date"),
    ],
)
def test_wrong_use_is_one_line_and_json(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"].keys() == {"code", "message", "where", "remedy"}
    assert json.loads(captured.out)["error"]["code"] == code
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("错误：")


def test_clock_due_answers_in_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "clock",
        "due",
        "--rule",
        "ogi.reply",
        "--from",
        "2024-09-20",
        "--event",
        "extend:2024-10-10:20",
        "--json",
    ]
    assert run(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {"rule", "rule_version", "from", "due_date", "provisional", "basis", "trace"} <= answer.keys()
    assert {"date", "counted", "number", "why"} <= answer["trace"][0].keys()
    assert answer["extended"] is True


def test_clock_needs_no_database(tmp_path: Path) -> None:
    program = "import sys; from gongkai.project.command import run; run(['clock','due','--rule','ogi.reply','--from','2024-01-02']); sys.exit('django' in sys.modules)"
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"GONGKAI_HOME": str(home), "PATH": ""},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not home.exists()


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",)), max_size=12), max_size=5))
def test_any_words_end_with_an_exit_code_and_never_a_traceback(words: list[str]) -> None:
    # only words that are no command, so that nothing is carried out
    words = [word for word in words if word not in COMMANDS]
    assert run(["clock", *words]) in {0, 2}


def test_error_line_says_each_thing_once() -> None:
    assert one_line("打不开文件", "a.docx", "请检查权限") == "打不开文件（a.docx）；请检查权限"
    assert one_line("打不开 a.docx", "a.docx", "") == "打不开 a.docx"
    assert "\n" not in one_line("甲\n乙", "", "丙\n丁")


def test_import_dry_run_reports_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "通知.txt"
    good.write_text(
        "关于开展健康宣传的通知\n\n各科室：\n一、时间\n三月。\n二、地点\n广场。\n", encoding="utf-8"
    )
    empty = tmp_path / "空.txt"
    empty.write_bytes(b"")
    assert run(["import", "--dry-run", "--json", str(good), str(empty), str(tmp_path / "无.txt")]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [bool(row.get("error")) for row in rows] == [False, True, True]
    assert {"file", "title", "document_number", "issuer", "formed_date", "blocks", "warnings"} <= rows[
        0
    ].keys()
    assert [block["level"] for block in rows[0]["blocks"] if block["kind"] == "heading"] == [1, 1]


def test_import_without_organisation_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", str(tmp_path / "x.txt"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "no_org"


def test_setup_file_names_what_is_missing(tmp_path: Path) -> None:
    from gongkai.project.administrators import read_setup
    from gongkai.project.failure import CommandFailed

    whole = {
        "authority": {"code": "demo", "name": "示范局"},
        "administrators": [
            {"role": role, "username": role, "name": "某某", "password": "Qing-Quan-2020"}
            for role in ("system_admin", "security_admin", "auditor")
        ],
    }
    assert read_setup(yaml.safe_load(yaml.safe_dump(whole))).code == "demo"
    for broken in (
        None,
        [],
        {},
        {**whole, "authority": {"code": "x"}},
        {**whole, "administrators": [{"role": "auditor"}]},
    ):
        with pytest.raises(CommandFailed) as caught:
            read_setup(broken)
        assert caught.value.remedy
    assert "Qing-Quan" not in repr(read_setup(whole))
