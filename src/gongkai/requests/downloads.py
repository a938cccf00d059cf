"""Files handed to a browser (下载): always as a download, never run."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from gongkai.requests.letters.content import LetterContent
from gongkai.requests.letters.docx_letter import letter_docx
from gongkai.requests.letters.glyphs import FontsMissing
from gongkai.requests.letters.pdf_letter import CannotPrint, PdfNotAvailable, letter_html, letter_pdf
from gongkai.requests.models import Letter
from gongkai.requests.services.letters import content_of


def download(data: bytes, *, name: str, media_type: str) -> HttpResponse:
    """Return bytes as a download that no browser runs."""
    answer = HttpResponse(data, content_type=media_type)
    answer.headers["Content-Disposition"] = "attachment; filename*=UTF-8''" + _quoted(name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _quoted(name: str) -> str:
    return quote(name, safe="")


def letter_download(letter: Letter, form: str) -> HttpResponse:
    """Return a letter as docx or PDF; says so in words when PDF cannot be made here."""
    return content_download(content_of(letter), name=letter.number or letter.title, form=form)


def content_download(content: LetterContent, *, name: str, form: str) -> HttpResponse:
    """Return what a letter says as docx or PDF under a name without ending."""
    name = f"{name}.{form}"
    if form == "docx":
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return download(letter_docx(content), name=name, media_type=kind)
    try:
        return download(letter_pdf(content), name=name, media_type="application/pdf")
    except (CannotPrint, FontsMissing, PdfNotAvailable) as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")


def letter_sheet(content: LetterContent) -> HttpResponse:
    """Return the letter as the page it prints on; its own style is all it may use."""
    answer = HttpResponse(letter_html(content))
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    return answer
