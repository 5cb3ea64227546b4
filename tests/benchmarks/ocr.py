"""Character error rate and speed of text recognition on scans made of reports: ``python tests/benchmarks/ocr.py``.

Each report is printed, turned by up to a degree, blurred, made noisy and read again. Distances are Levenshtein's, over
the characters without white space.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

from rapidfuzz.distance import Levenshtein

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import report_formats  # noqa: E402

from xiangwen.reports import decode  # noqa: E402
from xiangwen.reports.formats import extract  # noqa: E402

SCANS = ((150, 0.8), (150, -0.5), (300, 0.8), (300, -0.5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", nargs="?", type=Path, default=ROOT / "seeds")
    parser.add_argument("--characters", type=int, default=None, help="read only so many of each report")
    options = parser.parse_args()
    print(f"{'report':28} {'dpi':>4} {'turned':>7} {'pages':>5} {'characters':>10} {'errors':>7} {'s/page':>7}")
    for path in sorted(options.reports.glob("*.txt")):
        text = decode(path.read_bytes())[: options.characters]
        printed = report_formats.pdf(text)
        for dpi, degrees in SCANS:
            scan = report_formats.scanned_pdf([(page, dpi) for page in report_formats.scans(printed, dpi, degrees)])
            started = time.perf_counter()
            read = extract(scan, ".pdf")
            seconds = (time.perf_counter() - started) / len(read.pages)
            wanted = _squeezed(text)
            errors = Levenshtein.distance(_squeezed(read.text), wanted) / len(wanted)
            scanned = f"{path.name:28} {dpi:4} {degrees:6}° {len(read.pages):5}"
            print(f"{scanned} {len(wanted):10} {errors:7.2%} {seconds:7.1f}", flush=True)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


if __name__ == "__main__":
    main()
