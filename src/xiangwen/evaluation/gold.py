"""Gold questions: what is asked and what a right answer holds. ``tests/questions/README.md`` documents the format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNANSWERABLE = ("unanswerable", "offtopic")
WHICH = ("which", "which_number")


class EvaluationProblem(ValueError):
    """Questions or answers that cannot be scored; the message is one plain sentence."""


@dataclass(frozen=True)
class Gold:
    """One question with its right answer."""

    id: str
    type: str
    """fact number list summary followup compare which which_number unanswerable offtopic."""
    language: str
    """zh or en."""
    question: str
    history: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    """(file, exact quote)."""
    values: tuple[str, ...]
    """Numbers with their units that the answer must say."""
    values_any: tuple[str, ...]
    """Derived numbers (a sum, a difference), any one of which stands for all values."""
    yes: tuple[str, ...]
    """Files of the reports that a which-question is true of, or that come first in a ranking."""
    scope: tuple[str, ...]
    """Files of the reports that need a verdict; none means all."""
    answerable: bool

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Gold:
        """One line of a gold file."""
        kind = row["type"]
        return cls(
            id=str(row["id"]),
            type=kind,
            language=row.get("lang", "zh"),
            question=row["question"],
            history=tuple(row.get("history") or ()),
            evidence=tuple((e["file"], e["quote"]) for e in row.get("evidence") or ()),
            values=tuple(row.get("values") or ()),
            values_any=tuple(row.get("values_any") or ()),
            yes=tuple(row.get("yes") or ()),
            scope=tuple(row.get("scope") or ()),
            answerable=row.get("answerable", kind not in UNANSWERABLE),
        )


def read_gold(path: Path) -> tuple[Gold, ...]:
    """Read a gold file.

    Raises:
        EvaluationProblem: if it cannot be read or a line is no gold question.
    """
    gold = []
    for number, row in read_lines(path):
        try:
            gold.append(Gold.from_row(row))
        except (KeyError, TypeError, AttributeError) as error:
            raise EvaluationProblem(
                f"{path} 第 {number} 行不是带答案的问题。 Line {number} of {path} is no gold question."
            ) from error
    if not gold:
        raise EvaluationProblem(f"{path} 里没有问题。 There are no questions in {path}.")
    return tuple(gold)


def read_answers(path: Path) -> list[dict[str, Any]]:
    """Read what ``xiangwen ask --batch GOLD --json`` printed.

    Raises:
        EvaluationProblem: if it cannot be read or a line is no JSON object with an id.
    """
    rows = read_lines(path)
    for number, row in rows:
        if not isinstance(row, dict) or "id" not in row:
            raise EvaluationProblem(f"{path} 第 {number} 行不是答案。 Line {number} of {path} is no answer.")
    return [row for _, row in rows]


def read_lines(path: Path) -> Sequence[tuple[int, Any]]:
    """(line number, JSON value) of every line that is not blank.

    Raises:
        EvaluationProblem: if the file cannot be read or is no JSON lines.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationProblem(f"无法读取 {path}。 Cannot read {path}.") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip():
                rows.append((number, json.loads(line)))
        except ValueError as error:
            raise EvaluationProblem(f"{path} 第 {number} 行不是 JSON。 Line {number} of {path} is not JSON.") from error
    return rows
