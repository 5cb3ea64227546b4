"""Does Milvus answer as the index folder does, and what does it cost: generated reports, put onto Milvus Lite.

    make bench-milvus
    python tests/benchmarks/milvus.py FOLDER --all-up-to 6000 --judge

FOLDER is one that ``workload.py`` wrote (reports/, questions.jsonl); its index is built, or kept up to date, in index/.
``--all-up-to`` below the number of sentences, and ``--each``, the passages of a report that are then fetched at most,
show what more reports than these would get. Times are those of Milvus Lite, which is Python in the same process, and
say nothing of a server. Every question that differs is named.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from xiangwen.answers import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, build
from xiangwen.milvus import Address, MilvusStore, opened, publish
from xiangwen.retrieval import candidate_source


def same_verdicts(folder: Answer, milvus: Answer) -> int:
    """How many verdicts are the same."""
    there = {v.report: v.verdict for v in milvus.verdicts}
    return sum(there.get(v.report) == v.verdict for v in folder.verdicts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all-up-to", type=int, default=opened.ALL_UP_TO)
    parser.add_argument("--each", type=int, default=candidate_source.EACH[1])
    parser.add_argument("--judge", action="store_true", help="let the judge read, as it does in use")
    given = parser.parse_args()
    candidate_source.EACH = (candidate_source.EACH[0], given.each)
    built = build(given.folder / "reports", given.folder / "index")
    print(f"index folder: {built.passages:,} passages built in {built.seconds:.0f} s")
    index = Index.load(given.folder / "index")
    with tempfile.TemporaryDirectory() as scratch:
        address = Address.read(f"milvus:{scratch}/bench.db")
        done = publish(given.folder / "index", address)
        size = sum(path.stat().st_size for path in Path(scratch).rglob("*") if path.is_file())
        started = time.perf_counter()
        store = MilvusStore.load(address)
        opening = time.perf_counter() - started
        store = MilvusStore(store.connection, store.collection, all_up_to=given.all_up_to)
        store.take_encoder(index)
        print(
            f"{done.reports} reports, {done.passages:,} passages: uploaded in {done.seconds:.1f} s, "
            f"{size / done.passages:,.0f} bytes a passage, opened in {opening:.2f} s"
        )
        compare(index, store, given.folder / "questions.jsonl", given.judge)


def compare(index: Index, store: MilvusStore, questions: Path, judge: bool) -> None:
    """Ask both the same questions."""
    folder, milvus = (Assistant(where, judge=judge) for where in (index, store))
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    verdicts = agreeing = texts = 0
    times: dict[str, list[float]] = {"folder": [], "Milvus": []}
    for row in rows:
        answers = []
        for name, assistant in (("folder", folder), ("Milvus", milvus)):
            started = time.perf_counter()
            answers.append(assistant.ask(row["question"], row["history"]))
            times[name].append(time.perf_counter() - started)
        same, of = same_verdicts(*answers), len(answers[0].verdicts)
        verdicts, agreeing, texts = verdicts + of, agreeing + same, texts + (answers[0].text == answers[1].text)
        if same < of:
            print(f"  {same}/{of} {row['question']}")
    share = agreeing / max(1, verdicts)
    print(
        f"{len(rows)} questions: {agreeing:,} of {verdicts:,} verdicts agree ({share:.4f}), {texts} texts are the same"
    )
    print("; ".join(f"{name} {1000 * statistics.median(spent):.0f} ms a question" for name, spent in times.items()))


if __name__ == "__main__":
    main()
