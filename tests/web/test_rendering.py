"""Answers and reports to HTML: pure functions, no browser. No text of a question or a report becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from folders import SEEDS
from hypothesis import given, settings
from hypothesis import strategies as st
from visitor import HOSTILE, LAWYER_ZH

from xiangwen.answers import Answer, Citation, Line, Value, Verdict
from xiangwen.answers.lines import Named
from xiangwen.reports import Metadata, Report, read_folder
from xiangwen.segmentation.passages import split_passages
from xiangwen.segmentation.sections import outline
from xiangwen.web.render import answer_steps, as_text, confidence_word, source_line
from xiangwen.web.source import CitedStretch, Position, source_html

SAFE_TAGS = re.compile(
    "a|article|b|button|details|div|h[123]|i|li|mark|nav|ol|p|q|section|small|span|strong|summary|table|tbody|td|"
    "th|thead|tr|ul"
)
SAFE_ATTRIBUTES = re.compile(
    "aria-(current|hidden|label)|class|data-[a-z]+|disabled|href|id|open|role|scope|style|tabindex|title|type"
)


class _Audit(HTMLParser):
    """Reads HTML as a browser would, and refuses every tag or attribute that the page does not write itself."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marked = ""
        self.copies: list[str] = []
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert SAFE_TAGS.fullmatch(tag), tag
        for name, value in attrs:
            assert SAFE_ATTRIBUTES.fullmatch(name), (tag, name)
            if name == "href":
                assert value is not None and value.startswith("#")
            if name == "data-copy":
                self.copies.append(value or "")
            if name == "style":
                assert re.fullmatch(r"width:\d+(\.\d)?%", value or "")
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if "article" in self._inside:
            self.text += data
        if "mark" in self._inside:
            self.marked += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


REPORT_ROLES = ("evidence", "verdict", "own", "value", "silent", "item", "theme", "group", "missing")
foreign = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12) | st.just("\n"), max_size=5).map("".join)
names = st.none() | foreign


def whole(answer: Answer, reports: int) -> str:
    """The whole answer, of an index of so many reports."""
    return list(answer_steps(answer, reports))[-1]


@st.composite
def citations(draw: st.DrawFn, n: int) -> Citation:
    quote = draw(foreign)
    return Citation(
        n=n,
        report="0123456789ab",
        file=draw(foreign),
        township=draw(names),
        county=draw(names),
        province=draw(names),
        year=2024,
        title=draw(names),
        section=tuple(draw(st.lists(foreign, max_size=3))),
        start=5,
        end=5 + len(quote),
        quote=quote,
        stance=draw(st.sampled_from(["done", "plan", "shortcoming"])),
    )


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    cited = tuple(draw(citations(n)) for n in range(1, draw(st.integers(1, 4))))
    kind = draw(st.sampled_from(["fact", "number", "list", "which", "rank", "compare", "summary", "none"]))
    lines = [Line("head", draw(foreign)), Line("words", draw(foreign) + "[99]"), Line("note", draw(foreign))]
    for c in cited:
        role = draw(st.sampled_from(REPORT_ROLES))
        named = (Named(draw(foreign), c.n), Named(draw(foreign)))
        shown = Line(role, draw(foreign), draw(foreign), "yes", (c.n,), 1, named, draw(st.integers(2, 3)))
        lines.insert(draw(st.integers(0, len(lines))), shown)
    verdicts = tuple(
        Verdict(
            report="0123456789ab",
            file=draw(foreign),
            township=draw(names),
            county=draw(names),
            year=draw(st.none() | st.just(2024)),
            verdict=draw(st.sampled_from(["yes", "partial", "no", "silent"])),
            confidence=draw(st.floats(0, 1)),
            value=draw(st.none() | st.builds(Value, st.floats(0, 1e9), foreign, foreign)),
            citations=(c.n,),
        )
        for c in cited
    )
    answered = draw(st.booleans())
    return Answer(
        question=draw(foreign),
        language=draw(st.sampled_from(["zh", "en"])),
        kind=kind,
        answered=answered,
        reason=None if answered else "no_evidence",
        lines=tuple(lines),
        citations=cited,
        verdicts=verdicts,
        checked_reports=3,
        checked_passages=120,
        milliseconds=1.0,
        nearest=() if answered else cited,
    )


@given(answers())
@settings(max_examples=150, deadline=None)
def test_no_text_of_an_answer_becomes_markup(answer: Answer) -> None:
    _Audit(whole(answer, 5))


lines = st.tuples(st.sampled_from(["", "一、", "（一）", "1."]), foreign).map("".join)


@given(st.lists(lines, max_size=6).map("\n".join), foreign, st.data())
@settings(max_examples=150, deadline=None)
def test_no_text_of_a_report_becomes_markup(text: str, name: str, data: st.DataObject) -> None:
    report = Report("0123456789ab", name, "", text, Metadata(township=name, title=name, year=2024))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    audit = _Audit(source_html(report, outline(report.text), [CitedStretch(1, start, end)], 1, Position(1, 2)))
    assert "".join(audit.text.split()) == "".join(text.encode("utf-8", "replace").decode().split())


def test_the_panel_shows_every_character_and_marks_exactly_the_passage() -> None:
    for report in read_folder(SEEDS).reports:
        for number, passage in enumerate(split_passages(report.text)[::7], start=1):
            audit = _Audit(
                source_html(report, outline(report.text), [CitedStretch(number, passage.start, passage.end)], number)
            )
            assert "".join(audit.text.split()) == "".join(report.text.split())
            assert audit.marked.split() == report.text[passage.start : passage.end].split()


def test_marks_that_overlap_or_lie_outside_are_harmless() -> None:
    report = read_folder(SEEDS).reports[0]
    marks = [
        CitedStretch(1, 10, 40),
        CitedStretch(2, 30, 60),
        CitedStretch(3, -5, 12),
        CitedStretch(4, 10**9, 10**9 + 1),
    ]
    audit = _Audit(source_html(report, outline(report.text), marks, 2))
    assert "".join(audit.text.split()) == "".join(report.text.split())


def _answer(count: int, kind: str = "which") -> Answer:
    cited = tuple(
        Citation(n, f"r{n}", f"{n}.txt", f"第{n}乡", "某县", None, 2024, None, ("一、做法",), 0, 4, "聘请律师")
        for n in range(1, count + 1)
    )
    verdicts = tuple(
        Verdict(c.report, c.file, c.township, c.county, c.year, "yes", 0.9, Value(c.n, "份", f"{c.n}份"), (c.n,))
        for c in cited
    )
    silent = Verdict("s", "s.txt", "沉默乡", None, 2024, "silent", 0.9, None, ())
    lines = (Line("head", f"{count} 个乡镇有："), Line("basis", "台账「份数」"))
    return Answer(LAWYER_ZH, "zh", kind, True, None, lines, cited, (*verdicts, silent), count + 1, 99, 1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["which", "rank"])
def test_an_answer_arrives_conclusion_first_and_in_few_pieces(kind: str) -> None:
    steps = list(answer_steps(_answer(40, kind), 41))
    assert steps[0] == '<p class="xw-conclusion">40 个乡镇有：</p><p class="xw-muted">台账「份数」</p>'
    assert 4 <= len(steps) <= 10
    assert all(later.startswith(earlier) for earlier, later in pairwise(steps))


def test_long_tables_are_folded_and_the_silent_are_counted() -> None:
    shown = whole(_answer(40), 41)
    assert "显示其余 10 个乡镇" in shown and shown.count("xw-beyond") == 10
    assert "未提及：1 份报告" in shown and "沉默乡" in shown
    assert shown.count('data-n="') == 40


def test_a_sentence_stands_once_below_who_says_it() -> None:
    counted = replace(
        _answer(1, "number"),
        lines=(Line("evidence", "某县第1乡2024年", "1份", citations=(1,)), Line("note", "说明：[1]")),
    )
    assert counted.text == "某县第1乡2024年：1份。原文：「聘请律师」[1]\n说明：[1]"
    shown = whole(counted, 2)
    assert shown.startswith('<p class="xw-conclusion">某县第1乡2024年：1份</p><div class="xw-quote">')
    assert shown.count("聘请律师") == 1 and "<p>说明：[1]</p>" in shown  # what only looks like a marker stays text


def test_confidence_is_said_in_words() -> None:
    assert [confidence_word(c) for c in (0.95, 0.7, 0.3)] == ["high", "medium", "low"]
    assert '<span title="90%">高</span>' in whole(_answer(1), 2)


def test_the_bars_of_a_rank_have_an_axis_with_the_unit() -> None:
    assert '<span class="xw-axis"><span>0</span><span>40 份</span></span>' in whole(_answer(40, "rank"), 41)


def test_what_was_checked_is_said_in_one_line() -> None:
    assert "共检查 3/5 份报告、99 句。" in whole(_answer(2), 5)


def test_an_answer_to_paste_elsewhere_says_where_every_quote_stands() -> None:
    said = as_text(_answer(2))
    assert said.startswith(LAWYER_ZH)
    assert said.endswith("[2] 某县第2乡2024年——“一、做法”一节（2.txt）")


def test_a_quote_is_copied_with_its_source() -> None:
    assert (
        source_line("2024年报告", ["一、做法", "（二）宣传。"], "2.txt")
        == "——《2024年报告》，“一、做法 › （二）宣传”一节（2.txt）"
    )
    report = read_folder(SEEDS).reports[0]
    passage = split_passages(report.text)[20]
    shown = _Audit(
        source_html(report, outline(report.text), [CitedStretch(1, passage.start, passage.end)], 1, Position(1, 1))
    )
    (copied,) = shown.copies
    assert copied.startswith(f"「{report.text[passage.start : passage.end]}」——") and copied.endswith(
        f"（{report.file}）"
    )
