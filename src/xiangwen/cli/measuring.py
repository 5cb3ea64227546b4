"""The command that measures how good the answers are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xiangwen.cli.options import INDEX, REPORTS, AsJson, IndexDir, StoreAt
from xiangwen.machine.controls import for_stdout, harmless


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
