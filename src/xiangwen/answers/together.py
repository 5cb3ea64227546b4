"""The answers to the questions of one message as one answer: each under its question, citations counted through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xiangwen.answers.answer import Answer
from xiangwen.answers.citation import Citation
from xiangwen.answers.lines import Line


def together(message: str, answers: Sequence[Answer]) -> Answer:
    """One answer of several, its ``parts``; what two of them cite has one marker.

    Args:
        message: as typed.
        answers: at least one, in the order of its questions.
    """
    citations: list[Citation] = []
    nearest: list[Citation] = []
    parts, lines = [], []
    for number, answer in enumerate(answers, start=1):
        part = _renumbered(answer, _merged(citations, answer.citations))
        near = tuple(replace(c, n=len(nearest) + n) for n, c in enumerate(answer.nearest, start=1))
        nearest += near
        # How names and years were read is told once.
        part = replace(part, nearest=near, lines=tuple(n for n in part.lines if n.role != "note" or n not in lines))
        parts.append(part)
        lines += [Line("question", answer.question, number=number), *part.lines]
    answered = any(part.answered for part in parts)
    return Answer(
        question=message,
        language=parts[0].language,
        kind="several" if answered else "none",
        answered=answered,
        reason=None if answered else parts[0].reason,
        lines=tuple(lines),
        citations=tuple(citations),
        verdicts=(),
        checked_reports=max(part.checked_reports for part in parts),
        checked_passages=max(part.checked_passages for part in parts),
        milliseconds=0.0,
        nearest=tuple(nearest),
        parts=tuple(parts),
    )


def _merged(into: list[Citation], own: Sequence[Citation]) -> Mapping[int, Citation]:
    """The citations of one answer by their markers there, each as it is among all, where it is put if it is new."""
    known = {(c.report, c.start, c.end): c for c in into}
    found = {}
    for citation in own:
        place = (citation.report, citation.start, citation.end)
        if place not in known:
            known[place] = replace(citation, n=len(into) + 1)
            into.append(known[place])
        found[citation.n] = known[place]
    return found


def _renumbered(answer: Answer, citations: Mapping[int, Citation]) -> Answer:
    """An answer with other markers for its citations."""

    def marks(own: Sequence[int]) -> tuple[int, ...]:
        return tuple(citations[n].n for n in own)

    return replace(
        answer,
        lines=tuple(
            replace(
                line,
                citations=marks(line.citations),
                named=tuple(replace(r, n=None if r.n is None else citations[r.n].n) for r in line.named),
            )
            for line in answer.lines
        ),
        citations=tuple(citations[c.n] for c in answer.citations),
        verdicts=tuple(replace(verdict, citations=marks(verdict.citations)) for verdict in answer.verdicts),
        themes=tuple(replace(theme, citations=marks(theme.citations)) for theme in answer.themes),
    )
