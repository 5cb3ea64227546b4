"""Read report files: a file to its reports, a folder to a collection."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from xiangwen.reports import overrides
from xiangwen.reports.metadata import read_metadata
from xiangwen.reports.plain_text import extract_plain_text
from xiangwen.reports.report import Collection, Extraction, Report, SkippedFile, UnreadableFile
from xiangwen.reports.several_in_one import split_reports

# A township report has two to ten thousand characters. A file a thousand times that size is not one, and
# reading it would only exhaust the memory of a small machine.
MAX_BYTES = 10_000_000

FORMATS: Mapping[str, Callable[[bytes], Extraction]] = {".txt": extract_plain_text}
"""How the files of each suffix are read."""


def list_files(root: Path) -> list[Path]:
    """All files below ``root`` in the order of their names, hidden ones and metadata.csv left out.

    Raises:
        UnreadableFile: if the folder does not exist.
    """
    if not root.is_dir():
        raise UnreadableFile(f"找不到报告文件夹 {root}，请检查路径。 No such reports folder: {root}.")
    # A link to nowhere is no file, but the user put it there: it is named among the files left out.
    return sorted(
        p
        for p in root.rglob("*")
        if (p.is_file() or p.is_symlink()) and not p.name.startswith(".") and p != root / overrides.FILE
    )


def read_file(path: Path, root: Path) -> tuple[Report, ...]:
    """The reports in one file of the folder ``root``; mostly one.

    Raises:
        UnreadableFile: if it cannot be read, is too large, is empty or is no report.
    """
    extract = FORMATS.get(path.suffix.lower())
    if extract is None:
        raise UnreadableFile("不是 .txt 文件，未读取。 Not a .txt file.")
    data = _bytes(path)
    extraction = extract(data)
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


def read_folder(root: Path, on_file: Callable[[int, int], None] | None = None) -> Collection:
    """Read every report below ``root``; what cannot be read, or is there twice, is listed with the reason.

    Args:
        root: the folder.
        on_file: called with (files done, files in all) after each file.

    Raises:
        UnreadableFile: if the folder does not exist or holds no readable report.
    """
    files = list_files(root)
    reports: dict[str, Report] = {}
    skipped: list[SkippedFile] = []
    for number, path in enumerate(files, start=1):
        name = path.relative_to(root).as_posix()
        try:
            for report in read_file(path, root):
                if report.id in reports:
                    twin = reports[report.id].file
                    skipped.append(SkippedFile(name, f"内容与 {twin} 相同，只计一次。 Same text as {twin}."))
                else:
                    reports[report.id] = report
        except UnreadableFile as error:
            skipped.append(SkippedFile(name, str(error)))
        if on_file:
            on_file(number, len(files))
    if not reports:
        raise UnreadableFile(
            f"文件夹 {root} 里没有可读的 .txt 报告，请放入报告后重试。 No readable .txt report there: add some."
        )
    known, problems = overrides.read_overrides(root).apply(tuple(reports.values()))
    return Collection(known, (*skipped, *problems))


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
