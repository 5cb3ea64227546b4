"""The command that prints the ledger."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiangwen.cli.options import INDEX, AsJson, IndexDir, print_json, requested
from xiangwen.machine.controls import for_stdout, harmless

if TYPE_CHECKING:
    from xiangwen.exports.ledger_rows import LedgerRequest
    from xiangwen.index import Index


def ledger(
    indicator: Annotated[
        list[str] | None,
        typer.Option("--indicator", metavar="ID", help="只看这些指标（编号或名称）。 Only these, by id or name."),
    ] = None,
    county: Annotated[
        list[str] | None, typer.Option("--county", metavar="COUNTY", help="只看这些县区。 Only these counties.")
    ] = None,
    year: Annotated[
        list[int] | None, typer.Option("--year", metavar="YEAR", help="只看这些年度。 Only these years.")
    ] = None,
    level: Annotated[
        list[str] | None, typer.Option("--level", metavar="LEVEL", help="只看这些层级，如 乡、镇。 Only these levels.")
    ] = None,
    index: IndexDir = INDEX,
    checks: Annotated[
        bool, typer.Option("--checks", help="列出对不上的数，供询问。 Numbers that do not agree, to be asked about.")
    ] = False,
    assess: Annotated[
        Path | None,
        typer.Option(
            "--assess",
            metavar="FILE.toml",
            help="按考核细则预评分，附原文。 A pre-score, with quotes.",
        ),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="输出 CSV，一行一个单元格。 One line a cell.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE.xlsx", help="另存为 Excel。 Write a workbook as well.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """台账：每份报告的每个指标，附原文。 The ledger: every indicator of every report, with its sentence.

    例 Example: xiangwen ledger --indicator disputes_settled --year 2024

    例 Example: xiangwen ledger --county 湟中区 --output 台账.xlsx

    例 Example: xiangwen ledger --checks

    例 Example: xiangwen ledger --assess 考核细则.toml --output 预评分.xlsx
    """
    if checks and (as_csv or output):
        raise typer.BadParameter("--checks 只与 --json 同用。 --checks goes with --json alone.")
    if assess is not None and (as_csv or checks or indicator):
        raise typer.BadParameter("--assess 不与 --csv、--checks、--indicator 同用。 --assess goes with none of these.")
    if as_csv and as_json:
        raise typer.BadParameter("--csv 与 --json 二者取一。 Give either --csv or --json.")
    if output is not None and output.suffix.lower() != ".xlsx":
        raise typer.BadParameter("--output 应以 .xlsx 结尾。 The file must end in .xlsx.")
    from xiangwen.exports.ledger_rows import LedgerRequest, ledger_cells
    from xiangwen.index import Index

    choice = requested(LedgerRequest, indicators=indicator, counties=county, years=year, levels=level)
    opened = Index.load(index)
    if assess is not None:
        _assess(opened, choice, assess, output, as_json)
        return
    if checks:
        _print_checks(opened, choice, as_json)
        return
    found = list(ledger_cells(opened, choice))
    if as_json:
        from xiangwen.exports.contract import cell_json

        print_json([cell_json(line) for line in found])
    elif as_csv:
        from xiangwen.exports.ledger import ledger_to_csv

        sys.stdout.write(for_stdout(ledger_to_csv(opened, choice)))
    elif output is None:
        from xiangwen.cli.ledger_table import print_ledger

        print_ledger(opened, choice, found)
    if output is not None:
        from xiangwen.exports.ledger import ledger_to_xlsx
        from xiangwen.machine.files import replace_file

        replace_file(output, ledger_to_xlsx(opened, choice))
        typer.echo(harmless(f"已写入 {output}。 Written."), err=True)


def _print_checks(index: Index, choice: LedgerRequest, as_json: bool) -> None:
    from xiangwen.exports.ledger_checks import checks
    from xiangwen.exports.ledger_rows import chosen_reports

    asked = checks(index, choice)
    if as_json:
        from xiangwen.exports.contract import discrepancy_json

        print_json([discrepancy_json(question) for question in asked])
        return
    from xiangwen.cli.ledger_table import print_checks

    print_checks(asked, len(chosen_reports(index, choice)))


def _assess(index: Index, choice: LedgerRequest, file: Path, output: Path | None, as_json: bool) -> None:
    from xiangwen.exports.assessment import assess, read_assessment

    assessment = read_assessment(file, index)
    scored = list(assess(index, assessment, choice))
    if as_json:
        from xiangwen.exports.contract import pre_score_json

        print_json([pre_score_json(assessment, one) for one in scored])
    elif output is None:
        from xiangwen.cli.ledger_table import print_assessment

        print_assessment(assessment, scored)
    if output is not None:
        from xiangwen.exports.assessment_xlsx import assessment_to_xlsx
        from xiangwen.machine.files import replace_file

        replace_file(output, assessment_to_xlsx(assessment, scored))
        typer.echo(f"已写入 {output}。 Written.", err=True)
