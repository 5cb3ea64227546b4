"""The index in use, as far as the next one can take it over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from xiangwen.index.entries import Entry, Key, entry_key, recipe
from xiangwen.index.opened import Index
from xiangwen.index.problems import IndexProblem
from xiangwen.index.storage import FILES, SECTIONS, read_manifest, read_rows, report_fields
from xiangwen.reports import ReadFile, Report, SkippedFile


class Earlier:
    """The index in use as far as it can be taken over; empty where there is none that can."""

    def __init__(self, directory: Path | None, model: str) -> None:
        """Open it.

        Args:
            directory: the index folder; None takes nothing over.
            model: vectors that another one made are of no use; what was read from the files is.
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
        self._read: dict[tuple[str, str], ReadFile] = {}
        self._numbers: dict[Key, int] = {}
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
            if row["reports"]:
                reports = tuple(Report(**report_fields(read), text=texts[read["id"]]) for read in row["reports"])
                left_out = tuple(SkippedFile(**left) for left in row["left_out"])
                file = ReadFile(**{**row, "reports": reports, "left_out": left_out})
                self._read[row["sha256"], Path(row["file"]).suffix.lower()] = file
        self.fingerprint = manifest["fingerprint"]
        self.same_model = manifest["model"] == model
        if self.same_model:
            self._numbers = {entry_key(report): i for i, report in enumerate(index.reports)}
            self._passages = index.starts
            self._sections = np.load(folder / SECTIONS)
            self._vectors = index.vectors
            self._words = index.lexical.counted()

    def read(self, digest: str, suffix: str) -> ReadFile | None:
        """What came of a file with these bytes when it was read."""
        return self._read.get((digest, suffix))

    def entry(self, key: Key) -> Entry | None:
        """What the index holds of a report; None where it has to be made."""
        number = self._numbers.get(key)
        if number is None or self.index is None:
            return None
        passage, last_passage = self._passages[number], self._passages[number + 1]
        return Entry(
            self.index.passages[passage:last_passage],
            int(self._sections[number]),
            self._vectors[passage:last_passage],
            self._words.rows(passage, last_passage),
        )
