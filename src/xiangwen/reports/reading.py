"""Read report files: a file to its reports, a folder to a collection."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from xiangwen.language.common_forms import common_characters
from xiangwen.reports import overrides
from xiangwen.reports.files import check_inside, is_plain_text, list_files, name_in, read_bytes
from xiangwen.reports.formats import FORMATS, HEAD, READABLE, extract, kind
from xiangwen.reports.isolation import Document, FileContent, Workers
from xiangwen.reports.metadata import named_by_file, read_metadata
from xiangwen.reports.report import Collection, Extraction, ReadFile, Report, SkippedFile, UnreadableFile
from xiangwen.reports.several_in_one import split_reports
from xiangwen.reports.versions import content_key, mark_superseded

_MOST_WORKERS = 4
"""Each takes up to a gigabyte while it recognises text."""

KnownFiles = Callable[[str, str], ReadFile | None]
"""What came of a file that was read before, by (SHA-256 of its bytes, suffix); None where it was not."""


def read_files(
    paths: Sequence[Path], root: Path, known: KnownFiles = lambda digest, suffix: None
) -> Iterator[ReadFile]:
    """Read files of the folder ``root``, all but plain text in worker processes at the same time; in their order."""
    isolated = [path for path in paths if not _is_harmless(path)]
    count = max(1, min(os.cpu_count() or 1, _MOST_WORKERS, len(isolated)))
    with Workers(count) as workers:
        threads = ThreadPoolExecutor(count)
        try:
            waiting: dict[Path, Future[ReadFile]] = {
                path: threads.submit(_read, path, root, known, workers.read) for path in isolated
            }
            for path in paths:
                yield waiting.pop(path).result() if path in waiting else _read(path, root, known)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def report_id(text: str) -> str:
    """The id of a report with that text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_folder(
    root: Path,
    on_file: Callable[[int, int], None] | None = None,
    *,
    known: KnownFiles = lambda digest, suffix: None,
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
    for file in read_files(paths, root, known):
        files.append(file)
        if on_file:
            on_file(len(files), len(paths))
    reports: dict[str, Report] = {}
    contents: dict[str, Report] = {}
    skipped: list[SkippedFile] = []
    for number, file in enumerate(files):
        for report in file.reports:
            first = reports.setdefault(report.id, report)
            if first is not report:
                reason = f"内容与 {first.file} 相同，只计一次。 Same text as {first.file}."
                files[number] = replace(files[number], reason=reason)
                skipped.append(SkippedFile(report.file, reason))
                continue
            twin = contents.setdefault(content_key(report.text), report)
            if twin is not report:
                del reports[report.id]
                reason = f"与 {twin.file} 是同一份报告，只计一次。 The same report as {twin.file}."
                files[number] = _without(files[number], report, twin, reason)
                skipped.append(SkippedFile(report.file, reason))
        if file.reason:
            skipped.append(SkippedFile(file.file, file.reason))
        skipped += file.left_out
    if not reports:
        raise UnreadableFile(
            f"文件夹 {root} 里没有可读的报告（可读：{READABLE}），请放入报告后重试。 "
            "No readable report there: add some."
        )
    # Only here: what a file holds is remembered by its bytes, whatever its name.
    alone = {file.file for file in files if len(file.reports) == 1}
    named = tuple(
        replace(r, metadata=named_by_file(r.metadata, r.text, r.file)) if r.file in alone else r
        for r in reports.values()
    )
    corrected, problems = overrides.read_overrides(root).apply(named)
    marked, notices = mark_superseded(corrected)
    not_whole = tuple(notice for file in files for notice in file.notices)
    return Collection(marked, (*skipped, *problems), tuple(files), (*not_whole, *notices))


def _without(file: ReadFile, report: Report, twin: Report, reason: str) -> ReadFile:
    """A file without a report that another file holds too; it is read again, as that one may go."""
    left = tuple(other for other in file.reports if other is not report)
    return replace(file, reports=left, reason=reason, same_as=twin.file, again=True)


@dataclass(frozen=True)
class Changes:
    """How a folder differs from what was read of it, by the names of its files, sorted."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Files with other bytes, or that cannot be read any more."""
    missing: tuple[str, ...] = ()


def changes_since(digests: Mapping[str, str], root: Path, leave_out: Path | None = None) -> Changes:
    """What came, changed or went in a folder.

    Args:
        digests: SHA-256 of each file that was read, by its name; empty for one that could not be.
        root: the folder.
        leave_out: a folder below ``root`` that holds no reports, such as the index.

    Raises:
        UnreadableFile: if the folder does not exist.
    """
    here = {name_in(root, path): path for path in list_files(root, leave_out)}
    both = sorted(here.keys() & digests.keys())
    return Changes(
        new=tuple(sorted(here.keys() - digests.keys())),
        changed=tuple(name for name in both if digests[name] and _digest(here[name]) != digests[name]),
        missing=tuple(sorted(digests.keys() - here.keys())),
    )


def _read(
    path: Path, root: Path, known: KnownFiles, take_apart: Callable[[Path], FileContent] | None = None
) -> ReadFile:
    """One file; None takes it apart here, as the plain text that it is."""
    started = time.perf_counter()
    name, suffix = name_in(root, path), path.suffix.lower()
    try:
        check_inside(root, path)
        data = read_bytes(path)
    except UnreadableFile as error:
        return ReadFile(name, "", (), str(error), seconds=time.perf_counter() - started)
    digest = hashlib.sha256(data).hexdigest()
    before = known(digest, suffix)
    if before is not None:
        # That a report of it is there twice may no longer be so; why it holds none remains.
        same = replace(before.under(name, digest), reason="" if before.reports else before.reason)
        return replace(same, known=True, seconds=time.perf_counter() - started)
    if take_apart is None:
        content = _plain_text(data, digest)
    else:
        del data  # of many megabytes, where a worker reads them again
        content = take_apart(path)
        digest = content.sha256 or digest
    reports: list[Report] = []
    reason = ""
    left_out: list[SkippedFile] = []
    notices: list[SkippedFile] = []
    for document in content.documents:
        inside = f"{name}/{document.name}" if document.name else name
        if document.extraction is not None:
            reports += _reports(inside, digest, document.extraction)
            if document.extraction.notice:
                notices.append(SkippedFile(inside, document.extraction.notice))
        elif document.name:
            left_out.append(SkippedFile(inside, document.problem or ""))
        else:
            reason = document.problem or ""
    if not (reports or reason or left_out):
        reason = "压缩文件里没有报告。 There is no report in the archive."
    return ReadFile(
        name,
        digest,
        tuple(reports),
        reason,
        tuple(left_out),
        tuple(notices),
        again=any(document.again for document in content.documents),
        seconds=time.perf_counter() - started,
    )


def _is_harmless(path: Path) -> bool:
    """Whether a file needs no process of its own: it is plain text, or it cannot be opened."""
    suffix = path.suffix.lower()
    if not is_plain_text(suffix):
        return suffix not in FORMATS and suffix != ".zip"
    try:
        if not path.is_file():
            return True
        with path.open("rb") as file:
            return kind(file.read(HEAD), suffix) in (".txt", ".md")
    except OSError:
        return True


def _plain_text(data: bytes, digest: str) -> FileContent:
    try:
        return FileContent(digest, (Document("", extract(data, ".txt")),))
    except UnreadableFile as error:
        return FileContent(digest, (Document("", None, str(error)),))


def _reports(file: str, sha256: str, extraction: Extraction) -> Iterator[Report]:
    spans = split_reports(common_characters(extraction.text))
    # What a file says beside its text it says of the whole file.
    fields = extraction.fields if len(spans) == 1 else ()
    for start, end in spans:
        text = extraction.text[start:end]
        if text.strip():
            yield Report(
                id=report_id(text),
                file=file,
                sha256=sha256,
                text=text,
                metadata=read_metadata(common_characters(text), fields),
                # Pages before a report's first start at 0 in it, so that pages keep the numbers they have in the file.
                pages=tuple(max(page - start, 0) for page in extraction.pages if page < end),
            )


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except UnreadableFile:
        return ""
