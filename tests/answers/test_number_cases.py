"""Small collections with one question each: the number said is the one asked for, and no neighbour of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from built import assistant_over
from number_expected import holds

if TYPE_CHECKING:
    from xiangwen.encoding.bundled import BundledEncoder

FOLDER = Path(__file__).parent / "number_cases"
CASES = [json.loads(line) for line in (FOLDER / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['kind']}")
def test_the_number_said_is_the_one_asked_for(case: dict[str, Any], encoder: BundledEncoder, memory_path: Path) -> None:
    answer = assistant_over(FOLDER / case["id"], memory_path / "index", encoder).ask(case["question"], case["history"])
    assert holds(case["expect"], answer), f"{case['right']} expected, said: {answer.text}"
