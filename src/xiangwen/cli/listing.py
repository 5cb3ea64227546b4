"""The command that lists what is indexed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from xiangwen.cli.opening import open_store
from xiangwen.cli.options import INDEX, AsJson, IndexDir, StoreAt, print_json
from xiangwen.cli.problems import NotFound
from xiangwen.machine.controls import for_stdout

if TYPE_CHECKING:
    from xiangwen.reports import Report


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
    opened = open_store(index, None, store)
    if as_csv:
        from xiangwen.reports import write_overrides

        sys.stdout.write(for_stdout(write_overrides(opened.reports)))
    elif text is not None:
        sys.stdout.write(for_stdout(_find_report(opened.reports, text).text))
    elif as_json:
        from xiangwen.exports.contract import report_rows

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
