"""The files of an index: the pointer to the build in use, its manifest, checksums and rows.

``current`` vouches for the manifest, the manifest for all other files, so no flipped bit goes unnoticed.
``index/README.md`` documents the files.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from xiangwen.index.problems import REBUILD, IndexDamaged, IndexMissing, IndexOutdated
from xiangwen.machine.cache import sha256
from xiangwen.reports import Metadata

FORMAT_VERSION = 8
CURRENT = "current"
MANIFEST = "manifest.json"
FILES = "files.jsonl"
PARTIAL = ".partial"
_VERIFY_UP_TO_BYTES = 64_000_000
"""Files above this size are checked by size alone at opening: hashing gigabytes would cost every start seconds."""


def in_use(directory: Path) -> tuple[str, str] | None:
    """The folder in use and the SHA-256 of its manifest; None where there is no index."""
    try:
        name, _, digest = (directory / CURRENT).read_text(encoding="utf-8").strip().partition(" ")
    except OSError:
        return None
    except UnicodeDecodeError:
        return ("", "")  # no build has this name: the index is damaged, not missing
    return (Path(name).name, digest)


def read_manifest(directory: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of the index in use and its manifest."""
    pointer = in_use(directory)
    if pointer is None:
        raise IndexMissing(
            f"文件夹 {directory} 里还没有索引，请先运行 xiangwen build。 "
            f"There is no index in {directory}: run xiangwen build"
        )
    name, digest = pointer
    folder = directory / name
    try:
        data = (folder / MANIFEST).read_bytes()
        manifest = dict(json.loads(data))
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(f"索引不完整或不是乡问的索引，{REBUILD}") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise IndexDamaged(f"索引文件 {MANIFEST} 已损坏，{REBUILD}")
    if manifest.get("format") != FORMAT_VERSION:
        raise IndexOutdated(f"索引由另一版本的乡问建立，{REBUILD}")
    return folder, manifest


def verify(folder: Path, manifest: dict[str, Any]) -> None:
    """Check every file of a build against its manifest.

    Raises:
        IndexDamaged: naming the first file that is missing or changed.
    """
    damaged = damaged_files(folder, manifest, _VERIFY_UP_TO_BYTES)
    if damaged:
        raise IndexDamaged(f"索引文件 {damaged[0]} 已损坏或缺失，{REBUILD}")


def damaged_files(folder: Path, manifest: dict[str, Any], hash_up_to: float = float("inf")) -> tuple[str, ...]:
    """Files of a build that are missing or changed; those above ``hash_up_to`` bytes are judged by their size."""
    damaged = []
    for name, expected in manifest["files"].items():
        path = folder / name
        try:
            intact = path.stat().st_size == expected["bytes"]
            if intact and expected["bytes"] <= hash_up_to:
                intact = sha256(path) == expected["sha256"]
        except OSError:
            intact = False
        if not intact:
            damaged.append(name)
    return tuple(damaged)


def remove_other_builds(directory: Path, keep: str | None) -> None:
    """Clear away all builds, finished or not, but the one named."""
    for path in directory.glob("build-*"):
        if path.name != keep and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def flush(path: Path) -> None:
    """Force a file, or the files below a folder, onto the disk before they are relied on."""
    for file in [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]:
        with file.open("rb+") as handle:
            os.fsync(handle.fileno())
    if os.name == "posix":  # elsewhere a folder cannot be opened to be flushed
        for folder in {path.parent, *([path] if path.is_dir() else [])}:
            handle_number = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle_number)
            finally:
                os.close(handle_number)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file, one a line."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write JSON objects, one a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def report_fields(row: dict[str, Any]) -> dict[str, Any]:
    """What a row of ``reports.jsonl`` or ``files.jsonl`` says of a report, by the names of its fields."""
    return {**row, "metadata": Metadata(**row["metadata"]), "pages": tuple(row["pages"])}
