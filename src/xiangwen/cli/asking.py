"""The commands that ask: one question, a batch of them, words to look for."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xiangwen.cli.opening import open_assistant, open_store
from xiangwen.cli.options import INDEX, AsJson, IndexDir, SameModel, StoreAt, print_json, requested
from xiangwen.cli.problems import LineProblem, NotFound, plain_sentence
from xiangwen.machine.controls import harmless

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.questions.request import AskRequest


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
            _answer_batch(lines, open_assistant(index, model, store))
        return
    assert question is not None
    if output is not None:
        from xiangwen.exports import format_of

        format_of(output)  # a wrong name is told before the model is loaded
    from xiangwen.cli.terminal import print_answer, thinking

    with thinking():
        answer = open_assistant(index, model, store).ask(question)
    if as_json:
        print_json(answer.to_dict())
    else:
        print_answer(answer)
    if output is not None:
        from xiangwen.exports import write_file

        write_file(answer, output)
        typer.echo(harmless(f"已写入 {output}。 Written."), err=True)


def _open_batch(file: str) -> io.BufferedIOBase:
    if file == "-":
        return sys.stdin.buffer  # type: ignore[return-value]  # a BinaryIO that is a BufferedReader
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise NotFound(f"无法打开 {file}（{error.strerror}）。 Cannot open {file}: {error.strerror}.") from error


def _answer_batch(lines: io.BufferedIOBase, assistant: Assistant) -> None:
    from xiangwen.exports.contract import failed_line

    failed: list[int] = []
    for number, row in _batch_rows(lines):
        question_id = row.get("id") if isinstance(row, dict) else None
        result: Any
        try:
            result = assistant.answer(_request_of(row, number, assistant)).to_dict(question_id)
        except Exception as error:  # one bad line must not cost the answers of the others
            if os.environ.get("XIANGWEN_DEBUG"):
                raise
            failed.append(number)
            result = failed_line(question_id, plain_sentence(error))
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


def _request_of(row: Any, number: int, assistant: Assistant) -> AskRequest:
    from xiangwen.questions.request import AskRequest, WrongRequest, read_request

    if isinstance(row, LineProblem):
        raise row
    try:
        # A line may say more, as labelled questions do (`form`, `topic`).
        known = {name: row[name] for name in AskRequest.model_fields if name in row} if isinstance(row, dict) else row
        request = read_request(AskRequest, known)
        assistant.check_reports(request)
    except WrongRequest as error:
        raise LineProblem(f"第 {number} 行 Line {number}：{error}") from error
    return request


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
    from xiangwen.questions.request import SearchRequest

    request = requested(SearchRequest, words=words, top=top)
    opened = open_store(index, model, store)
    from xiangwen.retrieval.evidence import Retriever

    hits = Retriever(opened).search(request.words, request.top)
    if not as_json:
        from xiangwen.cli.terminal import print_hits

        print_hits(opened, hits)
        return
    from xiangwen.exports.contract import search_rows

    print_json(search_rows(opened, hits))
