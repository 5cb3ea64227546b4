"""Options that several commands share, how arguments become a request, and how JSON is printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xiangwen.machine.controls import for_stdout

# What takes long to import is imported inside the function that needs it.
if TYPE_CHECKING:
    from xiangwen.questions.request import R

IndexDir = Annotated[
    Path, typer.Option("--index", metavar="DIR", help="索引文件夹。 The index folder.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序使用。 Print JSON for programs.")]
SameModel = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="只接受由此模型建立的索引。 Refuse an index of another model."),
]
StoreAt = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="ADDRESS",
        help="Milvus 上的集合，如 milvus://主机:19530/名称，代替索引文件夹。 Ask a collection on Milvus instead.",
    ),
]
INDEX = Path("index")
REPORTS = Path("seeds")


def print_json(value: Any) -> None:
    """One JSON value in one line on stdout."""
    sys.stdout.write(for_stdout(json.dumps(value, ensure_ascii=False)) + "\n")
    sys.stdout.flush()  # whoever reads a batch gets each answer when it is there


def requested(kind: type[R], **arguments: Any) -> R:
    """The request that arguments make; what is wrong with them is wrong usage."""
    from xiangwen.questions.request import WrongRequest, read_request

    try:
        return read_request(kind, arguments)
    except WrongRequest as error:
        raise typer.BadParameter(str(error)) from error
