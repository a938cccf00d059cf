"""What a person sees when there is no answer (出错页、没有此页): without database, session or template, since any of them may be what failed."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.html import escape

from gongkai.kernel.attachment_errors import AttachmentsAway

RETRY_SECONDS = 10
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>{head}</head>
<body>{band}<main class="page"><h1>{title}</h1><p>{what}</p><p>{remedy}</p></main></body></html>
"""
_BAND = '<header class="site-header"><div class="band"><p class="site-name"><a href="{home}/">政府信息公开</a></p></div></header><div class="band tools"></div>'
_AWAY = (
    '<a href="{home}/">回到首页</a>，或者<a href="{home}/search/">搜索已公开的信息</a>、'
    '<a href="{home}/ask/">申请公开</a>。'
)


def answer_failure(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database or the attachments are away, otherwise 500; each says what happened and what to do."""
    if isinstance(sys.exc_info()[1], AttachmentsAway):
        page = _PAGE.format(
            band="",
            title="附件暂时取不到",
            head="",
            what="存放附件的地方暂时没有应答。已经保存的文字都在，已公开的网页不受影响。",
            remedy="请过几分钟返回上一页再试；仍不行时请告诉系统管理员，运行状况一页写明原因。",
        )
        return _again_later(page, 60)
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        page = _PAGE.format(
            band="",
            title="系统正在恢复，请稍候",
            what="数据库暂时没有应答，刚才的操作没有完成，也没有留下一半。",
            head="",
            remedy=f"请约 {RETRY_SECONDS} 秒后按浏览器的“刷新”再试；填写的内容仍在上一页。已公开的网页不受影响。",
        )
        return _again_later(page, RETRY_SECONDS)
    page = _PAGE.format(
        band="",
        title="程序出错",
        what="处理这个请求时程序出错，刚才的操作没有完成。",
        head="",
        remedy="请返回上一页再试一次；仍不行时，请把时间和操作告诉系统管理员，原因在运行日志里。",
    )
    return HttpResponse(page, status=500)


def answer_missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 at the counters in the public look; why it is missing is nobody's business (never the exception's words)."""
    page = _PAGE.format(
        band=_BAND.format(home=escape(settings.BASE_PATH)),
        title="没有这个页面",
        head=_look(),
        what="地址不对，或者这个页面已经不在了。请核对地址是否抄全。",
        remedy=_AWAY.format(home=escape(settings.BASE_PATH)),
    )
    return HttpResponse(page, status=404)


def answer_forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose proof of origin is missing: mostly a browser without cookies or a page left open for days."""
    page = _PAGE.format(
        band=_BAND.format(home=escape(settings.BASE_PATH)),
        title="这一页已经过期，没有提交",
        head=_look(),
        what="浏览器没有带上这张表单的凭证：页面可能开得太久，或者浏览器禁用了 Cookie。",
        remedy="请允许本站使用 Cookie，返回上一页，刷新后再提交。"
        + _AWAY.format(home=escape(settings.BASE_PATH)),
    )
    return HttpResponse(page, status=403)


def _look() -> str:
    return (
        f'<link rel="stylesheet" href="{escape(static("portal/portal.css"))}"><link rel="icon" href="data:,">'
    )


def _again_later(page: str, seconds: int) -> HttpResponse:
    answer = HttpResponse(page, status=503)
    answer.headers["Retry-After"] = str(seconds)
    return answer
