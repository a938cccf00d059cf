"""The command `gongkai clean`: what it prints and how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from gongkai.guard.attachments.cli import run_clean
from gongkai.guard.attachments.tests import sample_files as made
from gongkai.guard.attachments.tests import sample_pdfs as pdfs


def _run(source: Path, target: Path) -> tuple[int, dict]:  # type: ignore[type-arg]
    out = io.StringIO()
    code = run_clean(source, target, as_json=True, out=out)
    return code, json.loads(out.getvalue())


def test_clean_prints_what_was_removed(tmp_path: Path) -> None:
    path = made.save_docx(tmp_path / "in.docx", made.add_comment)
    code, told = _run(path, tmp_path / "out.docx")
    assert code == 0
    assert told["in"] == str(path)
    assert told["out"] == str(tmp_path / "out.docx")
    assert told["still"] == []
    assert {key: told["removed"][0][key] for key in ("what", "count")} == {
        "what": "att.docx_comment",
        "count": 1,
    }
    words = io.StringIO()
    assert run_clean(path, tmp_path / "out2.docx", as_json=False, out=words) == 0
    assert "批注 1 处" in words.getvalue()


def test_clean_writes_nothing_when_something_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = _run(pdfs.with_black_box(tmp_path / "in.pdf"), tmp_path / "out.pdf")
    assert code == 1
    assert told["still"][0]["what"] == "att.pdf_text_under_box"
    assert not (tmp_path / "out.pdf").exists()
    assert "没有写出" in capsys.readouterr().err


def test_clean_of_an_unreadable_file_ends_with_two(tmp_path: Path) -> None:
    (tmp_path / "in.docx").write_bytes(b"PK\x03\x04 broken")
    code, told = _run(tmp_path / "in.docx", tmp_path / "out.docx")
    assert code == 2
    assert told["still"]


def test_clean_refuses_missing_files_and_overwriting_the_original(tmp_path: Path) -> None:
    code, told = _run(tmp_path / "none.docx", tmp_path / "out.docx")
    assert code == 2
    assert set(told["error"]) == {"code", "message", "where", "remedy"}
    path = made.save_docx(tmp_path / "in.docx")
    assert _run(path, path)[1]["error"]["code"] == "same_file"
    assert _run(path, tmp_path / "no" / "out.docx")[1]["error"]["code"] == "no_folder"
