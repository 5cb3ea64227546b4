"""Notice that the files of a folder have changed and come to rest.

By looking every few seconds: the shared network folders that offices keep reports in send no notice of a change made on
another machine, which is why no library that waits for such notices is used. Looking at 15,000 files takes a fifth of a
second.
"""

from __future__ import annotations

import time
from pathlib import Path

from xiangwen.reports import UnreadableFile, list_files

LOOK_EVERY = 2.0
"""Seconds between two looks; a file that is still being copied differs from one to the next."""

_Look = dict[Path, tuple[int, int]]


class Watch:
    """The files of a folder as they were seen last."""

    def __init__(self, root: Path, leave_out: Path, pause: float = LOOK_EVERY) -> None:
        """Take a first look.

        Args:
            root: the reports folder.
            leave_out: the index folder, should it lie in it.
            pause: seconds between two looks.
        """
        self._root = root
        self._leave_out = leave_out
        self._pause = pause
        self._seen = self._look()

    def wait(self) -> None:
        """Return when the files differ from those seen last, and two looks agree."""
        before = self._seen
        while True:
            time.sleep(self._pause)
            now = self._look()
            # A folder that is gone for a while is a network that is down, not a collection without reports.
            if now is not None and now == before and now != self._seen:
                self._seen = now
                return
            before = now

    def _look(self) -> _Look | None:
        try:
            return {path: _stamp(path) for path in list_files(self._root, self._leave_out)}
        except UnreadableFile:
            return None


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return (found.st_size, found.st_mtime_ns)
