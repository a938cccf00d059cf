"""What a person sees when an answer failed (出错页): without database, session or template, since any of them may be what failed."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

RETRY_SECONDS = 10
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head>
<body><main><h1>{title}</h1><p>{what}</p><p>{remedy}</p></main></body></html>
"""


def answer_failure(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away or locked, otherwise 500; both say what happened and what to do."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        page = _PAGE.format(
            title="系统正在恢复，请稍候",
            what="数据库暂时没有应答，刚才的操作没有完成，也没有留下一半。",
            remedy=f"请约 {RETRY_SECONDS} 秒后按浏览器的“刷新”再试；填写的内容仍在上一页。已公开的网页不受影响。",
        )
        answer = HttpResponse(page, status=503)
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer
    page = _PAGE.format(
        title="程序出错",
        what="处理这个请求时程序出错，刚才的操作没有完成。",
        remedy="请返回上一页再试一次；仍不行时，请把时间和操作告诉系统管理员，原因在运行日志里。",
    )
    return HttpResponse(page, status=500)
