"""A message cut into the questions that it asks: 「调解了多少件纠纷？有没有聘请法律顾问？」 asks two.

Most messages that have several sentences still ask one thing: with its background, what is not meant, or the same put
differently. So a message is cut only between two clauses that each ask, each of a matter of its own; whatever else is
said goes with the question that it stands beside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from xiangwen.language.characters import simplify
from xiangwen.questions.question_words import QUESTION_WORDS, says

if TYPE_CHECKING:
    from xiangwen.questions.question import Question

MOST_QUESTIONS = 8
"""Questions of one message that are answered each by itself; of more, the last ones stay together."""
_ENDS = "?？!！。；;\n"
_SEAM = re.compile(rf"[{_ENDS}]+|\.(?=\s)|[,，、：:]|(?<=\S)(?=以及|并且|还有|和(?![谁平解])|\s+and\s)")
_MARK = re.compile(
    r"\s*(?:[（(]?\d{1,2}[)）.、．](?!\d)|[①-⑳]|第?[一二三四五六七八](?:是|、|个?(?:问题)?[，,：:])|首先|其次|再次|其[一二三四]"
    r"|(?:first|second|third|last)(?:ly)?,)"
)
"""Counts the questions of a message; cut away."""
_MARKED = re.compile(rf"(?:(?<=[{_ENDS},，、：:])|(?<=\s)|^){_MARK.pattern}")

_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)|[“「『《][^”」』》]*[”」』》]")
_RESPECTIVELY = re.compile(
    r"^(?P<first>.{4,}?)(?:和|以及|与|及|、)(?P<second>.{2,}?)(?:分别|各自|各)(?P<asks>(?:是|为|有)?(?:多少|几)[^,，和与]{0,4}?)[?？。]?$"
)
_WHICH = re.compile(r"哪|\bwhich\b")
_NUMBER = re.compile(r"多少|几|\bhow (?:many|much)\b")
_JOINT = re.compile(r"、\s*$|^\s*和")


class _Part(NamedTuple):
    """A stretch of the message, with the question that its asking clauses ask by themselves."""

    start: int
    end: int
    asks: bool
    """A stretch that does not ask stands beside one that does."""


def questions_of(message: str, read: Callable[[str], Question]) -> tuple[str, ...]:
    """The questions of a message as typed, in its order; the message alone where it asks one thing.

    Args:
        message: as typed.
        read: understands a text by itself.
    """
    plain = simplify(message)
    text = message if len(plain) == len(message) else plain
    marks = {found.start() for found in _MARKED.finditer(text)}  # where simplified, 「①」 is a 1
    asking = list(_asking(plain, list(_clauses(plain, marks))))
    if len(asking) < 2:
        return _of_one_predicate(plain, text, read) or (message,)
    kept = [asking[0]]
    for part in asking[1:]:
        last, own = kept[-1], plain[part.start : part.end]
        if len(kept) < MOST_QUESTIONS and _are_two(plain[last.start : last.end], own, read):
            kept.append(part)
        elif says("message.over_both", own.lower()):
            return (message,)  # it compares or adds up all that was asked before it
        else:
            kept[-1] = _Part(last.start, part.end, asks=True)
    return tuple(_bare(text[part.start : part.end]) for part in kept) if len(kept) > 1 else (message,)


def _of_one_predicate(plain: str, text: str, read: Callable[[str], Question]) -> tuple[str, ...]:
    """「白土乡的调解数和顾问人数分别是多少」 asks for two numbers of one place; empty where it asks for one thing."""
    found = _RESPECTIVELY.match(plain)
    if found is None:
        return ()
    whole = read(plain)
    if len(whole.scope.groups) != 1 or whole.scope.mentions[0][1] > found.end("first"):
        return ()
    parts = [f"{text[found.start(name) : found.end(name)]}{found['asks']}？" for name in ("first", "second")]
    first, second = (_matters(read(part)) for part in parts)
    apart = first and any(not any(words & own for own in first) for words in second)
    return tuple(parts) if apart else ()


def _asking(plain: str, clauses: Sequence[_Part]) -> Iterator[_Part]:
    """The clauses that ask, each with what is said beside it; they tile the message."""
    start, open_until = 0, None
    for number, clause in enumerate(clauses):
        if not clause.asks:
            behind = any(c.asks for c in clauses[number + 1 :])
            if open_until is not None and (not behind or says("message.narrows", plain[clause.start : clause.end])):
                open_until = clause.end
            continue
        if open_until is not None:
            yield _Part(start, open_until, asks=True)
            start = open_until
        open_until = clause.end
    if open_until is not None:
        yield _Part(start, open_until, asks=True)


def _clauses(plain: str, marks: set[int]) -> Iterator[_Part]:
    inside = [found.span() for found in _BRACKETS.finditer(plain)]
    seams = {found.end() for found in _SEAM.finditer(plain)} | marks
    seams -= {seam for seam in seams if any(first < seam < last for first, last in inside)}
    start = 0
    for end in sorted(seams | {len(plain)}):
        if clause := plain[start:end].strip():
            whole = clause[-1] in "?？" and (start == 0 or plain[:start].rstrip()[-1:] in _ENDS or start in marks)
            yield _Part(start, end, asks=_asks(clause, whole))
        start = end


def _asks(clause: str, whole_question: bool) -> bool:
    """Whether a clause asks, by its words or as a ``whole_question``: a sentence of its own with its mark."""
    clause = clause.lower()
    return (whole_question or says("message.asks", clause)) and not says("message.not_asked", clause)


def _are_two(first: str, second: str, read: Callable[[str], Question]) -> bool:
    """Whether two stretches that ask, one behind the other, ask two things."""
    told, asked = _bare(second).lower(), _bare(first).lower()
    if says("message.same_again", told) or says("message.polite", asked):
        return False
    if not says("message.asks", told) or not says("message.asks", asked):
        return False
    before, behind = read(first), read(_bare(second))
    known = _matters(before)
    new = any(not any(words & own for own in known) for words in _matters(behind))
    apart = first.rstrip()[-1:] in _ENDS or bool(_MARK.match(second))
    if before.kind == "collection":
        return apart and new and behind.kind != "collection"
    if not known:
        return False
    placed = bool(before.scope.groups or before.scope.problem)
    of_places = says("message.for_places", asked)
    for_places = says("message.for_places", told) or (not placed and says("message.who", told))
    if of_places and not for_places and behind.number_asked and says("message.each", told):
        return before.kind != "rank" and len(_WHICH.findall(asked)) == 1
    if for_places:  # 「明年要办几期培训，哪些镇有打算」 says first what is asked for
        complete = of_places or placed
        beside = of_places and bool(_WHICH.match(told)) and len(_WHICH.findall(asked)) == 1
        return new and (complete if apart else beside)
    if not new:
        return False
    if _JOINT.search(first) or _JOINT.match(second):  # 「哪些会、哪些活动」 are one list
        return placed and all(_NUMBER.search(text) for text in (asked, told))
    return apart or placed


def _matters(question: Question) -> list[set[str]]:
    """The matters that a question names, each by all words that can stand for it."""
    generic = QUESTION_WORDS.words("message.generic")
    return [{t.asked, *t.words} for t in question.terms if len(t.asked) > 1 and t.asked not in generic]


def _bare(text: str) -> str:
    """A question without what joins it to the one before, or counts it."""
    text = text.strip()
    for pattern in QUESTION_WORDS.patterns("message.joins"):
        text = pattern.sub("", _MARK.sub("", text, count=1) if _MARK.match(text) else text, count=1)
    return text.strip(" ,，、；;\n") or text
