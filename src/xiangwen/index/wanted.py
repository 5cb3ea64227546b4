"""What a store has to know of a question to find the passages that may bear on it; a `Question` happens to fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class WantedTerm(Protocol):
    """A word that is looked for."""

    @property
    def words(self) -> tuple[str, ...]:
        """All words that can stand for it in a report."""

    @property
    def weight(self) -> float:
        """How much it counts."""


class WantedReports(Protocol):
    """Where it is looked for."""

    @property
    def reports(self) -> tuple[int, ...]:
        """Numbers of the reports in scope."""


class Wanted(Protocol):
    """What is looked for, and in which reports."""

    @property
    def text(self) -> str:
        """The question as typed."""

    @property
    def topic(self) -> str:
        """What is embedded; empty where the question names no matter."""

    @property
    def gloss(self) -> str:
        """An English topic in Chinese words; the topic itself where it is Chinese."""

    @property
    def language(self) -> str:
        """zh or en."""

    @property
    def kind(self) -> str:
        """which, number, list, summary …"""

    @property
    def plan(self) -> bool:
        """Whether what is planned is wanted."""

    @property
    def shortcoming(self) -> bool:
        """Whether what is lacking is wanted."""

    @property
    def terms(self) -> Sequence[WantedTerm]:
        """The words of the topic."""

    @property
    def scope(self) -> WantedReports:
        """The reports in scope."""

    def __hash__(self) -> int:
        """Of all of it: what was found for a question is remembered."""
