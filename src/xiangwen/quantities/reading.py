"""A sentence to its quantities: what each number counts, its role, period, direction and modality.

The clause decides, then what stands before it in the sentence, then the headings above it and the report's year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import get_args

from xiangwen.language.characters import simplified_in_place
from xiangwen.quantities.forms import Amount, amounts, quantity_words
from xiangwen.quantities.quantity import OWN, Direction, Holder, Modality, Period, PeriodKind, Quantity, Stage

# A comma between digits and a point between them are in a number.
_CLAUSE_END = re.compile(r"[。！？!?；;：:、（）()\n]|(?<!\d)[,，]|[,，](?!\d{3}(?!\d))|(?<!\d)\.|\.(?!\d)")
_GROUP_END = re.compile(r"[。！？!?；;\n]|(?<!\d)\.(?!\d)|(?<=[%％\u4e00-\u9fff])\.")
_OR_ANOTHER = re.compile(r"(?:行政)?(?:村|乡镇|镇|社区)[（(][\u4e00-\u9fff]{1,4}[）)]")
_LONGEST_NOUN = 16
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
            period=_within(_period(sentence, amount, cues, read, direction), above),
            direction=direction,
            modality=_modality(sentence, amount, start, headings),
            holder=holder,
            stage=stage_of(context),
            rate=rate_in(context) if amount.unit_class == "percent" else "",
        )
        read.append(_related(sentence, read, quantity, year))
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


def _bracket_end(sentence: str, start: int) -> int:
    """Behind 「村（社区）」, where a number stands before it; else ``start``."""
    bracket = _OR_ANOTHER.match(sentence, start)
    return bracket.end() if bracket else start


# --- period -----------------------------------------------------------------------------------------------------------


@cache
def _period_patterns() -> tuple[tuple[PeriodKind, re.Pattern[str]], ...]:
    return tuple(
        (k, re.compile("|".join(quantity_words()["period"][k])))
        for k in get_args(PeriodKind)
        if k in quantity_words()["period"]
    )


@cache
def _comparison() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(quantity_words()['comparison']['before'])})$")


def _cues(sentence: str, year: int | None) -> list[_Cue]:
    """Words that say of when the numbers behind them are, in the order of the sentence."""
    cues: list[_Cue] = []
    for kind, pattern in _period_patterns():
        for match in pattern.finditer(sentence):
            cues.append(_Cue(*match.span(), Period(kind)))
    for match in _YEAR.finditer(sentence):
        named = int(match[1])
        behind = sentence[match.end() : match.end() + 6]
        if re.match(r"度?(?:以来|起)", behind) and named != year:
            period = Period("cumulative", named)
        elif year is None or named == year:
            period = Period("year", named)
        elif named == year - 1:
            period = Period("year_before", named)
        else:
            period = Period("planned" if named == year + 1 else "named", named)
        if not re.match(r"\s*(?:[-—–至~]|修订|修正|版)", behind):
            cues.append(_Cue(*match.span(), period))
    # 「自2021年以来」 is one cue, 「截至2024年底」 too; of two that overlap the longer one speaks.
    cues.sort(key=lambda c: (c.start, c.start - c.end))
    kept: list[_Cue] = []
    for cue in cues:
        if kept and cue.start < kept[-1].end:
            continue
        # 「比上年」 compares; only 「比上年的28起」 gives last year's number.
        compared = cue.period.kind in ("year_before", "named") and _comparison().search(sentence[: cue.start])
        if compared and not re.match(r"\s*(?:同期)?的?\s*[\d一二三四五六七八九十百千两]", sentence[cue.end :]):
            continue
        kept.append(cue)
    return kept


def _period(
    sentence: str, amount: Amount, cues: Sequence[_Cue], read: Sequence[Quantity], direction: Direction
) -> Period | None:
    """Of when an amount is: what is said since the amount before it, else what holds on from there."""
    group = max((m.end() for m in _GROUP_END.finditer(sentence, 0, amount.start)), default=0)
    earlier = [q for q in read if q.start >= group and q.direction != "from"]
    since = max(group, read[-1].end if read else 0)
    own = [c.period for c in cues if since <= c.start and c.end <= amount.number_start]
    if own:
        if own[-1].kind == "cumulative" and own[-1].year is None and any(p.kind == "year" for p in own):
            return Period("year")  # 「今年以来累计」
        return own[-1]
    if earlier and all(q.period.kind == "year_before" for q in earlier) and earlier[0].period.said:
        return earlier[-1].period
    return next((q.period for q in reversed(earlier) if q.period.kind not in _OF_ITS_CLAUSE), None)


def _within(said: Period | None, above: Period) -> Period:
    """Of when a number is, given the heading above it: 「全年」 below 「2023年」 is that year."""
    if said is None or (said.kind == "year" and said.year is None and above.kind in ("year_before", "named")):
        return above
    return said


def _period_above(headings: Sequence[str], year: int | None) -> Period:
    """Of when the numbers below these headings are: a report on two years tells of each under a heading of its own."""
    for heading in reversed(headings):
        # 「上一年度推进…的主要举措」 heads what the report is on, so only years by their number and parts of one count.
        periods = [c.period for c in _cues(heading, year)]
        periods = [p for p in periods if p.year is not None or p.kind.startswith(("half", "quarter"))]
        if periods and periods[-1].kind not in ("planned", "cumulative"):
            return replace(periods[-1], said=False)
    return Period("year", said=False)


# --- direction and modality -------------------------------------------------------------------------------------------


@cache
def _said_before(key: str) -> re.Pattern[str]:
    table, _, name = key.partition(".")
    return re.compile(rf"(?:{'|'.join(quantity_words()[table][name])})[ 　]*$")


_ANY_BOUND = "|".join(("大约", "约", "近", "将近", "超过", "超", "达", "了", "出"))


def _direction(sentence: str, found: Sequence[Amount], number: int, start: int) -> Direction:
    """Whether an amount is an end of a change or its size, by the words right before it."""
    amount = found[number]
    since = max(found[number - 1].end if number else 0, start - 1 if start else 0)
    lead = re.sub(rf"(?:{_ANY_BOUND})$", "", sentence[since : amount.number_start].rstrip())
    if _said_before("direction.to").search(lead):
        return "to"
    # 「由8人增加到15人」, 「由8人，15人」 is none: the other end has to follow.
    if _said_before("direction.from").search(lead):
        behind = sentence[amount.end : found[number + 1].number_start] if number + 1 < len(found) else ""
        if behind and len(behind) <= 14 and re.search(r"(?:到|至|为|成)了?$", behind):
            return "from"
        if re.search(r"原来|原有|原先", lead[-6:]):
            return "from"
    if (
        number
        and re.fullmatch(r"[^。；;]{0,14}(?:到|至|为|成)了?", lead)
        and _opens_change(sentence, found, number - 1)
    ):
        return "to"
    if re.search(r"新增(?:加)?$", lead):
        return "none"
    if _said_before("direction.down").search(lead) and not re.search(r"(?:最|不|至|很|较|多|或)(?:低|少)$", lead):
        return "down"
    if _said_before("direction.up").search(lead) and not re.search(r"(?:最|不|至|很|较|许|众|大|提)(?:高|多)$", lead):
        return "up"
    if amount.text.startswith("翻"):
        return "up"
    return "none"


def _opens_change(sentence: str, found: Sequence[Amount], number: int) -> bool:
    since = found[number - 1].end if number else 0
    return bool(_said_before("direction.from").search(sentence[since : found[number].number_start]))


@cache
def _modality_words(name: str) -> re.Pattern[str]:
    return re.compile("|".join(quantity_words()["modality"][name]))


def _modality(sentence: str, amount: Amount, start: int, headings: Sequence[str]) -> Modality:
    """Whether it is done, planned, lacking or denied: the headings above decide where the sentence does not."""
    top = headings[0] if headings else ""
    group = max((m.end() for m in _GROUP_END.finditer(sentence, 0, amount.start)), default=0)
    lead = sentence[group : amount.end]
    clause = sentence[start : amount.number_start]
    if re.search(r"(?:没有|未|无)[^，,。；;\d]{0,8}$", clause) and not re.search(r"未[^，。]{0,4}的", clause):
        return "denied"
    said_planned = _modality_words("planned").search(lead)
    planning, lacking = _modality_words("planned_heading").search(top), _modality_words("lacking_heading").search(top)
    if said_planned and not _modality_words("done").search(lead[said_planned.start() :]):
        return "planned"
    if planning and not lacking:
        return "done" if re.search(r"现有|现在|目前|原来|由现|(?:^|[，,])今年", clause) else "planned"
    if lacking:
        return "planned" if said_planned else "lacking"
    return "done"


# --- whose, and how far --------------------------------------------------------------------------------------------


@cache
def _village() -> str:
    """A pattern of the name of a village that is spoken of alone."""
    not_in = quantity_words()["holder"]["no_name"]
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
    words_of = quantity_words()["holder"]
    own, joint, county, spoken_of = ("|".join(words_of[name]) for name in ("own", "joint", "county", "spoken_of"))
    return re.compile(
        rf"(?:^|(?<=[，,。；;：:、（(\n])|其中|在|如|由|年|有)"
        rf"[“\"]?(?:(?P<own>{own})|(?P<joint>{joint})|(?P<county>{county})|(?P<spoken>{spoken_of})|(?P<village>{_village()}))"
    )


def _holder(sentence: str, amount: Amount, start: int) -> Holder:
    """Whose an amount is: who is spoken of last in its clause, which begins at ``start``."""
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
    return re.sub(
        rf"^(?:{re.escape(holder.name)}|{'|'.join(quantity_words()['holder']['spoken_of'])})(?:全年|共)?", "", context
    )


@cache
def _stages() -> dict[Stage, re.Pattern[str]]:
    return {"intake": _any_of("intake"), "settled": _any_of("settled")}


def _any_of(stage: Stage) -> re.Pattern[str]:
    return re.compile("|".join(quantity_words()["stage"][stage]))


def stage_of(text: str) -> Stage | None:
    """Whether words speak of what came in or of what was brought to an end; None where of neither or of both."""
    said = [stage for stage, pattern in _stages().items() if pattern.search(text)]
    return said[0] if len(said) == 1 else None


_RATE = re.compile(r"([\u4e00-\u9fff]{2,10}?)(?:率(?!先)|度(?=$|[为是达]))")


def rate_in(text: str) -> str:
    """What the last rate of some words is called, 「调解成功率」; empty where there is none."""
    found = list(_RATE.finditer(text))
    return found[-1][0] if found else ""


def same_rate(one: str, other: str) -> bool:
    """Whether two rates are of one kind: 调解成功率 and 纠纷调成率, not 调解率."""
    heads = {name[-3:-1] for name in (one, other)}
    return len(heads) == 1 or any(heads <= set(group) for group in quantity_words()["rate_names"]["same"])


def known_rates() -> frozenset[str]:
    """Words by which rates are called."""
    return frozenset(name for group in quantity_words()["rate_names"]["same"] for name in group)


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
    behind_verbs = re.split(rf"{_outcome_words()}|{_openers().pattern}|[的了过着]", before)[-1] or ""
    return re.sub("|".join(quantity_words()["no_kind"]["words"]), "", behind_verbs)


@cache
def _outcome_words() -> str:
    return "|".join(w for w in quantity_words()["part"]["outcomes"] if len(w) > 1)


# --- what is counted --------------------------------------------------------------------------------------------------


@cache
def _stripped() -> re.Pattern[str]:
    return re.compile(rf"^(?:{'|'.join(quantity_words()['counted']['before'])}|[\s　])+")


@cache
def _ends() -> re.Pattern[str]:
    return re.compile("|".join(quantity_words()["counted"]["ends"]))


_TAIL = re.compile(
    r"(?:共计|共|总计|合计|累计|达到|达|约为?|有|(?<!行)为|是|了|的|只有?|仅|(?<![平人])均|都|已|各|最少|[\s　“”‘’])+$"
)
_CONNECTS = re.compile(r"^(?:和|与|及|以及|并|，|,|、|中(?!小学|学|心|医)|里|当中|的|余)+")


def _compact(context: str) -> str:
    """The noun that is counted, with what tells it from others, out of the words around its number."""
    noun = context
    for opener in _openers().finditer(context):
        if len(context) - opener.end() >= 2:
            noun = context[opener.end() :]
    closer = _closers().search(noun)
    if closer and closer.start() >= 2:
        noun = noun[: closer.start()]
    modifiers, _, head = noun.rpartition("的")
    return head if len(head) >= 2 and len(modifiers) > 4 else noun


@cache
def _openers() -> re.Pattern[str]:
    return re.compile("|".join(quantity_words()["counted"]["openers"]))


@cache
def _closers() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(quantity_words()['counted']['closers'])})+$")


def _context(sentence: str, found: Sequence[Amount], number: int, start: int, end: int) -> str:
    """The words of the clause that are the number's own: those before it, and the noun right behind it."""
    amount = found[number]
    last = found[number - 1].end if number else 0
    after = sentence[amount.end : found[number + 1].start if number + 1 < len(found) else end][: end - amount.end]
    if number + 1 < len(found) and found[number + 1].start < end and not re.search(r"[的和与及]$", after):
        # The words between two numbers of a clause belong to the second, 「检查企业3家出动人员20人」, unless nothing
        # else says what the first counts, 「8个行政村中5个」.
        own = _clean(sentence[max(start, last) : amount.start])
        own = "" if _openers().fullmatch(own) else own
        after = "" if len(own) >= 2 else re.split(r"中(?!小学|学|心|医)|[里有]", after)[0]
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
    lead = _stripped().sub("", lead)
    lead = _TAIL.sub("", lead)
    lead = re.sub(r"(?:由|从|原来|原有|原先)$", "", lead)
    return lead.strip('“”‘’"：:，, 　')


def _noun(after: str) -> str:
    """The noun right behind a measure word."""
    after = after.strip()
    if not after or re.match(r"[的，,。；;]", after):
        after = after.lstrip("的")
    end = _ends().search(after)
    noun = after[: end.start()] if end and end.start() else ("" if end else after)
    return noun[:_LONGEST_NOUN].strip('“”‘’"，,。；; 　')


# --- roles ------------------------------------------------------------------------------------------------------------


@cache
def _outcomes() -> re.Pattern[str]:
    longest = sorted(quantity_words()["part"]["outcomes"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(longest)})*")


@cache
def _other() -> re.Pattern[str]:
    return re.compile(rf"^(?:{'|'.join(quantity_words()['part']['other'])})")


@cache
def _rate_before() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(quantity_words()['rate']['before'])})[^，,。；;\d]{{0,12}}$")


def _related(sentence: str, read: Sequence[Quantity], quantity: Quantity, year: int | None) -> Quantity:
    """The quantity with its role, and with what it takes over from those before it."""
    group = max((m.end() for m in _GROUP_END.finditer(sentence, 0, quantity.start)), default=0)
    if quantity.modality == "planned" and quantity.direction != "from" and quantity.period.kind != "named":
        quantity = replace(quantity, period=Period("planned", said=quantity.period.said))
    earlier = [(n, q) for n, q in enumerate(read) if q.start >= group]
    alike = [(n, q) for n, q in earlier if q.unit == quantity.unit and not q.is_change]
    if quantity.is_change:
        changed = next(
            ((n, q) for n, q in reversed(earlier) if not q.is_change and q.period.kind != "year_before"), None
        )
        if changed and not quantity.context:
            return replace(quantity, of=changed[0], carried=changed[1].subject)
        return quantity
    lead = sentence[quantity.clause_start : quantity.start]
    if quantity.unit_class in ("percent",) or _rate_before().search(lead):
        holder = earlier[-1][1].holder if earlier and not _says_whose(sentence, quantity) else quantity.holder
        return replace(quantity, role="rate", carried=earlier[-1][1].subject if earlier else "", holder=holder)
    whole = _whole(sentence, group, earlier, alike, quantity)
    if whole is not None:
        n, total = whole if whole[0] is not None else (None, None)
        stage = quantity.stage or (total.stage if total else None)
        holder = total.holder if total and not _says_whose(sentence, quantity) else quantity.holder
        carried = total.subject if total else ""
        return replace(quantity, role="part", of=n, carried=carried, stage=stage, holder=holder)
    if len(quantity.context) < 2 and earlier:
        return replace(quantity, carried=(alike or earlier)[-1][1].subject)
    return quantity


def _whole(
    sentence: str,
    group: int,
    earlier: Sequence[tuple[int, Quantity]],
    alike: Sequence[tuple[int, Quantity]],
    quantity: Quantity,
) -> tuple[int, Quantity] | tuple[None, None] | None:
    """The whole that a quantity is a part of; (None, None) where the sentence does not count the whole."""
    last_end = earlier[-1][1].end if earlier else group
    between = sentence[last_end : quantity.start]
    totals = [(n, q) for n, q in alike if q.role == "total" and q.high >= quantity.value]
    opened = sentence.rfind("其中", group, quantity.start)
    if opened >= 0:
        whole = next(((n, q) for n, q in reversed(totals) if q.end <= opened), None)
        if whole or not [q for _, q in earlier if q.end <= opened]:
            return whole or (None, None)
    if not totals:
        return None
    n, total = totals[-1]
    if quantity.period.kind != total.period.kind and quantity.period.said:
        return None
    if re.match(r"(?:[^，,。；;]{0,8}?)(?:中|里|当中)(?:的|有|，|,)?", between) and n == earlier[-1][0]:
        return n, total
    parts = [q for _, q in alike if q.role == "part" and q.of == n]
    if parts and sum(q.value for q in parts) + quantity.value == total.value:
        return n, total
    if n == earlier[-1][0] and re.fullmatch(r"[^，,。；;、]{1,6}有", between):
        return n, total
    if parts and _other().match(between.lstrip("，,、 ")):
        return n, total
    if quantity.context and _outcomes().fullmatch(quantity.context) and n >= earlier[-1][0] - 2:
        return n, total
    return (n, total) if re.match(r"[，,]?(?:包括|分别为|含)", between) else None


def _settled(sentence: str, read: Sequence[Quantity]) -> list[Quantity]:
    """What only the sentence tells: 「累计212名，其中2024年38名」 sets this year apart from all the years."""
    settled = list(read)
    for quantity in read:
        if quantity.role != "part" or quantity.of is None or not quantity.period.said:
            continue
        total = settled[quantity.of]
        all_years = re.search("累计|至今|历年", sentence[total.clause_start : total.start])
        if all_years and quantity.period.kind == "year" and quantity.period is not total.period:
            settled[quantity.of] = replace(total, period=Period("cumulative"))
    return settled
