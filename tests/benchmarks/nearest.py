"""Which index for the vectors: recall, agreement of verdicts, time and memory of what FAISS offers.

    python tests/benchmarks/nearest.py [--reports 150] [--index DIR]

Really encoded sentences of generated reports (``--index`` takes an index that is there), the topics of the workload's
questions against them. "bytes" is what the product uses above `EXACT_UP_TO` sentences: all compared as one byte a
dimension, the best again exactly. A search must find the ten that an exact comparison finds (recall@10 at least .99);
a which-question needs how near *every* sentence is, since every report is judged by its best: the column "reports"
says which share of the reports has its nearest sentence among what a single query of an approximate index gives (5,000
neighbours). "verdicts" is the share of reports that get the same verdict as with exact vectors. Last, times at
``--large`` vectors synthesised around the real ones.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import workload
from numpy.typing import NDArray
from scale import near

from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, build
from xiangwen.index.vectors import Codes, Vectors
from xiangwen.questions import Atlas, understand

_REACH = 5_000
Search = Callable[[NDArray[np.float32], int], NDArray[np.int64]]


def approximate(name: str, vectors: NDArray[np.float32]) -> tuple[Search, float, float]:
    """A FAISS index over the vectors as (search, seconds to build, MB)."""
    started = time.perf_counter()
    count, dimensions = vectors.shape
    kind, _, setting = name.partition(" ")
    if kind == "IVF":
        lists = int(4 * count**0.5)
        index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimensions), dimensions, lists, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[np.random.default_rng(7).permutation(count)[: 40 * lists]])
        index.nprobe = int(setting)
    elif kind == "HNSW":
        index = faiss.IndexHNSWFlat(dimensions, 32, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efSearch = int(setting)
    else:
        index = faiss.IndexFlatIP(dimensions)
    index.add(vectors)
    seconds = time.perf_counter() - started
    size = count * dimensions * 4 / 1e6 + (count * 2 * 32 * 4 / 1e6 if kind == "HNSW" else 0)
    return lambda query, k: index.search(query[None], k)[1][0], seconds, size


def milliseconds(search: Search, queries: NDArray[np.float32]) -> float:
    """Median time of one query for its ten nearest."""
    times = []
    for query in queries:
        started = time.perf_counter()
        search(query, 10)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def table(index: Index, coded: Vectors, queries: NDArray[np.float32]) -> None:
    exact = np.asarray(index.vectors)
    wanted = [set(np.argsort(-(exact @ query), kind="stable")[:10]) for query in queries]
    nearest_of_report = []
    for query in queries:
        near = exact @ query
        nearest_of_report.append(
            [s + int(near[s:e].argmax()) for s, e in zip(index.starts[:-1], index.starts[1:], strict=True) if e > s]
        )
    print(f"{'index':12}{'recall@10':>11}{'reports':>9}{'ms':>8}{'build s':>9}{'MB':>8}")
    names = ("exact", "bytes", "IVF 8", "IVF 32", "IVF 128", "HNSW 64", "HNSW 256")
    for name in names:
        if name == "bytes":
            search, seconds, size = coded.nearest, 0.0, exact.size / 1e6
        else:
            search, seconds, size = approximate(name, exact)
        found = [set(search(query, 10).tolist()) for query in queries]
        recall = np.mean([len(a & b) / 10 for a, b in zip(found, wanted, strict=True)])
        seen = [set(search(query, _REACH).tolist()) for query in queries[:20]]
        reached = np.mean(
            [np.mean([row in s for row in rows]) for s, rows in zip(seen, nearest_of_report, strict=False)]
        )
        print(
            f"{name:12}{recall:11.3f}{reached:9.3f}{milliseconds(search, queries):8.2f}{seconds:9.1f}{size:8.0f}",
            flush=True,
        )


def agreement(index: Index, coded: Vectors, questions: list[str]) -> tuple[float, int]:
    """Share of the verdicts that are the same with exact vectors and with bytes, and how many verdicts."""
    words = []
    for vectors in (index.stored_vectors, coded):
        index.stored_vectors = vectors
        index.everything = replace(index.everything, vectors=vectors)
        assistant = Assistant(index)
        words.append([{v.report: v.verdict for v in assistant.ask(text).verdicts} for text in questions])
    same = [a[report] == b[report] for a, b in zip(*words, strict=True) for report in a]
    return float(np.mean(same)), len(same)


def large(around: NDArray[np.float32], count: int, queries: NDArray[np.float32]) -> None:
    dice = np.random.default_rng(7)
    vectors = np.empty((count, around.shape[1]), dtype=np.float32)
    for start in range(0, count, 65_536):
        rows = vectors[start : start + 65_536]
        rows[:] = near(around, len(rows), dice)
    with tempfile.TemporaryDirectory() as folder:
        Vectors.write(Path(folder) / "v", [vectors])
        coded = Vectors.open(Path(folder) / "v")
        everything = milliseconds(lambda query, k: coded.similarity(query)[:k].astype(np.int64), queries)
        print(f"{count:,} vectors synthesised around the real ones, milliseconds (median):")
        print(f"  bytes: ten nearest {milliseconds(coded.nearest, queries):.0f}, similarity of all {everything:.0f}")
        exact, _, _ = approximate("exact", vectors)
        print(f"  exact: ten nearest {milliseconds(exact, queries[:10]):.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=150)
    parser.add_argument("--index", type=Path, help="an index that is there")
    parser.add_argument("--large", type=int, default=2_000_000, help="0 leaves this part out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if given.index is None:
            workload.write(folder, given.reports, seed=7)
            build(folder / "reports", folder / "index")
        index = Index.load(given.index or folder / "index")
        matters = workload.Workload(7).matters
        which = [text for matter in matters for text in matter.get("which", ())]
        topics = [understand(text, Atlas(index.reports)).topic for text in which]
        queries = np.stack([index.vector(topic) for topic in topics])
        Vectors.write(folder / "coded", [index.vectors])
        Codes.write(folder / "coded")
        coded = Vectors.open(folder / "coded")
        print(f"{len(index.reports)} reports, {len(index.vectors):,} sentences, {len(queries)} questions")
        table(index, coded, queries)
        same, verdicts = agreement(index, coded, which)
        print(f"verdicts with bytes as with exact vectors: {same:.4f} of {verdicts:,}")
        if given.large:
            large(np.asarray(index.vectors), given.large, queries)


if __name__ == "__main__":
    main()
