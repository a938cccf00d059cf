"""Export the evidence of a plan in one file (证据包): index, tasks, files, releases, facts, with a hash for each."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from html import escape
from pathlib import PurePath
from typing import IO, Any

from django.db import transaction

from gongkai.journal import api as journal
from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.records import api as records
from gongkai.registers import api as registers
from gongkai.supervision import facts
from gongkai.supervision.core.evidence_pack import INDEX, SUMS
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Evidence, EvidencePack, Plan
from gongkai.supervision.selectors import TaskStanding, list_standings
from gongkai.supervision.services.keep_file import open_kept
from gongkai.supervision.services.rights import acting

STAMP = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20
IN_MEMORY = 16 * 1024 * 1024


class _Pack:
    """A zip that remembers the hash of everything put into it; the same content gives the same bytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.zip, self.sums = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED), dict[str, str]()

    def add(self, name: str, data: bytes) -> None:
        """Put some bytes in."""
        self.zip.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)
        self.sums[name] = hashlib.sha256(data).hexdigest()

    def copy(self, name: str, source: IO[bytes]) -> None:
        """Put a file in, once, without holding it in memory."""
        if name in self.sums:
            return
        digest = hashlib.sha256()
        with self.zip.open(zipfile.ZipInfo(name, STAMP), "w") as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
        self.sums[name] = digest.hexdigest()

    def close(self) -> None:
        """Write the list of hashes (as `sha256sum -c` reads it) and end."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.sums.items()))
        self.zip.writestr(zipfile.ZipInfo(SUMS, STAMP), lines.encode())
        self.zip.close()


@transaction.atomic
def export_pack(
    *, plan_id: int, user: object | None, today: date, now: datetime
) -> tuple[IO[bytes], str, EvidencePack]:
    """Return the pack as an open temporary file with its name and the row that remembers its hash.

    Raises SupervisionRefused when a file of evidence is gone from the storage.
    """
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise SupervisionRefused("no_plan", "没有这份计划", remedy="请刷新页面")
    actor = acting(user=user, action="manage", org_code=plan.org_code, today=today)
    standings = list_standings(plan=plan, today=today)
    stream: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    pack = _Pack(stream)
    index = _index(plan, standings, today, pack)
    pack.add(INDEX, json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True).encode())
    pack.add("index.html", _page(index).encode())
    pack.add("tasks.csv", _table(index).encode("utf-8-sig"))
    pack.close()
    digest = _digest(stream)
    pieces = sum(len(task["evidence"]) for task in index["tasks"])
    made = EvidencePack.objects.create(
        plan=plan, sha256=digest, tasks=len(standings), pieces=pieces, made_at=now
    )
    fact = facts.EvidencePackMade(
        org=plan.org_code,
        subject=f"plan:{plan.pk}",
        on=today,
        sha256=digest,
        tasks=len(standings),
        pieces=pieces,
    )
    record_fact(fact, actor=actor, now=now)
    return stream, f"证据包-{plan.year}-{plan.pk}-{digest[:8]}.zip", made


def _digest(stream: IO[bytes]) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def _index(plan: Plan, standings: list[TaskStanding], today: date, pack: _Pack) -> dict[str, Any]:
    names = {o.code: o.name for o in organisations.list_organisations(under=plan.org_code)}
    entries, rows = set[int](), set[int]()
    tasks = []
    for standing in standings:
        task = standing.task
        found = [{"on": f.day.isoformat(), "ref": f.ref} for f in standing.found]
        for one in found:
            kind, _, number = one["ref"].partition(":")
            (rows if kind == "row" else entries).add(int(number))
        pieces = [_piece(piece, pack, entries) for piece in task.evidence.all()]
        orders = [
            {
                "number": o.number,
                "title": o.title,
                "state": o.get_state_display(),
                "due": o.due_date.isoformat(),
            }
            for o in task.orders.all()
        ]
        tasks.append(
            {
                "number": task.number, "part": task.part, "heading": task.heading, "text": task.text,
                "owner": names.get(task.owner_code, task.owner_code), "state": task.get_state_display(),
                "due": task.deadline_date.isoformat() if task.deadline_date else None, "light": standing.light.light.value,
                "why": standing.light.why, "progress": round(standing.progress, 4), "duty": task.duty_id,
                "needs_person": standing.duty.proof.why if standing.duty and not standing.duty.is_provable else "",
                "evidence": pieces, "found": found, "orders": orders,
            }
        )  # fmt: skip
    pack.add("facts.jsonl", _facts(entries).encode())
    pack.add("rows.jsonl", _rows(rows).encode())
    seal = journal.newest_seal()
    return {
        "title": plan.title, "year": plan.year, "organisation": organisations.get_organisation(code=plan.org_code).name,
        "source": plan.source_name, "source_sha256": plan.source_sha256, "until": today.isoformat(),
        "seal": {"seq": seal[0], "hash": seal[1]} if seal else None, "tasks": tasks,
    }  # fmt: skip


def _piece(piece: Evidence, pack: _Pack, entries: set[int]) -> dict[str, Any]:
    """Put one piece of evidence in and return what the index says of it."""
    path = ""
    kind, _, number = piece.ref.partition(":")
    if piece.kind == Evidence.FILE:
        path = f"files/{piece.sha256}{PurePath(piece.file_name).suffix.lower()}"
        try:
            with open_kept(piece.sha256) as source:
                pack.copy(path, source)
        except FileNotFoundError as error:
            raise SupervisionRefused(
                "file_gone", f"证据文件“{piece.file_name}”不在存储里", remedy="请从备份恢复后再导出"
            ) from error
    elif kind == "entry":
        entries.add(int(number))
    elif kind == "release":
        release = records.get_release(release_id=int(number))
        name = f"releases/{int(number)}.json"
        if name not in pack.sums:
            payload = {
                "sha256": release.sha256,
                "published_at": release.published_at.isoformat(),
                "payload": release.payload,
            }
            pack.add(name, json.dumps(payload, ensure_ascii=False, sort_keys=True).encode())
    return {
        "kind": piece.kind, "ref": piece.ref, "sha256": piece.sha256, "name": piece.file_name, "path": path,
        "counted_on": piece.counted_on.isoformat(), "note": piece.note,
    }  # fmt: skip


def _facts(ids: Iterable[int]) -> str:
    lines = []
    for entry in _entries(sorted(ids)):
        lines.append(
            {
                "id": entry.id, "name": entry.name, "org": entry.org, "subject": entry.subject, "on": entry.on.isoformat(),
                "at": entry.at.isoformat(), "body": entry.body,
            }
        )  # fmt: skip
    return "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)


def _entries(ids: list[int]) -> Iterable[journal.Entry]:
    for start in range(0, len(ids), 500):
        yield from journal.entries_with(ids=ids[start : start + 500])


def _rows(ids: Iterable[int]) -> str:
    """Return the public values of register rows; what is private stays in the register."""
    found = registers.public_rows(ids=sorted(ids))
    lines = (
        {"row": number, "key": key, "values": dict(values)} for number, (key, values) in sorted(found.items())
    )
    return "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)


def safe_cell(text: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    cell = str(text if text is not None else "")
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


def _table(index: dict[str, Any]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["编号", "部分", "任务", "责任科室", "状态", "到期", "灯", "进度", "证据", "系统找到", "需要人的原因"]
    )
    for task in index["tasks"]:
        row = [
            task["number"], task["part"], task["text"], task["owner"], task["state"], task["due"], task["why"],
            f"{task['progress']:.0%}", len(task["evidence"]), len(task["found"]), task["needs_person"],
        ]  # fmt: skip
        writer.writerow([safe_cell(cell) for cell in row])
    return out.getvalue()


def _page(index: dict[str, Any]) -> str:
    """Return the index for people: opens without anything but a browser."""
    lines = []
    for task in index["tasks"]:
        shown = [
            f'<a href="{escape(p["path"])}">{escape(p["name"])}</a>' if p["path"] else escape(p["ref"]) for p in task["evidence"]
        ]  # fmt: skip
        shown += [f"系统找到 {len(task['found'])} 条" if task["found"] else ""]
        cells = [task["number"], task["text"], task["owner"], task["state"], task["due"] or "", task["why"]]
        lines.append(
            "<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in cells)
            + f"<td>{'<br>'.join(s for s in shown if s)}</td></tr>"
        )  # fmt: skip
    heads = "".join(
        f'<th scope="col">{h}</th>' for h in ("编号", "任务", "责任科室", "状态", "到期", "进展", "证据")
    )
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(index["title"])}证据包</title>'
        "<style>body{font-family:sans-serif;margin:1.5rem;line-height:1.6}table{border-collapse:collapse}"
        "td,th{border:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top}</style></head><body>"
        f"<h1>{escape(index['title'])}证据包</h1><p>{escape(index['organisation'])}，截至 {index['until']}，"
        f"任务 {len(index['tasks'])} 项。核对：在本文件夹运行 sha256sum -c SHA256SUMS。</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></body></html>"
    )
