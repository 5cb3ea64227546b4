"""Lines on pages to running text: what a PDF or a scan breaks at every margin is put together as a reader does.

Headings and short lines stay on lines of their own; page numbers, running headers and footers go. All sizes are in the
unit of the boxes (points or pixels); the origin is the upper left corner.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from xiangwen.language.common_forms import superscript
from xiangwen.language.list_marks import PARAGRAPH_MARK
from xiangwen.reports.formats.ruled_tables import GridCell, RuledLine, by_cell, grid_rows, split_rules
from xiangwen.reports.report import Extraction

_EDGE = 0.12
"""Share of a page's height at its top and at its bottom where running headers, footers and page numbers stand; the
margins of GB/T 9704, the standard of official documents, are 37 mm and 35 mm of 297."""
_PAGE_NUMBER = re.compile(
    r"[\s\-—–―－_·•.]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，共]\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-—–―－_·•.]*"
)
_ENDED = re.compile(r"[。；：！？!?;:…][”’」』）)】》]*$")
_FULL = 2.6
"""How many characters short of the right margin a full line may end: punctuation may not open the next one."""
_INDENT = 1.1
"""From so many characters on, a line is indented; paragraphs are by two."""
_REST = 3
"""Characters, with the full stop, that may be left over for the last line of a paragraph."""
_CELL_GAP = 1.6
"""White space of so many characters parts the cells of a table."""
_WORD_GAP = 0.22
"""White space of so many characters parts two Latin words."""
_BLANK_GAP = 0.8
"""White space of so many characters is a blank, whatever stands beside it."""
_ROWS_BACK = 3
"""Rows, from the last one back, that the next piece may still stand in: marks are lower or higher than their line."""
_LONG_LINE = 0.75
"""Share of the longest line from which on a line shows where the margins are."""
_WIDEST_INDENT = 3
"""Characters that a first line may be indented by: what begins further left is the margin."""
_LEAST_HEIGHT, _MOST_HEIGHT = 0.75, 1.34
"""Times the height of the line before it between which a line is of the same paragraph."""
_PARAGRAPH_STEP = 1.45
"""Times the usual step from line to line from which on it leads to another paragraph."""
_ALIGNED = 0.5
"""Characters by which the beginnings of two lines at one margin may differ."""
_SMALL = 0.8
"""Share of its line's size up to which a digit may be a note mark; Word sets them at .58, most typesetters at .7."""
_ABOVE_FOOT = 0.12
"""Characters by which a note mark stands above the foot of its line."""


@dataclass(frozen=True)
class TextBox:
    """Characters, or one character, with their box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    row: bool = False
    """Whether it is a row of a table that is drawn with lines."""

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a table."""
        return self.row or "\t" in self.text

    @property
    def height(self) -> float:
        """About the size of the font."""
        return self.bottom - self.top


@dataclass(frozen=True)
class PageLayout:
    """A page: its text boxes and the lines drawn on it."""

    width: float
    height: float
    pieces: tuple[TextBox, ...]
    rules: tuple[RuledLine, ...] = ()
    """The straight lines drawn on it."""


def running_text(pages: Sequence[PageLayout]) -> Extraction:
    """The text of all pages, paragraphs whole, with the offset at which each page starts."""
    lines = _without_edges([tuple(_page_lines(page)) for page in pages], pages)
    margins = [_margins(page_lines) for page_lines in lines]
    text = ""
    starts: list[int] = []
    before: TextBox | None = None
    margin_before = (0.0, 0.0)
    inside: TextBox | None = None
    for page_lines, margin in zip(lines, margins, strict=True):
        starts.append(len(text))
        spacing = _spacing(page_lines)
        for number, line in enumerate(page_lines):
            joined = before is not None and _goes_on(
                before, line, margin_before, margin, inside, spacing if number else None
            )
            if joined and before is not None:
                text += _between(text, line.text) + line.text
            else:
                text += ("\n" if text else "") + line.text
            if not number and not joined and len(text) > len(line.text):
                starts[-1] = len(text) - len(line.text)
            inside = before if joined else None
            before, margin_before = line, margin
    starts = [0, *starts[1:]] if starts else []
    return Extraction(text + "\n" if text else "", tuple(starts))


def _page_lines(page: PageLayout) -> list[TextBox]:
    """The lines of a page from the top down; a row of a table with drawn lines is one."""
    upright, horizontal = split_rules(page.rules)
    middles = [((piece.left + piece.right) / 2, (piece.top + piece.bottom) / 2) for piece in page.pieces]
    inside = by_cell(middles, upright, horizontal)

    def words(cell: GridCell) -> str:
        text = ""
        for line in _lines(page.pieces[number] for number in inside[cell]):
            text += _between(text, line.text) + line.text.replace("\t", " ")
        return text

    rows: list[TextBox] = []
    taken: set[int] = set()
    for cells, places in grid_rows(list(inside), words):
        taken.update(number for cell in cells for number in inside[cell])
        rows += [TextBox(*place, row=True) for place in places]
    others = _lines(piece for number, piece in enumerate(page.pieces) if number not in taken)
    return sorted([*others, *rows], key=lambda line: (line.top + line.bottom) / 2) if rows else list(others)


def _lines(pieces: Iterable[TextBox]) -> Iterator[TextBox]:
    """Pieces at one height put together from left to right, from the top down."""
    rows: list[list[TextBox]] = []
    for piece in sorted(pieces, key=lambda p: (p.top + p.bottom) / 2):
        middle = (piece.top + piece.bottom) / 2
        # Small marks (「，」 in a tight box, a raised figure) lie within the line; the line is as high as its tallest.
        for row in reversed(rows[-_ROWS_BACK:]):
            tallest = max(row, key=lambda p: p.height)
            if (
                tallest.top <= middle <= tallest.bottom
                or piece.top <= (tallest.top + tallest.bottom) / 2 <= piece.bottom
            ):
                row.append(piece)
                break
        else:
            rows.append([piece])
    for row in sorted(rows, key=lambda r: median((p.top + p.bottom) / 2 for p in r)):
        row.sort(key=lambda p: p.left)
        size = median(p.height for p in row)
        row = [_raised(piece, row, size) for piece in row]
        words = row[0].text
        for left, right in pairwise(row):
            gap = (right.left - left.right) / max(size, 1e-6)
            latin = re.search(r"[\w.,;:%)]$", left.text, re.ASCII) and re.match(r"[\w(]", right.text, re.ASCII)
            words += "\t" if gap > _CELL_GAP else " " if (gap > _WORD_GAP and latin) or gap > _BLANK_GAP else ""
            words += right.text
        words = re.sub(r"^[\t 　]+|[\t 　]+$", "", words)
        if words:
            yield TextBox(
                words, row[0].left, min(p.top for p in row), max(p.right for p in row), max(p.bottom for p in row)
            )


def _raised(piece: TextBox, row: Sequence[TextBox], size: float) -> TextBox:
    """A small digit above the line's foot as the note mark that it is."""
    if not (piece.text.isdecimal() and len(piece.text) == 1 and piece.height < _SMALL * size):
        return piece
    foot = median(p.bottom for p in row)
    return replace(piece, text=superscript(piece.text)) if piece.bottom < foot - _ABOVE_FOOT * size else piece


def _without_edges(lines: list[tuple[TextBox, ...]], pages: Sequence[PageLayout]) -> list[tuple[TextBox, ...]]:
    """Without page numbers, and without what stands at the edge of half of the pages."""
    edges = [
        [line for line in page_lines if line.bottom < _EDGE * page.height or line.top > (1 - _EDGE) * page.height]
        for page_lines, page in zip(lines, pages, strict=True)
    ]
    seen = Counter(key for edge in edges for key in {_without_digits(line.text) for line in edge})
    often = max(2, (len(pages) + 1) // 2)
    return [
        tuple(
            line
            for line in page_lines
            if line not in edge
            or line.is_row
            or not (_PAGE_NUMBER.fullmatch(line.text) or (len(pages) > 1 and seen[_without_digits(line.text)] >= often))
        )
        for page_lines, edge in zip(lines, edges, strict=True)
    ]


def _without_digits(text: str) -> str:
    return re.sub(r"[\d\s]+", "", text)


def _margins(lines: Sequence[TextBox]) -> tuple[float, float]:
    """Where the text of a page starts and ends; odd lines (a stamp, a hanging mark) do not count."""
    lines = [line for line in lines if not line.row]
    if not lines:
        return 0.0, 0.0
    size = median(line.height for line in lines)
    longest = max(line.right - line.left for line in lines)
    long = [line for line in lines if line.right - line.left > _LONG_LINE * longest] or list(lines)
    left = sorted(line.left for line in long)
    right = sorted(line.right for line in long)
    start = left[len(left) // 10]
    # First lines alone would put the margin at their indent.
    nearby = [line.left for line in lines if start - _WIDEST_INDENT * size < line.left < start]
    return min([start, *nearby]), right[-1 - len(right) // 10]


def _spacing(lines: Sequence[TextBox]) -> float:
    steps = [b.top - a.top for a, b in pairwise(lines) if not (a.row or b.row)]
    return median(steps) if steps else 0.0


def _goes_on(
    before: TextBox,
    line: TextBox,
    margin_before: tuple[float, float],
    margin: tuple[float, float],
    inside: TextBox | None,
    spacing: float | None,
) -> bool:
    """Whether ``line`` continues the paragraph of the line before it.

    Args:
        before: the line before, maybe on the page before.
        line: the line in question.
        margin_before: left and right margin on the page of ``before``.
        margin: the same on the page of ``line``.
        inside: the line before ``before`` where that one continues it.
        spacing: from line to line on this page; None for its first line.
    """
    size = before.height
    if line.is_row or before.is_row:
        return False
    ended = bool(_ENDED.search(before.text))
    # Another size is another paragraph; but the box around the last character or two of one is of any height.
    rest = not ended and len(line.text) <= _REST
    if not rest and not _LEAST_HEIGHT < line.height / max(size, 1e-6) < _MOST_HEIGHT:
        return False
    if before.right < margin_before[1] - _FULL * size:
        return False
    if spacing is not None and line.top - before.top > _PARAGRAPH_STEP * spacing:
        return False
    if PARAGRAPH_MARK.match(line.text) and ended:
        return False
    indent = line.left - margin[0]
    if indent > _INDENT * size:
        # A block that is indented as a whole goes on at its own margin.
        same = abs((before.left - margin_before[0]) - indent) < _ALIGNED * size
        return same and not ended and (inside is None or abs(inside.left - before.left) < _ALIGNED * size)
    return True


def _between(text: str, following: str) -> str:
    """A space between two Latin words that a line break parted, nothing between Chinese characters."""
    return " " if re.search(r"[A-Za-z,.;]$", text) and re.match(r"[A-Za-z]", following) else ""
