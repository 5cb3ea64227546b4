"""The quantities of a passage as candidates for the number that is asked for, and who chooses among them.

Rules only give features of each candidate (`Fit`); a `Chooser` turns them, or the sentence itself, into scores. Whoever
trains a model to choose gives it the sentence with one number marked, and plugs it in as a `Chooser`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from xiangwen.language.characters import simplify
from xiangwen.language.concepts import catalogue, plain_words, vocabulary
from xiangwen.language.tokens import tag, words
from xiangwen.quantities.quantity import Quantity, Stage
from xiangwen.quantities.reading import kind_apart, rate_in, same_rate, says_added
from xiangwen.questions.counted_asked import CountedAsked, read_counted_asked
from xiangwen.retrieval.figures import fits_unit

if TYPE_CHECKING:
    from xiangwen.questions import Question, Term
    from xiangwen.questions.quantity_asked import QuantityAsked
    from xiangwen.retrieval.evidence import Retriever

_OF_EVERY_NUMBER = vocabulary("question_words.toml")["of_every_number"]
GENERIC = frozenset((*_OF_EVERY_NUMBER["zh"], *_OF_EVERY_NUMBER["en"]))
"""Words of a question that every quantity would meet, or that say when and in which direction it is asked for."""
_LIGHT = frozenset(_OF_EVERY_NUMBER["light"])
# All numbers below were set by hand and never fitted; what measures them: docs/thresholds.md.
_OF_LIGHT = 0.3
"""What a verb weighs that says only that something was done: 发放, 举办."""
_CARRIED = 0.8
"""What a quantity takes over from the one that it is a part of counts nearly as much as its own words."""
_IN_SENTENCE = 0.5
"""What a word counts that only the sentence holds."""
_NO_KIND = frozenset("tdrpcufms")
"""Parts of speech (jieba) of words that tell no kind: 「现在」, 「自己」, 「表中」."""
_ANY_NUMBER = re.compile(r"[\d.,]+")
_ALIKE = 0.3
"""What a part of a word counts."""
_TAKEN_APART = 3
"""Of all words that can stand for a term so many are looked for by their parts."""
ASKS_WHAT_LACKS = re.compile(
    r"(?<![了有])没有(?!被|发生|[，,。?？]|$)|没(?=[聘请配签落])|尚未|还未|未(?=[聘配签落])|空白"
)
"""What asks how much is lacking, not how much there is."""
_LACKS = re.compile(r"没|未|无|空白|缺|尚|只有|仅")
"""What says that something is lacking."""
_KINDS = re.compile(r"(?P<kinds>[^，,。；;]+、[^，,。；;]+?)(?:方面|类型)?等(?P<things>.{2,})")
"""Kinds that are told together, and the things that they are kinds of."""
_NO_WORDS = 0.5
"""The share of the topic's words around a figure where the topic has none that tell figures apart."""
_FOR_A_YEAR = {"as_of": 1.0, "cumulative": 0.5}
"""By its period, how a figure meets a question for one year: a state at a date answers, what was counted since some
earlier time only where nothing else does."""
_FOR_ALL_YEARS = {"year": 0.5, "as_of": 0.8}
"""The same for what was counted over all years together."""
_FOR_ALL_YEARS_BUT_OF_ONE = 0.3
"""The same for a figure whose sentence says that it is of one year."""
_NEW_END = 0.6
"""How a plain number meets a question for the new end of a change."""
_UNSAID = 0.6
"""Where 办结 is asked for, 调解 may be meant, but only where nothing is said to be 办结."""
_OTHERS = 0.4
"""What a number of a part of the township counts, or of all of it where one of a part is asked for."""
_JOINT = 0.7
"""What a number counts that the issuer shares with another office."""
_WHOLE, _PART, _LIKE_WHOLE = 1.0, 0.4, 0.9
"""What a whole counts, a part of it, and a part of nothing said that is asked for by all its words."""
_SOME_PART = 0.5
"""What a part of nothing said counts that is asked for by some of its words."""
_RATE_UNASKED = 0.7
"""What a rate counts where no unit is asked for: a count answers before it."""
_OTHER_MEASURE = 0.7
"""What a figure counts in another measure word than the one asked with: 200次 where 多少场 is asked."""
_SUBJECT, _NAMED = 0.7, 0.3
"""What the topic's words around a figure count beside the words of its own noun."""


@dataclass(frozen=True)
class Fit:
    """How a quantity meets what is asked; shares from 0 to 1."""

    unit: bool
    period: float
    direction: float
    role: float
    matter: float
    """Whose it is, how far the matter had come, which rate and of which kind: 0 where one is another than asked for."""
    subject: float
    """Of the topic's words, the share that the quantity's own clause holds."""
    named: float
    """Of the words that say what is counted, the share that the question holds."""
    measure: float = 1.0
    """Less than 1 where another measure word of the class is asked with: 「多少场」 and not 200次."""


@dataclass(frozen=True)
class FigureCandidate:
    """A quantity of a passage with how it meets the question."""

    passage: int
    quantity: Quantity
    fit: Fit
    score: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether it is of the period, in the direction and of the matter asked for."""
        return self.fit.unit and self.fit.period > 0 and self.fit.direction > 0 and self.fit.matter > 0


class Chooser(Protocol):
    """Who says which quantity of a passage is the one asked for."""

    def __call__(self, question: Question, quote: str, candidates: Sequence[FigureCandidate]) -> Sequence[float]:
        """A score for each candidate, from 0 to 1; the best answers."""
        ...


def by_fit(question: Question, quote: str, candidates: Sequence[FigureCandidate]) -> list[float]:
    """The product of the features of each candidate, its words weighed together."""
    return [
        float(c.fit.unit) * c.fit.period * c.fit.direction * c.fit.role * c.fit.matter * c.fit.measure * worded(c.fit)
        for c in candidates
    ]


def worded(fit: Fit) -> float:
    """How much the words around a figure and the question have in common, from 0 to 1."""
    return _SUBJECT * fit.subject + _NAMED * fit.named


def figure_candidates(
    retriever: Retriever, question: Question, passage: int, choose: Chooser = by_fit
) -> tuple[FigureCandidate, ...]:
    """All quantities of a passage in the order of the sentence, scored for a question."""
    quantities = retriever.quantities[passage]
    if not quantities:
        return ()
    row = retriever.index.passages[passage]
    quote = retriever.index.reading(row)
    year = retriever.index.reports[row.report].metadata.year
    found = fits(question, quote, quantities, year, "".join(row.heading_path))
    unscored = [FigureCandidate(passage, q, fit) for q, fit in zip(quantities, found, strict=True)]
    scores = choose(question, quote, unscored)
    return tuple(FigureCandidate(passage, c.quantity, c.fit, float(s)) for c, s in zip(unscored, scores, strict=True))


def fits(
    question: Question, quote: str, quantities: Sequence[Quantity], year: int | None, above: str = ""
) -> list[Fit]:
    """How each quantity of a sentence, below the headings ``above``, meets a question."""
    asked, counted = question.quantity, _counted_asked(question)
    lacking = ASKS_WHAT_LACKS.search(simplify(question.topic))
    plain = plain_words(simplify(quote))
    question_pairs = _pairs(plain_words(simplify(f"{question.topic} {question.gloss}")))
    terms = [
        replace(t, weight=t.weight * (_OF_LIGHT if t.asked in _LIGHT else 1.0))
        for t in question.terms
        if t.asked not in GENERIC and not _ANY_NUMBER.fullmatch(t.asked)
    ]
    held = [_held_words(terms, q, plain) for q in quantities]
    total = sum(t.weight for t in terms) or 1.0
    result = []
    for quantity, shares in zip(quantities, held, strict=True):
        subject = sum(t.weight * h for t, h in zip(terms, shares, strict=True)) / total if terms else _NO_WORDS
        result.append(
            Fit(
                unit=fits_unit(quantity, question),
                period=fits_period(quantity, asked, year),
                direction=fits_direction(quantity, asked),
                role=_fits_role(quantity, quantities, held, shares, question, counted.stage),
                matter=_fits_holder(quantity, counted, question)
                * (0.0 if lacking and not _LACKS.search(plain) else 1.0)
                * _fits_stage(quantity, counted)
                * _fits_rate(quantity, counted)
                * (_OTHERS if counted.new and "新" not in quantity.context else 1.0)
                * _fits_kind(quantity, counted, plain_words(simplify(above + quote)))
                * (0.0 if _of_more_kinds(quantity, counted.noun) else 1.0),
                subject=subject,
                named=_named(quantity, question_pairs),
                measure=_fits_measure(quantity, question),
            )
        )
    return result


def _fits_measure(quantity: Quantity, question: Question) -> float:
    """Less than 1 for another measure word than the one asked with, and for people where times are asked for."""
    asked = question.quantity.measure
    other = quantity.unit[:1] != asked[0] if asked else quantity.unit == "人次" and question.units == ("times",)
    return _OTHER_MEASURE if other else 1.0


def fits_period(quantity: Quantity, asked: QuantityAsked, year: int | None) -> float:
    """1 for the period asked for, less for one that may be meant, 0 for another."""
    kind, named = asked.period_in(year)
    has = quantity.period
    if kind == has.kind:
        return 1.0 if named is None or has.year == named else 0.0
    if kind == "year":
        return _FOR_A_YEAR.get(has.kind, 0.0)
    if kind == "cumulative":
        return _FOR_ALL_YEARS_BUT_OF_ONE if has.kind == "year" and has.said else _FOR_ALL_YEARS.get(has.kind, 0.0)
    return 0.0


def fits_direction(quantity: Quantity, asked: QuantityAsked) -> float:
    """1 for the end or the size of a change asked for; a plain number is the new end, never the old one."""
    if asked.direction in ("up", "down"):
        added = asked.direction == "up" and quantity.direction == "none" and says_added(quantity.context)
        return 1.0 if added or quantity.direction == asked.direction else 0.0
    if asked.direction == "from":
        return 1.0 if quantity.direction == "from" or quantity.period.kind == "year_before" else 0.0
    if asked.direction == "to":
        return 1.0 if quantity.direction == "to" else _NEW_END if quantity.direction == "none" else 0.0
    if quantity.direction == "from":
        return 1.0 if asked.period == "year_before" else 0.0
    return 0.0 if quantity.is_change else 1.0


def _fits_holder(quantity: Quantity, counted: CountedAsked, question: Question) -> float:
    """1 for the issuer's own number, unless a village's or the county's is asked for; nothing else is compared."""
    holder = quantity.holder
    if counted.village:
        # Where a name begins is not always seen: 「推广红星村做法」.
        same = holder.kind == "village" and holder.name.endswith(counted.village)
        return 1.0 if same else _OTHERS if holder.kind == "own" else 0.0
    if counted.county:
        return 1.0 if holder.kind == "county" else _OTHERS
    village = 0.0 if question.kind in ("rank", "each") else _OTHERS
    return {"own": 1.0, "joint": _JOINT, "village": village, "county": 0.0}[holder.kind]


def _counted_asked(question: Question) -> CountedAsked:
    """What the question wants counted, in words as they are spelt; of an English question the rate in Chinese."""
    text = simplify(question.topic)
    taken = {t.asked for t in question.terms}
    for slip in sorted(catalogue().misspelt(text), key=lambda m: -m.start):
        if slip.asked in taken and slip.asked not in text:
            text = text[: slip.start] + slip.asked + text[slip.end :]
    counted = read_counted_asked(text)
    if question.language == "en":
        rates = (t.words[0] for t in question.terms if t.words[0].endswith("率"))
        return replace(counted, rate=next(rates, counted.rate))
    return counted


def _fits_stage(quantity: Quantity, counted: CountedAsked) -> float:
    """0 where what came in is asked for and what was brought to an end is given, or vice versa."""
    if quantity.rate and not counted.rate and counted.stage and quantity.stage != counted.stage:
        return _OTHERS  # 「成了百分之几」 asks for 成功率 before 调解率
    if counted.stage and quantity.stage is None and not quantity.rate:
        return _UNSAID
    other = quantity.stage and counted.stage and quantity.stage != counted.stage
    return 0.0 if other and not quantity.rate and not counted.rate else 1.0


def _fits_rate(quantity: Quantity, counted: CountedAsked) -> float:
    """0 where another rate is given than the one asked for: 调解率 for 调解成功率."""
    if quantity.unit_class != "percent" or not counted.rate:
        return 1.0
    given = quantity.rate or rate_in(quantity.carried)
    return _OTHERS if not given else 1.0 if same_rate(given, counted.rate) else 0.0


def _fits_kind(quantity: Quantity, counted: CountedAsked, text: str) -> float:
    """0 where things of one kind are asked for and those of all kinds are given: 纠纷 for 土地纠纷."""
    unsaid = bool(quantity.carried) and not quantity.counted.endswith(counted.noun[-2:])
    kind = (
        ""
        if quantity.unit_class == "percent"
        else kind_apart(counted.noun, quantity.carried, of_a_kind=False)  # 「排查矛盾纠纷73起，化解72起」
        if unsaid
        else kind_apart(counted.noun, quantity.counted, of_a_kind=quantity.role == "part")
    )
    kind = "".join(word for word in words(kind) if word not in _LIGHT and tag(word)[0][:1] not in _NO_KIND)
    return 1.0 if len(kind) < 2 or any(kind[i : i + 2] in text for i in range(len(kind) - 1)) else 0.0


def _of_more_kinds(quantity: Quantity, noun: str) -> bool:
    """Whether a quantity counts things of several kinds together one of which is asked for.

    「山林权属、邻里等矛盾纠纷86起」 gives no number of 山林权属纠纷.
    """
    kinds = _KINDS.search(simplify(quantity.context))
    if kinds is None:
        return False
    kind = kind_apart(noun, kinds["things"], of_a_kind=True)
    return bool(kind) and sum(one.endswith(kind) for one in re.split("[、和与及]", kinds["kinds"])) == 1


def _held_words(terms: Sequence[Term], quantity: Quantity, quote: str) -> list[float]:
    """How well each term stands around a quantity: 1 in its own words, less in those of its whole or its sentence."""
    own, carried = plain_words(simplify(quantity.context)), plain_words(simplify(quantity.carried))
    return [_held(t, own, carried, quote) for t in terms]


def _held(term: Term, own: str, carried: str, quote: str) -> float:
    if any(word in own for word in term.words):
        return 1.0
    if any(word in carried for word in term.words):
        return _CARRIED
    if any(word in quote for word in term.words):
        return _IN_SENTENCE
    chinese = [word for word in term.words[:_TAKEN_APART] if re.search(r"[\u3400-\u9fff]", word)]
    pairs = {word[i : i + 2] for word in chinese for i in range(len(word) - 1)}
    return _ALIKE if any(pair in own or pair in carried for pair in pairs) else 0.0


def _fits_role(
    quantity: Quantity,
    all_of_it: Sequence[Quantity],
    held: Sequence[Sequence[float]],
    shares: Sequence[float],
    question: Question,
    stage: Stage | None,
) -> float:
    """A whole answers, and a part only by words of its own that the whole has not."""
    if quantity.role == "rate" and not question.units:
        return _RATE_UNASKED
    if quantity.role != "part":
        return _WHOLE
    if quantity.of is None:
        return _LIKE_WHOLE if max(shares, default=0.0) == 1.0 else _SOME_PART
    if stage and quantity.stage == stage != all_of_it[quantity.of].stage:
        return _WHOLE  # 「受理120件，成功118件」: a whole of its own for who asks how many succeeded
    whole = held[quantity.of]
    own_words = any(mine == 1.0 and theirs < 1.0 for mine, theirs in zip(shares, whole, strict=True))
    return _WHOLE if own_words else _PART


def _named(quantity: Quantity, question_pairs: set[str]) -> float:
    """Of the pairs of characters of what a quantity counts, the share that the question holds."""
    pairs = _pairs(plain_words(simplify(quantity.counted or quantity.carried)))
    return len(pairs & question_pairs) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> set[str]:
    """All pairs of Chinese characters side by side."""
    return {text[i : i + 2] for i in range(len(text) - 1) if re.fullmatch(r"[\u3400-\u9fff]{2}", text[i : i + 2])}
