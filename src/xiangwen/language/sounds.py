"""How characters and names sound: pinyin without tones.

pypinyin reads 50 MB of phrases in every process, though a question only needs to know how single characters sound, and
the names of a collection are always the same: both are kept in the cache folder.
"""

from __future__ import annotations

import atexit
import json
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from xiangwen.machine.cache import cache_root, cached_folder
from xiangwen.machine.files import replace_file

_LAYOUT = 2
"""Raise it when the files are laid out differently."""
_FILE = "characters.json"
_ALL_FILE = "readings.json"
_MOST_NAMES = 100_000
"""Names that are kept for the next process, the latest; the country has 40,000 townships."""


def syllable(character: str) -> str:
    """The pinyin of a character without its tone; what is no Chinese character stays."""
    return _characters().get(character, character)


def sounds_of(character: str) -> frozenset[str]:
    """All syllables that a character may be read as, 「莞」 as in 东莞 and as in 莞尔; else itself."""
    return _readings().get(character) or frozenset({character})


def syllables(name: str) -> list[str]:
    """The pinyin of a name, syllable by syllable; its words say which of several sounds a character has."""
    kept = _names()
    if name not in kept:
        from pypinyin import lazy_pinyin

        kept[name] = lazy_pinyin(name)
        _keep_at_exit()
    return kept[name]


@cache
def _characters() -> dict[str, str]:
    alike = _kept(_FILE)
    return {character: found for found, characters in alike.items() for character in characters}


@cache
def _readings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for sound, characters in _kept(_ALL_FILE).items():
        for character in characters:
            found.setdefault(character, set()).add(sound)
    return {character: frozenset(sounds) for character, sounds in found.items()}


def _kept(file: str) -> dict[str, str]:
    """The characters of each sound: by the one that each has by itself, or by all that it may have."""

    def build(folder: Path) -> None:
        from pypinyin import Style, lazy_pinyin, pinyin
        from pypinyin.pinyin_dict import pinyin_dict

        first: dict[str, str] = {}
        every: dict[str, str] = {}
        for character in map(chr, pinyin_dict):
            own = lazy_pinyin(character)[0]
            first[own] = first.get(own, "") + character
            for sound in dict.fromkeys(pinyin(character, style=Style.NORMAL, heteronym=True)[0]):
                every[sound] = every.get(sound, "") + character
        for name, alike in ((_FILE, first), (_ALL_FILE, every)):
            (folder / name).write_text(json.dumps(alike, ensure_ascii=False), encoding="utf-8")

    folder = cached_folder(f"sounds-{version('pypinyin')}-{_LAYOUT}", build)
    kept: dict[str, str] = json.loads((folder / file).read_text(encoding="utf-8"))
    return kept


def _names_file() -> Path:
    return cache_root() / f"names-{version('pypinyin')}-{_LAYOUT}.json"


@cache
def _names() -> dict[str, list[str]]:
    with suppress(OSError, ValueError):
        kept = json.loads(_names_file().read_text(encoding="utf-8"))
        if isinstance(kept, dict) and all(isinstance(found, list) for found in kept.values()):
            return kept
    return {}


@cache
def _keep_at_exit() -> None:
    atexit.register(_keep)


def _keep() -> None:
    """Write the names down for the next process; where that cannot be done, it finds them out anew."""
    kept = dict(list(_names().items())[-_MOST_NAMES:])
    with suppress(OSError, UnicodeEncodeError):
        cache_root().mkdir(parents=True, exist_ok=True)
        replace_file(_names_file(), json.dumps(kept, ensure_ascii=False).encode("utf-8"))
