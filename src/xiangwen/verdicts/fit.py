"""Fit the verdict model: ``python -m xiangwen.verdicts.fit PAIRS REPORTS [REPORTS …]`` writes ``weights.json``.

PAIRS holds questions with labelled passages (its README tells the format), REPORTS the folders of the reports that they
speak of. Every figure printed and written is measured on questions, and in a second table on reports, that the model
measured was not fitted on (cross-validation by question and by report); the weights shipped are then fitted on all.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from xiangwen.index import Index, build
from xiangwen.questions import Atlas, understand
from xiangwen.reports import read_folder
from xiangwen.retrieval import FEATURES, Retriever
from xiangwen.verdicts.model import REPORT_FEATURES, Logistic, report_features

log = logging.getLogger(__name__)
_WORDINGS = 3
"""Wordings of each question that take part: as written, in English, and one variant."""
_EASY = 40
"""Passages without a label that take part for each question whose labels are complete: the nearest ones."""


@dataclass(frozen=True)
class Rows:
    """Feature rows of one wording of one question."""

    question: int
    form: str
    language: str
    complete: bool
    passages: NDArray[np.int64]
    reports: NDArray[np.int32]
    features: NDArray[np.float32]
    supports: NDArray[np.bool_]
    denies: NDArray[np.bool_]
    labelled: NDArray[np.bool_]


def rows_of(pairs: Sequence[dict[str, Any]], retriever: Retriever) -> Iterator[Rows]:
    """The features of all passages in scope for every wording, with their labels."""
    index = retriever.index
    atlas = Atlas(index.reports)
    place = {(index.reports[p.report].file.rsplit("/", 1)[-1], p.start, p.end): i for i, p in enumerate(index.passages)}
    for number, pair in enumerate(pairs):
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
            words = np.array([label.get(int(p), "") for p in evidence.passages])
            yield Rows(
                question=number,
                form=pair["form"],
                language=question.language,
                complete=pair["complete"],
                passages=evidence.passages,
                reports=index.report_of[evidence.passages],
                features=evidence.features,
                supports=np.isin(words, ("yes", "partial")),
                denies=words == "no",
                labelled=words != "",
            )


def _fit(x: NDArray[np.float32], y: NDArray[np.bool_], c: float = 0.3) -> Logistic:
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    model = LogisticRegression(C=c, max_iter=2000).fit((x - mean) / scale, y)
    return Logistic(mean.astype(np.float64), scale.astype(np.float64), model.coef_[0], float(model.intercept_[0]))


def _training_rows(rows: Sequence[Rows]) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
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
    rows: Sequence[Rows], supports: Logistic, denies: Logistic
) -> tuple[NDArray[np.float32], NDArray[np.bool_], list[tuple[int, int]]]:
    """One row for every report of every which-question with complete labels."""
    x, y, keys = [], [], []
    for row in rows:
        if row.form != "which" or not row.complete:
            continue
        p, d = supports.probability(row.features), denies.probability(row.features)
        for report in np.unique(row.reports):
            inside = row.reports == report
            x.append(report_features(p[inside], d[inside]))
            y.append(bool(row.supports[inside].any()))
            keys.append((row.question, int(report)))
    return np.array(x), np.array(y), keys


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


def cross_validate(rows: Sequence[Rows], by: str) -> dict[str, float]:
    """Figures on questions (or reports) that the model measured was not fitted on."""
    groups = np.array([r.question for r in rows])
    held_p, held_y, report_p, report_y, report_keys = [], [], [], [], []
    folds: list[tuple[list[Rows], list[Rows]]] = []
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
        supports, denies = _fit(x, s), _fit(x, d)
        rx, ry, _ = _report_rows(train, supports, denies)
        report = _fit(rx, ry)
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


def _only(row: Rows, reports: NDArray[np.int32], inside: bool) -> Rows:
    keep = np.isin(row.reports, reports) == inside
    return Rows(
        row.question,
        row.form,
        row.language,
        row.complete,
        row.passages[keep],
        row.reports[keep],
        row.features[keep],
        row.supports[keep],
        row.denies[keep],
        row.labelled[keep],
    )


def _calibration_error(p: NDArray[np.float64], y: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins."""
    bins = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)))


def fit(rows: Sequence[Rows]) -> dict[str, Any]:
    """The model fitted on everything, with the cross-validated figures beside it, as ``weights.json`` holds it."""
    x, s, d = _training_rows(rows)
    supports, denies = _fit(x, s), _fit(x, d)
    rx, ry, _ = _report_rows(rows, supports, denies)
    report = _fit(rx, ry)
    return {
        "features": list(FEATURES),
        "supports": _as_json(supports, FEATURES),
        "denies": _as_json(denies, FEATURES),
        "report": _as_json(report, REPORT_FEATURES),
        "fitted_on": {"wordings": len(rows), "questions": len({r.question for r in rows}), "rows": len(x)},
        "unseen_questions": _rounded(cross_validate(rows, "question")),
        "unseen_reports": _rounded(cross_validate(rows, "report")),
    }


def _as_json(model: Logistic, names: Sequence[str]) -> dict[str, Any]:
    return {
        "bias": round(model.bias, 5),
        "weights": {
            name: {"weight": round(float(w), 5), "mean": round(float(m), 5), "scale": round(float(s), 5)}
            for name, w, m, s in zip(names, model.weights, model.mean, model.scale, strict=True)
        },
    }


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


def main() -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("weights.json"))
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    pairs = [json.loads(line) for line in arguments.pairs.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder) / "reports"
        together.mkdir()
        for source in arguments.reports:
            for report in read_folder(source).reports:
                (together / Path(report.file).name).write_text(report.text, encoding="utf-8")
        build(together, Path(folder) / "index")
        rows = list(rows_of(pairs, Retriever(Index.load(Path(folder) / "index"))))
    result = fit(rows)
    known = json.loads(arguments.out.read_text(encoding="utf-8")) if arguments.out.exists() else {}
    result["thresholds"] = known.get("thresholds", {})
    arguments.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for table in ("unseen_questions", "unseen_reports"):
        log.info("%s: %s", table, result[table])


if __name__ == "__main__":
    main()
