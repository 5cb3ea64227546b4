"""Train the judge: ``python -m xiangwen.training.judge tests/learning --written tests/questions/written_pairs.jsonl``.

A cross-encoder from the encoder's tuned weights: the upper eight of twelve layers trained whole, mean pooling (the
[CLS] pooler collapsed to the base rate), a linear head over six labels. Every author's report `HELD_REPORT` and every
eighth question with written sentences are kept out; all figures printed are measured on them. Of the seeds and of
tests/reports_dev only what ``--pairs`` labels is seen, of tests/reports_dev2 nothing.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize
from sklearn.metrics import roc_auc_score
from torch import nn

from xiangwen.encoding import PROMPTS
from xiangwen.encoding.graph import WEIGHT_LIMIT
from xiangwen.encoding.tokenizer import build_tokenizer
from xiangwen.encoding.tuned import packed_tensors, tuned_weights, unpacked_tensors
from xiangwen.encoding.weights import EncoderWeights
from xiangwen.retrieval.cross_encoder import JUDGE_FILE
from xiangwen.retrieval.pair import LABELS, encode
from xiangwen.segmentation.passages import Passage
from xiangwen.training.bert import bert_of, load_tensors, train_in_steps, trained_tensors, unpadded
from xiangwen.training.encoder import PathEncoder, ReportPassages, encode_texts
from xiangwen.training.lessons import Author, authors
from xiangwen.training.pairs import (
    SEED,
    Pair,
    is_held,
    of_another_hand,
    read_asked,
    read_general,
    read_labelled,
    read_labelled_cells,
    read_lessons,
    read_written,
    wordings,
)

log = logging.getLogger(__name__)

TRAINED_LAYERS = 8
RATE = 1e-4
_HEAD_RATE = 1e-3
BATCH = 32
_ENGLISH = 0.3
"""Share of the English wordings among those drawn for a pair that has both."""
_MEASURED = 2_000
"""Pairs kept out, drawn at random, on which a judge is measured after every epoch; all would take too long."""
_NEAREST = 4
"""Of the passages nearest to a question so many may take part without a label."""


class TrainableJudge(nn.Module):
    """The encoder's layers, mean pooling and the head."""

    def __init__(self, weights: EncoderWeights) -> None:
        super().__init__()
        self.bert = bert_of(weights)
        self.head = nn.Linear(weights.architecture.hidden, len(LABELS))

    def forward(self, rows: Sequence[list[int]]) -> torch.Tensor:
        """Scores of the labels, shape (pairs, 6)."""
        lengths = torch.tensor([len(row) for row in rows])
        there = torch.arange(int(lengths.max())) < lengths[:, None]
        ids = torch.zeros(there.shape, dtype=torch.long)
        ids[there] = torch.tensor([token for row in rows for token in row])
        mask = torch.zeros(there.shape, dtype=torch.bfloat16).masked_fill(~there, -1e9)[:, None, None]
        with torch.no_grad():
            hidden = self.bert.embeddings(input_ids=ids)[there]
            for layer in self.bert.encoder.layer[:-TRAINED_LAYERS]:
                hidden = unpadded(layer, hidden, there, mask)
        for layer in self.bert.encoder.layer[-TRAINED_LAYERS:]:
            hidden = unpadded(layer, hidden, there, mask)
        row = torch.nonzero(there)[:, 0]
        mean = torch.zeros((len(rows), hidden.shape[1])).index_add(0, row, hidden.float()) / lengths[:, None]
        scores: torch.Tensor = self.head(nn.functional.dropout(mean, 0.1, self.training))
        return scores


def nearest_passages(folder: Sequence[Author]) -> dict[tuple[str, str], list[Passage]]:
    """Of every question's first wording and each report it may be asked of the passages nearest to it."""
    model = SentenceTransformer(modules=[PathEncoder(tuned_weights()), Normalize()], device="cpu")
    model.eval()
    found: dict[tuple[str, str], list[Passage]] = {}
    for author in folder:
        passages = ReportPassages(author, model)
        lessons = list(author.lessons())
        questions = encode_texts(model, [lesson.chinese[0] for lesson in lessons], PROMPTS["query"])
        for lesson, vector in zip(lessons, questions, strict=True):
            for file in [lesson.file] if lesson.file else list(author.reports):
                rows = passages.nearest(vector, file, _NEAREST)
                found[lesson.chinese[0], file] = [author.passages(file)[i] for i in rows]
    return found


def train(pairs: Sequence[Pair], epochs: int, out: Path, start: Path | None = None) -> None:
    """Train on the pairs that are not held out, measure on the others, write the judge after every epoch."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    weights = tuned_weights()
    tokenizer, normalisation = build_tokenizer(weights.vocabulary), weights.vocabulary.normalisation
    model = TrainableJudge(weights)
    if start:
        tensors = unpacked_tensors(start.read_bytes())
        head = {"weight": torch.from_numpy(tensors.pop("head.w")), "bias": torch.from_numpy(tensors.pop("head.b"))}
        model.head.load_state_dict(head)
        load_tensors(model.bert, tensors)
    body = train_in_steps(model.bert, TRAINED_LAYERS)
    seen, held = [p for p in pairs if not p.held], [p for p in pairs if p.held]
    measured = chance.sample(held, min(_MEASURED, len(held)))
    log.info("%d pairs to train on, %d held out", len(seen), len(held))
    log.info("%s", dict(Counter((p.source, p.label) for p in seen)))
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": model.head.parameters(), "lr": _HEAD_RATE}], weight_decay=0.01
    )
    steps = epochs * (len(seen) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=[RATE, _HEAD_RATE], total_steps=steps + 1, pct_start=0.08, anneal_strategy="linear"
    )
    # The rare labels count more, but not so much that the base rates are lost.
    counts = np.bincount([LABELS.index(p.label) for p in seen], minlength=len(LABELS))
    weight = torch.tensor((counts.max() / np.maximum(counts, 1)) ** 0.3, dtype=torch.float32)
    loss_of = nn.CrossEntropyLoss(weight=weight, label_smoothing=0.05)
    started, step, total = time.time(), 0, 0.0
    for _ in range(epochs):
        model.train()
        for rows in _batches(seen, tokenizer, normalisation, chance):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores = model([ids for ids, _ in rows])
            loss = loss_of(scores.float(), torch.tensor([label for _, label in rows]))
            loss.backward()
            nn.utils.clip_grad_norm_([*body, *model.head.parameters()], 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            step += 1
            total += float(loss.detach())
            if step % 50 == 0:
                log.info("step %d of %d, loss %.3f, %.0f s", step, steps, total / 50, time.time() - started)
                total = 0.0
        _save(model, weights, out)
        for line in measure(model, measured, tokenizer, normalisation):
            log.info("%s", line)


def _batches(
    pairs: Sequence[Pair], tokenizer: Any, normalisation: dict[int, str], chance: random.Random
) -> Iterator[list[tuple[list[int], int]]]:
    """All pairs once, each in one wording, those of like length together."""
    encoded = []
    for pair in chance.sample(list(pairs), len(pairs)):
        question = wordings(pair, chance, _ENGLISH)
        ids = encode(tokenizer, normalisation, question, [pair.context], [pair.sentence])[0]
        encoded.append((ids, LABELS.index(pair.label)))
    size = 50 * BATCH
    blocks = [sorted(encoded[i : i + size], key=lambda row: len(row[0])) for i in range(0, len(encoded), size)]
    batches = [block[i : i + BATCH] for block in blocks for i in range(0, len(block), BATCH)]
    chance.shuffle(batches)
    return iter(batches)


def measure(
    model: TrainableJudge, pairs: Sequence[Pair], tokenizer: Any, normalisation: dict[int, str]
) -> Iterator[str]:
    """A table over pairs not trained on: whether a sentence says so, by source, language, form and label.

    Each pair is asked in its first Chinese wording and, where it has one, in its first English wording.
    """
    model.eval()
    asked = [(p, w[0], language) for p in pairs for language, w in (("zh", p.wordings), ("en", p.english)) if w]
    rows = [encode(tokenizer, normalisation, words, [p.context], [p.sentence])[0] for p, words, _ in asked]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    says: NDArray[np.float64] = np.zeros(len(rows))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for i in range(0, len(order), BATCH):
            part = order[i : i + BATCH]
            scores = model([rows[j] for j in part]).float().softmax(1).numpy()
            says[part] = scores[:, 0] + scores[:, 1]
    gold = np.array([p.says_so for p, _, _ in asked])
    groups: dict[str, list[int]] = {}
    for i, (p, _, language) in enumerate(asked):
        for name in (p.source, f"{p.source} {language}", f"{p.source} form {p.form}", f"{p.source} label {p.label}"):
            groups.setdefault(name, []).append(i)
    yield f"{'held out':28} {'pairs':>6} {'base':>6} {'right':>6} {'AUC':>6}"
    for name in sorted(groups):
        y, p_says = gold[groups[name]], says[groups[name]]
        right = float(((p_says > 0.5) == y).mean())
        base = float(max(y.mean(), 1 - y.mean()))
        area = f"{roc_auc_score(y, p_says):6.3f}" if 0 < y.mean() < 1 else "     –"
        yield f"{name:28} {len(y):6} {base:6.3f} {right:6.3f} {area}"


def _save(model: TrainableJudge, before: EncoderWeights, out: Path) -> None:
    tensors = trained_tensors(model.bert, before, TRAINED_LAYERS)
    tensors["head.w"] = model.head.weight.detach().numpy()
    tensors["head.b"] = model.head.bias.detach().numpy()
    part = out.with_suffix(".part")
    part.write_bytes(packed_tensors(tensors, WEIGHT_LIMIT, labels=LABELS))
    part.replace(out)


def main() -> None:
    """Train and write the judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learning", type=Path, help="the folder of authors")
    parser.add_argument("--authors", nargs="*", default=[], help="only these")
    parser.add_argument("--written", type=Path, nargs="*", default=[], help="pairs whose sentences were written for it")
    parser.add_argument("--pairs", type=Path, help="questions with labelled passages of the reports in --reports")
    parser.add_argument("--reports", type=Path, nargs="*", default=[], help="folders")
    parser.add_argument("--share", type=float, default=1.0, help="of all pairs but those of conditions and documents")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--start", type=Path, help="go on from this judge")
    parser.add_argument("--new", nargs="*", default=[], help="hands whose conditions are new to it: they count twice")
    parser.add_argument("--old", type=float, default=1.0, help="share of the conditions by all other hands")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "retrieval" / JUDGE_FILE)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = authors(given.learning, given.authors)
    nearest = nearest_passages(folder)
    pairs = [pair for author in folder for pair in read_lessons(author, nearest)]
    asked = read_asked(given.learning / "asked.jsonl")
    pairs += [pair for author in folder for pair in read_labelled_cells(author, asked)]
    pairs += [pair for path in given.written for pair in read_written(path)]
    if given.pairs:
        pairs += read_labelled(given.pairs, given.reports, is_held, "question")
    chance = random.Random(SEED)
    pairs = [pair for pair in pairs if pair.held or chance.random() < given.share]
    conditions = [
        *read_labelled(given.learning / "conditions.jsonl", [given.learning], of_another_hand, "condition"),
        *read_written(given.learning / "written_conditions.jsonl"),
    ]
    pairs += [pair for pair in conditions if pair.held or pair.by in given.new or chance.random() < given.old]
    pairs += [pair for pair in conditions if pair.by in given.new and not pair.held]
    pairs += read_general(given.learning / "general.jsonl")
    train(pairs, given.epochs, given.out, given.start)


if __name__ == "__main__":
    main()
