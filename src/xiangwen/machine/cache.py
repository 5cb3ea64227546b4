"""The cache folder: what is made once on a machine out of what the packages bring.

A folder of it appears whole or not at all: it is built beside its place, under a lock, and renamed. It is believed only
while every file has the SHA-256 that the manifest says; anything else is built again, which takes a few seconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

MANIFEST_FILE = "manifest.json"


def cache_root() -> Path:
    """Where they live: $XIANGWEN_CACHE, else the platform's cache folder for xiangwen."""
    chosen = os.environ.get("XIANGWEN_CACHE")
    return Path(chosen).expanduser() if chosen else user_cache_path("xiangwen", appauthor=False)


def cached_folder(name: str, build: Callable[[Path], None]) -> Path:
    """A folder of the cache, built first where it is missing, half-written or damaged.

    Args:
        name: of the folder; a new name for a new recipe.
        build: writes its files into the folder it is given.

    Raises:
        OSError: the cache folder cannot be written.
    """
    folder = cache_root() / name
    if is_intact(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(folder.name + ".lock")):  # the system lets go of it when its process dies
        if not is_intact(folder):  # another process may have built it while this one waited
            part = folder.with_name(folder.name + ".part")
            _remove(part)
            part.mkdir()
            build(part)
            manifest = {"files": {path.name: sha256(path) for path in sorted(part.iterdir())}}
            (part / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
            _remove(folder)
            part.rename(folder)
    return folder


def is_intact(folder: Path) -> bool:
    """Whether every file of the manifest, which is written last, is there, unchanged.

    All bytes are read once in each process: 90 MB take 0.06 s, and only that notices a flipped bit.
    """
    try:
        files = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))["files"]
        return bool(files) and all(_digest_of(folder / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_of(path: Path) -> str:
    """The same, read anew only where the file has been written to since."""
    stat = path.stat()
    return _digest(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, *_: int) -> str:
    return sha256(path)


def _remove(path: Path) -> None:
    """Remove whatever stands at `path`, folder or file, if anything does."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
