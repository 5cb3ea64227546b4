"""How well reports are read: metadata and headings of the kept reports and of made ones in many offices' styles.

    python tests/benchmarks/reading.py [--made 500]

The rules were developed on half of the kept reports and on made reports of low seeds; the other half and the seeds from
`wild_reports.REPORT_FROM` on were looked at only as figures. (The kept reports had all been read before the halves were
drawn, so their second half shows only that nothing was lost; the made ones of high seeds are new.)
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from reading_scores import FIELDS, Scores  # noqa: E402
from wild_reports import REPORT_FROM, wild_report  # noqa: E402

from xiangwen.reports import decode  # noqa: E402

LOOKED_AT = frozenset({"001", "006", "009", "014", "016", "025", "031", "038"})


def kept(looked_at: bool) -> Scores:
    """Scores of one half of the reports in tests/reports_dev."""
    scores = Scores()
    for line in (TESTS / "reports_dev" / "meta.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        if (gold["id"] in LOOKED_AT) == looked_at:
            text = decode((TESTS / "reports_dev" / f"{gold['id']}.txt").read_bytes())
            scores.add(text, gold, [(h["level"], h["text"]) for h in gold["headings"]])
    return scores


def made(first: int, count: int) -> Scores:
    """Scores of so many made reports from that seed on."""
    scores = Scores()
    for seed in range(first, first + count):
        report = wild_report(seed)
        scores.add(report.text, asdict(report.metadata), report.headings)
    return scores


def main() -> None:
    """Print one row a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--made", type=int, default=500, metavar="N")
    count = parser.parse_args().made
    sets = {
        "kept, looked at": kept(True),
        "kept, held out": kept(False),
        "made, looked at": made(0, count),
        "made, held out": made(REPORT_FROM, count),
    }
    columns = (*FIELDS, "precision", "recall", "F1", "perfect")
    print("| set | reports | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * (len(columns) + 1))
    for name, s in sets.items():
        figures = [*(s.right[f] / s.reports for f in FIELDS), s.precision, s.recall, s.f1, s.perfect / s.reports]
        print(f"| {name} | {s.reports} | " + " | ".join(f"{value:.3f}" for value in figures) + " |")


if __name__ == "__main__":
    main()
