"""How build, memory and questions grow with the collection: generated reports, each size in a new process.

    make bench-scale
    python tests/benchmarks/scale.py --reports 5 100 1500 15000 --embed-up-to 100

Encoding is what a build spends its time on; hours at 1,500 reports. Above ``--embed-up-to`` reports only so many
passages as ``--centres`` says are encoded, and all vectors are synthesised as unit vectors around these: the table says
"synthesised", the encoding column then holds what encoding all would have taken at the speed measured. Synthesised
vectors are as near or far as real ones on the whole, but not to their own sentence: times hold, answers do not.

Questions are those of the workload; the judge reads as it does in use. Resident memory is given after opening and after
all questions, and how much of it is the process's own: the rest is mapped files, which the system may drop at any time.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import workload
from numpy.typing import NDArray

QUESTIONS = {
    "search": ("矛盾纠纷调解", "法律顾问审查合同", "燃放烟花的罚款", "哪些学校有法治副校长"),
    "which": tuple(q for m in workload.Workload(0).matters for q in m.get("which", ())[:1]),
    "which, en": (
        "Which townships hire a legal adviser for every village?",
        "Which townships use a points system?",
        "Which townships trained their cadres in law?",
        "Which townships settled disputes before they went to court?",
    ),
    "rank": tuple(q for m in workload.Workload(0).matters for q in m.get("most", ())[:1]),
}


def memory() -> tuple[float, float]:
    """Resident memory and that of the process alone, in MB."""
    status = Path("/proc/self/status").read_text()
    both = [re.search(rf"{name}:\s*(\d+)", status) for name in ("VmRSS", "RssAnon")]
    return tuple(int(m[1]) / 1024 if m else 0.0 for m in both)  # type: ignore[return-value]


def near(around: NDArray[np.float32], count: int, dice: np.random.Generator) -> NDArray[np.float32]:
    """Unit vectors near some of those given, shape (count, dimensions)."""
    rows = around[dice.integers(0, len(around), count)]
    rows += 0.02 * dice.standard_normal(rows.shape, dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def build(folder: Path, embed: bool, centres: int) -> dict[str, Any]:
    """Build the index of ``folder/reports`` with a stop watch at each stage."""
    from xiangwen.index import building, entries
    from xiangwen.index.bm25 import LexicalIndex
    from xiangwen.index.signals import ReportSignals, Signals
    from xiangwen.index.vectors import Vectors

    spent: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **more)
            finally:
                spent[name] = spent.get(name, 0.0) + time.perf_counter() - started

        return call

    encode = entries._encode_paths

    def timed_encoding(*given: Any) -> Iterator[tuple[Sequence[int], NDArray[np.float32]]]:
        # Counted while it works, not while its reader does.
        encoded = encode(*given)
        while (part := timed("encode", next)(encoded, None)) is not None:
            yield part

    def synthesised(
        encoder: Any, paths: Sequence[Sequence[tuple[str, ...]]], underway: Any
    ) -> Iterator[tuple[Sequence[int], NDArray[np.float32]]]:
        dice = np.random.default_rng(7)
        some, total = 0, sum(map(len, paths))
        while some < len(paths) and sum(map(len, paths[:some])) < centres:
            some += 1
        started = time.perf_counter()
        around = np.concatenate([vectors for _, vectors in encode(encoder, paths[:some], underway)])
        spent["encode"] = spent.get("encode", 0.0) + (time.perf_counter() - started) * total / len(around)
        for start in range(0, total, 65_536):
            numbers = range(start, min(start + 65_536, total))
            yield numbers, near(around, len(numbers), dice)

    @contextmanager
    def afterwards(work: Callable[[Any], Any], items: Any) -> Iterator[Future[Any]]:
        # Not beside the few that are encoded, whose time stands for all.
        done: Future[Any] = Future()
        yield done
        done.set_result(work(items))

    if not embed:
        entries._beside = afterwards
    building.read_folder = timed("read", building.read_folder)
    entries.split_passages = timed("split", entries.split_passages)
    entries._encode_paths = timed_encoding if embed else synthesised
    entries.count_words = timed("words", entries.count_words)
    ReportSignals.of = timed("signals", ReportSignals.of)  # type: ignore[method-assign]
    Signals.joined = timed("signals", Signals.joined)  # type: ignore[method-assign]
    LexicalIndex.from_counts = timed("words", LexicalIndex.from_counts)  # type: ignore[method-assign]
    Vectors.write = timed("vectors", Vectors.write)  # type: ignore[method-assign]
    started = time.perf_counter()
    result = building.build(folder / "reports", folder / "index", rebuild=True)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"reports": result.reports, "passages": result.passages, "seconds": seconds, "peak": peak, **spent}


def ask(folder: Path, rounds: int) -> dict[str, Any]:
    """Open the index and ask."""
    started = time.perf_counter()
    from xiangwen.answers.assistant import Assistant
    from xiangwen.index import Index

    imported = time.perf_counter()
    index = Index.load(folder / "index")
    loaded = time.perf_counter()
    assistant = Assistant(index)
    opened = time.perf_counter()
    after_opening = memory()
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    kinds = {**QUESTIONS, "number": tuple(r["question"] for r in rows if r["type"] == "number")}
    assistant.ask("哪些乡镇聘请了法律顾问？")
    assistant.retriever.search("法律顾问")
    times: dict[str, list[float]] = {}
    for kind, questions in kinds.items():
        for text in questions[:rounds]:
            started_one = time.perf_counter()
            if kind == "search":
                assistant.retriever.search(text, 10)
            else:
                assistant.ask(text)
            times.setdefault(kind, []).append(1000 * (time.perf_counter() - started_one))
    return {
        "import": imported - started,
        "load": loaded - imported,
        "open": opened - imported,
        "memory": [*after_opening, *memory()],
        "times": {kind: (statistics.median(t), float(np.percentile(t, 95))) for kind, t in times.items()},
        "vectors": index.stored_vectors.describe(),
    }


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of each part of the index."""
    found: dict[str, int] = {}
    for path in (folder / "index").rglob("*"):
        if path.is_file():
            part = (path.relative_to(folder / "index").parts[1:2] or ("pointer",))[0]
            found[part] = found.get(part, 0) + path.stat().st_size
    return found


def alone(*arguments: str) -> dict[str, Any]:
    """This file in a process of its own."""
    run = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(run.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, nargs="*", default=[5, 100, 1500, 15000])
    parser.add_argument("--embed-up-to", type=int, default=100)
    parser.add_argument("--centres", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=20, help="questions of each kind, at most")
    parser.add_argument("--folder", type=Path, help="keep the collections and indexes here")
    parser.add_argument("--one", nargs=2, metavar=("STEP", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--embed", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        step, folder = given.one[0], Path(given.one[1])
        print(json.dumps(build(folder, given.embed, given.centres) if step == "build" else ask(folder, given.rounds)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        for count in given.reports:
            folder = (given.folder or Path(temporary)) / f"{count}"
            workload.write(folder, count, seed=7)
            embed = count <= given.embed_up_to
            options = ["--centres", str(given.centres), "--rounds", str(given.rounds), *(["--embed"] if embed else [])]
            built = alone("--one", "build", str(folder), *options)
            show(built, sizes(folder), alone("--one", "ask", str(folder), *options), embed)


def show(built: dict[str, Any], parts: dict[str, int], asked: dict[str, Any], embed: bool) -> None:
    """One size, in a dozen lines."""
    n = built["passages"]
    print(f"\n{built['reports']} reports, {n} sentences, vectors {'encoded' if embed else 'synthesised'}")
    stages = ("read", "split", "encode", "signals", "words", "vectors")
    each = "  ".join(f"{stage} {1e6 * built[stage] / n:.0f}" for stage in stages)
    note = "" if embed else "; encode estimated from the centres"
    print(f"  build {built['seconds']:.1f} s, {n / built['seconds']:.0f} sentences/s; µs a sentence: {each}{note}")
    print(f"  peak memory of the build {built['peak']:.0f} MB, {1e3 * built['peak'] / n:.1f} kB a sentence")
    disk = "  ".join(f"{part} {size / n:.0f}" for part, size in sorted(parts.items()) if size > n)
    print(f"  disk {sum(parts.values()) / 1e6:.0f} MB; bytes a sentence: {disk}")
    resident, own, later, own_later = asked["memory"]
    print(f"  opened in {asked['open']:.2f} s (imports {asked['import']:.1f} s before)")
    print(f"  memory opened {resident:.0f} MB ({own:.0f} its own), after questions {later:.0f} MB ({own_later:.0f})")
    for kind, (median, p95) in asked["times"].items():
        print(f"  {kind:10} median {median:8.1f} ms   p95 {p95:8.1f} ms")
    print(f"  {asked['vectors']}", flush=True)


if __name__ == "__main__":
    main()
