"""The command line. Plain text for people, JSON for programs, errors in one sentence.

asking          `ask`, with a file of questions too, and `search`
building        `build` and `check`
chat            `serve`, `passwd` and `feedback`
listing         `reports`
ledger          `ledger`, with its checks and pre-scores
ledger_table    the ledger at a terminal
corrections     `correct` and `corrections`
measuring       `evaluate`
opening         the index that a command asks
options         options that several commands share, and requests out of arguments
terminal        answers and builds at a terminal
problems        errors, each in one sentence
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from contextlib import suppress
from typing import Annotated

import typer

import xiangwen
from xiangwen.cli.asking import ask, search
from xiangwen.cli.building import build, check
from xiangwen.cli.chat import feedback, passwd, serve
from xiangwen.cli.corrections import correct, corrections
from xiangwen.cli.ledger import ledger
from xiangwen.cli.listing import reports
from xiangwen.cli.measuring import evaluate
from xiangwen.cli.problems import plain_sentence
from xiangwen.machine.controls import NO_CHARACTERS, harmless

app = typer.Typer(
    name="xiangwen",
    help="乡问：就乡镇法治政府建设年度报告提问，每句话都有原文依据。\n\n"
    "Questions to township rule-of-law reports, answered with exact quotes.\n\n"
    "例 Example: xiangwen ask 哪些乡镇聘请了法律顾问？",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def main(argv: list[str] | None = None) -> None:
    """Run the command line and exit; no traceback reaches the user unless XIANGWEN_DEBUG is set."""
    debug = bool(os.environ.get("XIANGWEN_DEBUG"))
    _set_streams()
    if not debug:
        _quieten_libraries()
    # Python makes half a surrogate pair of a byte that is no character; a message would repeat a control.
    if any(NO_CHARACTERS.search(word) for word in (sys.argv[1:] if argv is None else argv)):
        typer.echo("命令行里有无法识别的字符，请用 UTF-8 文字。 An argument is not plain text in UTF-8.", err=True)
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
        typer.echo(harmless(plain_sentence(error)), err=True)
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


for _command in (build, check, ask, search, reports, evaluate, ledger, correct, corrections, serve, feedback, passwd):
    app.command()(_command)
