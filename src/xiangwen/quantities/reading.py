"""A sentence to its quantities: what each number counts, its role, period, direction and modality.

The clause decides, then what stands before it in the sentence, then the headings above it and the report's year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, NamedTuple, cast

from xiangwen.language.characters import simplified_in_place
from xiangwen.language.heading_stance import announced
from xiangwen.language.word_lists import word_list
from xiangwen.quantities.forms import QUANTITY_WORDS, Amount, amounts
from xiangwen.quantities.quantity import OWN, Direction, Holder, Modality, Period, PeriodKind, Quantity, Stage

# A comma between digits and a point between them are in a number.
_CLAUSE_END = re.compile(r"[。！？!?；;：:、（）()\n]|(?<!\d)[,，]|[,，](?!\d{3}(?!\d))|(?<!\d)\.|\.(?!\d)")
_ENDS_YEAR_BEFORE = re.compile(r"[，,；;。：:（()）]|[今本当新]|增|升|提高|达|降|减|多|少")
"""What between two numbers ends 「上年」: 「去年176起、51.2万元」 are both last year's."""
_GROUP_END = re.compile(r"[。！？!?；;\n]|(?<!\d)\.(?!\d)|(?<=[%％\u4e00-\u9fff])\.")
_OR_ANOTHER = re.compile(r"(?:行政)?(?:村|乡镇|镇|社区)[（(][\u4e00-\u9fff]{1,4}[）)]")
_LONGEST_STAGE = 4
"""Characters of a word that says how far a matter came: 「调解成功」."""
_LONGEST_NOUN = 16
"""Characters behind a measure word that may be the noun that is counted."""
_LONG_MODIFIER = 4
"""Characters: a longer modifier before 「的」 is none of what is counted, 「[群众反映强烈]的[土地纠纷]」."""
_BETWEEN_ENDS = 14
"""Characters, at most, between the two ends of a change, 「由8人增加到15人」."""
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:年度?|(?=全年|上半年|下半年|[前第]))(?!来的)")
_OF_ITS_CLAUSE: frozenset[PeriodKind] = frozenset(["year_before", "cumulative"])
"""Periods that hold for their own clause alone, 「上年38场」 and 「累计」; all others for the clauses behind it too."""


@dataclass(frozen=True)
class _Cue:
    start: int
    end: int
    period: Period


def read_quantities(sentence: str, headings: Sequence[str] = (), year: int | None = None) -> tuple[Quantity, ...]:
    """All quantities of a sentence in its order.

    Args:
        sentence: a passage as the report writes it.
        headings: what stands above it, from the top.
        year: that the report is on, where it is known.
    """
    written, sentence = sentence, simplified_in_place(sentence)
    found = list(amounts(sentence))
    if not found:
        return ()
    headings = [simplified_in_place(heading) for heading in headings]
    cues = _cues(sentence, year)
    above = _period_above(headings, year)
    read: list[Quantity] = []
    for number, amount in enumerate(found):
        start, end = _clause(sentence, found, number)
        direction = _direction(sentence, found, number, start)
        holder = _holder(sentence, amount, start)
        context = "" if direction in ("up", "down") else _context(sentence, found, number, start, end)
        context = _what_changes(context) if direction == "to" else context
        context = _without_holder(context, holder)
        if direction == "to" and read and read[-1].direction == "from":
            context = read[-1].context  # both ends count the same
        period = _within(_period(sentence, amount, cues, read, direction), above)
        modality = _modality(sentence, amount, start, headings, period, year)
        if modality == "done" and _NOW.search(sentence[start : amount.number_start]):
            # Of 「力争由现在的36名增加到45名」 the 36 are there.
            direction = "none" if direction == "from" else direction
            period = Period("year", said=False) if period.kind == "planned" else period
        quantity = Quantity(
            value=amount.value,
            high=amount.high,
            bound=amount.bound,
            unit=amount.unit,
            unit_class=amount.unit_class,
            text=written[amount.start : amount.end],
            start=amount.start,
            end=amount.end,
            clause_start=start,
            counted=_compact(context),
            context=context,
            carried="",
            role="total",
            of=None,
            period=period,
            direction=direction,
            modality=modality,
            holder=holder,
            stage=stage_of(context),
            rate=rate_in(context) if amount.unit_class == "percent" else "",
        )
        read.append(_related(sentence, read, quantity))
    return tuple(_settled(sentence, read))


def _clause(sentence: str, found: Sequence[Amount], number: int) -> tuple[int, int]:
    """Where the clause of an amount begins and ends; an amount before it in the clause ends nothing."""
    amount = found[number]
    start = max((m.end() for m in _CLAUSE_END.finditer(sentence, 0, amount.start)), default=0)
    # A list of nouns (邻里、土地等纠纷120件) is one clause: a mark with no number before it since the last one.
    before = found[number - 1].end if number else 0
    while start > before and sentence[start - 1] == "、":
        start = max((m.end() for m in _CLAUSE_END.finditer(sentence, before, start - 1)), default=before)
    end = _CLAUSE_END.search(sentence, _bracket_end(sentence, amount.end))
    return start, end.start() if end else len(sentence)


def _group_start(sentence: str, at: int) -> int:
    """Where the part of a sentence begins whose numbers may belong together: behind the last full stop or semicolon."""
    return max((m.end() for m in _GROUP_END.finditer(sentence, 0, at)), default=0)


def _bracket_end(sentence: str, start: int) -> int:
    """Where 「村（社区）」 ends that begins at ``start``, or ``start``: its bracket ends no clause."""
    bracket = _OR_ANOTHER.match(sentence, start)
    return bracket.end() if bracket else start


def _before(key: str) -> re.Pattern[str]:
    """The pattern for words of a list at the end of what stands before a number."""
    return QUANTITY_WORDS.any_of(key, "(?:{})[ 　]*$")


# --- period -----------------------------------------------------------------------------------------------------------


def _cues(sentence: str, year: int | None) -> list[_Cue]:
    """Words that say of when the numbers behind them are, in the order of the sentence."""
    cues = [
        _Cue(*match.span(), Period(kind))
        for kind in cast(tuple[PeriodKind, ...], QUANTITY_WORDS.names("period"))
        for match in QUANTITY_WORDS.any_of(f"period.{kind}").finditer(sentence)
    ]
    for match in _YEAR.finditer(sentence):
        behind = sentence[match.end() : match.end() + 6]
        if not re.match(r"\s*(?:[-—–至~]|修订|修正|版)", behind):
            cues.append(_Cue(*match.span(), _period_of_year(int(match[1]), behind, year)))
    # 「自2021年以来」 is one cue, 「截至2024年底」 too; of two that overlap the longer one speaks.
    cues.sort(key=lambda c: (c.start, c.start - c.end))
    kept: list[_Cue] = []
    for cue in cues:
        if not (kept and cue.start < kept[-1].end) and not _only_compares(sentence, cue):
            kept.append(cue)
    return kept


def _period_of_year(named: int, behind: str, year: int | None) -> Period:
    """The period of a year that is named in a report on ``year``; ``behind`` is what follows it."""
    if re.match(r"度?(?:以来|起)", behind) and named != year:
        return Period("cumulative", named)
    if year is None or named == year:
        return Period("year", named)
    if named == year - 1:
        return Period("year_before", named)
    return Period("planned" if named == year + 1 else "named", named)


def _only_compares(sentence: str, cue: _Cue) -> bool:
    """「比上年」 compares; only 「比上年的28起」 gives last year's number."""
    compared = cue.period.kind in ("year_before", "named") and _before("comparison.before").search(
        sentence[: cue.start]
    )
    return bool(compared) and not re.match(r"\s*(?:同期)?的?\s*[\d一二三四五六七八九十百千两]", sentence[cue.end :])


def _period(
    sentence: str, amount: Amount, cues: Sequence[_Cue], read: Sequence[Quantity], direction: Direction
) -> Period | None:
    """The period of an amount: what is said since the amount before it, else what holds on from there."""
    group = _group_start(sentence, amount.start)
    earlier = [q for q in read if q.start >= group and q.direction != "from"]
    since = max(group, read[-1].end if read else 0)
    own = [c.period for c in cues if since <= c.start and c.end <= amount.number_start]
    if own:
        if own[-1].kind == "cumulative" and own[-1].year is None and any(p.kind == "year" for p in own):
            return Period("year")  # 「今年以来累计」
        return own[-1]
    if earlier and all(q.period.kind == "year_before" for q in earlier) and earlier[0].period.said:
        return earlier[-1].period
    if (
        direction == "none"
        and earlier
        and earlier[-1].period.kind == "year_before"
        and not _ENDS_YEAR_BEFORE.search(sentence, earlier[-1].end, amount.number_start)
    ):
        return earlier[-1].period
    return next((q.period for q in reversed(earlier) if q.period.kind not in _OF_ITS_CLAUSE), None)


def _within(said: Period | None, above: Period) -> Period:
    """The period of a number, given the heading above it: 「全年」 below 「2023年」 is that year."""
    if said is None or (said.kind == "year" and said.year is None and above.kind in ("year_before", "named")):
        return above
    return said


def _period_above(headings: Sequence[str], year: int | None) -> Period:
    """The period of numbers below these headings: a report on two years tells of each under a heading of its own."""
    for heading in reversed(headings):
        # 「上一年度推进…的主要举措」 heads what the report is on, so only years by their number and parts of one count.
        periods = [c.period for c in _cues(heading, year)]
        periods = [p for p in periods if p.year is not None or p.kind.startswith(("half", "quarter"))]
        if periods and periods[-1].kind not in ("planned", "cumulative"):
            return replace(periods[-1], said=False)
    return Period("year", said=False)


# --- direction and modality -------------------------------------------------------------------------------------------


def _ends_in(direction: Direction, words: str) -> bool:
    """Whether words end in one that says in which direction the number behind them is."""
    return bool(_before(f"direction.{direction}").search(words))


_ANY_BOUND = "|".join(("大约", "约", "近", "将近", "超过", "超", "达", "了", "出"))


def _direction(sentence: str, found: Sequence[Amount], number: int, start: int) -> Direction:
    """Whether an amount is an end of a change or its size, by the words right before it."""
    amount = found[number]
    since = max(found[number - 1].end if number else 0, start - 1 if start else 0)
    lead = re.sub(rf"(?:{_ANY_BOUND})$", "", sentence[since : amount.number_start].rstrip())
    return _end_of_change(sentence, found, number, lead) or _size_of_change(amount, lead)


def _end_of_change(sentence: str, found: Sequence[Amount], number: int, lead: str) -> Literal["from", "to"] | None:
    """Which end of a change an amount is behind the words ``lead``; None where it is neither."""
    if _ends_in("to", lead):
        return "to"
    # 「由8人增加到15人」, 「由8人，15人」 is none: the other end has to follow.
    if _ends_in("from", lead):
        behind = sentence[found[number].end : found[number + 1].number_start] if number + 1 < len(found) else ""
        if behind and len(behind) <= _BETWEEN_ENDS and re.search(r"(?:到|至|为|成)了?$", behind):
            return "from"
        if re.search(r"原来|原有|原先", lead[-6:]):
            return "from"
    leads_to = number and re.fullmatch(rf"[^。；;]{{0,{_BETWEEN_ENDS}}}(?:到|至|为|成)了?", lead)
    return "to" if leads_to and _opens_change(sentence, found, number - 1) else None


_ADDED = re.compile(r"(?:[新再]增加?|增[配聘派设补添])$")


def says_added(words: str) -> bool:
    """Whether the number behind some words counts what is added, 「执法人员再增5名」, and is no size of a change."""
    return bool(_ADDED.search(words))


def _size_of_change(amount: Amount, lead: str) -> Literal["up", "down", "none"]:
    """Whether an amount behind the words ``lead`` is the size of a rise or a fall."""
    if says_added(lead):
        return "none"  # 「行政执法人员再增5名」 counts those that come
    if _ends_in("down", lead) and not re.search(r"(?:最|不|至|很|较|多|或)(?:低|少)$", lead):
        return "down"
    if _ends_in("up", lead) and not re.search(r"(?:最|不|至|很|较|许|众|大|提)(?:高|多)$", lead):
        return "up"
    return "up" if amount.text.startswith("翻") else "none"


def _opens_change(sentence: str, found: Sequence[Amount], number: int) -> bool:
    since = found[number - 1].end if number else 0
    return _ends_in("from", sentence[since : found[number].number_start])


def _is_later(period: Period, year: int | None) -> bool:
    """Whether a period is after the year of its report."""
    ends_later = period.year is not None and year is not None and period.year > year
    return period.kind == "planned" or (period.kind == "named" and ends_later)


_NOW = re.compile(r"(?:现[在有]|目前)(?:的|已?有|共|约)*$")
"""What a number right behind it counts is there, whatever is planned around it."""


def _modality(
    sentence: str, amount: Amount, start: int, headings: Sequence[str], period: Period, year: int | None
) -> Modality:
    """Whether it is done, planned, lacking or denied: the headings above decide where the sentence does not.

    A number of a later year among shortcomings is what shall mend them; one of the report's year among plans was done.
    """
    group = _group_start(sentence, amount.start)
    lead = sentence[group : amount.end]
    clause = sentence[start : amount.number_start]
    if re.search(r"(?:没有|未|无)[^，,。；;\d]{0,8}$", clause) and not re.search(r"未[^，。]{0,4}的", clause):
        return "denied"
    said_planned = QUANTITY_WORDS.any_of("modality.planned").search(lead)
    told = announced(headings)
    planning, lacking = "plan" in told, "shortcoming" in told
    if _NOW.search(clause) and not lacking:
        return "done"
    if said_planned and not QUANTITY_WORDS.says("modality.done", lead[said_planned.start() :]):
        return "planned"
    if planning and not lacking:
        named = period.said and period.kind == "year" and period.year is not None and period.year == year
        return "done" if named or re.search(r"现有|现在|目前|原来|由现|(?:^|[，,])今年", clause) else "planned"
    if lacking:
        mends = said_planned or _is_later(period, year) or QUANTITY_WORDS.says("modality.planned_among_lacks", lead)
        return "planned" if mends else "lacking"
    return "done"


# --- whose, and how far --------------------------------------------------------------------------------------------


@cache
def _village() -> str:
    """A pattern of the name of a village that is spoken of alone."""
    (not_in,) = QUANTITY_WORDS.words("holder.no_name")
    return (
        rf"[^\W\da-zA-Z{not_in}][^\W\da-zA-Z{not_in}]{{1,2}}(?:村|社区)"
        r"(?![级委干民规务情居部支组账镇落庄容史貌口警法办、等和与及的（(]|[^，,。；;]{0,3}[（(])"
    )


def village_in(text: str) -> str:
    """The last village that words speak of, 「红星村」; empty where they speak of none."""
    return next(reversed(re.findall(_village(), text)), "")


@cache
def _holders() -> re.Pattern[str]:
    """Who is spoken of at the beginning of a clause."""
    own, joint, county, spoken_of = (
        "|".join(QUANTITY_WORDS.words(f"holder.{name}")) for name in ("own", "joint", "county", "spoken_of")
    )
    return re.compile(
        rf"(?:^|(?<=[，,。；;：:、（(\n])|其中|在|如|由|年|有)"
        rf"[“\"]?(?:(?P<own>{own})|(?P<joint>{joint})|(?P<county>{county})|(?P<spoken>{spoken_of})|(?P<village>{_village()}))"
    )


def _holder(sentence: str, amount: Amount, start: int) -> Holder:
    """The holder of an amount: who is spoken of last in its clause, which begins at ``start``."""
    holder = OWN
    for match in _holders().finditer(sentence, start, amount.start):
        kind = match.lastgroup
        if kind == "own":
            holder = OWN
        elif kind in ("county", "joint"):
            holder = Holder("county" if kind == "county" else "joint")
        elif kind == "spoken":
            holder = Holder("village", village_in(sentence[: match.start()]))
        else:
            holder = Holder("village", match["village"])
    return holder


def _says_whose(sentence: str, quantity: Quantity) -> bool:
    return bool(_holders().search(sentence, quantity.clause_start, quantity.start))


def _without_holder(context: str, holder: Holder) -> str:
    """What is counted, without whose it is."""
    if holder.kind != "village":
        return context
    spoken_of = "|".join(QUANTITY_WORDS.words("holder.spoken_of"))
    return re.sub(rf"^(?:{re.escape(holder.name)}|{spoken_of})(?:全年|共)?", "", context)


def stage_of(text: str) -> Stage | None:
    """Whether words speak of what came in or of what was brought to an end; None where of neither or of both."""
    said = cast(tuple[Stage, ...], QUANTITY_WORDS.said("stage", text))
    return said[0] if len(said) == 1 else None


_RATE = re.compile(r"([\u4e00-\u9fff]{2,10}?)(?:率(?!先)|度(?=$|[为是达]))")


def rate_in(text: str) -> str:
    """What the last rate of some words is called, 「调解成功率」; empty where there is none."""
    found = list(_RATE.finditer(text))
    return found[-1][0] if found else ""


def same_rate(one: str, other: str) -> bool:
    """Whether two rates are of one kind: 调解成功率 and 纠纷调成率, not 调解率."""
    heads = {name[-3:-1] for name in (one, other)}
    return len(heads) == 1 or any(heads <= group for group in _same_rates())


@cache
def _same_rates() -> tuple[frozenset[str], ...]:
    return tuple(map(frozenset, word_list("xiangwen.quantities", "words.toml")["rate_names"]["same"]))


def known_rates() -> frozenset[str]:
    """Words by which rates are called."""
    return frozenset().union(*_same_rates())


def kind_apart(asked: str, given: str, *, of_a_kind: bool) -> str:
    """What sets things asked for apart from those given under the same noun: 土地 of 土地纠纷 where 纠纷 are given.

    Args:
        asked: the noun asked for.
        given: the noun given.
        of_a_kind: those given are one kind of several (邻里纠纷); else a kind of their own is taken for other words for
            the same.
    """
    shared = 0
    while shared < min(len(asked), len(given)) and asked[-1 - shared] == given[-1 - shared]:
        shared += 1
    if shared < 2 or shared == len(asked):
        return ""
    kind, own_kind = (_kind(noun[:-shared]) for noun in (asked, given))
    if len(own_kind) >= 2 and not of_a_kind:
        return ""
    return kind if len(kind) >= 2 and not re.search("[哪多几谁乡镇街]", kind) else ""


def _kind(before: str) -> str:
    """What stands before a noun, without verbs and without words that set no kind of it apart."""
    return QUANTITY_WORDS.any_of("no_kind.words").sub("", _verbs().split(before)[-1])


@cache
def _verbs() -> re.Pattern[str]:
    outcomes = (word for word in QUANTITY_WORDS.words("part.outcomes") if len(word) > 1)
    stages = (word for stage in ("intake", "settled") for word in QUANTITY_WORDS.words(f"stage.{stage}"))
    return re.compile("|".join((*outcomes, *stages, *QUANTITY_WORDS.words("counted.openers"), "[的了过着]")))


# --- what is counted --------------------------------------------------------------------------------------------------


_TAIL = re.compile(
    r"(?:共计|共|总计|合计|累计|达到|达|约为?|有|(?<!行)为|是|了|的|只有?|仅|(?<![平人])均|都|已|各|最少|[\s　“”‘’])+$"
)
_CONNECTS = re.compile(r"^(?:和|与|及|以及|并|，|,|、|中(?!小学|学|心|医)|里|当中|的|余)+")


def _compact(context: str) -> str:
    """The noun that is counted, with what tells it from others, out of the words around its number."""
    noun = context
    for opener in QUANTITY_WORDS.any_of("counted.openers").finditer(context):
        if len(context) - opener.end() >= 2:
            noun = context[opener.end() :]
    closer = QUANTITY_WORDS.any_of("counted.closers", "(?:{})+$").search(noun)
    if closer and closer.start() >= 2:
        noun = noun[: closer.start()]
    modifiers, _, head = noun.rpartition("的")
    return head if len(head) >= 2 and len(modifiers) > _LONG_MODIFIER else noun


def _context(sentence: str, found: Sequence[Amount], number: int, start: int, end: int) -> str:
    """The words of the clause that are the number's own: those before it, and the noun right behind it."""
    amount = found[number]
    last = found[number - 1].end if number else 0
    after = sentence[amount.end : found[number + 1].start if number + 1 < len(found) else end][: end - amount.end]
    if number + 1 < len(found) and found[number + 1].start < end and not re.search(r"[的和与及]$", after):
        # The words between two numbers of a clause belong to the second, 「检查企业3家出动人员20人」, unless nothing
        # else says what the first counts, 「8个行政村中5个」.
        own = _clean(sentence[max(start, last) : amount.start])
        own = "" if QUANTITY_WORDS.any_of("counted.openers").fullmatch(own) else own
        only_a_stage = len(after) <= _LONGEST_STAGE and stage_of(after)  # 「269起成功256起」
        after = "" if len(own) >= 2 or only_a_stage else re.split(r"中(?!小学|学|心|医)|[里有]", after)[0]
    behind = _noun(after)
    before = _clean(sentence[max(start, last) : amount.start])
    if len(before) < 2 and not behind and last < start:
        # 「“法律明白人”，已有36名」: the clause says nothing, the one before it does and holds no number.
        lead = sentence[last : max(start - 1, last)]
        before = _clean(re.split(_CLAUSE_END, lead)[-1])
    if len(before) < 2 and not behind:
        behind = after.strip("的，, ")[:_LONGEST_NOUN]  # 「为118人提供法律援助」
    return f"{before}{behind}" if not (before and behind and before.endswith(behind)) else before


_CHANGING = re.compile(r"(?:进一步|逐步|再)?(?:增|提|扩|升|降|减|压|缩|拓|翻|上)[^，,。；;]{0,4}?(?:到|至|为|成)?了?$")


def _what_changes(context: str) -> str:
    """What comes to a number: 「法治宣传活动」 in 「把法治宣传活动增到50场」; empty where its clause does not say."""
    noun = re.split(r"把|将", _CHANGING.sub("", context))[-1]
    return noun if len(noun) > 1 and noun != context else ""


def _clean(lead: str) -> str:
    """Words before a number without those that say nothing of what is counted."""
    lead = _CONNECTS.sub("", lead.strip())
    lead = QUANTITY_WORDS.any_of("counted.before", r"^(?:{}|[\s　])+").sub("", lead)
    lead = _TAIL.sub("", lead)
    lead = re.sub(r"(?:由|从|原来|原有|原先)$", "", lead)
    return lead.strip('“”‘’"：:，, 　')


def _noun(after: str) -> str:
    """The noun right behind a measure word."""
    after = after.strip()
    if not after or re.match(r"[的，,。；;]", after):
        after = after.lstrip("的")
    end = QUANTITY_WORDS.any_of("counted.ends").search(after)
    noun = after[: end.start()] if end and end.start() else ("" if end else after)
    return noun[:_LONGEST_NOUN].strip('“”‘’"，,。；; 　')


# --- roles ------------------------------------------------------------------------------------------------------------


_INSIDE_WHOLE = re.compile(r"[^，,。；;]{0,8}?(?:中|里|当中)(?:的|有|，|,)?")
"""Between a whole and its part: 「8个行政村中5个」."""
_HAVING = re.compile(r"[^，,。；;、]{1,6}有")
"""Between a whole and its part: 「28人，持证的有20人」."""
_LISTING = re.compile(r"[，,]?(?:包括|分别为|含)")
"""Between a whole and its parts: 「28件，包括」."""


@cache
def _outcomes() -> re.Pattern[str]:
    longest = sorted(QUANTITY_WORDS.words("part.outcomes"), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(longest)})*")


class _Earlier(NamedTuple):
    """A quantity before another one in its part of the sentence."""

    number: int
    """Its number in the sentence."""
    quantity: Quantity


class _Whole(NamedTuple):
    """What a quantity is a part of; both None where the sentence does not count it."""

    number: int | None = None
    quantity: Quantity | None = None


def _related(sentence: str, read: Sequence[Quantity], quantity: Quantity) -> Quantity:
    """The quantity with its role, and with what it takes over from those before it."""
    if quantity.modality == "planned" and quantity.direction != "from" and quantity.period.kind != "named":
        quantity = replace(quantity, period=Period("planned", said=quantity.period.said))
    group = _group_start(sentence, quantity.start)
    earlier = [_Earlier(n, q) for n, q in enumerate(read) if q.start >= group]
    if quantity.is_change:
        return _as_change(quantity, earlier)
    lead = sentence[quantity.clause_start : quantity.start]
    rate = QUANTITY_WORDS.any_of("rate.before", r"(?:{})[^，,。；;\d]{0,12}$")
    if quantity.unit_class == "percent" or rate.search(lead):
        return _as_rate(sentence, quantity, earlier)
    alike = [e for e in earlier if e.quantity.unit == quantity.unit and not e.quantity.is_change]
    if whole := _whole(sentence, group, earlier, alike, quantity):
        return _as_part(sentence, quantity, whole)
    if len(quantity.context) < 2 and earlier:
        return replace(quantity, carried=(alike or earlier)[-1].quantity.subject)
    return quantity


def _as_change(quantity: Quantity, earlier: Sequence[_Earlier]) -> Quantity:
    """A change with what it changes, where its own clause does not say that."""
    numbers = (e for e in reversed(earlier) if not e.quantity.is_change and e.quantity.period.kind != "year_before")
    changed = next(numbers, None)
    if changed is None or quantity.context:
        return quantity
    return replace(quantity, of=changed.number, carried=changed.quantity.subject)


def _as_rate(sentence: str, quantity: Quantity, earlier: Sequence[_Earlier]) -> Quantity:
    """A rate of what was counted last, and of whom that was."""
    before = earlier[-1].quantity if earlier else None
    holder = before.holder if before and not _says_whose(sentence, quantity) else quantity.holder
    return replace(quantity, role="rate", carried=before.subject if before else "", holder=holder)


def _as_part(sentence: str, quantity: Quantity, whole: _Whole) -> Quantity:
    """A part with what its whole counts, and where it says nothing else, its stage and whose it is."""
    number, total = whole
    stage = quantity.stage or (total.stage if total else None)
    holder = total.holder if total and not _says_whose(sentence, quantity) else quantity.holder
    carried = total.subject if total else ""
    return replace(quantity, role="part", of=number, carried=carried, stage=stage, holder=holder)


def _whole(
    sentence: str, group: int, earlier: Sequence[_Earlier], alike: Sequence[_Earlier], quantity: Quantity
) -> _Whole | None:
    """The whole that a quantity is a part of, among those of its unit; None where it is a part of none."""
    totals = [e for e in alike if e.quantity.role == "total" and e.quantity.high >= quantity.value]
    opened = sentence.rfind("其中", group, quantity.start)
    if opened >= 0:
        whole = next((e for e in reversed(totals) if e.quantity.end <= opened), None)
        if whole or not any(e.quantity.end <= opened for e in earlier):
            return _Whole(*whole) if whole else _Whole()
    return _Whole(*totals[-1]) if totals and _is_part(sentence, earlier, alike, totals[-1], quantity) else None


def _is_part(
    sentence: str, earlier: Sequence[_Earlier], alike: Sequence[_Earlier], whole: _Earlier, quantity: Quantity
) -> bool:
    """Whether a quantity is a part of the whole before it though no 「其中」 says so."""
    number, total = whole
    if quantity.period.kind != total.period.kind and quantity.period.said:
        return False
    if quantity.modality == "done" and total.modality == "planned":
        return False  # 「培养不少于56名，现有28名」
    last = earlier[-1]
    between = sentence[last.quantity.end : quantity.start]
    follows = number == last.number
    parts = [e.quantity for e in alike if e.quantity.role == "part" and e.quantity.of == number]
    signs = (
        follows and _INSIDE_WHOLE.match(between),
        parts and sum(q.value for q in parts) + quantity.value == total.value,
        follows and _HAVING.fullmatch(between),
        parts and QUANTITY_WORDS.any_of("part.other").match(between.lstrip("，,、 ")),
        quantity.context and _outcomes().fullmatch(quantity.context) and number >= last.number - 2,
        _LISTING.match(between),
    )
    return any(signs)


def _added_up(sentence: str, read: Sequence[Quantity]) -> list[Quantity]:
    """The quantities, those that add up to one beside them as its parts: 「信访59件，初次的38件，重复的21件」."""
    settled = list(read)
    alike: dict[tuple[int, str, PeriodKind], list[int]] = {}
    for number, quantity in enumerate(read):
        if quantity.role != "rate" and not quantity.is_change and quantity.value == quantity.high:
            key = _group_start(sentence, quantity.start), quantity.unit, quantity.period.kind
            alike.setdefault(key, []).append(number)
    for numbers in alike.values():
        for whole, parts in _sums([read[n].value for n in numbers]):
            if read[numbers[whole]].role == "total":
                for part in parts:
                    settled[numbers[part]] = replace(read[numbers[part]], role="part", of=numbers[whole])
    return settled


def _sums(values: Sequence[float]) -> Iterator[tuple[int, range]]:
    """Numbers of values that are the sum of all that follow them, or of all before them; two at least."""
    if len(values) >= 3:
        if values[0] == sum(values[1:]):
            yield 0, range(1, len(values))
        elif values[-1] == sum(values[:-1]):
            yield len(values) - 1, range(len(values) - 1)


def _settled(sentence: str, read: Sequence[Quantity]) -> list[Quantity]:
    """What only the sentence tells: 「累计212名，其中2024年38名」 sets this year apart from all the years."""
    settled = _added_up(sentence, read)
    for quantity in settled.copy():
        if quantity.role != "part" or quantity.of is None or not quantity.period.said:
            continue
        total = settled[quantity.of]
        all_years = re.search("累计|至今|历年", sentence[total.clause_start : total.start])
        if all_years and quantity.period.kind == "year" and quantity.period is not total.period:
            settled[quantity.of] = replace(total, period=Period("cumulative"))
    return settled
