"""What reports have in common, and what each of them says."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from xiangwen.answers import assistant as assistants
from xiangwen.answers.answer import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.answers.common import (
    Clause,
    aim,
    catalogue_for,
    in_common,
    split_clauses,
    tells_deed,
    tells_lack,
    topic,
    without_mark,
)
from xiangwen.exports import check_citations, read_answer
from xiangwen.index import Index
from xiangwen.questions import Atlas, Question, understand
from xiangwen.questions.kind_asked import QuestionKind


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


def test_a_measure_is_looked_up_in_the_catalogue_unless_one_matter_is_named() -> None:
    assert catalogue_for(read("各乡镇普遍采取了哪些做法？")) == "measure"
    assert catalogue_for(read("各乡镇下一步计划有哪些共同点？")) == "measure"
    assert catalogue_for(read("大家一般都怎么给老百姓普法的？")) is None
    assert catalogue_for(read("各乡镇普遍存在的问题有哪些？")) == "theme"


def test_what_will_be_done_about_a_lack_is_no_lack() -> None:
    assert tells_deed("进一步加强执法队伍建设")
    assert not tells_deed("执法队伍建设仍需加强")


def test_a_question_after_common_problems_as_such_is_limited_to_no_matter() -> None:
    assert topic(read("这些乡镇共同存在的问题有哪些？")) == ()
    assert [term.asked for term in topic(read("在普法方面普遍的短板是什么"))] == ["普法"]


@pytest.fixture(scope="module")
def assistant(index: Index) -> Assistant:
    return Assistant(index, judge=False)


def said(report: int, *sentences: str) -> list[Clause]:
    return [
        Clause(100 * report + number, report, words, without_mark(sentence))
        for number, sentence in enumerate(sentences)
        for words in split_clauses(sentence)
    ]


@pytest.mark.slow
def test_whether_all_villages_have_advisers_and_what_these_do_are_two_shortcomings(index: Index) -> None:
    clauses = [
        *said(0, "一是8个村仅有2个村与律师签订了协议；", "二是执法人员只有4人，还要驻村、防汛。"),
        *said(1, "（一）法律顾问虽已配齐，但到村次数少，作用发挥不够。", "（二）执法人手紧张，缺员5名。"),
        *said(2, "尚有3个村没有聘到法律顾问；", "顾问律师挂名的多、到场的少。"),
    ]
    found = {common.zh: common.reports for common in in_common(clauses, index.encoder, "theme")}
    assert found == {
        "执法力量不足": (0, 1),
        "村（社区）法律顾问没有配齐": (0, 2),
        "法律顾问作用发挥不够": (1, 2),
    }


@pytest.fixture
def ask(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Ask a question as one of a given kind."""

    def asked(question: str, kind: QuestionKind) -> Answer:
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
