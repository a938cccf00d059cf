"""Paging from the oldest end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal.core import lists
from gongkai.portal.core.values import PAGE_SIZE

TOTAL = st.integers(0, 5000)


@given(total=TOTAL)
def test_front_shows_n_to_2n_minus_1(total: int) -> None:
    shown = total - lists.front_start(total)
    assert shown == total if total < PAGE_SIZE else PAGE_SIZE <= shown < 2 * PAGE_SIZE


@given(total=st.integers(1, 5000), data=st.data())
def test_every_place_is_on_exactly_one_page(total: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, total - 1))
    page = lists.page_of(place, total)
    if page == 0:
        assert place >= lists.front_start(total)
    else:
        assert (page - 1) * PAGE_SIZE <= place < page * PAGE_SIZE
        assert page <= lists.numbered_pages(total)


@given(total=TOTAL)
def test_numbered_pages_never_change_their_places(total: int) -> None:
    for place in range(0, lists.front_start(total), 7):
        assert lists.page_of(place, total) == lists.page_of(place, total + 1)


@given(total=TOTAL)
def test_append_touches_at_most_three_pages_and_every_changed_one(total: int) -> None:
    touched = lists.touched_by_append(total)
    assert 0 in touched
    assert len(touched) <= 3
    new = set(range(1, lists.numbered_pages(total + 1) + 1)) - set(range(1, lists.numbered_pages(total) + 1))
    assert new <= set(touched)


def test_paths() -> None:
    assert lists.page_path("col:tzgg", 0) == "col/tzgg/index.html"
    assert lists.page_path("col:tzgg", 12) == "col/tzgg/p0012.html"
    assert lists.page_path("item:X/007", 0) == "catalogue/X/007/index.html"
    assert lists.page_path("year:tzgg/2020", 1) == "col/tzgg/y2020/p0001.html"
