"""Retrieval on CMRC2018 dev (SQuAD format): R@1 and MRR of the bundled int8 encoder and of the same weights in fp32.

    python tests/benchmarks/cmrc_retrieval.py cmrc2018_dev.json [--questions 1000]
    python tests/benchmarks/cmrc_retrieval.py xquad.zh.json --asked-in xquad.en.json

Every passage is a candidate for every question; the questions are an even sample. Encoding the 848 passages in fp32
takes about two minutes on two cores. ``--asked-in`` takes the questions of the same ids from another file, to ask in
one language over passages in another.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from torch_reference import load_torch_reference

from xiangwen.encoding import load_encoder


def read(path: Path, sample: int, asked_in: Path | None = None) -> tuple[list[str], list[str], NDArray[np.int64]]:
    """Passages, an even sample of questions, and the passage index of each question."""
    paragraphs = _paragraphs(path)
    other = {qa["id"]: qa["question"] for row in _paragraphs(asked_in) for qa in row["qas"]} if asked_in else {}
    asked = [
        (other.get(qa["id"], qa["question"]), index)
        for index, paragraph in enumerate(paragraphs)
        for qa in paragraph["qas"]
    ]
    chosen = [asked[i] for i in np.linspace(0, len(asked) - 1, min(sample, len(asked))).astype(int)]
    contexts = [paragraph["context"] for paragraph in paragraphs]
    return contexts, [question for question, _ in chosen], np.array([index for _, index in chosen])


def _paragraphs(path: Path) -> list[dict[str, Any]]:
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [paragraph for article in articles for paragraph in article["paragraphs"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--asked-in", type=Path)
    arguments = parser.parse_args()
    passages, questions, gold = read(arguments.path, arguments.questions, arguments.asked_in)
    print(f"{len(passages)} passages, {len(questions)} questions")
    print(f"{'encoder':10}{'R@1':>8}{'R@10':>8}{'MRR':>8}{'seconds':>10}")
    for name, load in (("int8", load_encoder), ("fp32", load_torch_reference)):
        encoder = load()
        start = time.perf_counter()
        scores = encoder.encode_query(questions) @ encoder.encode_document(passages).T
        seconds = time.perf_counter() - start
        ranks = 1 + np.sum(scores > scores[np.arange(len(gold)), gold][:, None], axis=1)
        recall_1, recall_10, mrr = np.mean(ranks == 1), np.mean(ranks <= 10), np.mean(1 / ranks)
        print(f"{name:10}{recall_1:8.3f}{recall_10:8.3f}{mrr:8.3f}{seconds:10.0f}", flush=True)


if __name__ == "__main__":
    main()
