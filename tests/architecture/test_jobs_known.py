"""A page that enqueues a job finds it: the web process imports no worker, so `AppConfig.ready` must make the jobs known."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
HOLDER = re.compile(r"^_JOBS\b", re.MULTILINE)
PROGRAM = """
import importlib, json, sys
import django; django.setup()
print(json.dumps({name: sorted(importlib.import_module(name)._JOBS) for name in sys.argv[1:]}))
"""


@pytest.mark.once
def test_django_alone_knows_every_job_that_a_service_enqueues():
    holders = [
        ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        for file in (SOURCE / "gongkai").rglob("services/*.py")
        if HOLDER.search(file.read_text("utf-8"))
    ]
    assert "gongkai.portal.services.subscribe" in holders
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *holders],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "gongkai.project.settings.test"},
        capture_output=True,
        text=True,
        check=True,
    )
    known = json.loads(done.stdout.splitlines()[-1])
    assert all(known.values()), (
        f"启动后没有登记任务的服务：{[name for name, jobs in known.items() if not jobs]}"
    )
