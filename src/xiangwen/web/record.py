"""An answer as the browser keeps it: the JSON of the contract and the nearest passages, and back again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from xiangwen.answers import Answer, Citation, Value, Verdict


def to_record(answer: Answer) -> dict[str, Any]:
    """The contract's object with ``nearest``, which a page that is opened again shows once more."""
    return {**answer.to_dict(), "nearest": [asdict(citation) for citation in answer.nearest]}


def from_record(record: dict[str, Any]) -> Answer:
    """The answer that a browser kept.

    Raises:
        ValueError: if it is no such record; another version of the page may have written it.
    """
    try:
        return Answer(
            question=str(record["question"]),
            language="en" if record["language"] == "en" else "zh",
            kind=record["kind"],
            answered=bool(record["answered"]),
            reason=record["reason"],
            text=str(record["text"]),
            citations=tuple(map(_citation, record["citations"])),
            verdicts=tuple(map(_verdict, record["verdicts"])),
            checked_reports=int(record["checked"]["reports"]),
            checked_passages=int(record["checked"]["passages"]),
            milliseconds=float(record["timing_ms"]["total"]),
            nearest=tuple(map(_citation, record.get("nearest", ()))),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a kept answer: {error}") from error


def _citation(row: dict[str, Any]) -> Citation:
    return Citation(**{**row, "n": int(row["n"]), "section": tuple(map(str, row["section"]))})


def _verdict(row: dict[str, Any]) -> Verdict:
    value = Value(float(row["value"]["number"]), row["value"]["unit"], row["value"]["text"]) if row["value"] else None
    numbers = tuple(int(n) for n in row["citations"])
    if row["verdict"] not in ("yes", "partial", "no", "silent"):
        raise ValueError("not a kept answer: unknown verdict")
    return Verdict(**{**row, "value": value, "confidence": float(row["confidence"]), "citations": numbers})
