"""What each attachment holds and hides (附件检查), the clean copy, and the redaction of PDFs (涂黑)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongkai.guard.attachments import api as attachments
from gongkai.records.core.errors import BadInput, NotFound, RecordError
from gongkai.records.core.places import place_label
from gongkai.records.core.stream import file_digests
from gongkai.records.models import Record, StoredFile
from gongkai.records.services.content import newest, raw_body
from gongkai.records.services.replace_file import (
    clean_attachment,
    name_in_draft,
    private_copy,
    redact_attachment,
)
from gongkai.records.staff.findings_panel import SEVERITY_LABELS
from gongkai.records.staff.screens import explained, now, viewable_state

MOST_PAGES = 200
BLANK_ROWS = 4
GROUNDS = ("个人隐私", "商业秘密", "不予公开", "依法不公开")
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of a draft as the record's page shows it."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int
    pages: int | None
    findings: tuple[dict[str, str], ...]
    hides: int

    @property
    def is_pdf(self) -> bool:
        """Tell whether it can be redacted here."""
        return self.media_type == _PDF


def file_rows(record: Record) -> list[FileRow]:
    """Return the files of the newest text with what their check found, gravest first."""
    raw = raw_body(record)
    rows = StoredFile.objects.in_bulk(list(file_digests(raw)))
    made = []
    for digest in file_digests(raw):
        if (row := rows.get(digest)) is None:
            continue
        found = sorted(row.findings, key=lambda item: list(SEVERITY_LABELS).index(item["severity"]))
        made.append(
            FileRow(
                digest,
                name_in_draft(record, digest),
                row.media_type,
                row.size_bytes,
                row.pages,
                tuple(_finding(item) for item in found),
                sum(item["detector"].startswith(("att.", "file.")) for item in found),
            )
        )
    return made


@require_POST
@explained
def clean_copy(request: HttpRequest, record_id: int, sha256: str) -> HttpResponse:
    """Put a clean copy in place of a file."""
    viewable_state(request, record_id)
    stored = clean_attachment(
        record_id=record_id, sha256=sha256, version=_version(request), user=request.user, now=now()
    )
    left = sum(1 for item in stored.findings if item["severity"] in {"block", "review"})
    said = f"已换成干净副本“{stored.original_name}”，原文件不公开"
    messages.success(
        request, said + (f"；还有 {left} 处内容要由人处理。" if left else "，复查没有隐藏内容。")
    )
    return redirect(reverse("records:page", args=[record_id]) + "#files")


@require_http_methods(["GET", "POST"])
def redact(request: HttpRequest, record_id: int, sha256: str) -> HttpResponse:
    """Show the pages of a PDF with boxes to draw; on POST destroy what is under them."""
    state = viewable_state(request, record_id)
    record = newest(state.record)
    row = _pdf(record, sha256)
    boxes = _given_boxes(request)
    if request.method == "POST" and "find" not in request.POST:
        try:
            stored = redact_attachment(
                record_id=record_id,
                sha256=sha256,
                boxes=_boxes(boxes),
                version=_version(request),
                user=request.user,
                now=now(),
            )
        except RecordError as error:
            messages.error(request, f"{error.message}。{error.remedy}。")
        else:
            messages.success(
                request, f"已换成涂黑的“{stored.original_name}”，框下的内容已清除，原文件不公开。"
            )
            return redirect(reverse("records:page", args=[record_id]) + "#files")
    elif request.method == "POST":
        boxes += _found_boxes(request, sha256)
    pages = min(row.pages or 1, MOST_PAGES)
    context = {
        "title": "涂黑", "subtitle": name_in_draft(record, sha256)[:60], "icon": "edit", "state": state, "sha256": sha256,
        "pages": range(1, pages + 1), "grounds": GROUNDS, "version": state.version, "all_pages": row.pages,
        "rows": [*boxes, *({} for _ in range(BLANK_ROWS))],
        "words": request.POST.get("words", ""),
    }  # fmt: skip
    return render(request, "records/redact.html", context)


@require_GET
def page_picture(request: HttpRequest, record_id: int, sha256: str, page: int) -> HttpResponse:
    """Answer with one page of a PDF as a picture, for who may see the record."""
    state = viewable_state(request, record_id)
    record = newest(state.record)
    _pdf(record, sha256)
    try:
        with private_copy(sha256, name_in_draft(record, sha256)) as path:
            picture = attachments.page_png(path, page)
    except attachments.Unreadable as error:
        raise Http404(str(error)) from error
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def _finding(item: dict[str, Any]) -> dict[str, str]:
    return {
        "severity": item["severity"],
        "label": SEVERITY_LABELS[item["severity"]],
        "place": place_label(f"file:>{item['part']}").removeprefix("附件“”，"),
        "message": item.get("message") or item["suggestion"],
        "matched": item["matched"],
    }


def _pdf(record: Record, sha256: str) -> StoredFile:
    try:
        name_in_draft(record, sha256)
    except NotFound as error:
        raise Http404("没有这个文件") from error
    row = StoredFile.objects.filter(pk=sha256, media_type=_PDF).first()
    if row is None:
        raise Http404("只有 PDF 可以涂黑")
    return row


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else -1


def _given_boxes(request: HttpRequest) -> list[dict[str, str]]:
    """Return the rows of the form that are not empty, as typed; positions are percent of the page as displayed."""
    names = ("page", "left", "top", "right", "bottom", "ground")
    columns = [request.POST.getlist(name) for name in names]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=False)]
    return [row for row in rows if any(row[name].strip() for name in names[:5])]


def _boxes(rows: list[dict[str, str]]) -> list[attachments.Box]:
    boxes = []
    for number, row in enumerate(rows, 1):
        try:
            left, top, right, bottom = (float(row[name]) / 100 for name in ("left", "top", "right", "bottom"))
            page = int(row["page"])
        except ValueError:
            raise _bad_box(number) from None
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1 and page >= 1):
            raise _bad_box(number)
        boxes.append(attachments.Box(page, (left, top, right, bottom), row["ground"] or GROUNDS[0]))
    return boxes


def _found_boxes(request: HttpRequest, sha256: str) -> list[dict[str, str]]:
    words = request.POST.get("words", "").split()
    if not words:
        return []
    ground = (request.POST.getlist("ground") or [""])[0] or GROUNDS[0]
    try:
        with private_copy(sha256, "original.pdf") as path:
            found = attachments.find_boxes(path, words, ground)
    except attachments.Unreadable as error:
        messages.error(request, str(error))
        return []
    messages.info(request, f"找到 {len(found)} 处，请核对后再涂黑。")
    sides = ("left", "top", "right", "bottom")
    return [
        {
            "page": str(box.page),
            "ground": box.ground,
            **{side: f"{share * 100:.2f}" for side, share in zip(sides, box.rect, strict=True)},
        }
        for box in found
    ]


def _bad_box(number: int) -> BadInput:
    return BadInput(
        code="box_unreadable",
        message=f"第 {number} 个框的位置不对",
        where="涂黑",
        remedy="页码从 1 起；左、上、右、下是 0 到 100 的百分数，右大于左、下大于上",
    )
