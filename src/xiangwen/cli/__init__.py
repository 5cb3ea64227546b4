"""The command line. Plain text for people, JSON for programs, errors in one sentence.

Exit codes: 0 done, 1 failed (one plain sentence on stderr), 2 wrong usage, 130 stopped with Ctrl+C.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import xiangwen
from xiangwen.cli.chat import feedback, passwd, serve
from xiangwen.cli.corrections import correct, corrections
from xiangwen.cli.ledger import ledger
from xiangwen.cli.options import INDEX, REPORTS, AsJson, IndexDir, SameModel, StoreAt, print_json
from xiangwen.machine.controls import for_stdout, harmless

# Whatever takes long to import (torch, FAISS, Gradio, rich) is imported inside the command that needs it, so that help
# and wrong usage are answered at once.
if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.index import Store
    from xiangwen.reports import Report

_UNDECODED = re.compile("[\\ud800-\\udfff]")
"""What Python makes of bytes of an argument that are no characters."""
_KNOWN_PROBLEMS = (
    ("xiangwen.reports", "UnreadableFile"),
    ("xiangwen.encoding", "EncoderError"),
    ("xiangwen.index", "IndexProblem"),
    ("xiangwen.ledger.indicators", "IndicatorProblem"),
    ("xiangwen.ledger.corrections", "CorrectionProblem"),
    ("xiangwen.exports.ledger_rows", "LedgerProblem"),
    ("xiangwen.exports.assessment", "AssessmentProblem"),
    ("xiangwen.exports", "ExportProblem"),
    ("xiangwen.web", "WebProblem"),
    ("xiangwen.web.passwords", "PasswordProblem"),
    ("xiangwen.evaluation", "EvaluationProblem"),
)
"""Exceptions whose message is a plain sentence for the user, by module and name."""

app = typer.Typer(
    name="xiangwen",
    help="乡问：就乡镇法治政府建设年度报告提问，每句话都有原文依据。\n\n"
    "Questions to township rule-of-law reports, answered with exact quotes.\n\n"
    "例 Example: xiangwen ask 哪些乡镇聘请了法律顾问？",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class LineProblem(ValueError):
    """A line of a batch that is no question; the message is one plain sentence."""


class NotFound(Exception):
    """Something the user named is not there; the message is one plain sentence."""


def main(argv: list[str] | None = None) -> None:
    """Run the command line and exit; no traceback reaches the user unless XIANGWEN_DEBUG is set."""
    debug = bool(os.environ.get("XIANGWEN_DEBUG"))
    _set_streams()
    if not debug:
        _quieten_libraries()
    if any(_UNDECODED.search(word) for word in (sys.argv[1:] if argv is None else argv)):
        typer.echo("命令行里有无法识别的字符，请用 UTF-8。 An argument is not in UTF-8.", err=True)
        sys.exit(2)
    try:
        try:
            app(args=argv, prog_name="xiangwen")
        finally:
            sys.stdout.flush()  # a reader that has gone away (`| head`) is noticed here, not at interpreter exit
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        typer.echo(harmless(_plain_sentence(error)), err=True)
        sys.exit(1)


def _set_streams() -> None:
    """UTF-8 and bare newlines into files and pipes on every system; a terminal keeps its own encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _quieten_libraries() -> None:
    """Warnings and progress bars of libraries tell an official nothing."""
    warnings.simplefilter("ignore")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _plain_sentence(error: Exception) -> str:
    # Only a module that is loaded can have raised its exception, so nothing is imported to find out.
    for module, name in _KNOWN_PROBLEMS:
        known = getattr(sys.modules.get(module), name, None)
        if known is not None and isinstance(error, known):
            return str(error)
    if isinstance(error, LineProblem | NotFound):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"无法读写 {error.filename or '文件'}（{error.strerror}）。 Cannot read or write it: {error.strerror}."
    if isinstance(error, MemoryError):
        return "内存不足，请关闭其他程序后重试。 Out of memory: close other programs and try again."
    return (
        f"程序内部出错（{type(error).__name__}），请设 XIANGWEN_DEBUG=1 重新运行并把输出发给维护者。 "
        "Internal error: run it again with XIANGWEN_DEBUG=1 and send the output to the maintainers."
    )


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(xiangwen.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="版本号。 The version.")
    ] = False,
) -> None:
    pass


@app.command()
def build(
    reports: Annotated[Path, typer.Argument(metavar="REPORTS", help="报告文件夹。 The reports folder.")] = REPORTS,
    index: IndexDir = INDEX,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME_OR_PATH",
            help="SentenceTransformer 的名称或路径，默认用自带的。 Its name or path; default: the bundled one.",
        ),
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="全部重新读取。 Read and embed everything anew.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="报告变化就更新，Ctrl+C 结束。 Build again when reports change.")
    ] = False,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="ADDRESS", help="建好后放到 Milvus 上。 Put the index onto Milvus as well."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """建立索引。 Build the index.

    只读取新的和变化的报告。 Only new and changed reports are read.

    例 Example: xiangwen build seeds --index index

    例 Example: xiangwen build seeds --store milvus://10.0.0.8:19530/reports
    """
    from xiangwen.cli.terminal import build_progress, print_build, print_published
    from xiangwen.encoding import DEFAULT_MODEL
    from xiangwen.milvus.home import Home

    home = Home.at(index, store)

    def build_once(anew: bool = False) -> None:
        with build_progress() as progress:
            result, published = home.build(reports, model or DEFAULT_MODEL, rebuild=anew, progress=progress)
        if as_json:
            uploaded = {"store": asdict(published)} if published else {}
            print_json({"index": str(index), "model": model or DEFAULT_MODEL, **asdict(result), **uploaded})
        else:
            print_build(result, str(index))
            if published:
                print_published(published)

    if not watch:
        build_once(rebuild)
        return
    from xiangwen.index import Watch

    changes = Watch(reports, index)
    _or_say_why(lambda: build_once(rebuild))
    while True:
        changes.wait()
        _or_say_why(build_once)


def _or_say_why(build_once: Callable[[], None]) -> None:
    """A build that fails is told in a sentence and leaves the index as it was; the next change is waited for."""
    try:
        build_once()
    except Exception as error:
        if os.environ.get("XIANGWEN_DEBUG"):
            raise
        typer.echo(harmless(_plain_sentence(error)), err=True)


@app.command()
def check(
    reports: Annotated[
        Path | None,
        typer.Argument(
            metavar="REPORTS", help="报告文件夹，默认为建立索引时的。 Default: the one the index was built from."
        ),
    ] = None,
    index: IndexDir = INDEX,
    store: StoreAt = None,
    as_json: AsJson = False,
) -> None:
    """核对索引。 Check the index against its checksums, its model and the reports.

    完好且最新时退出码为 0，否则为 1。 Exit code 0 where it is whole and up to date, else 1.

    例 Example: xiangwen check seeds
    """
    from xiangwen.cli.terminal import print_check
    from xiangwen.milvus.home import Home

    result = Home.at(index, store).check(reports)
    if as_json:
        print_json({"index": str(index), "ok": result.ok, **asdict(result)})
    else:
        print_check(result)
    if not result.ok:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="问题，中文或英文。 The question.")] = None,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch",
            metavar="FILE",
            help="一行一个 JSON 问题的文件，- 为标准输入；每行输出一个 JSON 答案。 JSON lines in, JSON lines out.",
        ),
    ] = None,
    index: IndexDir = INDEX,
    store: StoreAt = None,
    model: SameModel = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="FILE", help="另存为 .docx、.xlsx 或 .md。 Write the answer into a file as well."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """回答问题，附原文依据。 Answer questions with exact quotes.

    批量问题一行一个 A line of a batch: {"id": 1, "question": "…", "history": ["earlier questions"]}

    无法读取的行得到 A line that is no question gets {"id": …, "error": "…"}; 退出码 exit code 1.

    例 Example: xiangwen ask 哪些乡镇聘请了法律顾问？

    例 Example: xiangwen ask --batch questions.jsonl --json > answers.jsonl

    例 Example: xiangwen ask 哪些乡镇聘请了法律顾问？ --output 法律顾问.docx
    """
    if (question is None) == (batch is None):
        raise typer.BadParameter("请给出一个问题或 --batch 文件，二者取一。 Give either a QUESTION or --batch FILE.")
    if question is not None and not question.strip():
        raise typer.BadParameter("问题是空的，请写出问题。 The question is empty.")
    if batch is not None:
        if output is not None:
            raise typer.BadParameter("--output 只用于一个问题。 --output goes with one QUESTION.")
        # Opened before the model is: a wrong name is told at once.
        with _open_batch(batch) as lines:
            _answer_batch(lines, _assistant(index, model, store))
        return
    assert question is not None
    if output is not None:
        from xiangwen.exports import format_of

        format_of(output)  # a wrong name is told before the model is loaded
    from xiangwen.cli.terminal import print_answer, thinking

    with thinking():
        answer = _assistant(index, model, store).ask(_printable(question))
    if as_json:
        print_json(answer.to_dict())
    else:
        print_answer(answer)
    if output is not None:
        from xiangwen.exports import write_file

        write_file(answer, output)
        typer.echo(harmless(f"已写入 {output}。 Written."), err=True)


def _assistant(directory: Path, model: str | None, store: str | None) -> Assistant:
    from xiangwen.answers.assistant import Assistant

    return Assistant(_load(directory, model, store))


def _load(directory: Path, model: str | None, store: str | None) -> Store:
    from xiangwen.milvus.home import Home

    return Home.at(directory, store).load(model)


def _printable(text: str) -> str:
    """Bytes of an argument or of a JSON escape that are no character become 「?」: tokenizers refuse them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _open_batch(file: str) -> io.BufferedIOBase:
    if file == "-":
        return sys.stdin.buffer  # type: ignore[return-value]  # a BinaryIO that is a BufferedReader
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise NotFound(f"无法打开 {file}（{error.strerror}）。 Cannot open {file}: {error.strerror}.") from error


def _answer_batch(lines: io.BufferedIOBase, assistant: Assistant) -> None:
    failed: list[int] = []
    for number, row in _batch_rows(lines):
        question_id = row.get("id") if isinstance(row, dict) else None
        try:
            question, history = _question_of(row, number)
            result = assistant.ask(question, history).to_dict(question_id)
        except Exception as error:  # one bad line must not cost the answers of the others
            if os.environ.get("XIANGWEN_DEBUG"):
                raise
            failed.append(number)
            result = {"id": question_id, "error": _plain_sentence(error)}
        print_json(result)
    if failed:
        shown = "、".join(map(str, failed[:10])) + ("…" if len(failed) > 10 else "")
        typer.echo(f"有 {len(failed)} 行没有答案：第 {shown} 行。 Lines without an answer: {len(failed)}.", err=True)
        raise typer.Exit(1)


def _batch_rows(lines: io.BufferedIOBase) -> Iterator[tuple[int, Any]]:
    """Line number and JSON value of every line that is not blank; a line that is no JSON comes as `LineProblem`."""
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8-sig").strip()
            if text:
                yield number, json.loads(text)
        except (ValueError, RecursionError):
            yield number, LineProblem(f"第 {number} 行不是 UTF-8 编码的 JSON。 Line {number} is not JSON in UTF-8.")


def _question_of(row: Any, number: int) -> tuple[str, list[str]]:
    if isinstance(row, LineProblem):
        raise row
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise LineProblem(f'第 {number} 行没有 "question" 文字。 Line {number} has no "question" text.')
    history = row.get("history") or []
    if not isinstance(history, list) or not all(isinstance(earlier, str) for earlier in history):
        raise LineProblem(
            f'第 {number} 行的 "history" 应是问题列表。 "history" in line {number} is no list of questions.'
        )
    return _printable(row["question"]), [_printable(earlier) for earlier in history]


@app.command()
def search(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="要找的词或句子。 Words to look for.")],
    index: IndexDir = INDEX,
    store: StoreAt = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="最多几条。 At most so many.")] = 10,
    model: SameModel = None,
    as_json: AsJson = False,
) -> None:
    """查找句子。 Find the nearest passages.

    例 Example: xiangwen search 矛盾纠纷调解 --top 5
    """
    if not words.strip():
        raise typer.BadParameter("请写出要找的词。 Give some words to look for.")
    opened = _load(index, model, store)
    from xiangwen.retrieval.evidence import Retriever

    hits = Retriever(opened).search(_printable(words), top)
    if not as_json:
        from xiangwen.cli.terminal import print_hits

        print_hits(opened, hits)
        return
    from xiangwen.exports.rows import search_rows

    print_json(search_rows(opened, hits))


@app.command()
def reports(
    index: IndexDir = INDEX,
    store: StoreAt = None,
    text: Annotated[
        str | None,
        typer.Option(
            "--text", metavar="ID", help="输出一份报告的原文（编号或文件名）。 Print one report's exact text."
        ),
    ] = None,
    as_csv: Annotated[
        bool,
        typer.Option(
            "--csv",
            help="输出 metadata.csv，改好放进报告文件夹即生效。 Print a metadata.csv to edit and put beside them.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """列出报告。 List what is indexed.

    例 Example: xiangwen reports --json

    例 Example: xiangwen reports --csv > seeds/metadata.csv

    例 Example: xiangwen reports --text 002_480e55da089d3041.txt
    """
    if as_csv and (as_json or text is not None):
        raise typer.BadParameter("--csv 不能与 --json 或 --text 同用。 --csv goes with neither --json nor --text.")
    opened = _load(index, None, store)
    if as_csv:
        from xiangwen.reports import write_overrides

        sys.stdout.write(for_stdout(write_overrides(opened.reports)))
    elif text is not None:
        sys.stdout.write(for_stdout(_find_report(opened.reports, text).text))
    elif as_json:
        from xiangwen.exports.rows import report_rows

        print_json(report_rows(opened))
    else:
        from xiangwen.cli.terminal import print_reports

        print_reports(opened)


def _find_report(all_reports: Sequence[Report], wanted: str) -> Report:
    found = [report for report in all_reports if wanted in (report.id, report.file)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = "、".join(report.id for report in found)
        raise NotFound(f"文件 {wanted} 里有 {len(found)} 份报告，请用编号：{ids}。 It holds several: give an id.")
    raise NotFound(
        f"索引中没有报告 {wanted}，用 xiangwen reports 查看编号。 No report {wanted}: run xiangwen reports for the ids."
    )


@app.command()
def evaluate(
    gold: Annotated[
        list[Path] | None, typer.Argument(metavar="GOLD.jsonl", help="带正确答案的问题。 Questions with right answers.")
    ] = None,
    reports_folder: Annotated[
        Path, typer.Option("--reports", metavar="DIR", help="问题所问的报告。 The reports that are asked about.")
    ] = REPORTS,
    index: IndexDir = INDEX,
    store: StoreAt = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="评这些已有的答案（ask --batch 的输出）。 Score these answers."),
    ] = None,
    wrong: Annotated[
        bool, typer.Option("--wrong", help="列出每个答错的问题及依据。 Show each miss with its evidence.")
    ] = False,
    suite: Annotated[
        Path | None,
        typer.Option(
            "--suite",
            metavar="SETS.toml",
            help="自建临时索引，评所有问题集并与基线比较。 All sets on throw-away indexes, against a baseline.",
        ),
    ] = None,
    save_baseline: Annotated[
        bool, typer.Option("--save-baseline", help="把结果存为新的基线。 Write the figures as the new baseline.")
    ] = False,
    no_judge: Annotated[bool, typer.Option("--no-judge", help="不用判断模型。 Leave the judge out.")] = False,
    as_json: AsJson = False,
) -> None:
    """评测答案的质量。 Measure how good the answers are.

    例 Example: xiangwen evaluate tests/questions/seeds_zh.jsonl --wrong

    例 Example: xiangwen evaluate --suite tests/questions/sets.toml
    """
    if bool(gold) == (suite is not None):
        raise typer.BadParameter("请给出问题文件或 --suite，二者取一。 Give either GOLD.jsonl or --suite.")
    if suite is None and save_baseline:
        raise typer.BadParameter("--save-baseline 只能与 --suite 同用。 --save-baseline goes with --suite.")
    if suite is not None and answers is not None:
        raise typer.BadParameter("--answers 不能与 --suite 同用。 --answers does not go with --suite.")
    from xiangwen.evaluation.command import evaluate_files, evaluate_suite
    from xiangwen.milvus.home import Home

    if suite is not None:
        lines = evaluate_suite(
            suite,
            judge=not no_judge,
            wrong=wrong,
            as_json=as_json,
            save_baseline=save_baseline,
            progress=lambda line: typer.echo(harmless(line), err=True),
        )
    else:
        lines = evaluate_files(
            gold or [],
            reports_folder,
            Home.at(index, store),
            answers=answers,
            judge=not no_judge,
            wrong=wrong,
            as_json=as_json,
        )
    for line in lines:
        typer.echo(for_stdout(line))


for _command in (ledger, correct, corrections, serve, feedback, passwd):
    app.command()(_command)
