"""Text as the index sees it. Every step looks at one character only, so that a substring of a title becomes a substring of its normal form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc
import rjieba

VERSION = "gongkai-3"
"""Goes into the index; another version is rebuilt."""
_SPACE = re.compile(r"[\s\u0000-\u001f\u007f\u200b-\u200f\u2028-\u202e\ufeff]+")
_WORD = re.compile(r"[\w\u4e00-\u9fff]")
_CJK_PAIR = re.compile(r"[\u4e00-\u9fff]{2,}")
_BRACKETS = str.maketrans(
    {
        "[": "〔",
        "(": "〔",
        "【": "〔",
        "［": "〔",
        "（": "〔",
        "]": "〕",
        ")": "〕",
        "】": "〕",
        "］": "〕",
        "）": "〕",
    }
)
_NUMBER = re.compile(r"[\w\u4e00-\u9fff]{1,20}〔\d{4}〕\d{1,5}号")


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Return the table traditional → simplified, one character at a time."""
    converter = opencc.OpenCC("t2s")
    characters = [chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00))]
    converted = converter.convert("\n".join(characters)).split("\n")
    return {ord(a): b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}


def normalise(text: str) -> str:
    """Return NFKC, case-folded, simplified text with each run of white space as one blank."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_simplified())
    return _SPACE.sub(" ", text).strip()


def words(text: str) -> str:
    """Return the search-mode words of normalised text, separated by blanks."""
    return " ".join(w for w in rjieba.cut_for_search(text) if _WORD.match(w))


def word_list(text: str) -> list[str]:
    """Return the words of a normalised query, each once, without those contained in a longer one."""
    found = list(dict.fromkeys(w for w in rjieba.cut(text) if _WORD.match(w)))
    return [w for w in found if not any(w != o and w in o for o in found)]


def grams(text: str) -> str:
    """Return the overlapping character pairs of normalised text and the last character of each run, separated by blanks."""
    parts: list[str] = []
    for run in text.split("\n"):
        run = run.replace(" ", "")
        if run:
            parts.extend([run[i : i + 2] for i in range(len(run) - 1)])
            parts.append(run[-1])
    return " ".join(parts)


LONGEST = 4


def title_grams(text: str) -> str:
    """Return every run of two to four characters of a normalised title and its last character, each once."""
    plain = text.replace(" ", "")
    found = {plain[i : i + n]: None for n in range(2, LONGEST + 1) for i in range(len(plain) - n + 1)}
    return " ".join([*found, *plain[-1:]])


def title_gram_list(term: str) -> list[str]:
    """Return runs of a term (two characters or more) that together cover it, overlapping by two."""
    if len(term) <= LONGEST:
        return [term]
    starts = [*range(0, len(term) - LONGEST, 2), len(term) - LONGEST]
    return list(dict.fromkeys(term[i : i + LONGEST] for i in starts))


def gram_list(term: str) -> list[str]:
    """Return the pairs of a query term of two or more characters."""
    return [term[i : i + 2] for i in range(len(term) - 1)]


def document_numbers(text: str) -> list[str]:
    """Return the document numbers (发文字号) in a query or field, whatever brackets were typed, as `某卫〔2020〕12号`."""
    plain = _SPACE.sub("", unicodedata.normalize("NFKC", text)).translate(_BRACKETS).casefold()
    return [m.group(0).translate(_simplified()) for m in _NUMBER.finditer(plain)]


@lru_cache(maxsize=100_000)
def word_pinyin(word: str) -> tuple[str, str]:
    """Return (full pinyin, initials) of a word."""
    from pypinyin import lazy_pinyin  # its tables take as long to load as a sixth of the whole program

    syllables = lazy_pinyin(word)
    return "".join(syllables), "".join(s[0] for s in syllables if s)


_RUN = 4


def pinyin(title: str) -> str:
    """Return the pinyin of a title, in full and as initials, separated by blanks: of its words, and of up to four that follow each
    other, since nobody types a blank between them."""
    tokens: dict[str, None] = {}
    for run in _CJK_PAIR.findall(title):
        for word in rjieba.cut_for_search(run):
            if len(word) > 1:
                tokens.update(dict.fromkeys(word_pinyin(word)))
        pieces = rjieba.cut(run)
        for word in pieces:
            for piece in (word[:2], word[-2:]) if len(word) > 3 else ():
                tokens.update(dict.fromkeys(word_pinyin(piece)))
        whole = [word_pinyin(word) for word in pieces]
        for first in range(len(whole)):
            for last in range(first + 1, min(first + _RUN, len(whole))):
                for way in (0, 1):
                    tokens["".join(word[way] for word in whole[first : last + 1])] = None
    return " ".join(token for token in tokens if 1 < len(token) <= 40)
