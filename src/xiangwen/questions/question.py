"""A question as it was understood: its language, kind, scope, topic and what would count as an answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xiangwen.language.languages import Language
from xiangwen.questions.collection_asked import CollectionAsked
from xiangwen.questions.kind_asked import QuestionKind, Rank
from xiangwen.questions.quantity_asked import NOTHING_SAID, QuantityAsked
from xiangwen.questions.scope import Scope
from xiangwen.questions.section_asked import SectionAsked
from xiangwen.questions.terms import Term


@dataclass(frozen=True)
class Question:
    """A question as understood."""

    text: str
    language: Language
    kind: QuestionKind
    scope: Scope
    topic: str
    """What is looked for, without the names of places: the text that is embedded."""
    gloss: str
    """An English topic in Chinese words; the topic itself where it is Chinese."""
    terms: tuple[Term, ...]
    units: tuple[str, ...] = ()
    """Classes of measure words asked for (keys of units.toml)."""
    rank: Rank | None = None
    mention: bool = False
    """Any mention counts, also a plan."""
    plan: bool = False
    shortcoming: bool = False
    negated: bool = False
    """Asked is which reports do not mention it."""
    absence: bool = False
    """What is asked about is itself an absence (「没有行政复议案件」), so that a denial answers yes."""
    beyond: Literal["more", "why"] | None = None
    """What a follow-up asks beyond the answer before: what else there is, or why it is so."""
    off_topic: bool = False
    standalone: str = ""
    """The question as it would be asked without those before it; what the judge reads."""
    quantity: QuantityAsked = NOTHING_SAID
    """Of when a number is asked for, and in which direction."""
    number_asked: bool = False
    """A number is wanted, of whatever kind the question is (「哪些报告写明了执法人员人数」)."""
    collection: CollectionAsked | None = None
    """What a question about the collection itself asks for."""
    section: SectionAsked | None = None
    """The section that reports are asked to have; then the question asks of every report in scope."""
