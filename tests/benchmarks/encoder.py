"""Passages a second: the bundled int8 encoder against plain sentence-transformers (torch fp32) with the same weights.

    python tests/benchmarks/encoder.py [--rounds 5] [--passages 32] [--characters 510]

Both sides encode the same passages of seeds/ in turns, in one process, with the threads each takes by default; the
ratios compare the median rounds. Torch is measured as it comes, with batches of 32, and with batches of 8, which suit
a small machine better.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from torch_reference import load_torch_reference

from xiangwen.encoding import load_encoder

SEEDS = Path(__file__).parents[2] / "seeds"


def passages(count: int, characters: int) -> list[str]:
    """`count` pieces of `characters` characters out of the reports in seeds/."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    pieces = [
        text[start : start + characters] for text in texts for start in range(0, len(text) - characters, characters)
    ]
    return (pieces * (count // len(pieces) + 1))[:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--passages", type=int, default=32)
    parser.add_argument("--characters", type=int, default=510)
    arguments = parser.parse_args()
    texts = passages(arguments.passages, arguments.characters)
    encoder, torch_side = load_encoder(), load_torch_reference()
    plain = [text.translate(torch_side.normalisation) for text in texts]
    sides: dict[str, Callable[[], np.ndarray]] = {
        "int8, ONNX Runtime": lambda: encoder.encode_document(texts),
        "fp32, torch": lambda: torch_side.model.encode_document(plain),
        "fp32, torch, batches of 8": lambda: torch_side.model.encode_document(plain, batch_size=8),
    }
    vectors = {name: encode() for name, encode in sides.items()}  # warms up
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(arguments.rounds):
        for name, encode in sides.items():
            start = time.perf_counter()
            encode()
            speeds[name].append(len(texts) / (time.perf_counter() - start))
    ours, *theirs = sides
    print(f"{len(texts)} passages of {arguments.characters} characters, median of {arguments.rounds} rounds")
    print(f"{'encoder':28}{'passages/s':>12}{'slowest':>10}{'fastest':>10}")
    for name, rounds in speeds.items():
        print(f"{name:28}{statistics.median(rounds):12.1f}{min(rounds):10.1f}{max(rounds):10.1f}")
    for name in theirs:
        ratio = statistics.median(speeds[ours]) / statistics.median(speeds[name])
        cosine = np.sum(vectors[ours] * vectors[name], axis=1)
        print(f"{ratio:.2f} times {name}; cosine {cosine.mean():.4f}, worst {cosine.min():.4f}")
    start = time.perf_counter()
    for _ in range(50):
        encoder.encode_query(["哪些乡镇为每个村都聘请了法律顾问？"])
    print(f"one question: {(time.perf_counter() - start) / 50 * 1000:.1f} ms")


if __name__ == "__main__":
    main()
