"""A report to HTML: its exact text with headings, the tree of headings, and the cited sentences marked.

Pure functions; every text of a report passes through `render.escape`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from xiangwen.language.languages import Language
from xiangwen.segmentation.sections import Section
from xiangwen.web.render import escape, source_line
from xiangwen.web.words import word

if TYPE_CHECKING:
    from xiangwen.reports import Report


@dataclass(frozen=True)
class CitedStretch:
    """A cited stretch ``text[start:end]`` with its marker."""

    n: int
    start: int
    end: int


@dataclass(frozen=True)
class Position:
    """Which of the answer's citations is open, for 「依据 2/5」."""

    number: int
    of: int
    near: bool = False
    """Whether it is a nearest passage, which is no answer."""


def source_html(
    report: Report,
    tree: Sequence[Section],
    marks: Sequence[CitedStretch] = (),
    current: int | None = None,
    position: Position | None = None,
    language: Language = "zh",
) -> str:
    """The report with its outline and its marks; the one numbered ``current`` is where the page scrolls to."""
    here = next((m for m in marks if m.n == current), None)
    path = _path(tree, here.start) if here else ()
    head = _bar(report, path, here, position, language) + _title(report, language) + _crumbs(path, here, language)
    return (
        f'<div class="xw-source-head">{head}</div>{_contents(tree, path, language)}'
        f'<article class="xw-report-text" tabindex="0" aria-label="{escape(report.name)}">'
        f"{_body(report.text, tree, marks, here)}</article>"
    )


def _bar(
    report: Report, path: Sequence[Section], here: CitedStretch | None, position: Position | None, language: Language
) -> str:
    parts = []
    if here and position:
        name = word("near citation" if position.near else "citation", language)
        parts.append(f'<span class="xw-at">{name} {position.number}/{position.of}</span>')
        for step, key, sign in ((-1, "previous", "↑"), (1, "next", "↓")):
            off = "" if 1 <= position.number + step <= position.of else " disabled"
            parts.append(
                f'<button type="button" class="xw-icon" data-step="{step}" title="{word(key, language)}" '
                f'aria-label="{word(key, language)}"{off}>{sign}</button>'
            )
        quote = f"「{report.text[here.start : here.end]}」"
        quote += source_line(report.metadata.title, [s.heading for s in path], report.file)
        label = word("copy quote", language)
        parts.append(f'<button type="button" class="xw-plain" data-copy="{escape(quote)}">{label}</button>')
    return f'<div class="xw-bar-row">{"".join(parts)}<span class="xw-space"></span>{_close(language)}</div>'


def _close(language: Language) -> str:
    label = word("close", language)
    return f'<button type="button" class="xw-icon" data-go="close" title="{label}" aria-label="{label}">×</button>'


def _title(report: Report, language: Language) -> str:
    meta = report.metadata
    year = f"{meta.year}年" if language == "zh" else str(meta.year)
    where = " · ".join(filter(None, (meta.province, meta.county, year if meta.year else None)))
    title = f"{meta.title} · {report.file}" if meta.title else report.file
    return (
        f"<h2>{escape(report.name)} <small>{escape(where)}</small></h2>"
        f'<p class="xw-file" title="{escape(title)}">{escape(title)}</p>'
    )


def _path(tree: Sequence[Section], offset: int) -> tuple[Section, ...]:
    """The headings above a character, the top one first."""
    for section in tree:
        if section.start <= offset < section.end:
            below = _path(section.children, offset)
            return (section, *below) if section.heading else below
    return ()


def _crumbs(path: Sequence[Section], here: CitedStretch | None, language: Language) -> str:
    if here is None:
        return ""
    if not path:
        return f'<p class="xw-crumbs">{word("opening", language)}</p>'
    return (
        f'<nav class="xw-crumbs" aria-label="{word("path", language)}">' + "<i>›</i>".join(map(_link, path)) + "</nav>"
    )


def _link(section: Section, current: bool = False) -> str:
    mark = ' aria-current="true"' if current else ""
    return (
        f'<a href="#at-{section.start}" data-at="{section.start}" title="{escape(section.heading)}"{mark}>'
        f"{escape(section.heading)}</a>"
    )


def _contents(tree: Sequence[Section], path: Sequence[Section], language: Language) -> str:
    listed = _branches(tree, {s.start for s in path})
    if not listed:
        return ""
    return f'<details class="xw-contents"><summary>{word("contents", language)}</summary>{listed}</details>'


def _branches(tree: Sequence[Section], open_at: set[int]) -> str:
    rows = [f"<li>{_link(s, s.start in open_at)}{_branches(s.children, open_at)}</li>" for s in tree if s.heading]
    return f"<ol>{''.join(rows)}</ol>" if rows else ""


def _body(text: str, tree: Sequence[Section], marks: Sequence[CitedStretch], here: CitedStretch | None) -> str:
    """One paragraph a line; joined again, the paragraphs are the report's text but for white space at their ends."""
    headings = {s.start: s for top in tree for _, s in top.walk() if s.heading}
    ordered = sorted(marks, key=lambda m: (m is not here, m.start, m.end))
    begun: set[int] = set()
    paragraphs = []
    for line in re.finditer(r"[^\n]+", text):
        words = line[0].strip()
        if not words:
            continue
        left = line.start() + line[0].index(words)
        right = left + len(words)
        section = headings.get(line.start())
        cuts = {left, right}
        if section:
            cuts.add(min(max(section.heading_end, left), right))
        for m in marks:
            cuts |= {c for c in (m.start, m.end) if left < c < right}
        edges = sorted(cuts)
        pieces = []
        for a, b in pairwise(edges):
            piece = escape(text[a:b])
            if section and b <= section.heading_end:
                piece = f"<b>{piece}</b>"
            over = next((m for m in ordered if m.start <= a and b <= m.end), None)
            if over:
                attributes = ' class="xw-here"' if over is here else ""
                if over.n not in begun:
                    begun.add(over.n)
                    attributes += f' data-n="{over.n}"' + (' id="xw-here"' if over is here else "")
                piece = f"<mark{attributes}>{piece}</mark>"
            pieces.append(piece)
        kind = f' class="xw-h xw-h{min(section.depth, 4)}" id="at-{section.start}"' if section else ""
        paragraphs.append(f"<p{kind}>{''.join(pieces)}</p>")
    return "".join(paragraphs)
