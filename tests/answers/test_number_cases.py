"""Small collections with one question each: the number said is the one asked for, and no neighbour of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, build

if TYPE_CHECKING:
    from xiangwen.answers import Answer
    from xiangwen.encoding.bundled import BundledEncoder

FOLDER = Path(__file__).parent / "number_cases"
CASES = [json.loads(line) for line in (FOLDER / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['kind']}")
def test_the_number_said_is_the_one_asked_for(case: dict[str, Any], encoder: BundledEncoder, memory_path: Path) -> None:
    build(FOLDER / case["id"], memory_path / "index", encoder=encoder)
    index = Index.load(memory_path / "index")
    index.encoder = encoder
    answer = Assistant(index).ask(case["question"], case["history"])
    assert holds(case["expect"], answer), f"{case['right']} expected, said: {answer.text}"


def holds(expected: dict[str, Any], answer: Answer) -> bool:
    figure = answer.figure.text if answer.figure else ""
    first = next((v for v in answer.verdicts if v.value), None)
    checks = {
        "figure": lambda: worth(figure) == worth(expected["figure"]) or said_first(answer, expected.get("or")),
        "not_figure": lambda: worth(figure) != worth(expected["not_figure"]),
        "first": lambda: first is not None and first.file == expected["first"],
        "value": lambda: first is not None and first.value and worth(first.value.text) == worth(expected["value"]),
        "yes": lambda: {v.file for v in answer.verdicts if v.verdict in ("yes", "partial")} == set(expected["yes"]),
        "answered": lambda: answer.answered is expected["answered"],
        "text": lambda: expected["text"] in answer.text,
    }
    return all(checks[key]() for key in expected if key in checks)


def said_first(answer: Answer, words: str | None) -> bool:
    return words is not None and answer.text.partition("：")[2].startswith(words)


def worth(text: str) -> float | None:
    """The first number of a text: 「1.2万元」 → 12000."""
    match = re.search(r"(\d[\d,]*(?:\.\d+)?)\s*([万亿])?", text)
    return float(match[1].replace(",", "")) * {"万": 1e4, "亿": 1e8}.get(match[2], 1.0) if match else None
