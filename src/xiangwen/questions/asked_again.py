"""Follow-ups that name no matter of their own: 「第二多呢？」, 「最少的呢？」, 「别的乡镇呢？」, 「还有吗？」.

Each is the question before it with one thing changed: the place in a rank, the order, the reports, or how far it goes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from xiangwen.language.numerals import number
from xiangwen.questions.kind_asked import NTH_ENGLISH, Order, Rank
from xiangwen.questions.question_words import QUESTION_WORDS, says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiangwen.questions.atlas import Atlas
    from xiangwen.questions.exclusion import Named
    from xiangwen.questions.question import Question
    from xiangwen.questions.scope import Scope
    from xiangwen.questions.spans import Span

_ORDERS: tuple[Order, ...] = ("most", "least", "sum", "average")
_WHETHER = re.compile(r"(?<=有)没[有得]|(?<=有)无|是否|是不是|会不会|吗(?=[?？。]*$)")
_TOP_ENGLISH = {"two": 2, "three": 3, "five": 5, "ten": 10}


def asked_again(question: Question, earlier: Question, atlas: Atlas) -> Question | None:
    """The question before it with what is asked now; None where it names a place or a matter of its own."""
    scope = question.scope
    if earlier.off_topic or earlier.scope.problem or scope.mentions or scope.years or scope.problem:
        return None
    core = _core(question.standalone.lower())
    if rank := _rank(core, earlier):
        return _ranked(question, earlier, rank, atlas)
    if _is("more", core):
        return replace(earlier, text=question.text, beyond="more")
    if _is("why", core):
        return replace(earlier, text=question.text, beyond="why")
    who_else = _whole("who_else", core)
    if who_else and set(who_else.groupdict().get("verb") or "") <= set(earlier.standalone):
        more = replace(earlier, text=question.text, beyond="more")
        return _of_others(question, earlier, atlas) if earlier.scope.groups else more
    if _is("others", core) and earlier.scope.groups:
        return _of_others(question, earlier, atlas)
    if _is("each", core) and earlier.kind == "which":
        topic = f"{earlier.topic} {question.topic}"
        return _again(question, earlier, kind="each", topic=topic, gloss=earlier.gloss, number_asked=True)
    return None


def _core(text: str) -> str:
    """A follow-up without what it opens and ends with: 「那第二多呢？」 is 「第二多」."""
    text = text.strip(" ，,。.?？!！")
    for pattern in (*QUESTION_WORDS.patterns("follow_up.opening"), *QUESTION_WORDS.patterns("follow_up.ending")):
        text = pattern.sub("", text)
    return text.strip()


def _is(name: str, core: str) -> bool:
    return QUESTION_WORDS.any_of(f"follow_up.{name}", "^(?:{})$").match(core) is not None


def _whole(name: str, core: str) -> re.Match[str] | None:
    """What one of the patterns of a list finds that is all of a text."""
    return next((found for p in QUESTION_WORDS.patterns(f"follow_up.{name}") if (found := p.fullmatch(core))), None)


def _rank(core: str, earlier: Question) -> Rank | None:
    """What is to be computed instead; None where the follow-up asks for nothing of the kind."""
    before = earlier.rank or Rank("most")
    end: Order = "least" if before.order == "least" else "most"
    is_rank = before.order in ("most", "least")
    if (found := _whole("nth", core)) and is_rank:
        said = found.groupdict()
        if said.get("end"):
            end = "least" if said["end"] in "少低小" else "most"
        place = NTH_ENGLISH.get(said.get("en") or "") or int(number(said.get("zh") or "") or 1)
        return Rank(end, place=place)
    if _is("next", core) and earlier.rank and is_rank:
        return Rank(end, place=(earlier.rank.place or 1) + 1)
    if (found := _whole("top", core)) and is_rank:
        said = found.groupdict()
        return Rank(end, _TOP_ENGLISH.get(said.get("en") or "") or int(number(said.get("zh") or "") or 3))
    order = next((order for order in _ORDERS if _is(f"order_{order}", core)), None)
    return Rank(order) if order else None


def _ranked(question: Question, earlier: Question, rank: Rank, atlas: Atlas) -> Question | None:
    """The question before with the numbers of its reports ranked or added up; of one place, those of all."""
    if earlier.kind not in ("rank", "each", "number", "which", "compare") or (earlier.rank and earlier.rank.range):
        return None
    if len(earlier.scope.groups) > 1:
        of_all = rank.order in ("sum", "average")
        return _again(question, earlier, kind="compare", rank=rank if of_all else None)
    scope = _without_place(earlier.scope, atlas) if earlier.scope.groups else earlier.scope
    return _again(question, earlier, kind="rank", rank=rank, scope=scope, number_asked=True)


def _of_others(question: Question, earlier: Question, atlas: Atlas) -> Question | None:
    """The same asked of all reports but those of the places before."""
    named = "、".join(earlier.standalone[start:end] for start, end in earlier.scope.mentions)
    years = "、".join(f"{year}年" for year in earlier.scope.years)
    scope = replace(atlas.find(f"除了{named}，{years}", left_out=_all_places), rest=earlier.scope.rest, mentions=())
    if scope.problem or not scope.reports:
        return None
    asks_whether = earlier.kind == "fact" and says("follow_up.whether", earlier.standalone.lower())
    number_asked = earlier.kind == "number" or earlier.number_asked
    # 「有没有」 asks for no absence.
    asked: dict[str, object] = {"scope": scope, "number_asked": number_asked, "absence": False}
    if asks_whether and earlier.language == "zh":
        asked["standalone"] = f"哪些乡镇{_WHETHER.sub('', earlier.scope.rest).strip()}"
    return _again(question, earlier, kind="which" if asks_whether else "each", **asked)


def _all_places(_: str, named: Sequence[Named]) -> tuple[set[Span], list[Span]]:
    """Leaves out all places, and no year."""
    return {name.span for name in named if not name.is_year}, []


def _without_place(scope: Scope, atlas: Atlas) -> Scope:
    """All reports, of the years that were asked for."""
    found = atlas.find("、".join(f"{year}年" for year in scope.years))
    return replace(found, rest=scope.rest)


def _again(question: Question, earlier: Question, **changed: object) -> Question:
    return replace(earlier, text=question.text, beyond=None, section=None, **changed)  # type: ignore[arg-type]
