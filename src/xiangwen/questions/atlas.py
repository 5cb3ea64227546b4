"""Which reports a question speaks of: the places, issuers and years named in it, in whatever form; and places or years
that the collection does not have, which must never be answered from another report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import NamedTuple

from xiangwen.questions.exclusion import LeftOut, Named, excluded
from xiangwen.questions.holding import Holding, NameFound
from xiangwen.questions.homes import Homes
from xiangwen.questions.issuers_asked import issuers_asked
from xiangwen.questions.names import SUFFIX, Names, region_forms, township_forms
from xiangwen.questions.renamed import Renamings
from xiangwen.questions.scope import Note, Problem, Scope, ScopeReading, years_text
from xiangwen.questions.spans import GENERAL, Mention, Span, blank, vocabulary_of
from xiangwen.questions.titles import Titles
from xiangwen.questions.unknown import UnknownPlace, of_words, unknown_places, unknown_side
from xiangwen.questions.years import YearAsked, find_years, year_meant
from xiangwen.reports import Report
from xiangwen.reports.places import rows_named

_FEW = 3
_FEW_OF = 0.1
"""Reports, and share of them, that name one neighbour or office at most."""


class Atlas:
    """The places and years of a collection, and how people write them."""

    def __init__(self, reports: Sequence[Report], likely: Callable[[str], Iterable[int]] | None = None) -> None:
        """Read the names of these reports.

        Args:
            reports: all of them.
            likely: numbers of the reports whose text may hold some words; None for all.
        """
        self.reports = reports
        self.homes = Homes(reports)
        self.all = frozenset(range(len(reports)))
        townships: dict[str, set[int]] = {}
        counties: dict[str, set[int]] = {}
        regions: dict[str, set[int]] = {}
        for number, report in enumerate(reports):
            if report.metadata.township:
                townships.setdefault(report.metadata.township, set()).add(number)
            home = self.homes.of(number)
            for region, found in ((home.county, counties), (home.city, regions), (home.province, regions)):
                if region:
                    found.setdefault(region, set()).add(number)
        self.townships = Names(townships, township_forms)
        self.counties = Names(counties, region_forms)
        self.regions = Names(regions, region_forms)
        self.known_regions = frozenset((*counties, *regions))
        self.titles = Titles(reports)
        self.holding = Holding(reports, likely)
        self.renamings = Renamings(reports, self.townships, likely)

    @cached_property
    def has_issuers(self) -> bool:
        """Whether these are reports of townships or offices, not documents of another kind."""
        return any(report.metadata.township for report in self.reports)

    @cached_property
    def superseded(self) -> dict[int, int]:
        """Earlier versions of a report, each with the number of the one that counts."""
        numbers = {report.id: number for number, report in enumerate(self.reports)}
        later = {n: numbers.get(report.superseded_by) for n, report in enumerate(self.reports) if report.superseded_by}
        return {n: number for n, number in later.items() if number is not None}

    def years(self, numbers: Iterable[int]) -> set[int]:
        """The years that these reports cover."""
        return {year for n in numbers if (year := self.reports[n].metadata.year)}

    def of_years(self, numbers: frozenset[int], years: Sequence[int], plans: bool) -> frozenset[int]:
        """Those of these reports that cover one of the years; with ``plans`` else those of the year before."""
        exact = frozenset(n for n in numbers if self.reports[n].metadata.year in years)
        if exact or not plans:
            return exact
        return frozenset(n for n in numbers if (self.reports[n].metadata.year or 0) + 1 in years)

    def names(self, words: str) -> bool:
        """Whether words name a place or a year of the collection."""
        kinds = (self.townships, self.titles, self.counties, self.regions)
        return any(names.find(words) for names in kinds) or bool(find_years(words))

    def find(self, question: str, *, plans_next_year: bool = False, left_out: LeftOut = excluded) -> Scope:
        """The scope of a question in simplified characters.

        Args:
            question: the question, NFKC-normalised and simplified.
            plans_next_year: the question is about plans, so a report also stands for the year after its own.
            left_out: tells which of the names in it are left out.
        """
        return _ScopeReader(self, question, plans_next_year, left_out).scope()


_BESIDE_CHINESE = re.compile(r"(?:\b[A-Z][\w'’-]*\s+)+(?=[(（]\s*[\u4e00-\u9fff]{2,}[^()（）]*[)）])")
"""「Changshou Road Subdistrict (长寿路街道)」: the Chinese name says which, the Latin one may sound like another's."""

_PETITION = re.compile(r".{0,4}(?:上访|信访|非访|走访)")
_IN_QUOTES = re.compile("[“《「][^”》」]*$")
_JOINED = re.compile(r"\s*(?:[和与跟同及、,，/]|还是|比|以及)")
_JOINED_BEFORE = re.compile(rf"{_JOINED.pattern}(?:[\u4e00-\u9fff]{{2,6}}[省市县区州])?\s*$")


class _Within(NamedTuple):
    """Regions that a question names by themselves: its reports lie in one of them; in none where they are left out."""

    places: tuple[tuple[str, ...], ...]
    """Each by its names, 「重庆市彭水县」 by two."""
    asked: str
    """What they are called where it is told of them."""
    reports: frozenset[int]
    """Those that lie in one of them for all that is known."""
    left_out: bool

    def of(self, reports: frozenset[int]) -> frozenset[int]:
        """Those of some reports that it asks for."""
        return reports - self.reports if self.left_out else reports & self.reports


class _ScopeReader:
    """One question while its scope is read: what was named and found is taken out of it step by step."""

    def __init__(self, atlas: Atlas, question: str, plans: bool, left_out: LeftOut) -> None:
        self.atlas = atlas
        self.question = question
        self.plans = plans
        self.tells_left_out = left_out
        question = _BESIDE_CHINESE.sub(lambda words: " " * len(words[0]), question)
        self.rest = question
        self.heard = _generic().sub(lambda words: GENERAL * len(words[0]), question)
        """What names are heard in: the rest without words that speak of townships in general."""
        self.groups: list[Mention] = []
        self.allowed = atlas.all
        self.regions: list[_Within] = []
        self.beside = atlas.all
        """What all that is said but the regions allows."""
        self.narrowed = False
        self.level_said = ""
        """「哪几个镇」, where townships in general are meant by it."""
        self.notes: list[Note] = []
        self.missing: list[str] = []

    def scope(self) -> Scope:
        townships = self._take(self.atlas.townships) or self._take(self.atlas.titles)
        counties = self._take(self.atlas.counties, quoted=False)
        regions = self._take(self.atlas.regions, quoted=False)
        regions += self._regions_misspelt()
        years = find_years(self.rest)
        self._blank(year.span for year in years)
        self.heard = _kinds().sub(lambda words: GENERAL * len(words[0]), self.heard)
        unknown = unknown_places(
            self.heard,
            self.atlas.townships,
            self.atlas.known_regions,
            min((m.span.start for m in townships), default=None),
        )
        unknown += unknown_side(self.heard, self.question, [m.span for m in townships])
        left_out, words = self.tells_left_out(
            self.question,
            [
                *(Named(m.span) for m in townships),
                *(Named(m.span, frozenset(rows_named(m.name))) for m in (*counties, *regions)),
                # What may be a word as well (「镇和街道都不要」) is left to those who read levels.
                *(Named(u.span, frozenset(rows_named(u.name))) for u in unknown if not u.doubtful),
                *(Named(y.span, is_year=True) for y in years),
            ],
        )
        self._blank(words)
        self._places(townships, [*counties, *regions], unknown, left_out)
        self._issuers()
        unwanted = [year for year in years if year.span in left_out]
        self._exclude_years(unwanted)
        # 「2022年我手头有，除2022外都有啥」 names it twice and asks for others.
        named = {(year.years, year.relative) for year in unwanted}
        asked = self._years([year for year in years if (year.years, year.relative) not in named])
        if self.missing:
            return self._result(asked, problem="unknown_report", missing="、".join(dict.fromkeys(self.missing)))
        return self._of_years(asked)

    # --- places ----------------------------------------------------------------------------------------------------

    def _take(self, names: Names | Titles, *, quoted: bool = True) -> list[Mention]:
        found = names.find(self.heard)
        if not quoted:  # 「“宪法与浙江”宣传月」 asks for no province
            found = [m for m in found if not _IN_QUOTES.search(self.question[: m.span.start])]
            found = [m for m in found if not self._is_petitioned(m)]
        self._blank(mention.span for mention in found)
        return found

    def _is_petitioned(self, region: Mention) -> bool:
        """Whether people went there to complain, 「到北京上访」: no report is asked for by that."""
        ahead, behind = self.question[: region.span.start], self.question[region.span.end :]
        return ahead.endswith(tuple("到去赴往进")) and bool(_PETITION.match(behind))

    def _regions_misspelt(self) -> list[Mention]:
        """「贵洲」: provinces, cities and counties written with a wrong character; it is told of them."""
        found = [slip for names in (self.atlas.regions, self.atlas.counties) for slip in names.slips(self.heard)]
        for slip in found:
            self.notes.append(Note("misspelt", self.question[slip.span.start : slip.span.end], slip.name))
        self._blank(slip.span for slip in found)
        return found

    def _blank(self, spans: Iterable[tuple[int, int]]) -> None:
        spans = list(spans)
        self.rest, self.heard = blank(self.rest, spans), blank(self.heard, spans)

    def _places(
        self, townships: list[Mention], regions: list[Mention], unknown: list[UnknownPlace], left_out: set[Span]
    ) -> None:
        """What is named: townships make groups, regions narrow, and what is left out is taken away."""
        before = {mention.span.end: mention for mention in regions}
        of_a_township: set[Span] = set()
        for township in townships:
            homes, start = [], township.span.start
            while region := before.get(start):
                homes.append(region)
                start = region.span.start
                of_a_township.add(region.span)
            written = self.question[start : township.span.end]
            self._name(self._at_home(township, homes), written, township.span in left_out)
        apart = [mention for mention in regions if mention.span not in of_a_township]
        unwanted = {mention.name for mention in apart if mention.span in left_out}
        for leave_out in (False, True):
            mentioned = [m for m in apart if (m.span in left_out or m.name in unwanted) is leave_out]
            if mentioned and not leave_out and self.groups:
                self.groups = [self._at_home(group, mentioned) for group in self.groups]
                self.narrowed = True
            elif mentioned:
                self._within(mentioned, leave_out)
        for place in unknown:
            if townships and place.kind == "township" and not self._joined(place.span) and of_words(place.name):
                place = replace(place, doubtful=True)  # 「德祥镇整治集镇面貌」 names one township
            self._unknown(place, {m.span.start: m for m in (*regions, *townships)}, place.span in left_out)
        if (
            not self.groups
            and not self.missing
            and not left_out
            and (slip := self.atlas.townships.misspelt(self.heard))
        ):
            self._misspelt(slip)

    def _at_home(self, township: Mention, regions: Sequence[Mention]) -> Mention:
        """A township in the regions named beside it; where its reports leave these unsaid, those that may lie there."""
        if not regions:
            return township
        names = [region.name for region in regions]
        if stated := township.reports & self._of_places(_places_of(regions)):
            self._tell_unsaid([n for n in stated if not all(self.atlas.homes.says(n, name) for name in names)], names)
            return township._replace(reports=stated)
        return township._replace(reports=self._unsaid(township.reports, names))

    def _unsaid(self, numbers: frozenset[int], regions: Sequence[str]) -> frozenset[int]:
        """Those of a township's reports that may lie in regions which they do not name; it is told of them."""
        unsaid = frozenset(n for n in numbers if self.atlas.homes.may_lie_in(n, *regions))
        self._tell_unsaid(unsaid, regions)
        return unsaid

    def _tell_unsaid(self, numbers: Iterable[int], regions: Sequence[str]) -> None:
        if in_order := tuple(sorted(numbers)):
            self.notes.append(Note("unstated", "".join(regions), self.atlas.reports[in_order[0]].name, in_order))

    def _joined(self, span: Span) -> bool:
        """Whether it stands beside another place, as in 「青龙镇和柳河镇」."""
        return bool(_JOINED_BEFORE.search(self.question[: span.start]) or _JOINED.match(self.question, span.end))

    def _within(self, mentioned: Sequence[Mention], left_out: bool) -> None:
        """Only reports of these regions, or none of them."""
        places = _places_of(mentioned)
        names = tuple(tuple(mention.name for mention in place) for place in places)
        inside = self._of_places(places)
        if len(places) > 1:  # a report may lie in one of them though it is open in which
            inside |= {n for n in self.atlas.all - inside if self.atlas.homes.lies_in_one_of(n, names)}
        spans = [(place[0].span.start, place[-1].span.end) for place in places]
        written = [self.question[start:end].strip() for start, end in spans]
        called = [words if words.isascii() else "".join(of) for words, of in zip(written, names, strict=True)]
        asked = (", " if all(map(str.isascii, called)) else "、").join(called)
        self.regions.append(_Within(names, asked, inside, left_out))
        self.allowed = self.regions[-1].of(self.allowed)
        self.narrowed = True

    def _of_places(self, places: Sequence[Sequence[Mention]]) -> frozenset[int]:
        """The reports of some places, each given by its regions."""
        found = (frozenset.intersection(*(mention.reports for mention in place)) for place in places)
        return frozenset().union(*found)

    def _name(self, mention: Mention, written: str, leave_out: bool) -> None:
        """A township that the collection knows, with the reports under another name of it."""
        if not mention.reports:
            self.missing.append(written)
            return
        others = self.atlas.renamings.reports_of(mention.name, mention.reports)
        for name in dict.fromkeys(others.values()):
            same = tuple(sorted(n for n, other in others.items() if other == name))
            self.notes.append(Note("renamed", mention.name, name, same))
        mention = mention._replace(reports=mention.reports | frozenset(others))
        if leave_out:
            self._narrow(mention.reports, leave_out=True)
        else:
            self.groups.append(mention)

    def _narrow(self, reports: frozenset[int], *, leave_out: bool = False) -> None:
        self.allowed = self.allowed - reports if leave_out else self.allowed & reports
        self.beside = self.beside - reports if leave_out else self.beside & reports
        self.narrowed = True

    def _misspelt(self, slip: Mention) -> None:
        self.notes.append(Note("misspelt", self.question[slip.span.start : slip.span.end], slip.name))
        self._blank([slip.span])
        self.groups.append(slip)

    def _unknown(self, place: UnknownPlace, known: dict[int, Mention], leave_out: bool) -> None:
        """A place that no report was read to be of: looked for in their own words before it is called unknown."""
        end, inner = place.span.end, self.atlas.all
        while mention := known.get(end):  # a county of elsewhere before a name that is known here
            end, inner = mention.span.end, inner & mention.reports
        name = place.name + self.question[place.span.end : end]
        told = self._name_found(place, name, inner if end > place.span.end else None)
        if told and place.kind == "township" and self._is_common(told):
            return
        if place.doubtful and not (told and told.own):
            return
        beside_known = place.kind == "region" and end > place.span.end
        if told is None and not leave_out and beside_known and self._unsaid(inner, [place.name]):
            return
        if told is None:
            segment = blank(self.heard, [(0, place.span.start), (place.span.end, len(self.heard))])
            slip = self.atlas.townships.misspelt(segment) if place.kind in ("township", "english") else None
            if slip and not leave_out:
                self._misspelt(slip)
            elif leave_out:
                self._blank([place.span])  # what no report is of is left out already
            else:
                self.missing.append(name)
            return
        if end > place.span.end and told.name == place.name:
            return  # the known place's own report names that county
        if leave_out:
            if told.own:
                self._narrow(told.reports, leave_out=True)
            return
        self._from_text(place, told)

    def _name_found(self, place: UnknownPlace, name: str, inner: frozenset[int] | None) -> NameFound | None:
        """Where the place stands in the reports; with ``inner`` it stands before a name that these reports have."""
        holding = self.atlas.holding
        if inner is not None:
            told = holding.find(name) or holding.find(place.name)
            return told if told and (told.name == name or told.reports & inner) else None
        for written in place.endings or ((place.name,) if place.kind != "english" else ()):
            if told := holding.find(written):
                return told
        stem = re.sub(rf"{SUFFIX}$", "", place.name)
        if place.sound and stem == place.name:
            return holding.sounding(place.sound)
        if place.kind in ("township", "english") and stem != place.name and not self.atlas.townships.is_stem(stem):
            # A report may leave 镇 away wherever it names its own: 「道滘司法所」.
            return holding.in_short(stem)
        return None

    def _is_common(self, told: NameFound) -> bool:
        """Whether many reports say it in their texts: then it is a phrase (「依法治镇」) and names none of them."""
        return told.place == "text" and len(told.reports) > max(_FEW, _FEW_OF * len(self.atlas.reports))

    def _from_text(self, place: UnknownPlace, told: NameFound) -> None:
        """Answer from the reports that hold the name, and say so."""
        shorter = place.kind != "english" and len(told.name) < len(place.name)
        span = Span(place.span.end - len(told.name), place.span.end) if shorter else place.span
        renamed = (
            self.atlas.renamings.reports_of(told.name, frozenset()) if place.kind in ("township", "english") else {}
        )
        if renamed:
            for name in dict.fromkeys(renamed.values()):
                same = tuple(sorted(n for n, now in renamed.items() if now == name))
                self.notes.append(Note("renamed", told.name, name, same))
            self._blank([span])
            self.groups.append(Mention(span, frozenset(renamed), told.name))
            return
        self.notes.append(Note(told.place, told.name, reports=tuple(sorted(told.reports))))
        if place.kind in ("township", "english") and (told.own or self.groups):
            self._blank([span])
            self.groups.append(Mention(span, told.reports, told.name))
            return
        self._narrow(told.reports)
        if told.own:
            self._blank([span])

    def _issuers(self) -> None:
        """「哪些街道」, 「重庆市的镇里」: only reports of such issuers; 「哪几个镇」: of townships of all levels."""
        if self.groups or self.missing:
            return
        kind, said = next(
            ((kind, words) for kind in issuers_asked() if (words := kind.said_in(self.question))), (None, "")
        )
        if kind is None:
            return
        fitting = frozenset(n for n in self.beside if kind.fits(self.atlas.reports[n]))
        if not fitting & self.allowed:
            self.missing.append(kind.name)
        narrowed = self.narrowed or not kind.without
        self._narrow(fitting)
        self.narrowed = narrowed
        if kind.without:
            self.level_said = said[: max(said.rfind("镇"), said.rfind("乡")) + 1]

    # --- years -----------------------------------------------------------------------------------------------------

    def _base(self) -> frozenset[int]:
        """The reports that the question is about, whatever their year."""
        named = frozenset().union(*(group.reports for group in self.groups)) & self.allowed
        return named if self.groups else self.allowed

    def _years(self, asked: list[YearAsked]) -> tuple[int, ...]:
        """The years asked for; 去年 is told as which year it was taken for."""
        years: list[int] = []
        for year in asked:
            years += year.years
            if year.relative and (taken := year_meant(year.relative, self.atlas.years(self._base()))):
                years.append(taken)
                self.notes.append(Note("year", self.question[year.span.start : year.span.end].strip(), str(taken)))
        return tuple(dict.fromkeys(years))

    def _exclude_years(self, asked: list[YearAsked]) -> None:
        if asked:
            self._narrow(self.atlas.of_years(self._base(), self._years(asked), plans=False), leave_out=True)

    def _of_years(self, years: tuple[int, ...]) -> Scope:
        """The scope in those years: all of it where none was named."""
        if not self.groups:
            scoped = self.atlas.of_years(self.allowed, years, self.plans) if years else self.allowed
            if years and not scoped:
                return self._result(years, problem="unknown_year", missing=years_text(years))
            self.narrowed |= scoped != self.allowed
            self._tell_homes(years)
            return self._result(years, scoped)
        named: list[frozenset[int]] = []
        mentions: list[Span] = []
        for group in sorted(self.groups):
            inside = group.reports & self.allowed
            if not inside:
                return self._result(years, problem="unknown_report", missing=self.question[slice(*group.span)])
            in_year = self._in_years(inside, years, group.name) if years else inside
            if not in_year:
                return self._result(
                    years, inside, [inside], [group.span], problem="unknown_year", missing=years_text(years)
                )
            self.narrowed |= bool(years) and in_year != inside
            if in_year not in named:
                named.append(in_year)
                mentions.append(group.span)
        return self._result(years, frozenset().union(*named), named, mentions)

    def _in_years(self, inside: frozenset[int], years: tuple[int, ...], name: str) -> frozenset[int]:
        """Those of the years, or else those that say of themselves that they are."""
        holding = self.atlas.holding
        if found := self.atlas.of_years(inside, years, self.plans):
            lacking = [year for year in years if year not in self.atlas.years(found)]
            if lacking and len(years) > 1:
                self.notes.append(Note("no_year", name, years_text(lacking), tuple(sorted(found))))
            return found
        if found := self.atlas.of_years(holding.nameless(name), years, plans=False):
            self.notes.append(Note("text", name, reports=tuple(sorted(found))))
            return found
        before = self.atlas.of_years(inside, years, plans=True)
        readings: tuple[tuple[ScopeReading, frozenset[int], Callable[[int, int], bool]], ...] = (
            ("said_year", inside, holding.says_year),
            ("next_year", before, holding.names_year),
        )
        for reading, numbers, says in readings:
            if said := frozenset(n for n in numbers if any(says(n, year) for year in years)):
                self.notes.append(Note(reading, years_text(years), reports=tuple(sorted(said))))
                return said
        return frozenset()

    def _tell_homes(self, years: tuple[int, ...]) -> None:
        """Of the regions asked for: whose home their names alone tell, and who may lie there without saying so."""
        homes = self.atlas.homes
        for within in self.regions:
            others = self.atlas.of_years(self.beside, years, self.plans) if years else self.beside
            for other in self.regions:
                others = other.of(others) if other is not within else others
            places = within.places
            sure = [n for n in others & within.reports if not any(all(homes.says(n, r) for r in p) for p in places)]
            unsure = [n for n in others - within.reports if any(homes.may_lie_in(n, *place) for place in places)]
            if not within.left_out:  # of what has no township, much lies nowhere
                unsure = [n for n in unsure if self.atlas.reports[n].metadata.township]
            readings: tuple[tuple[ScopeReading, list[int]], ...] = (
                ("inferred", sure),
                ("still_counted" if within.left_out else "not_counted", unsure),
            )
            self.notes += [Note(told, within.asked, reports=tuple(sorted(found))) for told, found in readings if found]

    # --- the result ------------------------------------------------------------------------------------------------

    def _result(
        self,
        years: tuple[int, ...],
        reports: frozenset[int] = frozenset(),
        groups: Sequence[frozenset[int]] = (),
        mentions: Sequence[Span] = (),
        *,
        problem: Problem | None = None,
        missing: str = "",
    ) -> Scope:
        later = self.atlas.superseded if problem is None else {}
        aside = {n: later[n] for n in sorted(reports) if later.get(n) in reports}
        for latest in dict.fromkeys(aside.values()):
            earlier = tuple(n for n, other in aside.items() if other == latest)
            self.notes.append(Note("version", self.atlas.reports[latest].name, reports=(*earlier, latest)))
        if others := self._of_another_level(reports):
            self.notes.append(Note("all_townships", self.level_said, self.level_said[-1], others))
        return Scope(
            reports=tuple(sorted(reports - set(aside))),
            groups=tuple(tuple(sorted(group - set(aside))) for group in groups),
            years=years,
            narrowed=self.narrowed,
            all_townships=bool(self.level_said),
            problem=problem,
            missing=missing,
            rest=self.rest,
            mentions=tuple((span.start, span.end) for span in mentions),
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _of_another_level(self, reports: frozenset[int]) -> tuple[int, ...]:
        """Those of these reports that are of another level than the one by which townships were asked for."""
        level = next((kind for kind in issuers_asked() if kind.name == self.level_said[-1:]), None)
        if level is None:
            return ()
        rows = self.atlas.reports
        return tuple(n for n in sorted(reports) if rows[n].metadata.level and not level.fits(rows[n]))


def _places_of(mentioned: Sequence[Mention]) -> list[list[Mention]]:
    """「重庆市彭水县」 is one place of two regions, 「彭水县和湟中区」 are two."""
    places: list[list[Mention]] = []
    for mention in sorted(mentioned):
        if places and mention.span.start == places[-1][-1].span.end:
            places[-1].append(mention)
        else:
            places.append([mention])
    return places


@cache
def _generic() -> re.Pattern[str]:
    """「大部分乡镇」, 「各份乡镇（街道）」."""
    words = vocabulary_of("generic")
    # Atomic, since digits could be cut into words in as many ways as there are.
    return re.compile(rf"(?>(?:{'|'.join(words['before'])})+)的?(?:{'|'.join(words['kinds'])})")


@cache
def _kinds() -> re.Pattern[str]:
    return re.compile("|".join(vocabulary_of("generic")["kinds"]))
