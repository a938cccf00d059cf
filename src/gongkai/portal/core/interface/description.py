"""The description of the open interface (OpenAPI 3.1) from the table of addresses and the shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.portal.core.interface.endpoints import ATOM, CSV, ENDPOINTS, ICS, JSON, XML, Endpoint, Parameter
from gongkai.portal.core.interface.schema import reference, schemas_of
from gongkai.portal.core.interface.shapes import Problem

PROBLEM = "application/problem+json"
VERSION = "2"


def described(*, name: str, server: str, examples: Mapping[str, str]) -> dict[str, Any]:
    """Return the description; `server` is the address of the site with its base path, `examples` a value that exists by parameter name."""
    shapes = [row.shape for row in ENDPOINTS if row.shape]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{name}政府信息公开开放接口",
            "version": VERSION,
            "description": "全部为只读的公开内容，不需要登记和密钥。除检索外都是静态文件，内容撤回后对应文件随即消失。",
        },
        "servers": [{"url": server}],
        "tags": [{"name": group} for group in dict.fromkeys(row.group for row in ENDPOINTS)],
        "paths": {row.path: {"get": _operation(row, examples)} for row in ENDPOINTS},
        "components": {
            "schemas": schemas_of(*shapes, Problem),
            "responses": {
                "NotFound": _problem("没有这个文件"),
                "BadRequest": _problem("参数不合规则"),
                "NotReady": _problem("站点尚未生成"),
            },
        },
    }


def _operation(row: Endpoint, examples: Mapping[str, str]) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": {"description": row.summary, "content": _content(row)}}
    if row.dynamic:
        answers["400"] = {"$ref": "#/components/responses/BadRequest"}
        answers["503"] = {"$ref": "#/components/responses/NotReady"}
    elif row.path.startswith("/open/"):
        answers["404"] = {"$ref": "#/components/responses/NotFound"}
    else:
        answers["404"] = {"description": "没有这个文件；给人看的页面", "content": {"text/html": {}}}
    return {
        "operationId": row.operation,
        "tags": [row.group],
        "summary": row.summary,
        "parameters": [_parameter(p, examples) for p in row.parameters],
        "responses": answers,
    }


def _parameter(given: Parameter, examples: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": given.name,
        "in": given.place,
        "required": given.required,
        "description": given.text,
        "schema": given.schema,
    }
    if given.place == "path" and given.name in examples:
        found["example"] = examples[given.name]
    return found


def _content(row: Endpoint) -> dict[str, Any]:
    if row.media == JSON:
        return {JSON: {"schema": reference(row.shape) if row.shape else {"type": "object"}}}
    if row.media in (ATOM, XML, CSV, ICS):
        return {row.media: {}}
    return {"*/*": {}}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {PROBLEM: {"schema": reference(Problem)}}}
