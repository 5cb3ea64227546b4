"""Other forms of a character: radicals and wide forms, raised digits; and whether a text is one at all."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

_UNCOMMON = re.compile("[\u2e80-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f]")
_FEWEST = 8
"""Characters that tell nothing yet."""
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def common_characters(text: str) -> str:
    """The text with radicals and compatibility ideographs as the characters they stand for, one for one.

    >>> common_characters("⽩⽔镇⻓沙")
    '白水镇长沙'
    """
    return text.translate(_common()) if _UNCOMMON.search(text) else text


def superscript(text: str) -> str:
    """Digits as a raised note mark has them: 「205」 with a raised 3 is no 2053."""
    return text.translate(_SUPERSCRIPT)


def share_known(text: str) -> float | None:
    """The share of Chinese text that the thousand commonest characters make up, in either script.

    Nine tenths where it was read rightly, a third at most where bytes were taken for another encoding or a font has no
    map of its characters. None where it has too few characters that are neither ASCII nor punctuation.
    """
    counted = [c for c in text if c > "\u02ff" and not unicodedata.category(c).startswith(("P", "Z", "N"))]
    known = _known()
    return sum(c in known for c in counted) / len(counted) if len(counted) >= _FEWEST else None


def variants(character: str) -> str:
    """What stands for a character in old encodings and in the text layers of scans: 「⽩」 of 白, 「Ａ」 of A."""
    return _variants().get(character, "")


@cache
def _variants() -> dict[str, str]:
    wide = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)}
    found: dict[str, str] = {}
    for code, common in (_common() | wide).items():
        found[common] = found.get(common, "") + chr(code)
    return found


@cache
def _known() -> frozenset[str]:
    from opencc import OpenCC

    simplified = files("xiangwen.language").joinpath("known_characters.txt").read_text(encoding="utf-8").strip()
    return frozenset(simplified + OpenCC("s2t").convert(simplified))


@cache
def _common() -> dict[int, str]:
    """Radicals and compatibility ideographs, by code point."""
    found = {}
    for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        common = unicodedata.normalize("NFKC", chr(code))
        if len(common) == 1 and common != chr(code):
            found[code] = common
    # The radicals' supplement has no decomposition in Unicode; EquivalentUnifiedIdeograph.txt pairs it.
    for line in files("xiangwen.language").joinpath("radicals.csv").read_text(encoding="utf-8").splitlines()[1:]:
        radical, common = line.split(",")
        found[ord(radical)] = common
    return found
