"""What the models learn from: reports by several authors, with questions, conditions and cells (``tests/learning``).

A folder an author: reports as ``NN.txt``; ``questions.jsonl``, one question in several wordings with the sentence that
answers and sentences that nearly do; ``which.jsonl``, a condition with what each report says to it; ``cells.jsonl``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from xiangwen.reports import Report, read_folder
from xiangwen.segmentation.passages import Passage, split_passages

Form = Literal["number", "fact", "yesno", "list", "none", "which"]


@dataclass(frozen=True)
class LabelledPassage:
    """A passage of a report and what it is to a question."""

    report: Report
    passage: Passage
    quote: str
    """The exact words meant, a part of the passage or all of it."""
    label: str
    """yes, partial, no, future, about of a condition; of a question yes, or how it misses (``other_figure`` …)."""

    @property
    def words(self) -> str:
        """The exact words of the whole passage."""
        return self.report.text[self.passage.start : self.passage.end]


@dataclass(frozen=True)
class Lesson:
    """One question in several wordings, and passages with their labels."""

    author: str
    form: Form
    file: str
    """Of the report asked about; empty for a condition, which is asked of all reports of the author."""
    chinese: tuple[str, ...]
    english: tuple[str, ...]
    marks: tuple[LabelledPassage, ...]
    value: str = ""
    """The number with its unit as the quote writes it; of questions for a number."""

    @property
    def answers(self) -> tuple[LabelledPassage, ...]:
        """The passages that answer."""
        return tuple(mark for mark in self.marks if mark.label == "yes")


class Author:
    """Everything that one author wrote."""

    def __init__(self, folder: Path) -> None:
        """Read the reports; a file of the others that is missing counts as empty."""
        self.name = folder.name
        self.folder = folder
        self.reports = {Path(report.file).name: report for report in read_folder(folder).reports}
        self._passages = {name: split_passages(report.text) for name, report in self.reports.items()}

    def passages(self, file: str) -> Sequence[Passage]:
        """All passages of a report."""
        return self._passages[file]

    def lessons(self) -> Iterator[Lesson]:
        """Questions first, conditions after them; a quote that is not in its report is left out."""
        for row in _rows(self.folder / "questions.jsonl"):
            marks = [self.mark(row["file"], row["quote"], "yes")] if row["quote"] else []
            marks += [self.mark(row["file"], near["quote"], near["label"]) for near in row["near"]]
            yield self._lesson(row, row["form"], row["file"], marks)
        for row in _rows(self.folder / "which.jsonl"):
            marks = [self.mark(mark["file"], mark["quote"], mark["label"]) for mark in row["labels"]]
            yield self._lesson(row, "which", "", marks)

    def cells(self) -> Iterator[dict[str, Any]]:
        """The labelled cells of the ledger."""
        return _rows(self.folder / "cells.jsonl")

    def _lesson(self, row: dict[str, Any], form: Form, file: str, marks: Sequence[LabelledPassage | None]) -> Lesson:
        return Lesson(
            author=self.name,
            form=form,
            file=file,
            chinese=tuple(row["zh"]),
            english=tuple(row.get("en") or ()),
            marks=tuple(mark for mark in marks if mark is not None),
            value=row.get("value") or "",
        )

    def mark(self, file: str, quote: str, label: str) -> LabelledPassage | None:
        """The passage that holds a quote; None where the report has no such words."""
        report = self.reports.get(file)
        start = report.text.find(quote) if report and quote else -1
        if report is None or start < 0:
            return None
        passage = max(
            self._passages[file],
            key=lambda p: min(p.end, start + len(quote)) - max(p.start, start),
        )
        return LabelledPassage(report, passage, quote, label)


def authors(folder: Path, names: Sequence[str] = ()) -> list[Author]:
    """The authors of a folder in the order of their names; only some of them, where names are given."""
    found = sorted(path for path in folder.iterdir() if (path / "questions.jsonl").is_file())
    return [Author(path) for path in found if not names or path.name in names]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)
