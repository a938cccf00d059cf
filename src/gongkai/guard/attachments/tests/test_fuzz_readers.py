"""Flip, cut and repeat bytes of good files: the readers must neither crash nor fall silent."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.guard.attachments import api
from gongkai.guard.attachments.image_bytes import jpeg_segments
from gongkai.guard.attachments.kinds import sniff
from gongkai.guard.attachments.tests import sample_files as made
from gongkai.guard.attachments.tests import sample_pdfs as pdfs
from gongkai.guard.attachments.text_decoding import decode

KINDS = ("docx", "xlsx", "pptx", "pdf", "jpg", "zip")
CALM = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@lru_cache
def _good(kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{kind}"
        if kind == "docx":
            made.save_docx(path, made.add_tracked_change)
        elif kind == "xlsx":
            made.save_xlsx(path, made.hide_row_and_column)
        elif kind == "pptx":
            made.save_pptx(path, made.add_notes)
        elif kind == "pdf":
            pdfs.with_form(path)
        elif kind == "jpg":
            return made.photo(gps=True)
        else:
            return _stored({"a.docx": _good("docx"), "b.txt": b"words"})
        return path.read_bytes()


def _stored(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _is_bare(data: bytes) -> bool:
    """A JPEG without metadata has nothing to tell: damage may have taken them away."""
    segments, _ = jpeg_segments(data)
    return not [marker for marker, start, end in segments if marker == 0xE1 and end - start > 200]


damage = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.sampled_from(["flip", "cut", "repeat"])
    ),
    min_size=1,
    max_size=6,
)


def _damaged(data: bytes, changes: list[tuple[float, int, str]]) -> bytes:
    body = bytearray(data)
    for share, value, what in changes:
        at = int(share * len(body)) if body else 0
        if what == "flip" and body:
            body[at] ^= value
        elif what == "cut":
            del body[at : at + value]
        else:
            body[at:at] = body[at : at + value]
    return bytes(body)


@pytest.mark.parametrize("kind", KINDS)
@CALM
@given(changes=damage)
def test_damaged_file_is_read_or_reported(kind: str, changes: list[tuple[float, int, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{kind}"
        path.write_bytes(_damaged(_good(kind), changes))
        result = api.read(path)
        told = result.findings or [part for part in result.parts if part.name != "filename"]
        assert told or (kind == "jpg" and _is_bare(path.read_bytes()))
        assert all(finding.message for finding in result.findings)


@CALM
@given(
    changes=damage,
    member=st.sampled_from(["word/document.xml", "word/styles.xml", "[Content_Types].xml", "_rels/.rels"]),
)
def test_damage_inside_a_member_is_read_or_reported(
    changes: list[tuple[float, int, str]], member: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(_good("docx"))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = _damaged(members[member], changes)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.docx"
        path.write_bytes(_stored(members))
        result = api.read(path)
        assert result.findings or [part for part in result.parts if part.name != "filename"]
        cleaned = api.clean(path, Path(folder) / "b.docx")
        assert cleaned.still or (Path(folder) / "b.docx").exists()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_have_a_kind_and_a_decoding(data: bytes) -> None:
    assert sniff(data).kind
    assert isinstance(decode(data).text, str)


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="公开卫生健康局身份证号码１２３abc \n，。", min_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_chinese_text_survives_its_encoding(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.lost == 0
    if encoding != "gb18030" or sum(ord(char) > 127 for char in text) >= 4:
        assert decoded.text == text
