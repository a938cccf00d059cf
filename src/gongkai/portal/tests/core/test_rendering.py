"""Blocks, charts, colours, cards, meta tags, feeds and site maps: values in, safe text out."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from gongkai.portal.core.blocks import body_html, clean
from gongkai.portal.core.cards import attachment_path, card_of
from gongkai.portal.core.charts import ChartRejected, chart_csv, chart_svg
from gongkai.portal.core.colour import contrast, readable
from gongkai.portal.core.links import Links
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.snapshots import site_from_snapshots
from gongkai.portal.core.values import Card, PayloadRejected, Release, Settings, Site, canonical_json
from gongkai.portal.preview import EmptyStore, preview
from gongkai.portal.testing.payloads import ORG, generated_site, payload

TODAY = date(2026, 11, 22)
LINKS = Links("", "https://x.example", elder=False)
SHA = "a" * 64


def release(content: dict[str, Any] | None, kind: str = "publish") -> Release:
    return Release(1, 1, kind, "", "2026-01-01T09:00:00+08:00", content)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",), exclude_characters="\ufffe\uffff")))
def test_inline_html_holds_allowed_tags_only(text: str) -> None:
    shown = str(
        clean(
            text + "<script>x</script><img src=x onerror=y><a href='javascript:z' onclick=q>l</a><em>ok</em>"
        )
    )
    tree = html.fragment_fromstring(shown, create_parent="div")
    for element in tree.iter():
        assert element.tag in {"div", "strong", "em", "a", "sup", "sub", "br"}
        assert set(element.attrib) <= {"href", "rel"}
        assert not element.get("href", "").startswith("javascript")


@pytest.mark.parametrize("kind", ["heading", "signature", "attachment_note"])
def test_plain_blocks_are_escaped(kind: str) -> None:
    shown = body_html({"blocks": [{"type": kind, "level": 1, "text": "<b>&"}]}, LINKS, figure_path="x/")
    assert "&lt;b&gt;&amp;" in shown


def test_headings_never_skip_a_level() -> None:
    blocks = [{"type": "heading", "level": n, "text": "x"} for n in (3, 4, 1, 4, 2)]
    levels = [int(n) for n in re.findall(r"<h(\d)", body_html({"blocks": blocks}, LINKS, figure_path="x/"))]
    assert levels == [2, 3, 2, 3, 3]


def test_unknown_block_is_refused() -> None:
    with pytest.raises(PayloadRejected, match="不认识的块"):
        body_html({"blocks": [{"type": "iframe"}]}, LINKS, figure_path="x/")


@given(st.integers(2, 4), st.sampled_from(["line", "bar"]))
def test_series_are_told_apart_without_colour(count: int, kind: str) -> None:
    series = [{"name": f"数列{n}", "values": [n, n + 1, 2 * n]} for n in range(count)]
    drawn = etree.fromstring(
        chart_svg({"kind": kind, "title": "图", "labels": ["一", "二", "三"], "series": series}, ident="f")
    )
    texts = [node.text or "" for node in drawn.iter("{*}text")]
    assert all(any(one["name"] in text for text in texts) for one in series), (
        "each is named beside what it is"
    )
    dashes = [node.get("stroke-dasharray") for node in drawn.iter("{*}polyline")]
    bare = {(node.get("fill"), bool(node.get("stroke"))) for node in drawn.iter("{*}polyline")}
    assert bare <= {("none", True)}, "without a stylesheet a line would be a black surface"
    assert all(node.get("fill") for tag in ("rect", "circle") for node in drawn.iter(f"{{*}}{tag}"))
    assert kind == "bar" or len(set(dashes)) == count


CAPTIONS = st.lists(
    st.one_of(
        st.sampled_from(["", "表格", "表", "表（同名第 2 张）", "图数据"]), st.text("表（）2", max_size=3)
    )
)


@given(CAPTIONS, st.lists(st.sampled_from(["图", "表"])))
def test_no_two_frames_of_a_page_share_a_name(captions: list[str], titles: list[str]) -> None:
    tables = [{"type": "table", "caption": name, "rows": [["1"]]} for name in captions]
    figures = [
        {
            "type": "figure",
            "title": name,
            "kind": "bar",
            "labels": ["a"],
            "series": [{"name": "n", "values": [1]}],
        }
        for name in titles
    ]
    shown = body_html({"blocks": tables + figures}, LINKS, figure_path="x/")
    names = html.fragment_fromstring(shown or "<p></p>", create_parent="div").xpath(
        "//*[@role='region']/@aria-label"
    )
    assert len(names) == len(set(names)) == len(captions) + len(titles)


VALUES = st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=14)


@given(
    values=VALUES,
    kind=st.sampled_from(("bar", "line")),
    title=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20),
)
def test_charts_are_well_formed_and_named(values: list[float], kind: str, title: str) -> None:
    block = {
        "kind": kind,
        "title": title,
        "unit": "人",
        "labels": [f"<{i}>" for i in range(len(values))],
        "series": [{"name": "甲&", "values": values}],
    }
    tree = etree.fromstring(str(chart_svg(block, ident="f1")).replace("￾", "").encode())
    assert tree.get("role") == "img"
    assert [e.tag for e in tree][:2] == ["title", "desc"]
    assert "style" not in str(chart_svg(block, ident="f1"))


def test_bars_begin_at_zero() -> None:
    drawn = str(
        chart_svg(
            {
                "kind": "bar",
                "title": "x",
                "labels": ["a", "b"],
                "series": [{"name": "", "values": [50, 100]}],
            },
            ident="f",
        )
    )
    widths = [float(w) for w in re.findall(r'<rect[^>]* width="([\d.]+)"', drawn)]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.01)


def test_chart_with_wrong_length_is_refused() -> None:
    with pytest.raises(ChartRejected):
        chart_svg({"kind": "bar", "labels": ["a"], "series": [{"name": "", "values": [1, 2]}]}, ident="f")


def test_csv_cells_are_no_formulas() -> None:
    body = chart_csv({"labels": ["=1+1"], "series": [{"name": "@x", "values": [1]}]}).decode("utf-8-sig")
    assert "'=1+1" in body
    assert "'@x" in body


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from((4.5, 7.0)))
def test_any_colour_becomes_readable(colour: str, ratio: float) -> None:
    assert contrast(readable(colour, ratio=ratio), "#ffffff") >= ratio


@pytest.mark.parametrize(
    "path",
    [
        "../x.html",
        "doc/a/2020/../../x.html",
        "doc/a/20/x.html",
        "/doc/a/2020/x.html",
        "doc/a/2020/x.php",
        "doc/a/2020/.x.html",
        "",
    ],
)
def test_path_outside_the_tree_is_refused(path: str) -> None:
    with pytest.raises(PayloadRejected):
        card_of(release(payload(1) | {"path": path}))


def test_erased_payload_is_refused() -> None:
    with pytest.raises(PayloadRejected, match="已擦除"):
        card_of(release(None))


@given(st.text(max_size=300))
def test_attachment_names_stay_in_their_folder(name: str) -> None:
    path = attachment_path({"name": name, "sha256": SHA})
    folder, _, last = path.rpartition("/")
    assert folder == f"att/aa/{SHA}"
    assert last
    assert not last.startswith(".")
    assert len(last.encode("utf-8", "surrogatepass")) <= 200


def test_card_survives_its_json() -> None:
    card = card_of(release(payload(45)))
    assert Card.from_json(card.to_json()) == card


def test_site_survives_its_json() -> None:
    site = generated_site(base_path="/x", ask_path="ask/")
    assert Site.from_json(site.to_json()) == site


def test_snapshots_become_a_site() -> None:
    row = {
        "code": "demo",
        "name": "某局",
        "short_name": "",
        "kind": "authority",
        "institution_type": "",
        "parent_code": None,
        "site": {"site_name": "某局", "icp": "x"},
        "closed_date": None,
    }
    clinic = row | {
        "code": "c",
        "kind": "institution",
        "institution_type": "hospital",
        "parent_code": "demo",
        "site": None,
    }
    book = {
        "version": 3,
        "columns": [
            {
                "code": "tzgg",
                "name": "通知公告",
                "keywords": ["通知", "公告"],
                "cadence_days": 180,
                "block": "home",
            }
        ],
        "items": [{"code": "1", "elements": ["甲", "乙"], "limit_text": "20个工作日"}],
    }
    site = site_from_snapshots(
        Settings(), [row, clinic], {"demo": book, "c": {"columns": [], "items": []}}, {"hospital": "医院"}
    )
    assert site.organisations[1].institution_type == "医院"
    assert site.columns[0].keywords == "通知、公告"
    assert site.catalogues[0].items[0].elements == "甲、乙"
    assert len(site.catalogues) == 1


def page_of(content: dict[str, Any], **settings: Any) -> str:
    return preview(generated_site(**settings), EmptyStore(), content, today=TODAY)


def metas(page: str) -> dict[str, str]:
    return {m.get("name"): m.get("content") for m in html.fromstring(page).iter("meta") if m.get("name")}


def test_record_page_has_the_mandatory_tags_and_cells() -> None:
    content = payload(1)
    page = page_of(content)
    found = metas(page)
    assert found["SiteName"] == "云溪区卫生健康局"
    assert found["SiteDomain"] == "wjj.yunxi.example"
    assert found["SiteIDCode"] == "9999000001"
    assert found["ArticleTitle"] == content["title"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", found["PubDate"])
    assert found["ContentSource"] == content["source"]
    cells = (
        [dt.text for dt in html.fromstring(page).cssselect(".metadata dt")]
        if hasattr(html, "cssselect")
        else re.findall(r"<dt>([^<]+)</dt>", page)[:8]
    )
    assert cells == ["索引号", "主题分类", "发文机关", "成文日期", "标题", "发文字号", "发布日期", "有效性"]
    for words in (
        "我为政府网站找错",
        "党政机关网站标识",
        "网站标识码",
        "主办单位",
        "示例备00000000号",
        "公安备案",
        "站点地图",
        "联系电话",
    ):
        assert words in page


def test_site_code_is_the_same_in_all_three_places() -> None:
    page = page_of(payload(1), official_script="https://zfwzgl.www.gov.cn/exposure/exposure.js")
    assert set(re.findall(r"site_code=(\d+)", page)) == {"9999000001"}
    assert metas(page)["SiteIDCode"] == "9999000001"
    assert "<script src=" in page


def test_official_script_is_off_by_default() -> None:
    assert "<script src=" not in page_of(payload(1))


def test_no_inline_script_or_style() -> None:
    page = page_of(
        payload(77)
        | {
            "blocks": [
                *payload(77)["blocks"],
                {
                    "type": "figure",
                    "kind": "bar",
                    "title": "x",
                    "labels": ["a"],
                    "series": [{"name": "b", "values": [1]}],
                },
            ]
        }
    )
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)", page)


def test_title_of_the_payload_is_escaped_everywhere() -> None:
    page = page_of(
        payload(1) | {"title": "<script>alert('x')</script>\"&", "source": '"><b>', "keywords": ["</title>"]}
    )
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_control_characters_do_not_reach_the_page() -> None:
    page = page_of(payload(1) | {"title": "a\x08b\x00c"})
    assert "<h1>abc</h1>" in page


def test_unnumbered_draft_can_be_previewed() -> None:
    page = page_of(
        payload(1) | {"index_number": None, "path": None, "published_at": None, "first_published_at": None}
    )
    assert "发布时编号" in page


class OneList(EmptyStore):
    def __init__(self, cards: list[Card]) -> None:
        self.cards = cards

    def cards_between(self, key: str, first: int, end: int) -> list[Card]:
        return self.cards[first:end]

    def list_total(self, key: str) -> tuple[int, int]:
        return len(self.cards), len(self.cards)


def cards(count: int) -> list[Card]:
    return [card_of(release(payload(n) | {"title": f"<{n}>&\x0b"})) for n in range(1, count + 1)]


def test_feed_is_well_formed_atom() -> None:
    outputs = Press(generated_site()).render(Shelf(OneList(cards(45)), TODAY), "feed|tzgg")
    feed = etree.fromstring(outputs[0].body)
    space = "{http://www.w3.org/2005/Atom}"
    assert feed.tag == f"{space}feed"
    assert 20 <= len(feed.findall(f"{space}entry")) < 40
    assert feed.find(f"{space}entry/{space}title").text.startswith("<45>")


def test_site_map_is_in_small_chunks_with_full_addresses() -> None:
    press, store = Press(generated_site(base_path="/w")), OneList(cards(3) * 200)
    index = etree.fromstring(press.render(Shelf(store, TODAY), "sitemap|index")[0].body)
    assert len(index) == 4
    chunk = etree.fromstring(press.render(Shelf(store, TODAY), "sitemap|2")[0].body)
    assert len(chunk) == 100
    assert chunk[0][0].text.startswith("https://wjj.yunxi.example/w/doc/")


def test_open_json_is_the_payload_whose_hash_the_release_names() -> None:
    content = payload(8)

    class Store(EmptyStore):
        def card_by_id(self, record_id: int) -> Card:
            return card_of(release(content))

        def payload(self, record_id: int) -> dict[str, Any]:
            return content

    outputs = {o.path: o.body for o in Press(generated_site()).render(Shelf(Store(), TODAY), "record|1")}
    assert outputs[f"open/doc/{ORG}/2019/000008.json"] == canonical_json(content)
    assert json.loads(outputs[f"open/doc/{ORG}/2019/000008.json"]) == content
