"""What each passage of a report tells: what was done, what is planned (计划), what is lacking (不足).

A linear-chain conditional random field over the passages of a report: a linear classifier of each one's characters,
headings and place, and tables of what follows on what. A section on 「存在的不足和下一步打算」 tells both; its
sentences say where the one ends and the other begins, and an item of a list mostly tells what the item before it does.
``stance.npz`` is written by ``make stances``; docs/judge.md tells what it was learned from and what it is worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiangwen.language.as_read import on_one_line
from xiangwen.language.characters import simplify
from xiangwen.language.heading_stance import announced, stances_of_heading
from xiangwen.language.list_marks import FIRST_ITEM_MARK, ITEM_MARK
from xiangwen.language.ngrams import hashed, ngrams, with_any_year
from xiangwen.machine.fitted import must_fit
from xiangwen.segmentation.passages import Passage, Stance

Told = Literal["done", "plan", "shortcoming", "closing"]

STANCE_FILE = "stance.npz"
TOLD: tuple[Told, ...] = ("done", "plan", "shortcoming", "closing")
"""What a passage may tell. Closing are 「特此报告」, signatures and dates, and titles and marks of a page: no deed, but
neither an item of the plans above them."""
PLACES = 1 << 14
"""Places that the signs of a passage are hashed to."""
_LONGEST = 3
"""Characters of the longest sequence that is looked at."""
_READ = 80
"""Characters of a passage that are read."""
_OPENING = 8
"""Characters that it opens with, behind its number: these count apart."""
_LONGEST_LEAD = 24
"""Characters before a colon that may announce what follows: 「2023年想办三件事：」."""
_LONGEST_ANNOUNCEMENT = 16
"""Characters of a whole sentence that may: 「要说差在哪里。」."""
_WEIGHT_OF_SIGN = 0.3
"""What each sign beside the characters counts, which count 1 together."""
_WEIGHT_OF_NEXT = 0.7
"""What the opening of the next passage counts."""
_FIFTHS = 5
"""Parts of a report that a passage may stand in."""
_LONG = 15
"""Passages from which on a report has parts."""
_NEAR_END = 3
"""Passages from which on it does not count how many more follow."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")
_COLON = re.compile(r"[:：]$")
_ENDED = re.compile(r"[。！？.!?]$")
_TOLD_DONE = re.compile(r"\d{2}(?!\d{0,2}年)|了")
"""A lead that has a number or 「了」 tells, and announces nothing."""


class PassageInRun(NamedTuple):
    """A passage as far as what it and its neighbours tell depends on it."""

    words: str
    """On one line, in simplified characters."""
    heading_path: tuple[str, ...]
    joined: bool = False
    """Whether it begins right where the one before it ends, in the same paragraph."""


class Signs(NamedTuple):
    """What is seen of a passage: hashed signs and what each counts."""

    places: NDArray[np.int64]
    values: NDArray[np.float64]


class StanceModel(NamedTuple):
    """The conditional random field; all scores are log odds."""

    weights: NDArray[np.float32]
    """What each sign speaks for, shape (`TOLD`, `PLACES`)."""
    bias: NDArray[np.float32]
    transitions: NDArray[np.float32]
    """For each of the `WAYS` to follow: from what (rows) to what (columns)."""

    def told(self, run: Sequence[PassageInRun], year: int | None) -> list[Told]:
        """The likeliest of all sequences (Viterbi): what each passage of a report tells, headings left out.

        Args:
            run: the passages in their order.
            year: of the report, where it is known.
        """
        if not run:
            return []
        own = [self.weights[:, seen.places] @ seen.values + self.bias for seen in signs_of_run(run, year)]
        best, came_from = own[0], []
        for score, way in zip(own[1:], ways(run)[1:], strict=True):
            through = best[:, None] + self.transitions[way]
            came_from.append(through.argmax(axis=0))
            best = through.max(axis=0) + score
        path = [int(best.argmax())]
        for before in reversed(came_from):
            path.append(int(before[path[-1]]))
        return [TOLD[label] for label in reversed(path)]


def stances(text: str, passages: Sequence[Passage], year: int | None) -> list[Stance]:
    """What each passage of a report tells.

    Args:
        text: of the report.
        passages: all of it, in its order.
        year: that the report is on, where it is known.
    """
    told: Iterator[Told] = iter(_shipped().told(list(run_of(text, passages)), year))
    found: list[Stance | None] = [
        _of_heading(passage.heading_path) if passage.is_heading else _stance(next(told)) for passage in passages
    ]
    # A heading on both tells what the first passage below it tells.
    below: Stance = "shortcoming"
    settled: list[Stance] = []
    for own in reversed(found):
        below = own or below
        settled.append(below)
    return settled[::-1]


def run_of(text: str, passages: Iterable[Passage]) -> Iterator[PassageInRun]:
    """The passages of a report as they run, headings left out."""
    end: int | None = None
    for passage in passages:
        if not passage.is_heading:
            words = simplify(on_one_line(text[passage.start : passage.end]))
            yield PassageInRun(words, passage.heading_path, passage.start == end)
        end = passage.end


def stance_alone(words: str, heading_path: tuple[str, ...]) -> Stance:
    """What a sentence tells by itself and its headings, where it stands in no report."""
    model = _shipped()
    seen = _signs([*_signs_of_words(simplify(words), heading_path, None)], simplify(words), "")
    return _stance(TOLD[int((model.weights[:, seen.places] @ seen.values + model.bias).argmax())])


def _stance(told: Told) -> Stance:
    return "done" if told == "closing" else told


def _of_heading(path: tuple[str, ...]) -> Stance | None:
    """What a section tells by its headings; None where they announce plans and lacks alike."""
    said = announced(path)
    if len(said) > 1:
        return None
    return next(iter(said), "done")


# --- What is seen of a passage --------------------------------------------------------------------------------------


def signs_of_run(run: Sequence[PassageInRun], year: int | None) -> Iterator[Signs]:
    """The signs of each passage of a report."""
    last = len(run) - 1
    for number, passage in enumerate(run):
        first = number == 0 or run[number - 1].heading_path != passage.heading_path
        ends = number == last or run[number + 1].heading_path != passage.heading_path
        part = number * _FIFTHS // len(run) if len(run) >= _LONG else "of few"
        above = _said(announced(passage.heading_path))
        signs = [
            *_signs_of_words(passage.words, passage.heading_path, year),
            f"above {above} first {first}",
            f"ends {ends}",
            f"part {part}",
            f"above {above} part {part}",
            f"left {min(last - number, _NEAR_END)}",
            f"joined {passage.joined}",
        ]
        yield _signs(signs, passage.words, "" if ends else run[number + 1].words)


def _signs_of_words(words: str, path: tuple[str, ...], year: int | None) -> Iterator[str]:
    """What the words and headings of a passage show beside their characters."""
    above, marked = _said(announced(path)), bool(ITEM_MARK.match(words))
    yield f"above {above}"
    yield f"heading {_said(announced(path[-1:]))}"
    yield f"depth {min(len(path), 3)}"
    yield f"item {marked}"
    yield f"above {above} item {marked}"
    yield f"colon {bool(_COLON.search(words))}"
    yield f"ended {bool(_ENDED.search(words))}"
    yield f"length {len(words).bit_length()}"
    yield f"above {above} figure {bool(re.search('[0-9]', words))}"
    yield f"lead {_lead(words)}"
    yield from {f"year {when}" for when in _years(words, year)}
    yield from {f"year above {when}" for when in _years(" ".join(path[-1:]), year)}


def _signs(signs: Iterable[str], words: str, following: str) -> Signs:
    """The signs with the characters of a passage, of its opening and of that of the one after it."""
    read = with_any_year("".join(words.split()))
    groups = [
        (hashed(ngrams(f"^{read[:_READ]}$", _LONGEST), PLACES), 1.0),
        (hashed((f"opens {x}" for x in ngrams(f"^{_opening(read)}", _LONGEST)), PLACES), 1.0),
        (hashed((f"next {x}" for x in ngrams(_opening(with_any_year(following)), _LONGEST)), PLACES), _WEIGHT_OF_NEXT),
    ]
    own = hashed(signs, PLACES)
    places = [*(found for found, _ in groups), own]
    values = [np.full(len(found), weight / np.sqrt(max(1, len(found)))) for found, weight in groups]
    return Signs(np.concatenate(places), np.concatenate([*values, np.full(len(own), _WEIGHT_OF_SIGN)]))


def _opening(words: str) -> str:
    """What a passage opens with, behind its number."""
    marked = ITEM_MARK.match(words)
    return words[marked.end() if marked else 0 :].lstrip("，、")[:_OPENING]


def _said(told: Iterable[str]) -> str:
    return " and ".join(sorted(told)) or "nothing"


def _lead(words: str) -> str:
    """What a passage announces of those behind it, as a heading would: 「打算：」, 「检讨。」."""
    before, colon, _ = words.replace("：", ":").partition(":")
    lead = before if colon and len(before) <= _LONGEST_LEAD else words.rstrip("。")
    if (not colon and len(words) > _LONGEST_ANNOUNCEMENT) or len(lead) > _LONGEST_LEAD or _TOLD_DONE.search(lead):
        return "none"
    return _said(stances_of_heading(lead))


def _years(words: str, year: int | None) -> Iterator[str]:
    """How the years that are named stand to that of the report."""
    if year is not None:
        for named in map(int, _YEAR.findall(words)):
            yield "later" if named > year else "before" if named < year else "own"


# --- How one passage follows another --------------------------------------------------------------------------------

_MARKS, _ENDS = 3, 3
WAYS = 1 + _MARKS * _ENDS * 2
"""Ways to follow a passage: under another heading; else by the item that begins, by how the one before ends, and
whether in the same paragraph."""


def ways(run: Sequence[PassageInRun]) -> list[int]:
    """In which of the `WAYS` each passage follows the one before it; the first as one under another heading."""
    return [0] * min(1, len(run)) + [_way(*pair) for pair in pairwise(run)]


def _way(before: PassageInRun, passage: PassageInRun) -> int:
    if before.heading_path != passage.heading_path:
        return 0
    mark = 2 if FIRST_ITEM_MARK.match(passage.words) else 1 if ITEM_MARK.match(passage.words) else 0
    end = 2 if _COLON.search(before.words) else 1 if not _ENDED.search(before.words) else 0
    return 1 + (mark * _ENDS + end) * 2 + int(passage.joined)


@cache
def _shipped() -> StanceModel:
    """The one of the package.

    Raises:
        WeightsOutdated: it was fitted for other labels, places or ways to follow.
    """
    with files("xiangwen.segmentation").joinpath(STANCE_FILE).open("rb") as file, np.load(file) as arrays:
        fitted_for = [*arrays["labels"].tolist(), arrays["weights"].shape[1], len(arrays["transitions"])]
        must_fit(STANCE_FILE, fitted_for, [*TOLD, PLACES, WAYS])
        weights = arrays["weights"].astype(np.float32) * arrays["scale"]
        return StanceModel(weights, arrays["bias"], arrays["transitions"])
