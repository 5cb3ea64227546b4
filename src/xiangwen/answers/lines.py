"""The lines of an answer as data, and their running text.

A line says who or what it is about, the figure, and which citations show it. How that looks is up to whoever shows it:
`pieces` gives the words and markers of running text, the page and the documents lay the same lines out their own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xiangwen.answers.citation import Citation
from xiangwen.language.as_read import on_one_line
from xiangwen.segmentation.passages import Stance

VerdictWord = Literal["yes", "partial", "no", "silent"]
ConcludingRole = Literal["head", "basis", "words", "note"]
LineRole = Literal[
    ConcludingRole,
    "question",
    "caption",
    "evidence",
    "verdict",
    "own",
    "value",
    "silent",
    "item",
    "theme",
    "group",
    "missing",
]

VERDICT_WORDS: dict[str, dict[VerdictWord, str]] = {
    "zh": {"yes": "有", "partial": "部分", "no": "无", "silent": "未提及"},
    "en": {"yes": "yes", "partial": "partly", "no": "no", "silent": "not mentioned"},
}
UNMENTIONED_WORDS: dict[str, dict[VerdictWord, str]] = {
    "zh": {"yes": "没提到", "partial": "部分", "no": "提到了", "silent": "未提及"},
    "en": {"yes": "not mentioned", "partial": "partly", "no": "mentioned", "silent": "not mentioned"},
}
"""The same where asked is who does not speak of a matter: 「无」 beside a sentence that does would say the contrary."""
STANCE_WORDS: dict[str, dict[Stance, str]] = {
    "zh": {"plan": "计划", "shortcoming": "不足"},
    "en": {"plan": "plan", "shortcoming": "shortcoming"},
}
"""What a sentence tells of where that is no deed."""

LinePiece = str | int
"""Words, or the marker of a citation."""


@dataclass(frozen=True)
class Named:
    """A report by what it is called in a line, with the marker of its citation, if it has one."""

    label: str
    n: int | None = None


@dataclass(frozen=True)
class Line:
    """One line of an answer; which fields have a meaning depends on its role."""

    role: LineRole
    """What it does:

    - ``head`` says the conclusion, ``basis`` on what it rests, ``words`` anything in a sentence, ``note`` how the
      question was understood: all of it is the conclusion, which no table of the verdicts says.
    - ``question`` stands above what answers one of the questions of a message, with its number.
    - ``caption`` stands above the lines that follow it.
    - ``evidence``: a place, the figures asked for, and the exact sentence.
    - ``verdict``: a report, what it says, and its sentences; ``own``: a report with its own figure or sentence.
    - ``value``: a report's place in a rank, with its figure and markers; ``silent``: a report that says nothing.
    - ``item``: one of a report's items; ``theme``: a matter that several reports tell of.
    - ``group``: the reports of one county or year; ``missing``: the years that a township has no report of.
    """
    lead: str = ""
    """Who or what it is about."""
    value: str = ""
    """The figures as the reports write them, or the missing years."""
    verdict: VerdictWord | None = None
    citations: tuple[int, ...] = ()
    """Markers of the sentences that show it."""
    number: int | None = None
    """Its place in a list, from 1."""
    named: tuple[Named, ...] = ()
    """Reports that it names."""
    count: int = 0
    """Reports that it is about; more than are named where there are many."""
    says_searched: bool = False
    """Whether it says itself how many reports and sentences were searched."""


def text_of(lines: Sequence[Line], citations: Sequence[Citation], language: str) -> str:
    """The running text of an answer, markers as [n]."""
    by_marker = {citation.n: citation for citation in citations}
    return "\n".join(words_of(line, by_marker, language) for line in lines)


def words_of(line: Line, citations: Mapping[int, Citation], language: str) -> str:
    """One line as running text, markers as [n]; see `pieces`."""
    return "".join(piece if isinstance(piece, str) else f"[{piece}]" for piece in pieces(line, citations, language))


def pieces(line: Line, citations: Mapping[int, Citation], language: str) -> Iterator[LinePiece]:
    """The words and markers of one line, in order.

    Args:
        line: of an answer.
        citations: of the same answer, by their markers.
        language: of the answer, ``zh`` or ``en``.
    """
    written = _IN_WORDS.get(line.role)
    return written(line, citations, language == "zh") if written else iter((line.lead,))


def lead_of(line: Line, language: str) -> str:
    """Who or what an evidence line is about and its figures, without the sentence: 「土门关乡2024年：163件」."""
    between = "：" if language == "zh" else ": "
    return between.join(filter(None, (line.lead, line.value)))


def _quoted(numbers: Sequence[int], citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    """The sentences with these markers, word for word: 「…」[1] 「…」[2]."""
    for position, n in enumerate(numbers):
        quote = on_one_line(citations[n].quote)
        yield (" " if position else "") + (f"「{quote}」" if zh else f"“{quote}” ")
        yield n


def _stance(line: Line, citations: Mapping[int, Citation], zh: bool) -> str:
    """（计划） or （不足） where that is what the first sentence tells of."""
    first = citations[line.citations[0]].stance if line.citations else "done"
    word = STANCE_WORDS["zh" if zh else "en"].get(first)
    return "" if word is None else f"（{word}）" if zh else f" ({word})"


def _evidence(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    yield f"{line.lead}{_stance(line, citations, zh)}{'：' if zh else ': '}"
    if line.value:
        yield f"{line.value}。原文：" if zh else f"{line.value} — "
    yield from _quoted(line.citations, citations, zh)


def _verdict(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    assert line.verdict is not None
    word = VERDICT_WORDS["zh" if zh else "en"][line.verdict]
    stance = _stance(line, citations, zh)
    yield f"{line.lead}（{word}）{stance}：" if zh else f"{line.lead}, {word}{stance}: "
    yield from _quoted(line.citations, citations, zh)


def _own(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    yield f"{line.lead}{'：' if zh else ': '}"
    if line.value:
        yield f"{line.value}。" if zh else f"{line.value} — "
    yield from _quoted(line.citations, citations, zh)


def _value(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    yield f"{line.lead}：{line.value} "
    yield from line.citations


def _silent(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    yield f"{line.lead}：{VERDICT_WORDS['zh']['silent']}" if zh else f"{line.lead}: {VERDICT_WORDS['en']['silent']}"


def _item(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    yield f"{line.number}. {_stance(line, citations, zh)}"
    yield from _quoted(line.citations, citations, zh)


def _theme(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    first, *others = line.named
    yield (
        f"{line.number}. {line.lead}（{line.count} 份）：{first.label}"
        if zh
        else (f"{line.number}. {line.lead} ({line.count}): {first.label} ")
    )
    yield from _quoted(line.citations[:1], citations, zh)
    yield "；还有" if zh else "; also "
    yield from _listed(others, zh)
    if more := line.count - len(line.named):
        yield f"等 {line.count} 份" if zh else f" and {more} more"


def _group(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    yield f"{line.lead}（{line.count} 份）：" if zh else f"{line.lead} ({line.count}): "
    yield from _listed(line.named, zh)
    if line.count > len(line.named):
        yield "等" if zh else " and more"


def _question(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    yield f"{line.number}. {line.lead}"


def _missing(line: Line, citations: Mapping[int, Citation], zh: bool) -> Iterator[LinePiece]:
    yield f"{line.lead}：缺{line.value}" if zh else f"{line.lead}: no {line.value}"
    if line.named:
        yield "，有" if zh else "; there is "
        yield from _listed(line.named, zh)


def _listed(named: Sequence[Named], zh: bool) -> Iterator[LinePiece]:
    for position, report in enumerate(named):
        yield (("、" if zh else ", ") if position else "") + report.label
        if report.n is not None:
            yield report.n


_IN_WORDS: dict[LineRole, Callable[[Line, Mapping[int, Citation], bool], Iterator[LinePiece]]] = {
    "question": _question,
    "evidence": _evidence,
    "verdict": _verdict,
    "own": _own,
    "value": _value,
    "silent": _silent,
    "item": _item,
    "theme": _theme,
    "group": _group,
    "missing": _missing,
}
