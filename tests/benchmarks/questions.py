"""Building and asking: the index of seeds/ and the kept questions, with the judge, without it, and a plain search.

    python tests/benchmarks/questions.py [--questions 60] [--copies 1]

All sides answer the same questions over the same index in one process, in turns. "top 5" is what a plain document chat
does before its language model: embed the question, take the five nearest passages of the FAISS index. ``--copies 20``
indexes each report twenty times under other township names, to see how the time grows with the collection.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, build
from xiangwen.reports import read_folder

ROOT = Path(__file__).parents[2]
_STEMS = "东南西北上下大小新高长石金玉青白红黄龙凤马牛羊河湖江海山岭坪坝桥关口"


def collection(folder: Path, copies: int) -> None:
    """The seeds, and copies of them under invented township names."""
    for report in read_folder(ROOT / "seeds").reports:
        (folder / report.file).write_text(report.text, encoding="utf-8")
        for n in range(1, copies):
            stem = _STEMS[n % len(_STEMS)] + _STEMS[(n * 7 + 3) % len(_STEMS)]
            name = report.metadata.township or ""
            text = report.text.replace(name[:-1], f"{stem}{name[0]}")
            (folder / f"{n:04d}_{report.file}").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--copies", type=int, default=1)
    arguments = parser.parse_args()
    gold = ROOT / "tests" / "questions" / "golden_dev.jsonl"
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()][: arguments.questions]
    with tempfile.TemporaryDirectory() as temporary:
        reports, directory = Path(temporary) / "reports", Path(temporary) / "index"
        reports.mkdir()
        collection(reports, arguments.copies)
        result = build(reports, directory)
        print(f"build: {result.reports} reports, {result.passages} passages, {result.seconds:.1f} s")
        each, speed = result.seconds / result.reports, result.passages / result.seconds
        print(f"       {each:.2f} s a report, {speed:.0f} passages/s")
        started = time.perf_counter()
        index = Index.load(directory)
        judged, plain = Assistant(index), Assistant(index, judge=False)
        judged.ask("哪些乡镇聘请了法律顾问？")
        print(f"open and first question: {time.perf_counter() - started:.1f} s")
        sides: dict[str, Callable[[str, list[str]], object]] = {
            "with judge": judged.ask,
            "features only": plain.ask,
            "top 5": lambda question, history: np.argsort(-index.similarity(question))[:5],
        }
        times: dict[str, list[float]] = {name: [] for name in sides}
        for row in rows:
            for name, side in sides.items():
                started = time.perf_counter()
                side(row["question"], row["history"])
                times[name].append(1000 * (time.perf_counter() - started))
        base = statistics.median(times["top 5"])
        print(f"\n{'one question':16}{'median ms':>12}{'p95 ms':>10}{'× top 5':>10}")
        for name, taken in times.items():
            median, p95 = statistics.median(taken), float(np.percentile(taken, 95))
            print(f"{name:16}{median:12.1f}{p95:10.1f}{median / base:10.1f}")
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
