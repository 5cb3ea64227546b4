"""Adding one report to an indexed collection against building it: the goal is a hundredth at 1,000 reports.

    python tests/benchmarks/incremental.py [--reports 1000]

Each report is a seed under an invented township name with other figures, and with a tenth of its sentences from another
seed, so that hardly any two hold the same sentence. Building a thousand takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from pathlib import Path

from xiangwen.encoding import load_encoder
from xiangwen.index import Index, build
from xiangwen.reports import Report, read_folder

ROOT = Path(__file__).parents[2]
_STEMS = "东南西北上下大小新高长石金玉青白红黄龙凤马牛羊河湖江海山岭坪坝桥关口"


def varied(reports: tuple[Report, ...], number: int) -> str:
    """A report that differs from all others; the same for the same number."""
    chance = random.Random(number)
    report, other = chance.sample(reports, 2)
    strange = [line for line in other.text.splitlines() if "。" in line]
    lines = [
        chance.choice(strange) if "。" in line and chance.random() < 0.1 else line for line in report.text.splitlines()
    ]
    text = re.sub(r"(?<!\d)\d{1,3}(?!\d)", lambda m: str(max(1, int(m[0]) + chance.randint(-9, 99))), "\n".join(lines))
    name = report.metadata.township or "万灵镇"
    return text.replace(name[:-1], "".join(chance.choices(_STEMS, k=2)) + name[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1000)
    size = parser.parse_args().reports
    seeds = read_folder(ROOT / "seeds").reports
    load_encoder()  # what a machine does once, unpacking the model, is part of neither side
    with tempfile.TemporaryDirectory() as temporary:
        folder, directory = Path(temporary) / "reports", Path(temporary) / "index"
        folder.mkdir()
        for number in range(size):
            (folder / f"{number:05d}.txt").write_text(varied(seeds, number), encoding="utf-8")
        whole = build(folder, directory)
        print(f"build: {whole.reports} reports, {whole.passages} passages, {whole.seconds:.1f} s")
        steps = {
            "nothing changed": lambda: None,
            "one report added": lambda: (folder / "1.txt").write_text(varied(seeds, size), encoding="utf-8"),
            "one report edited": lambda: (folder / "1.txt").write_text(varied(seeds, size + 1), encoding="utf-8"),
            "one report renamed": lambda: (folder / "1.txt").rename(folder / "2.txt"),
            "one report removed": lambda: (folder / "2.txt").unlink(),
        }
        for name, change in steps.items():
            change()
            result = build(folder, directory)
            ratio = whole.seconds / result.seconds
            print(f"{name:20}{result.seconds:8.2f} s   1/{ratio:.0f} of the build   {result.reports} reports")
        started = time.perf_counter()
        Index.load(directory)
        print(f"{'opening':20}{time.perf_counter() - started:8.2f} s")


if __name__ == "__main__":
    main()
