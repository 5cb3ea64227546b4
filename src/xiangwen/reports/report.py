"""One report as read from a file, and a collection of them in which nothing is lost silently."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import Path

from xiangwen.reports.metadata import Metadata


class UnreadableFile(ValueError):
    """A file that is not a report; the message is one plain sentence for the user."""


class NotNow(UnreadableFile):
    """A file that may be readable another time: a program is missing, or time or memory ran out."""


_LONGEST_HEADING = 60
"""Characters of a title that are embedded before each sentence."""


@dataclass(frozen=True)
class Extraction:
    """What a format's reader takes out of a file."""

    text: str
    """The exact text that citations count in; newlines are \\n."""
    pages: tuple[int, ...] = ()
    """Where each page starts in ``text``, ascending from 0; empty where the format has no pages."""
    fields: tuple[tuple[str, str], ...] = ()
    """What the file says of itself beside its text, such as the 索引号 table of a web page: (name, value)."""
    notice: str = ""
    """What of the file could not be read, in one plain sentence."""


@dataclass(frozen=True)
class Report:
    """One report: its exact text (newlines as \\n, nothing else changed) and what it says of itself."""

    id: str
    """First 12 hexadecimal digits of the SHA-256 of ``text``: a renamed file keeps its id."""
    file: str
    """Path relative to the reports folder, with forward slashes."""
    sha256: str
    """Of the file's bytes, to notice a change."""
    text: str
    metadata: Metadata
    pages: tuple[int, ...] = ()
    """Where each page of the file starts in ``text``, ascending from 0; empty where the format has no pages. In the
    second report of a file the pages before it start at 0 too: the page of an offset is how many start up to there."""
    superseded_by: str = ""
    """Id of a later version of the same report in the collection; empty where this one counts."""

    @property
    def name(self) -> str:
        """What people call it: the township, or the file where the text does not name one."""
        return self.metadata.township or Path(self.file).stem

    @property
    def heading(self) -> str:
        """What stands for the place of a document that names no township: its title, or its file's name."""
        return " ".join((self.metadata.title or self.name).split())[:_LONGEST_HEADING]

    def page_at(self, offset: int) -> int | None:
        """The page, from 1, that holds the character at ``offset``; None where the format has no pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True)
class SkippedFile:
    """A file that was left out, and why, in one plain sentence."""

    file: str
    reason: str


@dataclass(frozen=True)
class ReadFile:
    """One file of a folder and what came of it."""

    file: str
    """Path relative to the reports folder, with forward slashes."""
    sha256: str
    """Of the bytes that were read; empty where they could not be."""
    reports: tuple[Report, ...]
    """As the file gives them, also those that are there under another name already."""
    reason: str = ""
    """Why the file, or a report in it, was left out, in one plain sentence."""
    left_out: tuple[SkippedFile, ...] = ()
    """Members of an archive that were left out."""
    notices: tuple[SkippedFile, ...] = ()
    """What of it, or of a member, could not be read, though the rest was."""
    again: bool = False
    """Whether reading it once more may bring more: a program was missing, or time or memory ran out."""
    seconds: float = 0.0
    same_as: str = ""
    """The file that holds the same report in other bytes, where this one is left out for that."""
    known: bool = False
    """Whether it was known by its bytes what comes of it, so that it was not read again."""

    @property
    def lasting(self) -> bool:
        """Whether the same comes of it whenever it is read."""
        return bool(self.sha256) and not self.again

    def under(self, file: str, sha256: str) -> ReadFile:
        """What comes of these bytes in a file of another name; members of an archive keep their names in it."""
        return replace(
            self,
            file=file,
            sha256=sha256,
            reports=tuple(replace(r, file=file + r.file[len(self.file) :], sha256=sha256) for r in self.reports),
            left_out=tuple(SkippedFile(file + s.file[len(self.file) :], s.reason) for s in self.left_out),
            notices=tuple(SkippedFile(file + s.file[len(self.file) :], s.reason) for s in self.notices),
        )


@dataclass(frozen=True)
class Collection:
    """All readable reports of a folder in the order of their file names, and the files left out."""

    reports: tuple[Report, ...]
    skipped: tuple[SkippedFile, ...]
    files: tuple[ReadFile, ...] = ()
    """Every file of the folder in the order of the names."""
    notices: tuple[SkippedFile, ...] = ()
    """Reports that are not left out, but are earlier versions of others or not whole."""
