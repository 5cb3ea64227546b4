"""Run question sets: build throw-away indexes, ask, check. A set is fitted on or reported on, never both."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from xiangwen.evaluation.gold import EvaluationProblem, Gold, read_gold, read_lines
from xiangwen.evaluation.scoring import CheckedAnswer, Figures, check_all, figures_of
from xiangwen.reports import read_folder

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant

Use = Literal["fitting", "reporting", "unknown"]
SuiteProgress = Callable[[str], None]
"""Called with one line on what is being done."""


@dataclass(frozen=True)
class QuestionSet:
    """Gold questions over one folder of reports."""

    name: str
    gold: tuple[Gold, ...]
    reports: Path
    use: Use = "unknown"


_WORDINGS = ("variants", "chinese", "english")
"""Where a line of pairs holds further wordings of its question."""


@dataclass(frozen=True)
class Suite:
    """All question sets of a ``sets.toml``."""

    sets: tuple[QuestionSet, ...]
    baseline: Path
    pairs: tuple[Path, ...]
    """The questions with labelled or written sentences that the models are fitted on."""

    @classmethod
    def read(cls, path: Path) -> Suite:
        """Read ``sets.toml``; its paths are relative to it.

        Raises:
            EvaluationProblem: if it, or a gold file that it names, cannot be read.
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            folder = path.parent
            return cls(
                tuple(
                    QuestionSet(row["name"], read_gold(folder / row["questions"]), folder / row["reports"], row["use"])
                    for row in table["set"]
                ),
                folder / table["baseline"],
                tuple(folder / name for name in table["pairs"]),
            )
        except (OSError, KeyError, TypeError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise EvaluationProblem(f"{path} 不是问题集清单。 {path} is no list of question sets.") from error

    @cached_property
    def split(self) -> Split:
        """How fitting and reporting are kept apart, counted anew from the files."""
        fitting = {_asked(g.question) for s in self.sets if s.use == "fitting" for g in s.gold}
        reporting = [_asked(g.question) for s in self.sets if s.use == "reporting" for g in s.gold]
        labelled: set[str] = set()
        for _, pair in (row for path in self.pairs for row in read_lines(path)):
            wordings = [pair.get("question", ""), *(q for key in _WORDINGS for q in pair.get(key, ()))]
            fitting |= {_asked(q) for q in wordings if q}
            labelled |= {file for rows in pair.get("labels", {}).values() for file, _, _ in rows}
        files = {f for s in self.sets if s.use == "reporting" for f in report_texts(s.reports)}
        return Split(
            tuple(s.name for s in self.sets if s.use == "fitting"),
            tuple(s.name for s in self.sets if s.use == "reporting"),
            len(fitting),
            len(reporting),
            sum(question in fitting for question in reporting),
            len(files),
            len(files & labelled),
        )


@dataclass(frozen=True)
class Split:
    """Which questions and reports the fit has seen."""

    fitting_sets: tuple[str, ...]
    reporting_sets: tuple[str, ...]
    fitting_questions: int
    """Wordings of questions that something was fitted on."""
    reporting_questions: int
    shared_questions: int
    """Reporting questions that are in the fitting sets too; must be 0."""
    reports: int
    """Reports that the reporting questions are asked of."""
    shared_reports: int
    """Of these, reports with passages among the fitted pairs."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class SetResult:
    """One set, answered and checked."""

    name: str
    use: Use
    checked: tuple[CheckedAnswer, ...]

    @cached_property
    def figures(self) -> Figures:
        """The figures of the set."""
        return figures_of(self.checked)


def run(
    sets: Sequence[QuestionSet], *, judge: bool = True, progress: SuiteProgress = lambda line: None
) -> list[SetResult]:
    """Ask every question of an index built for the purpose, and check the answers.

    Args:
        sets: the sets.
        judge: False leaves the judge out, to see what it is worth.
        progress: told before each build and each set.
    """
    from xiangwen.index import build

    results: dict[str, SetResult] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, reports in enumerate(dict.fromkeys(s.reports.resolve() for s in sets)):
            progress(f"index of {reports.name}/")
            directory = Path(folder) / str(number)
            build(reports, directory)
            assistant = assistant_over(directory, judge=judge)
            for s in sets:
                if s.reports.resolve() == reports:
                    progress(f"{s.name}: {len(s.gold)} questions")
                    answers = ask_all(assistant, s.gold)
                    results[s.name] = SetResult(s.name, s.use, check_all(report_texts(s.reports), s.gold, answers))
    return [results[s.name] for s in sets]


def assistant_over(directory: Path, *, judge: bool = True) -> Assistant:
    """The assistant over an index, on request without the judge.

    Raises:
        IndexProblem: if the index cannot be used.
    """
    from xiangwen.answers.assistant import Assistant
    from xiangwen.index import Index

    return Assistant(Index.load(directory), judge=judge)


def ask_all(assistant: Assistant, gold: Iterable[Gold]) -> list[dict[str, Any]]:
    """The answer to every question as the JSON object of the contract, and with the passages nearest to a refusal."""
    answers = []
    for g in gold:
        answer = assistant.ask(g.question, g.history)
        nearest = [{"file": c.file, "start": c.start, "end": c.end, "quote": c.quote} for c in answer.nearest]
        answers.append({**answer.to_dict(g.id), "nearest": nearest})
    return answers


def report_texts(folder: Path) -> dict[str, str]:
    """The exact text of every report of a folder by its file, read from the files and not from an index."""
    return {report.file: report.text for report in read_folder(folder).reports}


def _asked(question: str) -> str:
    """A question as it is compared: without spaces, marks and capitals."""
    return "".join(c for c in question.lower() if c.isalnum())
