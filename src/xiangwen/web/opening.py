"""Get the index ready while the page is already up: open it, build it first where there is none, warm the model."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant

Stage = Literal["open", "encoder", "files", "passages", "warm", "ready", "problem"]

STAGE_WORDS: dict[Stage, str] = {
    "open": "正在打开索引",
    "encoder": "正在准备语言模型（仅第一次）",
    "files": "正在读取报告",
    "passages": "第一次使用，正在建立索引",
    "warm": "正在载入语言模型",
    "ready": "已就绪",
    "problem": "索引无法使用",
}
_HEARTBEAT = 0.25
"""Seconds after which a watcher looks again although nothing was reported."""


@dataclass(frozen=True)
class Status:
    """How far the opening is."""

    stage: Stage
    done: int = 0
    total: int = 0
    problem: str = ""
    """One plain sentence with the way out, where the stage is "problem"."""

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.stage in ("ready", "problem")


class Opening:
    """Opens one index in a thread of its own; pages watch it and take the `assistant` when it is there."""

    def __init__(self, index_dir: Path, reports_dir: Path, model: str | None = None) -> None:
        self._index_dir = index_dir
        self._reports_dir = reports_dir
        self._model = model
        self._changed = threading.Condition()
        self._status = Status("open")
        self._thread: threading.Thread | None = None
        self.assistant: Assistant | None = None
        self.build = ""
        """The name of the index in use."""
        self.asking = threading.Lock()
        """Held while the assistant answers: an answer takes milliseconds, and the encoder is not shared by threads."""

    @property
    def status(self) -> Status:
        """How far the opening is now."""
        return self._status

    def start(self) -> None:
        """Begin, or try again after a problem: the user may have mended it meanwhile."""
        with self._changed:
            if self._thread is not None and (self._thread.is_alive() or self._status.stage == "ready"):
                return
            self._status = Status("open")
            self._thread = threading.Thread(target=self._run, name="xiangwen-opening", daemon=True)
            self._thread.start()

    def watch(self) -> Iterator[Status]:
        """Every change until the index is ready or has a problem."""
        seen = self._status
        yield seen
        while not seen.over:
            with self._changed:
                self._changed.wait(_HEARTBEAT)
                now = self._status
            if now != seen:
                seen = now
                yield seen

    def _say(self, status: Status) -> None:
        with self._changed:
            self._status = status
            self._changed.notify_all()

    def _run(self) -> None:
        # Imported here: FAISS, torch and sentence-transformers take seconds, the page is up before.
        from xiangwen.answers.assistant import Assistant
        from xiangwen.embedding import EncoderError
        from xiangwen.index import Index, IndexMissing, IndexProblem
        from xiangwen.reports import UnreadableFile

        console = Console(stderr=True)
        try:
            try:
                index = Index.load(self._index_dir, self._model)
            except IndexMissing:
                self._build(console)
                index = Index.load(self._index_dir, self._model)
            self._say(Status("warm"))
            assistant = Assistant(index)
            # The first question loads the model and the dictionary: better now than when somebody waits for it.
            assistant.ask("哪些乡镇开展了法治宣传？")
        except (IndexProblem, UnreadableFile, EncoderError) as error:
            self._fail(console, str(error))
        except Exception as error:  # whatever went wrong, the page says so in a sentence and the log has the rest
            logging.getLogger(__name__).exception("opening the index failed")
            self._fail(
                console, f"打开索引时出错（{type(error).__name__}：{error}），请运行 xiangwen build --rebuild 后重试。"
            )
        else:
            self.build = (self._index_dir / "current").read_text(encoding="utf-8").partition(" ")[0]
            self.assistant = assistant
            self._say(Status("ready"))

    def _fail(self, console: Console, sentence: str) -> None:
        console.print(sentence, style="red", markup=False, highlight=False)
        self._say(Status("problem", problem=sentence))

    def _build(self, console: Console) -> None:
        from xiangwen.embedding import DEFAULT_MODEL
        from xiangwen.index import build

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console) as bar:
            tasks = {
                stage: bar.add_task(STAGE_WORDS[stage], visible=False) for stage in ("encoder", "files", "passages")
            }

            def progress(stage: str, done: int, total: int) -> None:
                known: Stage = stage if stage in tasks else "passages"  # type: ignore[assignment]
                bar.update(tasks[known], completed=done, total=total, visible=True)
                # After the last file comes the model, which says nothing of itself where it is already unpacked.
                self._say(Status("warm") if known == "files" and done == total else Status(known, done, total))

            build(self._reports_dir, self._index_dir, self._model or DEFAULT_MODEL, progress=progress)
