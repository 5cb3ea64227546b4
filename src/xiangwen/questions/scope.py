"""Which reports a question speaks of: townships, counties, provinces and years named in it, also in short, in pinyin
or misspelt; and places or years that the collection does not have, which must never be answered from another report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

from xiangwen.language.concepts import catalogue
from xiangwen.language.tokens import words
from xiangwen.reports import Report
from xiangwen.reports.places import gazetteer

_SUFFIX = r"(?:民族乡|街道办事处|街道|苏木|乡|镇)"
_ETHNIC = re.compile(
    r"(?:各族|(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|"
    r"达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺)族)+"
)
_YEAR = re.compile(r"(?<![\d〔\[-])(20\d\d)(?:年度?)?(?![\d〕\]-])")
_IN_TITLE = re.compile(r"《[^》]*》|[（(]20\d\d\s*[-—–]\s*20\d\d年?[）)]")
# Words before 乡/镇/街道 that name no place: 「哪个乡」「全镇」「送法下乡」.
_NO_NAME = re.compile(
    r"[哪那每各全本我该此某几两多数个些的下返家老城集村场同同在和与及或是有为你他她它们上内外省市县区级类所等]"
)
_UNKNOWN_TOWNSHIP = re.compile(
    rf"([\u4e00-\u9fff]{{2,5}}){_SUFFIX}(?!镇|村|里|土|亲|愁|情|长|贤|企|邻|风|规|政|财|干|纪|人大|党委书记)"
)
_UNKNOWN_ENGLISH = re.compile(
    r"\b((?:[A-Z][a-z]+['’]?[a-z]*[ -]?){1,3}) (?:Township|Town|Subdistrict|County|District|City|Province|Village)\b"
)
_ENGLISH_WORDS = frozenset(
    [
        "which",
        "what",
        "the",
        "in",
        "does",
        "did",
        "how",
        "is",
        "are",
        "for",
        "of",
        "each",
        "every",
        "do",
        "has",
        "have",
        "list",
        "all",
        "any",
    ]
)
_ENGLISH_SUFFIX = r"(?:[ -](?:ethnic |\w+ )?(?:township|town|subdistrict|sub-district|xiang|zhen|jiedao))?"

Problem = Literal["unknown_report", "unknown_year", "outside"]
"""A place or a year that the collection does not have; "outside" is one that it has, but that was not chosen."""


@dataclass(frozen=True)
class Scope:
    """The reports a question is about."""

    reports: tuple[int, ...]
    """Numbers of the reports in scope, in the order of the index."""
    groups: tuple[tuple[int, ...], ...] = ()
    """One group of report numbers for each township named, in the order of mention."""
    years: tuple[int, ...] = ()
    narrowed: bool = False
    """Whether a county, province, level or year was named."""
    problem: Problem | None = None
    missing: str = ""
    """The place or the year that the collection does not have."""
    rest: str = ""
    """The question with the names of places and years turned into spaces: positions are those of the question."""
    mentions: tuple[tuple[int, int], ...] = ()
    """Where each of the ``groups`` is named in the question."""

    def within(self, chosen: frozenset[int]) -> Scope:
        """The part of this scope that lies in the reports chosen; naming a township outside them is a problem."""
        if self.problem:
            return self
        outside = [group for group in self.groups if not chosen.intersection(group)]
        if outside:
            return replace(self, reports=tuple(n for group in outside for n in group), groups=(), problem="outside")
        reports = tuple(n for n in self.reports if n in chosen)
        if not reports:
            return replace(self, groups=(), problem="outside")
        groups = tuple(tuple(n for n in group if n in chosen) for group in self.groups)
        return replace(self, reports=reports, groups=groups)


@dataclass(frozen=True)
class _Name:
    """A name, how people write it, and its reports.

    Its pattern is made when a question may hold it: those of all townships of a province take seconds to compile.
    """

    surface: str
    reports: frozenset[int]
    bare: str
    """Without suffix and peoples; two characters or more, or empty."""
    chinese: tuple[str, ...]
    """Wherever a Chinese form of the name stands, one of these does."""
    write_pattern: Callable[[str], re.Pattern[str]]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return self.write_pattern(self.surface)

    @cached_property
    def pinyin(self) -> str:
        return "".join(lazy_pinyin(self.bare)).lower()


def _possible(names: Sequence[_Name], text: str) -> list[_Name]:
    """Those that may be named in the text, in their order; the pattern of each decides."""
    latin = re.sub(r"[ '’\-]", "", text).lower() if re.search(r"[A-Za-z]", text) else ""
    return [
        name
        for name in names
        if any(form in text for form in name.chinese) or (latin and name.bare and name.pinyin in latin)
    ]


class Atlas:
    """The places and years of a collection, and how people write them."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = reports
        self._all = frozenset(range(len(reports)))
        townships: dict[str, set[int]] = {}
        counties: dict[str, set[int]] = {}
        regions: dict[str, set[int]] = {}
        homes: dict[str, set[str]] = {}
        for place in gazetteer():
            homes.setdefault(place.county, set()).update({place.province, place.city} - {""})
        for number, report in enumerate(reports):
            meta = report.metadata
            if meta.township:
                townships.setdefault(meta.township, set()).add(number)
            if meta.county:
                counties.setdefault(meta.county, set()).add(number)
            implied = homes.get(meta.county or "", set())
            for region in {meta.city, meta.province} | (implied if len(implied) <= 2 else set()):
                if region:
                    regions.setdefault(region, set()).add(number)
        self._townships = [_township_name(n, frozenset(r)) for n, r in townships.items()]
        self._counties = [_region_name(n, frozenset(r)) for n, r in counties.items()]
        self._regions = [_region_name(n, frozenset(r)) for n, r in regions.items()]
        known = set(counties) | set(regions)
        self._foreign = _foreign_pattern(known)

    def find(self, question: str, *, plans_next_year: bool = False) -> Scope:
        """The scope of a question in simplified characters.

        Args:
            question: the question, NFKC-normalised and simplified.
            plans_next_year: the question is about plans, so a report also stands for the year after its own.
        """
        rest = question
        groups: list[tuple[tuple[int, int], frozenset[int]]] = []
        for name in _possible(self._townships, rest):
            for match in name.pattern.finditer(rest):
                if _inside_a_word(rest, match):
                    continue
                groups.append((match.span(), self._of_county_before(rest[: match.start()], name.reports)))
                rest = _blank(rest, match.span())
        if not groups:
            rest, groups = self._misspelt(rest)
        narrowed = False
        allowed = self._all
        for names in (self._counties, self._regions):
            mentioned: frozenset[int] = frozenset()
            for name in _possible(names, rest):
                for match in name.pattern.finditer(rest):
                    mentioned |= name.reports
                    rest = _blank(rest, match.span())
            if mentioned:
                allowed, narrowed = allowed & mentioned, True
        years = tuple(dict.fromkeys(int(y) for y in _YEAR.findall(_IN_TITLE.sub(" ", rest))))
        rest = _YEAR.sub(lambda year: " " * len(year[0]), rest)
        if unknown := self._unknown_place(rest, min((start for (start, _), _ in groups), default=None)):
            return Scope((), (), years, narrowed, "unknown_report", unknown, rest)
        if level := re.search(r"(?:哪|各|所有|几|多少)[些几个]{0,2}(民族乡|街道|苏木)", question):
            fitting = frozenset(i for i, r in enumerate(self._reports) if r.metadata.level == level[1])
            allowed, narrowed = allowed & fitting, True
            if not fitting:
                return Scope((), (), years, True, "unknown_report", level[1], rest)
        if years and (scoped := self._of_years(allowed, years, plans_next_year)) != allowed:
            narrowed = True
            if not groups and not scoped:
                return Scope((), (), years, True, "unknown_year", _years_text(years), rest)
        else:
            scoped = allowed
        named: list[frozenset[int]] = []
        mentions: list[tuple[int, int]] = []
        for span, members in sorted(groups, key=lambda group: group[0]):
            inside = members & allowed
            if not inside:
                place = next((n.surface for n in self._townships if n.reports == members), "")
                return Scope((), (), years, narrowed, "unknown_report", place, rest)
            in_year = self._of_years(inside, years, plans_next_year) if years else inside
            if not in_year:
                return Scope(tuple(sorted(inside)), (), years, True, "unknown_year", _years_text(years), rest)
            if in_year not in named:
                named.append(in_year)
                mentions.append(span)
        reports = frozenset().union(*named) if named else scoped
        return Scope(tuple(sorted(reports)), tuple(tuple(sorted(g)) for g in named), years, narrowed, None, "", rest)

    @cached_property
    def _sounds(self) -> dict[tuple[str, ...], list[int]]:
        """Townships by their syllables."""
        found: dict[tuple[str, ...], list[int]] = {}
        for order, name in enumerate(self._townships):
            found.setdefault(tuple(lazy_pinyin(name.surface)), []).append(order)
        return found

    @cached_property
    def _sizes(self) -> list[int]:
        return sorted({len(name.surface) for name in self._townships})

    @cached_property
    def _english(self) -> list[tuple[str, frozenset[int]]]:
        """Townships as they sound without their suffix."""
        return [("".join(lazy_pinyin(_stem(name.surface))), name.reports) for name in self._townships]

    def _of_county_before(self, before: str, members: frozenset[int]) -> frozenset[int]:
        """「古蔺县太平镇」 is the one of that county, whatever other 太平镇 the question names."""
        for county in _possible(self._counties, before):
            if members & county.reports and any(m.end() == len(before) for m in county.pattern.finditer(before)):
                return members & county.reports
        return members

    def _of_years(self, allowed: frozenset[int], years: tuple[int, ...], plans: bool) -> frozenset[int]:
        def fits(number: int) -> bool:
            year = self._reports[number].metadata.year
            return year is not None and (year in years or (plans and year + 1 in years))

        exact = frozenset(n for n in allowed if self._reports[n].metadata.year in years)
        return exact or frozenset(n for n in allowed if fits(n))

    def _misspelt(self, question: str) -> tuple[str, list[tuple[tuple[int, int], frozenset[int]]]]:
        """Names with a wrong character of the same sound, or a letter off in pinyin."""
        sounds = [lazy_pinyin(c)[0] for c in question]
        heard = [
            (order, i, size)
            for size in self._sizes
            for i in range(len(question) - size + 1)
            for order in self._sounds.get(tuple(sounds[i : i + size]), ())
            if any(a == b for a, b in zip(question[i : i + size], self._townships[order].surface, strict=True))
        ]
        if heard:
            order, i, size = min(heard)
            return _blank(question, (i, i + size)), [((i, i + size), self._townships[order].reports)]
        for match in re.finditer(r"[A-Za-z'’]{6,}", question):
            word = re.sub(r"['’]", "", match[0].lower())
            for sound, reports in self._english:
                if len(sound) >= 6 and Levenshtein.distance(word, sound, score_cutoff=1) <= 1:
                    return _blank(question, match.span()), [(match.span(), reports)]
        return question, []

    def _unknown_place(self, rest: str, first_known: int | None) -> str | None:
        """A place that the collection does not have; beside a known township only one that stands right before it."""
        for match in self._foreign.finditer(rest):
            if first_known is None or (rest[match.end() : first_known] == "" and match.start() < first_known):
                return match[0].strip()
        for match in _UNKNOWN_TOWNSHIP.finditer(rest):
            name = re.split(_NO_NAME, match[1])[-1]
            if len(name) >= 2 and not re.search(r"法治|依法|聘请|律师|提到|报告", name):
                return name + match[0][len(match[1]) :]
        if (english := _UNKNOWN_ENGLISH.search(rest)) and not set(english[1].lower().split()) <= _ENGLISH_WORDS:
            return english[0]
        return None


def _blank(text: str, span: tuple[int, int]) -> str:
    """Text with a span turned into spaces, so that positions stay."""
    return text[: span[0]] + " " * (span[1] - span[0]) + text[span[1] :]


def _stem(township: str) -> str:
    return _ETHNIC.sub("", re.sub(rf"{_SUFFIX}$", "", township)) or township


def _pinyin_pattern(stem: str) -> str:
    return r"[ '’\-]?".join(map(re.escape, lazy_pinyin(stem)))


def _township_name(name: str, reports: frozenset[int]) -> _Name:
    stem, bare = re.sub(rf"{_SUFFIX}$", "", name), _stem(name)
    forms = {name, bare + "乡", stem.removesuffix("族") + "乡", *(s for s in (stem, bare) if len(s) > 1)}
    return _Name(name, reports, bare if len(bare) > 1 else "", tuple(sorted(forms)), _township_pattern)


def _region_name(name: str, reports: frozenset[int]) -> _Name:
    bare = _bare_region(name)
    return _Name(name, reports, bare, (name, bare) if bare else (name,), _region_pattern)


def _township_pattern(name: str) -> re.Pattern[str]:
    """「善感乡」, 「善感」 (but not 「善感镇」), 「Shan'gan Township」, 「罗子山乡」 for 罗子山瑶族乡."""
    suffix = re.search(rf"{_SUFFIX}$", name)
    stem, bare = re.sub(rf"{_SUFFIX}$", "", name), _stem(name)
    forms = [re.escape(name)]
    if suffix and bare != stem:
        forms += [re.escape(bare + "乡"), re.escape(stem.removesuffix("族") + "乡")]
    forms += [rf"{re.escape(s)}(?!{_SUFFIX})" for s in dict.fromkeys((stem, bare)) if len(s) >= 2]
    if len(bare) >= 2:
        forms.append(rf"(?i:(?<![A-Za-z]){_pinyin_pattern(bare)}{_ENGLISH_SUFFIX}(?![a-z]))")
    return re.compile("|".join(forms))


def _region_pattern(name: str) -> re.Pattern[str]:
    """「彭水苗族土家族自治县」, 「彭水县」, 「彭水」, 「Pengshui County」."""
    bare = _bare_region(name)
    forms = [re.escape(name), *(re.escape(bare) + s for s in "县区市省州盟旗" if len(bare) > 1)]
    if bare:
        forms.append(re.escape(bare))
        english = r"(?:[ -](?:\w+ )?(?:county|district|city|province|municipality))?"
        forms.append(rf"(?i:(?<![a-z]){_pinyin_pattern(bare)}{english}(?![a-z]))")
    return re.compile("|".join(forms))


def _bare_region(name: str) -> str:
    """「彭水」 for 「彭水苗族土家族自治县」; empty where one character would be left."""
    stem = re.sub(r"(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|州|盟|地区|县|区|旗)$", "", name)
    bare = _ETHNIC.sub("", stem) or stem
    return bare if len(bare) > 1 else ""


def _foreign_pattern(known: Iterable[str]) -> re.Pattern[str]:
    """Counties, cities and provinces of the country that no report of the collection belongs to.

    A place that is part of the topic (「与大足区联动」「进京上访」, "went to Beijing to petition") is no scope.
    """
    known = set(known)
    full = {name for place in gazetteer() for name in place if len(name) > 2} - known
    short = {re.sub(r"(?:特别行政区|壮族|回族|维吾尔)?(?:自治区|省|市)$", "", p.province) for p in gazetteer()}
    short -= {re.sub(r"(?:省|市|自治区)$", "", name) for name in known}
    chinese = "|".join(map(re.escape, sorted(full, key=len, reverse=True)))
    bare = "|".join(map(re.escape, sorted(short - {""}, key=len, reverse=True)))
    english = "|".join(_pinyin_pattern(s) for s in sorted(short - {""}))
    return re.compile(
        rf"(?<![与和跟同到去赴往进])(?:{chinese})(?!.{{0,4}}(?:上访|信访))|"
        rf"(?:^|\s)(?:{bare})(?=的|哪|各|有|乡镇|报告|\s)|"
        rf"(?i:(?<!petition )(?<=in |of )(?:{english})\b|(?<=from )(?:{english})\b)"
    )


def _inside_a_word(text: str, match: re.Match[str]) -> bool:
    """「共和」 in 「中华人民共和国」 is no mention of 共和乡, 「枫桥」 in 「枫桥经验」 none of 枫桥镇."""
    if re.search(rf"{_SUFFIX}$|[A-Za-z]", match[0]):
        return False
    terms = catalogue().chinese(text)
    if any(t.start <= match.start() and match.end() <= t.end and len(t.asked) > len(match[0]) for t in terms):
        return True
    position = 0
    for word in words_with_gaps(text):
        end = position + len(word)
        if position <= match.start() and match.end() <= end and len(word) > len(match[0]):
            return True
        position = end
    return False


def words_with_gaps(text: str) -> list[str]:
    """All jieba pieces of a text in order, so that their lengths add up to its own."""
    pieces: list[str] = []
    position = 0
    for word in words(text):
        start = text.index(word, position)
        if start > position:
            pieces.append(text[position:start])
        pieces.append(word)
        position = start + len(word)
    return pieces


def _years_text(years: tuple[int, ...]) -> str:
    return "、".join(f"{year}年" for year in years)
