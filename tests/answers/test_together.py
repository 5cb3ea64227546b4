"""Several questions in one message: one answer, each part under its question, every way out."""

from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from xiangwen.answers import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.cli.terminal import print_answer
from xiangwen.exports import ExportProblem, check_citations, read_answer, to_docx, to_markdown, to_xlsx
from xiangwen.index import Index, Store
from xiangwen.web.render import answer_steps

MESSAGE = "白土乡调解了多少件纠纷？哪些乡镇有法律顾问，各是多少人？"


@pytest.fixture(scope="module")
def assistant(store: Store) -> Assistant:
    return Assistant(store)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(MESSAGE)


def test_each_question_is_answered_as_if_asked_alone(answer: Answer, assistant: Assistant) -> None:
    assert (answer.kind, [part.kind for part in answer.parts]) == ("several", ["number", "which", "rank"])
    alone = assistant.ask("白土乡调解了多少件纠纷？")
    assert answer.parts[0].figure == alone.figure is not None


def test_a_later_question_leans_on_the_one_before(assistant: Assistant) -> None:
    several = assistant.ask("白土乡调解了多少件纠纷？有没有聘请法律顾问？")
    assert {citation.township for citation in several.parts[1].citations} == {"白土乡"}


def test_markers_run_through_and_nothing_is_cited_twice(answer: Answer) -> None:
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert len({(c.report, c.start, c.end) for c in answer.citations}) == len(answer.citations)
    assert all(set(part.citations) <= set(answer.citations) for part in answer.parts)


def test_it_comes_back_as_it_went_out(answer: Answer, index: Index) -> None:
    back = read_answer(answer.to_dict())
    assert back.to_dict()["parts"] == [{**part, "timing_ms": {"total": 0.0}} for part in answer.to_dict()["parts"]]
    check_citations(back, index)


def test_a_part_that_cites_what_the_whole_does_not_is_refused(answer: Answer) -> None:
    changed = answer.to_dict()
    changed["parts"][0]["citations"][0]["quote"] = "别的话"
    with pytest.raises(ExportProblem, match="parts"):
        read_answer(changed)


def test_every_way_out_shows_every_question_and_its_table(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    word = [paragraph.text for paragraph in Document(BytesIO(to_docx(answer))).paragraphs]
    sheets = load_workbook(BytesIO(to_xlsx(answer)))
    first = [str(row[0].value) for row in sheets.worksheets[0].iter_rows()]
    print_answer(answer)
    shown, page, text = capsys.readouterr().out, list(answer_steps(answer, 5))[-1], to_markdown(answer)
    for part in answer.parts:
        assert part.question in word and part.question in first
        assert part.question in shown and part.question in text and f"<h2>{part.question}</h2>" in page
    assert len(sheets.sheetnames) == 4 and page.count("<table") == text.count("\n### ") == 2


def test_the_next_message_leans_on_the_last_question(assistant: Assistant) -> None:
    again = assistant.ask("万灵镇呢？", ["白土乡调解了多少件纠纷？有没有聘请法律顾问？"])
    assert any("法律顾问" in citation.quote for citation in again.citations)


def test_two_numbers_of_different_units_are_not_added_up(assistant: Assistant) -> None:
    answer = assistant.ask("白土乡的罚款金额加上善感乡的调解件数一共是多少？")
    assert answer.text.startswith("单位不同，没有相加：") and answer.figure is None


def test_what_else_gives_sentences_not_given_before(assistant: Assistant) -> None:
    before = assistant.ask("善感乡开展了哪些普法宣传？")
    more = assistant.ask("还有别的吗？", ["善感乡开展了哪些普法宣传？"])
    assert more.citations and not {c.start for c in more.citations} & {c.start for c in before.citations}


def test_no_reason_is_made_up(assistant: Assistant) -> None:
    answer = assistant.ask("为什么？", ["白土乡罚款多少？"])
    assert not answer.answered and "不作推测" in answer.text
