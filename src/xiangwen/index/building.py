"""Build the index of a folder of reports.

A build is written into a folder of its own and taken into use by replacing the one-line file ``current``, so a build
killed at any moment leaves the index before it whole.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from xiangwen.embedding import DEFAULT_MODEL, fingerprint, load_encoder
from xiangwen.index.opened import Index, IndexedSection, full_name
from xiangwen.index.problems import IndexProblem
from xiangwen.index.storage import (
    CURRENT,
    FORMAT_VERSION,
    MANIFEST,
    PARTIAL,
    flush,
    in_use,
    read_manifest,
    remove_other_builds,
    sha256,
    verify,
    write_faiss,
    write_rows,
)
from xiangwen.lexical import LexicalIndex
from xiangwen.passages import Passage, split_passages
from xiangwen.reports import Collection, Report, SkippedFile, UnreadableFile, read_folder
from xiangwen.sections import outline

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

_BATCH = 32
"""Texts encoded between two reports of progress, a second or two."""

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total); stage is "encoder" (percent), "files" or "passages"."""


@dataclass(frozen=True)
class BuildResult:
    """What a build did."""

    reports: int
    passages: int
    skipped: tuple[SkippedFile, ...]
    seconds: float
    unchanged: bool = False


def passage_context(report: Report, passage: Passage) -> str:
    """What is embedded and searched for a passage: township, year and heading path before its words.

    The prefix lifted "all evidence in the top ten" from .81 to .996 for facts and from .49 to .92 for questions over
    two reports on a Chinese annual-report benchmark: worth more than any model.
    """
    meta = report.metadata
    place = f"{meta.county or ''}{meta.township or report.name}"
    year = f"{meta.year}年" if meta.year else ""
    words = report.text[passage.start : passage.end]
    return " ".join(part for part in (place + year, *passage.above(report.text), words) if part)


def build(
    reports_folder: Path,
    directory: Path,
    model: str = DEFAULT_MODEL,
    *,
    rebuild: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> BuildResult:
    """Build the index of a folder of reports and take it into use.

    Raises:
        UnreadableFile: if the folder is missing or holds no readable report.
        EncoderError: if the model cannot be loaded.
        IndexProblem: if the index folder cannot be written or another build is at work there.
    """
    started = time.perf_counter()
    model = full_name(model)
    collection = read_folder(reports_folder, lambda done, total: progress("files", done, total))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / ".lock", timeout=0):
            if not rebuild and _is_current(directory, collection, model):
                index = Index.load(directory)
                return BuildResult(
                    len(index.reports), len(index.passages), collection.skipped, time.perf_counter() - started, True
                )
            passages = _write_build(directory, collection, model, progress)
    except Timeout as error:
        raise IndexProblem(
            "另一个程序正在建立同一索引，请等它结束后再试。 Another build is at work on this index: wait for it to end."
        ) from error
    except OSError as error:
        raise IndexProblem(
            f"无法写入索引文件夹 {directory}（{error.strerror}），原索引未变。 "
            f"Cannot write the index folder {directory}: {error.strerror}."
        ) from error
    return BuildResult(len(collection.reports), passages, collection.skipped, time.perf_counter() - started)


def _write_build(directory: Path, collection: Collection, model: str, progress: Progress) -> int:
    """Write one complete build and move ``current`` to it; returns the number of passages."""
    passages = [
        (number, passage) for number, report in enumerate(collection.reports) for passage in split_passages(report.text)
    ]
    if not passages:
        raise UnreadableFile(
            "报告里没有一句话，请检查报告的内容。 There is not one sentence in the reports: check them."
        )
    encoder = load_encoder(model, progress=lambda _, fraction: progress("encoder", round(100 * fraction), 100))
    name = f"build-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
    before = in_use(directory)
    remove_other_builds(directory, keep=before[0] if before else None)
    folder = directory / (name + PARTIAL)
    folder.mkdir()
    sections = [
        IndexedSection(number, section.start, section.end, path)
        for number, report in enumerate(collection.reports)
        for top in outline(report.text)
        for path, section in top.walk()
    ]
    contexts = [passage_context(collection.reports[number], passage) for number, passage in passages]
    section_texts = [
        " ".join(
            (collection.reports[s.report].name, *s.heading_path, collection.reports[s.report].text[s.start : s.end])
        )
        for s in sections
    ]
    total = len(contexts) + len(section_texts)
    vectors = _encode(encoder, contexts, lambda done: progress("passages", done, total))
    section_vectors = _encode(encoder, section_texts, lambda done: progress("passages", len(contexts) + done, total))
    write_rows(folder / "reports.jsonl", (asdict(report) for report in collection.reports))
    write_rows(folder / "passages.jsonl", ({"report": number, **asdict(p)} for number, p in passages))
    write_rows(folder / "sections.jsonl", map(asdict, sections))
    write_faiss(folder / "passages.faiss", vectors)
    write_faiss(folder / "sections.faiss", section_vectors)
    LexicalIndex.build(contexts).save(folder / "lexical")
    manifest = {
        "format": FORMAT_VERSION,
        "model": model,
        "fingerprint": fingerprint(encoder),
        "dimensions": int(vectors.shape[1]),
        "reports": len(collection.reports),
        "passages": len(passages),
        "sources": {report.file: report.sha256 for report in collection.reports},
        "files": {
            path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    flush(folder)
    folder.rename(directory / name)
    pointer = directory / (CURRENT + PARTIAL)
    pointer.write_text(f"{name} {sha256(directory / name / MANIFEST)}\n", encoding="utf-8")
    flush(pointer)
    pointer.replace(directory / CURRENT)
    remove_other_builds(directory, keep=name)
    return len(passages)


def _encode(encoder: SentenceTransformer, texts: list[str], on_done: Callable[[int], None]) -> NDArray[np.float32]:
    """Vectors of the texts, shape (texts, dimensions); the longest are encoded together, as padding costs time."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors: list[NDArray[np.float32]] = []
    on_done(0)
    for start in range(0, len(order), _BATCH):
        batch = [texts[i] for i in order[start : start + _BATCH]]
        vectors.append(
            np.asarray(encoder.encode_document(batch, show_progress_bar=False, normalize_embeddings=True), np.float32)
        )
        on_done(min(start + _BATCH, len(order)))
    result = np.concatenate(vectors)
    result[order] = result.copy()
    return result


def _is_current(directory: Path, collection: Collection, model: str) -> bool:
    try:
        folder, manifest = read_manifest(directory)
        verify(folder, manifest)
    except IndexProblem:
        return False
    sources = {report.file: report.sha256 for report in collection.reports}
    return bool(manifest["model"] == model and manifest["sources"] == sources)
