"""Lists of words that ship as TOML beside the code that reads them, for people to edit.

Most words are regular expressions; `WordPatterns` looks for them.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def word_list(package: str, *name: str) -> dict[str, Any]:
    """A TOML file of a package: ``word_list("xiangwen.reports", "issuers.toml")``; all who ask share it."""
    return tomllib.loads(files(package).joinpath(*name).read_text(encoding="utf-8"))


class WordPatterns:
    """The lists of a TOML file as regular expressions, each by its table and its name: ``"order.most"``.

    A table alone stands for all its lists together. The file is read when first asked for.
    """

    def __init__(self, package: str, *name: str) -> None:
        """Name the file as `word_list` does."""
        self._file = (package, *name)
        self._patterns: dict[str, tuple[re.Pattern[str], ...]] = {}
        self._joined: dict[tuple[str, str], re.Pattern[str]] = {}

    def words(self, key: str) -> tuple[str, ...]:
        """A list as it is written."""
        table, _, name = key.partition(".")
        lists = word_list(*self._file)[table]
        words = lists[name] if name else [word for row in lists.values() for word in row]
        return (words,) if isinstance(words, str) else tuple(words)

    def patterns(self, key: str) -> tuple[re.Pattern[str], ...]:
        """Each word of a list as a pattern of its own."""
        if key not in self._patterns:
            self._patterns[key] = tuple(map(re.compile, self.words(key)))
        return self._patterns[key]

    def any_of(self, key: str, around: str = "{}") -> re.Pattern[str]:
        """One pattern for any word of a list, with what stands ``around`` it: ``"^(?:{})$"``."""
        if (key, around) not in self._joined:
            words = "|".join(f"(?:{word})" for word in self.words(key))
            self._joined[key, around] = re.compile(around.replace("{}", words))
        return self._joined[key, around]

    def says(self, key: str, text: str) -> bool:
        """Whether a text holds a word of a list."""
        return any(pattern.search(text) for pattern in self.patterns(key))

    def names(self, table: str) -> tuple[str, ...]:
        """The names of a table's lists, in the order of the file."""
        return tuple(word_list(*self._file)[table])

    def said(self, table: str, text: str) -> tuple[str, ...]:
        """The names of a table's lists that a text holds a word of."""
        return tuple(name for name in self.names(table) if self.says(f"{table}.{name}", text))


def vocabulary_patterns(name: str) -> WordPatterns:
    """The lists of a file of ``language/vocabulary``."""
    return WordPatterns("xiangwen.language", "vocabulary", name)
