"""The words around the evidence: simple Chinese, English where the question is English. Quotes stay exact slices.

What is said of a question is given as `Line`s; `lines` knows how a line reads as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from xiangwen.answers.answer import Answer, Value
from xiangwen.answers.citation import Citation
from xiangwen.answers.issuers import Issuers, issuers_called
from xiangwen.answers.lines import VERDICT_WORDS, Line, VerdictWord
from xiangwen.answers.naming import MOST_LISTED, Naming, english_name, place_and_year
from xiangwen.language.sounds import syllables
from xiangwen.language.units import compared_as
from xiangwen.questions.request import LONGEST_QUESTION

if TYPE_CHECKING:
    from xiangwen.answers.numbers import ReportValue
    from xiangwen.ledger.indicators import Indicator
    from xiangwen.quantities.quantity import Period, Quantity
    from xiangwen.questions import Note, Question, ScopeReading
    from xiangwen.questions.kind_asked import Rank
    from xiangwen.reports import Report

NEARLY = 65.0
"""Per cent of alike characters from which on another township is suggested: two of three."""


def checked(language: str, reports: int, passages: int, of: int | None = None) -> str:
    """What was searched, of how many reports where that is told."""
    if language == "en":
        among = f" of {of}" if of is not None else ""
        return f"checked {reports}{among} report{'s' if (of or reports) != 1 else ''}, {passages} sentences"
    return f"共检查 {reports}{f'/{of}' if of is not None else ''} 份报告、{passages} 句"


def searched(answer: Answer, of: int | None = None) -> str:
    """What was searched, as the sentence below an answer; empty where nothing was, or where a line says as much.

    Args:
        answer: that it stands below.
        of: how many reports the index holds, where that is told; no line says that.
    """
    told = of is None and any(line.says_searched for line in answer.lines)
    if told or not answer.checked_reports:
        return ""
    said = checked(answer.language, answer.checked_reports, answer.checked_passages, of)
    return f"{said[0].upper()}{said[1:]}{'。' if answer.language == 'zh' else '.'}"


def evidence(language: str, citation: Citation, figures: Sequence[Quantity], naming: Naming) -> Line:
    """One line: the place, the figures asked for, the exact sentence, its marker."""
    township = naming.cited(citation, language)
    year = when(language, citation.year, figures[0].period if figures else None)
    values = "、".join(dict.fromkeys(f.readable for f in figures))
    return Line("evidence", f"{township}{year}", values, citations=(citation.n,))


def when(language: str, year: int | None, period: Period | None) -> str:
    """The year of a report, 「2024年」; of a figure that is of another time that time, 「2023年」, 「2024年上半年」."""
    if year is None:
        return ""
    if period and period.kind in ("year_before", "named"):
        year = period.year or year - 1
    part = PERIOD_WORDS[language][period.kind] if period and period.kind in PARTS_OF_A_YEAR else ""
    return f"{year}年{part}" if language == "zh" else f" {year}" + (f", {part}" if part else "")


def verdict_line(language: str, report: Report, word: VerdictWord, markers: tuple[int, ...], naming: Naming) -> Line:
    """One report of a which-answer with its sentence."""
    return Line("verdict", naming.called(report, language), verdict=word, citations=markers)


def which_head(
    language: str, said: Sequence[VerdictWord], passages: int, issuers: Issuers, *, unmentioned: bool = False
) -> Line:
    """「4 个乡镇有，1 个未提及（共检查 5 份报告、339 句）」; where asked is who does not speak of it (``unmentioned``),
    「1 个乡镇没有提到，4 个提到了」."""
    reports = len(said)
    counts = {word: list(said).count(word) for word in VERDICT_WORDS[language]}
    if unmentioned:
        speaking = reports - counts["yes"]
        if language == "en":
            head = f"{counts['yes']} of {reports} reports do not mention it, {speaking} do"
            return Line("head", f"{head} ({checked('en', reports, passages)}).", says_searched=True)
        head = f"{counts['yes']} 个{issuers.zh}没有提到，{speaking} 个提到了"
        return Line("head", f"{head}（{checked('zh', reports, passages)}）", says_searched=True)
    if language == "en":
        parts = [f"{n} {VERDICT_WORDS['en'][w]}" for w, n in counts.items() if n]
        head = f"Of {reports} reports: {', '.join(parts)} ({checked('en', reports, passages)})."
        return Line("head", head, says_searched=True)
    texts = {"yes": f"{{}} 个{issuers.zh}有", "partial": "{} 个部分符合", "no": "{} 个没有", "silent": "{} 个未提及"}
    parts = [texts[w].format(n) for w, n in counts.items() if n]
    return Line("head", f"{'，'.join(parts)}（{checked('zh', reports, passages)}）", says_searched=True)


def not_mentioning(language: str, reports: Sequence[Report], naming: Naming) -> Line:
    """Who does not speak of what is asked for: there is no sentence to show it by."""
    names = naming.names(reports, language)
    return Line("words", f"没有提到：{names}" if language == "zh" else f"Not mentioned by: {names}")


_COMPUTED: dict[str, dict[str, str]] = {
    "sum": {"zh": "合计", "en": "In total"},
    "average": {"zh": "平均", "en": "On average"},
}
"""Orders that make one number of all, and what it is called."""


def _computed(order: str, numbers: Sequence[float]) -> float:
    """The sum or the mean of some numbers."""
    return sum(numbers) / (len(numbers) if order == "average" else 1)


RankRow = tuple["Report", "ReportValue", tuple[int, ...], bool]
"""A report, its value, the markers of its citations, and whether it meets the bound asked for."""


def _is_more(rows: Sequence[RankRow]) -> bool:
    """Whether one of the numbers is a least one (「2000余份」), so that what they make together is, too."""
    return any(quantity.bound == "at_least" for _, value, _, _ in rows for quantity in value.quantities)


def _rank_head_zh(question: Question, rows: Sequence[RankRow], where: str, naming: Naming, issuers: Issuers) -> str:
    assert question.rank is not None
    order, first = question.rank.order, rows[0][1]
    if order in _COMPUTED:
        return f"{_COMPUTED[order]['zh']} {_total(order, rows).text}（{len(rows)} 份报告给出数字，{where}）"
    if question.rank.range is not None:
        meeting = [report for report, _, _, meets in rows if meets]
        return f"{issuers.counted('zh', len(meeting))}符合：{naming.names(meeting, 'zh') or '无'}（{where}）"
    most = "最多" if order == "most" else "最少"
    if nth := _nth(question, rows):
        named = naming.names([report for report, _, _, _ in nth], "zh")
        return f"第{question.rank.place}{most[1]}的是{named}：{nth[0][1].value.text}（{where}）"
    if question.rank.place:
        return f"只有 {len(rows)} 份报告给出数字，排不出第 {question.rank.place}（{where}）"
    if len(best := _best(question, rows)) > 1:
        named = "、".join(f"{naming.called(report, 'zh')}{value.value.text}" for report, value, _, _ in best)
        return f"{most}的{len(best)}个：{named}（{where}）"
    ties = [report for report, value, _, _ in rows if value.number == first.number]
    return f"{most}的是{naming.names(ties, 'zh')}：{first.value.text}（{where}）"


def _rank_head_en(question: Question, rows: Sequence[RankRow], where: str, naming: Naming) -> str:
    assert question.rank is not None
    order, first = question.rank.order, rows[0][1]
    if order in _COMPUTED:
        value = plain_number(_total(order, rows).number)
        said = f"{_COMPUTED[order]['en']} {'more than ' if _is_more(rows) else ''}{value} {first.unit}"
        return f"{said} ({len(rows)} reports give a number; {where})."
    if question.rank.range is not None:
        meeting = [report for report, _, _, meets in rows if meets]
        return f"{len(meeting)} report(s) meet this: {naming.names(meeting, 'en') or 'none'} ({where})."
    most = "Most" if order == "most" else "Least"
    if nth := _nth(question, rows):
        named = naming.names([report for report, _, _, _ in nth], "en")
        return f"Number {question.rank.place}, {most.lower()} first: {named}, {nth[0][1].value.text} ({where})."
    if question.rank.place:
        return f"Only {len(rows)} report(s) give a number, so that there is no number {question.rank.place} ({where})."
    if len(best := _best(question, rows)) > 1:
        named = "; ".join(f"{naming.called(report, 'en')}, {value.value.text}" for report, value, _, _ in best)
        return f"{most} ({len(best)}): {named} ({where})."
    ties = [report for report, value, _, _ in rows if value.number == first.number]
    return f"{most}: {naming.names(ties, 'en')}, {first.value.text} ({where})."


def _best(question: Question, rows: Sequence[RankRow]) -> Sequence[RankRow]:
    """The rows that 「前三」 asks for, those as good as the last of them too; none where no number is named."""
    count = question.rank.count if question.rank else None
    if not count or count < 2:
        return ()
    last = rows[min(count, len(rows)) - 1][1].number
    return [row for n, row in enumerate(rows) if n < count or row[1].number == last]


def _nth(question: Question, rows: Sequence[RankRow]) -> Sequence[RankRow]:
    """The rows with the number at the place that 「第二多」 asks for; none where no such place is named or reached.

    Places count numbers, not reports: what is second to two that share the first place is the next number.
    """
    place = question.rank.place if question.rank else None
    numbers = list(dict.fromkeys(value.number for _, value, _, _ in rows))
    if not place or place > len(numbers):
        return ()
    return [row for row in rows if row[1].number == numbers[place - 1]]


def rank_figure(question: Question, rows: Sequence[RankRow]) -> Value | None:
    """The number that the head of a rank says; None where there is none at the place asked for."""
    assert question.rank is not None
    if question.rank.place:
        nth = _nth(question, rows)
        return nth[0][1].value if nth else None
    if question.rank.order in _COMPUTED:
        return _total(question.rank.order, rows)
    if question.rank.range is not None:
        meeting = sum(meets for _, _, _, meets in rows)
        return Value(meeting, "个", f"{meeting}个")
    return rows[0][1].value


def _total(order: str, rows: Sequence[RankRow]) -> Value:
    """The sum or the mean of all rows."""
    number, unit = _computed(order, [value.number for _, value, _, _ in rows]), rows[0][1].unit
    return Value(number, unit, f"{plain_number(number)}{'余' if _is_more(rows) else ''}{unit}")


def ledger_basis(language: str, indicator: Indicator, given: int, asked: int, *, whole: bool) -> Line:
    """On how many of the reports asked a column of the ledger rests; unless it is asked for as a ``whole``, that it may
    be wider."""
    name = indicator.name(language)
    if language == "en":
        said = f"Ledger, {name}: from {given} of {asked} reports; {asked - given} give none."
        wider = " These are numbers of the whole column: if only a part is meant, see each quote."
    else:
        said = f"台账「{name}」：来自 {given}/{asked} 份报告；{asked - given} 份未给出"
        wider = "。这是整列的数，问的若只是其中一部分，请看各处原句"
    return Line("basis", said if whole else said + wider)


PERIOD_WORDS = {
    "zh": {
        "year": "全年",
        "year_before": "上年",
        "cumulative": "累计",
        "half_1": "上半年",
        "half_2": "下半年",
        "quarter_1": "第一季度",
        "quarter_2": "第二季度",
        "quarter_3": "第三季度",
        "quarter_4": "第四季度",
        "months": "其中几个月",
        "as_of": "截至某日",
        "planned": "计划",
    },
    "en": {
        "year": "the whole year",
        "year_before": "the year before",
        "cumulative": "a time longer than the year",
        "half_1": "the first half",
        "half_2": "the second half",
        "quarter_1": "the first quarter",
        "quarter_2": "the second quarter",
        "quarter_3": "the third quarter",
        "quarter_4": "the fourth quarter",
        "months": "some months",
        "as_of": "a certain date",
        "planned": "the time to come",
    },
}
PARTS_OF_A_YEAR = ("half_1", "half_2", "quarter_1", "quarter_2", "quarter_3", "quarter_4", "cumulative")
CHANGE_WORDS = {"zh": {"up": "增长", "down": "下降"}, "en": {"up": "a rise of", "down": "a fall of"}}


def _as_given(language: str, quantity: Quantity) -> str:
    """「上半年执法检查25次」, 「下降12.5%」."""
    change = CHANGE_WORDS[language].get(quantity.direction, "")
    period = PERIOD_WORDS[language].get(quantity.period.kind, f"{quantity.period.year or ''}年")
    whose = {"village": "所辖村（社区）", "county": "全县"}.get(quantity.holder.kind, "")
    if language == "en":
        return f"{change} {quantity.readable}" if change else f"{quantity.readable} for {period}"
    return f"{change}{quantity.readable}" if change else f"{period}{whose}{quantity.counted}{quantity.readable}"


def only_given(question: Question, quantity: Quantity, citation: Citation) -> str:
    """The number asked for is not in the report, another one is."""
    if question.language == "en":
        given = _as_given("en", quantity)
        return f"The report does not give that number; it only gives {given}: “{citation.quote}”"
    return f"报告没有写这个数字，只写了{_as_given('zh', quantity)}：「{citation.quote}」"


def rank(
    question: Question,
    rows: Sequence[RankRow],
    silent: Sequence[tuple[Report, Quantity | None]],
    passages: int,
    naming: Naming,
) -> list[Line]:
    """The conclusion, every value with its marker, who gives another number, and who gives none."""
    language = question.language
    zh = language == "zh"
    where = checked(language, len(rows) + len(silent), passages)
    if zh:
        told = [*(row[0] for row in rows), *(row[0] for row in silent)]
        issuers = issuers_called(report.metadata.township for report in told)
        head = _rank_head_zh(question, rows, where, naming, issuers)
    else:
        head = _rank_head_en(question, rows, where, naming)
    lines = [Line("head", head, says_searched=True)]
    for report, value, markers, _ in rows:
        summed = f"（合计 {plain_number(value.number)}{value.unit}）" if len(value.quantities) > 1 else ""
        name = place_and_year(report) if zh else naming.called(report, "en")
        lines.append(Line("value", name, f"{value.value.text}{summed}", citations=markers))
    others = [(report, quantity) for report, quantity in silent if quantity is not None]
    for report, quantity in others[:MOST_LISTED]:
        given = _as_given(language, quantity)
        said = f"{place_and_year(report)}：未作比较，只写了{given}"
        lines.append(
            Line("words", said if zh else f"{naming.called(report, language)}: not compared, it only gives {given}")
        )
    if none := [report for report, quantity in silent if quantity is None]:
        names = naming.names(none, language)
        lines.append(Line("words", f"没有给出数字：{names}" if zh else f"No number given: {names}"))
    return lines


def compare(
    language: str,
    sides: Sequence[tuple[Report, Sequence[Quantity], tuple[int, ...]]],
    citations: Sequence[Citation],
    naming: Naming,
    *,
    numbers: bool,
    rank: Rank | None = None,
    of_one_matter: bool = True,
) -> tuple[list[Line], Value | None]:
    """Matching evidence of each place; above it what is computed, where all give numbers of one kind.

    Where ``numbers`` are compared this is which is more, or what a ``rank`` asks for: their sum or mean. Numbers of one
    matter may be in several measure words (70次, 317项); those of several are added up in one class alone.
    """
    lines = []
    figure = None
    given = [(report, figures[0]) for report, figures, _ in sides if figures]
    kinds = {compared_as(f.in_base_unit[1]) if rank and of_one_matter else f.kind for _, f in given}
    if rank and len(kinds) == 1:
        head, figure = _added_up([f for _, f in given], len(sides), rank, language)
        lines.append(head)
    elif rank and len(given) > 1:
        lines.append(_not_added_up([f for _, f in given], language))
    elif numbers and len(given) == len(sides) and len(kinds) == 1:
        head, figure = _which_is_more(given, language, naming)
        lines.append(head)
    for report, figures, markers in sides:
        for position, n in enumerate(markers):
            shown = figures if position == 0 and numbers else ()
            lines.append(evidence(language, citations[n - 1], shown, naming))
        if not markers:
            nothing = f"{naming.called(report, language)}: not mentioned in the report."
            lines.append(Line("words", f"{place_and_year(report)}：报告未提及" if language == "zh" else nothing))
    return lines, figure


def _added_up(numbers: Sequence[Quantity], places: int, rank: Rank, language: str) -> tuple[Line, Value]:
    """The sum or mean of the numbers that were given for some places; of 「2000余份」 it is more than that, too."""
    value = _computed(rank.order, [number.in_base_unit[0] for number in numbers])
    unit = numbers[0].in_base_unit[1]
    zh = language == "zh"
    word = _COMPUTED[rank.order][language]
    more = any(number.bound == "at_least" for number in numbers)
    parts = " + ".join(number.readable for number in numbers)
    lacking = places - len(numbers)
    text = f"{plain_number(value)}{'余' if more else ''}{unit}"
    said = f"{word} {text}（{parts}{f'；{lacking} 处没有给出数字' if lacking else ''}）"
    if not zh:
        over = "more than " if more else ""
        said = f"{word} {over}{plain_number(value)} {unit} ({parts}{f'; {lacking} give no number' if lacking else ''})."
    return Line("head", said), Value(value, unit, text)


def _not_added_up(numbers: Sequence[Quantity], language: str) -> Line:
    """Numbers of different things, each as it is."""
    said = "、" if language == "zh" else ", "
    parts = said.join(number.readable for number in numbers)
    if language == "zh":
        return Line("head", f"单位不同，没有相加：{parts}")
    return Line("head", f"Not added up, as the units differ: {parts}.")


def _which_is_more(numbers: Sequence[tuple[Report, Quantity]], language: str, naming: Naming) -> tuple[Line, Value]:
    """Which of several numbers of one kind is the largest, and that number."""
    ordered = sorted(numbers, key=lambda number: -number[1].in_base_unit[0])
    # One place in several years is told apart by these.
    alike = len({report.name for report, _ in numbers}) < len(numbers)

    def called(report: Report) -> str:
        year = f" {report.metadata.year}" if alike else ""
        return place_and_year(report) if alike and zh else naming.called(report, language) + year

    (_, top), zh = ordered[0], language == "zh"
    figure = Value(top.value, top.unit, top.readable)
    first = [report for report, x in ordered if x.in_base_unit[0] == top.in_base_unit[0]]
    others = [(called(report), x.readable) for report, x in ordered[len(first) :]]
    if not others:
        each = "两者" if len(first) == 2 else "各处"
        said = f"{each}相同：都是{top.readable}" if zh else f"The same: {top.readable} each."
    elif zh:
        who = "、".join(map(called, first))
        more = "更多" if len(numbers) == 2 else "最多"
        said = f"{who}{more}：{top.readable}，{'，'.join(f'{name}{value}' for name, value in others)}"
    else:
        who = " and ".join(map(called, first))
        more = "more" if len(numbers) == 2 else "most"
        said = f"{who}: {more}, {top.readable}; {'; '.join(f'{name}: {value}' for name, value in others)}."
    return Line("head", said), figure


def items(question: Question, citations: Sequence[Citation], naming: Naming) -> list[Line]:
    """A numbered list of exact items."""
    townships = dict.fromkeys(naming.cited(c, "zh") for c in citations)
    who = "、".join(list(townships)[:MOST_LISTED])
    if question.language == "en":
        head = f"{who}: {len(citations)} passage{'s' if len(citations) != 1 else ''} in the report"
    else:
        head = f"{who}的报告中有 {len(citations)} 处："
    return [
        Line("head", head),
        *(Line("item", citations=(c.n,), number=number) for number, c in enumerate(citations, start=1)),
    ]


def nothing_found(question: Question, reports: Sequence[Report], passages: int, naming: Naming) -> str:
    """The reports do not say, and what was searched."""
    where = naming.names(reports, question.language)
    if question.language == "en":
        return f"The reports do not say. Searched: {where} ({checked('en', len(reports), passages)})."
    return f"报告中没有写到。查找范围：{where}（{checked('zh', len(reports), passages)}）。"


def unknown_scope(question: Question, reports: Sequence[Report], naming: Naming) -> str:
    """A place or year that the collection does not have, and what it has."""
    scope = question.scope
    if scope.problem == "unknown_year":
        years = sorted({r.metadata.year for r in reports if r.metadata.year})
        who = "、".join(dict.fromkeys(naming.called(r, question.language) for r in reports)) if scope.reports else ""
        if question.language == "en":
            of_whom = f" of {who}" if who else ""
            missing = scope.missing.replace("年", "").replace("、", ", ")
            return f"There is no report{of_whom} for {missing}; there are reports for {', '.join(map(str, years))}."
        return f"没有{who}{scope.missing}的报告；现有的是 {'、'.join(map(str, years))} 年的报告。"
    have = naming.names(reports, question.language)
    near = _nearest_name(scope.missing, reports)
    if question.language == "en":
        meant = f" Did you mean {naming.called(near, 'en')}?" if near else ""
        return f"There is no report of {scope.missing} here. Reports at hand: {have}.{meant}"
    meant = f"您是不是想问{place_and_year(near)}？" if near else ""
    return f"没有“{scope.missing}”的报告。现有报告：{have}。{meant}"


def readings(question: Question, reports: Sequence[Report], naming: Naming) -> tuple[list[Line], list[Line]]:
    """How the question was read, where that does not go without saying: of whom it asks, which is said first, and of
    names and years, a line each, said last."""
    first: list[Line] = []
    last: list[Line] = []
    for note in question.scope.notes:
        said = _reading(note, reports, naming, question.language)
        if note.reading == "all_townships":
            first.append(Line("basis", said))
        else:
            last.append(Line("note", said))
    return first, last


def _reading(note: Note, reports: Sequence[Report], naming: Naming, language: str) -> str:
    found = [reports[n] for n in note.reports]
    who = naming.names(found, language)
    files = ("、" if language == "zh" else ", ").join(r.file for r in found[:MOST_LISTED])
    aside, counted = ("、".join(r.file for r in found[:-1]), found[-1].file) if found else ("", "")
    year = found[-1].metadata.year if found else ""
    zh: dict[ScopeReading, str] = {
        "misspelt": f"“{note.asked}”按{note.taken}理解。",
        "title": f"“{note.asked}”见于报告的标题，据此作答：{files}。",
        "file": f"“{note.asked}”见于文件名，据此作答：{files}。",
        "text": f"“{note.asked}”见于{who}报告的原文，据此作答。",
        "renamed": f"据报告记载，{note.asked}与{note.taken}为更名或撤并前后的同一地方，一并查找。",
        "year": f"“{note.asked}”按{note.taken}年理解。",
        "said_year": f"{who}的报告按原文写明的年度{note.asked}理解。",
        "next_year": f"没有{note.asked}的报告，按{who}上一年报告里写的计划回答。",
        "no_year": f"没有{who}{note.taken}的报告。",
        "all_townships": f"“{note.asked}”按各级乡镇理解，不只是{note.taken}；只问{note.taken}请写“只看{note.taken}”。",
        "unstated": f"报告没有写明{note.taken}属于{note.asked}，按同名的{who}作答。",
        "inferred": f"{who}的报告没有写明属于{note.asked}，按地名推知。",
        "not_counted": f"{who}的报告没有写明省市县，可能也属于{note.asked}，未计在内。",
        "still_counted": f"{who}的报告没有写明省市县，可能也属于{note.asked}，仍计在内。",
        "joint": f"“{note.asked}”按{note.taken}查找。",
        "version": f"{note.asked}{year}年的报告有 {len(found)} 个版本，只计较晚的 {counted}，不计 {aside}。",
    }
    en: dict[ScopeReading, str] = {
        "misspelt": f"“{note.asked}” was read as {english_name(note.taken)}.",
        "title": f"“{note.asked}” stands in the title of the report, which is answered from: {files}.",
        "file": f"“{note.asked}” stands in the name of the file, which is answered from: {files}.",
        "text": f"“{note.asked}” stands in the text of the report of {who}, which is answered from.",
        "renamed": f"As the reports tell, {note.asked} and {note.taken} are one place before and after a change of "
        "names; both were searched.",
        "year": f"“{note.asked}” was taken for {note.taken}.",
        "said_year": f"The report of {who} is taken for that of {note.asked.replace('年', '')}, as its text says.",
        "next_year": f"There is no report for {note.asked.replace('年', '')}; what the report of {who} for the year "
        "before plans answers.",
        "no_year": f"There is no report of {who} for {note.taken.replace('年', '').replace('、', ', ')}.",
        "all_townships": f"“{note.asked}” was taken for townships of all levels.",
        "unstated": f"The report of {who} does not say that it lies in {english_name(note.asked)}; it is answered from "
        "by its name.",
        "inferred": f"The report of {who} does not say that it lies in {note.asked}; its name tells it.",
        "not_counted": f"The report of {who} does not say where it lies, which may be {note.asked} too; it is not "
        "counted.",
        "still_counted": f"The report of {who} does not say where it lies, which may be {note.asked} too; it is "
        "counted all the same.",
        "joint": f"“{note.asked}” was read as {note.taken}.",
        "version": f"There are {len(found)} versions of the report of {note.asked} for {year}; only the later one, "
        f"{counted}, counts, not {aside}.",
    }
    return f"说明：{zh[note.reading]}" if language == "zh" else f"Note: {en[note.reading]}"


def outside(question: Question, named: Sequence[Report], chosen: Sequence[Report], naming: Naming) -> str:
    """What was asked about lies outside the reports that were chosen."""
    language = question.language
    who = naming.names(named, language) if 0 < len(named) <= MOST_LISTED else ""
    if language == "en":
        lies = f"{who} is not among" if who else "None of the reports asked about is among"
        at_hand = f"the {len(chosen)} chosen reports ({naming.names(chosen, 'en')})" if chosen else "the reports chosen"
        return f"{lies} {at_hand}. Please widen the selection and ask again."
    lies = f"{who}不在" if who else "所问的报告不在"
    at_hand = f"所选的 {len(chosen)} 份报告（{naming.names(chosen, 'zh')}）之内" if chosen else "所选范围之内"
    return f"{lies}{at_hand}。请放宽筛选后再问。"


def _nearest_name(missing: str, reports: Sequence[Report]) -> Report | None:
    """A township whose name is nearly the one asked for (白土镇 for 白土乡, Baito for Baitu)."""
    plain = missing.lower().split(" ")[0]
    scored = [
        (max(fuzz.ratio(missing, r.name), fuzz.ratio(plain, "".join(syllables(r.name[:-1])))), i)
        for i, r in enumerate(reports)
    ]
    best, number = max(scored, default=(0.0, 0))
    return reports[number] if best >= NEARLY else None


def nothing_more(language: str, *, listed: bool) -> str:
    """Asked what else there is: the answer before was all; where it ``listed`` all, it is given once more."""
    if listed:
        return "上面已经列全，没有更多：" if language == "zh" else "That was all; nothing was left out:"
    return "报告里没有找到更多写到这件事的句子。" if language == "zh" else "The reports say no more about it."


def no_reason(language: str) -> str:
    """Asked why where no report says it."""
    if language == "zh":
        return "报告没有写明原因，这里不作推测。可以指明乡镇和事项再问，例如“某某乡的……不足有哪些”。"
    return "The reports give no reason, and none is guessed. You can ask for the shortcomings of one township."


def off_topic(language: str, reports: int) -> str:
    """What this assistant is for."""
    if language == "en":
        return (
            f"I only answer questions on the {reports} rule-of-law government reports at hand, with their exact words: "
            "for example, which townships hired a lawyer, or how many disputes one of them settled."
        )
    example = "例如：哪些乡镇请了法律顾问？某镇调解了多少件纠纷？"
    return f"我只回答这 {reports} 份法治政府建设报告里的内容，并给出原文依据，{example}"


def not_kept(language: str) -> str:
    """What is known of reports as documents, where something else is asked for: who signed them, when they came out."""
    if language == "en":
        return (
            "Of each report I only know its year, province, city, county, township and title, nothing else of it as a "
            "document: for example, which reports of 2023 there are, or which counties have most."
        )
    known = "每份报告我只知道年份、所在的省市县、乡镇（街道）和标题，没有记这一项"
    return f"{known}，例如可以问：有哪些2023年的报告？哪个县的报告最多？"


def too_long(language: str) -> str:
    """A question beyond the limit."""
    if language == "en":
        return f"The question is too long: please ask in at most {LONGEST_QUESTION:,} characters."
    return f"问题太长了，请控制在 {LONGEST_QUESTION} 字以内。"


def nothing_asked(language: str) -> str:
    """An empty question."""
    return "请输入问题。" if language == "zh" else "Please type a question."


def plain_number(value: float) -> str:
    """A number without a needless fraction."""
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}".rstrip("0").rstrip(".")
