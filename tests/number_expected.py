"""Whether an answer says the number that a case expects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xiangwen.answers import Answer


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
