"""What reading a report costs, stage by stage: ``python tests/benchmarks/stages.py``.

Milliseconds of processor time a report over the reports of seeds/, tests/reports_dev and tests/reports_dev2, and each
stage's share of all.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from folders import DEV, SEEDS  # noqa: E402

from xiangwen.encoding import load_encoder  # noqa: E402
from xiangwen.index import passage_path  # noqa: E402
from xiangwen.ledger.cells import read_cells  # noqa: E402
from xiangwen.ledger.indicators import shipped  # noqa: E402
from xiangwen.ledger.weights import weights  # noqa: E402
from xiangwen.reports import read_folder, read_metadata  # noqa: E402
from xiangwen.segmentation.passages import split_passages  # noqa: E402


def main() -> None:
    """Print the table."""
    reports = [r for folder in (SEEDS, DEV, TESTS / "reports_dev2") for r in read_folder(folder).reports]
    passages = [split_passages(report.text) for report in reports]
    encoder, learnt, indicators = load_encoder(), weights(), shipped()
    paths = [[passage_path(r, p) for p in own] for r, own in zip(reports, passages, strict=True)]
    vectors = [encoder.encode_document(own) for own in paths]
    stages: dict[str, Callable[[int], object]] = {
        "issuer, places, year, title": lambda n: read_metadata(reports[n].text),
        "headings and passages": lambda n: split_passages(reports[n].text),
        "cells of the ledger": lambda n: read_cells(reports[n], passages[n], indicators, learnt, vectors[n]),
        "vectors": lambda n: encoder.encode_document(paths[n]),
    }
    cost: dict[str, float] = {}
    for name, stage in stages.items():
        started = time.process_time()
        for number in range(len(reports)):
            stage(number)
        cost[name] = 1000 * (time.process_time() - started) / len(reports)
    print(f"{len(reports)} reports, ms of processor time each")
    for name, ms in cost.items():
        print(f"{name:30} {ms:8.2f} {ms / sum(cost.values()):7.1%}")


if __name__ == "__main__":
    main()
