"""An `Answer` to HTML. Pure functions; every text from a question or a report passes through `escape`.

The page puts the result into the document as it is, so this module and `source` are the only gate for foreign text.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from xiangwen.answers.issuers import Issuers, issuers_called
from xiangwen.answers.lines import STANCE_WORDS, VERDICT_WORDS, lead_of, pieces
from xiangwen.answers.naming import english_name
from xiangwen.answers.sentences import searched
from xiangwen.language.as_read import on_one_line
from xiangwen.language.languages import Language
from xiangwen.web.words import word

if TYPE_CHECKING:
    from xiangwen.answers import Answer, Citation, Line, Verdict
    from xiangwen.answers.lines import LineRole

SURE = 0.85
"""At or above: 高. Officials read words, not decimals; the number stays in the tooltip."""
FAIRLY_SURE = 0.65
"""At or above: 中."""
ROWS_SHOWN = 30
"""Rows of a table before the rest is folded: two screens of an office PC."""
_ORDER = ("yes", "partial", "no", "silent")
_STEPS = 8
"""Pieces in which a table or a list arrives; more would only slow the reader down."""


def escape(text: object) -> str:
    """Text that is safe in HTML, also inside a quoted attribute; lone surrogates, which no encoder takes, become ?."""
    return html.escape(str(text).encode("utf-8", "replace").decode("utf-8"), quote=True)


def answer_steps(answer: Answer, reports: int) -> Iterator[str]:
    """The answer growing: the conclusion first, then the evidence in a few pieces, each step holding those before.

    Args:
        answer: what is shown.
        reports: how many the index holds.
    """
    if answer.parts:
        yield from _steps_of_parts(answer.parts, reports)
        return
    head, before, rows, after = _parts(answer)
    yield head
    for shown in sorted({round(len(rows) * k / _STEPS) for k in range(1, _STEPS)} - {0, len(rows)}):
        yield head + before + "".join(rows[:shown])
    yield head + before + "".join(rows) + after + _footer(answer, reports)


def _steps_of_parts(parts: Sequence[Answer], reports: int) -> Iterator[str]:
    """Each part growing below its question, those before it whole."""
    before = ""
    for part in parts:
        whole = ""
        for shown in answer_steps(part, reports):
            whole = f'<section class="xw-part"><h2>{escape(part.question)}</h2>{shown}</section>'
            yield before + whole
        before += whole


def _parts(answer: Answer) -> tuple[str, str, list[str], str]:
    """Conclusion, what opens the evidence, its rows, and what closes it.

    Tags left open by an unfinished step are closed by the browser's parser.
    """
    if not answer.answered:
        return _no_answer(answer), "", [], ""
    if answer.kind == "which" and answer.verdicts:
        before, rows, after = _which(answer)
    elif answer.kind == "rank" and answer.verdicts:
        before, rows, after = _rank(answer)
    elif answer.kind == "compare" and answer.verdicts:
        before, rows, after = _compare(answer)
    elif answer.kind in ("list", "summary"):
        before, rows, after = _list(answer)
    else:
        first, *rest = _sentences(answer) or [""]
        return first, "", rest, ""
    concluded = _said(answer, {"head": "xw-conclusion"}) + _said(answer, {"basis": "xw-muted"})
    return concluded, before, rows, after + _said(answer, {"words": "xw-muted", "note": "xw-muted"})


# --- the evidence of one kind of answer: what opens it, its rows, and what closes it ----------------------------------


def _no_answer(answer: Answer) -> str:
    language = answer.language
    lines = "".join(f"<p>{_rich(line, answer)}</p>" for line in answer.lines)
    label = f"<strong>{word('not answered', language)}</strong>" if answer.reason == "no_evidence" else ""
    body = f'<div class="xw-notice" role="status">{label}{lines}</div>'
    if answer.nearest:
        items = "".join(f"<li>{_cited_quote(c, language, near=True)}</li>" for c in answer.nearest)
        body += (
            f'<section class="xw-nearest"><h2>{word("nearest", language, n=len(answer.nearest))}</h2>'
            f"<ol>{items}</ol></section>"
        )
    if answer.verdicts:
        body += _folded(answer.verdicts, word("silent rows", language, n=len(answer.verdicts)), language)
    return body


def _which(answer: Answer) -> tuple[str, list[str], str]:
    language = answer.language
    spoken = [v for v in answer.verdicts if v.verdict != "silent"]
    silent = [v for v in answer.verdicts if v.verdict == "silent"]
    issuers = issuers_called(v.township for v in answer.verdicts)
    labels = (issuers.column(language), word("verdict", language))
    columns = [*(_sortable(label, language) for label in labels), _column("evidence", language)]
    before = _table("xw-which", [*columns, _sortable(word("confidence", language), language)])
    rows = []
    for place, v in enumerate(spoken):
        rows.append(
            f"<tr{_beyond(place)}>{_who_cell(v, language)}"
            f'<td data-key="{_ORDER.index(v.verdict)}">{_verdict_chip(v, answer)}</td>'
            f'<td class="xw-evidence">{_evidence(answer, v)}</td>'
            f'<td class="xw-confidence" data-key="{-v.confidence:.3f}">{_confidence(v, language)}</td></tr>'
        )
    closing = _folded(silent, word("silent rows", language, n=len(silent)), language) if silent else ""
    return before, rows, _close_table(len(rows), issuers, language) + closing


def _rank(answer: Answer) -> tuple[str, list[str], str]:
    language = answer.language
    valued = [v for v in answer.verdicts if v.value]
    silent = [v for v in answer.verdicts if not v.value]
    largest = max((abs(v.value.number) for v in valued if v.value), default=0) or 1
    unit = valued[0].value.unit if valued and valued[0].value else ""
    issuers = issuers_called(v.township for v in answer.verdicts)
    heads = [
        _sortable(issuers.column(language), language),
        _axis(largest, unit, language),
        _column("evidence", language),
    ]
    before = _table("xw-rank", heads)
    rows = []
    for place, v in enumerate(valued):
        assert v.value is not None
        width = 100 * abs(v.value.number) / largest
        folded = " xw-beyond" if place >= ROWS_SHOWN else ""
        rows.append(
            f'<tr class="xw-{v.verdict}{folded}">{_who_cell(v, language, place + 1)}'
            f'<td class="xw-value" data-key="{-v.value.number}"><span>{escape(v.value.with_total)}</span>'
            f'<span class="xw-bar" aria-hidden="true"><i style="width:{width:.1f}%"></i></span></td>'
            f'<td class="xw-evidence">{_evidence(answer, v)}</td></tr>'
        )
    closing = _folded(silent, word("no number", language, n=len(silent)), language) if silent else ""
    return before, rows, _close_table(len(rows), issuers, language) + closing


def _compare(answer: Answer) -> tuple[str, list[str], str]:
    language = answer.language
    cards = []
    # A figure on one side alone would look like the winner.
    both = all(v.value for v in answer.verdicts)
    for v in answer.verdicts:
        value = f'<p class="xw-figure">{escape(v.value.text)}</p>' if v.value and both else ""
        said = "".join(f"<li>{_cited_quote(c, language)}</li>" for c in answer.cited(v))
        body = f"<ul>{said}</ul>" if said else f'<p class="xw-muted">{VERDICT_WORDS[language]["silent"]}</p>'
        cards.append(f'<section class="xw-card"><h2>{_who(v, language)}</h2>{value}{body}</section>')
    return '<div class="xw-compare">', cards, "</div>"


def _list(answer: Answer) -> tuple[str, list[str], str]:
    rows = [f"<li>{_cited_quote(c, answer.language)}</li>" for c in answer.citations]
    return '<ol class="xw-list">', rows, "</ol>"


def _sentences(answer: Answer) -> list[str]:
    """Fact and number: who and how much, then the exact sentence; all other lines as they are."""
    blocks: list[str] = []
    said = ""
    for line in answer.lines:
        if line.role != "evidence":
            blocks.append(f"<p>{_rich(line, answer)}</p>")
            continue
        lead = lead_of(line, answer.language)
        head = f'<p class="xw-conclusion">{escape(lead)}</p>' if lead != said else ""
        # The stance is told by a tag beside the sentence.
        quotes = (_cited_quote(answer.by_marker[n], answer.language, tag="div") for n in line.citations)
        blocks.append(head + "".join(quotes))
        said = lead
    return blocks


# --- pieces ---------------------------------------------------------------------------------------------------------


def marker(citation: Citation, *, near: bool = False) -> str:
    """[1]; the page's script shows its quote on hover and opens the report at it."""
    kind = " xw-near" if near else ""
    return f'<button type="button" class="xw-cite{kind}" data-n="{citation.n}">[{citation.n}]</button>'


def report_link(report: str, inside: str) -> str:
    """What the page's script opens as a report; ``inside`` is HTML."""
    return f'<button type="button" class="xw-report" data-report="{escape(report)}">{inside}</button>'


def _rich(line: Line, answer: Answer) -> str:
    """A line as running text, its markers as links."""
    return "".join(
        escape(piece) if isinstance(piece, str) else marker(answer.by_marker[piece])
        for piece in pieces(line, answer.by_marker, answer.language)
    )


def _said(answer: Answer, looks: Mapping[LineRole, str]) -> str:
    """The lines of some roles, each as its role looks."""
    return "".join(
        f'<p class="{looks[line.role]}">{_rich(line, answer)}</p>' for line in answer.lines if line.role in looks
    )


def _cited_quote(citation: Citation, language: Language, *, near: bool = False, tag: str = "span") -> str:
    """The exact sentence with its marker, its stance where it is no deed, and its place in the report."""
    stance = ""
    if citation.stance != "done":
        stance = f'<span class="xw-tag xw-{citation.stance}">{STANCE_WORDS[language][citation.stance]}</span> '
    who = f"{citation.township or citation.file} · " if near else ""
    path = " › ".join(citation.section) or word("no heading", language)
    path += (f" · 第{citation.page}页" if language == "zh" else f" · page {citation.page}") if citation.page else ""
    return (
        f'<{tag} class="xw-quote">{stance}<q>{escape(on_one_line(citation.quote))}</q>{marker(citation, near=near)}'
        f'<small class="xw-path">{escape(who + path)}</small></{tag}>'
    )


def _evidence(answer: Answer, verdict: Verdict) -> str:
    quotes = [_cited_quote(c, answer.language) for c in answer.cited(verdict)]
    return "".join(quotes) or f'<span class="xw-muted">{word("no sentence", answer.language)}</span>'


def _who(verdict: Verdict, language: Language) -> str:
    year = f"{verdict.year}年" if language == "zh" else str(verdict.year)
    english = english_name(verdict.township).partition(" (")[0] if language == "en" and verdict.township else None
    where = filter(None, (english, verdict.county, year if verdict.year else None))
    small = "".join(f" <small>{escape(part)}</small>" for part in where)
    return f"<span>{escape(verdict.township or verdict.file)}</span>{small}"


def _who_cell(verdict: Verdict, language: Language, place: int | None = None) -> str:
    rank = f'<i class="xw-place">{place}</i>' if place else ""
    name = escape(verdict.township or verdict.file)
    return f'<th scope="row" data-key="{name}">{rank}{_who(verdict, language)}</th>'


def _verdict_chip(verdict: Verdict, answer: Answer) -> str:
    return f'<span class="xw-chip xw-{verdict.verdict}">{answer.word_of(verdict)}</span>'


def confidence_word(confidence: float) -> str:
    """The key of the word for a confidence between 0 and 1."""
    return "high" if confidence >= SURE else "medium" if confidence >= FAIRLY_SURE else "low"


def _confidence(verdict: Verdict, language: Language) -> str:
    said = word(confidence_word(verdict.confidence), language)
    return f'<span title="{round(100 * verdict.confidence)}%">{said}</span>'


def _column(name: str, language: Language) -> str:
    return f'<th scope="col">{word(name, language)}</th>'


def _sortable(label: str, language: Language, more: str = "") -> str:
    return (
        f'<th scope="col"><button type="button" class="xw-sort" title="{word("sort", language)}">'
        f"{label}</button>{more}</th>"
    )


def _axis(largest: float, unit: str, language: Language) -> str:
    """The head of the bars: from nothing to the largest value, with the unit."""
    ends = f'<span class="xw-axis"><span>0</span><span>{largest:,.10g} {escape(unit)}</span></span>'
    return _sortable(word("value", language), language, ends)


def _table(name: str, heads: Sequence[str]) -> str:
    return f'<table class="xw-table {name}"><thead><tr>{"".join(heads)}</tr></thead><tbody>'


def _beyond(place: int) -> str:
    """Rows that are shown when asked for; the page's script keeps them last when it sorts."""
    return ' class="xw-beyond"' if place >= ROWS_SHOWN else ""


def _close_table(rows: int, issuers: Issuers, language: Language) -> str:
    if rows <= ROWS_SHOWN:
        return "</tbody></table>"
    more = rows - ROWS_SHOWN
    return (
        f'</tbody></table><button type="button" class="xw-all" data-rows="{ROWS_SHOWN}">'
        f"{word('more rows', language, n=more, issuers=issuers.noun(language, more))}</button>"
    )


def _folded(verdicts: Sequence[Verdict], heading: str, language: Language) -> str:
    """Reports without evidence: counted, their names one click away."""
    chips = "".join(f"<li>{report_link(v.report, _who(v, language))}</li>" for v in verdicts)
    return f'<details class="xw-silent"><summary>{heading}</summary><ul>{chips}</ul></details>'


def _footer(answer: Answer, reports: int) -> str:
    said = searched(answer, reports)
    return f'<p class="xw-checked">{escape(said)}</p>' if said else ""


def as_text(answer: Answer) -> str:
    """The answer to paste elsewhere: the question, what was said, and where each quote stands."""
    lines = [answer.question, "", answer.text]
    if answer.citations:
        lines.append("")
    for c in answer.citations:
        who = f"{c.county or ''}{c.township or c.file}{f'{c.year}年' if c.year else ''}"
        lines.append(f"[{c.n}] {who}{source_line(c.title, c.section, c.file)}")
    return "\n".join(lines)


def source_line(title: str | None, section: Sequence[str], file: str) -> str:
    """「——《title》，“一、…›（二）…”一节（file）」, to stand behind a quote."""
    named = f"《{' '.join(title.split())}》" if title else ""
    inside = f"“{' › '.join(part.strip(' 。：:') for part in section)}”一节" if section else ""
    return f"——{'，'.join(filter(None, (named, inside)))}（{file}）"
