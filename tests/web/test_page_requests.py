"""What the page's own scripts send is read like any other request."""

from __future__ import annotations

from typing import Any

import pytest

from xiangwen.questions.request import Request, WrongRequest, read_request
from xiangwen.web.page_requests import ASKED, MOST_MARKS, CellRequest, CellsRequest, SourceRequest, SuggestRequest


def test_suggestions_are_asked_for_at_the_start_with_a_language_alone() -> None:
    first = read_request(SuggestRequest, {"reports": None, "language": "en"})
    assert (first.language, first.asked, first.reports, first.after) == ("en", (), None, ())


def test_suggestions_after_an_answer_lean_on_its_citations_and_the_latest_questions() -> None:
    wanted = {"reports": ["a"], "language": "zh", "asked": [str(n) for n in range(40)], "after": [["a", 12], ["b", 0]]}
    request = read_request(SuggestRequest, wanted)
    assert request.after == (("a", 12), ("b", 0)) and request.reports == ("a",)
    assert request.asked == tuple(str(n) for n in range(40 - ASKED, 40))


def test_a_report_is_opened_with_as_many_marks_as_anybody_looks_through() -> None:
    marks = [[n, n, n + 5] for n in range(1, 1000)]
    request = read_request(SourceRequest, {"report": "a", "marks": marks, "current": 2, "number": 2, "of": 999})
    assert len(request.marks) == MOST_MARKS and request.marks[1] == (2, 2, 7) and not request.near


@pytest.mark.parametrize(
    ("kind", "field", "data"),
    [
        (SuggestRequest, "language", {"language": "fr"}),
        (SuggestRequest, "after", {"after": [["a"]]}),
        (SuggestRequest, "asked", {"asked": "律师"}),
        (SourceRequest, "report", {}),
        (SourceRequest, "marks", {"report": "a", "marks": [[1, 2, "3"]]}),
        (SourceRequest, "marks", {"report": "a", "marks": 7}),
        (SourceRequest, "current", {"report": "a", "current": "1"}),
        (CellsRequest, "indicators", {"indicators": [7]}),
        (CellRequest, "indicator", {"report": "a"}),
    ],
)
def test_what_no_script_of_the_page_sends_is_refused(kind: type[Request], field: str, data: Any) -> None:
    with pytest.raises(WrongRequest, match=f'"{field}" 有误'):
        read_request(kind, data)
