"""What people thought of the answers: one vote a line in a local file, which no build touches."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field

from xiangwen.machine.files import append_line
from xiangwen.questions.request import LONGEST_QUESTION, LONGEST_REMARK, OptionalText, PrintableText, Request

Rating = Literal["up", "down"]

FILE = "feedback.jsonl"
"""Its name in the index folder."""
_LONGEST_ANSWER = 20_000
"""Characters of an answer that are kept; the reports have the rest."""
_LONGEST_KIND = 20
_NO_ANSWER = "评价缺少问题或答案。 The vote lacks its question or its answer."


class FeedbackProblem(ValueError):
    """A vote that cannot be kept; the message is one plain sentence."""


class RatedAnswer(BaseModel):
    """An answer as the contract has it, as far as a vote keeps it."""

    text: PrintableText
    kind: Any = None


class VoteRequest(Request):
    """What a person thought of an answer."""

    wrong: ClassVar[Mapping[str, str]] = {
        "rating": '评价应是 "up" 或 "down"。 The rating is "up" or "down".',
        **dict.fromkeys(("question", "answer", "remark"), _NO_ANSWER),
        "question too_long": f"问题请在 {LONGEST_QUESTION} 字以内。 Question: at most {LONGEST_QUESTION:,} characters.",
        "remark too_long": f"意见请在 {LONGEST_REMARK} 字以内。 Remark: at most {LONGEST_REMARK:,} characters.",
    }

    rating: Rating
    question: Annotated[PrintableText, Field(max_length=LONGEST_QUESTION)]
    answer: PrintableText | RatedAnswer
    """Its text, or the whole object."""
    remark: Annotated[OptionalText, Field(max_length=LONGEST_REMARK)] = ""


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


def vote_of(request: VoteRequest, index: str | None) -> Vote:
    """The vote as it is kept; ``index`` is the build that answered."""
    answer = request.answer if isinstance(request.answer, RatedAnswer) else RatedAnswer(text=request.answer)
    known = isinstance(answer.kind, str) and len(answer.kind) <= _LONGEST_KIND
    return Vote(
        time=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        rating=request.rating,
        question=request.question,
        remark=request.remark.strip(),
        answer=answer.text[:_LONGEST_ANSWER],
        kind=answer.kind if known else None,
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
