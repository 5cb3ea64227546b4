"""The numbers that Word generates for list paragraphs: 「一、」 「（二）」 「3.」 stand nowhere in the file as text.

A numbered paragraph only names a list (``w:numId``) and a level; ``word/numbering.xml`` says how each level counts
(ECMA-376 part 1, 17.9). This module counts along the paragraphs as Word does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
"""Levels of a list in Word."""
_DIGITS = "零一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_CYCLES: Mapping[str, str] = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}
_CHINESE = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "koreanCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    }
)
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN += ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # type: ignore[assignment]


@dataclass(frozen=True)
class ListLevel:
    """How one level of a list counts."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    """What is shown, with %1 to %9 for the numbers of the levels."""
    restart: int | None = None
    """The level (from 1) whose number starts this one anew; 0 never, None any level above."""
    legal: bool = False
    """Show the numbers of all levels as decimals."""
    style: str | None = None
    """The paragraph style that is numbered with this level."""


@dataclass
class _List:
    """A ``w:num``: an abstract list and what it overrides."""

    abstract: str
    levels: dict[int, ListLevel]
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the numbered paragraphs of one document, in their order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        """Read ``word/numbering.xml`` and ``word/styles.xml``; None where the document lacks the part."""
        self._lists = _read_lists(numbering) if numbering is not None else {}
        self._styles = _read_styles(styles) if styles is not None else {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._started: set[tuple[str, int]] = set()

    def label(self, paragraph: etree._Element) -> str:
        """The number in front of the paragraph as Word shows it, counted; empty where it has none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        number, level = place
        counted = self._lists[number]
        shape = counted.levels.get(level)
        if shape is None:
            return ""
        counts = self._counts[counted.abstract]
        if level in counted.restarts and (number, level) not in self._started:
            self._started.add((number, level))
            counts[level] = counted.restarts[level]
        else:
            counts[level] = counts.get(level, shape.start - 1) + 1
        for lower, below in counted.levels.items():
            if lower > level and (below.restart is None or level < below.restart):
                counts.pop(lower, None)
        return _show(shape, counted.levels, counts)

    def _place(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """The list and level of a paragraph, its own or its style's."""
        style = _value(paragraph.find(f"{W}pPr/{W}pStyle"))
        number, level = _numbered(paragraph.find(f"{W}pPr"))
        seen: set[str] = set()
        while style is not None and style not in seen and (number is None or level is None):
            seen.add(style)
            based_on, style_number, style_level = self._styles.get(style, (None, None, None))
            if number is None and style_number is not None:
                number = style_number
                # The list says which of its levels belongs to the style.
                levels = self._lists[number].levels if number in self._lists else {}
                linked = next((n for n, shape in levels.items() if shape.style == style), None)
                level = level if level is not None else linked
            level = level if level is not None else style_level
            style = based_on
        if number is None or number not in self._lists:  # list 0 takes the number of the style away
            return None
        return number, min(level or 0, _LEVELS - 1)


def _show(shape: ListLevel, levels: Mapping[int, ListLevel], counts: Mapping[int, int]) -> str:
    if shape.format == "bullet":
        return ""  # it says nothing

    def number(match: re.Match[str]) -> str:
        other = levels.get(int(match[1]) - 1, shape)
        count = counts.get(int(match[1]) - 1, other.start)
        if other.format == "none":
            return ""  # what stands around it is shown: 「附：」
        return str(count) if shape.legal else format_number(count, other.format)

    label = re.sub(r"%([1-9])", number, shape.text).strip()
    return label + " " if re.search(r"[\w.)\]]$", label, re.ASCII) else label


def format_number(number: int, style: str) -> str:
    """A number in one of Word's formats (``w:numFmt``); formats that Chinese offices do not use count in decimals.

    >>> format_number(12, "chineseCounting"), format_number(3, "decimalEnclosedCircle"), format_number(4, "upperRoman")
    ('十二', '③', 'IV')
    """
    if style in _CYCLES and 0 < number <= len(_CYCLES[style]):
        return _CYCLES[style][number - 1]
    if style in _CHINESE:
        return _chinese(number, _DIGITS, "十百千")
    if style in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return _chinese(number, _LEGAL_DIGITS, "拾佰仟")
    if style in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return str(number).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    if style.startswith("decimalFullWidth"):
        return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    if style == "decimalZero":
        return f"{number:02d}"
    if style in ("upperLetter", "lowerLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 100)
        return letter.upper() if style == "upperLetter" else letter
    if style in ("upperRoman", "lowerRoman") and 0 < number < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return roman.upper() if style == "upperRoman" else roman
    return str(number)


def _chinese(number: int, digits: str, units: str) -> str:
    """A number below 10,000 in Chinese characters; larger ones, which no list reaches, in decimals."""
    if not 0 < number < 10_000:
        return digits[0] if number == 0 else str(number)
    said = ""
    for place, digit in zip(range(len(str(number)) - 1, -1, -1), map(int, str(number)), strict=True):
        if digit:
            said += digits[digit] + (units[place - 1] if place else "")
        elif said and not said.endswith(digits[0]):
            said += digits[0]
    said = said.rstrip(digits[0])
    return said[1:] if said.startswith("一十") else said


def _read_lists(root: etree._Element) -> dict[str, _List]:
    abstracts: dict[str, dict[int, ListLevel]] = {}
    linked: dict[str, str] = {}
    styles: dict[str, str] = {}
    for element in root.iterfind(f"{W}abstractNum"):
        name = element.get(f"{W}abstractNumId", "")
        abstracts[name] = dict(_read_levels(element))
        if (style := _value(element.find(f"{W}styleLink"))) is not None:
            styles[style] = name
        if (link := _value(element.find(f"{W}numStyleLink"))) is not None:
            linked[name] = link
    lists: dict[str, _List] = {}
    for element in root.iterfind(f"{W}num"):
        number, abstract = element.get(f"{W}numId", ""), _value(element.find(f"{W}abstractNumId")) or ""
        abstract = styles.get(linked.get(abstract, ""), abstract)
        if number in ("", "0") or abstract not in abstracts:
            continue
        one = _List(abstract, dict(abstracts[abstract]))
        for override in element.iterfind(f"{W}lvlOverride"):
            level = _integer(override.get(f"{W}ilvl"), 0)
            one.levels.update(_read_levels(override))
            if (start := override.find(f"{W}startOverride")) is not None:
                one.restarts[level] = _integer(_value(start), 1)
        lists[number] = one
    return lists


def _read_levels(parent: etree._Element) -> Iterator[tuple[int, ListLevel]]:
    for element in parent.iterfind(f"{W}lvl"):
        # A number format of newer versions stands in an alternative, the plain one in its fallback.
        style = _value(element.find(f"{W}numFmt")) or _value(next(element.iter(f"{W}numFmt"), None))
        restart = element.find(f"{W}lvlRestart")
        yield (
            _integer(element.get(f"{W}ilvl"), 0),
            ListLevel(
                start=_integer(_value(element.find(f"{W}start")), 0),
                format=style or "decimal",
                text=_value(element.find(f"{W}lvlText")) or "",
                restart=None if restart is None else _integer(_value(restart), 0),
                legal=element.find(f"{W}isLgl") is not None,
                style=_value(element.find(f"{W}pStyle")),
            ),
        )


def _read_styles(root: etree._Element) -> dict[str, tuple[str | None, str | None, int | None]]:
    """The paragraph styles by name: each with the style it is based on, its list, its level in that."""
    return {
        element.get(f"{W}styleId", ""): (
            _value(element.find(f"{W}basedOn")),
            *_numbered(element.find(f"{W}pPr")),
        )
        for element in root.iterfind(f"{W}style")
    }


def _numbered(properties: etree._Element | None) -> tuple[str | None, int | None]:
    """The list and the level that paragraph properties name; None for what they leave open."""
    numbering = properties.find(f"{W}numPr") if properties is not None else None
    if numbering is None:
        return None, None
    level = _value(numbering.find(f"{W}ilvl"))
    return _value(numbering.find(f"{W}numId")), None if level is None else _integer(level, 0)


def _value(element: etree._Element | None) -> str | None:
    return element.get(f"{W}val") if element is not None else None


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return otherwise
