"""An answer to take away: Markdown, Word and Excel, each with every citation.

    to_docx(answer)         # bytes of a .docx
    FORMATS["xlsx"].write(answer)

layout                headings, places of citations and clean text, which all kinds of file share
markdown              an answer as Markdown
word                  an answer as a Word document
workbook              what all Excel workbooks share
excel                 an answer as an Excel workbook
contract              the JSON contract: every object that goes out, and an answer that comes back
founded               refuses an answer that the reports do not bear out
ledger_rows           cells of the ledger chosen by indicator, report, county, year and level
ledger                the ledger as CSV and as a workbook
ledger_checks         numbers of the ledger that do not agree
ledger_corrections    takes corrections of cells down
assessment            a pre-score of reports by the items of an assessment
assessment_xlsx       a pre-score as a workbook
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xiangwen.answers.answer import Answer
from xiangwen.exports.contract import ExportProblem, UnfoundedCitation, read_answer
from xiangwen.exports.excel import to_xlsx
from xiangwen.exports.founded import check_citations
from xiangwen.exports.markdown import to_markdown
from xiangwen.exports.word import to_docx
from xiangwen.machine.files import replace_file

__all__ = [
    "FORMATS",
    "ExportProblem",
    "UnfoundedCitation",
    "check_citations",
    "format_of",
    "read_answer",
    "to_docx",
    "to_markdown",
    "to_xlsx",
    "write_file",
]

_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Format:
    """One kind of file."""

    media_type: str
    write: Callable[[Answer], bytes]


FORMATS: dict[str, Format] = {
    "md": Format("text/markdown; charset=utf-8", lambda answer: to_markdown(answer).encode("utf-8")),
    "docx": Format(f"{_OFFICE}wordprocessingml.document", to_docx),
    "xlsx": Format(f"{_OFFICE}spreadsheetml.sheet", to_xlsx),
}
"""The kinds of file, by suffix."""


def format_of(path: Path) -> Format:
    """The kind of file that a name asks for.

    Raises:
        ExportProblem: if its suffix is none of `FORMATS`.
    """
    try:
        return FORMATS[path.suffix.lower().lstrip(".")]
    except KeyError as error:
        raise ExportProblem(
            f"{path.name} 应以 .docx、.xlsx 或 .md 结尾。 The file must end in .docx, .xlsx or .md."
        ) from error


def write_file(answer: Answer, path: Path) -> None:
    """Write the answer; a file that is already there is replaced only by a whole one.

    Raises:
        ExportProblem: if the suffix is none of `FORMATS`.
        OSError: if the file cannot be written.
    """
    replace_file(path, format_of(path).write(answer))
