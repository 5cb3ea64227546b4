"""The index in use, as far as the next one can take it over."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from xiangwen.index.entries import Entry, EntryKey, entry_key
from xiangwen.index.opened import Index
from xiangwen.index.problems import IndexProblem
from xiangwen.index.recipe import recipe
from xiangwen.index.storage import FILES, read_manifest, read_rows, report_fields
from xiangwen.reports import ReadFile, Report, SkippedFile


class PreviousIndex:
    """The index in use as far as it can be taken over; empty where there is none that can."""

    def __init__(self, directory: Path | None, model: str, indicators: str) -> None:
        """Open it.

        Args:
            directory: the index folder; None takes nothing over.
            model: vectors that another one made are of no use; what was read from the files is.
            indicators: digest of the definitions; cells that were read for others are of no use.
        """
        self.index: Index | None = None
        self.files: dict[str, str] = {}
        """SHA-256 of every file by its name."""
        self.fingerprint = ""
        """Of the encoder that made the vectors."""
        self.rows: list[dict[str, Any]] = []
        """What the index says of each file."""
        self.same_model = False
        """Whether its vectors can be taken over."""
        self.same_indicators = False
        """Whether its cells can be taken over."""
        self._read: dict[tuple[str, str], ReadFile] = {}
        self._entries: dict[EntryKey, Entry] = {}
        if directory is None:
            return
        try:
            folder, manifest = read_manifest(directory)
            if manifest["recipe"] != recipe():
                return
            index = Index.load(directory)
            rows = list(read_rows(folder / FILES))
        except (IndexProblem, OSError, ValueError, KeyError):
            return  # the index in use is missing, damaged or of another version: everything is made anew
        self.index, self.rows = index, rows
        texts = {report.id: report.text for report in index.reports}
        for row in rows:
            self.files[row["file"]] = row["sha256"]
            reports = tuple(Report(**report_fields(read), text=texts[read["id"]]) for read in row["reports"])
            told = {name: tuple(SkippedFile(**one) for one in row[name]) for name in ("left_out", "notices")}
            file = ReadFile(**{**row, "reports": reports, **told})
            if file.lasting:
                self._read[row["sha256"], Path(row["file"]).suffix.lower()] = file
        self.fingerprint = manifest["fingerprint"]
        self.same_model = manifest["model"] == model
        self.same_indicators = manifest["indicators"] == indicators
        if self.same_model:
            entries = _entries(index, self.same_indicators)
            self._entries = dict(zip(map(entry_key, index.reports), entries, strict=True))

    def read(self, digest: str, suffix: str) -> ReadFile | None:
        """What came of a file with these bytes when it was read."""
        return self._read.get((digest, suffix))

    def entry(self, key: EntryKey) -> Entry | None:
        """What the index holds of a report; None where it has to be made."""
        return self._entries.get(key)


def _entries(index: Index, with_cells: bool) -> Iterator[Entry]:
    """What an index holds of each report, as slices of its arrays."""
    words, rows = index.lexical.counted(), pairwise(index.starts.tolist())
    passages, signals = index.passages.reports(index.starts), index.signals.reports(index.starts)
    for number, (own, shown, (start, end)) in enumerate(zip(passages, signals, rows, strict=True)):
        cells = index.ledger_as_read.rows_of_report(number) if with_cells else None
        tree = index.texts.outline_bytes(number)
        yield Entry(own, tree, shown, index.vectors[start:end], words.rows(start, end), cells)
