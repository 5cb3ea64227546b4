"""Taking an answer away: Word, Excel and Markdown with every citation, and nothing that the reports do not say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from xiangwen.answers import Answer, Line
from xiangwen.answers.assistant import Assistant
from xiangwen.cli import main
from xiangwen.exports import (
    ExportProblem,
    UnfoundedCitation,
    check_citations,
    read_answer,
    to_docx,
    to_markdown,
    to_xlsx,
    write_file,
)
from xiangwen.exports.markdown import escape
from xiangwen.index import Index

WHICH = "哪些乡镇为每个村都聘请了律师？"
QUESTIONS = (
    WHICH,
    "哪个乡镇发的宣传材料最多？",
    "善感乡存在哪些不足？",
    "比较白土乡和万灵镇的矛盾纠纷调解",
    "河长制？",
)


@pytest.fixture(scope="module")
def asked(index: Index) -> Callable[[str], Answer]:
    assistant = Assistant(index)
    answers = {question: assistant.ask(question) for question in QUESTIONS}
    return answers.__getitem__


def words_of(document: bytes) -> str:
    opened = Document(BytesIO(document))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells])


def squeezed(text: str) -> str:
    """Titles run over two lines in some reports, and stand in one here."""
    return "".join(text.split())


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_kind_of_file_holds_every_citation_with_its_source(asked: Callable[[str], Answer], question: str) -> None:
    answer = asked(question)
    markdown = MarkdownIt().enable("table").render(to_markdown(answer))
    sheets = load_workbook(BytesIO(to_xlsx(answer)))
    cells = {cell.value for row in sheets.worksheets[-1].iter_rows() for cell in row}
    for text in (words_of(to_docx(answer)), markdown):
        assert question in text
        for citation in answer.citations:
            for said in (citation.quote, citation.township, str(citation.year), citation.title, citation.file):
                assert said and squeezed(said) in squeezed(text)
            assert all(squeezed(heading) in squeezed(text) for heading in citation.section)
    for citation in answer.citations:
        assert {citation.quote, citation.township, citation.year, citation.title, citation.file} <= cells


def test_the_workbook_has_one_row_a_township_that_can_be_filtered(asked: Callable[[str], Answer]) -> None:
    sheets = load_workbook(BytesIO(to_xlsx(asked(WHICH))))
    _, townships, citations = sheets.worksheets
    top, *rows = townships.iter_rows(values_only=True)
    assert [row[0] for row in rows] == [verdict.township for verdict in asked(WHICH).verdicts]
    assert {"乡镇", "判断", "数值", "单位", "原文", "章节", "文件", "把握", "县区", "省份", "年度"} <= set(top)
    for sheet in (townships, citations):
        assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref.startswith("A1:")
    rank = load_workbook(BytesIO(to_xlsx(asked(QUESTIONS[1])))).worksheets[1]
    values = [row[list(top).index("数值")] for row in rank.iter_rows(min_row=2, values_only=True)]
    assert values[0] == 20000 and values[-1] is None


def test_no_cell_is_a_formula(asked: Callable[[str], Answer]) -> None:
    answer = asked(WHICH)
    for mark in "=+-@":
        evil = f'{mark}HYPERLINK("http://evil.example")'
        changed = replace(
            answer,
            lines=(Line("head", evil), *answer.lines),
            citations=tuple(replace(c, quote=evil, file=evil, title=evil) for c in answer.citations),
            verdicts=tuple(replace(v, township=evil, file=evil) for v in answer.verdicts),
        )
        for sheet in load_workbook(BytesIO(to_xlsx(changed))):
            for row in sheet.iter_rows():
                assert all(cell.data_type in ("s", "n") and cell.hyperlink is None for cell in row)
            assert evil in {cell.value for row in sheet.iter_rows() for cell in row}


strange = st.text(max_size=40) | st.sampled_from(
    ["<script>x</script>", "[a](javascript:x)", "![b](http://e/x.png)", "1. a", "- b", "a|b", "# c", "http://e www.e"]
)


@given(strange)
@settings(max_examples=200, deadline=None)
def test_what_a_report_says_is_text_in_markdown(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).enable("table").parse(escape(text))
    assert {t.type for t in tokens} <= {"paragraph_open", "paragraph_close", "inline"}
    inside = [child for token in tokens for child in token.children or ()]
    assert {t.type for t in inside} <= {"text", "text_special"}


@given(strange)
@settings(max_examples=30, deadline=None)
def test_any_text_fits_into_word_and_excel(text: str) -> None:
    answer = Answer(text, "zh", "fact", True, None, (Line("words", f"\x00{text}\ud800"),), (), (), 1, 1, 0.0)
    assert to_docx(answer) and to_xlsx(answer)


def test_the_json_of_an_answer_is_read_back(asked: Callable[[str], Answer], index: Index) -> None:
    for question in QUESTIONS:
        answer = asked(question)
        again = read_answer(json.loads(json.dumps(answer.to_dict())))
        check_citations(again, index)
        assert again == replace(answer, milliseconds=0.0)


@pytest.mark.parametrize(
    "damage",
    [
        lambda a: [a],
        lambda a: {**a, "text": 7},
        lambda a: {**a, "kind": "poem"},
        lambda a: {**a, "checked": None},
        lambda a: {**a, "citations": [{**a["citations"][0], "start": "1"}]},
        lambda a: {**a, "citations": a["citations"][:1] * 2},
        lambda a: {**a, "citations": [{"n": 1}]},
        lambda a: {**a, "verdicts": [{**a["verdicts"][0], "citations": [99]}]},
        lambda a: {**a, "verdicts": [{**a["verdicts"][0], "value": {"number": True, "unit": "", "text": ""}}]},
    ],
)
def test_what_is_no_answer_is_refused(asked: Callable[[str], Answer], damage: Callable[[Any], Any]) -> None:
    with pytest.raises(ExportProblem, match="不是一个答案"):
        read_answer(damage(json.loads(json.dumps(asked(WHICH).to_dict()))))


def test_a_text_that_its_lines_do_not_say_is_refused(asked: Callable[[str], Answer]) -> None:
    body = json.loads(json.dumps(asked(WHICH).to_dict()))
    with pytest.raises(UnfoundedCitation, match="不符"):
        read_answer({**body, "text": body["text"].replace("土门关乡", "善感乡")})


def test_a_quote_that_the_report_does_not_say_is_refused(asked: Callable[[str], Answer], index: Index) -> None:
    answer = asked(WHICH)
    first = answer.citations[0]
    for changed in (
        replace(first, quote="不" + first.quote[1:]),
        replace(first, start=first.start + 1),
        replace(first, start=-1),
        replace(first, file="other.txt"),
        replace(first, report="000000000000"),
        replace(first, township="别的镇"),
        replace(first, county="别的县"),
        replace(first, year=1998),
        replace(first, title="另一份报告"),
        replace(first, section=("一、别的章节",)),
        replace(first, page=7),
    ):
        with pytest.raises(UnfoundedCitation):
            check_citations(replace(answer, citations=(changed, *answer.citations[1:])), index)


def test_a_verdict_that_its_report_does_not_bear_out_is_refused(asked: Callable[[str], Answer], index: Index) -> None:
    answer = asked("哪个乡镇发的宣传材料最多？")
    best, *others = answer.verdicts
    assert best.value is not None and others[0].citations
    for changed in (
        replace(best, township="别的镇"),
        replace(best, year=1998),
        replace(best, verdict="silent"),
        replace(best, citations=others[0].citations),
        replace(best, value=replace(best.value, number=best.value.number + 1)),
        replace(best, value=replace(best.value, text="9999件")),
    ):
        with pytest.raises(UnfoundedCitation):
            check_citations(replace(answer, verdicts=(changed, *others)), index)


def test_a_sum_is_borne_out_where_all_that_it_adds_up_is_quoted(asked: Callable[[str], Answer], index: Index) -> None:
    answer = asked("哪个乡镇发的宣传材料最多？")
    best, *others = answer.verdicts
    assert best.value is not None
    one, text = best.value.number, best.value.text
    twice = replace(best.value, number=2 * one, text=f"{text}+{text}", parts=(text, text))
    check_citations(replace(answer, verdicts=(replace(best, value=twice), *others)), index)
    for changed in (
        replace(twice, number=one),
        replace(twice, text=text),
        replace(twice, text=f"{text}+1份", number=one + 1, parts=(text, "1份")),
        replace(twice, parts=()),
    ):
        with pytest.raises(UnfoundedCitation):
            check_citations(replace(answer, verdicts=(replace(best, value=changed), *others)), index)


def test_ask_writes_the_answer_into_a_file(index_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "律师.docx"
    with pytest.raises(SystemExit) as stopped:
        main(["ask", WHICH, "--index", str(index_dir), "--output", str(file)])
    assert not stopped.value.code and WHICH in words_of(file.read_bytes())
    assert [path.name for path in tmp_path.iterdir()] == ["律师.docx"]
    with pytest.raises(SystemExit) as stopped:
        main(["ask", WHICH, "--index", str(index_dir), "--output", "律师.pdf"])
    assert stopped.value.code == 1 and "以 .docx、.xlsx 或 .md 结尾" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_leaves_nothing_behind(asked: Callable[[str], Answer], tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()
    with pytest.raises(OSError):
        write_file(asked(WHICH), tmp_path / "a.md")
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
