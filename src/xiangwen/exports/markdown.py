"""An answer as Markdown; what questions and reports say is text in it, never markup."""

from __future__ import annotations

import re

from xiangwen.answers.answer import Answer
from xiangwen.answers.citation import Citation
from xiangwen.answers.sentences import searched
from xiangwen.exports import layout
from xiangwen.exports.layout import heading

_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&#$^=!]")
_LIST_NUMBER = re.compile(r"^(\d{1,9})([.)])")
_BULLET = re.compile(r"^[-+]")
_ADDRESS = re.compile(r"(?i):(?=//)|(?<=mailto):|(?<=www)\.|@")


def to_markdown(answer: Answer) -> str:
    """Question, conclusion, the table of townships and every citation with its source."""
    parts = [f"# {escape(answer.question)}"]
    for told in layout.told(answer):
        parts += [f"## {escape(told.question)}"] if answer.parts else []
        parts += map(escape, layout.conclusion(told))
        if below := searched(told):
            parts.append(escape(below))
        if told.verdicts:
            parts += [f"{'###' if answer.parts else '##'} {heading('townships', told)}", "\n".join(_table(told))]
    for title, citations in (("citations", answer.citations), ("nearest", answer.nearest)):
        if citations:
            parts.append(f"## {heading(title, answer)}")
            parts += [_citation(citation, answer) for citation in citations]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Text in one line that reads the same when it is rendered."""
    line = " ".join(layout.clean(text).split())
    line = _MARKUP.sub(r"\\\g<0>", line)
    # A list at the start of a line, and addresses that a reader would turn into links.
    line = _BULLET.sub(r"\\\g<0>", _LIST_NUMBER.sub(r"\1\\\2", line))
    return _ADDRESS.sub(r"\\\g<0>", line)


def _table(answer: Answer) -> list[str]:
    columns = ("township", "year", "verdict", "value", "sentence", "confidence", "evidence")
    lines = ["| " + " | ".join(heading(column, answer) for column in columns) + " |", "|" + "---|" * len(columns)]
    for verdict in answer.verdicts:
        citations = answer.cited(verdict)
        cells = (
            escape(layout.township(verdict)),
            str(verdict.year or ""),
            layout.verdict_word(verdict, answer),
            escape(verdict.value.with_total) if verdict.value else "",
            " ".join(escape(citation.quote) for citation in citations),
            f"{verdict.confidence:.0%}",
            " ".join(f"\\[{citation.n}\\]" for citation in citations),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _citation(citation: Citation, answer: Answer) -> str:
    stance = layout.stance_word(citation, answer)
    tag = f"（{stance}）" if stance else ""
    return f"\\[{citation.n}\\]{tag}\n\n> {escape(citation.quote)}\n>\n> —— {escape(layout.source(citation, answer))}"
