"""Forms of characters: traditional and simplified, full-width and ASCII."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from xiangwen.language.common_forms import common_characters

HAN = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]"
"""A Chinese character, also one outside the basic block (塘㙍镇, 㵲阳镇, 𠮷祥镇)."""
_HAN = re.compile(HAN)


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return bool(_HAN.fullmatch(character))


@cache
def _converter(direction: str) -> object:
    import opencc

    return opencc.OpenCC(direction)


def simplify(text: str) -> str:
    """Traditional characters to simplified ones and full-width forms to ASCII, for matching only, never for quoting."""
    return str(_converter("t2s").convert(unicodedata.normalize("NFKC", common_characters(text))))  # type: ignore[attr-defined]


def simplified_in_place(text: str) -> str:
    """Traditional characters to simplified ones, each where it stood, so that offsets hold; nothing else changes."""
    simple = str(_converter("t2s").convert(text))  # type: ignore[attr-defined]
    return simple if len(simple) == len(text) else text


def traditional(text: str) -> str:
    """Simplified characters to traditional ones."""
    return str(_converter("s2t").convert(text))  # type: ignore[attr-defined]
