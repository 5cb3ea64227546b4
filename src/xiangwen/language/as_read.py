"""A report's text as a reader takes it, beside the exact text that citations count in.

A reader sees no line end where an editor broke a paragraph at a fixed column, takes ⽩ (a radical) for 白, passes over
note marks, and reads a cell of a table with the headings of its column and its row. `flowing` is as long as the text,
so that what is found in it stands in the text at the same place; `as_read` gives words for matching, never for quoting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from xiangwen.language.common_forms import common_characters
from xiangwen.language.list_marks import LINE_MARK
from xiangwen.language.tables import CELLS, read_row

JOINER = "\u2060"
"""Unicode's word joiner stands in `flowing` for a line end that ends nothing."""

_NARROWEST, _WIDEST = 16, 200
"""Columns, two for a Chinese character; editors break at 56 (a printed line) to 120: a longer line is a paragraph."""
_WIDER = 0.1
"""Share of lines that may be wider than the column: tables, links, a full stop that hangs over the margin."""
_SLACK = 2
"""Columns that a full line may lack beside its next word."""
_FULL = 0.5
"""Share of the lines that end in the midst of a sentence which have to be full."""
_SURE = 3
"""So many full lines show the column by themselves; fewer only where one of them plainly breaks a sentence."""
_ENOUGH = 3_000
"""Lines by which the column is found; a report has a few hundred."""
_CLOSED = re.compile(r"[。！？!?；;：:…][”’」』）)》]*$")
_CLAUSE = re.compile(r"[，。；]|, ")
_SENTENCE = re.compile("。")
_FIRST_WORD = re.compile(r"(?:[A-Za-z0-9.,%+-]+|.)[，。；：、！？）》”’」』,;:!?)]*")
_HAN_PAIR = re.compile(r"[\u3400-\u9fff]{2}")
_BLANKS = " \t\u3000\xa0"

_NOTE = (
    r"(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[①-⑳㉑-㉟]|[\[［【]\^?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}[\]］】]|[（(]注[\d一二三四五六七八九十①-⑳]{0,2}[)）]|[*※†‡]"
    r"|<sup>[^<>\n]{1,8}</sup>|\^\d{1,2}\^|\$\^\{?\d{1,3}\}?\$)"
)
_NOTES = re.compile(rf"(?<=[\d%])(?<!×10){_NOTE}(?!\d)|{_NOTE}(?=\d)(?<![*\d])")


@lru_cache(maxsize=8)
def flowing(text: str) -> str:
    """The text in common characters, a `JOINER` for each line end inside a paragraph; as long as ``text``."""
    pieces = []
    done = 0
    for at in soft_breaks(text):
        pieces += [text[done:at], JOINER]
        done = at + 1
    return common_characters("".join([*pieces, text[done:]]))


def as_read(quote: str, header: str = "") -> str:
    """The words of a passage without line ends and note marks; a row of a table with the headings of its columns.

    Args:
        quote: the passage, whose line ends are all inside a paragraph.
        header: the rows above a row of a table that hold its column headings.

    >>> as_read("全年援助3\\n4人次，调解205³件。")
    '全年援助34人次，调解205件。'
    """
    words = _NOTES.sub("", on_one_line(common_characters(quote)))
    if CELLS.search(header) or "\t" in words or words.startswith("|"):
        return read_row(words, common_characters(header))
    return words


def on_one_line(quote: str) -> str:
    """A quote as it is shown in a line of an answer: without the line ends inside its paragraph."""
    if "\n" not in quote:
        return quote
    quote = re.sub(rf"(?<=[A-Za-z,.;])[{_BLANKS}]*\n[{_BLANKS}]*(?=[A-Za-z])", " ", quote)
    return re.sub(rf"[{_BLANKS}]*\n[{_BLANKS}]*", "", quote)


def soft_breaks(text: str) -> list[int]:
    """Where line ends stand that a fixed column, not a paragraph's end, has brought about."""
    lines = list(_lines(text))
    following = [later if _adjacent(text, line, later) else None for line, later in pairwise(lines)]
    going_on = [n for n, later in enumerate(following) if later and _may_go_on(text, lines[n], later)]
    column = _column(text, lines[:_ENOUGH], [n for n in going_on if n < _ENOUGH - 1])
    if column is None:
        return []
    full = [n for n in going_on if _is_full(text, lines, n, column)]
    margin = min((_indent(text, lines[n + 1]) for n in full), default=0)
    breaks: list[int] = []
    for n in full:
        here, later = _indent(text, lines[n]), _indent(text, lines[n + 1])
        # A first line is indented; so are all but the first line of a numbered item.
        if later <= margin or (later > here and LINE_MARK.match(text, lines[n].start + here)):
            breaks.append(text.index("\n", lines[n].end))
    return breaks


class _WrittenLine:
    """A line with words on it, ``text[start:end]`` without blanks at its end."""

    __slots__ = ("end", "start", "width")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start = start
        self.end = start + len(text[start:end].rstrip())
        self.width = _width(text[start : self.end])


def _lines(text: str) -> Iterator[_WrittenLine]:
    for match in re.finditer(r"[^\n]+", text):
        if not match[0].isspace():
            yield _WrittenLine(text, match.start(), match.end())


def _width(words: str) -> int:
    return len(words) + sum(c > "\u02ff" for c in words)


def _indent(text: str, line: _WrittenLine) -> int:
    words = text[line.start : line.end]
    return len(words) - len(words.lstrip())


def _adjacent(text: str, line: _WrittenLine, later: _WrittenLine) -> bool:
    return text.count("\n", line.end, later.start) == 1


def _may_go_on(text: str, line: _WrittenLine, later: _WrittenLine) -> bool:
    """Whether a line neither ends a sentence nor is followed by one that opens something."""
    if line.width > _WIDEST or CELLS.search(text[line.start : line.end].strip(_BLANKS)):
        return False
    if text[line.end - 1] in "（(《“〔":
        return True
    return not _CLOSED.search(text, max(line.start, line.end - 6), line.end) and not LINE_MARK.match(
        text, later.start + _indent(text, later), later.end
    )


def _is_full(text: str, lines: Sequence[_WrittenLine], number: int, column: int) -> bool:
    """Whether the next line's first word would not have fitted into a line of so many columns."""
    line, later = lines[number], lines[number + 1]
    word = _FIRST_WORD.match(text, later.start + _indent(text, later), later.end)
    return line.width <= column and line.width + _width(word[0] if word else "") > column - _SLACK


def _column(text: str, lines: Sequence[_WrittenLine], going_on: Sequence[int]) -> int | None:
    """The column at which the text is broken; None where it is not.

    Paragraphs that stand on a line each differ in length, and what ends in the midst of a sentence are headings, mostly
    short; broken ones leave lines of one width, with nothing wider.
    """
    widths = sorted(line.width for line in lines)
    widest = widths[len(widths) - 1 - int(_WIDER * len(widths))] if widths else 0
    for column in sorted({lines[n].width for n in going_on}, reverse=True):
        if column < max(widest, _NARROWEST):
            return None
        full = [n for n in going_on if _is_full(text, lines, n, column)]
        opening = [n for n in going_on if n not in full and not LINE_MARK.match(text, lines[n].start)]
        if len(full) < _FULL * (len(full) + len(opening)):
            continue
        if len(full) >= _SURE or any(_breaks_a_sentence(text, lines[n], lines[n + 1]) for n in full):
            return column
    return None


def _breaks_a_sentence(text: str, line: _WrittenLine, later: _WrittenLine) -> bool:
    """Whether a line plainly ends in the midst of a sentence: it holds the end of a clause, or a word is torn."""
    from xiangwen.language.tokens import cut_words

    start = line.start + _indent(text, line)
    # A numbered heading may have two clauses.
    if (_SENTENCE if LINE_MARK.match(text, start) else _CLAUSE).search(text, start, line.end):
        return True
    before = text[max(start, line.end - 4) : line.end]
    seam = len(before)
    at = later.start + _indent(text, later)
    torn = before[-1:] + text[at : at + 1]
    if not _HAN_PAIR.fullmatch(torn):
        return torn.isdecimal() and len(torn) > 1
    end = 0
    for word in cut_words(before + text[at : min(at + 4, later.end)]):
        if end < seam < end + len(word):
            return True
        end += len(word)
    return False
