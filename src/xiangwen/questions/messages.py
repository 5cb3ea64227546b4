"""A message cut into the questions that it asks: 「调解了多少件纠纷？有没有聘请法律顾问？」 asks two.

Most messages that have several sentences still ask one thing: with its background, what is not meant, or the same put
differently. So a message is cut only between two clauses that each ask, each of a matter, a place or a year
of its own, or where it numbers its questions; whatever else is said goes with the question that it stands beside.
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
_SEAM = re.compile(rf"[{_ENDS}]+|\.(?=\s)|[,，、：:]|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_LINK = re.compile(r"(?<=\S)(?=以及|并且|还有|和(?![谁平解])|(?<!\band)\s+(?:and|also|plus)\s)")
"""Joins two clauses where what follows asks; else words within one."""
_OPENED = re.compile(r"\s*(?:以及|并且|还有|and\b|also\b|plus\b)")
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
_FIGURE = re.compile(r"\d(?P<measure>(?![年月日至到])[\u4e00-\u9fff])")
_OTHER_FIGURE = re.compile(r"[率例额钱比]|时间|人数")
_WHO_DID = re.compile(r"(?:都|分别)?(?:由|是|让|请|靠)?谁")
"""Asks who did what the question before it asks for at one place: 「几个村没请到律师？由谁顶上？」"""
_ELLIPTIC = re.compile(r"呢[?？。]?$|^(?:and )?(?:what|how) about\b")


class _Part(NamedTuple):
    """A stretch of the message, with the question that its asking clauses ask by themselves."""

    start: int
    end: int
    asks: bool
    """A stretch that does not ask stands beside one that does."""
    by_words: bool = False
    """It asks by its words, not by a question mark alone."""


def questions_of(message: str, read: Callable[[str], Question]) -> tuple[str, ...]:
    """The questions of a message as typed, in its order; the message alone where it asks one thing.

    Args:
        message: as typed.
        read: understands a text by itself.
    """
    plain = simplify(message)
    text = message if len(plain) == len(message) else plain
    marks = {found.start() for found in _MARKED.finditer(text)}  # where simplified, 「①」 is a 1
    if items := _numbered(plain, marks):
        return tuple(_bare(text[start:end]) for start, end in items)
    asking = list(_asking(plain, list(_clauses(plain, marks))))
    if len(asking) < 2:
        return _of_one_predicate(plain, text, read) or (message,)
    kept = [asking[0]]
    for part in asking[1:]:
        last, own = kept[-1], plain[part.start : part.end]
        if len(kept) < MOST_QUESTIONS and _are_two(plain, kept, part, read):
            kept.append(part)
        elif says("message.over_both", own.lower()):
            return (message,)  # it compares or adds up all that was asked before it
        else:
            kept[-1] = _Part(last.start, part.end, asks=True, by_words=last.by_words or part.by_words)
    return tuple(_bare(text[part.start : part.end]) for part in kept) if len(kept) > 1 else (message,)


def _numbered(plain: str, marks: set[int]) -> list[tuple[int, int]]:
    """The items of a message that counts its questions 1, 2, 3; none where what stands before them asks by itself."""
    starts = sorted(marks)
    counts = [re.search(r"\d+", found[0]) for start in starts if (found := _MARK.match(plain, start))]
    if len(starts) < 2 or [found and found[0] for found in counts] != [str(n + 1) for n in range(len(starts))]:
        return []
    if any(clause.asks for clause in _clauses(plain[: starts[0]], set())):
        return []
    return list(zip([0, *starts[1:]], [*starts[1:], len(plain)], strict=True))


def _of_one_predicate(plain: str, text: str, read: Callable[[str], Question]) -> tuple[str, ...]:
    """「白土乡的调解数和顾问人数分别是多少」 asks for two numbers of one place; empty where it asks for one thing."""
    found = _RESPECTIVELY.match(plain)
    if found is None:
        return ()
    whole = read(plain)
    if len(whole.scope.groups) != 1 or whole.scope.mentions[0][1] > found.end("first"):
        return ()
    if _is_breakdown(found["first"], found["asks"]):
        return ()
    parts = [f"{text[found.start(name) : found.end(name)]}{found['asks']}？" for name in ("first", "second")]
    first, second = (_matters(read(part)) for part in parts)
    apart = first and any(not any(words & own for own in first) for words in second)
    return tuple(parts) if apart else ()


def _asking(plain: str, clauses: Sequence[_Part]) -> Iterator[_Part]:
    """The clauses that ask, each with what is said beside it; they tile the message."""
    start, open_until, by_words = 0, None, False
    for number, clause in enumerate(clauses):
        if not clause.asks:
            after = clauses[number + 1 :]
            # 「, Kang County, and how …」: what joins the next question stands before it.
            behind = any(c.asks for c in after) and not _OPENED.match(plain, after[0].start)
            if open_until is not None and (not behind or says("message.narrows", plain[clause.start : clause.end])):
                open_until = clause.end
            continue
        if open_until is not None:
            yield _Part(start, open_until, asks=True, by_words=by_words)
            start = open_until
        open_until, by_words = clause.end, clause.by_words
    if open_until is not None:
        yield _Part(start, open_until, asks=True, by_words=by_words)


def _clauses(plain: str, marks: set[int]) -> Iterator[_Part]:
    inside = [found.span() for found in _BRACKETS.finditer(plain)]
    seams = {found.end() for found in _SEAM.finditer(plain)} | marks
    links = {found.end() for found in _LINK.finditer(plain)} - seams
    ends = sorted(end for end in seams | links | {len(plain)} if not any(a < end < b for a, b in inside))
    start = 0
    for end, after in zip(ends, [*ends[1:], len(plain)], strict=True):
        if end in links and not _asks(plain[end:after].strip(), whole_question=False):
            continue
        if clause := plain[start:end].strip():
            whole = clause[-1] in "?？" and (start == 0 or plain[:start].rstrip()[-1:] in _ENDS or start in marks)
            by_words = _asks(clause, whole_question=False)
            yield _Part(start, end, asks=by_words or _asks(clause, whole), by_words=by_words)
        start = end


def _asks(clause: str, whole_question: bool) -> bool:
    """Whether a clause asks, by its words or as a ``whole_question``: a sentence of its own with its mark."""
    clause = clause.lower()
    return (whole_question or says("message.asks", clause)) and not says("message.not_asked", clause)


def _are_two(plain: str, kept: Sequence[_Part], part: _Part, read: Callable[[str], Question]) -> bool:
    """Whether a stretch that asks something else than those before it."""
    earlier = [plain[one.start : one.end] for one in kept]
    first, second = earlier[-1], plain[part.start : part.end]
    told, asked = _bare(second).lower(), _bare(first).lower()
    if says("message.same_again", told) or says("message.polite", asked):
        return False
    if not part.by_words or not kept[-1].by_words:
        return False
    questions = [read(_bare(text)) for text in earlier]
    before, behind = questions[-1], read(_bare(second))
    known = [words for question in questions for words in _matters(question)]
    own = _matters(behind)
    other_place = bool(behind.scope.groups or behind.scope.years) and behind.scope.reports != before.scope.reports
    if known and not own and _ELLIPTIC.search(told) and other_place:
        return True
    apart = first.rstrip()[-1:] in f".{_ENDS}" or bool(_MARK.match(second))
    if _is_who_most(before, asked) and not own and apart and _ELLIPTIC.search(told):  # 「第二呢？」
        return not says("message.over_both", told)
    new = any(not any(words & others for others in known) for words in own)
    if before.number_asked and behind.number_asked and before.units and behind.units and own:
        new = new or not set(before.units) & set(behind.units)
    if _is_who_most(before, asked) and _is_who_most(behind, told):
        return new or (apart and not own and behind.rank != before.rank)
    if before.kind == "collection" or (before.number_asked and says("message.of_reports", asked)):
        return apart and new and behind.kind != "collection"
    placed = any(question.scope.groups or question.scope.problem for question in questions)
    if not known and not (placed and before.number_asked):
        return False
    if placed and _WHO_DID.match(told):
        return False
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
    if _is_breakdown(first, second):
        return False
    if _JOINT.search(first) or _JOINT.match(second):  # 「哪些会、哪些活动」 are one list
        return placed and all(_NUMBER.search(text) for text in (asked, told))
    return apart or placed


def _is_who_most(question: Question, text: str) -> bool:
    of_end = question.rank is not None and question.rank.order in ("most", "least")
    return of_end and (says("message.who", text) or says("message.for_places", text))


def _is_breakdown(first: str, second: str) -> bool:
    """Whether what is asked for is part of a number that is told: 「4件行政复议，撤回几件、维持几件」."""
    of_no_measure = re.search(r"多少[?？。]*$", second) and not _OTHER_FIGURE.search(second)
    figures = [found["measure"] for found in _FIGURE.finditer(first)]
    return any(of_no_measure or re.search(rf"(?:几|多少){measure}", second) for measure in figures)


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
