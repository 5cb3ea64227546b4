"""Fit what weighs answers of one place: ``python -m xiangwen.training.answers tests/learning``.

On the reports that are kept out of every training, one of each author, with their questions: those the report answers,
and those it does not. Writes ``judged_answer`` and the threshold ``answer`` into ``retrieval/verdict_weights.json`` and
prints the table behind the threshold, cross-validated by author.
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
from numpy.typing import NDArray

from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, build
from xiangwen.questions import understand
from xiangwen.retrieval.feature_names import ANSWER_FEATURES
from xiangwen.retrieval.scoring import judge_features, nearness
from xiangwen.retrieval.verdict_model import Logistic
from xiangwen.training.lessons import Lesson, authors
from xiangwen.training.pairs import HELD_REPORT
from xiangwen.training.verdicts import OUT, as_json, fit_logistic

log = logging.getLogger(__name__)

_GRID = (0.01, 0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
_LEAST_KEPT = 0.99
"""Share of the answerable questions that are answered at least."""
_SOURCE = "chosen on the authors' reports kept out of all training (xiangwen.training.answers)"


class _QuestionRead(NamedTuple):
    """A question of one report: the passages that were read."""

    author: str
    features: NDArray[np.float32]
    """Shape (passages, features)."""
    answers: NDArray[np.bool_]
    """Which of them answer."""
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


def ask(assistant: Assistant, lessons: Sequence[tuple[str, Lesson]]) -> Iterator[_QuestionRead]:
    """The questions, each in all its wordings that name the report's place."""
    index, scorer = assistant.index, assistant.scorer
    for name, lesson in lessons:
        for words in (*lesson.chinese, *lesson.english):
            question = understand(words, assistant.atlas, vector_of=index.vector)
            files = {index.reports[n].file for n in question.scope.reports}
            if question.scope.problem or not question.scope.groups or files != {name}:
                continue
            scored = scorer.score(question)
            rows = np.flatnonzero(scored.read)
            passages = [index.passages[int(scored.passages[row])] for row in rows]
            readings = scorer.read(question, scored.passages[rows])
            columns = [judge_features(question, scored.prior[rows], readings), nearness(scored.evidence, rows)]
            spans = [(m.passage.start, m.passage.end) for m in lesson.answers]
            answers = [any(p.start < end and start < p.end for start, end in spans) for p in passages]
            yield _QuestionRead(name, np.concatenate(columns, axis=1), np.array(answers), lesson.form != "none")


def main() -> None:
    """Fit, choose and write."""
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
        asked = list(ask(Assistant(Index.load(Path(folder) / "index")), lessons))
    data = json.loads(given.out.read_text(encoding="utf-8"))
    data["judged_answer"] = as_json(_model(asked), ANSWER_FEATURES)
    data["thresholds"]["answer"] |= {"value": _threshold(asked), "source": _SOURCE}
    given.out.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _model(asked: Sequence[_QuestionRead]) -> Logistic:
    return fit_logistic(np.concatenate([a.features for a in asked]), np.concatenate([a.answers for a in asked]))


def _threshold(asked: Sequence[_QuestionRead]) -> float:
    """The threshold that keeps and declines most, among those that keep enough of the answerable questions."""
    models = {name: _model([a for a in asked if a.author != name]) for name in dict.fromkeys(a.author for a in asked)}
    probabilities = [models[a.author].probability(a.features) for a in asked]
    support = np.array([p.max() for p in probabilities])
    right = np.array([bool(a.answers[p.argmax()]) for a, p in zip(asked, probabilities, strict=True)])
    answerable = np.array([a.answerable for a in asked])
    log.info("%d questions, %d answerable, first right %.3f", len(asked), answerable.sum(), right[answerable].mean())
    best = (0.0, _GRID[0])
    for threshold in _GRID:
        kept = float((support >= threshold)[answerable].mean())
        declined = float((support < threshold)[~answerable].mean())
        told = np.where(answerable, right & (support >= threshold), support < threshold).mean()
        log.info("answer %.2f: kept %.3f, declined %.3f, right %.3f", threshold, kept, declined, told)
        if kept >= _LEAST_KEPT:
            best = max(best, (kept + declined, threshold))
    return best[1]


if __name__ == "__main__":
    main()
