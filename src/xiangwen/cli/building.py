"""The commands that make and check an index."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from xiangwen.cli.options import INDEX, REPORTS, AsJson, IndexDir, StoreAt, print_json
from xiangwen.cli.problems import plain_sentence
from xiangwen.machine.controls import harmless


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
            from xiangwen.exports.contract import build_json

            print_json(build_json(str(index), model or DEFAULT_MODEL, result, published))
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
        typer.echo(harmless(plain_sentence(error)), err=True)


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
        from xiangwen.exports.contract import check_json

        print_json(check_json(str(index), result))
    else:
        print_check(result)
    if not result.ok:
        raise typer.Exit(1)
