"""Files, folders, pages, encodings, the command and its exit codes."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongkai.guard.api import Context, read_overlay, rule_version, scan_file, scan_paths
from gongkai.guard.bench import measure
from gongkai.guard.cli import run_guard
from gongkai.guard.readme_table import README, with_table

NUMBER = "339918197504123012"
PAGE = f"""<!doctype html><html><head><title>临时救助名单公示</title><meta name="description" content="值班手机13900001357"></head>
<body><p>办公电话0573-80001234</p><table><tr><th>姓名</th><th>身份证号</th></tr><tr><td>周岚</td><td>{NUMBER}</td></tr></table>
<div style="display:none">初始密码：Abc@12345</div><img src="a.jpg" alt="手机13900002468"></body></html>"""


def run(paths: list[Path], config: Path | None = None, **extra: Any) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    code = run_guard(
        paths, config, as_json=True, show_matched=extra.pop("show_matched", False), out=out, **extra
    )
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_text_file_is_read_in_any_encoding_with_spans_of_the_decoded_text(
    tmp_path: Path, encoding: str
) -> None:
    text = f"关于救助的公示\n身份证号：{NUMBER}。\n"
    file = tmp_path / "公示.txt"
    file.write_bytes(text.encode(encoding))
    code, rows = run([file])
    assert code == 1
    (row,) = [row for row in rows if row["detector"] == "pii.cn_id18"]
    start, end = row["span"]
    assert text[start:end] == NUMBER
    assert row["where"] == {"part": "text"}
    assert row["matched"] == "339918********3012"
    assert {"file", "rule_version", "severity", "confidence", "suggestion", "basis"} <= set(row)


def test_page_is_read_with_tables_attributes_and_hidden_text(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "index.html").write_text(PAGE, encoding="utf-8")
    (found,) = scan_paths([tmp_path])
    seen = {(item.part.split(":")[0], item.detector) for item in found.findings}
    assert ("table", "pii.cn_id18") in seen
    assert ("table", "pii.welfare_list") in seen
    assert ("hidden", "sec.credential") in seen
    assert ("attribute", "pii.mobile") in seen
    assert not any(item.matched == "Abc@12345" for item in found.findings)


def test_clean_file_gives_zero(tmp_path: Path) -> None:
    file = tmp_path / "通知.txt"
    file.write_text(
        "关于开展爱国卫生月活动的通知\n各镇人民政府：\n请认真组织实施。办公电话：0573-80001234。\n",
        encoding="utf-8",
    )
    assert run([file]) == (0, [])


def test_unreadable_file_wins_over_blocking_and_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"身份证号：{NUMBER}", encoding="utf-8")
    (tmp_path / "b.docx").write_bytes(b"PK\x03\x04broken")
    code, rows = run([tmp_path])
    assert code == 2
    assert {"pii.cn_id18", "file.unreadable"} <= {row["detector"] for row in rows}


def test_number_in_a_file_name_is_found(tmp_path: Path) -> None:
    file = tmp_path / f"周岚{NUMBER}.txt"
    file.write_text("登记表已收。", encoding="utf-8")
    found = scan_file(file)
    assert "att.filename_pii" in {item.detector for item in found.findings}


def test_missing_path_and_bad_configuration_are_errors(tmp_path: Path) -> None:
    code, rows = run([tmp_path / "没有"])
    assert code == 2
    assert set(rows[0]["error"]) == {"code", "message", "where", "remedy"}
    bad = tmp_path / "c.yaml"
    bad.write_text("publish_date: 明天\n", encoding="utf-8")
    code, rows = run([tmp_path], bad)
    assert code == 2
    assert "publish_date" in rows[0]["error"]["message"]


def test_configuration_opens_the_allow_lists(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("值班手机：13900001357；落款：青禾市卫生健康局", encoding="utf-8")
    config = tmp_path / "c.yaml"
    config.write_text(
        "public_numbers: ['139-0000-1357']\norg_names: [青禾县卫生健康局]\npublish_date: 2025-03-18\n",
        encoding="utf-8",
    )
    code, rows = run([file], config)
    assert code == 0
    assert [row["detector"] for row in rows] == ["txt.org_name_variant"]


def test_context_reads_the_keys_of_the_configuration() -> None:
    context = Context.from_config(
        {
            "publish_date": "2025-01-02",
            "org_names": "甲局",
            "public_accounts": ["6217 99"],
            "page_type": "personnel",
            "extra": {"x": 1},
        }
    )
    assert context.publish_date == date(2025, 1, 2)
    assert context.org_names == ("甲局",)
    assert context.public_accounts == {"621799"}
    assert context.extra == {"x": 1}
    with pytest.raises(ValueError, match="org_names"):
        Context.from_config({"org_names": 3})


def test_the_office_adds_its_own_words(tmp_path: Path) -> None:
    folder = tmp_path / "guard"
    folder.mkdir()
    (folder / "own.yaml").write_text("lists:\n  common_typos:\n    青禾: [青和]\n", encoding="utf-8")
    file = tmp_path / "a.txt"
    file.write_text("欢迎关注青和卫健。", encoding="utf-8")
    assert run([file]) == (0, [])
    code, rows = run([file], overlay_folder=folder)
    assert code == 0
    assert [(row["detector"], row["replacement"]) for row in rows] == [("txt.general_typo", "青禾")]
    assert rows[0]["rule_version"] == rule_version(Context(extra=read_overlay(folder))) != rule_version()


def test_readable_lines_without_json(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(f"身份证号：{NUMBER}", encoding="utf-8")
    out = io.StringIO()
    assert run_guard([file], None, as_json=False, show_matched=False, out=out) == 1
    assert "拦截" in out.getvalue()
    assert NUMBER not in out.getvalue()


def test_readme_lists_every_detector() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == with_table(text), "请运行 python -m gongkai.guard.readme_table"


def test_bench_row_has_the_promised_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.guard.bench._CHARACTERS", 5_000)
    rows = measure()
    assert [row["name"] for row in rows] == ["guard.text", "guard.tables"]
    for row in rows:
        assert set(row) == {"name", "value", "unit", "ratio_to", "ratio", "budget", "met", "n"}
        assert row["value"] > 0
