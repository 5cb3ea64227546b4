"""Read report files: a file to its reports, a folder to a collection."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from xiangwen.reports import overrides
from xiangwen.reports.metadata import read_metadata
from xiangwen.reports.plain_text import extract_plain_text
from xiangwen.reports.report import Collection, Extraction, ReadFile, Report, SkippedFile, UnreadableFile
from xiangwen.reports.several_in_one import split_reports

# A township report has two to ten thousand characters. A file a thousand times that size is not one, and
# reading it would only exhaust the memory of a small machine.
MAX_BYTES = 10_000_000

FORMATS: Mapping[str, Callable[[bytes], Extraction]] = {".txt": extract_plain_text}
"""How the files of each suffix are read."""


Known = Callable[[str, str], tuple[Report, ...] | None]
"""The reports of a file that was read before, by (SHA-256 of its bytes, suffix); None where it was not."""


def list_files(root: Path, leave_out: Path | None = None) -> list[Path]:
    """All files below ``root`` by name, but for hidden ones, metadata.csv and the folder ``leave_out``.

    A folder that cannot be looked into is listed itself: the user has to be told of it.

    Raises:
        UnreadableFile: if the folder does not exist.
    """
    if not root.is_dir():
        raise UnreadableFile(f"找不到报告文件夹 {root}，请检查路径。 No such reports folder: {root}.")
    omitted = leave_out.resolve() if leave_out else None
    closed: list[OSError] = []
    files: list[Path] = []
    for folder, below, names in os.walk(root, onerror=closed.append):
        here = Path(folder)
        below[:] = [name for name in below if omitted is None or (here / name).resolve() != omitted]
        linked = [name for name in below if (here / name).is_symlink()]
        # A link to nowhere is no file, but the user put it there: it is named among the files left out.
        paths = [here / name for name in (*names, *linked)]
        files += [
            p
            for p in paths
            if (p.is_file() or p.is_symlink()) and not p.name.startswith(".") and p != root / overrides.FILE
        ]
    return sorted([*files, *(Path(error.filename) for error in closed)])


def read_file(path: Path, root: Path, data: bytes | None = None) -> tuple[Report, ...]:
    """The reports in one file of the folder ``root``; mostly one.

    Args:
        path: the file.
        root: the folder that its name is relative to.
        data: its bytes, where they have been read already.

    Raises:
        UnreadableFile: if it cannot be read, is too large, is empty or is no report.
    """
    if data is None:
        data = _bytes(path)
    extraction = FORMATS[path.suffix.lower()](data)
    if not extraction.text.strip():
        raise UnreadableFile("文件是空的。 The file is empty.")
    name, digest = path.relative_to(root).as_posix(), hashlib.sha256(data).hexdigest()
    spans = split_reports(extraction.text)
    # What a file says beside its text it says of the whole file.
    fields = extraction.fields if len(spans) == 1 else ()
    return tuple(
        Report(
            id=report_id(text),
            file=name,
            sha256=digest,
            text=text,
            metadata=read_metadata(text, fields),
            # Pages before a report's first start at 0 in it, so that the pages keep the numbers they have in the file.
            pages=tuple(max(page - start, 0) for page in extraction.pages if page < end),
        )
        for start, end in spans
        if (text := extraction.text[start:end]).strip()
    )


def report_id(text: str) -> str:
    """The id of a report with that text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_folder(
    root: Path,
    on_file: Callable[[int, int], None] | None = None,
    *,
    known: Known = lambda digest, suffix: None,
    leave_out: Path | None = None,
) -> Collection:
    """Read every report below ``root``; what cannot be read, or is there twice, is listed with the reason.

    Args:
        root: the folder.
        on_file: called with (files done, files in all) after each file.
        known: what files hold that were read before; they are recognised by their bytes and not read again.
        leave_out: a folder below ``root`` that holds no reports, such as the index.

    Raises:
        UnreadableFile: if the folder does not exist or holds no readable report.
    """
    paths = list_files(root, leave_out)
    files: list[ReadFile] = []
    for number, path in enumerate(paths, start=1):
        files.append(_read(path, root, known))
        if on_file:
            on_file(number, len(paths))
    reports: dict[str, Report] = {}
    for number, file in enumerate(files):
        for report in file.reports:
            first = reports.setdefault(report.id, report)
            if first is not report:
                reason = f"内容与 {first.file} 相同，只计一次。 Same text as {first.file}."
                files[number] = replace(file, reason=reason)
    if not reports:
        raise UnreadableFile(
            f"文件夹 {root} 里没有可读的 .txt 报告，请放入报告后重试。 No readable .txt report there: add some."
        )
    skipped = tuple(SkippedFile(file.file, file.reason) for file in files if file.reason)
    corrected, problems = overrides.read_overrides(root).apply(tuple(reports.values()))
    return Collection(corrected, (*skipped, *problems), tuple(files))


def changed_since(collection: Collection, root: Path, leave_out: Path | None = None) -> tuple[str, ...]:
    """Names of the files that came, went or changed since the collection was read."""
    before = {file.file: file.sha256 for file in collection.files}
    now = {path.relative_to(root).as_posix(): path for path in list_files(root, leave_out)}
    changed = set(before) ^ set(now)
    for name in set(before) & set(now):
        if before[name] and not same_bytes(now[name], before[name]):
            changed.add(name)
    return tuple(sorted(changed))


def same_bytes(path: Path, digest: str) -> bool:
    """Whether a file is there and its bytes have that SHA-256."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


def _read(path: Path, root: Path, known: Known) -> ReadFile:
    started = time.perf_counter()
    name, suffix = path.relative_to(root).as_posix(), path.suffix.lower()
    digest, reason, before = "", "", None
    reports: tuple[Report, ...] = ()
    try:
        if path.is_symlink() and path.is_dir():
            raise UnreadableFile("是指向文件夹的链接，未读取。 A link to a folder is not followed.")
        if path.is_dir():
            raise UnreadableFile("文件夹无法打开，请检查权限。 The folder cannot be opened: check its permissions.")
        if suffix not in FORMATS:
            raise UnreadableFile("不是 .txt 文件，未读取。 Not a .txt file.")
        data = _bytes(path)
        digest = hashlib.sha256(data).hexdigest()
        before = known(digest, suffix)
        reports = (
            read_file(path, root, data)
            if before is None
            else tuple(replace(report, file=name, sha256=digest) for report in before)
        )
    except UnreadableFile as error:
        reason = str(error)
    return ReadFile(name, digest, reports, reason, time.perf_counter() - started, before is not None)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableFile(
                f"文件过大（{size / 1e6:.0f} MB，上限 {MAX_BYTES / 1e6:.0f} MB）。 The file is too large for a report."
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"无法打开（{error.strerror}）。 The file cannot be opened.") from error
