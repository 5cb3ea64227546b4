"""The commands that take down what analysts say of cells, and print it."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from xiangwen.cli.options import INDEX, AsJson, IndexDir, print_json, requested
from xiangwen.machine.controls import harmless

_STATES = "done、planned、lacking、none"


def correct(
    report: Annotated[str, typer.Argument(metavar="REPORT", help="报告编号或文件名。 Its id or file.")],
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="指标编号或名称。 Its id or name.")],
    value: Annotated[
        str | None,
        typer.Option("--value", metavar="VALUE", help="正确的值，如 12件、1.2万元、无、全覆盖。 The right value."),
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help=f"正确的状态：{_STATES}。 The right state.")
    ] = None,
    right: Annotated[bool, typer.Option("--right", help="读对了。 It was read right.")] = False,
    wrong: Annotated[bool, typer.Option("--wrong", help="不是这个指标。 It is no cell of this indicator.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="收回更正。 Take the correction back.")] = False,
    quote: Annotated[
        str,
        typer.Option("--quote", metavar="WORDS", help="原文里的话，有几处时指明哪一处。 Words of the clause meant."),
    ] = "",
    why: Annotated[str, typer.Option("--why", metavar="WORDS", help="理由。 Why.")] = "",
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="谁更正的，默认登录名。 Default: who is logged in.")
    ] = None,
    index: IndexDir = INDEX,
) -> None:
    """更正台账的一个单元格。 Correct a cell of the ledger.

    记在索引文件夹的 corrections.jsonl，重建索引后仍有效。 Kept beside the index; rebuilding leaves it in force.

    例 Example: xiangwen correct 002_480e55da089d3041.txt disputes_settled --value 24件 --why 漏读了乡级

    例 Example: xiangwen correct 002_480e55da089d3041.txt disputes_settled --undo
    """
    marks = [
        name
        for name, given in (("right", right), ("wrong", wrong), ("undo", undo), ("value", value is not None))
        if given
    ]
    if len(marks) != 1:
        raise typer.BadParameter("请给出 --value、--right、--wrong、--undo 之一。 Give just one of these.")
    from xiangwen.exports.ledger_corrections import CorrectionRequest, take_down
    from xiangwen.index import Index

    said = requested(
        CorrectionRequest,
        report=report,
        indicator=indicator,
        mark=marks[0],
        who=who or getpass.getuser(),
        why=why,
        value=value,
        state=state,
        quote=quote,
    )
    taken = take_down(Index.load(index), index, said)
    typer.echo(harmless(f"已记下：{taken.indicator} {taken.mark}「{' '.join(taken.quote.split())}」。 Noted."))


def corrections(
    labels: Annotated[
        bool,
        typer.Option("--labels", help="输出标注好的句子，供训练（一行一句 JSON）。 Labelled clauses to learn from."),
    ] = False,
    index: IndexDir = INDEX,
    as_json: AsJson = False,
) -> None:
    """列出更正。 Print the corrections of cells, the latest last.

    例 Example: xiangwen corrections

    例 Example: xiangwen corrections --labels > clauses.jsonl
    """
    from xiangwen.ledger.corrections import read_corrections

    said = list(read_corrections(index))
    if as_json and not labels:
        from xiangwen.exports.contract import correction_json

        print_json([correction_json(one) for one in said])
        return
    from xiangwen.index import Index

    opened = Index.load(index)
    if labels:
        from xiangwen.exports.contract import labelled_clause_json
        from xiangwen.exports.ledger_corrections import labels as labelled

        for clause in labelled(opened):
            print_json(labelled_clause_json(clause))
        return
    gone = set(opened.corrections_gone)
    for one in said:
        where = f"{one.township or one.file} {one.year or ''}"
        what = (
            f"{one.value}{one.unit}" if one.mark == "value" else {"right": "对", "wrong": "不对"}.get(one.mark, "收回")
        )
        note = "　原文已不在，不再有效" if one in gone else ""
        typer.echo(harmless(f"{where}　{one.indicator}　{what}　「{' '.join(one.quote.split())}」　{one.about}{note}"))
    typer.echo(f"共 {len(said)} 条，{len(gone)} 条的原文已不在。 {len(gone)} no longer stand.", err=True)
