"""Places that a question names and that no report was read to be of: counties and provinces of the country, and
whatever is written like a township, a county or a village."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Literal

from xiangwen.language.characters import HAN
from xiangwen.language.tokens import tag
from xiangwen.questions.names import SUFFIX, Names, may_be_name, region_forms, words_with_gaps
from xiangwen.questions.spans import GENERAL, Span, vocabulary_of
from xiangwen.reports.places import gazetteer

PlaceKind = Literal["township", "region", "village", "english"]

_LONGEST = 8
"""Characters of a township's name before 乡/镇/街道, with the peoples of an ethnic township."""
_ENGLISH = re.compile(
    r"\b((?:[A-Z][a-z]+['’]?[a-z]*[ -]?){1,3}) (?:Township|Town|Subdistrict|County|District|City|Province|Village)\b"
    rf"(?: ?\(({HAN}+)\))?"
)
_FUNCTION = frozenset("rpdcumqfytzeb")
"""Parts of speech (jieba) of words that begin no name, beside verbs."""


@dataclass(frozen=True)
class UnknownPlace:
    """A place named in the question."""

    span: Span
    name: str
    kind: PlaceKind
    endings: tuple[str, ...] = ()
    """What may be the name where the words before it run into it, the longest first: 「统计幸福镇」, 「幸福镇」."""
    sound: str = ""
    """Of an English name, without its last word."""
    doubtful: bool = False
    """Whether it is a name only if a report is called so: 「东里镇」 begins like 「东里」, inside."""


def unknown_places(
    text: str, townships: Names, known_regions: frozenset[str], first_known: int | None
) -> list[UnknownPlace]:
    """Places in the order of the question.

    Args:
        text: the question without the names that are known.
        townships: the names of the collection.
        known_regions: its counties, cities and provinces.
        first_known: where the first township that is known stands; beside it a foreign county only counts right before.
    """
    found: list[UnknownPlace] = []
    for match in _foreign(known_regions, text).finditer(text):
        if first_known is None or (match.end() == first_known):
            name = match[0].strip()
            start = match.end() - len(match[0].lstrip())
            found.append(UnknownPlace(Span(start, match.end()), name, "region", (name,)))
    found += [place for place in _townships(text) if not townships.holds(place.name)]
    found += _regions(text, townships, first_known)
    found += [p for p in _english(text) if first_known is None or not p.name.endswith("Village")]
    return _apart(found)


def _apart(found: Iterable[UnknownPlace]) -> list[UnknownPlace]:
    """Without those inside another; foreign counties one behind the other are one place."""
    kept: list[UnknownPlace] = []
    for place in sorted(found, key=lambda p: (p.span.start, -p.span.end)):
        if kept and place.span.start < kept[-1].span.end:
            continue
        if kept and place.span.start == kept[-1].span.end and kept[-1].kind == "region":
            before = kept.pop()
            name = before.name + place.name
            place = UnknownPlace(Span(before.span.start, place.span.end), name, place.kind, (name, *place.endings))
        kept.append(place)
    return kept


def _townships(text: str) -> Iterator[UnknownPlace]:
    words = vocabulary_of("no_name")
    for match in re.finditer(rf"{SUFFIX}(?!{words['after']})", text):
        before = re.search(rf"{HAN}*$", text[: match.start()])
        run = before[0][-_LONGEST:] if before else ""
        if len(run) < 2 or run.endswith(tuple(words["tails"])) or _means_none(_pieces(run)[-1], words):
            continue
        stem = _name_in(run, words)
        doubtful = len(stem) < 2 or stem[0] in "乡镇" or _is_ordinary(stem, match[0], text[: match.start()])
        stem = run if doubtful else stem
        endings = tuple(run[-size:] + match[0] for size in range(len(run), 1, -1) if _may_begin(run, stem, size))
        yield UnknownPlace(
            Span(match.start() - len(stem), match.end()), stem + match[0], "township", endings, "", doubtful
        )


def _is_ordinary(stem: str, suffix: str, before: str) -> bool:
    """Whether it rather is a word within a sentence: 「哪些乡镇依托镇综治中心」, 「建设了小城镇」."""
    a_word = not may_be_name(stem)
    within = re.search(rf"(?:{HAN}|{GENERAL})$", before.removesuffix(stem))
    return a_word and (bool(within) or bool(tag(stem[-1] + suffix)[1]))


def of_words(name: str) -> bool:
    """Whether a name begins with a word that is none: 「整治集镇」, 「书记镇」."""
    first = _pieces(name)[0]
    return len(first) > 1 and not may_be_name(first)


def _name_in(run: str, words: dict[str, str | list[str]]) -> str:
    """What of the characters before 乡 or 镇 is its name: the last words that are neither verbs nor particles."""
    stem = ""
    for piece in reversed(_pieces(run)):
        kind = tag(piece)[0][:1]
        particle = len(piece) == 1 and piece in words["characters"]
        if particle or _means_none(piece, words) or (kind == "v" and (stem or len(piece) == 1 < len(run))):
            break
        stem = piece + stem
    return stem


def _means_none(piece: str, words: dict[str, str | list[str]]) -> bool:
    """Whether a word is no part of a name: 「大部分」, 「哪个」."""
    return piece in words["words"] or (len(piece) > 1 and tag(piece)[0][:1] in _FUNCTION)


@cache
def _pieces(run: str) -> list[str]:
    return words_with_gaps(run)


def _may_begin(run: str, stem: str, size: int) -> bool:
    """Whether a name of that many characters may begin there: no shorter than the stem, unless that begins with words
    that are none of it."""
    if size >= len(stem):
        return True
    return len(stem) - size > 1 and size in accumulate(len(piece) for piece in reversed(_pieces(run)))


def _regions(text: str, townships: Names, first_known: int | None) -> Iterator[UnknownPlace]:
    """「安平县」 that the gazetteer lacks; 「青龙县」, 「青龙村」 where there is a 青龙镇."""
    words = vocabulary_of("no_county")["words"]
    for match in re.finditer(rf"(?=({HAN}{{2,4}}?)({'|'.join(vocabulary_of('goes_on')['places'])}))", text):
        stem, kind = match[1], match[2]
        if townships.is_stem(stem):
            village = kind in ("村", "社区")
            yield UnknownPlace(
                Span(match.start(), match.end(2)), stem + kind, "village" if village else "region", (stem + kind,)
            )
    counties = (
        rf"(?<!{HAN})({HAN}{{2,4}})(?:自治县|自治旗|县)(?=的|哪|各|有|所有|全部|{GENERAL}|下辖|{HAN}{{2,4}}{SUFFIX}|\s)"
    )
    for match in re.finditer(counties, text):
        if first_known is not None and match.end() != first_known:
            continue
        stem = match[1]
        general = any(stem == w or (len(w) > 1 and (stem.startswith(w) or stem.endswith(w))) for w in words)
        if not general and tag(stem)[0][:1] not in _FUNCTION | {"v"}:
            yield UnknownPlace(Span(*match.span()), match[0], "region", (match[0],))


def _english(text: str) -> Iterator[UnknownPlace]:
    for match in _ENGLISH.finditer(text):
        words = match[1].split()
        while words and words[0].lower() in _english_words():
            words.pop(0)
        named_in_brackets = re.match(r" ?\( +\)", text[match.end() :])  # "Qinglong Town (青龙镇)", taken out already
        if words and not named_in_brackets:
            name = match[0][match[0].index(words[0]) :]
            chinese = (match[2],) if match[2] else ()
            sound = re.sub(r"[^a-z]", "", "".join(words).lower())
            yield UnknownPlace(Span(match.end() - len(name), match.end()), match[2] or name, "english", chinese, sound)


@cache
def _english_words() -> frozenset[str]:
    """Words that begin a sentence and no name."""
    return frozenset(vocabulary_of("no_name")["english"])


def _foreign(known: frozenset[str], text: str) -> re.Pattern[str]:
    """Counties, cities and provinces of the country that no report of the collection belongs to, and the text may name.

    A place that is part of the topic (「与大足区联动」「进京上访」, "went to Beijing to petition") is no scope.
    """
    full, short = _foreign_names(known)
    # A pattern of all three thousand names takes a tenth of a second to compile.
    chinese = "|".join(map(re.escape, sorted((n for n in full if n in text), key=lambda name: (-len(name), name))))
    bare = "|".join(map(re.escape, sorted(short, key=len, reverse=True)))
    english = "|".join(_in_pinyin(s) for s in sorted(short))
    return re.compile(
        rf"(?<![与和跟同到去赴往进])(?:{chinese or '(?!)'})(?!.{{0,4}}(?:上访|信访))|"
        rf"(?:^|\s)(?:{bare})(?=的|哪|各|有|乡镇|报告|{GENERAL}|\s)|"
        rf"(?i:(?<!petition )(?<=in |of )(?:{english})\b|(?<=from )(?:{english})\b)"
    )


@cache
def _foreign_names(known: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Their names in full, and those of the provinces in short."""
    full = {name for place in gazetteer() for name in place if len(name) > 2} - known
    short = {re.sub(r"(?:特别行政区|壮族|回族|维吾尔)?(?:自治区|省|市)$", "", p.province) for p in gazetteer()}
    short -= {re.sub(r"(?:省|市|自治区)$", "", name) for name in known}
    return frozenset(full), frozenset(short - {""})


def _in_pinyin(name: str) -> str:
    return "|".join(region_forms(name).latin) or name


def unknown_side(text: str, question: str, known: list[Span]) -> list[UnknownPlace]:
    """The other side of a comparison in short, 「柳河」 in 「青龙镇和柳河哪个多」, where it is no word of its own.

    Args:
        text: the question without the names that are known.
        question: all of it.
        known: where the names stand that are known.
    """
    found = []
    joined = "|".join(map(re.escape, "和与跟同比、"))
    for span in known:
        behind = re.match(rf"(?:{joined})({HAN}{{2,3}}?)(?=哪|谁|相比|比|的|,|，|相差|差)", text[span.end :])
        if behind and may_be_name(behind[1]):
            start = span.end + behind.start(1)
            found.append(UnknownPlace(Span(start, start + len(behind[1])), behind[1], "township", (behind[1],)))
        ahead = re.search(rf"(?:^|[,，、\s])({HAN}{{2,3}})(?:{joined})$", text[: span.start])
        # 「统计大同苏木」: there 同 is no word of its own.
        if ahead and may_be_name(ahead[1]) and len(words_with_gaps(text[: span.start])[-1]) == 1:
            found.append(UnknownPlace(Span(ahead.start(1), ahead.end(1)), ahead[1], "township", (ahead[1],)))
    return found
