"""Choose the threshold of answers: ``python -m xiangwen.training.thresholds tests/learning``.

On the reports that are kept out of every training, one of each author, with their questions: those the report answers,
and those it does not. Writes ``answer`` into ``retrieval/verdict_weights.json`` and prints the table behind it.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, build
from xiangwen.questions import understand
from xiangwen.training.lessons import Lesson, authors
from xiangwen.training.pairs import HELD_REPORT
from xiangwen.training.verdicts import OUT

log = logging.getLogger(__name__)

_GRID = (0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)
_LEAST_KEPT = 0.96
"""Share of the answerable questions that are answered at least."""
_SOURCE = "chosen on the authors' reports kept out of all training (xiangwen.training.thresholds)"


class _Asked(NamedTuple):
    """A question of one report."""

    support: float
    """Of the best passage."""
    right: bool
    """Whether that is the passage that answers."""
    answerable: bool


def held_lessons(learning: Path, folder: Path) -> list[tuple[str, Lesson]]:
    """The questions about the reports kept out, with the names of these in ``folder``, where they are written."""
    found = []
    for author in authors(learning):
        if HELD_REPORT not in author.reports:
            continue
        name = f"{author.name}.txt"
        (folder / name).write_text(author.reports[HELD_REPORT].text, encoding="utf-8")
        found += [(name, lesson) for lesson in author.lessons() if lesson.file == HELD_REPORT]
    return found


def _wordings(lesson: Lesson) -> Sequence[str]:
    return (*lesson.chinese[:2], *lesson.english[:1])


def ask(assistant: Assistant, lessons: Sequence[tuple[str, Lesson]]) -> Iterator[_Asked]:
    """The questions of one report, each in up to three wordings."""
    index = assistant.index
    for name, lesson in lessons:
        for words in _wordings(lesson):
            question = understand(words, assistant.atlas, vector_of=index.vector)
            files = {index.reports[n].file for n in question.scope.reports}
            if question.scope.problem or not question.scope.groups or files != {name}:
                continue
            scored = assistant.scorer.score(question)
            best = int(scored.supports.argmax())
            passage = index.passages[int(scored.passages[best])]
            spans = [(m.passage.start, m.passage.end) for m in lesson.answers]
            right = any(passage.start < end and start < passage.end for start, end in spans)
            yield _Asked(float(scored.supports[best]), right, lesson.form != "none")


def main() -> None:
    """Choose and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learning", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder) / "reports"
        reports.mkdir()
        lessons = held_lessons(given.learning, reports)
        build(reports, Path(folder) / "index")
        assistant = Assistant(Index.load(Path(folder) / "index"))
        asked = list(ask(assistant, lessons))
    data = json.loads(given.out.read_text(encoding="utf-8"))
    data["thresholds"]["answer"] |= {"value": _answer(asked), "source": _SOURCE}
    given.out.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _answer(asked: Sequence[_Asked]) -> float:
    """The threshold that tells most questions right among those that keep enough of the answerable ones."""
    support = np.array([a.support for a in asked])
    right, answerable = np.array([a.right for a in asked]), np.array([a.answerable for a in asked])
    log.info(
        "%d questions, %d answerable, first passage right %.3f",
        len(asked),
        answerable.sum(),
        right.sum() / answerable.sum(),
    )
    best = (0.0, _GRID[0])
    for threshold in _GRID:
        kept = (support >= threshold)[answerable].mean()
        declined = (support < threshold)[~answerable].mean()
        told = np.where(answerable, right & (support >= threshold), support < threshold).mean()
        log.info("answer %.2f: kept %.3f, declined %.3f, right %.3f", threshold, kept, declined, told)
        # What is not in the reports is rarer here than it is asked, so both sides count alike.
        if kept >= _LEAST_KEPT:
            best = max(best, (kept + declined, threshold))
    return best[1]


if __name__ == "__main__":
    main()
