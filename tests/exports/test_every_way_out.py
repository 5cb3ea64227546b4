"""Every way out of the house says what an answer's lines say: the text, the page, a terminal, Word, Excel, Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import get_args

import pytest
from docx import Document
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from xiangwen.answers import Answer, Citation, Line, Value, Verdict
from xiangwen.answers.answer import AnswerKind, Theme
from xiangwen.answers.lines import Named
from xiangwen.answers.together import together
from xiangwen.cli.terminal import print_answer
from xiangwen.exports import ExportProblem, read_answer, to_docx, to_markdown, to_xlsx
from xiangwen.web.render import answer_steps, as_text
from xiangwen.web.seal import Seal

KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)
BASIS = "说明：“哪几个镇”按各级乡镇理解，不只是镇。"
WORDS = "没有给出数字：沉默乡"
NOTE = "说明：“白士乡”按白土乡理解。"
SUM = Value(139.0, "件", "19件+120件", ("19件", "120件"))
QUOTES = ("调解纠纷19件、信访120件。", "聘请律师3名。")
CITED = tuple(
    Citation(n, f"r{n}", f"{n}.txt", f"第{n}乡", "某县", None, 2024, "总结", ("一、做法",), 0, len(quote), quote)
    for n, quote in enumerate(QUOTES, start=1)
)
SILENT = Verdict("s", "s.txt", "沉默乡", "某县", 2024, "silent", 0.8, None, ())
VERDICTS = (
    *(Verdict(c.report, c.file, c.township, c.county, c.year, "yes", 0.9, SUM, (c.n,)) for c in CITED),
    SILENT,
)
SHOWN: dict[AnswerKind, tuple[Line, ...]] = {
    "fact": tuple(Line("evidence", f"第{n}乡2024年", citations=(n,)) for n in (1, 2)),
    "number": (Line("evidence", "第1乡2024年", "19件", citations=(1, 2)),),
    "list": tuple(Line("item", citations=(n,), number=n) for n in (1, 2)),
    "which": tuple(Line("verdict", f"第{n}乡", verdict="yes", citations=(n,)) for n in (1, 2)),
    "rank": (*(Line("value", f"第{n}乡", SUM.text, citations=(n,)) for n in (1, 2)), Line("silent", "沉默乡")),
    "compare": tuple(Line("evidence", f"第{n}乡2024年", SUM.text, citations=(n,)) for n in (1, 2)),
    "summary": tuple(Line("item", citations=(n,), number=n) for n in (1, 2)),
    "collection": (Line("group", "某县", named=(Named("第1乡", 1), Named("第2乡", 2), Named("沉默乡")), count=9),),
    "common": (Line("theme", "力量不足", citations=(1, 2), number=1, named=(Named("甲", 1), Named("乙", 2)), count=3),),
    "none": (),
}
"""The lines in which each kind of answer shows its evidence."""


def answer_of(kind: AnswerKind) -> Answer:
    """An answer of one kind with a line of every role that says something in a sentence."""
    if kind == "several":
        return together("调解了多少件？哪几个镇最多？", [answer_of("number"), answer_of("rank")])
    answered, judged = kind != "none", kind in ("which", "rank", "compare", "collection")
    lines = (Line("basis", BASIS), Line("head", "2 个乡镇有"), *SHOWN[kind], Line("words", WORDS), Line("note", NOTE))
    return Answer(
        question="哪几个镇调解的纠纷最多？",
        language="zh",
        kind=kind,
        answered=answered,
        reason=None if answered else "no_evidence",
        lines=lines,
        citations=CITED if answered else (),
        verdicts=VERDICTS if judged else (),
        checked_reports=3,
        checked_passages=99,
        milliseconds=0.0,
        figure=SUM if kind == "rank" else None,
        themes=(Theme("力量不足", ("1.txt", "2.txt", "3.txt"), (1, 2)),) if kind == "common" else (),
        nearest=() if answered else CITED,
    )


def on_the_terminal(answer: Answer) -> str:
    screen = StringIO()
    with redirect_stdout(screen):
        print_answer(answer)
    return screen.getvalue()


def in_word(answer: Answer) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(to_docx(answer))).paragraphs)


def on_the_first_sheet(answer: Answer) -> str:
    sheet = load_workbook(BytesIO(to_xlsx(answer))).worksheets[0]
    return "\n".join(str(cell.value) for cell in sheet["A"])


WAYS: dict[str, Callable[[Answer], str]] = {
    "text": lambda answer: answer.text,
    "copy": as_text,
    "page": lambda answer: list(answer_steps(answer, 3))[-1],
    "terminal": on_the_terminal,
    "Word": in_word,
    "Excel": on_the_first_sheet,
    "Markdown": lambda answer: MarkdownIt().enable("table").render(to_markdown(answer)),
    "JSON": lambda answer: "\n".join(line["words"] for line in answer.to_dict()["lines"]),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_how_a_question_was_read_and_on_what_its_answer_rests_is_said(kind: AnswerKind, way: str) -> None:
    shown = WAYS[way](answer_of(kind))
    assert [said for said in (BASIS, "2 个乡镇有", WORDS, NOTE) if said not in shown] == []


@pytest.mark.parametrize("way", ["page", "terminal", "Word", "Excel", "Markdown"])
@pytest.mark.parametrize("kind", ["which", "rank", "compare"])
def test_what_a_table_says_of_each_report_is_not_said_above_it_as_well(kind: AnswerKind, way: str) -> None:
    answer = answer_of(kind)
    shown = WAYS[way](answer)
    assert [line for line in SHOWN[kind] if answer.words_of(line) in shown] == []


@pytest.mark.parametrize("way", ["page", "terminal", "Markdown"])
def test_the_table_gives_the_total_of_a_sum(way: str) -> None:
    assert "19件+120件=139件" in WAYS[way](answer_of("rank"))


@pytest.mark.parametrize("way", ["terminal", "Word", "Excel", "Markdown"])
def test_what_was_searched_is_said_once(way: str) -> None:
    below = answer_of("number")
    assert "共检查 3 份报告、99 句。" in WAYS[way](below)
    head = Line("head", "1 个乡镇有（共检查 3 份报告、99 句）", says_searched=True)
    assert WAYS[way](replace(below, lines=(head, *SHOWN["number"]))).count("共检查") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_comes_back_as_json_reads_the_same_everywhere(kind: AnswerKind, tmp_path: Path) -> None:
    answer, seal = answer_of(kind), Seal(tmp_path)
    again = read_answer(json.loads(json.dumps(answer.to_dict())))
    assert again == answer
    assert [way for way, shown in WAYS.items() if shown(again) != shown(answer)] == []
    assert seal.holds(again, seal.of(answer))


def test_a_line_that_was_given_another_role_breaks_the_seal(tmp_path: Path) -> None:
    answer, seal = answer_of("which"), Seal(tmp_path)
    *lines, note = answer.to_dict()["lines"]
    hidden = read_answer({**answer.to_dict(), "lines": [*lines, {**note, "role": "caption"}]})
    assert hidden.text == answer.text and NOTE not in in_word(hidden)
    assert not seal.holds(hidden, seal.of(answer))


@pytest.mark.parametrize(
    ("field", "lines"),
    [
        ("lines", None),
        ("lines", [{"role": "poem", "lead": "一行"}]),
        ("lines", [{"role": "evidence", "lead": "第1乡", "citations": [99]}]),
        ("lines", [{"role": "group", "lead": "某县", "named": [{"label": "第1乡", "n": 99}]}]),
        ("lines", [{"role": "verdict", "lead": "第1乡", "citations": [1]}]),
        ("lines", [{"role": "theme", "lead": "力量不足", "citations": [1]}]),
        ("text", [{"role": "evidence", "lead": "第1乡2024年"}]),
        ("text", []),
    ],
)
def test_lines_that_cannot_be_said_or_are_not_the_text_are_refused(field: str, lines: object) -> None:
    with pytest.raises(ExportProblem, match=field):
        read_answer({**answer_of("fact").to_dict(), "lines": lines})
