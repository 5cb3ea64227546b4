"""The worker process that takes files apart: ``python -m xiangwen.reports.extracting``.

Files come from anywhere, and the libraries that read them are written in C: whatever one of them does to its process,
the build goes on (`isolation`). One JSON object a line: in comes ``{"path", "skip"}``, out come, for each document
of the file after the first ``skip``, ``{"begin": name}``, ``{"pulse": true}`` while it is at work, and
``{"text", "pages", "fields", "notice"}`` or ``{"problem", "again"}``; ``{"end": sha256}`` at the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from xiangwen.reports.files import read_bytes
from xiangwen.reports.formats import documents, extract
from xiangwen.reports.report import NotNow, UnreadableFile

MEMORY = 4_000_000_000
"""Bytes of address space; text recognition of one page takes a third of that."""
MOST_CHARACTERS = 5_000_000
"""A text with more is no report, which has ten thousand."""
_NO_MEMORY = "读取时内存不足，未读取。 Reading it takes too much memory: left out."
_FAILED = "文件无法解析，请重新另存后重试。 The file cannot be parsed: save it again and try once more."


def main() -> None:
    """Serve requests until the other side closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what a library prints is no answer
    _limit_memory()
    for request in iter(_requests().get, None):
        _serve(request, answers)


def _requests() -> queue.Queue[Any]:
    """Requests as they come; when there is nobody left to send any, the process ends in the midst of its work."""
    waiting: queue.Queue[Any] = queue.Queue()

    def receive() -> None:
        for line in sys.stdin:
            waiting.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=receive, daemon=True).start()
    return waiting


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit; the time limit holds there too
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _serve(request: dict[str, Any], answers: TextIO) -> None:
    def answer(value: dict[str, Any]) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    path = Path(os.fsdecode(bytes.fromhex(request["path"])))
    digest = ""
    try:
        data = read_bytes(path)
        digest = hashlib.sha256(data).hexdigest()
        for number, (name, suffix, content) in enumerate(documents(data, path.suffix.lower())):
            if number < request["skip"]:
                continue
            answer({"begin": name})
            answer(_document(content, suffix, lambda: answer({"pulse": True})))
    except UnreadableFile as error:
        answer({"begin": ""})
        answer({"problem": str(error), "again": False})
    except MemoryError:
        answer({"begin": ""})
        answer({"problem": _NO_MEMORY, "again": True})
    answer({"end": digest})


def _document(content: bytes | UnreadableFile, suffix: str, pulse: Any) -> dict[str, Any]:
    try:
        if isinstance(content, UnreadableFile):
            raise content
        extraction = extract(content, suffix, pulse)
        if len(extraction.text) > MOST_CHARACTERS:
            raise UnreadableFile("文字过多，不是一份报告。 There is too much text in it for a report.")
    except UnreadableFile as error:
        return {"problem": str(error), "again": isinstance(error, NotNow)}
    except MemoryError:
        return {"problem": _NO_MEMORY, "again": True}
    except Exception:  # a parser's own error on a file that is not as it should be
        if os.environ.get("XIANGWEN_DEBUG"):
            import traceback

            traceback.print_exc()
        return {"problem": _FAILED, "again": False}
    return asdict(extraction)


if __name__ == "__main__":
    main()
