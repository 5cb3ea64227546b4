"""A report's text to its tree of numbered headings.

The numbering of real reports is not to be trusted: 「一、」 is followed by 「2、」, 「（四）」 by 「（5）」, 「三、」
comes twice, a heading runs into its paragraph. So the depth of a heading is found from the numbers around it, not from
a fixed table of styles, and a heading is told from a numbered sentence by what follows it. The sections of a report, in
order, tile its text: no character is lost or doubled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xiangwen.language.as_read import JOINER, flowing
from xiangwen.segmentation.headings import Heading, find_headings
from xiangwen.segmentation.numbering import ORDER, PARENTHESISED, TOP, UNNUMBERED

SectionRow = tuple[str, int, int, int, int, int]
"""Heading, depth, start, heading_end, end and heading_start of a section."""


@dataclass(frozen=True)
class Section:
    """A heading and all that stands below it, ``text[start:end]``; the preamble has depth 0 and no heading."""

    heading: str
    """As it is read: a line end in the midst of it is none of its words."""
    depth: int
    start: int
    heading_end: int
    """Where the heading ends and the section's own body starts."""
    end: int
    children: tuple[Section, ...] = ()
    heading_start: int = 0
    """Where the heading's words begin, behind an indent or Word's marks."""

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


def outline(text: str) -> tuple[Section, ...]:
    """The report's top-level sections, the preamble first; together they tile ``text``."""
    text = flowing(text)
    headings = _depths(find_headings(text))
    starts = [heading.line_start for heading, _ in headings]
    tree = _nest(text, headings, len(text))
    body = starts[0] if starts else len(text)
    return (Section("", 0, 0, 0, body), *tree) if body > 0 else tree


def outline_rows(tree: Sequence[Section]) -> list[SectionRow]:
    """All sections of an outline in the text's order, without what hangs below them: how an outline is stored."""
    return [(s.heading, s.depth, s.start, s.heading_end, s.end, s.heading_start) for top in tree for _, s in top.walk()]


def tree_of(rows: Sequence[SectionRow]) -> tuple[Section, ...]:
    """The outline whose `outline_rows` these are."""
    sections = []
    i = 0
    while i < len(rows):
        heading, depth, start, heading_end, end, heading_start = rows[i]
        first = i + 1
        i = next((j for j in range(first, len(rows)) if rows[j][2] >= end), len(rows))
        sections.append(Section(heading, depth, start, heading_end, end, tree_of(rows[first:i]), heading_start))
    return tuple(sections)


def _depths(headings: list[Heading]) -> list[tuple[Heading, int]]:
    """Headings with their depths, 1 at the top."""
    stack: list[Heading] = []  # the open heading of each depth
    styles: list[set[str]] = []  # the styles seen at each depth under the open parents
    following = _next_numbers(headings)
    unnumbered: dict[str, int] = {}  # where the last heading without a number stood, by style
    result = []
    for i, heading in enumerate(headings):
        if heading.style in UNNUMBERED:
            depth = _unnumbered_depth(heading, stack, following[i], unnumbered.get(heading.style))
            unnumbered[heading.style] = depth
        else:
            depth = _depth(heading, stack, styles)
        del stack[depth:], styles[depth + 1 :]
        stack.append(heading)
        if len(styles) == depth:
            styles.append(set())
        styles[depth].add(heading.style)
        result.append((heading, depth + 1))
    return result


def _next_numbers(headings: list[Heading]) -> list[dict[str, int]]:
    """For each heading without a number: the next number of every style."""
    result: list[dict[str, int]] = []
    coming: dict[str, int] = {}
    for heading in reversed(headings):
        result.append(dict(coming) if heading.style in UNNUMBERED else {})
        coming[heading.style] = heading.number
    return result[::-1]


def _unnumbered_depth(heading: Heading, stack: list[Heading], coming: dict[str, int], earlier: int | None) -> int:
    """A count that goes on behind a heading without a number contains it; one that does not is ended by it."""
    for depth, above in enumerate(stack):
        if above.style == heading.style:
            return depth
        if above.style in UNNUMBERED:
            if ORDER.index(above.style) > ORDER.index(heading.style):
                return depth
        elif above.style not in coming and earlier is not None and earlier > depth:
            continue  # the last section of a report is divided as those before it
        elif coming.get(above.style, 0) <= above.number:
            return depth
    return len(stack)


def _depth(heading: Heading, stack: list[Heading], styles: list[set[str]]) -> int:
    for depth in reversed(range(len(stack))):
        if heading.style == stack[depth].style:
            return depth
    for depth in reversed(range(len(stack))):
        if heading.style in styles[depth]:
            return depth
    # 「（5）」 after 「（四）」 and 「2、」 after 「一、」 go on counting in another style.
    for depth in reversed(range(len(stack))):
        alike = (heading.style in PARENTHESISED) == (stack[depth].style in PARENTHESISED)
        if alike and heading.number == stack[depth].number + 1 and stack[depth].style not in UNNUMBERED:
            return depth
    rank = ORDER.index(heading.style)
    depth = len(stack)
    if heading.number == 1 and heading.style not in TOP and not heading.style.startswith(("mark", "attachment")):
        return depth  # a new count opens below the heading before it, also 「（一）」 below a stray 「1、」
    while depth > 0 and ORDER.index(stack[depth - 1].style) >= rank:
        depth -= 1
    return depth


def _nest(text: str, headings: list[tuple[Heading, int]], end: int) -> tuple[Section, ...]:
    """Headings with their depths to a tree; each section reaches to the next heading as deep or less deep."""
    sections = []
    i = 0
    while i < len(headings):
        heading, depth = headings[i]
        j = i + 1
        while j < len(headings) and headings[j][1] > depth:
            j += 1
        stop = headings[j][0].line_start if j < len(headings) else end
        children = _nest(text, headings[i + 1 : j], stop)
        words = text[heading.start : heading.end].replace(JOINER, "")
        sections.append(Section(words, depth, heading.line_start, heading.end, stop, children, heading.start))
        i = j
    return tuple(sections)
