"""Paste from Word or WPS (粘贴): headings, tables and paragraphs stay what they are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gongkai.records.core.errors import RecordError
from gongkai.records.core.outline import outline
from gongkai.records.services.content import newest, raw_body
from gongkai.records.services.paste import paste
from gongkai.records.staff.screens import now, viewable_state

MAX_CHARACTERS = 5_000_000


@require_http_methods(["GET", "POST"])
def paste_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Take what was pasted to the chosen place of the draft; what was typed stays on the page when it is refused."""
    state = viewable_state(request, record_id)
    text, html = request.POST.get("text", ""), request.POST.get("html", "")
    problem, typed = "", request.POST.get("after", "")
    if request.method == "POST":
        if len(text) + len(html) > MAX_CHARACTERS:
            problem = "粘贴的内容太多。请存成 Word 文件，从文件新建。"
        else:
            try:
                count = paste(
                    record_id=record_id,
                    html=html,
                    text=text,
                    user=request.user,
                    now=now(),
                    after=int(typed) if typed.isdigit() else None,
                    version=int(given) if (given := request.POST.get("version", "")).isdigit() else None,
                )
            except RecordError as error:
                problem = f"{error.message}。{error.remedy}。"
            else:
                messages.success(
                    request, f"已放入 {count} 块内容，在{'您选的位置' if typed else '正文末尾'}。"
                )
                return redirect("wagtailsnippets_records_record:edit", record_id)
    context = {
        "title": "粘贴内容", "icon": "clipboard-list", "state": state, "record": state.record, "text": text,
        "problem": problem, "after": typed, "places": list(enumerate(outline(raw_body(newest(state.record))), start=1)),
    }  # fmt: skip
    return render(request, "records/paste.html", context, status=400 if problem else 200)
