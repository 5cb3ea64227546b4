"""The files of a folder, opened with care: folders that loop, devices, pipes and giants may lie among the reports."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from xiangwen.reports import overrides
from xiangwen.reports.formats import FORMATS, not_readable
from xiangwen.reports.report import UnreadableFile

MAX_BYTES = 10_000_000
"""A township report has two to ten thousand characters. A text a thousand times that size is not one, and reading it
would only exhaust the memory of a small machine."""
MAX_BINARY_BYTES = 200_000_000
"""Of formats that hold pictures, and of archives: a scan of fifty pages has a quarter of that."""
_INDICATORS = "indicators.toml"
"""An office's own indicators, read by the ledger."""
_PLAIN = frozenset({".txt", ".md"})


def check_folder(root: Path) -> None:
    """Make sure that there is a folder of reports.

    Raises:
        UnreadableFile: if it does not exist.
    """
    if not root.is_dir():
        raise UnreadableFile(f"找不到报告文件夹 {root}，请检查路径。 No such reports folder: {root}.")


def list_files(root: Path, leave_out: Path | None = None) -> list[Path]:
    """All files below ``root`` in the order of their names, but for hidden ones, metadata.csv and indicators.toml.

    What is no file but was put there is listed too, so that it is named among the files left out: links to nowhere or
    to folders, pipes, devices, and folders that cannot be opened.

    Args:
        root: the folder.
        leave_out: a folder below it that is not looked into.

    Raises:
        UnreadableFile: if the folder does not exist.
    """
    check_folder(root)
    omitted = leave_out.resolve() if leave_out else None
    found: list[Path] = []

    def closed(error: OSError) -> None:
        found.append(Path(error.filename) if error.filename else root)

    for folder, folders, files in os.walk(root, onerror=closed):
        here = Path(folder)
        folders[:] = [name for name in folders if omitted is None or (here / name).resolve() != omitted]
        # os.walk enters no linked folder, so that a loop of links ends; it lists them as folders.
        links = [name for name in folders if (here / name).is_symlink()]
        found += [here / name for name in (*files, *links) if not name.startswith(".")]
    return sorted(path for path in found if path not in (root / overrides.FILE, root / _INDICATORS))


def name_in(root: Path, path: Path) -> str:
    """What a file of the folder is called: its path in it, with forward slashes.

    A name whose bytes are no UTF-8 is taken for GBK: what unpacking an archive from Chinese Windows leaves.
    """
    name = path.relative_to(root).as_posix()
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        try:
            name = raw.decode("gb18030")
            name.encode()
        except UnicodeError:
            return raw.decode("utf-8", "backslashreplace")
        # Beside a file that has that name already it keeps its bytes.
        return raw.decode("utf-8", "backslashreplace") if (root / name).exists() else name
    return name


def check_inside(root: Path, path: Path) -> None:
    """Make sure that a file is in the folder itself: a link may show anything on the machine.

    Raises:
        UnreadableFile: if it is a link to a file outside ``root``.
    """
    if path.is_symlink() and path.exists() and not path.resolve().is_relative_to(root.resolve()):
        raise UnreadableFile("是指向文件夹之外的链接，未读取。 It is a link to a file outside the folder: left alone.")


def is_plain_text(suffix: str) -> bool:
    """Whether files of that suffix hold nothing but text."""
    return suffix in _PLAIN


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file.

    Raises:
        UnreadableFile: if it is not a regular file, is too large, cannot be opened, or is of no format that is read.
    """
    suffix = path.suffix.lower()
    limit = MAX_BYTES if is_plain_text(suffix) else MAX_BINARY_BYTES
    if path.is_dir():
        if path.is_symlink():
            raise UnreadableFile("是指向文件夹的链接，未进入。 It is a link to a folder: not followed.")
        raise UnreadableFile("文件夹无法打开，其中的文件未读取。 The folder cannot be opened: its files were left out.")
    try:
        # Opening a pipe without O_NONBLOCK waits for somebody to write into it; a terminal would become the program's.
        file = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
        )
        with open(file, "rb") as opened:  # noqa: PTH123  (a descriptor, not a path)
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableFile(
                    "不是普通文件（管道或设备），未读取。 It is a pipe or a device, not a file: left alone."
                )
            if suffix not in FORMATS and suffix != ".zip":
                raise UnreadableFile(not_readable())
            if status.st_size > limit:
                raise UnreadableFile(
                    f"文件过大（{status.st_size / 1e6:.0f} MB，上限 {limit / 1e6:.0f} MB）。 "
                    "The file is too large for a report."
                )
            data = opened.read(limit + 1)
    except OSError as error:
        raise UnreadableFile(f"无法打开（{error.strerror}）。 The file cannot be opened.") from error
    if len(data) > limit:
        raise UnreadableFile(f"文件过大（上限 {limit / 1e6:.0f} MB）。 The file is too large for a report.")
    return data
