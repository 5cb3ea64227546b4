"""A report to the clauses and numbers that may give a cell of the ledger, each with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xiangwen.quantities.quantity import Quantity
from xiangwen.quantities.reading import read_quantities
from xiangwen.reports import Report
from xiangwen.segmentation.passages import Passage, Stance
from xiangwen.segmentation.stance import stance_alone, stances

# Reports with Western punctuation end a sentence with a point, which no number is cut at.
_SENTENCE_END = re.compile(r"(?<!\d)\.|\.(?!\d)|[。！？!?；;\n]")
_CLAUSE_END = re.compile(r"[。！？!?；;：:（）()]|(?<!\d)[,，.]|[,，.](?!\d)")


@dataclass(frozen=True)
class Sentence:
    """A sentence, ``text[start:end]`` of its report."""

    text: str
    start: int
    passage: int
    """The number of the passage that it is in."""
    above: tuple[str, ...]
    """What stands above it: headings and the lead of its list item."""
    stance: Stance
    is_heading: bool
    numbers: tuple[Quantity, ...]
    clauses: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class CellCandidate:
    """A clause, or a number in it, that may give a cell; offsets count in the sentence."""

    sentence: Sentence
    start: int
    end: int
    clause: int
    number: Quantity | None

    @property
    def words(self) -> str:
        """The words of the clause."""
        return self.sentence.text[self.start : self.end]

    @property
    def quote(self) -> tuple[int, int]:
        """Where the clause begins and ends in the report."""
        return self.sentence.start + self.start, self.sentence.start + self.end

    @property
    def of_another_year(self) -> bool:
        """Whether its number is given for comparison with the year before, or of another year."""
        return self.number is not None and self.number.period.kind in ("year_before", "named")

    @property
    def of_a_change(self) -> bool:
        """Whether its number is the size of a change or its old end, and not a number of things."""
        return self.number is not None and (self.number.is_change or self.number.direction == "from")


def sentences(report: Report, passages: Sequence[Passage]) -> Iterator[Sentence]:
    """All sentences of a report in its order."""
    text, year = report.text, report.metadata.year
    told = stances(text, passages, year)
    for number, (passage, stance) in enumerate(zip(passages, told, strict=True)):
        above = passage.above(text)
        for start, end in _cut(text, passage.start, passage.end, _SENTENCE_END):
            words = text[start:end]
            yield Sentence(
                text=words,
                start=start,
                passage=number,
                above=above,
                stance=stance,
                is_heading=passage.is_heading,
                numbers=read_quantities(words, above, year),
                clauses=cut_clauses(words),
            )


def cut_clauses(sentence: str) -> tuple[tuple[int, int], ...]:
    """Where the clauses of a sentence stand in it."""
    return tuple(_cut(sentence, 0, len(sentence), _CLAUSE_END))


def sentence_alone(text: str, above: Sequence[str] = ()) -> Sentence:
    """A sentence that stands in no report, such as an example."""
    return Sentence(
        text,
        0,
        0,
        tuple(above),
        stance_alone(text, tuple(above)),
        False,
        read_quantities(text, above),
        cut_clauses(text),
    )


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence that holds ``text[start:end]`` stands in a text."""
    begin = max((mark.end() for mark in _SENTENCE_END.finditer(text, 0, start)), default=0)
    stop = _SENTENCE_END.search(text, end)
    return begin, stop.start() if stop else len(text)


def cell_candidates(sentence: Sentence) -> list[CellCandidate]:
    """The clauses of a sentence, then its numbers."""
    found = [CellCandidate(sentence, start, end, i, None) for i, (start, end) in enumerate(sentence.clauses)]
    for number in sentence.numbers:
        for i, (start, end) in enumerate(sentence.clauses):
            if start <= number.start < end:
                found.append(CellCandidate(sentence, start, max(end, number.end), i, number))
                break
    return found


def _cut(text: str, start: int, end: int, mark: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The pieces between marks that hold a word, without white space around them."""
    position = start
    for match in [*mark.finditer(text, start, end), None]:
        stop = match.start() if match else end
        piece = text[position:stop]
        left = position + len(piece) - len(piece.lstrip(" \t　“”\"'、"))
        right = position + len(piece.rstrip(" \t　"))
        if right > left and re.search(r"\w", text[left:right]):
            yield left, right
        position = match.end() if match else end
