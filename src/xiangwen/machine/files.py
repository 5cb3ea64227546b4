"""Files written so that nothing is lost: replaced as a whole, or grown by a whole line."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock

_MOST_BYTES = 100_000_000


def replace_file(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file; one that is already there is replaced only by a whole one.

    Args:
        path: of the file, in a folder that is there.
        data: all that it is to hold.
        mode: who may read it, before the mask of the process.

    Raises:
        OSError: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> bool:
    """Add a line to a file; several programs may do so at once.

    Returns:
        False where the file is full, and nothing was written.

    Raises:
        OSError: it cannot be written.
    """
    # Half a surrogate pair is no UTF-8: it becomes 「?」.
    data = (line + "\n").encode("utf-8", "replace")
    with FileLock(path.with_name(f".{path.name}.lock")), path.open("ab+") as file:
        size = file.tell()
        if size > _MOST_BYTES:
            return False
        if size:  # a line that a power failure cut off must not spoil the next one
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                data = b"\n" + data
        file.write(data)
    return True
