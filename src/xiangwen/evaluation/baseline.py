"""What got better or worse since the figures of a baseline file, which is committed and rewritten only on purpose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from xiangwen.evaluation.gold import EvaluationProblem
from xiangwen.evaluation.scoring import Figures

ChangeKind = Literal["better", "worse", "same", "new", "gone"]


@dataclass(frozen=True)
class Change:
    """One figure then and now; None where it was not measured."""

    figure: str
    before: float | None
    now: float | None

    @property
    def direction(self) -> ChangeKind:
        """For every figure more is better."""
        if self.before is None:
            return "new"
        if self.now is None:
            return "gone"
        if self.before == self.now:
            return "same"
        return "better" if self.now > self.before else "worse"


@dataclass(frozen=True)
class Comparison:
    """A set of answers against its baseline."""

    changes: tuple[Change, ...]
    mended: tuple[str, ...]
    """Ids of questions that were wrong and are right."""
    broken: tuple[str, ...]
    """Ids of questions that were right and are wrong."""


def compare_with_baseline(figures: Figures, baseline: Mapping[str, Any]) -> Comparison:
    """Every figure against the baseline. Time is left out: it tells of the machine as well."""
    now = figures.to_dict()
    before, after = dict(_numbers(baseline)), dict(_numbers(now))
    was, still = set(baseline.get("wrong", ())), set(now["wrong"])
    return Comparison(
        tuple(Change(name, before.get(name), after.get(name)) for name in {**after, **before}),
        tuple(sorted(was - still)),
        tuple(sorted(still - was)),
    )


def _numbers(figures: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in figures.items():
        if name == "median_ms":
            continue
        if isinstance(value, Mapping):
            for part, share in value.items():
                hits, of = share.split("/")
                yield f"right {part}", round(float(hits) / int(of), 4)
        elif isinstance(value, int | float):
            yield name, float(value)


def load(path: Path) -> dict[str, Any]:
    """The figures of every set by its name; empty where there is no baseline yet.

    Raises:
        EvaluationProblem: if the file is no baseline.
    """
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise EvaluationProblem(f"基线文件 {path} 无法读取。 The baseline {path} cannot be read.") from error


def save(path: Path, figures: Mapping[str, Figures]) -> None:
    """Write the figures of every set as the new baseline."""
    rows = {name: {k: v for k, v in f.to_dict().items() if k != "median_ms"} for name, f in figures.items()}
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
