"""What a build did, file by file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from xiangwen.index.entries import Entry
from xiangwen.reports import FORMATS, Collection, Metadata, SkippedFile

FileState = Literal["read", "unchanged", "renamed", "duplicate", "skipped", "failed"]


@dataclass(frozen=True)
class ReportOutcome:
    """One report of a file."""

    id: str
    metadata: Metadata
    missing: tuple[str, ...]
    """Fields of the metadata that the report does not state."""
    sections: int
    passages: int


@dataclass(frozen=True)
class FileOutcome:
    """What came of one file."""

    file: str
    state: FileState
    """``skipped`` is no report by its name, ``failed`` should have been one."""
    reason: str
    """Why the file was left out, in one plain sentence; for a renamed one its earlier name."""
    seconds: float
    """Spent on reading it."""
    reports: tuple[ReportOutcome, ...]
    """Those that count from this file: a report that is there twice counts once."""


@dataclass(frozen=True)
class BuildReport:
    """What a build did."""

    reports: int
    passages: int
    skipped: tuple[SkippedFile, ...]
    seconds: float
    unchanged: bool = False
    files: tuple[FileOutcome, ...] = ()
    removed: tuple[str, ...] = ()
    """Files of the index before that are gone."""
    changing: tuple[str, ...] = ()
    """Files that were still being written when the build ended; the next build reads them."""
    notes: tuple[str, ...] = ()
    """What else the build decided, and why, a plain sentence each."""

    def count(self, state: FileState) -> int:
        """How many files are in a state."""
        return sum(file.state == state for file in self.files)


def file_outcomes(
    collection: Collection, earlier: Mapping[str, str], entries: Sequence[Entry]
) -> tuple[FileOutcome, ...]:
    """What came of every file of a collection.

    Args:
        collection: as it was read.
        earlier: SHA-256 of every file of the index before, by its name.
        entries: what the index holds of each report of the collection.
    """
    counted: dict[str, list[ReportOutcome]] = {}
    for report, entry in zip(collection.reports, entries, strict=True):
        missing = tuple(f.name for f in fields(Metadata) if getattr(report.metadata, f.name) is None)
        outcome = ReportOutcome(report.id, report.metadata, missing, entry.sections, len(entry.passages))
        counted.setdefault(report.file, []).append(outcome)
    here = {file.file for file in collection.files}
    left: dict[str, str] = {digest: name for name, digest in earlier.items() if name not in here}
    outcomes = []
    for file in collection.files:
        names = dict.fromkeys(report.file for report in file.reports)  # of an archive, its members
        reports, reason = tuple(outcome for name in names for outcome in counted.get(name, ())), file.reason
        state: FileState = "read"
        if (file.reports or file.same_as) and not reports:
            state = "duplicate"
        elif not file.reports:
            state = "failed" if Path(file.file).suffix.lower() in FORMATS else "skipped"
        elif file.known and earlier.get(file.file) == file.sha256:
            state = "unchanged"
        elif file.known and file.sha256 in left:
            state, reason = "renamed", reason or left[file.sha256]
        outcomes.append(FileOutcome(file.file, state, reason, round(file.seconds, 4), reports))
    return tuple(outcomes)
