"""Begin a draft (新建): drop a file, or type a title."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gongkai.catalogue import api as catalogue
from gongkai.organisations import api as organisations
from gongkai.records.core.errors import RecordError
from gongkai.records.services.create_draft import columns_of_items, create_draft
from gongkai.records.services.import_draft import import_draft
from gongkai.records.staff.forms import NewDraftForm
from gongkai.records.staff.screens import now, require_scope


@require_http_methods(["GET", "POST"])
def new_draft(request: HttpRequest) -> HttpResponse:
    """Show the form, or make the draft and open its editor; a refused file is explained and what was typed stays."""
    codes = require_scope(request, "create")
    offered = [(o.code, o.name) for o in organisations.list_organisations() if o.code in codes]
    form = NewDraftForm(
        request.POST or None,
        request.FILES or None,
        organisations_offered=offered,
        items=_items({code for code, _ in offered}),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _make(request, form)
        except (RecordError, organisations.NotPermitted) as error:
            form.add_error("file" if form.cleaned_data.get("file") else None, _words(error))
    context = {"title": "新建信息", "icon": "doc-full-inverse", "form": form}
    return render(request, "records/new.html", context, status=400 if form.errors else 200)


def _make(request: HttpRequest, form: NewDraftForm) -> HttpResponse:
    values = form.cleaned_data
    common = {
        "org_code": values["org_code"],
        "catalogue_codes": values["catalogue_codes"],
        "user": request.user,
        "now": now(),
    }
    upload = values.get("file")
    if upload is None:
        columns = columns_of_items(common["org_code"], common["catalogue_codes"])
        record = create_draft(title=values["title"], blocks=(), metadata={"columns": columns}, **common)
    else:
        made = import_draft(data=upload.read(), name=upload.name, **common)
        record = made.record
        for warning in made.warnings[:20]:
            messages.warning(request, f"{warning.where}：{warning.message}")
        messages.success(request, f"已从“{upload.name}”生成草稿，请核对标题、文号和日期。")
    return redirect("wagtailsnippets_records_record:edit", record.id)


def _items(codes: set[str]) -> list[tuple[str, str]]:
    """Return the catalogue items of the authorities and institutions concerned, each code once."""
    owners = codes | {organisations.authority_of(code=code).code for code in codes}
    items = {item.code: item for code in sorted(owners) for item in catalogue.list_items(org_code=code)}
    return [(i.code, f"{i.code} {i.class_name}：{i.level2 or i.level1}") for i in items.values()]


def _words(error: Exception) -> str:
    if isinstance(error, RecordError):
        return f"{error.message}。{error.remedy}。"
    return str(error)
