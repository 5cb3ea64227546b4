"""Answers, passages, reports and builds as plain text for people at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from xiangwen.answers.issuers import issuers_called
from xiangwen.answers.sentences import searched
from xiangwen.machine.console import HarmlessConsole

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiangwen.answers import Answer, Citation
    from xiangwen.answers.votes import Vote
    from xiangwen.index import BuildReport, CheckResult, Store
    from xiangwen.index.build_report import FileState
    from xiangwen.milvus import Published

_STAGES = {
    "encoder": "准备模型 Unpacking the encoder",
    "files": "读取报告 Reading files",
    "passages": "编码句子 Encoding passages",
    "upload": "放到 Milvus 上 Putting onto Milvus",
}
_STATES: dict[FileState, str] = {
    "read": "读取 read",
    "unchanged": "未变 unchanged",
    "renamed": "改名 renamed",
    "duplicate": "重复 duplicate",
    "skipped": "跳过 skipped",
    "failed": "失败 failed",
}
_MOST_LINES = 50
"""Files named on the screen under one heading."""
_PIPE_WIDTH = 120
"""Columns of a table that goes into a file or a pipe, where there is no window to fit."""


def _console() -> HarmlessConsole:
    # Made anew each time: whoever calls may have redirected stdout since.
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    return HarmlessConsole(file=sys.stdout, width=width, soft_wrap=True, markup=False, highlight=False)


@contextmanager
def build_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr for each stage of a build; nothing where stderr is no terminal."""
    console = HarmlessConsole(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks = {stage: bars.add_task(words, total=None, visible=False) for stage, words in _STAGES.items()}

        def show(stage: str, done: int, total: int) -> None:
            bars.update(tasks[stage], completed=done, total=total, visible=True)

        yield show


@contextmanager
def thinking() -> Iterator[None]:
    """A sign of life on stderr while the model is loaded; nothing where stderr is no terminal."""
    console = HarmlessConsole(stderr=True)
    if console.is_terminal:
        with console.status("正在查找…… Looking it up…"):
            yield
    else:
        yield


def print_published(result: Published) -> None:
    """What an upload to Milvus did, in one sentence."""
    if result.unchanged:
        _console().print(f"{result.store} 上已是这个索引。 It is on Milvus already.", markup=False)
        return
    _console().print(
        f"已放到 {result.store}：{result.passages} 句，用时 {result.seconds:.1f} 秒。 Put onto Milvus.", markup=False
    )


def print_build(result: BuildReport, directory: str) -> None:
    """What a build did in counts, and every file it left out with the reason."""
    console = _console()
    reports, passages = result.reports, result.passages
    if result.unchanged:
        console.print(f"报告没有变化，索引仍是最新：{reports} 份报告、{passages} 句。 Nothing has changed: up to date.")
    else:
        console.print(
            f"索引已建好：{reports} 份报告、{passages} 句，用时 {result.seconds:.1f} 秒，在 {directory}。 "
            f"Indexed {reports} reports, {passages} sentences."
        )
        counts = [(words, result.count(state)) for state, words in _STATES.items()]
        counts.append(("删除 removed", len(result.removed)))
        console.print("文件 Files：" + "、".join(f"{words} {count}" for words, count in counts if count))
        unplaced = [r for file in result.files for r in file.reports if {"township", "year"} & set(r.missing)]
        if unplaced:
            console.print(f"没有写明乡镇或年度的报告 Reports without township or year: {len(unplaced)}")
    _print_some(console, "跳过的文件 Skipped files", [f"{s.file}：{s.reason}" for s in result.skipped])
    _print_some(console, "正在变化，下次再读 Still changing, read by the next build", result.changing)
    for note in result.notes:
        console.print(note)


def print_check(result: CheckResult) -> None:
    """What a check found, a sentence each."""
    console = _console()
    for problem in result.problems:
        console.print(problem)
    lists = {
        "索引文件已损坏或缺失，请运行 xiangwen build --rebuild。 Damaged index files": result.damaged,
        "新文件，运行 xiangwen build 即可加入。 New files": result.new,
        "已变化的文件，运行 xiangwen build 更新。 Changed files": result.changed,
        "已不在的文件，运行 xiangwen build 移除。 Files that are gone": result.missing,
    }
    for words, names in lists.items():
        _print_some(console, words, names)
    for note in result.notes:
        console.print(note)
    if result.ok:
        console.print(
            f"索引完好，与报告一致：{result.reports} 份报告、{result.passages} 句。 The index is whole and up to date."
        )


def _print_some(console: HarmlessConsole, words: str, lines: Sequence[str]) -> None:
    """A list under its heading, folded where it is long."""
    if lines:
        console.print(f"{words}（{len(lines)}）：")
        for line in lines[:_MOST_LINES]:
            console.print(f"  {line}")
        if len(lines) > _MOST_LINES:
            console.print(f"  …… 其余 {len(lines) - _MOST_LINES} 个用 --json 查看 the rest with --json")


def print_answer(answer: Answer) -> None:
    """What is said, the verdict on every report where there is one, the exact evidence, and what was checked."""
    console = _console()
    zh = answer.language == "zh"
    for number, told in enumerate(answer.parts or (answer,), start=1):
        if answer.parts:
            console.print(f"{chr(10) if number > 1 else ''}{number}. {told.question}", style="bold")
        for line in told.conclusion:
            console.print(told.words_of(line))
        if told.verdicts:
            console.print(_verdict_table(told), soft_wrap=False)
    if answer.citations:
        console.print("\n依据：" if zh else "\nEvidence:")
        for citation in answer.citations:
            _print_citation(console, citation)
    if answer.nearest:
        console.print("\n最接近的句子（不是答案）：" if zh else "\nNearest sentences (not an answer):")
        for citation in answer.nearest:
            _print_citation(console, citation, marker="·")
    if below := searched(answer):
        console.print(f"\n{below}", style="dim")


def _verdict_table(answer: Answer) -> Table:
    titles = ("年度", "判断", "数值", "把握", "依据")
    if answer.language == "en":
        titles = ("Year", "Verdict", "Value", "Confidence", "Evidence")
    issuers = issuers_called(verdict.township for verdict in answer.verdicts)
    table = Table(issuers.column(answer.language), *titles)
    for verdict in answer.verdicts:
        table.add_row(
            Text(f"{verdict.county or ''}{verdict.township or verdict.file}"),
            str(verdict.year or ""),
            answer.word_of(verdict),
            Text(verdict.value.with_total if verdict.value else ""),
            f"{verdict.confidence:.0%}",
            Text(" ".join(f"[{n}]" for n in verdict.citations)),
        )
    return table


def _print_citation(console: HarmlessConsole, citation: Citation, marker: str | None = None) -> None:
    place = f"{citation.township or ''} {citation.year or ''}".strip()
    where = " · ".join(part for part in (place, " > ".join(citation.section), citation.file) if part)
    console.print(Text(f"{marker or f'[{citation.n}]'} {where}", style="cyan"))
    console.print(Text(f"    {citation.quote}"))


def print_hits(index: Store, hits: Sequence[tuple[int, float]]) -> None:
    """The passages found, best first, as (passage number, score)."""
    console = _console()
    for rank, (number, score) in enumerate(hits, start=1):
        passage = index.passages[number]
        report = index.reports[passage.report]
        place = f"{report.name} {report.metadata.year or ''}".strip()
        where = " · ".join(part for part in (place, " > ".join(passage.heading_path), report.file) if part)
        console.print(Text(f"{rank}. {score:.4f} {where}", style="cyan"))
        console.print(Text(f"    {index.quote(passage)}"))


def print_reports(index: Store) -> None:
    """What is indexed, one report a line."""
    issuers = issuers_called(report.metadata.township for report in index.reports)
    table = Table(
        "编号 id", f"{issuers.column_zh} {issuers.en}", "县区 county", "年度 year", "句 passages", "文件 file"
    )
    for report, count in zip(index.reports, index.starts[1:] - index.starts[:-1], strict=True):
        meta = report.metadata
        cells = (report.id, report.name, meta.county or "", str(meta.year or ""), str(count), report.file)
        table.add_row(*map(Text, cells))
    _console().print(table, soft_wrap=False)


def print_feedback(votes: Sequence[Vote]) -> None:
    """How many liked the answers, and each vote with its remark, the latest last."""
    console = _console()
    up = sum(vote.rating == "up" for vote in votes)
    if not votes:
        console.print("还没有评价。 No feedback yet.")
        return
    for vote in votes:
        mark = "赞 +" if vote.rating == "up" else "踩 -"
        console.print(Text(f"{mark}  {vote.time[:16].replace('T', ' ')}  {vote.question}", style="cyan"))
        console.print(Text(f"    {vote.answer.partition(chr(10))[0]}"))
        if vote.remark:
            console.print(Text(f"    意见 Remark: {vote.remark}"))
    console.print(f"\n共 {len(votes)} 条：赞 {up}，踩 {len(votes) - up}。 {up} up, {len(votes) - up} down.")
