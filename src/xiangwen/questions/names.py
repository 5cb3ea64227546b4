"""The names of a collection, and how people write them: in full, in short, in pinyin, misspelt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product

from rapidfuzz.distance import Levenshtein

from xiangwen.language.characters import HAN
from xiangwen.language.concepts import catalogue
from xiangwen.language.sounds import sounds_of, syllable, syllables
from xiangwen.language.tokens import is_word, tag, words
from xiangwen.questions.spans import Mention, Span, blank, vocabulary_of
from xiangwen.reports.places import rows_named

SUFFIX = r"(?:民族乡|街道办事处|街道|苏木|乡|镇)"
_ETHNIC = re.compile(
    r"(?:各族|(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|"
    r"达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺)族)+"
)
_LATIN = re.compile(r"[A-Za-z]+(?:['’\-](?!s\b)[A-Za-z]+)*")
_ENGLISH_TOWNSHIP = re.compile(
    r"[ -](?:ethnic |\w+ )?(township|town|subdistrict|sub-district|xiang|zhen|jiedao)(?![a-z])", re.I
)
_ENGLISH_REGION = re.compile(r"[ -](?:\w+ )?(county|district|city|province|municipality)(?![a-z])", re.I)
_ENGLISH_LEVEL = {"town": "镇", "zhen": "镇", "township": "乡", "xiang": "乡"}
"""What the English word says of the name's last character; anything else is a street office."""
_STREETS = {"road": "lu", "street": "jie", "avenue": "dadao"}
_STREET = re.compile(rf"\b(?:{'|'.join(_STREETS)})\b")
"""What English says of the name of a subdistrict in its own words: "Changshou Road Subdistrict" is 长寿路街道 …"""
_NAMES_A_STREET = re.compile(rf" (?:{'|'.join(_STREETS)})\b", re.I)
"""… and not 长寿镇."""
_SYLLABLES = 6
"""Latin words that one name may be written in."""
_SHORTEST_LATIN = 4
"""Letters of a name in pinyin: shorter ones are English words (he, an, dao)."""
_NEARLY_LATIN = 6
"""Letters from which on one may be wrong."""
_REGION_ENDS = ("省", "市", "县", "区", "州")
_LONGEST_SLIP = 4
"""Characters of a region's name in which one may be wrong."""
PROPER = ("ns", "nr", "nz", "nt")
"""Parts of speech (jieba) of names."""
_COMMON = 1000
"""How often a noun stands in jieba's corpus from which on it is a word before it is a name: 文化, 幸福, 建设."""


@dataclass(frozen=True)
class Forms:
    """How a name is written."""

    full: tuple[str, ...]
    """Those that are the name wherever they stand, the name itself first."""
    short: tuple[str, ...]
    """Those that are it only where nothing makes another word of them."""
    latin: tuple[str, ...]
    """Pinyin of the short form without spaces, and how English calls it."""


def township_forms(name: str) -> Forms:
    """「善感乡」, 「善感」 (but not 「善感镇」), 「shangan」, 「罗子山乡」 for 罗子山瑶族乡, 「和平街」."""
    suffix = re.search(rf"{SUFFIX}$", name)
    stem, bare = re.sub(rf"{SUFFIX}$", "", name), bare_township(name)
    full = [name]
    if suffix and bare != stem:
        full += [bare + "乡", stem.removesuffix("族") + "乡"]
    street = (name.removesuffix("道"),) if name.endswith("街道") else ()
    short = [s for s in dict.fromkeys((stem, bare, *street)) if len(s) > 1 and s not in full]
    return Forms(tuple(full), tuple(short), (_sound(bare),) if len(bare) > 1 else ())


def region_forms(name: str) -> Forms:
    """「彭水苗族土家族自治县」, 「彭水县」, 「彭水」, 「pengshui」; 「渝地」 and 「在渝」 for 重庆市."""
    bare = bare_region(name)
    full = dict.fromkeys([name, *(bare + s for s in "县区市省州盟旗" if len(bare) > 1)])
    for letter in vocabulary_of("one_letter").get(bare, ()):
        full |= dict.fromkeys(f"{letter}{s}" for s in "地境")
        full |= dict.fromkeys((f"在{letter}", f"{letter}各"))
    latin = vocabulary_of("english_region").get(bare) or ([_sound(bare)] if bare else [])
    return Forms(tuple(full), (bare,) if bare else (), tuple(latin))


def bare_township(name: str) -> str:
    """「罗子山」 for 「罗子山瑶族乡」."""
    return _ETHNIC.sub("", re.sub(rf"{SUFFIX}$", "", name)) or name


def bare_region(name: str) -> str:
    """「彭水」 for 「彭水苗族土家族自治县」; empty where one character would be left."""
    stem = re.sub(r"(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|州|盟|地区|县|区|旗)$", "", name)
    bare = _ETHNIC.sub("", stem).removesuffix("维吾尔") or stem
    return bare if len(bare) > 1 else ""


class Names:
    """Names of one kind, each with its reports, found in a question."""

    def __init__(self, reports: Mapping[str, Iterable[int]], forms: Callable[[str], Forms]) -> None:
        self.reports = {name: frozenset(numbers) for name, numbers in reports.items()}
        self._full: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        self._latin: dict[str, list[str]] = {}
        for name in self.reports:
            written = forms(unicodedata.normalize("NFKC", name))
            for form in written.full:
                self._full.setdefault(form, []).append(name)
            for form in written.short:
                self._short.setdefault(form, []).append(name)
            for latin in written.latin:
                if len(latin) >= _SHORTEST_LATIN:
                    self._latin.setdefault(latin, []).append(name)
        for name in self.reports:  # 罗子山乡 is itself, not 罗子山瑶族乡, where there are both
            self._full[unicodedata.normalize("NFKC", name)] = [name]
        self._sizes = sorted({len(form) for form in (*self._full, *self._short)}, reverse=True)
        self._english_kind = _ENGLISH_REGION if forms is region_forms else _ENGLISH_TOWNSHIP

    def find(self, text: str) -> list[Mention]:
        """All mentions in their order; of two that overlap the longer."""
        found: list[Mention] = []
        for size in self._sizes:
            starts = range(len(text) - size + 1)
            # 「在浙江」 is 浙江 before it is 「在浙」.
            for start in sorted(starts, key=lambda start: text[start] == "在"):
                form = text[start : start + size]
                names = self._full.get(form)
                if not names and form in self._short:
                    # 「江苏街道」 are those of the province; a county may share its name with a township.
                    wide = any(row.province == name for name in self._short[form] for row in rows_named(name)[:1])
                    alone = stands_alone(text, start, start + size, before_levels=wide)
                    names = self._short[form] if alone else None
                if names and not _begins_before(text, start):
                    found.append(self._mention(Span(start, start + size), names))
                    text = blank(text, [(start, start + size)])
        return sorted(found + self._in_pinyin(text))

    def holds(self, name: str) -> bool:
        """Whether that is a name of the collection in full."""
        return name in self._full

    def is_stem(self, words: str) -> bool:
        """Whether that is a name in short."""
        return words in self._short

    def _mention(self, span: Span, names: Sequence[str]) -> Mention:
        return Mention(span, frozenset().union(*(self.reports[name] for name in names)), names[0])

    def _in_pinyin(self, text: str) -> list[Mention]:
        """「Shan'gan Township」, 「shan gan」."""
        found = []
        tokens = list(_LATIN.finditer(text))
        first = 0
        while first < len(tokens):
            for last in range(min(first + _SYLLABLES, len(tokens)), first, -1):
                start, end = tokens[first].start(), tokens[last - 1].end()
                sound = _STREET.sub(lambda word: _STREETS[word[0]], text[start:end].lower())
                names = self._latin.get(re.sub(r"[^a-z]", "", sound), ())
                if names and not _NAMES_A_STREET.match(text, end) and not re.search(r"[^A-Za-z'’\- ]", text[start:end]):
                    kind = self._english_kind.match(text, end)
                    found.append(self._mention(Span(start, kind.end() if kind else end), _of_kind(names, kind)))
                    while first < len(tokens) and tokens[first].start() < found[-1].span.end:
                        first += 1
                    break
            else:
                first += 1
        return found

    # --- misspelt --------------------------------------------------------------------------------------------------

    @cached_property
    def _sounds(self) -> dict[tuple[str, ...], list[str]]:
        """Names by their syllables."""
        found: dict[tuple[str, ...], list[str]] = {}
        for name in self.reports:
            found.setdefault(tuple(syllables(name)), []).append(name)
        return found

    def misspelt(self, text: str) -> Mention | None:
        """A name with a wrong character of the same sound, or a letter off in pinyin.

        Its stem must hold one of the name's own characters: 「的乡镇」 sounds like 德祥镇 and is no slip for it.
        """
        sounds = [syllable(c) for c in text]
        for size in sorted({len(key) for key in self._sounds}):
            for start in range(len(text) - size + 1):
                written = text[start : start + size]
                for name in self._sounds.get(tuple(sounds[start : start + size]), ()):
                    stem = bare_township(name)
                    shares = written != name and any(a == b for a, b in zip(written, stem, strict=False))
                    if shares and not _is_common(written):
                        return self._mention(Span(start, start + size), [name])
        for match in re.finditer(r"[A-Za-z'’]{6,}", text):
            word = re.sub(r"['’]", "", match[0].lower())
            for sound, names in self._latin.items():
                if len(sound) >= _NEARLY_LATIN and Levenshtein.distance(word, sound, score_cutoff=1) <= 1:
                    kind = self._english_kind.match(text, match.end())
                    span = Span(match.start(), kind.end() if kind else match.end())
                    return self._mention(span, _of_kind(names, kind))
        return None

    def slips(self, text: str) -> list[Mention]:
        """Regions with one character written wrong that may sound as it does: 「贵洲」 for 贵州.

        What is written so must be no word that the dictionary has, and no other place of the country.
        """
        found: list[Mention] = []
        start = 0
        for piece in words_with_gaps(text):
            if len(piece) > 1 and not tag(piece)[1] and re.fullmatch(f"{HAN}+", piece):
                # 「甘素」, 「省」 are two pieces, 「胡北有」 is one.
                longest = len(piece) + (text[start + len(piece) :][:1] in _REGION_ENDS)
                for end in range(start + longest, start + 1, -1):
                    written = text[start:end]
                    known = written in self._full or written in self._short or _is_region(written) or is_word(written)
                    other = _goes_on().match(text, end) and not _in_general().match(text, end)
                    if not known and not other and (names := self._meant(written)):
                        found.append(self._mention(Span(start, end), names))
                        break
            start += len(piece)
        return found

    def _meant(self, written: str) -> list[str]:
        """The names that a slip may mean: alike in all characters but one, which may sound alike."""
        for sounds in product(*map(sounds_of, written)):
            for form, names in self._heard.get(sounds, {}).items():
                if sum(a != b for a, b in zip(form, written, strict=True)) == 1:
                    return names
        return []

    @cached_property
    def _heard(self) -> dict[tuple[str, ...], dict[str, list[str]]]:
        """How each region may be written, by all the ways in which that may be read."""
        found: dict[tuple[str, ...], dict[str, list[str]]] = {}
        for form, names in (*self._full.items(), *self._short.items()):
            if 1 < len(form) <= _LONGEST_SLIP and form[0] != "在" and form[-1] not in "地境各":
                for sounds in product(*map(sounds_of, form)):
                    found.setdefault(sounds, {})[form] = names
        return found


def _is_region(written: str) -> bool:
    """Whether the country has a province, a city or a county of that name."""
    return any(rows_named(written + end) for end in ("", *_REGION_ENDS))


def _of_kind(names: Sequence[str], kind: re.Match[str] | None) -> Sequence[str]:
    """Those that the English word behind fits, or all: 青龙镇 of 青龙镇 and 青龙乡 for "Qinglong Town"."""
    ending = _ENGLISH_LEVEL.get(kind[1].lower(), "街道") if kind else ""
    return [name for name in names if name.endswith(ending)] or names


def stands_alone(text: str, start: int, end: int, *, before_levels: bool = False) -> bool:
    """Whether a short form is a name there: not the first half of another (青龙县, 青龙村), not part of a word
    (「共和」 in 「中华人民共和国」, 「枫桥」 in 「枫桥经验」), and no word of its own (「文化」, 「幸福」).

    With ``before_levels`` a kind of township may follow: 「江苏街道」.
    """
    form = text[start:end]
    level = before_levels and re.match(SUFFIX, text[end:])
    if _goes_on().match(text, end) and not level and not _in_general().match(text, end):
        return False
    if _is_common(form) and not (start == 0 and text[end : end + 1] == "的"):
        return False
    terms = catalogue().chinese(text)
    if any(t.start <= start and end <= t.end and len(t.asked) > len(form) for t in terms):
        return False
    position = 0
    for word in words_with_gaps(text):
        if position <= start and end <= position + len(word) and len(word) > len(form):
            return False
        position += len(word)
    return True


def may_be_name(word: str) -> bool:
    """Whether a word is a name, or none that the dictionary has."""
    kind, often = tag(word)
    return not often or kind[:2] in PROPER


def _is_common(form: str) -> bool:
    """Whether people say it without meaning a place."""
    if not is_word(form):
        return False
    kind, often = tag(form)
    return kind[:2] not in PROPER and (kind[:1] != "n" or often >= _COMMON)


def _begins_before(text: str, start: int) -> bool:
    """Whether another name begins one character before: 「新青龙镇」 at the beginning of a clause."""
    before = text[max(0, start - 2) : start]
    return before[-1:] in tuple(vocabulary_of("goes_on")["before"]) and not re.match(HAN, before[:-1])


@cache
def _in_general() -> re.Pattern[str]:
    """「乡镇」, 「镇街」: townships of no name."""
    return re.compile("|".join(vocabulary_of("generic")["kinds"]))


@cache
def _goes_on() -> re.Pattern[str]:
    return re.compile("|".join(vocabulary_of("goes_on")["words"]))


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


def _sound(words: str) -> str:
    return "".join(syllables(words)).lower()
