"""Suggested questions: made of the reports' own words, and only those that the reports answer."""

from itertools import islice

import pytest

from xiangwen.answers.assistant import Assistant
from xiangwen.answers.suggestions import suggestions
from xiangwen.index import Index


@pytest.fixture(scope="module")
def assistant(index: Index) -> Assistant:
    return Assistant(index)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_suggestion_is_answered_with_citations(assistant: Assistant, language: str) -> None:
    offered = list(islice(suggestions(assistant, language), 5))  # type: ignore[arg-type]
    assert len(offered) == len(set(offered)) == 5
    for question in offered:
        answer = assistant.ask(question)
        assert answer.answered and answer.citations and answer.language == language


def test_the_next_question_is_another_one_about_what_stands_near_the_evidence(assistant: Assistant) -> None:
    asked = "白土乡2024年化解了多少件矛盾纠纷？"
    found = [(c.report, c.start) for c in assistant.ask(asked).citations]
    offered = list(islice(suggestions(assistant, "zh", [asked], None, found), 3))
    assert len(offered) == 3 and asked not in offered
    assert any("白土乡" in question for question in offered)


def test_suggestions_keep_to_the_reports_that_are_chosen(assistant: Assistant, index: Index) -> None:
    only = index.reports[1]
    offered = list(islice(suggestions(assistant, "zh", reports=[only.id]), 3))
    assert offered
    for question in offered:
        assert {c.report for c in assistant.ask(question, reports=[only.id]).citations} == {only.id}
        assert not any(r.name in question for r in index.reports if r is not only)


def test_nothing_chosen_offers_nothing(assistant: Assistant) -> None:
    assert list(suggestions(assistant, "zh", reports=[])) == []
