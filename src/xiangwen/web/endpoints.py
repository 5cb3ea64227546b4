"""The named endpoints /ask, /search and /reports of the Gradio app, in the JSON of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xiangwen.rows import report_rows, search_rows

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
        return search_rows(index, found)

    def reports(self) -> list[dict[str, Any]]:
        """What is indexed, with the tree of headings of every report."""
        return report_rows(self._assistant().index)

    def _assistant(self) -> Assistant:
        import gradio as gr

        for _ in self._opening.watch():
            pass
        if self._opening.assistant is None:
            raise gr.Error(self._opening.status.problem, print_exception=False)
        return self._opening.assistant
