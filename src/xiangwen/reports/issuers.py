"""Whose report it is: every name in it that may be its issuer's, weighed by all that the text says.

A name is cut out of running text without knowing where it begins, so every beginning is a candidate that gets a part of
the credit; where the name recurs, the right one gathers most. ``issuers.toml`` holds words and weights.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from heapq import nlargest
from typing import Any, NamedTuple

from xiangwen.language.characters import HAN
from xiangwen.language.word_lists import word_list
from xiangwen.reports.places import kind_of_place, place_at_end, places_around
from xiangwen.reports.townships import townships

LEVELS = ("民族乡", "苏木", "街道", "乡", "镇")
_DATA: Mapping[str, Any] = word_list("xiangwen.reports", "issuers.toml")
_WEIGHTS: Mapping[str, float] = _DATA["weights"]
_CREDITS: Mapping[str, float] = _DATA["credits"]
_WORDS: Mapping[str, Any] = _DATA["words"]
ZONES: tuple[str, ...] = tuple(_WORDS["zones"])
"""What is governed like a township without being one."""
DEPARTMENT, COUNTY, CITY, PROVINCE = "部门", "县区", "市", "省"
"""Levels of the other issuers: offices, and governments above the townships."""
_ABOVE = (DEPARTMENT, COUNTY, CITY, PROVINCE)
_MANY = 2
"""Times that who stands above several townships speaks of all of them."""

_LONGEST = 24
"""Characters before 镇 that may belong to its name, its county and its office."""
_LONGEST_MENTION = 14
"""The same in running text."""
_LONG_STEM = 4
"""Characters before 镇: a longer name is one of its own less surely."""
_LONGEST_STEM = 15
"""Characters before 镇; what is longer as a whole is no name."""
_LONGEST_PART = 5
"""Characters before 镇 that are taken for a name wherever they begin."""
_BEGINNING, _FIRST_SENTENCES, _FIRST_PAGES = 2_000, 3_000, 6_000
"""Characters of a text in which its first sentence stands, in which it says what it is, in which it says of whom."""
_FEWEST_MENTIONS = 2
"""Times that a text says 「我镇」, from which on it is a township's."""
_MOST_CANDIDATES = 12
"""So many names, those that stand best by place and number, are weighed by list and level too."""


def _any(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_UNIT = re.compile(
    # 「街道」 is the longest that stands there: 「建设街街道」, 「城镇街道」.
    r"街道(?!街道|建设)|苏木|乡(?![镇村贤亲土愁间音俗情街]|级|族)|镇(?![静痛定压守街]|级)|街(?![道头坊巷面区边角景舞口镇乡]|长|心)"
    r"|地区(?=办事处)"
)
_ZONE = re.compile(
    rf"{HAN}{{2,16}}?(?:{_any(ZONES)})(?=管委会|管理委员会|管理局|党工委|人民政府|办事处|\d|年|关于|法治|依法|推进|$)"
)
_DEPARTMENT = re.compile(
    rf"{HAN}{{1,22}}?(?:{_any(_WORDS['departments'])})(?<!管理委员会)(?=\d|关于|法治|依法|推进|行政|年|工作|[^\u3400-\u9fff]|$)"
)
_GOVERNMENT = re.compile(
    rf"(?P<place>{HAN}{{1,14}}?[省市县区旗州盟])(?:人民政府|政府)?(?=关于|\d|法治|依法|推进|年|[^\u3400-\u9fff]|$)"
)
_BOUNDARY = re.compile(rf".*(?!{HAN}).", re.S)
_BREAK = re.compile(rf".*(?:{_any(_WORDS['breaks'])})")
_UNKNOWN_COUNTY = re.compile(rf"{HAN}{{2,10}}(?:自治县|自治旗|开发区|高新区|新区|县|区|旗|市)(?={HAN}{{2,}}$)")
_SOFT = re.compile(rf"(?:{_any(_WORDS['soft_words'])})|[{_WORDS['soft']}]")
_OWN = frozenset(_WORDS["own"])
_GENERIC = frozenset(_WORDS["generic"])
_AFTER = re.compile(rf"{_any(_WORDS['after'])}|[^\u3400-\u9fff]|$")
_INSIDE = re.compile(_any(_WORDS["inside"]))
_NEIGHBOUR = re.compile(rf"(?:{_any(_WORDS['neighbours'])}|[与同、]|(?<![共太仁])和)$")
_OWN_OFFICE = re.compile(r"党委|党工委|政府|纪委|人大|里|域|长|办事处|主要")
_NICKNAME = re.compile(rf"(?:{_any(_WORDS['nicknames'])})({HAN}{{2,4}})")
_OTHER_DOCUMENT = re.compile(_any(_WORDS["other_documents"]))
_REPORT = re.compile(r"法治政府|依法行政|[我全][镇乡]|我街道|全街道|街道党工委")
_GOVERNED = re.compile(
    rf"{_REPORT.pattern}|[镇乡]党委|[镇乡]政府|本[镇乡]|党工委|依法治|普法|政务公开|人民政府|办事处|管委会"
)
_LEADING = re.compile(r"^(?:关于|中共|中国共产党|20\d\d年度?|20\d\d|[《〈“\[【])+")
_HEAD = 400
"""Characters of the first lines, where an issuer is named."""
_STATEMENT = re.compile(r"(?:现将|现就|现对|兹将)([^。，,；\n]{4,40}?)(?:情况|工作|报告|汇报|总结)")
# 「2025年以来，城中区应急管理局在区委领导下…」: the office or zone that the first sentence speaks of.
_ACTING = re.compile(
    r"(?:^|\n)[ \u3000]*(?:20\d\d年度?(?:以来)?|今年以来|一年来)?[，,]?[ ]?"
    rf"({HAN}{{2,22}}?(?:{_any((*_WORDS['departments'], *ZONES))}))"
    r"(?=在|坚持|认真|深入|紧|围绕|以|按照|全面|严格|切实|始终|[，,])"
)
_OWN_OFFICES = re.compile(r"我(局|委|中心|院|办|会|县|区|市|州|旗|盟|校|园区)")
_ALL_OF_THEM = re.compile(
    r"(?:各|\d个|[两三四五六七八九十]个|全[县区市旗])(?:乡镇|镇街|街镇|乡街|苏木|乡级|镇乡|镇[（、(和]|乡[、和])"
)
_OWN_TOWNSHIP = re.compile(r"[我本](?:镇|乡|街道|苏木)")
_REGIONS = frozenset("县区市州旗盟")
"""「我县」 is also said by a township."""
_OF_SEVERAL = re.compile(rf"[的各含]|(?:{_any(LEVELS)})$")
_NUMERAL_HEAD = frozenset("一二三四五六七八九十两几多")


def level_of(issuer: str | None) -> str | None:
    """What an issuer is by its name."""
    if issuer is None:
        return None
    if issuer.endswith("族乡"):
        return "民族乡"
    if issuer.endswith(("地区", "街")):
        return "街道"
    if level := next((level for level in (*LEVELS, *ZONES) if issuer.endswith(level)), None):
        return level
    if issuer.endswith("人民政府"):
        return {"county": COUNTY, "city": CITY, "province": PROVINCE}[kind_of_place(issuer[:-4])]
    return DEPARTMENT if issuer.endswith(tuple(_WORDS["departments"])) else None


class Sources(NamedTuple):
    """What the lines around the body say."""

    title: str = ""
    signature: str = ""
    issuers: tuple[str, ...] = ()
    crumbs: tuple[str, ...] = ()


class _Unit(NamedTuple):
    """A 「…镇」 in a text."""

    before: str
    """What stands before it and may belong to it, without boundaries."""
    suffix: str
    start: int
    """Of ``before``."""
    end: int
    cut: bool
    """Whether ``before`` ends at the longest length and not at a boundary."""


def is_report(text: str) -> bool:
    """Whether it speaks of the rule of law in government, or of its own township."""
    return bool(_REPORT.search(text))


def is_other_document(text: str) -> bool:
    """Whether it is no report of a government but a judgment, a company's report, a medical record."""
    return not is_report(text) and len(_OTHER_DOCUMENT.findall(text, 0, _FIRST_SENTENCES)) > 2


def find_issuer(sources: Sources, text: str, other_document: bool = False) -> str | None:
    """The issuer of a report, such as 万灵镇, 鹤龙街, 红旗农场 or 陇西县司法局; None where nothing tells."""
    scores: dict[str, float] = defaultdict(float)
    for kind, values in (
        ("title", (sources.title,)),
        ("signature", (sources.signature,)),
        ("issuer", sources.issuers),
        ("crumbs", sources.crumbs),
        ("statement", tuple(match[1] for match in _STATEMENT.finditer(text, 0, _FIRST_SENTENCES))[:2]),
    ):
        best: dict[str, float] = {}
        for value in values:
            for name, credit in _named_in(value):
                best[name] = max(best.get(name, 0.0), credit)
        for name, credit in best.items():
            scores[name] += _WEIGHTS[kind] * credit
    if (
        (acting := _ACTING.search(text, 0, _BEGINNING))
        and not _UNIT.search(acting[1])
        and not acting[1].startswith(tuple(_OWN))
    ):
        scores[acting[1]] += _WEIGHTS["statement"]
    named = frozenset(scores)
    own = _mentions(text, scores)
    if not _GOVERNED.search(text) or _is_of_many(text, named):
        # There a township that is only spoken of is a place like any other.
        scores = {name: score for name, score in scores.items() if name in named}
    scores = dict(nlargest(_MOST_CANDIDATES, scores.items(), key=lambda item: item[1]))
    _weigh_levels(scores, own, _OWN_OFFICES.search(text))
    if other_document:
        for name in scores:
            scores[name] += _WEIGHTS["other_document"]
    name, score = max(scores.items(), key=lambda item: (round(item[1], 6), len(item[0])), default=("", 0.0))
    if score >= _WEIGHTS["threshold"]:
        return _in_full(name, text)
    return _by_nickname(text, own) if sum(own.values()) > 1 else None


def _in_full(name: str, text: str) -> str:
    """「街津口乡」 as 街津口赫哲族乡, where the text has that too."""
    if not name.endswith("乡") or name.endswith("族乡"):
        return name
    full = Counter(re.findall(rf"{name[:-1]}{HAN}{{1,12}}?族乡", text))
    return full.most_common(1)[0][0] if full else name


def township_in(words: str) -> str | None:
    """The township or zone named in a title or by an office, such as 「重庆市荣昌区万灵镇人民政府」."""
    credits: defaultdict[str, float] = defaultdict(float)
    for name, credit in _named_in(words):
        if level_of(name) not in _ABOVE:
            credits[name] += credit
    for name in credits:
        credits[name] += _CREDITS["listed"] * _listed(name)
    return max(credits, key=lambda name: (credits[name], len(name)), default=None)


def _named_in(words: str) -> Iterator[tuple[str, float]]:
    """The issuers that a title or an office's name may mean, with how surely."""
    flat = re.sub(r"\s", "", words)
    if not flat:
        return
    found = False
    for unit in _units(flat):
        rest, behind = _bare(unit.before)
        for stem, credit in _stems(rest, unit.suffix, behind or not unit.cut, behind, in_title=True).items():
            found = True
            yield stem + unit.suffix, credit * (1.0 if _AFTER.match(flat, unit.end) else _CREDITS["open_end"])
    flat = _LEADING.sub("", flat)
    for match in _ZONE.finditer(flat):
        yield _without_place(match[0]), 1.0
    if found:
        return
    if department := _DEPARTMENT.match(flat):
        yield department[0], 1.0
    elif government := _GOVERNMENT.match(flat):
        place = place_at_end(government["place"]) or government["place"]
        if place not in ("市", "县", "区") and not place.endswith(ZONES):
            yield place + "人民政府", 1.0


def _without_place(zone: str) -> str:
    """「辰溪县红旗农场」 without its county; 「安平县经济开发区」 is called so."""
    zone = zone.rpartition("人民政府")[2]
    for end in range(len(zone) - 3, 2, -1):
        if (
            zone[end - 1] in "县市旗区"
            and place_at_end(zone[:end])
            and not zone[end:].startswith(("经济", "高新", "工业"))
        ):
            return zone[end:]
    rest = re.sub(rf"^{HAN}{{2,10}}(?:自治县|自治旗|县|旗)(?={HAN}{{3,}}$)", "", zone)
    return zone if rest.startswith(("经济", "高新", "工业", "产业")) else rest


def _units(text: str, longest: int = _LONGEST) -> Iterator[_Unit]:
    for match in _UNIT.finditer(text):
        end = match.start()
        lowest = max(end - longest, 0)
        boundary = _BOUNDARY.match(text, lowest, end)
        start = boundary.end() if boundary else lowest
        if match[0] in "乡镇" and places_around(text, end):
            continue  # 「景德镇市」「镇雄县」
        yield _Unit(text[start:end], match[0], start, match.end(), start == lowest > 0)


def _bare(before: str) -> tuple[str, bool]:
    """What of the words before 「镇」 may be its name, without office and county; and whether something was cut off."""
    rest = before
    if broken := _BREAK.match(rest):
        rest = rest[broken.end() :]
    for end in range(len(rest) - 1, 1, -1):
        if rest[end - 1] in "省市县区旗州盟" and place_at_end(rest[:end]):
            rest = rest[end:]
            break
    return rest, len(rest) < len(before)


def _stems(rest: str, suffix: str, bounded: bool, behind: bool, in_title: bool = False) -> dict[str, float]:
    """Where the name may begin in the words before its 「镇」, with how surely.

    Args:
        rest: the words, without office and county.
        suffix: 镇, 街道 …
        bounded: whether a boundary stands before them.
        behind: whether that is an office or a county.
        in_title: whether nothing but a name can stand there.
    """
    if len(rest) < 2:
        # A name of one character is one only where a list has it.
        bounded = behind or (in_title and bounded)
        return {rest: _CREDITS["whole"]} if bounded and rest and _is_one_character_name(rest, suffix) else {}
    stems: dict[str, float] = {}
    for stem, credit in _beginnings(rest, suffix, bounded):
        # 「法治建设镇」 is cut out of 「法治建设，镇党委」 as little as 「建设」 alone is a beginning.
        if len(stem) > 1 and not _is_generic(stem, suffix) and (stem == rest or not _SOFT.fullmatch(stem)):
            if len(stem) > _LONG_STEM and not in_title and not stem.endswith("族") and not _listed(stem + suffix):
                credit *= _CREDITS["long"]
            stems[stem] = max(stems.get(stem, 0.0), credit)
    return stems


def _beginnings(rest: str, suffix: str, bounded: bool) -> Iterator[tuple[str, float]]:
    """All that a name before its 「镇」 may be, each with how surely by where it begins."""
    whole = "whole" if bounded else "part"
    if (county := _UNKNOWN_COUNTY.match(rest)) and not _listed(rest + suffix):
        yield rest[county.end() :], _CREDITS["behind_unknown_county"]
        whole = "part"
    if len(rest) <= _LONGEST_STEM:
        yield rest, _CREDITS[whole]
    for soft in _SOFT.finditer(rest, 0, len(rest) - 2):
        yield rest[soft.end() :], _CREDITS["soft"]
    for length in range(2, min(_LONGEST_PART + 1, len(rest))):
        part = rest[-length:]
        yield part, _CREDITS["listed_part" if _listed(part + suffix) else "part"]


def _is_one_character_name(stem: str, suffix: str) -> bool:
    return stem not in _OWN and stem not in _GENERIC and stem + suffix in townships()


def _is_generic(stem: str, suffix: str) -> bool:
    # 「全面依法治镇」 is no name; 「长治」 would be one of a city. 「各乡镇」 and 「10个镇街」 are several.
    return (
        stem in _GENERIC
        or (bool(_OF_SEVERAL.search(stem)) and not _listed(stem + suffix))
        or stem[-1] == "治"
        or stem[0] in _OWN
        or (len(stem) == 2 and stem[0] in _NUMERAL_HEAD and stem[1] == "个")
    )


def _listed(name: str) -> bool:
    return name in townships() or (name.endswith("街") and name + "道" in townships())


def _mentions(text: str, scores: dict[str, float]) -> dict[str, float]:
    """Add what the text itself says to the scores; how often it speaks of 「我镇」「全街道」, by level."""
    own: defaultdict[str, float] = defaultdict(float)
    credits: defaultdict[str, float] = defaultdict(float)
    heads: dict[str, float] = {}
    for unit in _units(text, _LONGEST_MENTION):
        level = "街道" if unit.suffix in ("街", "地区") else unit.suffix
        if unit.before and unit.before[-1] in _OWN:
            own[level] += 1
            continue
        rest, behind = _bare(unit.before)
        if not rest:
            own[level] += _CREDITS["own_office"] if _OWN_OFFICE.match(text, unit.end) else 0
            continue
        at = unit.end - len(unit.suffix) - len(rest)
        if _NEIGHBOUR.search(text[max(at - 4, 0) : at]):
            continue  # 「与邻近的太和镇、永兴乡」
        weight = _weight_behind(text, unit.end)
        for stem, credit in _stems(rest, unit.suffix, behind or not unit.cut, behind).items():
            name = stem + unit.suffix
            credits[name] += credit * weight
            if unit.end < _HEAD:
                heads[name] = max(heads.get(name, 0.0), credit * weight)
    for name, credit in credits.items():
        scores[name] += min(_WEIGHTS["mention"] * credit, _WEIGHTS["most_mentions"])
        scores[name] += _WEIGHTS["head"] * heads.get(name, 0.0)
    return own


def _weight_behind(text: str, end: int) -> float:
    """How surely a name ends there, by what stands behind it."""
    if _AFTER.match(text, end):
        return 1.0
    return _CREDITS["inside" if _INSIDE.match(text, end) else "open_end"]


def _is_of_many(text: str, named: Set[str]) -> bool:
    """Whether an office or a county reports on its townships: it alone is named around the text, which speaks of many
    at once and says 「我镇」 nowhere."""
    above = bool(named) and all(level_of(name) in _ABOVE for name in named)
    return above and not _OWN_TOWNSHIP.search(text) and len(_ALL_OF_THEM.findall(text, 0, _FIRST_PAGES)) >= _MANY


def _weigh_levels(scores: dict[str, float], own: Mapping[str, float], own_office: re.Match[str] | None) -> None:
    total = sum(own.values())
    for name in scores:
        level = level_of(name)
        if level in _ABOVE:
            scores[name] += _WEIGHTS["office_in_township" if total >= _FEWEST_MENTIONS else "office"]
            scores[name] += _WEIGHTS["own_office"] * (own_office is not None)
            continue
        if level in ZONES:
            scores[name] += _WEIGHTS["zone"]
            continue
        if name.endswith("街"):
            scores[name] += _WEIGHTS["street"]
        scores[name] += _WEIGHTS["listed"] * _listed(name)
        if total:
            share = own.get("乡" if level == "民族乡" else level or "", 0.0) / total
            scores[name] += _WEIGHTS["own_level"] * share + _WEIGHTS["other_level"] * (1 - share)
        elif own_office and own_office[1] not in _REGIONS:
            scores[name] += _WEIGHTS["township_in_office"]


def _by_nickname(text: str, own: Mapping[str, float]) -> str | None:
    """A township that is only called 「魅力道滘」: known by the list of townships and said again."""
    level = max(own, key=own.__getitem__)
    found: Counter[str] = Counter()
    for match in _NICKNAME.finditer(text):
        for length in (2, 3, 4):
            stem = match[1][:length]
            elsewhere = (
                _SOFT.match(match[1]) or _BREAK.match(stem) or any(place_at_end(stem + end) for end in "县区市省")
            )  # 法治建设, 法治白云
            if not elsewhere and stem + level in townships():
                found[stem + level] = text.count(stem)
    name, count = found.most_common(1)[0] if found else ("", 0)
    return name if count > 1 else None
