"""The assistant: a question in, an `Answer` out. Retrieval proposes, the verdict model decides, nothing is made up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.answers import collection, collection_told, common, each, outlines, wording
from xiangwen.answers.answer import Answer, Kind, Reason, Value, Verdict
from xiangwen.answers.candidates import Chooser, by_fit
from xiangwen.answers.chooser import JudgeChooser
from xiangwen.answers.citation import Citations
from xiangwen.answers.from_ledger import from_ledger
from xiangwen.answers.lines import Line, VerdictWord
from xiangwen.answers.listing import list_items, summary_passages
from xiangwen.answers.naming import Naming
from xiangwen.answers.numbers import (
    NotCompared,
    ReportValue,
    beside,
    best_figures,
    fit_of,
    given_instead,
    gives_number,
    gives_number_of_year,
    plainly_gives,
    rank_values,
    value_of,
)
from xiangwen.answers.verdicts import Judged, Verdicts, together
from xiangwen.index.top_k import largest
from xiangwen.language.characters import simplify
from xiangwen.questions import Atlas, Question, sides, understand
from xiangwen.questions.conjunction import conditions
from xiangwen.questions.question import Kind as KindAsked
from xiangwen.questions.request import LONGEST_QUESTION, AskRequest
from xiangwen.questions.section_asked import SectionAsked
from xiangwen.retrieval import Scored, Scorer, VerdictModel
from xiangwen.retrieval.evidence import Retriever
from xiangwen.retrieval.judge import shipped_judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.index import Store

_BESIDE = 0.5
"""A second sentence with a number stands beside the best one if it is worth so much of it."""


class Assistant:
    """Answers questions over one index."""

    def __init__(self, index: Store, *, judge: bool = True, model: VerdictModel | None = None) -> None:
        """Make ready for questions.

        Args:
            index: the reports.
            judge: let the judge read the best passages; without it the features alone decide.
            model: another verdict model than the one that ships.
        """
        self.index = index
        self.model = model or VerdictModel.load()
        self.atlas = Atlas(index.reports, index.likely_reports)
        self.naming = Naming(index.reports)
        self.retriever = Retriever(index)
        reader, of_conditions = (shipped_judge(), shipped_judge(conditions=True)) if judge else (None, None)
        self.scorer = Scorer(self.retriever, self.model, reader, of_conditions)
        self.thresholds = self.scorer.thresholds
        self.verdicts = Verdicts(self.retriever, self.scorer)
        self.choose: Chooser = JudgeChooser(self.retriever, reader) if reader else by_fit

    def ask(self, question: str, history: Sequence[str] = (), reports: Iterable[str] | None = None) -> Answer:
        """Answer one question.

        Args:
            question: as typed, Chinese or English.
            history: the earlier questions of the conversation, oldest first.
            reports: ids of the reports that may answer, however the question is put; None for all. A question that
                names a township outside them is told so.
        """
        ids = None if reports is None else tuple(reports)
        return self.answer(AskRequest(question=question, history=tuple(history), reports=ids))

    def answer(self, request: AskRequest) -> Answer:
        """Answer a request."""
        started = time.perf_counter()
        answer = self._answer(request)
        return replace(answer, milliseconds=(time.perf_counter() - started) * 1000)

    def _answer(self, request: AskRequest) -> Answer:
        text = request.question
        if not text.strip() or len(text) > LONGEST_QUESTION:
            read = understand(text[:100] if text.strip() else "?", self.atlas)
            said = wording.nothing_asked(read.language) if not text.strip() else wording.too_long(read.language)
            return self._made(
                replace(read, text=text), Citations(self.index), _words(said), reason="off_topic", scope=()
            )
        ids = None if request.reports is None else frozenset(request.reports)
        chosen = frozenset(n for n, r in enumerate(self.index.reports) if ids is None or r.id in ids)
        question = understand(
            text, self.atlas, request.history, vector_of=self.index.vector, one_report=len(chosen) == 1
        )
        if question.off_topic:
            said = wording.off_topic(question.language, len(self.index.reports))
            return self._made(question, Citations(self.index), _words(said), reason="off_topic", scope=())
        question = replace(question, scope=question.scope.within(chosen))
        if question.kind == "collection":
            return self._collection(question, chosen)
        if question.scope.problem:
            return self._of_another_year(question) or self._unknown_scope(question, chosen)
        if question.section:
            return self._section(question, question.section)
        if question.kind == "compare":
            return self._compare(question)
        if question.kind == "common":
            return self._common(question)
        if question.kind == "each":
            return self._each(question)
        scored = self.scorer.score(question)
        if len(scored.passages) == 0:
            return self._nothing(question, scored)
        answer: Callable[[Question, Scored], Answer] = {
            "which": self._which,
            "rank": self._rank,
            "list": self._list,
            "summary": self._summary,
        }.get(question.kind, self._fact)
        return answer(question, scored)

    # --- one method for each kind of question ---------------------------------------------------------------------

    def _fact(self, question: Question, scored: Scored) -> Answer:
        """The best sentence, and more only where the first does not answer alone.

        A name that several reports share (two townships of one name, one township in two years) is answered for each.
        """
        report_of = self.index.report_of[scored.passages]
        if question.scope.groups and len(question.scope.reports) > 1:
            parts = [np.flatnonzero(report_of == report) for report in question.scope.reports]
        else:
            parts = [np.arange(len(report_of))]
        chosen = [row for rows in parts for row in self._best_rows(question, scored, rows, alone=len(parts) == 1)]
        if not chosen:
            return self._nothing(question, scored)
        cited = Citations(self.index)
        lines = []
        figure = None
        for row in chosen:
            passage = int(scored.passages[row])
            n = cited.cite(passage)
            values = best_figures(self.retriever, question, passage, self.choose) if question.kind == "number" else ()
            figure = figure or (value_of(values[:1]) if values else None)
            lines.append(wording.evidence(question.language, cited.of(n), values, self.naming))
        if question.kind == "number" and figure is None:
            return self._other_number(question, scored, chosen) or self._made(question, cited, lines)
        return self._made(question, cited, lines, figure=figure)

    def _of_another_year(self, question: Question) -> Answer | None:
        """The number of a year that has no report, where the report of another year gives it beside its own."""
        if question.scope.problem != "unknown_year" or question.kind != "number" or not question.scope.reports:
            return None
        scope = replace(question.scope, problem=None, groups=(question.scope.reports,))
        question = replace(question, scope=scope)
        scored = self.scorer.score(question)
        likely = np.flatnonzero(scored.prior >= self.thresholds["answer"]).tolist()
        rows = [row for row in likely if gives_number_of_year(self.retriever, question, int(scored.passages[row]))]
        if not rows:
            return None
        cited = Citations(self.index)
        passage = int(scored.passages[max(rows, key=lambda row: scored.supports[row])])
        citation = cited.of(cited.cite(passage))
        values = best_figures(self.retriever, question, passage, self.choose)
        said = wording.evidence(question.language, citation, values, self.naming)
        return self._made(question, cited, [said], figure=value_of(values[:1]))

    def _other_number(self, question: Question, scored: Scored, rows: Sequence[int]) -> Answer | None:
        """What the report gives instead of the number asked for: that of another period, or the other direction."""
        found = given_instead(self.retriever, question, (int(scored.passages[row]) for row in rows))
        if found is None:
            return None
        nearest = Citations(self.index)
        citation = nearest.of(nearest.cite(found.passage))
        said = wording.given_instead(question, found.quantity, citation)
        answer = self._made(question, Citations(self.index), _words(said), reason="no_evidence")
        return replace(answer, nearest=tuple(nearest.made))

    def _best_rows(self, question: Question, scored: Scored, rows: NDArray[np.int64], *, alone: bool) -> list[int]:
        """The rows that answer, best first; at most one where others answer beside it."""
        order = rows[largest(scored.supports[rows], 8)]
        if len(order) == 0:
            return []
        best = float(scored.supports[order[0]])
        enough = [int(i) for i in order if self._may_answer(question, scored, int(i))]
        most = (2 if question.scope.groups else 3) if alone else 1
        chosen = [i for i in enough if scored.supports[i] >= self.thresholds["also"] * best][:most]
        if question.kind == "number" and chosen:
            # The best sentence may have no such number, or that of another period: then the best that has one.
            worth = {
                i: float(scored.supports[i]) * (0.4 + fit_of(self.retriever, question, int(scored.passages[i])))
                for i in enough[:6]
                if self._gives_number(question, scored, i)
            }
            first = max(worth, key=lambda i: worth[i], default=None)
            if first is None:
                instead = given_instead(self.retriever, question, (int(scored.passages[i]) for i in chosen))
                return chosen[:1] if best >= self.thresholds["sure"] or instead else []
            also = [i for i in chosen if i != first and worth.get(i, 0.0) >= _BESIDE * worth[first]]
            return [first, *also][:most]
        return chosen

    def _may_answer(self, question: Question, scored: Scored, row: int) -> bool:
        """Whether a row is sure enough; less will do where its figure counts just what is asked for."""
        least = self.thresholds["answer"]
        return bool(scored.supports[row] >= least) or (
            question.kind == "number"
            and scored.prior[row] >= least
            and plainly_gives(self.retriever, question, int(scored.passages[row]))
        )

    def _only_parts(self, question: Question, passage: int) -> bool:
        """Whether its figure is a part of another: the whole is what is compared."""
        figures = best_figures(self.retriever, question, passage)
        return bool(figures) and figures[0].role == "part"

    def _gives_number(self, question: Question, scored: Scored, row: int) -> bool:
        return gives_number(self.retriever, question, int(scored.passages[row]), float(scored.supports[row]))

    def _which(self, question: Question, scored: Scored) -> Answer:
        """A verdict for every report in scope."""
        cited = Citations(self.index)
        order: dict[VerdictWord, int] = {"yes": 0, "partial": 1, "no": 2, "silent": 3}
        judged = self._on_each_condition(question) or self.verdicts.of(question, scored)
        judged.sort(key=lambda row: (order[row.word], -row.confidence))
        verdicts = []
        lines = []
        for report, word, confidence, evidence in judged:
            numbers = tuple(cited.cite(passage) for passage in evidence)
            verdicts.append(self._verdict(report, word, confidence, None, numbers))
            if numbers:
                named = self.index.reports[report]
                lines.append(wording.verdict_line(question.language, named, word, numbers, self.naming))
        said = [v.verdict for v in verdicts]
        passages = self.retriever.size(question.scope.reports)
        if "yes" not in said and "partial" not in said and "no" not in said:
            answer = self._nothing(question, scored)
            silent = tuple(replace(v, citations=()) for v in verdicts)
            return replace(answer, verdicts=silent)
        head = wording.which_head(question.language, said, len(said), passages)
        return self._made(question, cited, [head, *lines], verdicts=tuple(verdicts))

    def _on_each_condition(self, question: Question) -> list[Judged]:
        """The verdicts where a question sets two conditions at once, each judged by itself; empty where it sets one."""
        rows = []
        for text in conditions(simplify(question.standalone)):
            own = understand(text, self.atlas, vector_of=self.index.vector)
            own = replace(own, kind="which", rank=None, mention=False, scope=question.scope, language=question.language)
            rows.append(self.verdicts.of(own, self.scorer.score(own)))
        return [together(own) for own in zip(*rows, strict=True)]

    def _rank(self, question: Question, scored: Scored) -> Answer:
        """The number of every report, best first, and those that give none."""
        assert question.rank is not None
        column = from_ledger(self.retriever, question)
        values, others = (column.values, []) if column else self._rank_values(question, scored)
        if column and question.rank.range is not None:
            # A bound is asked of every report: where the ledger has no cell, the sentences may have a figure.
            also, _ = self._rank_values(question, scored)
            values = beside(values, also)
        if not values:
            answer = self._nothing(question, scored)
            silent = tuple(self._verdict(r, "silent", 0.8, None, ()) for r in question.scope.reports)
            return replace(answer, verdicts=silent)
        least = question.rank.order in ("least", "under")
        values.sort(key=lambda v: v.number, reverse=not least)
        cited = Citations(self.index)
        verdicts, rows = [], []
        for value in values:
            numbers = tuple(cited.cite(p) for p in value.passages)
            meets = _meets(question, value)
            verdicts.append(
                self._verdict(value.report, "yes" if meets else "no", value.confidence, value.value, numbers)
            )
            rows.append((self.index.reports[value.report], value, numbers, meets))
        given = {v.report for v in values}
        for report in question.scope.reports:
            if report not in given:
                verdicts.append(self._verdict(report, "silent", 0.8, None, ()))
        other = {o.report: o.candidate.quantity for o in others}
        without = [(self.index.reports[r], other.get(r)) for r in question.scope.reports if r not in given]
        said = wording.rank(question, rows, without, self.retriever.size(question.scope.reports), self.naming)
        if column:
            said.insert(0, wording.from_ledger(question.language, column.indicator, len(rows), len(without)))
        return self._made(question, cited, said, verdicts=tuple(verdicts), figure=wording.rank_figure(question, rows))

    def _rank_values(self, question: Question, scored: Scored) -> tuple[list[ReportValue], list[NotCompared]]:
        return rank_values(self.retriever, question, scored.passages, np.maximum(scored.prior, scored.supports))

    def _compare(self, question: Question) -> Answer:
        """Matching evidence of each place named, side by side."""
        cited = Citations(self.index)
        shown, verdicts = [], []
        for side in sides(question):
            group = side.scope.reports
            own = self.scorer.score(side)
            # A place that is named is worth its nearest sentence even where the judge, which never read a
            # comparison, doubts it.
            strength = np.maximum(own.supports, own.prior * self.thresholds["unread"])
            order = largest(strength, 6)
            enough = [int(i) for i in order if strength[i] >= self.thresholds["compare"]]
            good = enough[:2]
            if side.kind == "number":
                numbered = [i for i in enough if self._gives_number(side, own, i)]
                numbered.sort(key=lambda i: self._only_parts(side, int(own.passages[i])))
                good = numbered[:1] or good[:1]
            passages = [int(own.passages[i]) for i in good]
            numbers = tuple(cited.cite(p) for p in passages)
            figures = [best_figures(self.retriever, side, p, self.choose) for p in passages]
            values = next((f for f in figures if f), ())
            report = group[0]
            p = float(own.supports[order[0]]) if len(order) else 0.0
            value = value_of(values[:1]) if values else None
            verdicts.append(
                self._verdict(report, "yes" if numbers else "silent", p if numbers else 1 - p, value, numbers)
            )
            verdicts += [self._verdict(r, "silent", 0.5, None, ()) for r in group[1:]]
            shown.append((self.index.reports[report], values, numbers))
        if not cited.made:
            nothing = self._nothing(question, self.scorer.score(question))
            return replace(nothing, verdicts=tuple(replace(v, citations=()) for v in verdicts))
        said, figure = wording.compare(question, shown, cited.made, self.naming)
        return self._made(question, cited, said, verdicts=tuple(verdicts), figure=figure)

    def _list(self, question: Question, scored: Scored) -> Answer:
        """The report's own items, each cited."""
        items = list_items(self.retriever, question, scored.passages, scored.supports, self.thresholds)
        if not items:
            return self._nothing(question, scored)
        cited = Citations(self.index)
        numbers = [cited.cite(first, last) for first, last in items]
        return self._made(question, cited, wording.items(question, [cited.of(n) for n in numbers], self.naming))

    def _summary(self, question: Question, scored: Scored) -> Answer:
        """Key sentences over all sections that treat the matter, in the order of the report."""
        if question.shortcoming or question.plan:
            return self._list(question, scored)
        chosen = summary_passages(
            self.retriever,
            question,
            scored.passages,
            np.maximum(scored.prior, scored.supports),
            scored.column("coverage_with_headings"),
            self.thresholds,
        )
        if not chosen:
            return self._nothing(question, scored)
        cited = Citations(self.index)
        numbers = [cited.cite(p) for p in chosen]
        return self._made(question, cited, wording.items(question, [cited.of(n) for n in numbers], self.naming))

    def _collection(self, question: Question, chosen: frozenset[int]) -> Answer:
        """The reports that a question about the collection itself means."""
        meant = collection.reports_meant(question, self.atlas, chosen)
        question = replace(question, scope=meant.scope)
        if meant.scope.problem:
            return self._unknown_scope(question, chosen)
        cited = Citations(self.index)

        def cite(report: int) -> int:
            return cited.cite(collection_told.title_passage(self.index, report))

        said = collection_told.told(question, meant, self.index.reports, cite)
        numbers = {c.report: c.n for c in cited.made}
        marks = ((number, numbers.get(self.index.reports[number].id)) for number in meant.reports)
        verdicts = tuple(self._verdict(number, "yes", 1.0, None, (n,) if n else ()) for number, n in marks)
        return self._made(question, cited, said, verdicts=verdicts, figure=meant.figure)

    def _section(self, question: Question, asked: SectionAsked) -> Answer:
        """Whether each report has a section of its own on a matter, by its headings."""
        scope = question.scope.reports
        having = outlines.reports_having(self.index, self.index.encoder, asked, self.retriever.scope(scope))
        cited = Citations(self.index)
        shown = [(report, cited.cite(having[report])) for report in scope if report in having]
        markers = dict(shown)
        verdicts = [
            self._verdict(report, "yes" if (report in having) != asked.lacking else "no", 0.9, None, marks)
            for report in scope
            for marks in [(markers[report],) if report in markers else ()]
        ]
        verdicts.sort(key=lambda verdict: verdict.verdict == "no")
        said = outlines.told(question, asked, shown, self.index, self.naming)
        return self._made(replace(question, kind="which"), cited, said, verdicts=tuple(verdicts))

    def _common(self, question: Question) -> Answer:
        """What the reports have in common, theme by theme."""
        index, aim = self.index, common.aim(question)
        scored = None
        catalogue = common.catalogue_for(question)
        if catalogue is not None:
            passages = self.retriever.scope(question.scope.reports)
            passages = common.passages_meant(self.retriever, question, aim, passages)
        else:
            scored = self.scorer.score(question)
            done = np.array([self.retriever.stances[p] == "done" for p in scored.passages.tolist()], dtype=bool)
            strength = np.maximum(scored.prior, scored.supports)
            # What several say in the topic's words needs no more to speak for it.
            meant = done & ((scored.column("coverage") > 0) | (strength >= self.thresholds["compare"]))
            passages = common.best_passages(index.report_of, scored.passages[meant], strength[meant])
        clauses = common.clauses_of(index, passages.tolist(), whole=aim == "done" and catalogue is not None)
        found = common.in_common(clauses, index.encoder, catalogue)
        if not found:
            return self._nothing(question, scored or self.scorer.score(question))
        cited = Citations(index)
        said, themes = common.told(question, found, index, cited.cite, self.naming)
        return replace(self._made(question, cited, said), themes=themes)

    def _each(self, question: Question) -> Answer:
        """The figure or sentence of every report in scope, one line each."""
        figures = question.number_asked or bool(question.units)
        question = replace(question, kind="rank" if figures else "which", mention=False, negated=False)
        scored = self.scorer.score(question)
        strength = np.maximum(scored.prior, scored.supports)
        if figures:
            values, _ = rank_values(self.retriever, question, scored.passages, strength)
            found = each.from_values(values)
        else:
            found = each.from_passages(
                self.index.report_of, scored.passages, scored.supports, self.thresholds["answer"]
            )
        if not found:
            silent = tuple(self._verdict(r, "silent", 0.8, None, ()) for r in question.scope.reports)
            return replace(self._nothing(question, scored), verdicts=silent)
        cited = Citations(self.index)
        lines, verdicts = [], []
        for report in each.in_order(found, question.scope.reports):
            row = found.get(report)
            marks = tuple(cited.cite(p) for p in row.passages) if row else ()
            word: VerdictWord = "yes" if row else "silent"
            value = row.value if row else None
            verdicts.append(self._verdict(report, word, row.confidence if row else 0.8, value, marks))
            lines.append(each.line(question.language, self.index.reports[report], value, marks, self.naming))
        head = each.head(question.language, len(found), len(question.scope.reports))
        return self._made(question, cited, [head, *lines], verdicts=tuple(verdicts))

    # --- what all kinds share --------------------------------------------------------------------------------------

    def _nothing(self, question: Question, scored: Scored) -> Answer:
        """The reports do not say; the nearest passages go along, marked as no answer."""
        cited = Citations(self.index)
        nearest = Citations(self.index)
        for i in largest(scored.supports, 3):
            nearest.cite(int(scored.passages[i]))
        reports = [self.index.reports[r] for r in question.scope.reports]
        said = wording.nothing_found(question, reports, self.retriever.size(question.scope.reports), self.naming)
        answer = self._made(question, cited, _words(said), reason="no_evidence")
        return replace(answer, nearest=tuple(nearest.made))

    def _unknown_scope(self, question: Question, chosen: frozenset[int]) -> Answer:
        named = [self.index.reports[r] for r in question.scope.reports]
        at_hand = [r for n, r in enumerate(self.index.reports) if n in chosen]
        cited = Citations(self.index)
        if question.scope.problem == "outside":
            said = wording.outside(question, named, at_hand, self.naming)
            return self._made(question, cited, _words(said), reason="unknown_report", scope=())
        said = wording.unknown_scope(question, named or at_hand, self.naming)
        return self._made(question, cited, _words(said), reason=question.scope.problem, scope=())

    def _verdict(
        self, report: int, word: VerdictWord, confidence: float, value: Value | None, citations: tuple[int, ...]
    ) -> Verdict:
        row = self.index.reports[report]
        meta = row.metadata
        return Verdict(
            report=row.id,
            file=row.file,
            township=meta.township,
            county=meta.county,
            year=meta.year,
            verdict=word,
            confidence=round(min(max(confidence, 0.0), 1.0), 3),
            value=value,
            citations=citations,
        )

    def _made(
        self,
        question: Question,
        cited: Citations,
        lines: Sequence[Line],
        *,
        reason: Reason | None = None,
        verdicts: tuple[Verdict, ...] = (),
        scope: Sequence[int] | None = None,
        figure: Value | None = None,
    ) -> Answer:
        reports = question.scope.reports if scope is None else scope
        notes = [] if reason == "off_topic" else wording.readings(question, self.index.reports, self.naming)
        return Answer(
            question=question.text,
            language=question.language,
            kind=_kind_answered(question.kind) if reason in (None, "no_evidence") else "none",
            answered=reason is None,
            reason=reason,
            lines=(*lines, *notes),
            citations=tuple(cited.made),
            verdicts=verdicts,
            checked_reports=len(reports),
            checked_passages=self.retriever.size(reports),
            milliseconds=0.0,
            figure=figure,
        )


def _words(said: str) -> list[Line]:
    """An answer that is one sentence."""
    return [Line("words", said)]


def _meets(question: Question, value: ReportValue) -> bool:
    bounds = question.rank.range if question.rank else None
    if bounds is None:
        return True
    if len(value.quantities) != 1:
        return bounds.holds(value.number)
    one = value.quantities[0]
    return bounds.holds(one if one.in_base_unit == (one.value, one.unit) else value.number)


def _kind_answered(kind: KindAsked) -> Kind:
    """The kind of an answer: each township's own figure is a rank, told in the reports' order."""
    return "rank" if kind == "each" else kind
