"""What reports have in common, and what each of them says."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from folders import TESTS

from xiangwen.answers import assistant as assistants
from xiangwen.answers.answer import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.answers.common import (
    Clause,
    CommonTheme,
    aim,
    broader,
    by_theme,
    catalogue_for,
    in_common,
    in_turn,
    passages_told_of,
    sentence_of,
    sentence_read,
    split_clauses,
    tells_deed,
    tells_lack,
    topic,
    without_mark,
)
from xiangwen.answers.themes import CATALOGUES, CatalogueName, SentenceRead, groups, known, of_matter, theme_model
from xiangwen.encoding import Encoder
from xiangwen.exports import check_citations, read_answer
from xiangwen.index import Index
from xiangwen.questions import Atlas, Question, understand
from xiangwen.questions.classifier import shipped_classifier
from xiangwen.questions.kind_asked import QuestionKind
from xiangwen.questions.matter_asked import MATTER_CLASSIFIER, NO_MATTER
from xiangwen.training.themes import read_sentences


def read(question: str) -> Question:
    return understand(question, Atlas(()))


def test_a_sentence_is_taken_apart_into_its_matters() -> None:
    assert split_clauses("一是执法力量薄弱，普法形式单一；") == ["执法力量薄弱", "普法形式单一"]
    assert split_clauses("（二）法治宣传形式不够丰富、群众参与的积极性不高。") == [
        "法治宣传形式不够丰富",
        "群众参与的积极性不高",
    ]


def test_a_broader_matter_is_told_where_more_reports_have_it_than_any_theme_that_it_unites() -> None:
    form = CommonTheme("普法宣传形式单一", "", (Clause(1, 1, ""), Clause(2, 2, "")), "publicity_form")
    reach = CommonTheme("普法没有覆盖", "", (Clause(3, 2, ""), Clause(4, 3, "")), "publicity_coverage")
    (united,) = broader([form, reach], "theme")
    assert (united.zh, united.reports) == ("普法宣传不够", (1, 2, 3))
    assert broader([form], "theme") == []


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_broader_matters_unite_themes_that_are_known(catalogue: CatalogueName) -> None:
    ids = {theme.id for theme in known(catalogue)}
    assert all(len(group.of) > 1 and group.of <= ids for group in groups(catalogue))


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


def test_a_question_after_common_problems_as_such_is_limited_to_no_matter() -> None:
    assert topic(read("这些乡镇共同存在的问题有哪些？")) == ()
    assert [term.asked for term in topic(read("在普法方面普遍的短板是什么"))] == ["普法"]


@pytest.fixture(scope="module")
def assistant(index: Index) -> Assistant:
    return Assistant(index, judge=False)


LACKS, PLANS = "三、存在的不足", "四、下一步打算"


def as_read(heading: str, sentences: Iterable[str]) -> list[SentenceRead]:
    return [sentence_read(without_mark(sentence), [heading]) for sentence in sentences]


def ids_told(catalogue: CatalogueName, scores: np.ndarray) -> list[set[str]]:
    """The themes of each sentence."""
    return [{theme.id for theme, score in zip(known(catalogue), row, strict=True) if score} for row in scores.tolist()]


def told(encoder: Encoder, catalogue: CatalogueName, heading: str, *sentences: str) -> list[set[str]]:
    """The themes of each sentence under a heading, by its characters and its vector."""
    read = as_read(heading, sentences)
    vectors = np.asarray(encoder.encode_document([(heading, sentence.text) for sentence in read]))
    return ids_told(catalogue, theme_model(catalogue).told(read, vectors, encoder.fingerprint))


def test_every_labelled_sentence_stands_in_its_report_and_its_themes_in_the_catalogue() -> None:
    sentences = read_sentences(TESTS / "learning")  # a KeyError names the passage that its report does not have
    assert {sentence.told for sentence in sentences} == {"shortcoming", "plan", "done"}
    ids = {catalogue: {theme.id for theme in known(catalogue)} for catalogue in ("theme", "measure")}
    assert [s for s in sentences if not s.labels <= ids[s.catalogue]] == []
    for catalogue, named in ids.items():  # none is known that nothing can be learned of
        assert named == {name for s in sentences if s.catalogue == catalogue for name in s.labels}


def test_whether_all_villages_have_advisers_and_what_these_do_are_two_shortcomings(encoder: Encoder) -> None:
    sentences = {
        "一是8个村仅有2个村与律师签订了协议；": "village_advisers_missing",
        "尚有3个村没有聘到法律顾问；": "village_advisers_missing",
        "（一）法律顾问虽已配齐，但到村次数少，作用发挥不够。": "adviser_role",
        "顾问律师挂名的多、到场的少。": "adviser_role",
    }
    assert told(encoder, "theme", LACKS, *sentences) == [{theme} for theme in sentences.values()]


def test_a_sentence_that_lists_two_lacks_has_both(encoder: Encoder) -> None:
    assert told(
        encoder,
        "theme",
        LACKS,
        "一是执法力量薄弱，普法形式单一；",
        "执法人手不足，村规民约多年没有修订。",
    ) == [
        {"enforcement_staff", "publicity_form"},
        {"enforcement_staff", "village_rules_review"},
    ]


def test_what_will_be_done_about_a_lack_is_no_lack() -> None:
    assert tells_deed("进一步加强执法队伍建设")
    assert tells_deed("加强执法人员培训，提高业务能力")
    assert not tells_deed("执法队伍建设仍需加强")


def test_a_plan_has_its_measures(encoder: Encoder) -> None:
    assert told(encoder, "measure", PLANS, "给执法队添两台记录仪", "充实执法力量，招录两名法学专业人员") == [
        {"equipment"},
        {"enforcement_staff"},
    ]


def test_with_the_vectors_of_another_encoder_the_characters_alone_decide() -> None:
    model = theme_model("theme")
    read = as_read(LACKS, ["尚有3个村没有聘到法律顾问；", "一是执法力量薄弱，普法形式单一；", "今年雨水多。"])
    rng = np.random.default_rng(0)
    own, others, longer = (rng.normal(size=(3, n)).astype(np.float32) for n in (len(model.centre), 384, 1024))
    by_characters = model.told(read, others, "another")
    assert ids_told("theme", by_characters) == [
        {"village_advisers_missing"},
        {"enforcement_staff", "publicity_form"},
        set(),
    ]
    assert np.array_equal(model.told(read, longer, "another"), by_characters)
    assert not np.array_equal(model.told(read, own, model.encoder), by_characters)


def test_every_matter_that_may_be_asked_for_has_its_measures() -> None:
    matters = shipped_classifier(MATTER_CLASSIFIER, (), with_vector=True).classes
    assert len(matters) > 40 and all(of_matter(matter, "measure") for matter in matters if matter != NO_MATTER)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "theme"),
    [
        ("大多数乡镇靠哪些法子化解矛盾？", "人民调解化解纠纷"),
        ("各家普遍怎么搞普法？", "普法宣传活动与讲座"),
    ],
)
def test_what_is_done_in_one_matter_is_told_by_its_measures(assistant: Assistant, question: str, theme: str) -> None:
    answer = assistant.ask(question)
    names = [told.name for told in answer.themes]
    assert answer.kind == "common" and theme in names
    assert not any(re.fullmatch(r"\d{4}年|.*报告如下", name) for name in names)


def test_the_classifiers_are_of_the_encoder_that_ships(encoder: Encoder) -> None:
    assert {theme_model(catalogue).encoder for catalogue in ("theme", "measure")} == {encoder.fingerprint}


def test_all_reports_have_their_turn_where_not_every_sentence_is_read() -> None:
    sentences = [Clause(n, report, f"第{n}句") for n, report in enumerate((0, 0, 0, 1, 2, 2))]
    assert [clause.passage for clause in in_turn(sentences, 4)] == [0, 3, 4, 1]


def test_a_passage_tells_of_known_themes_or_is_left_to_likeness(index: Index) -> None:
    lacks = passages_told_of(index, "shortcoming", np.arange(len(index.passages)))
    found, left = by_theme(index, lacks, "theme")
    under = {clause.passage for common in found for clause in common.clauses}
    assert under and not under & set(left)
    assert under | set(left) == {
        p for p in lacks if len(sentence_of(index, p)) >= 5 and not tells_deed(sentence_of(index, p))
    }
    assert {theme.zh for theme in known("theme")} >= {common.zh for common in found}
    for common in in_common(index, np.array(lacks), "theme"):
        assert len(common.reports) > 1
        assert all(int(index.report_of[clause.passage]) == clause.report for clause in common.clauses)


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
    in_chinese = {theme.zh for theme in known("theme")}  # what no theme knows keeps the words of its reports
    assert in_chinese.isdisjoint(theme.name for theme in english.themes)


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
