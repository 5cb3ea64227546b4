"""What may come in, however it comes: the command line, the page, HTTP and MCP read the same requests.

    read_request(AskRequest, {"question": "…", "history": ["…"]})

All limits and kinds of fields stand here, and what is asked in words. The other requests stand beside what they ask
for: `LedgerRequest` (`exports/ledger_rows.py`), `AssessRequest` (`exports/assessment.py`), `CorrectionRequest`
(`exports/ledger_corrections.py`), `VoteRequest` (`answers/votes.py`) and those of the page alone
(`web/page_requests.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from xiangwen.machine.controls import NO_CHARACTERS

LONGEST_QUESTION = 2_000
"""Characters; nobody asks for longer, and the encoder reads only the first 512 tokens."""
LONGEST_REMARK = 2_000
"""Characters of what somebody thought of an answer."""
LONGEST_REASON = 500
"""Characters of who corrects a cell and why."""
LONGEST_NAME = 1_000
"""Characters of an id, a name or a file; no file system takes longer ones."""
MOST_HISTORY = 6
"""Earlier questions that a follow-up may lean on."""
MOST_IN_A_LIST = 20_000
"""Names in one list: more than there are reports anywhere."""
MOST_RESULTS = 100
"""Passages that a search over the network gives; whoever has the index on his own machine may have them all."""

_LONGEST_KEY = 40
"""Characters of an unknown key that are told."""

T = TypeVar("T")


class WrongRequest(ValueError):
    """What was sent is no request; the message is one plain sentence."""


# --- kinds of fields --------------------------------------------------------------------------------------------------


def printable(text: Any) -> Any:
    """Text without what is no character; what is no text stays what it is.

    Half a surrogate pair, which arguments and JSON can hold, becomes 「?」, as tokenizers refuse it; a control
    character, which programs paste along, becomes a blank.
    """
    if not isinstance(text, str):
        return text
    return NO_CHARACTERS.sub(lambda found: "?" if found[0] >= "\ud800" else " ", text)


def _listed(value: Any) -> Any:
    return () if value is None else tuple(value) if isinstance(value, list) else value


def _absent(value: Any) -> Any:
    return "" if value is None else value


PrintableText = Annotated[str, BeforeValidator(printable)]
OptionalText = Annotated[PrintableText, BeforeValidator(_absent)]
"""Empty where it is left out or null."""
Name = Annotated[PrintableText, Field(max_length=LONGEST_NAME)]
"""An id, a name or a file."""
Several = Annotated[tuple[T, ...], Field(max_length=MOST_IN_A_LIST), BeforeValidator(_listed)]
"""A list; none where it is left out or null."""
Reports = Annotated[Several[Name], Field(min_length=1)] | None
"""Ids of reports; None for all."""


class Request(BaseModel):
    """What a person or a program sends; a key that it does not know is refused: whoever narrows a question by one that
    is misspelt would be answered as if he had not."""

    model_config = ConfigDict(strict=True, frozen=True)
    beside: ClassVar[frozenset[str]] = frozenset()
    """Keys that may stand beside its own and say nothing."""
    wrong: ClassVar[Mapping[str, str]] = {}
    """What is said of a field that is missing or of another kind, by its name; by 「name too_long」 of one too long."""


# --- questions --------------------------------------------------------------------------------------------------------


def _latest(history: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(earlier[:LONGEST_QUESTION] for earlier in history if earlier.strip())[-MOST_HISTORY:]


class AskRequest(Request):
    """One question. One that is empty or too long is a request all the same: it is answered, with a sentence on it."""

    beside: ClassVar[frozenset[str]] = frozenset({"id"})  # of a line of questions in a batch
    wrong: ClassVar[Mapping[str, str]] = {
        "question": '"question" 应是文字。 "question" must be text.',
        "history": '"history" 应是问题列表。 "history" must be a list of questions.',
        "reports": '"reports" 应是至少一个报告编号的列表。 "reports" must be a list of ids, at least one.',
    }

    question: PrintableText
    """As typed, Chinese or English."""
    history: Annotated[Several[PrintableText], AfterValidator(_latest)] = ()
    """Earlier questions of the conversation, oldest first; no more are kept than a follow-up may lean on."""
    reports: Reports = None
    """Which may answer, however the question is put."""

    @property
    def problem(self) -> Literal["empty", "too_long"] | None:
        """Why the question cannot be read."""
        if not self.question.strip():
            return "empty"
        return "too_long" if len(self.question) > LONGEST_QUESTION else None


def _whole(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None  # which no number field takes
    return int(max(1, min(value, sys.maxsize)))


class SearchRequest(Request):
    """Words to look for."""

    wrong: ClassVar[Mapping[str, str]] = {
        "words": '请用 "words" 写出要找的词。 Give some "words" to look for.',
        "words too_long": f"要找的词请在 {LONGEST_QUESTION} 字以内。 At most {LONGEST_QUESTION:,} characters of words.",
        "top": '"top" 应是数字。 "top" must be a number.',
    }

    words: Annotated[PrintableText, Field(max_length=LONGEST_QUESTION, pattern=r"\S")]
    top: Annotated[int, BeforeValidator(_whole)] = 10
    """At most so many passages."""


R = TypeVar("R", bound=Request)


def read_request(kind: type[R], data: Any) -> R:
    """A request out of a JSON object.

    Raises:
        WrongRequest: if a field is missing, of another kind, beyond a limit, or none that there is.
    """
    given = data if isinstance(data, dict) else {}
    for key in given:
        if key not in kind.model_fields and key not in kind.beside:
            raise unknown_key(key, kind.model_fields)
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise WrongRequest(_sentence(kind, str(wrong["loc"][0]), wrong["type"])) from None


def unknown_key(key: str, known: Iterable[str]) -> WrongRequest:
    """What is said of a key that a request does not have."""
    key = str(printable(key))[:_LONGEST_KEY]
    names = list(known)
    there = f"可用的是 {'、'.join(names)}" if names else "这里不接受任何项"
    return WrongRequest(
        f'没有 "{key}" 这一项，{there}。 There is no "{key}": {", ".join(names) or "nothing"} is taken.'
    )


def _sentence(kind: type[Request], field: str, error: str) -> str:
    """What is said of a wrong field; ``error`` is pydantic's name for what is wrong with it."""
    size = next((size for size in ("too_long", "too_short") if error.endswith(size)), "")
    otherwise = f'"{field}" 有误，请检查后重试。 "{field}" is not what is asked for.'
    return kind.wrong.get(f"{field} {size}") or kind.wrong.get(field, otherwise)
