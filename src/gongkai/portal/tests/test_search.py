"""Search: every substring of a title is found, any input is safe, filters, numbers, pinyin, withdrawal, rebuilding."""

from __future__ import annotations

import html
import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
import tantivy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.portal.builder import Builder
from gongkai.portal.core.values import Card
from gongkai.portal.places import places_under
from gongkai.portal.search import text
from gongkai.portal.search.bounds import read_bounds
from gongkai.portal.search.context import excerpt, marked
from gongkai.portal.search.page import SearchPages
from gongkai.portal.search.results import Searcher
from gongkai.portal.search.schema import current_folder
from gongkai.portal.search.writing import rebuild_index
from gongkai.portal.testing.payloads import GeneratedSource, index_number, payload

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def searcher(built_once: Path) -> Searcher:
    return Searcher(places_under(built_once))


@pytest.fixture(scope="module")
def pages(built_once: Path) -> SearchPages:
    return SearchPages(places_under(built_once))


def ids(searcher: Searcher, query: str, **filters: str) -> set[str]:
    """Return the ids of everything found."""
    found: set[str] = set()
    for page in range(1, 51):
        answer = searcher.search(query, page=page, filters=filters)
        found |= {hit.path for hit in answer.hits}
        if page >= answer.pages:
            break
    return found


def index_of(folder: Path, titles: list[str]) -> Searcher:
    """Return a searcher over records with these titles and nothing else."""
    places = places_under(folder)
    cards = []
    for i, title in enumerate(titles):
        content = payload(1) | {"title": title, "blocks": [], "keywords": [], "summary": ""}
        card = Card(
            i + 1,
            i + 1,
            "",
            f"doc/X/2020/{i:05d}.html",
            f"X/2020-{i:05d}",
            "X",
            title=title,
            first_published_at="2020-01-01",
        )
        cards.append((card, content))
        target = places.public / "open" / card.path.replace(".html", ".json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(content))
    rebuild_index(places.index, cards)
    return Searcher(places)


def test_every_substring_of_a_title_is_found(searcher: Searcher) -> None:
    rng = random.Random(7)
    for _ in range(150):
        number = rng.randrange(1, 131)
        title = payload(number)["title"]
        length = rng.randint(2, len(title))
        start = rng.randint(0, len(title) - length)
        piece = title[start : start + length]
        answer = searcher.search(piece)
        assert answer.total > 0, piece
        assert not answer.loose
        if answer.total <= 10:
            assert payload(number)["path"] in {h.path for h in answer.hits}, piece


TITLES = [
    "关于印发《“健康中国2030”行动（试行）》的通知",
    "關於疫苗接種臺賬的說明",
    "Ａ型流感（H1N1）监测２０２０年第３期",
    "COVID-19疫苗　接种  点位表",
    "党员、群众：㎡与℃的说明……",
    "𠮷野家食品安全抽检",
    "一",
]


def test_odd_titles_are_found_by_any_two_characters(tmp_path: Path) -> None:
    searcher = index_of(tmp_path, TITLES)
    for i, title in enumerate(TITLES):
        plain = " ".join(title.split())
        for length in (2, 3, 5, 9):
            for start in range(len(plain) - length + 1):
                piece = plain[start : start + length].strip()
                if len(piece.replace(" ", "")) >= 2:
                    assert f"doc/X/2020/{i:05d}.html" in ids(searcher, piece), (piece, title)


def test_traditional_and_full_width_find_simplified(tmp_path: Path) -> None:
    searcher = index_of(tmp_path, ["疫苗接种台账", "2020年H1N1监测"])
    assert ids(searcher, "疫苗接種") == {"doc/X/2020/00000.html"}
    assert ids(searcher, "２０２０年ｈ１ｎ１") == {"doc/X/2020/00001.html"}


def test_single_characters_are_found_at_both_ends(tmp_path: Path) -> None:
    searcher = index_of(tmp_path, ["疫苗", "苗圃", "一"])
    assert ids(searcher, "苗") == {"doc/X/2020/00000.html", "doc/X/2020/00001.html"}
    assert ids(searcher, "一") == {"doc/X/2020/00002.html"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=120))
def test_any_text_is_a_query(searcher: Searcher, query: str) -> None:
    answer = searcher.search(query)
    assert answer.total >= 0


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'; DROP TABLE x; --",
        "title_words:x OR *",
        "(((",
        "\\",
        "a AND NOT b",
        ".*",
        "[",
        "+",
        "\x00",
        '""',
        "“”",
        "https://x?y=z&a[]=1",
        "号" * 500,
        "(2020)",
        "{2020}",
    ],
)
def test_query_language_means_nothing(searcher: Searcher, query: str) -> None:
    assert searcher.search(query).total <= 130


def number_of(kind: str) -> int:
    """Return a record that has a document number."""
    return next(n for n in range(20, 130) if payload(n)["document_number"])


@pytest.mark.parametrize("brackets", ["〔{}〕", "[{}]", "({})", "（{}）", "【{}】", " [{}] "])
def test_document_number_is_found_in_any_brackets(searcher: Searcher, brackets: str) -> None:
    number = number_of("policy")
    content = payload(number)
    year = content["document_number"].split("〔")[1][:4]
    typed = content["document_number"].replace(f"〔{year}〕", brackets.format(year))
    answer = searcher.search(typed)
    assert answer.hits[0].path == content["path"]


def test_index_number_is_found(searcher: Searcher) -> None:
    assert searcher.search(index_number(44)).hits[0].path == payload(44)["path"]


def test_pinyin_and_sound_help(searcher: Searcher) -> None:
    assert "疫苗" in searcher.search("yimiao").hits[0].title
    assert searcher.search("役苗接种").suggestion == "疫苗接种"


def test_filters_narrow_and_facets_count(searcher: Searcher) -> None:
    everything = searcher.search("云溪区")
    counted = dict(everything.facets["column"])
    for code, count in counted.items():
        assert (
            len(ids(searcher, "云溪区", column=code))
            == count
            == sum(code in payload(n)["columns"] for n in range(1, 131))
        )
    assert searcher.search("", filters={"column": "tzgg"}).total == counted["tzgg"]
    assert searcher.search("云溪区", filters={"column": "no such"}).total == 0


def test_date_order(searcher: Searcher) -> None:
    dates = [h.date for h in searcher.search("云溪区", sort="date").hits]
    assert dates == sorted(dates, reverse=True)


def test_withdrawn_record_is_gone_at_once_and_new_one_found(
    builder: Builder, source: GeneratedSource, site_home: Path
) -> None:
    searcher = Searcher(places_under(site_home))
    content = payload(131) | {"title": "独角兽观测站迁址公告"}
    builder.apply(source.release(131, content), today=TODAY)
    assert searcher.search("独角兽").total == 1
    builder.apply(source.release(131, content | {"title": "麒麟观测站迁址公告"}), today=TODAY)
    assert searcher.search("独角兽").total == 0
    assert searcher.search("麒麟").total == 1
    builder.apply(source.withdraw(131), today=TODAY)
    assert searcher.search("麒麟").total == 0


def test_index_stores_ids_only(built_once: Path) -> None:
    folder = current_folder(places_under(built_once).index)
    assert folder is not None
    searcher = tantivy.Index.open(str(folder)).searcher()
    for _, address in searcher.search(tantivy.Query.all_query(), 500).hits:
        assert set(searcher.doc(address).to_dict()) == {"id"}


def test_rebuilding_takes_over_while_readers_search(builder: Builder, site_home: Path) -> None:
    searcher = Searcher(places_under(site_home))
    before = searcher.search("云溪区").total
    folder = current_folder(site_home / "portal/index")
    builder.build(full=True, today=TODAY)
    assert current_folder(site_home / "portal/index") != folder
    assert searcher.search("云溪区").total == before
    assert len([p for p in (site_home / "portal/index").iterdir() if p.is_dir()]) == 1


def test_missing_index_is_an_empty_answer(tmp_path: Path) -> None:
    assert Searcher(places_under(tmp_path)).search("x").total == 0


@given(original=st.text(max_size=60), needle=st.text(min_size=1, max_size=4))
def test_marks_change_nothing_but_marks(original: str, needle: str) -> None:
    shown = str(marked(original, [text.normalise(needle)] if text.normalise(needle) else []))
    assert html.unescape(shown.replace("<mark>", "").replace("</mark>", "")) == original
    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")


def test_excerpt_shows_the_place() -> None:
    shown = excerpt("开头。" * 60 + "其中疫苗接种<b>点位" + "结尾。" * 60, ["疫苗接种"])
    assert "<mark>疫苗接种</mark>&lt;b&gt;点位" in shown
    assert len(shown) < 220


def test_page_escapes_what_was_typed_and_keeps_mode(pages: SearchPages) -> None:
    status, body = pages.answer(
        "q=%3Cscript%3Ealert(1)%3C/script%3E&mode=elder&column=%22%3E%3Cimg%20src=x%3E&page=999999&sort=x"
    )
    assert status == "200 OK"
    assert b"<script>alert" not in body
    assert b"<img" not in body
    assert b'class="elder"' in body


def test_page_without_result_offers_catalogue_and_request(pages: SearchPages) -> None:
    body = pages.answer("q=qqqqzzzz")[1].decode()
    assert "/catalogue/" in body
    assert "/zwgk/ysqgk/" in body
    assert "在 130 条信息" in body


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80))
def test_any_query_string_is_answered(pages: SearchPages, query: str) -> None:
    assert pages.answer(query)[0] == "200 OK"


def one_of(built: Path) -> dict[str, object]:
    """Return the open JSON of some record of the built tree that has a document number."""
    for path in sorted(places_under(built).public.rglob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("document_number") and content.get("first_published_at"):
            return content
    raise AssertionError("no record with a number")


def test_bounds_choose_where_and_when(searcher: Searcher, built_once: Path) -> None:
    record = one_of(built_once)
    title, number = str(record["title"]), str(record["document_number"])
    day = date.fromisoformat(str(record["first_published_at"])[:10])
    before, after = day - timedelta(days=1), day + timedelta(days=1)

    def found(query: str, **asked: str) -> set[str]:
        bounds, problem = read_bounds({name.rstrip("_"): value for name, value in asked.items()})
        assert not problem
        answers = [searcher.search(query, page=n, bounds=bounds) for n in range(1, 6)]
        return {str(hit.title.striptags()) for answer in answers for hit in answer.hits}

    assert title in found(number, in_="number")
    assert title not in found(number, in_="title")
    assert title in found(title[:6], in_="title")
    assert title in found(f'"{title}"', from_=day.isoformat(), to=day.isoformat())
    assert title not in found(f'"{title}"', to=before.isoformat())
    assert title not in found(f'"{title}"', from_=after.isoformat())
    bounds, problem = read_bounds({"from": after.isoformat(), "to": before.isoformat()})
    assert "晚于" in problem
    assert not searcher.search("", bounds=bounds).hits


@given(st.dictionaries(st.sampled_from(["in", "from", "to"]), st.text(max_size=12) | st.dates().map(str)))
def test_any_bounds_are_read_or_named(searcher: Searcher, asked: dict[str, str]) -> None:
    bounds, problem = read_bounds(asked)
    for name, day in (("from", bounds.first), ("to", bounds.last)):
        given = asked.get(name, "").strip()
        assert (day is not None) == bool(given) or given[:20] in problem
    searcher.search("卫生", bounds=bounds)


def test_a_day_that_cannot_be_read_is_named_and_the_rest_is_searched(pages: SearchPages) -> None:
    status, page = pages.answer("q=%E5%8D%AB%E7%94%9F&from=2026-13-40&in=title")
    words = page.decode()
    assert status == "200 OK"
    assert "2026-13-40" in words
    assert 'value="title" selected' in words
    assert "2026-01-31" in words
