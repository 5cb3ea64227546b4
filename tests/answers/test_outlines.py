"""Whether reports have a section on a matter, answered from their headings."""

import pytest

from xiangwen.answers.assistant import Assistant
from xiangwen.exports import check_citations
from xiangwen.index import Index


@pytest.fixture(scope="module")
def assistant(index: Index) -> Assistant:
    return Assistant(index, judge=False)


@pytest.mark.slow
def test_those_that_have_the_section_are_cited_by_its_heading(assistant: Assistant, index: Index) -> None:
    answer = assistant.ask("哪些报告没有写下一步计划？")
    assert answer.kind == "which" and answer.answered and len(answer.verdicts) == len(index.reports)
    check_citations(answer, index)
    having = [verdict for verdict in answer.verdicts if verdict.citations]
    assert having and all(verdict.verdict == "no" for verdict in having)
    assert all(verdict.verdict == "yes" for verdict in answer.verdicts if not verdict.citations)


@pytest.mark.slow
def test_who_has_a_section_and_who_lacks_it_are_all_reports(assistant: Assistant) -> None:
    def files(question: str) -> set[str]:
        return {verdict.file for verdict in assistant.ask(question).verdicts if verdict.verdict == "yes"}

    having, lacking = files("哪些报告专门写了普法宣传一节？"), files("哪些报告没有单设普法宣传部分？")
    assert having and not having & lacking and len(having | lacking) == 5


@pytest.mark.slow
def test_a_section_that_nobody_has_is_answered_too(assistant: Assistant) -> None:
    answer = assistant.ask("Which reports have a separate section on forest fires?")
    assert answer.answered and not answer.citations
    assert {verdict.verdict for verdict in answer.verdicts} == {"no"}
