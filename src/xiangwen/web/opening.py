"""Get the index ready while the server is already up: open it, build it first where there is none, warm the model.

Then follow it: when a build has put another index in its place, that one is opened beside it and takes over between two
questions. An answer comes from the one assistant it was asked of, so no answer mixes two indexes.
"""

from __future__ import annotations

import atexit
import logging
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from xiangwen.machine.console import HarmlessConsole
from xiangwen.web.seal import Seal

if TYPE_CHECKING:
    from xiangwen.answers import Answer
    from xiangwen.answers.assistant import Assistant
    from xiangwen.index.texts import StoredReport
    from xiangwen.milvus.home import Home
    from xiangwen.questions.request import AskRequest

OpeningStage = Literal["open", "encoder", "files", "passages", "warm", "ready", "problem"]

STAGE_WORDS: dict[OpeningStage, str] = {
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
_WARMING = "哪些乡镇开展了法治宣传？"
_LOOK_EVERY = 2.0
"""Seconds between two looks for a new index."""
_REMEMBERED = 500
"""Reports that have left the index and can still be shown to whoever has an answer that cites them."""


@dataclass(frozen=True)
class Status:
    """How far the opening is."""

    stage: OpeningStage
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

    def __init__(self, home: Home, reports_dir: Path, model: str | None = None, watch: bool = False) -> None:
        """Name what is to be opened.

        Args:
            home: the index folder, or the address on Milvus that is asked instead of it.
            reports_dir: the reports to index where there is no index yet.
            model: refuse an index that another model made.
            watch: build anew, in a process of its own, whenever the reports change.
        """
        self._home = home
        self._reports_dir = reports_dir
        self._model = model
        self._changed = threading.Condition()
        self._status = Status("open")
        self._thread: threading.Thread | None = None
        self._follower: threading.Thread | None = None
        self._watch = watch
        self._opened: tuple[str, str] | None = None
        self._gone: dict[str, StoredReport] = {}
        self.assistant: Assistant | None = None
        self.seal = Seal(home.directory)
        self.build = ""
        """The name of the index in use."""
        self.asking = threading.Lock()
        """Held while the assistant answers: an answer takes milliseconds, and the encoder is not shared by threads."""

    @property
    def pointer(self) -> tuple[str, str] | None:
        """Which index was opened, or tried, last."""
        return self._opened

    @property
    def index_dir(self) -> Path:
        """The index folder, where what people say of answers and cells is kept."""
        return self._home.directory

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
            if self._follower is None:
                self._follower = threading.Thread(
                    target=_follow, args=[weakref.ref(self)], name="xiangwen-following", daemon=True
                )
                self._follower.start()
                if self._watch:
                    threading.Thread(target=self._build_on_change, name="xiangwen-watching", daemon=True).start()

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

    def wait(self, seconds: float) -> None:
        """Until the index is ready or has a problem, but no longer than this."""
        with self._changed:
            self._changed.wait_for(lambda: self._status.over, seconds)

    def answer(self, assistant: Assistant, request: AskRequest) -> Answer:
        """What is answered now, with all that analysts have corrected meanwhile, here or on the command line."""
        assistant.index.take_corrections(self.index_dir)
        with self.asking:
            return assistant.answer(request)

    def report(self, report_id: str) -> StoredReport | None:
        """A report by its id, also one that has lately left the index: an answer given before may cite it."""
        assistant = self.assistant
        found = (r for r in assistant.index.reports if r.id == report_id) if assistant else iter(())
        return next(found, None) or self._gone.get(report_id)

    def _say(self, status: Status) -> None:
        with self._changed:
            self._status = status
            self._changed.notify_all()

    def _run(self) -> None:
        # Imported here: FAISS, torch and sentence-transformers take seconds, the server is up before.
        from xiangwen.answers.assistant import Assistant
        from xiangwen.encoding import EncoderError
        from xiangwen.index import IndexMissing, IndexProblem
        from xiangwen.reports import UnreadableFile

        console = HarmlessConsole(stderr=True)
        try:
            self._opened = self._home.in_use()
            try:
                index = self._home.load(self._model)
            except IndexMissing:
                self._build(console)
                self._opened = self._home.in_use()
                index = self._home.load(self._model)
            self._say(Status("warm"))
            assistant = Assistant(index)
            # The first question loads the model and the dictionary: better now than when somebody waits for it.
            assistant.ask(_WARMING)
        except (IndexProblem, UnreadableFile, EncoderError) as error:
            self._fail(console, str(error))
        except Exception as error:  # whatever went wrong, the page says so in a sentence and the log has the rest
            logging.getLogger(__name__).exception("opening the index failed")
            self._fail(
                console, f"打开索引时出错（{type(error).__name__}：{error}），请运行 xiangwen build --rebuild 后重试。"
            )
        else:
            self._take(assistant)
            self._say(Status("ready"))

    def _look(self) -> None:
        """Notice a new index."""
        if not self._status.over:
            return
        pointer = self._home.in_use()
        if pointer not in (None, self._opened):
            self._opened = pointer  # one that cannot be opened is not tried again and again
            self._exchange()

    def _exchange(self) -> None:
        """Open the new index and let it answer from now on; where it cannot be opened, the old one goes on."""
        from xiangwen.answers.assistant import Assistant

        try:
            old, index = self.assistant, self._home.load(self._model)
            if old is not None:
                index.take_encoder(old.index)
            assistant = Assistant(index)
            with self.asking:
                assistant.ask(_WARMING)
        except Exception as error:  # whatever is wrong with the new index, the old one answers
            if self.assistant is None:
                self._fail(HarmlessConsole(stderr=True), str(error))
                return
            HarmlessConsole(stderr=True).print(f"新索引无法打开，仍用原来的：{error}", markup=False, highlight=False)
            return
        if old is not None:
            here = {report.id for report in index.reports}
            self._gone |= {report.id: report for report in old.index.reports if report.id not in here}
            for left in list(self._gone)[:-_REMEMBERED]:
                del self._gone[left]
        self._take(assistant)
        self._say(Status("ready"))
        HarmlessConsole(stderr=True).print(f"已换用新索引：{len(index.reports)} 份报告", markup=False, highlight=False)

    def _take(self, assistant: Assistant) -> None:
        self.build = self._opened[0] if self._opened else ""
        self.assistant = assistant

    def _build_on_change(self) -> None:
        """Build in a process of its own: an answer never waits for it, and it cannot pull the chat down."""
        from xiangwen.index import Watch

        watch = Watch(self._reports_dir, self._home.directory)
        for _ in self.watch():
            pass
        model = ["--model", self._model] if self._model else []
        store = ["--store", str(self._home.store)] if self._home.store else []
        command = [sys.executable, "-m", "xiangwen", "build", str(self._reports_dir)]
        while True:
            with subprocess.Popen(
                [*command, "--index", str(self._home.directory), *store, *model],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
            ) as building:
                atexit.register(building.kill)
                _, sentence = building.communicate()
                atexit.unregister(building.kill)
            if building.returncode:
                HarmlessConsole(stderr=True).print(sentence.strip(), style="red", markup=False, highlight=False)
            watch.wait()

    def _fail(self, console: HarmlessConsole, sentence: str) -> None:
        console.print(sentence, style="red", markup=False, highlight=False)
        self._say(Status("problem", problem=sentence))

    def _build(self, console: HarmlessConsole) -> None:
        from xiangwen.encoding import DEFAULT_MODEL

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console) as bar:
            tasks = {
                stage: bar.add_task(STAGE_WORDS[stage], visible=False) for stage in ("encoder", "files", "passages")
            }

            def progress(stage: str, done: int, total: int) -> None:
                known: OpeningStage = stage if stage in tasks else "passages"  # type: ignore[assignment]
                bar.update(tasks[known], completed=done, total=total, visible=True)
                # After the last file comes the model, which says nothing of itself where it is already unpacked.
                self._say(Status("warm") if known == "files" and done == total else Status(known, done, total))

            self._home.build(self._reports_dir, self._model or DEFAULT_MODEL, progress=progress)


def _follow(reference: weakref.ref[Opening]) -> None:
    """Look for a new index every other second, as long as anybody uses the opening."""
    while True:
        time.sleep(_LOOK_EVERY)
        opening = reference()
        if opening is None:
            return
        opening._look()
        del opening
