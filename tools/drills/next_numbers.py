"""Publish one more record and register one more request, and say which numbers they got, after verifying the journal (part of `older_backup`)."""

from __future__ import annotations

import json

from django.utils import timezone

from gongkai.records import api as records
from gongkai.requests.testing import register
from tools.drills import judge
from tools.drills.office import approve, draft, people
from tools.drills.stage import Stage


def run(stage: Stage) -> None:
    """Do it."""
    judge.verified(stage)
    staff = people()
    number = draft(9999, editor=staff["editor"])
    approve(number, staff)
    records.publish(record_id=number, user=staff["leader"], now=timezone.now())
    case = register(timezone.localdate(), submission_key="after-restore")
    info = records.get_record(record_id=number)
    print(json.dumps({"index_number": info.index_number, "case": case.number}))
