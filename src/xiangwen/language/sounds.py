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

_LAYOUT = 1
"""Raise it when the files are laid out differently."""
_FILE = "characters.json"
_MOST_NAMES = 100_000
"""Names that are kept for the next process, the latest; the country has 40,000 townships."""


def syllable(character: str) -> str:
    """The pinyin of a character without its tone; what is no Chinese character stays."""
    return _characters().get(character, character)


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
    def build(folder: Path) -> None:
        from pypinyin import lazy_pinyin
        from pypinyin.pinyin_dict import pinyin_dict

        alike: dict[str, str] = {}
        for point in pinyin_dict:
            found = lazy_pinyin(chr(point))[0]
            alike[found] = alike.get(found, "") + chr(point)
        (folder / _FILE).write_text(json.dumps(alike, ensure_ascii=False), encoding="utf-8")

    folder = cached_folder(f"sounds-{version('pypinyin')}-{_LAYOUT}", build)
    alike = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    return {character: found for found, characters in alike.items() for character in characters}


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
