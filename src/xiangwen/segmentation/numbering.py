"""Numbers that headings and lists begin with to a style and a value: 「一、」「（二）」「３．」「第四部分」「⑤」.

The styles are those of Chinese official documents (GB/T 9704: 一、 （一） 1. （1）) and what offices make of them:
other brackets, mixed brackets, full-width digits, blanks inside, a comma for 「、」, one character for a whole number.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from xiangwen.language.list_marks import BLANK
from xiangwen.language.numerals import number

_CN = "〇零一二三四五六七八九十百"
_FORMAL = "壹贰貳叁參肆伍陆陸柒捌玖拾"
_DIGIT = "[0-9０-９]"
_OPEN, _CLOSE = r"[（(﹙〔［\[【]", r"[)）﹚〕］\]】]"
_SINGLE = {
    **{chr(0x2460 + i): ("circle", i + 1) for i in range(20)},  # ①
    **{chr(0x2776 + i): ("circle", i + 1) for i in range(10)},  # ❶
    **{chr(0x3280 + i): ("circle", i + 1) for i in range(10)},  # ㊀
    **{chr(0x2474 + i): ("paren", i + 1) for i in range(20)},  # ⑴
    **{chr(0x2488 + i): ("digit", i + 1) for i in range(20)},  # ⒈
    **{chr(0x3220 + i): ("cn_paren", i + 1) for i in range(10)},  # ㈠
}
_ROMAN = {**{chr(0x2160 + i): i + 1 for i in range(12)}, **{chr(0x2170 + i): i + 1 for i in range(12)}}
_ROMAN |= {
    name: value for value, name in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI"), 1)
}

ORDER = (
    *(f"mark{n}" for n in range(1, 7)),
    *("attachment", "part", "clause", "title", "bare", "formal", "roman", "cn", "ordinal", "cn_paren", "cn_half"),
    *("digit", "decimal2", "decimal3", "decimal4", "paren", "half", "circle"),
)
"""All styles of headings, top to bottom as documents nest them; one not met in a document yet is placed by this order.

``markN`` are the ``#`` of Markdown, ``title`` and ``bare`` headings without a number.
"""
TOP = frozenset({"part", "clause", "title", "bare", "formal", "roman", "cn", "ordinal"})
"""Styles that a 1 does not make a level below the heading before it."""
UNNUMBERED = frozenset({"title", "bare"})
PARENTHESISED = frozenset({"cn_paren", "paren", "cn_half", "half"})

_BLANKS = rf"{BLANK}{{0,3}}"
_NUMBER = re.compile(
    rf"(?:第{_BLANKS}(?P<part>[{_CN}]{{1,4}}|{_DIGIT}{{1,2}}){_BLANKS}(?:部分|篇|编|章)[、：:，,．.]?"
    rf"|第{_BLANKS}(?P<clause>[{_CN}]{{1,4}}|{_DIGIT}{{1,2}}){_BLANKS}节[、：:，,．.]?"
    rf"|第(?P<ordinal>[{_CN}]{{1,4}})[、，,：:.．]"
    rf"|{_OPEN}{_BLANKS}(?P<cn_paren>[{_CN}]{{1,4}}){_BLANKS}{_CLOSE}[、.．,，:：]?"
    rf"|{_OPEN}{_BLANKS}(?P<paren>{_DIGIT}{{1,2}}){_BLANKS}{_CLOSE}[、.．,，:：]?"
    rf"|(?P<cn_half>[{_CN}]{{1,4}})[)）][、.．]?"
    rf"|(?P<half>{_DIGIT}{{1,2}})[)）][、.．]?"
    rf"|(?P<cn>[{_CN}]{{1,4}})(?:{_BLANKS}[、.．]|(?P<cn_weak>{_BLANKS}[，,：:。]|{BLANK}{{1,3}}))"
    rf"|(?P<decimal>{_DIGIT}{{1,2}}(?:[.．]{_DIGIT}{{1,2}}){{1,3}}(?!{_DIGIT}))[.．、]?"
    rf"|(?P<digit>{_DIGIT}{{1,2}})"
    rf"(?:{_BLANKS}(?:[、．]|\.(?!{_DIGIT}))|(?P<digit_weak>{_BLANKS}[，,：:。](?!{_DIGIT})|{BLANK}{{1,3}}))"
    rf"|(?P<formal>[{_FORMAL}]{{1,3}}){_BLANKS}[、.．，,：:]"
    rf"|{_OPEN}(?P<formal_paren>[{_FORMAL}]{{1,3}}){_CLOSE}"
    rf"|(?P<roman>[Ⅰ-Ⅻⅰ-ⅻ]){_BLANKS}[、.．，,：:)）]?"
    rf"|(?P<latin>[IVX]{{1,4}}){_BLANKS}[、.．]"
    rf"|(?P<single>[{''.join(_SINGLE)}])[、.．:：]?"
    rf"){BLANK}*"
)
# 「一、二季度」「一、二、三产业」 name several things and number none.
_SEVERAL = re.compile(rf"[{_CN}]{{1,2}}(?:、|季度|期|级|类|产业|三)")


class HeadingNumber(NamedTuple):
    """A number at the start of a line."""

    style: str
    value: int
    end: int
    """Where its words start."""
    weak: bool
    """Whether only its neighbours show that it numbers something: 「二 工作」「3,」「1.5」 may be words or amounts."""


def read_number(text: str, start: int, end: int) -> HeadingNumber | None:
    """The number that ``text[start:end]`` begins with."""
    match = _NUMBER.match(text, start, end)
    if match is None:
        return None
    style, numeral = next((k, v) for k, v in match.groupdict().items() if v)
    weak = bool(match["cn_weak"] or match["digit_weak"] or match["latin"])
    if style == "single":
        style, value = _SINGLE[numeral]
        return HeadingNumber(style, value, match.end(), False)
    if style in ("roman", "latin"):
        return HeadingNumber("roman", _ROMAN[numeral], match.end(), weak) if numeral in _ROMAN else None
    if style == "decimal":
        parts = re.split(r"[.．]", numeral)
        return HeadingNumber(f"decimal{len(parts)}", int(parts[-1]), match.end(), True) if int(parts[-1]) else None
    if style == "cn" and _SEVERAL.match(text, match.end(), end):
        return None
    counted = number(numeral)
    style = "formal" if style == "formal_paren" else style
    return HeadingNumber(style, int(counted), match.end(), weak) if counted else None
