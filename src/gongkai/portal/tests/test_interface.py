"""The open interface: every public file is described and is as described; addresses and refusals hold under schemathesis."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from lxml import etree
from schemathesis.generation import GenerationMode

from gongkai.portal.builder import Builder
from gongkai.portal.core.interface.description import PROBLEM
from gongkai.portal.core.interface.endpoints import ENDPOINTS, endpoint_of
from gongkai.portal.front import Front
from gongkai.portal.places import places_under
from gongkai.portal.testing.feed_rules import ATOM, feed_problems
from gongkai.portal.testing.payloads import GeneratedSource, generated_site, payload
from gongkai.portal.tests.conftest import COUNT, TODAY
from gongkai.portal.tests.test_front import ask

MISSING = "open/404.json"  # the body of every missing file below open/


@pytest.fixture(scope="module")
def rich(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site with so many data sets that column, topic and kind have numbered pages; one is withdrawn."""
    home, source = tmp_path_factory.mktemp("interface") / "home", GeneratedSource(COUNT)
    shutil.copytree(built_once, home)
    for number in range(COUNT + 1, COUNT + 46):
        source.release(number, payload(number) | {"kind": "dataset", "columns": ["tjxx"], "topics": ["yqfk"]})
    builder = Builder(places_under(home), source, generated_site)
    builder.build(today=TODAY)
    builder.apply(source.withdraw(COUNT + 2), today=TODAY)
    return home


@pytest.fixture(scope="module")
def front(rich: Path) -> Front:
    return Front(places_under(rich))


@pytest.fixture(scope="module")
def description(rich: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((rich / "public/open/openapi.json").read_bytes())
    return found


def validator(description: dict[str, Any], name: str) -> Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def undescribed(public: Path, description: dict[str, Any]) -> Iterator[str]:
    """Say what the description of a built tree does not hold for: JSON without a row, or not of its shape."""
    known: dict[str, Draft202012Validator] = {}
    for path in sorted(public.rglob("*.json")):
        name = path.relative_to(public).as_posix()
        if name == MISSING or name.startswith("att/"):
            continue
        row = endpoint_of(f"/{name}")
        if row is None:
            yield f"{name}: no row"
        elif row.shape is not None:
            shape = row.shape.__name__
            check = known.setdefault(shape, validator(description, shape))
            yield from (
                f"{name}: {e.json_path} {e.message[:200]}"
                for e in check.iter_errors(json.loads(path.read_bytes()))
            )


def test_every_public_json_is_described_and_of_its_shape(rich: Path, description: dict[str, Any]) -> None:
    public = rich / "public"
    assert list(undescribed(public, description)) == []
    seen = {
        row.operation
        for p in public.rglob("*.json")
        if (row := endpoint_of(f"/{p.relative_to(public).as_posix()}"))
    }
    assert {
        "entrance",
        "column",
        "columnPage",
        "topicPage",
        "kindPage",
        "topic",
        "kind",
        "record",
        "catalogue",
        "organisations",
    } <= seen


def test_every_shape_refuses_what_it_does_not_name(description: dict[str, Any]) -> None:
    for name, schema in description["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False, name
    record = payload(7)
    check = validator(description, "Record")
    assert not list(check.iter_errors(record))
    for wrong in (
        record | {"secret": 1},
        {k: v for k, v in record.items() if k != "title"},
        record | {"formed_date": "2020年"},
        record | {"blocks": [{"type": "paragraph", "html": "a", "note": "x"}]},
        record | {"disclosure": "withheld"},
    ):
        assert list(check.iter_errors(wrong))


def test_operations_are_named_once_and_every_reference_is_there(description: dict[str, Any]) -> None:
    names = [row.operation for row in ENDPOINTS]
    assert len(set(names)) == len(names)
    text = json.dumps(description)
    for name in set(re.findall(r"#/components/(schemas/\w+|responses/\w+)", text)):
        group, _, key = name.partition("/")
        assert key in description["components"][group]


def cases(front: Front, description: dict[str, Any], *, dynamic: bool, mode: GenerationMode) -> Iterator[Any]:
    raw = description | {"servers": [{"url": "http://localhost"}]}
    schema = schemathesis.openapi.from_dict(raw)
    schema.app = front
    paths = {row.path for row in ENDPOINTS if row.dynamic == dynamic}
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in paths:
            yield operation, operation.as_strategy(generation_mode=mode)


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_answers_are_as_described_under_schemathesis(
    front: Front, description: dict[str, Any], dynamic: bool, mode: GenerationMode
) -> None:
    tried = 0
    for operation, strategy in cases(front, description, dynamic=dynamic, mode=mode):
        if mode is GenerationMode.NEGATIVE and not dynamic:
            continue  # a file has no parameters that it could refuse; unknown names are tried below

        @settings(
            max_examples=12 if dynamic else 4,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def hold(case: Any) -> None:
            nonlocal tried
            case.call_and_validate(headers={"Accept-Encoding": "identity"})
            tried += 1

        hold()
        assert operation
    assert tried > 20 or (mode is GenerationMode.NEGATIVE and not dynamic)


def read(front: Front, path: str) -> dict[str, Any]:
    reply = ask(front, path)
    assert reply.status == 200, path
    found: dict[str, Any] = json.loads(reply.body)
    return found


@pytest.mark.parametrize("start", ["/open/col/tjxx.json", "/open/topic/yqfk.json", "/open/kind/dataset.json"])
def test_pages_of_a_list_lead_to_every_record_once(front: Front, start: str) -> None:
    pages, address = [], start
    while address:
        pages.append(read(front, address))
        address = pages[-1]["older"]
    rows = [row for page in pages for row in page["records"]]
    assert len(pages) > 1
    assert len(rows) == pages[0]["total"] == len({row["index_number"] for row in rows})
    assert [row["first_published_at"] for row in rows] == sorted(
        (r["first_published_at"] for r in rows), reverse=True
    )
    for row in rows:
        assert hashlib.sha256(ask(front, row["json"]).body).hexdigest() == row["sha256"]
        for file in row["files"]:
            assert hashlib.sha256(ask(front, unquote(file["address"])).body).hexdigest() == file["sha256"]


def test_entrance_leads_to_every_list(front: Front) -> None:
    entrance = read(front, "/open/index.json")
    rows = [*entrance["columns"], *entrance["topics"], *entrance["kinds"]]
    for address in (
        [row["json"] for row in rows]
        + [c["json"] for c in entrance["catalogues"]]
        + [entrance["organisations"], entrance["search"]]
    ):
        read(front, address)
    for address in [row["feed"] for row in rows if row["feed"]] + [entrance["feed"]]:
        assert ask(front, address).headers["Content-Type"].startswith("application/atom+xml")


def test_withdrawn_record_is_a_described_problem(front: Front, description: dict[str, Any]) -> None:
    reply = ask(front, "/open/" + payload(COUNT + 2)["path"].replace(".html", ".json"))
    assert reply.status == 404
    assert reply.headers["Content-Type"].startswith(PROBLEM)
    assert not list(validator(description, "Problem").iter_errors(json.loads(reply.body)))


def search(front: Front, name: str, **asked: str) -> Any:
    return ask(front, f"/search/{name}?{urlencode(asked)}")


@pytest.mark.parametrize(
    "asked", [{"page": "0"}, {"page": "51"}, {"page": "x"}, {"kind": "none"}, {"sort": "up"}, {"year": "20"}, {"q": "长" * 101}, {"other": "1"}, {"column": "../x"}]
)  # fmt: skip
def test_wrong_parameter_is_refused_with_reason_and_remedy(
    front: Front, asked: dict[str, str], description: dict[str, Any]
) -> None:
    reply = search(front, "results.json", **asked)
    assert reply.status == 400
    body = json.loads(reply.body)
    assert not list(validator(description, "Problem").iter_errors(body))
    assert next(iter(asked)) in body["detail"]
    assert body["remedy"]


def test_search_as_json_is_what_the_page_shows(front: Front) -> None:
    found = json.loads(search(front, "results.json", q="云溪区", column="tjxx").body)
    assert found["total"] >= 44
    assert len(found["hits"]) == 10
    page = ask(front, f"/search/?{urlencode({'q': '云溪区', 'column': 'tjxx'})}").body.decode()
    assert all(hit["page"] in page for hit in found["hits"])
    again = json.loads(search(front, "results.json", q="云溪区", column="tjxx", page="2").body)
    assert not {h["page"] for h in again["hits"]} & {h["page"] for h in found["hits"]}


def test_feed_of_a_question_is_valid_newest_first_and_says_when_nothing_changed(front: Front) -> None:
    reply = search(front, "feed.xml", q="云溪区", kind="dataset")
    assert reply.status == 200
    assert feed_problems(reply.body) == []
    entries = etree.fromstring(reply.body).findall(f"{ATOM}entry")
    moments = [entry.findtext(f"{ATOM}published") for entry in entries]
    assert len(entries) == 20
    assert [m[:10] for m in moments] == sorted((m[:10] for m in moments), reverse=True)
    tag = reply.headers["ETag"]
    assert (
        ask(
            front, f"/search/feed.xml?{urlencode({'q': '云溪区', 'kind': 'dataset'})}", IF_NONE_MATCH=tag
        ).status
        == 304
    )
    assert search(front, "feed.xml").status == 400
    assert feed_problems(search(front, "feed.xml", q="查无此词的词").body) == []


def test_before_the_first_build_search_says_so(tmp_path: Path, description: dict[str, Any]) -> None:
    reply = search(Front(places_under(tmp_path)), "results.json", q="x")
    assert reply.status == 503
    assert not list(validator(description, "Problem").iter_errors(json.loads(reply.body)))
