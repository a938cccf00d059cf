"""Children by their place (孩子的姓名): what stands right behind an age or a class, or right before a class in brackets.

No other frame leads so surely to a name, so that the characters need prove little: a surname with a given name that is no word,
joined syllables of a name of another tongue, two parts with a dot between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.name_places import is_phrase
from gongkai.guard.core.persons import NEVER_GIVEN, Name, rjieba_knows
from gongkai.guard.core.private_words import PrivateWords, private_words

_HAN = "\u4e00-\u9fff"
_DOTTED = re.compile(rf"([{_HAN}]{{2,8}})·([{_HAN}]{{2,8}})")
_LENGTHS = (3, 2)
_FEWEST_SOUNDS, _MOST_SOUNDS = 3, 7
_ENDS = re.compile(rf"[^{_HAN}]|$")
# what may stand behind a name without a mark: a verb of happening, of place, of speech
_GOES_ON = frozenset(
    "因患在被从突说是和与把将已正戴穿坐躺拿接右左就来住刚发出查确入由随跟到去也还都没今服自连曾经脊腿手眼头身双"
)
# endings of words for people and things, that a known beginning makes a word of (高考|生, 少年|宫)
_WORD_ENDS = frozenset("生班级期段组队员者宫馆队节日礼课题类型制")
_GRAMMAR = frozenset(
    "的了着过是在有为以于对向从由被把将和与及或而但若因之其此这那各每全该本我你他她它们不没未非无"
)

_ANIMALS = frozenset("犬猫狗羊牛猪鸡鸭鹅")
_NEVER = (_GRAMMAR | NEVER_GIVEN) - frozenset("月苗男")


@dataclass(frozen=True, slots=True)
class _Words:
    trades: re.Pattern[str]
    sounds: frozenset[str]


@lru_cache(maxsize=8)
def _words(lexicon: Lexicon) -> _Words:
    sounds = "".join(str(lexicon.lists["transliteration"]).split()) + str(lexicon.lists["more_sounding"])
    return _Words(re.compile(alternation(lexicon.words("trades_of_children"))), frozenset(sounds))


def is_trade(text: str, lexicon: Lexicon, at: int) -> bool:
    """Tell whether what stands at `at`, behind a word for children, is a department, a service or an activity (儿童|保健)."""
    return _words(lexicon).trades.match(text, at) is not None


def name_behind(text: str, lexicon: Lexicon, at: int, stop: int) -> Name | None:
    """Return the name that begins at `at`, right behind an age or a class, and ends before `stop`; None when it is none."""
    end = _length(text[at : min(stop, at + 18)], lexicon)
    return Name(at, at + end, "placed") if end else None


def name_before(text: str, lexicon: Lexicon, start: int, end: int) -> Name | None:
    """Return the name that ends at `end`, where a bracket with the class opens, and begins behind a mark or a prize."""
    for length in _LENGTHS:
        at = end - length
        if (
            at >= start
            and (at == start or text[at - 1] in _LISTED)
            and _length(text[at:end], lexicon) == length
        ):
            return Name(at, end, "placed")
    return None


_LISTED = "：:、，,；;。 \u3000\n奖"


@lru_cache(maxsize=20_000)
def _length(chunk: str, lexicon: Lexicon) -> int:
    """Return how many characters of `chunk` are a name, 0 when it begins with none."""
    words = private_words(lexicon)
    dotted = _DOTTED.match(chunk)
    if dotted is not None:
        return dotted.start(2) + (_sounding(dotted[2], lexicon) or len(dotted[2]))
    joined = words.joined.match(chunk)
    if joined is not None and "某" not in joined[0]:
        return joined.end()
    run = _sounding(chunk, lexicon)
    if run >= _FEWEST_SOUNDS and not rjieba_knows(chunk[:run]) and not is_phrase(chunk[:run], lexicon):
        return run
    family = words.family.match(chunk)
    if family is None:
        return 0
    for given in (2, 1):
        stop = family.end() + given
        if len(chunk) >= stop and _is_native(chunk, family.end(), stop, words, lexicon):
            return stop
    return 0


def _sounding(chunk: str, lexicon: Lexicon) -> int:
    sounds = _words(lexicon).sounds
    run = 0
    while run < min(len(chunk), _MOST_SOUNDS) and chunk[run] in sounds:
        run += 1
    if run >= _SHORT and run < len(chunk) and rjieba_knows(chunk[run - 1 : run + 1]):
        run -= 1
    return run if run >= _SHORT else 0


def _is_native(chunk: str, family: int, stop: int, words: PrivateWords, lexicon: Lexicon) -> bool:
    """Tell whether `chunk[:stop]` may be a surname and a given name, and what follows lets it end there."""
    name, behind = chunk[:stop], chunk[stop : stop + 2]
    given = name[family:]
    if (
        not _ALL_HAN.fullmatch(name)
        or name[0] in _GRAMMAR
        or name[-1] in _ANIMALS
        or _NEVER & set(given)
        or name in words.no_names
        or rjieba_knows(name)
        or is_phrase(name, lexicon)
        or words.matter.search(name)
    ):
        return False
    begins_word = len(name) > _SHORT and rjieba_knows(name[:_SHORT])
    if (begins_word and name[-1] in _WORD_ENDS) or (
        len(given) > 1 and name[0] in words.doubtful and rjieba_knows(given)
    ):
        return False
    if _ENDS.match(behind):
        return len(given) > 1 or given in words.given
    if (
        begins_word
        or rjieba_knows(chunk[: stop + 1])
        or (rjieba_knows(name[-1] + behind[0]) and behind[0] not in _GOES_ON and not rjieba_knows(behind))
    ):
        return False
    if len(given) > 1:
        return behind[0] in _GOES_ON or (len(behind) == _SHORT and rjieba_knows(behind))
    return given in words.given and behind[0] in _GOES_ON


_SHORT = 2
_ALL_HAN = re.compile(rf"[{_HAN}]+")
