"""Kinds of issuers that a question asks for: 「哪些街道」, "which towns"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from xiangwen.language.concepts import vocabulary

if TYPE_CHECKING:
    from xiangwen.reports import Report


@dataclass(frozen=True)
class IssuerAsked:
    """A kind of issuer that a question may ask for."""

    name: str
    asked: tuple[re.Pattern[str], ...]
    levels: frozenset[str]
    names: re.Pattern[str] | None
    without: frozenset[str]
    """Where these are given: all levels but these are meant, and a report of no known level too."""

    def said_in(self, question: str) -> str:
        """The words of a question that ask for it; none where it does not."""
        return next((said[0] for pattern in self.asked if (said := pattern.search(question))), "")

    def fits(self, report: Report) -> bool:
        """Whether a report is of such an issuer."""
        if self.without:
            return report.metadata.level not in self.without
        return report.metadata.level in self.levels or bool(self.names and self.names.search(report.name))


@cache
def issuers_asked() -> tuple[IssuerAsked, ...]:
    """The kinds of ``scope_words.toml``."""
    rows: list[dict[str, Any]] = vocabulary("scope_words.toml")["issuer"]
    return tuple(
        IssuerAsked(
            row["name"],
            tuple(re.compile(words, re.I) for words in row["asked"]),
            frozenset(row.get("levels", ())),
            re.compile(row["names"]) if "names" in row else None,
            frozenset(row.get("without", ())),
        )
        for row in rows
    )
