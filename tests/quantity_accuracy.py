"""How many of the labelled quantities are read right, field by field: python tests/quantity_accuracy.py [--wrong].

``quantities.jsonl`` holds sentences of reports (seeds, reports_dev, reports_dev2, learning) with their quantities,
labelled by reading. 243 sentences are by one hand before any rule was written; 807 (``hands``: 2) by two hands blind to
each other, who agree on value and unit of .999 of 1,024 quantities, on what is counted of .955, role .985, period .987,
direction .997. Rules were made while looking at every other report of the set (`looked_at`); the others were only ever
counted. A field whose label is null, or a place in ``open``, is one on which the hands differ and is not counted. Nor
are the roles of frequencies (「每季度1次」) and of later stages (「受理68件，办结67件」): the two hands were told to
call them totals, the first hand had called them rates and parts.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xiangwen.language.characters import simplify
from xiangwen.quantities.reading import read_quantities

LABELS = Path(__file__).parent / "quantities.jsonl"
FIELDS = ("found", "value", "bound", "unit", "counted", "role", "period", "direction")


def looked_at(row: dict[str, Any]) -> bool:
    """Whether the sentence's report was read while rules were made."""
    return zlib.crc32(row["file"].encode()) % 2 == 0


def rows() -> list[dict[str, Any]]:
    """All labelled sentences."""
    return [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]


def _alike(said: str, gold: str) -> bool:
    """Whether both have the same head noun, one with more before it, or half of their pairs of characters (F1)."""
    gold = simplify(gold)
    if said.endswith(gold):
        return True
    pairs = [{w[i : i + 2] for i in range(len(w) - 1)} for w in (said, gold)]
    if not pairs[1]:
        return gold in said
    return 2 * len(pairs[0] & pairs[1]) >= 0.5 * (len(pairs[0]) + len(pairs[1]))


def compare(row: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    """Field by field, whether it is read as labelled, and what is read instead."""
    found = {q.start: q for q in read_quantities(row["sentence"], row["heading"], row["year"])}
    # An offset may differ by a bound before the number, which belongs to the quantity.
    by_end = {q.end: q for q in found.values()}
    matched = set()
    for gold in row["quantities"]:
        q = found.get(gold["start"]) or by_end.get(gold["start"] + len(gold["text"]))
        yield "found", q is not None, f"{gold['text']} not found in {row['sentence']}"
        if q is None:
            continue
        matched.add(q.start)
        yield "value", abs(q.value - gold["value"]) < 0.01 and abs(q.high - gold["high"]) < 0.01, f"{q}"
        said = {
            "bound": q.bound,
            "unit": q.unit,
            "role": q.role,
            "period": q.period.kind,
            "direction": q.direction,
        }
        for field, value in said.items():
            if gold[field] is not None and not (field == "role" and q.is_change):
                yield field, value == gold[field], f"{gold['text']} is {gold[field]}, read {value}: {row['sentence']}"
        if gold["counted"] is not None:
            good = _alike(q.counted, gold["counted"]) or _alike(q.subject, gold["counted"])
            yield "counted", good, f"{gold['text']} counts {gold['counted']}, read {q.counted!r}: {row['sentence']}"
    for start in found.keys() - matched - set(row.get("open", ())):
        yield "found", False, f"{found[start].text} is none: {row['sentence']}"


def accuracy(chosen: list[dict[str, Any]], wrong: bool = False) -> dict[str, tuple[int, int]]:
    """Of every field, how many are right and how many are labelled."""
    right: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    for row in chosen:
        for field, good, why in compare(row):
            labelled[field] += 1
            right[field] += good
            if wrong and not good:
                print(f"{field}: {why}")
    return {field: (right[field], labelled[field]) for field in FIELDS}


if __name__ == "__main__":
    everything = rows()
    for name, seen in (("looked at", True), ("not looked at", False)):
        part = [r for r in everything if looked_at(r) == seen]
        print(name, len(part), "sentences")
        for field, (right, of) in accuracy(part, "--wrong" in sys.argv and seen).items():
            print(f"  {field:10} {right}/{of} = {right / of:.3f}")
