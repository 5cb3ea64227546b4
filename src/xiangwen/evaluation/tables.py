"""The evaluation as plain text: tables of figures, the reliability table, each miss with its evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from xiangwen.evaluation.baseline import ChangeKind, Comparison
from xiangwen.evaluation.reliability import SURE, Bin, calibration_error, said_surely
from xiangwen.evaluation.scoring import FIGURES, CheckedAnswer, Figures, Share
from xiangwen.evaluation.suite import SetResult, Split

_USES = {
    "fitting": "FITTING: thresholds were chosen on it, so it flatters",
    "reporting": "REPORTING: never fitted on",
    "unknown": "",
}
_LONGEST_TEXT = 300
"""Characters of an answer that the list of wrong ones shows."""
FITTED_ON = (
    "Nothing is fitted here. What the models and thresholds are fitted on, and what is unseen, is told in "
    "tests/questions/README.md."
)


def set_text(result: SetResult) -> str:
    """One set: its use, questions right by kind and language, and the figures."""
    use = _USES[result.use]
    head = f"== {result.name}: {len(result.checked)} questions" + (f" ({use})" if use else "")
    return "\n".join([head, _right_table(result.figures), "", _figure_table(result.figures)])


def _right_table(figures: Figures) -> str:
    by_type, by_language = figures.right_by_type(), figures.right_by_language()
    rows = [["right", *by_language, "all", ""]]
    for kind, share in by_type.items():
        cells = [str(figures.right.get((kind, language), "")) for language in by_language]
        rows.append([kind, *cells, str(share), f"{share.rate:.0%}"])
    total = figures.right_all
    rows.append(["all", *map(str, by_language.values()), str(total), f"{total.rate:.1%}"])
    return _columns(rows)


def _figure_table(figures: Figures) -> str:
    rows = [
        [name, f"{figures.rates[name].rate:.4f}", f"of {figures.rates[name].of}", "  " + meaning]
        for name, meaning in FIGURES.items()
        if name in figures.rates
    ]
    if figures.median_ms is not None:
        rows.append(["median ms", f"{figures.median_ms:.1f}", "", "  time of an answer"])
    return _columns(rows, left=(0, 3))


def reliability_text(bins: Sequence[Bin]) -> str:
    """The reliability table, and whether nine in ten of the sure verdicts are right."""
    rows = [["confidence", "mean said", "right", "", "said yes", "", "said not", ""]]
    for b in bins:
        row = [f"{b.low:.1f} to {b.high:.1f}", f"{b.confidence:.3f}"]
        for share in (b.right, b.said_yes, b.said_not):
            row += [str(share), _percent(share)]
        rows.append(row)
    sure = said_surely(bins)
    return "\n".join(
        [
            "Reliability: verdicts on which-questions, confidence said against share right",
            _columns(rows),
            f"Of the {sure.of} verdicts said with {SURE} or more {sure.hits:g} are right ({_percent(sure) or 'none'}). "
            f"Expected calibration error {calibration_error(bins):.3f}.",
        ]
    )


def _percent(share: Share) -> str:
    return f"{share.rate:.1%}" if share.of else ""


def split_text(split: Split) -> str:
    """How fitting and reporting are kept apart, by question and by report."""
    return "\n".join(
        [
            f"Split by question: {split.shared_questions} of the {split.reporting_questions} reporting questions "
            f"({', '.join(split.reporting_sets)}) are among the {split.fitting_questions} wordings fitted on "
            f"({', '.join(split.fitting_sets)}, pairs).",
            f"Split by report: the weights that ship are fitted on passages of {split.shared_reports} of the "
            f"{split.reports} reports asked about here, for other questions. What they do on questions and on reports "
            "left out of the fit is measured by cross-validation, and for the judge on those kept out of its training:",
            *_held_out(),
        ]
    )


def _held_out() -> Iterator[str]:
    """The figures on unseen questions and reports that the fit wrote beside its weights."""
    text = files("xiangwen.retrieval").joinpath("verdict_weights.json").read_text(encoding="utf-8")
    weights: dict[str, Any] = json.loads(text)
    for name in ("features_on_unseen_questions", "features_on_unseen_reports"):
        shown = ", ".join(f"{k.replace('_', ' ')} {v:g}" for k, v in weights[name].items() if "threshold" not in k)
        yield f"  {name.replace('_', ' ')}: {shown}"
    yield ""
    yield judge_text(weights["judge_on_unseen_questions"])
    yield judge_text(weights["answers_on_unseen_questions"])


def judge_text(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Features only, judge only and both, on questions, topics and reports that the judge was not trained on."""
    names = list(figures)
    first = figures[names[0]]
    rows = [["on pairs not trained on", "pairs", *names]]
    for key, words in _JUDGE_FIGURES.items():
        if key in first:
            rows.append([words, f"{first['readings']:.0f}", *(f"{figures[n][key]:.3f}" for n in names)])
    for kind in ("form", "language", "label"):
        for value, row in first.get(f"by {kind}", {}).items():
            shares = (f"{figures[n][f'by {kind}'][value]['accuracy']:.3f}" for n in names)
            rows.append([f"right, {kind} {value}", f"{row['pairs']:.0f}", *shares])
    return _columns(rows)


def comparison_text(comparisons: Mapping[str, Comparison]) -> str:
    """Every set against the baseline: each figure that moved, how many did not, and which questions turned."""
    lines = ["Against the baseline:"]
    for name, comparison in comparisons.items():
        moved = [c for c in comparison.changes if c.direction != "same"]
        same = len(comparison.changes) - len(moved)
        lines.append(f"  {name}: {same} figures the same" + (":" if moved else ", none better or worse"))
        for change in moved:
            before = "" if change.before is None else f"{change.before:.4f}"
            now = "" if change.now is None else f"{change.now:.4f}"
            lines.append(f"    {change.direction:<7}{change.figure:<20}{before:>7} -> {now}")
        for word, ids in (("now right", comparison.mended), ("now wrong", comparison.broken)):
            if ids:
                lines.append(f"    {word}: {' '.join(ids)}")
    every = [c.direction for comparison in comparisons.values() for c in comparison.changes]
    words: tuple[ChangeKind, ...] = ("better", "worse", "same", "new", "gone")
    counts = [f"{every.count(word)} {word}" for word in words if word in ("better", "worse", "same") or word in every]
    return "\n".join([*lines, f"In all: {', '.join(counts)}."])


def miss_text(checked: CheckedAnswer) -> str:
    """One miss: the question, what is wrong, the evidence there is and the evidence shown."""
    gold, answer = checked.gold, checked.answer
    asked = " / ".join((*gold.history, gold.question))
    lines = [f"- {gold.id} [{gold.type}, {gold.language}] {asked}", f"    wrong: {'; '.join(checked.faults)}"]
    if gold.yes:
        lines.append(f"    gold reports: {', '.join(gold.yes)}")
    if gold.values:
        lines.append(f"    gold values: {', '.join(gold.values)}")
    lines += [f"    gold: {file}「{quote}」" for file, quote in gold.evidence]
    text = (answer.get("text") or answer.get("error") or "").replace("\n", "\n            ")
    lines.append(
        f"    answer ({answer.get('kind', 'none')}): {text[:_LONGEST_TEXT]}{'…' if len(text) > _LONGEST_TEXT else ''}"
    )
    for c in answer.get("citations") or []:
        lines.append(f"    [{c['n']}] {c['file']} {c['start']}-{c['end']}「{c['quote']}」")
    for c in answer.get("nearest") or []:
        lines.append(f"    nearest {c['file']} {c['start']}-{c['end']}「{c['quote']}」")
    return "\n".join(lines)


_JUDGE_FIGURES = {
    "pair_auc": "area under the curve, pairs",
    "base_rate": "right if none ever said so",
    "pair_accuracy": "right, pairs",
    "pair_calibration_error": "calibration error, pairs",
    "report_auc": "area under the curve, reports of which-questions",
    "report_accuracy": "right, reports of which-questions",
    "report_calibration_error": "calibration error, reports",
    "which_f1": "list F1",
    "first_right": "first sentence right, one township",
}


def _columns(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  "
        + "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
