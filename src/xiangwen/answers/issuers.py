"""What the issuers of several reports are called together: townships where all of them are, else offices (单位)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xiangwen.reports.issuers import LEVELS, level_of


@dataclass(frozen=True)
class Issuers:
    """What several issuers are called."""

    zh: str
    en: str
    """One of them."""
    column_zh: str
    """At the head of a table, where 单位 alone is the unit of a number."""

    def noun(self, language: str, count: int = 2) -> str:
        """What so many issuers are called: 「乡镇」, "township", "townships"."""
        return self.zh if language == "zh" else self.en + "s" * (count != 1)

    def counted(self, language: str, count: int) -> str:
        """So many issuers, counted: 「3 个乡镇」, "1 township"."""
        return f"{count} {'个' * (language == 'zh')}{self.noun(language, count)}"

    def column(self, language: str) -> str:
        """The heading of their column: 「乡镇」, "Township"."""
        return self.column_zh if language == "zh" else self.en.capitalize()


TOWNSHIPS = Issuers("乡镇", "township", "乡镇")
OFFICES = Issuers("单位", "office", "单位名称")


def is_township(name: str | None) -> bool:
    """Whether an issuer is a township or a subdistrict by its name, which an answer has where it has no metadata."""
    return level_of(name) in LEVELS


def issuers_called(names: Iterable[str | None]) -> Issuers:
    """What these issuers are called; a report that names none may be of any office."""
    return TOWNSHIPS if all(map(is_township, set(names))) else OFFICES
