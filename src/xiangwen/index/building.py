"""Build the index of a folder of reports: what is new or changed is read and embedded, the rest is taken over.

A build is written into a folder of its own and taken into use by replacing the one-line file ``current``, so a build
killed at any moment leaves the index before it whole.
"""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

import xiangwen
from xiangwen.encoding import DEFAULT_MODEL, Encoder, load_encoder
from xiangwen.index.bm25 import LexicalIndex
from xiangwen.index.build_report import BuildReport, file_outcomes
from xiangwen.index.checkpoint import Checkpoint
from xiangwen.index.entries import Entry, entry_key, make_entries, with_cells
from xiangwen.index.opened import full_model_name
from xiangwen.index.previous import PreviousIndex
from xiangwen.index.problems import IndexProblem
from xiangwen.index.recipe import recipe
from xiangwen.index.signals import Signals
from xiangwen.index.storage import (
    CURRENT,
    FILES,
    FORMAT_VERSION,
    MANIFEST,
    PARTIAL,
    flush,
    in_use,
    remove_other_builds,
    write_rows,
)
from xiangwen.index.texts import Passages, Texts
from xiangwen.index.vectors import Vectors
from xiangwen.index.word_counts import WordCounts
from xiangwen.ledger.indicators import digest, indicators_beside
from xiangwen.ledger.table import Table
from xiangwen.machine.cache import sha256
from xiangwen.reports import Collection, ReadFile, Report, UnreadableFile, changes_since, check_folder, read_folder

BUILD_REPORT = "build-report.json"
"""What the last build did, beside the index."""
_READINGS = 3
"""How often a build reads files that change under its hands before it leaves the rest to the next build."""

BuildProgress = Callable[[str, int, int], None]
"""Called with (stage, done, total); stage is "encoder" (percent), "files" or "passages"."""


def build(
    reports_folder: Path,
    directory: Path,
    model: str = DEFAULT_MODEL,
    *,
    rebuild: bool = False,
    progress: BuildProgress = lambda stage, done, total: None,
    encoder: Encoder | None = None,
) -> BuildReport:
    """Build the index of a folder of reports and take it into use.

    Args:
        reports_folder: where the reports are; the index folder may lie in it.
        directory: the index folder.
        model: name or path of the SentenceTransformer.
        rebuild: read and embed everything anew.
        progress: told how far the build is.
        encoder: the model, where it is loaded already.

    Raises:
        UnreadableFile: if the folder is missing or holds no readable report.
        EncoderError: if the model cannot be loaded.
        IndexProblem: if the index folder cannot be written or another build is at work there.
    """
    started = time.perf_counter()
    check_folder(reports_folder)  # a misspelt folder is told before an index folder is made
    try:
        with _alone(directory):
            work = _Build(reports_folder, directory, full_model_name(model), rebuild, progress, encoder)
            result = work.run(started)
    except Timeout as error:
        raise IndexProblem(
            "另一个程序正在建立同一索引，请等它结束后再试。 Another build is at work on this index: wait for it to end."
        ) from error
    except OSError as error:
        why = error.strerror or error  # NumPy gives no error number when a disk is full
        raise IndexProblem(
            f"无法写入索引文件夹 {directory}（{why}），原索引未变。 Cannot write the index folder {directory}: {why}."
        ) from error
    return result


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """An index folder for this build alone; what it makes of it goes again where there is no index at the end."""
    new = not directory.exists()
    directory.mkdir(parents=True, exist_ok=True)
    lock = directory / ".lock"
    try:
        with FileLock(lock, timeout=0):
            try:
                yield
            finally:
                if in_use(directory) is None:
                    with suppress(OSError):
                        lock.unlink()
    finally:
        if new:
            with suppress(OSError):
                directory.rmdir()


class _Build:
    """One build, from the files to the index in use."""

    def __init__(
        self,
        root: Path,
        directory: Path,
        model: str,
        rebuild: bool,
        progress: BuildProgress,
        encoder: Encoder | None,
    ) -> None:
        self._root = root
        self._directory = directory
        self._model = model
        self._progress = progress
        self._encoder = encoder
        self._indicators = indicators_beside(root)
        self._previous = PreviousIndex(None if rebuild else directory, model, digest(self._indicators))
        self._made: dict[Any, Entry] = {}
        self._fingerprint = self._previous.fingerprint if self._previous.same_model else ""

    def run(self, started: float) -> BuildReport:
        collection = self._read()
        changing: tuple[str, ...] = ()
        for reading in range(1, _READINGS + 1):
            entries = self._entries(collection.reports)
            digests = {file.file: file.sha256 for file in collection.files}
            changes = changes_since(digests, self._root, self._directory)
            changing = tuple(sorted((*changes.new, *changes.changed, *changes.missing)))
            if not changing or reading == _READINGS:
                break
            collection = self._read(collection)
        rows = [_file_row(file) for file in collection.files]
        previous = self._previous
        unchanged = (
            previous.index is not None
            and previous.same_model
            and previous.same_indicators
            and previous.rows == rows
            and previous.index.reports == collection.reports
        )
        if not unchanged:
            self._write(collection.reports, entries, rows)
        self._checkpoint().clear()
        outcomes = file_outcomes(collection, previous.files, entries)
        result = BuildReport(
            reports=len(collection.reports),
            passages=sum(len(entry.passages) for entry in entries),
            skipped=collection.skipped,
            seconds=time.perf_counter() - started,
            unchanged=unchanged,
            files=outcomes,
            removed=_removed(collection, previous.files),
            changing=changing,
            notes=tuple(f"{notice.file}：{notice.reason}" for notice in collection.notices),
        )
        with suppress(OSError):  # the index is in use: that its account cannot be written is no failure
            _replace(self._directory / BUILD_REPORT, json.dumps(asdict(result), ensure_ascii=False, indent=1) + "\n")
        return result

    def _read(self, before: Collection | None = None) -> Collection:
        """Read the folder, but not what the index in use or an earlier reading knows."""
        read = {(f.sha256, Path(f.file).suffix.lower()): f for f in before.files if f.lasting} if before else {}

        def known(digest: str, suffix: str) -> ReadFile | None:
            return read.get((digest, suffix)) or self._previous.read(digest, suffix)

        return read_folder(
            self._root,
            lambda done, total: self._progress("files", done, total),
            known=known,
            leave_out=self._directory,
        )

    def _entries(self, reports: Sequence[Report]) -> list[Entry]:
        keys = [entry_key(report) for report in reports]
        found = [self._made.get(key) or self._previous.entry(key) for key in keys]
        missing = [i for i, entry in enumerate(found) if entry is None]
        if missing:
            encoder = self._load_encoder()
            if self._fingerprint != encoder.fingerprint:  # the model of that name is another one by now
                self._fingerprint = encoder.fingerprint
                missing = list(range(len(reports)))
            made = make_entries(
                [reports[i] for i in missing],
                encoder,
                lambda done, total: self._progress("passages", done, total),
                self._checkpoint(),
            )
            self._made |= {keys[i]: entry for i, entry in zip(missing, made, strict=True)}
            found = [self._made.get(key) or self._previous.entry(key) for key in keys]
        entries = [
            with_cells(entry, report, self._indicators, self._fingerprint)
            for entry, report in zip(found, reports, strict=True)
            if entry is not None
        ]
        self._made |= dict(zip(keys, entries, strict=True))
        if not any(entry.passages for entry in entries):
            raise UnreadableFile(
                "报告里没有一句话，请检查报告的内容。 There is not one sentence in the reports: check them."
            )
        return entries

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(self._directory, f"{self._fingerprint} {recipe()}")

    def _load_encoder(self) -> Encoder:
        if self._encoder is None:
            self._encoder = load_encoder(
                self._model, progress=lambda _, fraction: self._progress("encoder", round(100 * fraction), 100)
            )
        return self._encoder

    def _write(self, reports: Sequence[Report], entries: Sequence[Entry], rows: Sequence[dict[str, Any]]) -> None:
        """Write one complete build and move ``current`` to it."""
        before = in_use(self._directory)
        remove_other_builds(self._directory, keep=before[0] if before else None)
        name = f"build-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        folder = self._directory / (name + PARTIAL)
        try:
            (folder / "passages").mkdir(parents=True)
            vectors = [entry.vectors for entry in entries]
            write_rows(folder / "reports.jsonl", map(_without_text, reports))
            Texts.write(folder / "passages", (report.text for report in reports), [entry.outline for entry in entries])
            Passages.joined([entry.passages for entry in entries]).save(folder / "passages")
            Signals.joined([entry.signals for entry in entries]).save(folder / "signals")
            Vectors.write(folder / "vectors", vectors)
            write_rows(folder / FILES, rows)
            cells = [entry.cells for entry in entries if entry.cells is not None]
            Table.joined(cells, self._indicators).save(folder / "ledger")
            LexicalIndex.from_counts(WordCounts.joined([entry.words for entry in entries])).save(folder / "lexical")
            manifest = {
                "format": FORMAT_VERSION,
                "xiangwen": xiangwen.__version__,
                "recipe": recipe(),
                "folder": str(self._root.resolve()),
                "notes": [Vectors.open(folder / "vectors").describe()],
                "model": self._model,
                "fingerprint": self._fingerprint,
                "indicators": digest(self._indicators),
                "dimensions": int(vectors[0].shape[1]),
                "reports": len(reports),
                "passages": sum(len(entry.passages) for entry in entries),
                "files": {
                    path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
                    for path in sorted(folder.rglob("*"))
                    if path.is_file()
                },
            }
            (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
            flush(folder)
            folder.rename(self._directory / name)
            _replace(self._directory / CURRENT, f"{name} {sha256(self._directory / name / MANIFEST)}\n")
        except BaseException:
            # What is half written would keep a full disk full.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        remove_other_builds(self._directory, keep=name)


def _without_text(report: Report) -> dict[str, Any]:
    """A row of ``reports.jsonl``; the texts have a file of their own."""
    row = {field.name: getattr(report, field.name) for field in fields(report) if field.name != "text"}
    return row | {"metadata": asdict(report.metadata)}


def _file_row(file: ReadFile) -> dict[str, Any]:
    """What an index keeps of a file: its texts are those of its reports."""
    row = {field.name: getattr(file, field.name) for field in fields(file)}
    row["reports"] = [_without_text(report) for report in file.reports]
    row |= {name: [asdict(told) for told in getattr(file, name)] for name in ("left_out", "notices")}
    return dict(json.loads(json.dumps(row | {"seconds": 0.0, "known": False})))  # lists for tuples, as they are read


def _removed(collection: Collection, earlier: dict[str, str]) -> tuple[str, ...]:
    """Files that are gone under any name."""
    names = {file.file for file in collection.files}
    digests = {file.sha256 for file in collection.files}
    return tuple(sorted(n for n, digest in earlier.items() if n not in names and digest not in digests))


def _replace(path: Path, text: str) -> None:
    """Write a file so that its name stands for the old or the new text at any moment."""
    partial = path.with_name(path.name + PARTIAL)
    partial.write_text(text, encoding="utf-8")
    flush(partial)
    partial.replace(path)
    flush(path)
