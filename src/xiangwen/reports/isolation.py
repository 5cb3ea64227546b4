"""Files taken apart in worker processes, limited in time and memory: one that breaks its worker costs only itself."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiangwen.reports.report import Extraction

SECONDS = 120.0
"""For a document, or for one page where pages are recognised: a page takes three to ten, a busy machine twice that."""
_SOURCES = Path(__file__).parents[2]
_LONGEST_ANSWER = 64_000_000
"""Bytes of one line from a worker: the longest text with each character escaped."""
_MOST_DEATHS = 20
"""Of workers over one archive."""
_TOO_SLOW = "读取超过 {seconds:.0f} 秒，已中止。 Reading it took more than {seconds:.0f} seconds: stopped."
_BROKEN = "读取时程序被文件弄坏，未读取。 The file broke the program that reads it: left out."


@dataclass(frozen=True)
class Document:
    """A document of a file: its text, or why there is none."""

    name: str
    """Within the file; empty but for a member of an archive."""
    extraction: Extraction | None
    problem: str | None = None
    again: bool = False
    """Whether it may be readable another time."""


@dataclass(frozen=True)
class FileContent:
    """What a file holds; ``sha256`` is empty where its bytes could not be read."""

    sha256: str
    documents: tuple[Document, ...]


class Workers:
    """A few worker processes, each started when first needed and replaced when it dies; threads may share them."""

    def __init__(self, count: int, seconds: float = SECONDS) -> None:
        """Make room for ``count`` workers; a document, or a page, may take each of them so many seconds."""
        self.seconds = seconds
        self._starting = threading.Lock()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._threads = max(1, (os.cpu_count() or 1) // count)
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._alive: set[_Worker] = set()
        self._closed = False
        for _ in range(count):
            self._idle.put(None)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers, in the midst of their work if need be."""
        self._closed = True
        for worker in list(self._alive):
            self._end(worker)
        if self._scratch is not None:
            self._scratch.cleanup()

    def read(self, path: Path) -> FileContent:
        """Take one file apart; never raises for what is in the file."""
        documents: list[Document] = []
        for _ in range(_MOST_DEATHS):
            if self._closed:
                break
            worker = self._idle.get()
            try:
                if worker is None:
                    worker = self._start()
                digest, name = worker.read(path, documents, self.seconds)
            except BaseException:
                if worker is not None:
                    self._end(worker)
                self._idle.put(None)
                raise
            if digest is not None:
                self._idle.put(worker)
                return FileContent(digest, tuple(documents))
            reason = _TOO_SLOW.format(seconds=self.seconds) if worker.too_slow else _BROKEN
            self._end(worker)
            self._idle.put(None)
            documents.append(Document(name or "", None, reason, again=True))
            if not name:
                break  # the file as a whole; a member of an archive costs only itself
        return FileContent("", tuple(documents))

    def _start(self) -> _Worker:
        with self._starting:
            if self._scratch is None:
                # What readers leave on the disk goes with the workers, however they end.
                self._scratch = tempfile.TemporaryDirectory(prefix="xiangwen-", ignore_cleanup_errors=True)
            worker = _Worker(self._scratch.name, self._threads)
            self._alive.add(worker)
            return worker

    def _end(self, worker: _Worker) -> None:
        worker.end()
        self._alive.discard(worker)


class _Worker:
    def __init__(self, scratch: str, threads: int) -> None:
        self.too_slow = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xiangwen.reports.extracting"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("XIANGWEN_DEBUG") else subprocess.DEVNULL,
            env={
                **os.environ,
                # The same sources as this process has, wherever it found them.
                "PYTHONPATH": os.pathsep.join([str(_SOURCES), *filter(None, [os.environ.get("PYTHONPATH")])]),
                "TMPDIR": scratch,
                "TEMP": scratch,
                "XIANGWEN_OCR_THREADS": str(threads),
                "OMP_NUM_THREADS": str(threads),
                "OPENBLAS_NUM_THREADS": str(threads),
            },
            # A group of its own, so that LibreOffice ends with the worker that started it.
            start_new_session=True,
        )

    def read(self, path: Path, documents: list[Document], seconds: float) -> tuple[str | None, str | None]:
        """Add the file's documents after those that are there; returns its digest, None if the worker died.

        The other value is the name of the document that it was at work on.
        """
        name: str | None = None
        request = {"path": os.fsencode(path.absolute()).hex(), "skip": len(documents)}
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return None, None
        while (answer := self._receive(seconds)) is not None:
            if "begin" in answer:
                name = answer["begin"]
            elif "text" in answer:
                fields = tuple((str(key), str(value)) for key, value in answer["fields"])
                read = Extraction(answer["text"], tuple(answer["pages"]), fields, answer["notice"])
                documents.append(Document(name or "", read))
            elif "problem" in answer:
                documents.append(Document(name or "", None, answer["problem"], answer["again"]))
            elif "end" in answer:
                return answer["end"], None
        return None, name

    def _receive(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None if the worker died or had to be stopped."""
        watch = threading.Timer(seconds, self._stop)
        watch.daemon = True
        watch.start()
        assert self.process.stdout is not None
        try:
            line = self.process.stdout.readline(_LONGEST_ANSWER)
            return dict(json.loads(line)) if line.endswith(b"\n") else None
        except (OSError, ValueError):
            return None
        finally:
            watch.cancel()

    def _stop(self) -> None:
        self.too_slow = True
        self._kill()

    def _kill(self) -> None:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    def end(self) -> None:
        self._kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
