"""Measurements apart: rows come back, the home is gone, a failure is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.kernel.measuring import measured_apart

MODULE = """
import json, os, sys
print("said beside the rows")
print(json.dumps({"home": os.environ["GONGKAI_HOME"], "database": os.environ.get("DATABASE_URL"), "n": int(sys.argv[1]), "heard": [k for k in os.environ if k in ("GONGKAI_ATTACHMENTS", "GONGKAI_SECRET_DIR", "GONGKAI_MAIL_URL")]}))
sys.exit("磁盘满了" if sys.argv[1] == "13" else 0)
"""


def test_rows_come_from_a_home_that_is_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "measured_here.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "roomy").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("GONGKAI_BENCH_DIR", str(tmp_path / "roomy"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://office")
    for name in ("GONGKAI_ATTACHMENTS", "GONGKAI_SECRET_DIR", "GONGKAI_MAIL_URL"):
        monkeypatch.setenv(name, "the-office")
    (row,) = measured_apart("measured_here", 7, what="示例")
    assert row["heard"] == [], "a measurement never touches what belongs to the office"
    assert (row["n"], row["database"]) == (7, None)
    assert Path(row["home"]).parent == tmp_path / "roomy"
    assert not Path(row["home"]).exists()
    with pytest.raises(RuntimeError, match="示例的测量没有完成：磁盘满了"):
        list(measured_apart("measured_here", 13, what="示例"))
