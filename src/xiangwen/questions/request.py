"""What may be asked, however it comes in: the command line, the page, HTTP and MCP read the same requests.

    read_request(AskRequest, {"question": "…", "history": ["…"]})

A question that is too long or empty is a request all the same: it is answered, with a sentence that says so.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

LONGEST_QUESTION = 2000
"""Characters; nobody asks for longer, and the encoder reads only the first 512 tokens."""
MOST_HISTORY = 6
"""Earlier questions that a follow-up may lean on."""

_WRONG = {
    "question": '"question" 应是文字。 "question" must be text.',
    "history": '"history" 应是问题列表。 "history" must be a list of questions.',
    "reports": '"reports" 应是至少一个报告编号的列表。 "reports" must be a list of ids, at least one.',
    "words": '请用 "words" 写出要找的词。 Give some "words" to look for.',
    "words too_long": f"要找的词请在 {LONGEST_QUESTION} 字以内。 At most {LONGEST_QUESTION:,} characters of words.",
    "top": '"top" 应是数字。 "top" must be a number.',
}
"""What is said of a field that is missing or of another kind; of one that is too long."""


class WrongRequest(ValueError):
    """What was sent is no request; the message is one plain sentence."""


def printable(text: Any) -> Any:
    """Text without what is no character: half a surrogate pair, which arguments and JSON can hold, becomes 「?」.

    Tokenizers refuse it. What is no text stays what it is.
    """
    return text.encode("utf-8", "replace").decode("utf-8") if isinstance(text, str) else text


def _listed(value: Any) -> Any:
    return () if value is None else tuple(value) if isinstance(value, list) else value


def _latest(history: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(earlier[:LONGEST_QUESTION] for earlier in history if earlier.strip())[-MOST_HISTORY:]


def _whole(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None  # which no number field takes
    return int(max(1, min(value, sys.maxsize)))


PrintableText = Annotated[str, BeforeValidator(printable)]


class AskRequest(BaseModel):
    """One question."""

    model_config = ConfigDict(strict=True, frozen=True)

    question: PrintableText
    """As typed, Chinese or English."""
    history: Annotated[tuple[PrintableText, ...], BeforeValidator(_listed), AfterValidator(_latest)] = ()
    """Earlier questions of the conversation, oldest first; no more are kept than a follow-up may lean on."""
    reports: Annotated[tuple[str, ...], BeforeValidator(_listed)] | None = None
    """Ids of the reports that may answer, however the question is put; None for all."""


class SearchRequest(BaseModel):
    """Words to look for."""

    model_config = ConfigDict(strict=True, frozen=True)

    words: Annotated[PrintableText, StringConstraints(max_length=LONGEST_QUESTION, pattern=r"\S")]
    top: Annotated[int, BeforeValidator(_whole)] = 10
    """At most so many passages."""


Request = TypeVar("Request", AskRequest, SearchRequest)


def read_request(kind: type[Request], data: Any) -> Request:
    """A request out of a JSON object; keys that it does not know are left alone.

    Raises:
        WrongRequest: if a field is missing or of another kind.
    """
    try:
        return kind.model_validate(data if isinstance(data, dict) else {})
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = str(wrong["loc"][0])
        raise WrongRequest(_WRONG.get(f"{field} {wrong['type']}", _WRONG[field])) from None
