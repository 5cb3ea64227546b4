"""The named endpoints /ask, /search and /reports of the Gradio app, in the JSON of the command line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from xiangwen.sections import Section, outline

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.web.opening import Opening

MOST_RESULTS = 100


class Endpoints:
    """Functions for programs; their names are the endpoints' names."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def ask(self, question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer one question; ``history`` holds the earlier ones, oldest first."""
        assistant = self._assistant()
        with self._opening.asking:
            return assistant.ask(question, history or []).to_dict()

    def search(self, words: str, top: int = 10) -> list[dict[str, Any]]:
        """The passages nearest to some words, best first."""
        assistant = self._assistant()
        index = assistant.index
        with self._opening.asking:
            found = assistant.retriever.search(words, max(1, min(int(top), MOST_RESULTS)))
        rows = []
        for rank, (number, score) in enumerate(found, start=1):
            passage = index.passages[number]
            report = index.reports[passage.report]
            rows.append(
                {
                    "rank": rank,
                    "score": score,
                    "report": report.id,
                    "file": report.file,
                    "township": report.metadata.township,
                    "year": report.metadata.year,
                    "section": list(passage.heading_path),
                    "start": passage.start,
                    "end": passage.end,
                    "quote": index.quote(passage),
                }
            )
        return rows

    def reports(self) -> list[dict[str, Any]]:
        """What is indexed, with the tree of headings of every report."""
        index = self._assistant().index
        passages = Counter(p.report for p in index.passages)
        return [
            {
                "id": report.id,
                "file": report.file,
                "title": report.metadata.title,
                "township": report.metadata.township,
                "level": report.metadata.level,
                "county": report.metadata.county,
                "city": report.metadata.city,
                "province": report.metadata.province,
                "year": report.metadata.year,
                "characters": len(report.text),
                "passages": passages[number],
                "sections": [_section(s) for s in outline(report.text) if s.heading],
            }
            for number, report in enumerate(index.reports)
        ]

    def _assistant(self) -> Assistant:
        import gradio as gr

        for _ in self._opening.watch():
            pass
        if self._opening.assistant is None:
            raise gr.Error(self._opening.status.problem, print_exception=False)
        return self._opening.assistant


def _section(section: Section) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "level": section.level,
        "start": section.start,
        "end": section.end,
        "children": [_section(child) for child in section.children],
    }
