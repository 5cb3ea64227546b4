"""Fit the verdict model: ``python -m xiangwen.training.verdicts PAIRS REPORTS [REPORTS …] --learning LEARNING``.

PAIRS holds questions with labelled passages (docs/labelling.md tells the format), REPORTS the folders of the reports
that they speak of; LEARNING is the folder of the authors' reports with their ``conditions.jsonl``. Every figure printed
and written is measured on questions, and in a second table on reports, that the model measured was not fitted on
(cross-validation by question and by report); the weights shipped are then fitted on all.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from xiangwen.index import Index, build
from xiangwen.questions import Atlas, Question, understand
from xiangwen.reports import read_folder
from xiangwen.retrieval.cross_encoder import Judge, shipped_judge
from xiangwen.retrieval.evidence import Evidence, Retriever
from xiangwen.retrieval.feature_names import FEATURES, JUDGE_FEATURES, REPORT_FEATURES
from xiangwen.retrieval.scoring import Scorer, judge_features
from xiangwen.retrieval.verdict_model import Logistic, VerdictModel, best_rows
from xiangwen.training.pairs import HELD_HANDS, is_held, of_another_hand

log = logging.getLogger(__name__)

OUT = Path(__file__).parents[1] / "retrieval" / "verdict_weights.json"
CONDITIONS = "conditions.jsonl"
_OF_CONDITIONS = 3
"""Of the conditions that the judge was trained on every third takes part in the fit of the features."""
_WORDINGS = 3
"""Wordings of each question that take part: as written, in English, and one variant."""
_EASY = 40
"""Passages without a label that take part for each question whose labels are complete: the nearest ones."""
_CONTRARY = 3.0
"""How often a denial or a plan counts where readings are weighed: the twenty reports have few (two in a hundred), and a
township listed for what it says it has not done is the worst of mistakes. Denials told from deeds rise from .81 to .92
(cross-validated by question), the area under the curve stays at .973, F1 of hard lists from .77 to .76."""


@dataclass(frozen=True)
class QuestionFeatures:
    """Feature rows of one wording of one question."""

    question: int
    asked: Question
    retriever: Retriever
    unseen: NDArray[np.bool_]
    """Passages whose readings take part: of conditions those that their judge was not trained on, else all."""
    form: str
    language: str
    complete: bool
    passages: NDArray[np.int64]
    reports: NDArray[np.int32]
    features: NDArray[np.float32]
    labels: NDArray[np.str_]
    """Of each passage, empty where it has none."""

    @property
    def supports(self) -> NDArray[np.bool_]:
        """Passages that say so; a denial answers whether one township did a thing."""
        denial = (self.labels == "no") & (self.form == "yesno")
        return np.asarray(np.isin(self.labels, ("yes", "partial")) | denial)

    @property
    def denies(self) -> NDArray[np.bool_]:
        """Passages that say the contrary."""
        return np.asarray((self.labels == "no") & (self.form != "yesno"))

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Passages with a label."""
        return np.asarray(self.labels != "")


def features_of_pairs(
    pairs: Sequence[dict[str, Any]], retriever: Retriever, held: Callable[[dict[str, Any], str], bool], first: int = 0
) -> Iterator[QuestionFeatures]:
    """The features of all passages in scope for every wording, with their labels.

    Args:
        pairs: questions with their labels.
        retriever: over their reports.
        held: whether the judge was not trained on the passages of a condition in a file.
        first: the number of the first question.
    """
    index = retriever.index
    atlas = Atlas(index.reports)
    place = {(index.reports[p.report].file, p.start, p.end): i for i, p in enumerate(index.passages)}
    for number, pair in enumerate(pairs, first):
        label = {
            place[(file, start, end)]: name
            for name, rows in pair["labels"].items()
            for file, start, end in rows
            if (file, start, end) in place
        }
        wordings = [pair["question"], *pair["english"][:1], *pair["variants"][:1]][:_WORDINGS]
        for text in wordings:
            question = understand(text, atlas)
            if question.scope.problem or not question.scope.reports:
                continue
            evidence = retriever.evidence(question)
            files = [index.reports[r].file for r in index.report_of[evidence.passages]]
            words = np.array([label.get(int(p), "") for p in evidence.passages])
            yield QuestionFeatures(
                question=number,
                asked=question,
                retriever=retriever,
                unseen=np.array([pair["form"] != "which" or held(pair, file) for file in files], dtype=bool),
                form=pair["form"],
                language=question.language,
                complete=pair["complete"],
                passages=evidence.passages,
                reports=index.report_of[evidence.passages],
                features=evidence.features,
                labels=words,
            )


def fit_logistic(x: NDArray[np.float32], y: NDArray[np.bool_], count: NDArray[np.float64] | None = None) -> Logistic:
    """A logistic regression over standardised features; ``count`` is how often each row counts."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    model = LogisticRegression(C=0.3, max_iter=2000).fit((x - mean) / scale, y, sample_weight=count)
    return Logistic(mean.astype(np.float64), scale.astype(np.float64), model.coef_[0], float(model.intercept_[0]))


def _training_rows(
    rows: Sequence[QuestionFeatures],
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
    x, supports, denies = [], [], []
    for row in rows:
        keep = row.labelled.copy()
        if row.complete:
            near = np.argsort(
                -row.features[:, FEATURES.index("similarity")] - 3 * row.features[:, FEATURES.index("coverage")]
            )
            keep[near[:_EASY]] = True
        x.append(row.features[keep])
        supports.append(row.supports[keep])
        denies.append(row.denies[keep])
    return np.concatenate(x), np.concatenate(supports), np.concatenate(denies)


def _report_rows(
    rows: Sequence[QuestionFeatures], supports: Logistic, denies: Logistic
) -> tuple[NDArray[np.float32], NDArray[np.bool_], list[tuple[int, int]]]:
    """One row for every report of every which-question, from the passages whose labels are known."""
    x, y, keys = [], [], []
    for whole in rows:
        row = _keep(whole, whole.labelled | whole.complete)
        if row.form != "which" or not len(row.reports):
            continue
        starts = np.flatnonzero(np.diff(row.reports, prepend=-1))  # the passages of a report stand side by side
        features, _ = best_rows(starts, supports.probability(row.features), denies.probability(row.features))
        x.append(features)
        y.append(np.logical_or.reduceat(row.supports, starts))
        keys += [(row.question, int(report)) for report in row.reports[starts]]
    return np.concatenate(x), np.concatenate(y), keys


def _lists(
    p: NDArray[np.float64], y: NDArray[np.bool_], keys: list[tuple[int, int]], threshold: float
) -> dict[str, float]:
    """F1 of the lists of townships, the mean over questions, and how many lists are right."""
    scores, right = [], []
    questions = np.array([k[0] for k in keys])
    for q in np.unique(questions):
        rows = questions == q
        said, gold = p[rows] >= threshold, y[rows]
        both = 2 * (said & gold).sum()
        scores.append(both / (said.sum() + gold.sum()) if said.any() or gold.any() else 1.0)
        right.append(float((said == gold).all()))
    return {"which_f1": float(np.mean(scores)), "lists_right": float(np.mean(right))}


def cross_validate(rows: Sequence[QuestionFeatures], by: str) -> dict[str, float]:
    """Figures on questions (or reports) that the model measured was not fitted on."""
    groups = np.array([r.question for r in rows])
    held_p, held_y, report_p, report_y, report_keys = [], [], [], [], []
    folds: list[tuple[list[QuestionFeatures], list[QuestionFeatures]]] = []
    if by == "question":
        for train, test in GroupKFold(5).split(groups, groups=groups):
            folds.append(([rows[i] for i in train], [rows[i] for i in test]))
    else:
        reports = np.unique(np.concatenate([r.reports for r in rows]))
        for fold in range(4):
            held = reports[fold::4]
            folds.append(([_only(r, held, False) for r in rows], [_only(r, held, True) for r in rows]))
    for train, test in folds:
        x, s, d = _training_rows(train)
        supports, denies = fit_logistic(x, s), fit_logistic(x, d)
        rx, ry, _ = _report_rows(train, supports, denies)
        report = fit_logistic(rx, ry)
        tx, ty, tk = _report_rows(test, supports, denies)
        report_p.append(report.probability(tx))
        report_y.append(ty)
        report_keys += tk
        for r in test:
            held_p.append(supports.probability(r.features[r.labelled]))
            held_y.append(r.supports[r.labelled])
    p, y = np.concatenate(held_p), np.concatenate(held_y)
    rp, ry = np.concatenate(report_p), np.concatenate(report_y)
    best = max(np.arange(0.2, 0.8, 0.05), key=lambda t: _lists(rp, ry, report_keys, t)["which_f1"])
    return {
        "pair_auc": float(roc_auc_score(y, p)),
        "pair_accuracy": float(((p >= 0.5) == y).mean()),
        "base_rate": float(max(y.mean(), 1 - y.mean())),
        "report_auc": float(roc_auc_score(ry, rp)),
        "report_accuracy": float(((rp >= 0.5) == ry).mean()),
        "report_base_rate": float(max(ry.mean(), 1 - ry.mean())),
        "calibration_error": _calibration_error(rp, ry),
        "threshold": float(best),
        **_lists(rp, ry, report_keys, best),
    }


def _only(row: QuestionFeatures, reports: NDArray[np.int32], inside: bool) -> QuestionFeatures:
    return _keep(row, np.isin(row.reports, reports) == inside)


def _calibration_error(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins."""
    bins = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)))


def readings_of(rows: Sequence[QuestionFeatures], model: VerdictModel, judge: Judge) -> Iterator[QuestionFeatures]:
    """The judge's readings, as features, of the best passages not trained on; as many as it reads in use."""
    for whole in rows:
        if not whole.unseen.any():
            continue
        row = _keep(whole, whole.unseen)
        scorer = Scorer(row.retriever, model, judge)
        evidence = Evidence(row.passages, dict(zip(FEATURES, row.features.T, strict=True)))
        prior = scorer.model.supports.probability(row.features)
        chosen = scorer.candidates(row.asked, evidence, prior)
        readings = scorer.read(row.asked, row.passages[chosen])
        yield replace(_keep(row, chosen), features=judge_features(row.asked, prior[chosen], readings))


def _keep(row: QuestionFeatures, keep: NDArray[np.bool_] | NDArray[np.int64]) -> QuestionFeatures:
    return replace(
        row,
        passages=row.passages[keep],
        reports=row.reports[keep],
        features=row.features[keep],
        unseen=row.unseen[keep],
        labels=row.labels[keep],
    )


def _supports_fit(readings: Sequence[QuestionFeatures]) -> Logistic:
    """Whether a passage that was read says so."""
    x, labels = _read_pairs(readings)
    says_so = np.concatenate([r.supports[r.labelled | r.complete] for r in readings])
    return fit_logistic(x, says_so, np.where(np.isin(labels, ("no", "future")), _CONTRARY, 1.0))


def _denies_fit(readings: Sequence[QuestionFeatures]) -> Logistic:
    """Whether a passage that was read says the contrary."""
    x, labels = _read_pairs(readings)
    denies = np.concatenate([r.denies[r.labelled | r.complete] for r in readings])
    return fit_logistic(x, denies, np.where(np.isin(labels, ("no", "future")), _CONTRARY, 1.0))


def _read_pairs(readings: Sequence[QuestionFeatures]) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
    masks = [r.labelled | r.complete for r in readings]
    x = np.concatenate([r.features[m] for r, m in zip(readings, masks, strict=True)])
    return x, np.concatenate([r.labels[m] for r, m in zip(readings, masks, strict=True)])


def _judged_fit(readings: Sequence[QuestionFeatures]) -> tuple[Logistic, Logistic, Logistic]:
    supports, denies = _supports_fit(readings), _denies_fit(readings)
    rx, ry, _ = _report_rows(readings, supports, denies)
    return supports, denies, fit_logistic(rx, ry)


def cross_validate_answers(readings: Sequence[QuestionFeatures], columns: Sequence[int]) -> dict[str, float]:
    """Figures for questions about one place, given these columns alone, on questions that the fit has not seen."""
    chosen = np.isin(np.arange(len(JUDGE_FEATURES)), columns)
    readings = [replace(r, features=r.features * chosen) for r in readings]
    groups = np.array([r.question for r in readings])
    p_all, y_all, first = [], [], []
    for train, test in GroupKFold(5).split(groups, groups=groups):
        supports = _supports_fit([readings[i] for i in train])
        for r in (readings[i] for i in test):
            p = supports.probability(r.features)
            known = r.labelled | r.complete
            p_all.append(p[known])
            y_all.append(r.supports[known])
            if r.complete and r.supports.any():
                first.append(bool(r.supports[p.argmax()]))
    p, y = np.concatenate(p_all), np.concatenate(y_all)
    return {
        "pair_auc": float(roc_auc_score(y, p)),
        "pair_accuracy": float(((p >= 0.5) == y).mean()),
        "base_rate": float(max(y.mean(), 1 - y.mean())),
        "pair_calibration_error": _calibration_error(p, y),
        "first_right": float(np.mean(first)),
        "readings": float(len(p)),
    }


def cross_validate_judged(readings: Sequence[QuestionFeatures], columns: Sequence[int]) -> dict[str, Any]:
    """Figures of the combined model, given these columns alone, on questions that nothing in it was fitted on."""
    chosen = np.isin(np.arange(len(JUDGE_FEATURES)), columns)
    readings = [replace(r, features=r.features * chosen) for r in readings]
    groups = np.array([r.question for r in readings])
    p_all, y_all, rp_all, ry_all, keys_all = [], [], [], [], []
    kinds: dict[str, list[NDArray[Any]]] = {"form": [], "language": [], "label": []}
    for train, test in GroupKFold(5).split(groups, groups=groups):
        supports, denies, report = _judged_fit([readings[i] for i in train])
        held = [readings[i] for i in test]
        for r in held:
            p = supports.probability(r.features)
            known = r.labelled | r.complete
            p_all.append(p[known])
            y_all.append(r.supports[known])
            kinds["form"].append(np.full(known.sum(), r.form))
            kinds["language"].append(np.full(known.sum(), r.language))
            kinds["label"].append(np.where(r.labels[known] == "", "unrelated", r.labels[known]))
        rx, ry, keys = _report_rows(held, supports, denies)
        rp_all.append(report.probability(rx))
        ry_all.append(ry)
        keys_all += keys
    p, y = np.concatenate(p_all), np.concatenate(y_all)
    rp, ry = np.concatenate(rp_all), np.concatenate(ry_all)
    best = max(np.arange(0.1, 0.8, 0.05), key=lambda t: _lists(rp, ry, keys_all, t)["which_f1"])
    return {
        "pair_auc": float(roc_auc_score(y, p)),
        "pair_accuracy": float(((p >= 0.5) == y).mean()),
        "base_rate": float(max(y.mean(), 1 - y.mean())),
        "pair_calibration_error": _calibration_error(p, y),
        "report_auc": float(roc_auc_score(ry, rp)),
        "report_accuracy": float(((rp >= 0.5) == ry).mean()),
        "report_calibration_error": _calibration_error(rp, ry),
        "which_threshold": float(best),
        **_lists(rp, ry, keys_all, best),
        "readings": float(len(p)),
        **{f"by {kind}": _right_by(p, y, np.concatenate(names)) for kind, names in kinds.items()},
    }


def _right_by(p: NDArray[np.float64], y: NDArray[np.bool_], names: NDArray[np.str_]) -> dict[str, dict[str, float]]:
    """For the pairs of each name: how many, the share judged right, the area under the curve where it is defined."""
    table = {}
    for name in np.unique(names):
        own = names == name
        row = {"pairs": float(own.sum()), "accuracy": float(((p[own] >= 0.5) == y[own]).mean())}
        if 0 < y[own].mean() < 1:
            row["auc"] = float(roc_auc_score(y[own], p[own]))
        table[str(name)] = row
    return table


def fit(rows: Sequence[QuestionFeatures], judge: Judge) -> dict[str, Any]:
    """The model fitted on everything, with the cross-validated figures beside it, as its file holds it."""
    x, s, d = _training_rows(rows)
    supports, denies = fit_logistic(x, s), fit_logistic(x, d)
    rx, ry, _ = _report_rows(rows, supports, denies)
    report = fit_logistic(rx, ry)
    features_only = VerdictModel(supports, denies, report, supports, supports, supports, denies, report, {}, {})
    readings = list(readings_of(rows, features_only, judge))
    answers = [r for r in readings if r.form != "which"]
    readings = [r for r in readings if r.form == "which"]
    everything = list(range(len(JUDGE_FEATURES)))
    judged, judged_denies, judged_report = _judged_fit(readings)
    judged_items = _supports_fit(answers)
    columns = {"features only": [0], "judge only": everything[1:], "both": everything}
    figures = {name: _rounded(cross_validate_judged(readings, chosen)) for name, chosen in columns.items()}
    answer_figures = {name: _rounded(cross_validate_answers(answers, chosen)) for name, chosen in columns.items()}
    return {
        "supports": as_json(supports, FEATURES),
        "denies": as_json(denies, FEATURES),
        "report": as_json(report, REPORT_FEATURES),
        "judged": as_json(judged, JUDGE_FEATURES),
        "judged_items": as_json(judged_items, JUDGE_FEATURES),
        "judged_denies": as_json(judged_denies, JUDGE_FEATURES),
        "judged_report": as_json(judged_report, REPORT_FEATURES),
        "fitted_on": {"wordings": len(rows), "questions": len({r.question for r in rows}), "rows": len(x)},
        "features_on_unseen_questions": _rounded(cross_validate(rows, "question")),
        "features_on_unseen_reports": _rounded(cross_validate(rows, "report")),
        "judge_on_unseen_questions": figures,
        "answers_on_unseen_questions": answer_figures,
    }


def as_json(model: Logistic, names: Sequence[str]) -> dict[str, Any]:
    """A model as the weights file holds it, by the names of its features."""
    return {
        "bias": round(model.bias, 5),
        "weights": {
            name: {"weight": round(float(w), 5), "mean": round(float(m), 5), "scale": round(float(s), 5)}
            for name, w, m, s in zip(names, model.weights, model.mean, model.scale, strict=True)
        },
    }


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {n: _rounded(value) if isinstance(value, dict) else round(value, 4) for n, value in figures.items()}


def _questions(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _retriever(reports: Path, folder: Path) -> Retriever:
    build(reports, folder)
    return Retriever(Index.load(folder))


def main() -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--learning", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--judge", type=Path, help="if not the one that ships")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder) / "reports"
        together.mkdir()
        for source in arguments.reports:
            for report in read_folder(source).reports:
                (together / Path(report.file).name).write_text(report.text, encoding="utf-8")
        rows = list(
            features_of_pairs(_questions(arguments.pairs), _retriever(together, Path(folder) / "index"), is_held)
        )
        conditions = _questions(arguments.learning / CONDITIONS)
        conditions = [c for n, c in enumerate(conditions) if c["by"] in HELD_HANDS or n % _OF_CONDITIONS == 0]
        of_authors = _retriever(arguments.learning, Path(folder) / "authors")
        rows += features_of_pairs(conditions, of_authors, of_another_hand, first=len(rows))
        result = fit(rows, Judge.load(arguments.judge) if arguments.judge else shipped_judge())
    known = json.loads(arguments.out.read_text(encoding="utf-8")) if arguments.out.exists() else {}
    # The thresholds are chosen on answers, not on pairs (each says where); a fit keeps them.
    result["thresholds"] = known.get("thresholds", {})
    result["judged_answer"] = known["judged_answer"]
    arguments.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for table in ("features_on_unseen_questions", "features_on_unseen_reports", "judge_on_unseen_questions"):
        log.info("%s: %s", table, json.dumps(result[table], indent=1))


if __name__ == "__main__":
    main()
