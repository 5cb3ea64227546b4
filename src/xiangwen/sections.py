"""A report's text to its tree of numbered headings.

The numbering of real reports is not to be trusted: 「一、」 is followed by 「2、」, 「（四）」 by 「（5）」, 「三、」
comes twice, a heading runs into its paragraph. So the level of a heading is found from the numbers around it, not from
a fixed table of styles, and a heading is told from a numbered sentence by what follows it. The sections of a report, in
order, tile its text: no character is lost or doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_CN = "〇零一二三四五六七八九十百"
_ROMANS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NUMBER = re.compile(
    r"(?P<junk>\[bookmark:[^\]\n]*\][ \t　]*)?"
    rf"(?:第(?P<part>[{_CN}\d]+)(?:部分|章|节)[、：:\s]*"
    rf"|第(?P<ordinal>[{_CN}]+)[、，,：:]"
    rf"|[（(](?P<cn_paren>[{_CN}]+)[)）][、.．]?"
    rf"|(?P<cn>[{_CN}]+)[、.．]"
    rf"|[（(](?P<paren>[\d０-９]{{1,2}})[)）][、.．]?"
    rf"|(?P<cn_half>[{_CN}]+)[)）]"
    rf"|(?P<half>[\d０-９]{{1,2}})[)）]"
    rf"|(?P<digit>[\d０-９]{{1,2}})(?:[、．]|\.(?!\d))"
    rf"|(?P<circle>[{_ROMANS}]))[ \t　]*"
)
# Top to bottom as Chinese official documents nest them (GB/T 9704: 一、 （一） 1. （1）); a style not in the tree yet
# is placed by this order.
_ORDER = ("part", "cn", "ordinal", "cn_paren", "cn_half", "digit", "paren", "half", "circle")
_PARENTHESISED = frozenset({"cn_paren", "paren", "cn_half", "half"})
_LONGEST_LEAD = 60
"""A heading has at most so many characters; the longest among the reports at hand has 49."""
_END = "。！？!?"


@dataclass(frozen=True)
class Section:
    """A heading and all that stands below it, ``text[start:end]``; the preamble has level 0 and no heading."""

    heading: str
    level: int
    start: int
    heading_end: int
    """Where the heading ends and the section's own body starts."""
    end: int
    children: tuple[Section, ...] = ()

    @property
    def body_end(self) -> int:
        """Where the section's own body ends and its first child starts."""
        return self.children[0].start if self.children else self.end

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Section]]:
        """This section and those below it in the text's order, each with its heading path."""
        own = (*path, self.heading) if self.heading else path
        yield own, self
        for child in self.children:
            yield from child.walk(own)


class _Lead(NamedTuple):
    """A numbered line: its style, number and lead phrase, the first sentence of the line."""

    line_start: int
    lead_start: int
    lead_end: int
    line_end: int
    style: str
    number: int

    @property
    def runs_on(self) -> bool:
        return self.line_end > self.lead_end


def outline(text: str) -> tuple[Section, ...]:
    """The report's top-level sections, the preamble first; together they tile ``text``."""
    headings = [(lead, level) for lead, level in _levels(_headings(text))]
    starts = [lead.line_start for lead, _ in headings]
    tree = _nest(text, headings, len(text))
    body = starts[0] if starts else len(text)
    return (Section("", 0, 0, 0, body), *tree) if body > 0 else tree


def _headings(text: str) -> list[_Lead]:
    """The numbered lines that are headings."""
    leads = [lead for match in re.finditer(r"[^\n]+", text) if (lead := _lead(text, match))]
    kept: list[_Lead] = []
    previous: dict[str, bool] = {}
    for i, lead in enumerate(leads):
        following = leads[i + 1] if i + 1 < len(leads) else None
        if lead.number == 1:
            previous.pop(lead.style, None)
        is_heading = _is_heading(text, lead, following, previous.get(lead.style))
        if is_heading:
            for style in _ORDER[_ORDER.index(lead.style) + 1 :]:
                previous.pop(style, None)
            kept.append(lead)
        previous[lead.style] = is_heading
    return kept


def _lead(text: str, line: re.Match[str]) -> _Lead | None:
    start = line.start() + len(line[0]) - len(line[0].lstrip())
    number = _NUMBER.match(text, start, line.end())
    if number is None:
        return None
    end = line.start() + len(line[0].rstrip())
    lead_end = next((i + 1 for i in range(number.end(), end) if text[i] in _END), end)
    if lead_end < end and text[lead_end] in "”’」』）)":
        lead_end += 1
    style = next(name for name, value in number.groupdict().items() if value and name != "junk")
    value = _value(number[style])
    if lead_end - number.end() < 2 or value is None:
        return None
    return _Lead(line.start(), start + len(number["junk"] or ""), lead_end, end, style, value)


def _value(numeral: str) -> int | None:
    if numeral in _ROMANS:
        return _ROMANS.index(numeral) + 1
    if numeral.isdecimal():
        return int(numeral)
    value = digit = 0
    for c in numeral:
        if c == "十":
            value, digit = value + (digit or 1) * 10, 0
        elif c == "百":
            value, digit = value + digit * 100, 0
        else:
            digit = "〇一二三四五六七八九".find(c.replace("零", "〇"))
    return value + digit or None


def _is_heading(text: str, lead: _Lead, following: _Lead | None, sibling: bool | None) -> bool:
    """Tell a heading from a numbered sentence: a heading is short and introduces something."""
    phrase = text[lead.lead_start : lead.lead_end]
    if len(phrase) > _LONGEST_LEAD or phrase[-1] in "；;，," or "；" in phrase:
        return False
    if lead.runs_on:
        # 「（三）深入开展…活动。乡平安办认真…」 is a heading run into its paragraph. 「1.建立调委会1个，聘请3名。2.组织
        # 测试2次。3.…」 is a list in one line, its items sentences of their own.
        rest = text[lead.lead_end : lead.line_end].lstrip()
        number = _NUMBER.match(rest)
        return not (number and number.lastgroup and number[lead.style])
    if phrase[-1] not in _END:
        return True
    # A whole sentence on a line of its own: a heading where text of another kind follows, an item of a list where
    # its siblings are, or where the next number comes at once.
    if sibling is not None and not sibling:
        return False
    between = text[lead.line_end : following.line_start if following else len(text)].strip()
    if between:
        return True
    if following is None or following.style == lead.style:
        return False
    return _ORDER.index(following.style) > _ORDER.index(lead.style)


def _levels(leads: list[_Lead]) -> list[tuple[_Lead, int]]:
    """Each heading with its depth, 1 at the top."""
    stack: list[_Lead] = []  # the open heading of each level
    styles: list[set[str]] = []  # the styles seen at each level under the open parents
    result = []
    for lead in leads:
        depth = _depth(lead, stack, styles)
        del stack[depth:], styles[depth + 1 :]
        stack.append(lead)
        if len(styles) == depth:
            styles.append(set())
        styles[depth].add(lead.style)
        result.append((lead, depth + 1))
    return result


def _depth(lead: _Lead, stack: list[_Lead], styles: list[set[str]]) -> int:
    for depth in reversed(range(len(stack))):
        if lead.style == stack[depth].style:
            return depth
    for depth in reversed(range(len(stack))):
        if lead.style in styles[depth]:
            return depth
    # 「（5）」 after 「（四）」 and 「2、」 after 「一、」 go on counting in another style.
    for depth in reversed(range(len(stack))):
        alike = (lead.style in _PARENTHESISED) == (stack[depth].style in _PARENTHESISED)
        if alike and lead.number == stack[depth].number + 1:
            return depth
    rank = _ORDER.index(lead.style)
    depth = len(stack)
    if lead.number == 1 and lead.style not in ("part", "cn", "ordinal"):
        return depth  # a new count opens below the heading before it, also 「（一）」 below a stray 「1、」
    while depth > 0 and _ORDER.index(stack[depth - 1].style) >= rank:
        depth -= 1
    return depth


def _nest(text: str, headings: list[tuple[_Lead, int]], end: int) -> tuple[Section, ...]:
    """Headings with levels to a tree; each section reaches to the next heading of its level or above."""
    sections = []
    i = 0
    while i < len(headings):
        lead, level = headings[i]
        j = i + 1
        while j < len(headings) and headings[j][1] > level:
            j += 1
        stop = headings[j][0].line_start if j < len(headings) else end
        children = _nest(text, headings[i + 1 : j], stop)
        heading = text[lead.lead_start : lead.lead_end]
        sections.append(Section(heading, level, lead.line_start, lead.lead_end, stop, children))
        i = j
    return tuple(sections)
