"""What reports have in common, and what each of them says."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from xiangwen.answers import assistant as assistants
from xiangwen.answers.answer import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.answers.common import aim, split_clauses, tells_lack, topic
from xiangwen.exports import check_citations, read_answer
from xiangwen.index import Index
from xiangwen.questions import Atlas, Question, understand
from xiangwen.questions.question import Kind


def read(question: str) -> Question:
    return understand(question, Atlas(()))


def test_a_sentence_is_taken_apart_into_its_matters() -> None:
    assert split_clauses("一是执法力量薄弱，普法形式单一；") == ["执法力量薄弱", "普法形式单一"]
    assert split_clauses("（二）法治宣传形式不够丰富、群众参与的积极性不高。") == [
        "法治宣传形式不够丰富",
        "群众参与的积极性不高",
    ]


def test_a_clause_that_tells_what_will_be_done_tells_no_lack() -> None:
    assert tells_lack("执法人员业务水平有待加强")
    assert not tells_lack("不断提高依法行政能力")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("这些乡镇共同存在的问题有哪些？", "shortcoming"),
        ("What problems do these townships share?", "shortcoming"),
        ("大家一般都怎么给老百姓普法的？", "done"),
        ("概括各乡镇下一步计划里的共同方向", "plan"),
        ("大家都咋个解决执法人手不够的", "done"),
    ],
)
def test_shortcomings_plans_and_measures_are_told_apart(question: str, asked: str) -> None:
    assert aim(read(question)) == asked


def test_a_question_after_common_problems_as_such_is_limited_to_no_matter() -> None:
    assert topic(read("这些乡镇共同存在的问题有哪些？")) == ()
    assert [term.asked for term in topic(read("在普法方面普遍的短板是什么"))] == ["普法"]


@pytest.fixture(scope="module")
def assistant(index: Index) -> Assistant:
    return Assistant(index, judge=False)


@pytest.fixture
def ask(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Ask a question as one of a given kind."""

    def asked(question: str, kind: Kind) -> Answer:
        with monkeypatch.context() as patch:
            also = lambda *given, **more: replace(understand(*given, **more), kind=kind)  # noqa: E731
            patch.setattr(assistants, "understand", also)
            return assistant.ask(question)

    yield asked


def test_a_shared_shortcoming_names_its_reports_and_their_sentences(ask, index: Index) -> None:  # type: ignore[no-untyped-def]
    answer = ask("这些乡镇共同存在的问题有哪些？", "common")
    assert answer.answered and answer.kind == "common"
    sizes = [len(theme.files) for theme in answer.themes]
    assert sizes == sorted(sizes, reverse=True) and min(sizes) >= 2
    cited = {citation.n: citation for citation in answer.citations}
    for theme in answer.themes:
        assert {cited[n].file for n in theme.citations} == set(theme.files)
    assert {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)} == set(cited)
    check_citations(answer, index)
    assert read_answer(answer.to_dict()).themes == answer.themes


def test_the_same_themes_are_found_in_english(ask) -> None:  # type: ignore[no-untyped-def]
    chinese, english = ask("这些乡镇共同存在的问题", "common"), ask("What problems do these townships share?", "common")
    assert [theme.files for theme in chinese.themes] == [theme.files for theme in english.themes]
    assert all(theme.name.isascii() for theme in english.themes)


def test_each_report_is_answered_for_the_silent_ones_too(ask, index: Index) -> None:  # type: ignore[no-untyped-def]
    facts = ask("各乡镇分别聘请了哪里的法律顾问？", "each")
    assert facts.kind == "which" and len(facts.verdicts) == len(index.reports)
    assert facts.text.count("未提及") == sum(verdict.verdict == "silent" for verdict in facts.verdicts)
    figures = ask("各乡镇分别调解了多少件矛盾纠纷？", "each")
    assert figures.kind == "rank" and len(figures.verdicts) == len(index.reports)
    assert all(verdict.value for verdict in figures.verdicts if verdict.verdict == "yes")


def test_titles_are_cited_for_the_reports_that_the_collection_has(ask, index: Index) -> None:  # type: ignore[no-untyped-def]
    answer = ask("有哪些报告？", "collection")
    assert len(answer.verdicts) == len(answer.citations) == len(index.reports)
    check_citations(answer, index)
    for citation in answer.citations:
        assert (
            "".join(citation.quote.split()) in "".join((citation.title or "").split())
            or citation.title in citation.quote
        )
