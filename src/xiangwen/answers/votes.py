"""What people thought of the answers: one vote a line in a local file, which no build touches."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from xiangwen.machine.files import append_line
from xiangwen.questions.request import LONGEST_QUESTION

Rating = Literal["up", "down"]

FILE = "feedback.jsonl"
"""Its name in the index folder."""
LONGEST_REMARK = 2_000
_LONGEST_ANSWER = 20_000
"""Characters of an answer that are kept; the reports have the rest."""


class FeedbackProblem(ValueError):
    """A vote that cannot be taken; the message is one plain sentence."""


@dataclass(frozen=True)
class Vote:
    """One thumb up or down."""

    time: str
    """Local time with its offset, ISO 8601."""
    rating: Rating
    question: str
    remark: str
    answer: str
    kind: str | None
    index: str | None
    """The build of the index that answered."""


def read_vote(data: Any, index: str | None) -> Vote:
    """A vote from JSON: ``question``, ``answer`` (its text or the whole object), ``rating``, ``remark``.

    Raises:
        FeedbackProblem: if a field is missing, of another kind, or too long.
    """
    if not isinstance(data, dict) or data.get("rating") not in ("up", "down"):
        raise FeedbackProblem('评价应是 "up" 或 "down"。 The rating is "up" or "down".')
    answer: Any = data.get("answer")
    kind: Any = None
    if isinstance(answer, dict):
        answer, kind = answer.get("text"), answer.get("kind")
    question, remark = data.get("question"), data.get("remark") or ""
    if not isinstance(question, str) or not isinstance(answer, str) or not isinstance(remark, str):
        raise FeedbackProblem("评价缺少问题或答案。 The vote lacks its question or its answer.")
    if len(remark) > LONGEST_REMARK or len(question) > LONGEST_QUESTION:
        raise FeedbackProblem(
            f"问题和意见请各写在 {LONGEST_REMARK} 字以内。 Question and remark: at most {LONGEST_REMARK:,} characters."
        )
    return Vote(
        time=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        rating=data["rating"],
        question=question,
        remark=remark.strip(),
        answer=answer[:_LONGEST_ANSWER],
        kind=kind if isinstance(kind, str) and len(kind) <= 20 else None,
        index=index,
    )


def append_vote(directory: Path, vote: Vote) -> None:
    """Add a vote; several programs may do so at once.

    Raises:
        FeedbackProblem: if the file is full.
        OSError: if it cannot be written.
    """
    if not append_line(directory / FILE, json.dumps(asdict(vote), ensure_ascii=False)):
        raise FeedbackProblem("评价记录已满，请联系管理员。 The feedback log is full: tell the administrator.")


def votes(directory: Path) -> Iterator[Vote]:
    """All votes, oldest first; a line that is none is left out."""
    try:
        lines = (directory / FILE).open("rb")
    except FileNotFoundError:
        return
    with lines:
        for line in lines:
            try:
                yield Vote(**json.loads(line))
            except (ValueError, TypeError):
                continue
