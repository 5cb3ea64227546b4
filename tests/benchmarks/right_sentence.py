"""The encoder alone: does it put the sentence that answers first, and can it tell what a report does not answer?

    python tests/benchmarks/right_sentence.py [--models e5-small-townships multilingual-e5-small] [GOLD REPORTS ...]

Of each question that one named report answers, the passages of that report are ranked by similarity: the share with a
gold sentence first, and among the first three. Of questions with and without an answer, the area under the curve of the
best similarity. Without arguments the sets are those of tests/questions and tests/reports_dev2; the encoder was trained
on none of their reports.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from xiangwen.encoding import BASE_MODEL, DEFAULT_MODEL, Encoder, load_encoder
from xiangwen.index import passage_path
from xiangwen.questions import Atlas, understand
from xiangwen.reports import read_folder
from xiangwen.segmentation.passages import split_passages

TESTS = Path(__file__).parents[1]
SETS = [
    (TESTS / "questions/seeds_zh.jsonl", TESTS.parent / "seeds"),
    (TESTS / "questions/seeds_en.jsonl", TESTS.parent / "seeds"),
    (TESTS / "reports_dev/facts.jsonl", TESTS / "reports_dev"),
    (TESTS / "reports_dev2/facts.jsonl", TESTS / "reports_dev2/reports"),
]


def measured(encoder: Encoder, gold: Path, folder: Path) -> str:
    """One row of the table."""
    reports = {Path(r.file).name: r for r in read_folder(folder).reports}
    passages = {name: split_passages(report.text) for name, report in reports.items()}
    vectors = {
        name: encoder.encode_document([passage_path(report, p) for p in passages[name]])
        for name, report in reports.items()
    }
    atlas = Atlas(list(reports.values()))
    first, third, best, answerable = [], [], [], []
    for line in gold.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["type"] not in ("fact", "number", "unanswerable") or row.get("history"):
            continue
        question = understand(row["question"], atlas)
        files = {e["file"] for e in row.get("evidence", [])} or {
            Path(list(reports.values())[n].file).name for n in question.scope.reports if question.scope.groups
        }
        if len(files) != 1:
            continue
        (file,) = files
        query = encoder.encode_query([question.topic or question.text])[0]
        scores = vectors[file] @ query
        best.append(float(scores.max()))
        spans = [
            (start, start + len(e["quote"]))
            for e in row.get("evidence", [])
            if (start := reports[file].text.find(e["quote"])) >= 0
        ]
        answers = row.get("answerable", row["type"] != "unanswerable")
        answerable.append(answers)
        if answers:
            order = np.argsort(-scores)[:3]
            hits = [any(passages[file][i].start < e and s < passages[file][i].end for s, e in spans) for i in order]
            first.append(hits[0])
            third.append(any(hits))
    area = f"{roc_auc_score(answerable, best):.3f}" if len(set(answerable)) == 2 else "–"
    name = f"{gold.parent.name}/{gold.stem}"
    return f"{name:24} {len(first):5} {np.mean(first):7.3f} {np.mean(third):7.3f} {area:>7}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="*", help="gold questions and the folder of their reports, in turn")
    parser.add_argument("--models", nargs="+", default=[DEFAULT_MODEL, BASE_MODEL])
    given = parser.parse_args()
    pairs = list(zip(given.sets[::2], given.sets[1::2], strict=True)) or SETS
    print(f"{'':20} {'set':24} {'asked':>5} {'first':>7} {'three':>7} {'area':>7}")
    for gold, folder in pairs:
        for model in given.models:
            print(f"{model[-20:]:20} {measured(load_encoder(model), gold, folder)}", flush=True)


if __name__ == "__main__":
    main()
