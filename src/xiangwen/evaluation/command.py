"""What ``xiangwen evaluate`` does, given its options: lines of text, or JSON lines, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from xiangwen.answers.assistant import Assistant
from xiangwen.evaluation import baseline, tables
from xiangwen.evaluation.gold import read_answers, read_gold
from xiangwen.evaluation.reliability import as_rows, reliability
from xiangwen.evaluation.scoring import check_all
from xiangwen.evaluation.suite import SetResult, Suite, SuiteProgress, ask_all, report_texts, run
from xiangwen.milvus.home import Home


def evaluate_files(
    gold_files: Sequence[Path],
    reports: Path,
    home: Home,
    *,
    answers: Path | None = None,
    judge: bool = True,
    wrong: bool = False,
    as_json: bool = False,
) -> Iterator[str]:
    """Figures of gold files asked of an index, or of answers given before.

    Raises:
        EvaluationProblem: if questions and answers cannot be scored.
        UnreadableFile: if the reports cannot be read.
        IndexProblem: if the index cannot be used.
    """
    texts = report_texts(reports)
    sets = [(path.stem, read_gold(path)) for path in gold_files]
    given = read_answers(answers) if answers else None
    assistant = Assistant(home.load(), judge=judge) if given is None else None
    results = []
    for name, gold in sets:
        said = given if given is not None else ask_all(assistant, gold) if assistant else []
        result = SetResult(name, "unknown", check_all(texts, gold, said))
        results.append(result)
        yield from _set_lines(result, wrong, as_json)
    bins = reliability(c for result in results for c in result.checked)
    if as_json:
        yield _json({"reliability": as_rows(bins)})
    else:
        if bins:
            yield tables.reliability_text(bins) + "\n"
        yield tables.FITTED_ON


def evaluate_suite(
    path: Path,
    *,
    judge: bool = True,
    wrong: bool = False,
    as_json: bool = False,
    save_baseline: bool = False,
    progress: SuiteProgress = lambda line: None,
) -> Iterator[str]:
    """All sets of a ``sets.toml`` over indexes built for the purpose, against its baseline, or as the new baseline.

    Raises:
        EvaluationProblem: if the sets, their reports' quotes or the baseline cannot be read.
    """
    suite = Suite.read(path)
    before = baseline.load(suite.baseline)
    results = run(suite.sets, judge=judge, progress=progress)
    for result in results:
        yield from _set_lines(result, wrong, as_json)
    bins = reliability(c for result in results if result.use == "reporting" for c in result.checked)
    comparisons = {
        r.name: baseline.compare_with_baseline(r.figures, before[r.name]) for r in results if r.name in before
    }
    if as_json:
        yield _json({"reliability": as_rows(bins), "split": suite.split.to_dict()})
    else:
        yield tables.reliability_text(bins) + "\n(all reporting sets)\n"
        yield tables.split_text(suite.split) + "\n"
        yield tables.comparison_text(comparisons) if comparisons else "There is no baseline yet."
    if save_baseline:
        baseline.save(suite.baseline, {r.name: r.figures for r in results})
        if not as_json:
            yield f"Baseline written: {suite.baseline}"


def _set_lines(result: SetResult, wrong: bool, as_json: bool) -> Iterator[str]:
    if as_json:
        yield _json({"set": result.name, "use": result.use, **result.figures.to_dict()})
        return
    yield tables.set_text(result) + "\n"
    if wrong:
        misses = [tables.miss_text(c) for c in result.checked if not c.right]
        yield "\n".join([f"Not right: {len(misses)}", *misses, ""])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
