"""Read township, county, city, province, year and title off a report's own text; what it does not state is None."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from xiangwen.language.characters import simplified_in_place
from xiangwen.language.list_marks import FIRST_NUMBER
from xiangwen.language.numerals import NOUGHTS, digit_by_digit
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.reports.front_matter import first_line, read_front_matter
from xiangwen.reports.issuers import Sources, find_issuer, is_other_document, is_report, level_of, township_in
from xiangwen.reports.places import find_places

_YEAR = re.compile(r"(20\d\d)(?:[ \u3000]?年|度)")
_SHORT_YEAR = re.compile(r"(?<![\d前近过])((?:1\d|2\d))年度?(?=.{0,16}(?:法治|依法|工作|总结|报告))")
"""「镇前镇23年法治政府建设情况」"""
_YEAR_SPELT = re.compile(rf"二[{NOUGHTS}][{NOUGHTS}一二三四五六七八九]{{2}}(?=年)")
_ANY_YEAR = re.compile(r"(?<!\d)(20\d\d)(?![\d〕\]号-])")
_REPORTED = re.compile(
    r"(?:现将|現將|现就|将)[^。\n]{0,20}?(20\d\d)年|(20\d\d)年度?[^。\n，,]{0,16}(?:报告|汇报|总结|通报|函告|报)(?:如[下次后]|于[后下])|(20\d\d)年度?[^。\n，,]{0,16}工作总结"
)
_AWARD = re.compile(r"度?[^。，；,;\n]{0,20}(?:先进|优秀|示范|称号|荣誉|表彰|一等奖|二等奖|三等奖)")
_COMPARED = re.compile(r"[比较与同和跟由从自](?:上年|去年)?[（(]?$")
_SINCE = re.compile("(?:以前|之前|起累计|的[^，。；]{1,12}(?:降|升|增|减))")
"""「比2022年多2次」, 「2021年起累计」, 「由2017年的89%升到…」: another year beside the one told of."""
_IN_TITLE, _REPORTED_ON, _ASKED_FOR, _MOST_TOLD, _TOLD, _DATED = 4.0, 3.5, 3.5, 1.0, 2.0, 0.5
"""A title outweighs all but a text that says it reports on another year and tells of that one: 「2025年」 over a report
on 2024 signed in January 2025."""
_MOST_REPORTED = 3
"""Times that a text says what it reports on; further ones are of other reports in it."""
_LONGEST_ASIDE = 200
"""Characters of a title or a bracket in which a year is not told of."""
_LONGEST_DATE_LINE = 200
"""Characters; a longer line with a date in it tells of something."""
_NEXT_YEAR_UNTIL, _OWN_YEAR_FROM = 4, 11
"""Months in which reports on the year before and on the same year are signed; between them nothing is certain."""
_NOTICE = re.compile(r"《[^》\n]{0,60}?(20\d\d)年度?(?:法治|依法|全面依法)[^》\n]{0,60}》")
_ASIDES = (("《", "》"), ("（", "）"), ("(", ")"))
_DATE_LINE = re.compile(
    r"\d{4}-\d\d?-\d\d?"
    r"|^[^。]{0,40}20\d\d[ \u3000]?年[ \u3000]?\d{1,2}[ \u3000]?月[ \u3000]?\d{1,2}[ \u3000]?日[ \t\u3000]*$"
)
_WIDE_DIGIT = re.compile("[０-９]")
_TRADITIONAL = re.compile("[鄉鎮縣區蘇報總況]")
_STANCE_WORDS = vocabulary_patterns("stance_words.toml")


@dataclass(frozen=True)
class Metadata:
    """Where and when a report comes from, as far as its text says."""

    township: str | None = None
    """In simplified characters, as are the other places: so they are asked for."""
    level: str | None = None
    county: str | None = None
    city: str | None = None
    province: str | None = None
    year: int | None = None
    title: str | None = None


def read_metadata(text: str, fields: Sequence[tuple[str, str]] = ()) -> Metadata:
    """Metadata of a report, every value taken from ``text`` or ``fields`` alone.

    Args:
        text: the report.
        fields: what the file says of itself beside its text, (name, value), as in a web page's 索引号 table.
    """
    plain = recognisable(text)
    head_end = FIRST_NUMBER.search(text)
    front = read_front_matter(text, plain, head_end.start() if head_end else len(text), fields)
    title = recognisable(front.title or "")
    other = is_other_document(plain)
    issuer = find_issuer(Sources(title, front.signature, front.issuers, front.crumbs), plain, other)
    shown = front.title or (None if issuer else first_line(text))
    # The places in a judgment or a record are where people live.
    stated = title if other else "\n".join((plain, *(value for _, value in fields)))
    offices = (front.signature, *front.issuers, *front.crumbs)
    county, city, province = find_places(title, offices, stated, issuer)
    return Metadata(
        township=issuer,
        level=level_of(issuer),
        county=county,
        city=city,
        province=province,
        year=_find_year(recognisable(shown or ""), plain, front.dates),
        title=shown,
    )


def named_by_file(metadata: Metadata, text: str, file: str) -> Metadata:
    """Metadata with township and year from the file's name, where the text of a report names none."""
    if metadata.township and metadata.year:
        return metadata
    plain = recognisable(text)
    name = recognisable(Path(file).stem)
    township = township_in(re.sub(r"^[\d\W_]+", "", name))
    if metadata.township is None and township and level_of(township) and is_report(plain):
        metadata = replace(metadata, township=township, level=level_of(township))
    if metadata.year is None and metadata.township and (year := _ANY_YEAR.search(name)):
        metadata = replace(metadata, year=int(year[1]))
    return metadata


def recognisable(text: str) -> str:
    """The text with simplified characters and years in ASCII digits, character for character."""
    if _TRADITIONAL.search(text):
        text = simplified_in_place(text)
    if _WIDE_DIGIT.search(text):
        text = text.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    return _YEAR_SPELT.sub(lambda year: digit_by_digit(year[0]), text)


def _find_year(title: str, text: str, dates: Sequence[tuple[int, int]]) -> int | None:
    """The year reported on, by weight: the title's, the one it says it reports on, the one it tells most of."""
    weights: defaultdict[int, float] = defaultdict(float)
    if stated := _year_of_title(title):
        weights[stated] += _IN_TITLE
    reported = [int(next(filter(None, match.groups()))) for match in islice(_REPORTED.finditer(text), _MOST_REPORTED)]
    for year in reported:
        weights[year] += _REPORTED_ON
    told = Counter(_years_told(title, text))
    for n, (year, count) in enumerate(told.most_common()):
        weights[year] += _MOST_TOLD * (n == 0) + _TOLD * count / told.total()
    if not weights or not (title or reported):
        for year in map(int, _NOTICE.findall(text)):
            weights[year] += _ASKED_FOR
    latest = max((year for year, _ in dates), default=None)
    for year in weights:
        weights[year] -= _IN_TITLE if latest and year > latest else 0
    if before := _before(dates):
        weights[before] += _DATED
    best = max(weights, key=weights.__getitem__, default=None)
    return best if best is not None and weights[best] > 0 else None


def _year_of_title(title: str) -> int | None:
    """The year that a title names, also one of two digits."""
    if stated := _YEAR.search(title) or _ANY_YEAR.search(title):
        return int(stated[1])
    short = _SHORT_YEAR.search(title)
    return 2000 + int(short[1]) if short else None


def _years_told(title: str, text: str) -> Iterator[int]:
    """The years that the text tells of up to its plans.

    Names of laws and plans carry years of their own, date lines that of publication, awards that of last year.
    """
    plan = _STANCE_WORDS.any_of("line.plan", r"\n[^\n]{0,14}(?:{})").search(text)
    end = plan.start() if plan else len(text)
    titles = {line.strip() for line in title.split("\n")}
    for match in _YEAR.finditer(text, 0, end):
        at = match.start()
        first = text.rfind("\n", 0, at) + 1
        last = text.find("\n", at)
        line = text[first : last if last >= 0 else len(text)]
        begin = max(at - _LONGEST_ASIDE, first)
        aside = any(text.rfind(a, begin, at) > text.rfind(b, begin, at) for a, b in _ASIDES)
        dated = len(line) < _LONGEST_DATE_LINE and _DATE_LINE.search(line)
        compared = _COMPARED.search(text, max(at - 3, 0), at) or _SINCE.match(text, match.end())
        told = not (aside or dated or compared or _AWARD.match(text, match.end()))
        if told and line.strip() not in titles:
            yield int(match[1])


def _before(dates: Sequence[tuple[int, int]]) -> int | None:
    """Annual reports are signed in the first months of the next year, or in the last ones of their own."""
    for year, month in dates:
        if month <= _NEXT_YEAR_UNTIL:
            return year - 1
        if month >= _OWN_YEAR_FROM:
            return year
    return None
