"""Train what tells of each passage whether it was done, is planned or is lacking: ``make stances``.

Passages of the authors' reports, labelled in their place by two readers; those that no line of ``stances.jsonl`` names
tell of deeds. Measured by leaving authors out.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from xiangwen.language.heading_stance import announced
from xiangwen.language.ngrams import in_eight_bits
from xiangwen.reports import read_folder
from xiangwen.segmentation.passages import split_passages
from xiangwen.segmentation.stance import (
    PLACES,
    STANCE_FILE,
    TOLD,
    WAYS,
    PassageInRun,
    StanceModel,
    Told,
    run_of,
    signs_of_run,
    ways,
)

_RIDGE = 1 / 30
"""What the square of a weight costs."""
_RIDGE_OF_TRANSITIONS = 0.1
_ITERATIONS = 100
_BARE = 4
"""Of so many reports one is learned without its headings too: of all, headings would count too little."""
_BOTH = ("五、存在的不足和下一步打算",)
"""A heading that says of no passage below it what it tells."""
_LACKS = ("三、存在的问题",)
_THEN = "下一步，"
"""What a plan begins with that follows a lack."""

log = logging.getLogger(__name__)


class LabelledPassage(NamedTuple):
    """A passage and what it tells."""

    passage: PassageInRun
    told: Told
    checked: bool
    """Whether a reader labelled it."""

    def under(self, *path: str) -> LabelledPassage:
        """The same under other headings."""
        return self._replace(passage=self.passage._replace(heading_path=path))


class LabelledRun(NamedTuple):
    """The passages of a report, headings left out."""

    author: str
    year: int | None
    rows: list[LabelledPassage]


def read_runs(learning: Path) -> Iterator[LabelledRun]:
    """All reports that passages of are labelled.

    Raises:
        ValueError: a line names a passage that its report does not have.
    """
    labels: dict[str, dict[tuple[int, int], Told]] = {}
    for line in (learning / "stances.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        labels.setdefault(row["file"], {})[row["start"], row["end"]] = row["told"]
    for folder in sorted({file.split("/")[0] for file in labels}):
        for report in read_folder(learning / folder).reports:
            own = labels.get(f"{folder}/{Path(report.file).name}", {})
            passages = split_passages(report.text)
            spans = [(p.start, p.end) for p in passages if not p.is_heading]
            if unknown := own.keys() - set(spans):
                raise ValueError(f"{folder}/{report.file} has no passages {sorted(unknown)}")
            run = zip(run_of(report.text, passages), spans, strict=True)
            rows = [LabelledPassage(passage, own.get(span, "done"), span in own) for passage, span in run]
            yield LabelledRun(folder, report.metadata.year, rows)


def varied(run: LabelledRun, *, bare: bool) -> Iterator[LabelledRun]:
    """A report, and how others might have set it, so that no heading and no place tells all.

    Its second half under one heading on lacks and plans; each lack followed by a plan, under a heading on lacks; and
    all of it without headings, where it is ``bare``.
    """
    yield run
    half = len(run.rows) // 2
    rows = run.rows[half:]
    yield run._replace(rows=[row.under(*_BOTH) if announced(row.passage.heading_path) else row for row in rows])
    lacks = [row.under(*_LACKS) for row in rows if row.told == "shortcoming"]
    plans = [row.under(*_LACKS) for row in rows if row.told == "plan"]
    then = [row._replace(passage=row.passage._replace(words=_THEN + row.passage.words, joined=True)) for row in plans]
    yield run._replace(rows=[row for pair in zip(lacks, then, strict=False) for row in pair])
    if bare:
        yield run._replace(rows=[row.under() for row in run.rows])


class SeenRun(NamedTuple):
    """What is seen of a report, and what each passage tells by its number in `TOLD`."""

    places: list[NDArray[np.int64]]
    values: list[NDArray[np.float64]]
    ways: list[int]
    told: list[int]


def seen(run: LabelledRun) -> SeenRun:
    """What the model sees of a report."""
    passages = [row.passage for row in run.rows]
    signs = list(signs_of_run(passages, run.year))
    told = [TOLD.index(row.told) for row in run.rows]
    return SeenRun([own.places for own in signs], [own.values for own in signs], ways(passages), told)


def fit(runs: Sequence[SeenRun]) -> StanceModel:
    """The conditional random field of these reports, by maximum likelihood with a ridge."""
    runs = sorted(
        filter(lambda run: run.told, runs), key=lambda run: -len(run.told)
    )  # those that go on at a step are the first ones
    places = [place for run in runs for place in run.places]
    ends = np.cumsum([0, *map(len, places)])
    values = np.concatenate([value for run in runs for value in run.values])
    matrix = csr_matrix((values, np.concatenate(places), ends), shape=(len(places), PLACES))
    transposed = matrix.T.tocsr()
    gold = torch.tensor([label for run in runs for label in run.told])
    starts = np.cumsum([0, *(len(run.told) for run in runs)])
    steps = []  # of each step the rows of the matrix and the ways to follow, of all reports that go on so long
    for step in range(len(runs[0].told)):
        going = [number for number, run in enumerate(runs) if len(run.told) > step]
        row = torch.tensor([int(starts[number]) + step for number in going])
        steps.append((row, torch.tensor([runs[number].ways[step] for number in going])))
    order = torch.cat([row for row, _ in steps])
    after = order[len(runs) :]
    before = after - 1
    followed = torch.cat([way for _, way in steps[1:]])

    sizes = PLACES * len(TOLD), len(TOLD), WAYS * len(TOLD) ** 2

    def parts(flat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        weights, bias, transitions = np.split(flat, np.cumsum(sizes)[:-1])
        return weights.reshape(PLACES, -1), bias, transitions.reshape(WAYS, len(TOLD), -1)

    def cost(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The negative log likelihood with the ridge, and its gradient."""
        weights, bias, table = parts(flat)
        scores = torch.tensor(matrix @ weights + bias, requires_grad=True)
        transitions = torch.tensor(table, requires_grad=True)
        moves = transitions[followed]
        going = [len(row) for row, _ in steps]
        forward, *scores_of_steps = torch.split(scores[order], going)
        normalizer = torch.zeros(())
        for move, own in zip(torch.split(moves, going[1:]), scores_of_steps, strict=True):
            normalizer = normalizer + forward[len(own) :].logsumexp(1).sum()
            forward = (forward[: len(own), :, None] + move).logsumexp(1) + own
        normalizer = normalizer + forward.logsumexp(1).sum()
        right = scores.gather(1, gold[:, None]).sum() + transitions[followed, gold[before], gold[after]].sum()
        loss = normalizer - right
        loss.backward()  # type: ignore[no-untyped-call]
        assert scores.grad is not None
        assert transitions.grad is not None
        of_scores, of_transitions = scores.grad.numpy(), transitions.grad.numpy() + _RIDGE_OF_TRANSITIONS * table
        gradient = [transposed @ of_scores + _RIDGE * weights, of_scores.sum(axis=0), of_transitions]
        ridge = _RIDGE * np.square(weights).sum() + _RIDGE_OF_TRANSITIONS * np.square(table).sum()
        return float(loss.detach()) + ridge / 2, np.concatenate([part.ravel() for part in gradient])

    found = minimize(cost, np.zeros(sum(sizes)), jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS}).x
    weights, bias, transitions = (part.astype(np.float32) for part in parts(found))
    return StanceModel(weights.T.copy(), bias, transitions)


def measure(pairs: Sequence[tuple[Told, Told]]) -> None:
    """Print how many of the passages are told right, by (label, told)."""
    right = sum(label == told for label, told in pairs)
    log.info("  right %.3f of %d", right / len(pairs), len(pairs))
    labelled, found = Counter(label for label, _ in pairs), Counter(told for _, told in pairs)
    hits = Counter(label for label, told in pairs if label == told)
    for name in TOLD:
        precision, recall = hits[name] / max(1, found[name]), hits[name] / max(1, labelled[name])
        log.info("  %s: precision %.3f, recall %.3f of %d", name, precision, recall, labelled[name])


def main() -> None:
    """Measure by leaving authors out, train on all, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("learning", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "segmentation" / STANCE_FILE)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    runs = list(read_runs(given.learning))
    bare = [number % _BARE == 0 for number in range(len(runs))]
    views = [[seen(one) for one in varied(run, bare=own)] for run, own in zip(runs, bare, strict=True)]
    pairs: list[tuple[Told, Told]] = []
    for author in sorted({run.author for run in runs}):
        model = fit([view for run, own in zip(runs, views, strict=True) if run.author != author for view in own])
        for run in (run for run in runs if run.author == author):
            told = model.told([row.passage for row in run.rows], run.year)
            pairs += [(row.told, said) for row, said in zip(run.rows, told, strict=True) if row.checked]
    log.info("labelled passages of authors left out")
    measure(pairs)
    model = fit([view for own in views for view in own])
    weights, scale = in_eight_bits(model.weights)
    np.savez_compressed(
        given.out,
        labels=np.array(TOLD),
        weights=weights,
        scale=scale,
        bias=model.bias,
        transitions=model.transitions,
    )


if __name__ == "__main__":
    main()
