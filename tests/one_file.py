"""One file of a folder read by itself."""

from __future__ import annotations

from pathlib import Path

from xiangwen.reports import Report, UnreadableFile
from xiangwen.reports.reading import read_files


def read_file(path: Path, root: Path) -> tuple[Report, ...]:
    """The reports in one file of the folder ``root``; mostly one."""
    (file,) = read_files([path], root)
    if not file.reports:
        raise UnreadableFile(file.reason or file.left_out[0].reason)
    return file.reports
