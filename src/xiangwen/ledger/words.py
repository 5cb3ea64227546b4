"""The groups of words of ``words.toml`` that a text names."""

from __future__ import annotations

import re
from functools import cache

from xiangwen.language.word_lists import word_list

MARKS = re.compile(r"[\s“”‘’\"'《》（）()、]+")
"""What is left out before words are looked for: blanks, quotation marks and brackets."""


@cache
def _group_pattern() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """A pattern of all words, and the groups that each is in, with those of the words inside it."""
    groups = word_list("xiangwen.ledger", "words.toml")
    names: dict[str, list[str]] = {}
    for name, words in groups.items():
        for word in words:
            names.setdefault(MARKS.sub("", word), []).append(name)
    longest = sorted(names, key=len, reverse=True)
    whole = {word: tuple(dict.fromkeys(n for w in longest if w in word for n in names[w])) for word in longest}
    return re.compile("|".join(map(re.escape, longest))), whole


def word_groups(words: str) -> list[str]:
    """The groups that are named, in the order of the words."""
    pattern, groups = _group_pattern()
    return [name for match in pattern.finditer(words) for name in groups[match[0]]]
