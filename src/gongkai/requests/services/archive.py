"""The archive file of a case (归档): everything in order with its index; kept until a day the office names."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.html import escape

from gongkai.requests.errors import Refused
from gongkai.requests.letters.docx_letter import letter_docx
from gongkai.requests.models import Case
from gongkai.requests.services.acting import advance, allow, day_of, deadline_of, locked, permit
from gongkai.requests.services.files import read_file
from gongkai.requests.services.letters import content_of


def archive_index(case: Case) -> list[dict[str, str]]:
    """Return the index of the file (卷内目录): number, name, date, SHA-256."""
    rows = [{"name": "申请内容与办理记录.json", "date": case.arrived_date.isoformat(), "sha256": ""}]
    rows += [
        {"name": f"文书-{letter.title}.docx", "date": letter.frozen_date.isoformat(), "sha256": letter.sha256}
        for letter in case.letters.filter(frozen_date__isnull=False)
        if letter.frozen_date
    ]
    rows += [
        {
            "name": f"{row.get_kind_display()}-{row.name}",
            "date": row.added_at.date().isoformat(),
            "sha256": row.sha256,
        }
        for row in case.files.exclude(stored_name="")
    ]
    return [{"no": f"{number:03d}", **row} for number, row in enumerate(rows, start=1)]


def archive_zip(case: Case) -> bytes:
    """Return the whole file as a zip: index, history with the day-by-day reason of the limit, letters, files."""
    limit = deadline_of(case)
    history = {
        "number": case.number,
        "events": [
            {"seq": e.seq, "verb": e.verb, "on": e.on.isoformat(), "state": e.state, "note": e.note}
            for e in case.events.all()
        ],
        "limit": [f"{day.date.isoformat()} {day.why}" for day in limit.trace] if limit else [],
        "parts": [{"text": p.text, "outcome": p.outcome, "detail": p.detail} for p in case.parts.all()],
        "row": case.row,
        "row_why": case.row_why,
    }
    index, stream = archive_index(case), io.BytesIO()
    bodies = [json.dumps(history, ensure_ascii=False, indent=1).encode()]
    bodies += [letter_docx(content_of(row)) for row in case.letters.filter(frozen_date__isnull=False)]
    bodies += [read_file(row) for row in case.files.exclude(stored_name="")]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("卷内目录.json", json.dumps(index, ensure_ascii=False, indent=1))
        archive.writestr("卷内目录.html", _index_page(case, index))
        for row, body in zip(index, bodies, strict=True):
            archive.writestr(f"{row['no']}-{row['name'].replace('/', '_')}", body)
    return stream.getvalue()


def _index_page(case: Case, index: list[dict[str, str]]) -> str:
    """Return the index as a page to print: number, name, date, and the digest by which a file is proven."""
    lines = "".join(
        f"<tr><td>{row['no']}</td><td>{escape(row['name'])}</td><td>{row['date']}</td><td>{row['sha256']}</td></tr>"
        for row in index
    )
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>卷内目录 {escape(case.number)}</title></head>'
        f"<body><h1>卷内目录 {escape(case.number)}</h1><table border><tr><th>序号</th><th>名称</th><th>日期</th>"
        f"<th>SHA-256</th></tr>{lines}</table></body></html>"
    )


@transaction.atomic
def archive(*, case_id: int, keep_until: date | None, user: Any, now: datetime) -> Case:
    """Close the file for the archive; `keep_until` None means for ever (永久). The term is the office's to name."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="manage", today=today)
    allow(case, "archive")
    if keep_until is not None and keep_until <= today:
        raise Refused(
            "保存期限应晚于今天", where=keep_until.isoformat(), remedy="请按本机关的归档范围和保管期限表填写"
        )
    case.keep_until, case.archived_date = keep_until, today
    index = json.dumps(archive_index(case), ensure_ascii=False, sort_keys=True)
    advance(
        case,
        "archive",
        by=by,
        now=now,
        on=today,
        sha256=sha256(index.encode()).hexdigest(),
        keep_until=keep_until,
    )
    return case
