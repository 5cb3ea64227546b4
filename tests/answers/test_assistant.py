"""Questions to answers on the five seed reports: every quote a slice, every report answered for."""

import re
from collections import Counter

import pytest

from xiangwen.answers import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, Store
from xiangwen.questions.request import LONGEST_QUESTION

LAWYERS = "哪些乡镇为每个村都聘请了律师？"
QUESTIONS = [
    LAWYERS,
    "Which townships hire a lawyer for every village?",
    "哪些乡镇推行了河长制？",
    "哪个乡镇发的宣传材料最多？",
    "五份报告里的罚款加起来一共多少钱？",
    "善感乡存在哪些不足？",
    "总结万灵镇的普法工作",
    "白土乡和善感乡，哪边发的宣传资料更多？",
    "How many disputes did Baitu settle?",
    "六塘乡2023年一共发了多少件文？",
    "白土乡2024年财政收入是多少？",
    "北京市朝阳区的报告怎么说？",
]


@pytest.fixture(scope="module")
def assistant(store: Store) -> Assistant:
    return Assistant(store)


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> dict[str, Answer]:
    return {question: assistant.ask(question) for question in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_is_a_slice_of_its_report(index: Index, answers: dict[str, Answer], question: str) -> None:
    texts = {report.id: report.text for report in index.reports}
    for citation in answers[question].citations:
        assert citation.quote == texts[citation.report][citation.start : citation.end] != ""


@pytest.mark.parametrize("question", QUESTIONS)
def test_markers_and_citations_name_each_other(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    markers = list(dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", answer.text)))
    assert markers == [citation.n for citation in answer.citations]
    assert {n for verdict in answer.verdicts for n in verdict.citations} <= set(markers)


@pytest.mark.parametrize("question", [q for q in QUESTIONS if "哪些乡镇" in q or "Which townships" in q or "哪个" in q])
def test_every_report_is_answered_for_exactly_once(index: Index, answers: dict[str, Answer], question: str) -> None:
    judged = Counter(verdict.report for verdict in answers[question].verdicts)
    assert judged == Counter(report.id for report in index.reports)


@pytest.mark.parametrize("question", QUESTIONS[:2])
def test_four_of_five_townships_have_a_lawyer_for_every_village(answers: dict[str, Answer], question: str) -> None:
    said = {verdict.township: verdict.verdict for verdict in answers[question].verdicts}
    assert said.pop("善感乡") == "silent"
    assert set(said) == {"白土乡", "土门关乡", "六塘乡", "万灵镇"}
    assert set(said.values()) <= {"yes", "partial"}


def test_the_first_line_counts_the_verdicts_and_what_was_checked(answers: dict[str, Answer]) -> None:
    first = answers[LAWYERS].text.splitlines()[0]
    assert "1 个未提及" in first
    assert "共检查 5 份报告" in first


def test_what_no_report_says_is_silent_five_times(answers: dict[str, Answer]) -> None:
    answer = answers["哪些乡镇推行了河长制？"]
    assert [verdict.verdict for verdict in answer.verdicts] == ["silent"] * 5
    assert (answer.answered, answer.reason, answer.citations) == (False, "no_evidence", ())
    assert answer.nearest, "the nearest passages go along, marked as no answer"


@pytest.mark.parametrize(
    ("question", "reason"),
    [("白土乡2024年财政收入是多少？", "no_evidence"), ("北京市朝阳区的报告怎么说？", "unknown_report")],
)
def test_what_the_reports_do_not_say_is_not_answered(answers: dict[str, Answer], question: str, reason: str) -> None:
    answer = answers[question]
    assert (answer.answered, answer.reason, answer.citations) == (False, reason, ())


def test_a_township_of_nearly_that_name_is_suggested_not_answered_from(assistant: Assistant) -> None:
    answer = assistant.ask("白土镇罚款多少？")
    assert (answer.answered, answer.reason, answer.citations) == (False, "unknown_report", ())
    assert "您是不是想问黔江区白土乡" in answer.text


def test_a_rank_names_the_first_with_its_number(answers: dict[str, Answer]) -> None:
    answer = answers["哪个乡镇发的宣传材料最多？"]
    first = answer.verdicts[0]
    assert (first.township, first.value.number if first.value else None) == ("万灵镇", 20_000)
    basis, head = answer.text.splitlines()[:2]
    assert basis.startswith("台账") and "2万余份" in head


def test_a_sum_adds_what_is_of_one_kind(answers: dict[str, Answer]) -> None:
    assert "18970" in answers["五份报告里的罚款加起来一共多少钱？"].text


def test_shortcomings_are_the_reports_own_items_from_that_section_alone(answers: dict[str, Answer]) -> None:
    citations = answers["善感乡存在哪些不足？"].citations
    assert len(citations) == 3
    assert {citation.section[0] for citation in citations} == {"三、存在的不足"}


def test_a_summary_keeps_the_order_of_the_report(answers: dict[str, Answer]) -> None:
    starts = [citation.start for citation in answers["总结万灵镇的普法工作"].citations]
    assert len(starts) > 3
    assert starts == sorted(starts)


def test_an_english_question_is_answered_in_english(answers: dict[str, Answer]) -> None:
    answer = answers["How many disputes did Baitu settle?"]
    assert answer.language == "en"
    assert "163件" in answer.text


def test_a_figure_among_six_is_found_in_english(index: Index) -> None:
    assert "20人" in Assistant(index).ask("How many law-literate villagers did Wanling train?").text


def _strange_inputs() -> list[str]:
    """Two hundred: fragments of questions mixed with what people paste, mistype or try out."""
    pieces = [
        "善感乡",
        "哪些乡镇",
        "罚款",
        "2024年",
        "最多",
        "?",
        "！！！",
        "😀",
        "<b>",
        "' OR 1=1 --",
        "SELECT *",
        "\u202e",
        "مرحبا",
        "\t",
        "%s",
        "{}",
        "\\x00",
        "[1]",
        "http://a.b/?c=d",
        "呢",
        "and",
        "比",
        "Wanling",
        "９９",
        "……",
        "(",
        "“",
    ]
    return ["".join(pieces[(i * k) % len(pieces)] for k in range(1, 2 + i % 6)) for i in range(1, 198)] + [
        "x" * 1999,
        "村" * 1500,
        "，" * 900,
    ]


@pytest.mark.slow
def test_two_hundred_strange_inputs_get_an_answer_or_a_polite_refusal(index: Index) -> None:
    assistant = Assistant(index, judge=False)
    for text in _strange_inputs():
        answer = assistant.ask(text, history=["白土乡罚款多少？"] if len(text) % 2 else [])
        assert answer.text, text
        assert answer.answered or not answer.citations, text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "a" * (LONGEST_QUESTION + 1),
        "😀😀😀",
        "'; DROP TABLE reports; --",
        "<script>alert(1)</script>",
        "！！！",
        "\u202eمرحبا",
        "善感乡",
        "[1] [2]",
    ],
)
def test_strange_input_gets_an_answer_or_a_polite_refusal(assistant: Assistant, text: str) -> None:
    answer = assistant.ask(text)
    assert answer.text
    assert answer.answered or not answer.citations


def test_reports_that_were_not_chosen_do_not_answer(assistant: Assistant, index: Index) -> None:
    chosen = [report for report in index.reports if report.name in ("白土乡", "万灵镇")]
    answer = assistant.ask(LAWYERS, reports=[report.id for report in chosen])
    assert {verdict.township for verdict in answer.verdicts} == {"白土乡", "万灵镇"}
    assert answer.checked_reports == 2
    assert {citation.report for citation in answer.citations} <= {report.id for report in chosen}


@pytest.mark.parametrize(
    "question",
    [
        "土门关乡聘请律师了吗？",
        "比较土门关乡和白土乡的普法",
        "2023年哪些乡镇聘请了律师？",
        "湟中区哪些乡镇聘请了律师？",
    ],
)
def test_a_question_about_what_was_not_chosen_is_told_so(assistant: Assistant, index: Index, question: str) -> None:
    answer = assistant.ask(question, reports=[r.id for r in index.reports if r.name in ("白土乡", "万灵镇")])
    assert not answer.answered and answer.reason == "unknown_report" and not answer.citations
    assert "不在所选的 2 份报告（白土乡、万灵镇）之内" in answer.text


def test_a_follow_up_leans_on_a_township_only_while_it_is_chosen(assistant: Assistant, index: Index) -> None:
    chosen = [report.id for report in index.reports if report.name != "土门关乡"]
    answer = assistant.ask("它聘请律师了吗？", ["土门关乡存在哪些不足？"], chosen)
    assert answer.text.startswith("土门关乡不在所选的 4 份报告")


def test_numbers_of_places_that_are_named_are_added_up(assistant: Assistant) -> None:
    answer = assistant.ask("白土乡、善感乡、六塘乡一共发了多少份宣传资料？")
    assert answer.text.startswith("合计 5000余份（2000余份 + 2000余份 + 1000余份）")
    assert answer.figure is not None and answer.figure.number == 5000
    assert len({citation.report for citation in answer.citations}) == 3


def test_how_a_question_was_read_stands_in_every_answer_of_its_kind(assistant: Assistant) -> None:
    assert "按各级乡镇理解" in assistant.ask("2024年哪些镇聘请了法律顾问？").text


def test_who_does_not_speak_of_a_matter_is_named(assistant: Assistant) -> None:
    answer = assistant.ask("哪些乡镇没有提到民法典？")
    assert answer.text.startswith("2 个乡镇没有提到，3 个提到了")
    assert sorted(map(answer.word_of, answer.verdicts)) == ["提到了"] * 3 + ["没提到"] * 2
    assert "没有提到：" in answer.text


def test_a_sum_of_numbers_that_are_more_is_more(assistant: Assistant) -> None:
    answer = assistant.ask("各乡镇发放宣传资料一共多少份？")
    assert answer.figure is not None and (answer.figure.number, answer.figure.text) == (25400, "25400余份")


@pytest.mark.parametrize("noise", ["asdfghjkl", "qwerty", "foo bar baz", "<img src=x onerror=alert(1)>"])
def test_keyboard_noise_is_no_question_about_the_reports(assistant: Assistant, noise: str) -> None:
    assert assistant.ask(noise).reason == "off_topic"
