"""Exports and manifests: columns guessed or mapped, mismatches told, 50,000 rows and 50,001 alike."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from gongkai.project.moving.core.mapping import FIELDS, guess_columns, read_mapping
from gongkai.project.moving.core.problems import Problem, SourceRefused
from gongkai.project.moving.desk_tables import plain_cells
from gongkai.project.moving.folder import Folder
from gongkai.project.moving.models import ItemState
from gongkai.project.moving.sources import Found, list_addresses, list_manifest, list_table
from gongkai.project.moving.tests.conftest import BODY, SITE, page, write

NONE = read_mapping("", "")


def as_csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


@pytest.mark.parametrize("count", [50_000, 50_001])
def test_every_row_is_listed_whatever_their_number(tmp_path: Path, count: int) -> None:
    path = tmp_path / "rows.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number in range(count):
            lines.write(
                f'{{"标题": "关于第{number}件事的通知", "正文": "正文", "网址": "{SITE}n/{number}.html"}}\n'
            )
    listed = list(list_table(path, SITE, NONE))
    assert len({one.key for one in listed if isinstance(one, Found)}) == len(listed) == count


def test_columns_are_guessed_by_their_usual_words() -> None:
    headers = ["序号", "信息标题", "发布时间（必填）", "文号", "DOCCONTENT", "docpuburl", "来源"]
    found = guess_columns(headers)
    assert found == {
        "title": "信息标题", "published": "发布时间（必填）", "document_number": "文号", "body": "DOCCONTENT",
        "url": "docpuburl", "source": "来源",
    }  # fmt: skip
    assert guess_columns(headers, {"title": "来源"})["title"] == "来源"
    assert set(found) <= set(FIELDS)


@pytest.mark.parametrize(
    "text", ["columns: [a]", "unknown: 1", "rules: [{paht: /a/}]", "columns: {nonsense: x}", "a: ["]
)
def test_a_wrong_mapping_says_where(text: str) -> None:
    with pytest.raises(SourceRefused, match="对照表"):
        read_mapping(text, "map.yaml")


def test_the_longest_path_decides_where_a_page_goes() -> None:
    mapping = read_mapping(
        "defaults: {column: other}\nrules: [{path: /zwgk/, column: a}, {path: /zwgk/tz/, column: b}, {column_name: 要闻, column: c}]",
        "",
    )
    places = [("/zwgk/x.html", ""), ("/zwgk/tz/x.html", ""), ("/y.html", "要闻"), ("/y.html", "")]
    assert [mapping.target(key=k, column_name=c).columns for k, c in places] == [
        ("a",),
        ("b",),
        ("c",),
        ("other",),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_an_export_becomes_drafts(stage: Any, tmp_path: Path, form: str) -> None:
    rows = [
        ["标题", "正文", "发布时间", "网址", "索引号"],
        ["关于第一件事的通知", BODY, "2016-02-03", f"{SITE}a/1.html", "OLD/2016-7"],
        [
            "关于第二件事的通知",
            "纯文字第一段，说明有关事项。\n第二段，说明办理地点。",
            "20170405",
            f"{SITE}a/2.html",
            "",
        ],
        ["关于第三件事的通知", "", "2017-13-05", f"{SITE}a/3.html", ""],
    ]
    path = tmp_path / f"export.{form}"
    if form == "csv":
        as_csv(path, rows)
    elif form == "json":
        path.write_text(
            json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]), encoding="utf-8"
        )
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    move = stage(kind="table", table=path)
    one, two = move.items.filter(state=ItemState.DRAFTED).order_by("key")
    assert (one.index_number, one.path, two.published_at.year) == (
        "OLD/2016-7",
        "doc/demo/2016/00001.html",
        2017,
    )
    assert {"no_text", "unreadable"} & set(move.problems.values_list("code", flat=True))


def word(path: Path, title: str) -> str:
    document = docx.Document()
    for line in (title, "各科室：", "现将有关事项通知如下，请认真执行。"):
        document.add_paragraph(line)
    document.save(str(path))
    return sha256(path.read_bytes()).hexdigest()


@pytest.mark.django_db
def test_a_manifest_and_its_folder_are_compared(stage: Any, tmp_path: Path) -> None:
    digest = word(tmp_path / "一.docx", "关于第一件事的通知")
    word(tmp_path / "二.docx", "关于第二件事的通知")
    word(tmp_path / "多.docx", "关于清单里没有的事的通知")
    manifest = as_csv(tmp_path / "清单.csv", [
        ["文件名", "标题", "发布日期", "SHA256"],
        ["一.docx", "关于第一件事的通知", "2012-05-06", digest],
        ["二.docx", "关于第二件事的通知", "2012-05-07", "0" * 64],
        ["没有.docx", "关于没有的事的通知", "2012-05-08", ""],
        ["../secret.docx", "关于外面的事的通知", "2012-05-08", ""],
    ])  # fmt: skip
    move = stage(kind="manifest", table=manifest, folder=tmp_path)
    assert dict(move.problems.values_list("place", "code")) == {
        "二.docx": "hash_differs", "没有.docx": "file_missing", "../secret.docx": "outside", "多.docx": "not_in_manifest",
    }  # fmt: skip
    assert move.items.get(state=ItemState.DRAFTED).title == "关于第一件事的通知"


def test_a_manifest_of_50001_rows_is_streamed(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    rows = [["文件名", "标题"], *[[f"{number}.docx", f"第{number}件"] for number in range(50_001)]]
    manifest = as_csv(tmp_path / "m.csv", rows)
    (tmp_path / "files" / "7.docx").write_bytes(b"x")
    folder = Folder(tmp_path / "files")
    found = list(list_manifest(folder, manifest, SITE, NONE))
    folder.close()
    missing = sum(isinstance(one, Problem) and one.code == "file_missing" for one in found)
    assert (missing, len(found)) == (50_000, 50_001)


def test_a_list_of_addresses_takes_only_these_and_tells_what_is_missing(tmp_path: Path) -> None:
    write(
        tmp_path / "old.example.gov.cn",
        {"a/1.html": page("一"), "a/2.html": page("二"), "show.jsp?id=3.html": page("三")},
    )
    (tmp_path / "list.txt").write_text(
        f"{SITE}a/1.html\n{SITE}show.jsp?id=3\n{SITE}gone.html\nhttps://else.where/x\njavascript:x\n",
        encoding="utf-8",
    )
    folder = Folder(tmp_path)
    found = list(list_addresses(folder, SITE, tmp_path / "list.txt"))
    folder.close()
    assert [one.key for one in found if isinstance(one, Found)] == ["/a/1.html", "/show.jsp?id=3"]
    assert [one.code for one in found if isinstance(one, Problem)] == [
        "address_missing",
        "outside",
        "outside",
    ]


def test_no_cell_of_a_report_is_run_by_a_spreadsheet() -> None:
    assert plain_cells(["=1+1", "@x", "-2", "关于=的通知", ""]) == ["'=1+1", "'@x", "'-2", "关于=的通知", ""]
