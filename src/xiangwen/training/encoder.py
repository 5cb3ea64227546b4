"""Train the encoder: ``python -m xiangwen.training.encoder tests/learning``.

Contrastive training (InfoNCE with in-batch and hard negatives) of the upper eight of twelve layers with
sentence-transformers' own trainer. A passage is read as the index reads it: its text in sight of township, year and
headings, which do not see it in turn, and the vector is the mean over the tokens of its own text alone.

General pairs, questions over texts of other kinds, are mixed in, and the result is averaged with the weights before
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"), so that what the encoder could do elsewhere is kept.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, DatasetDict
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule, Normalize
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.trainer import SentenceTransformerTrainer
from sentence_transformers.sentence_transformer.training_args import SentenceTransformerTrainingArguments

from xiangwen.encoding import PROMPTS
from xiangwen.encoding.graph import WEIGHT_LIMIT
from xiangwen.encoding.packing import ABOVE
from xiangwen.encoding.tokenizer import build_tokenizer
from xiangwen.encoding.tuned import TUNED_FILE, packed_tensors, tuned_weights
from xiangwen.encoding.weights import EncoderWeights, bundled_weights
from xiangwen.index import passage_path
from xiangwen.questions import Atlas, understand
from xiangwen.reports import Report
from xiangwen.segmentation.passages import Passage
from xiangwen.training.bert import bert_of, trained_tensors, unpadded
from xiangwen.training.lessons import Author, LabelledPassage, Lesson, authors
from xiangwen.training.pairs import HELD_REPORT

SEED = 20
TRAINED_LAYERS = 8
"""The topmost ones: nothing need be carried back through the others, and the word table stays as it is."""
RATE = 5e-5
TEMPERATURE = 0.05
BATCH = 24
SEPARATOR = "\x1f"
"""Between the texts of a path in a column of the data set."""
_LONGEST = 112
"""Tokens of a passage's own text that are read in training; 95 in 100 are shorter."""
_LONGEST_ABOVE = 32
"""The same of each text above it."""
_ENGLISH = 0.25
"""Share of the English wordings among those drawn for a question that has both."""
_WITHOUT_PLACE = 0.5
"""Share of the questions that are asked as the index asks them, without the names of places."""
_MINED = 3
"""Of the passages of the same report nearest for the encoder before, so many are drawn from as hard negatives."""


class PathEncoder(InputModule):
    """Texts or paths -> mean-pooled vectors of the last text, shape (texts, hidden): `packing` in torch, one a row."""

    def __init__(self, weights: EncoderWeights) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bert = bert_of(weights)
        for layer in self.bert.encoder.layer[-TRAINED_LAYERS:]:
            layer.requires_grad_(True)
        vocabulary = weights.vocabulary
        self.tokenizer = build_tokenizer(vocabulary)
        self.normalisation = vocabulary.normalisation
        self.pad = vocabulary.pad

    def preprocess(  # type: ignore[override]
        self, inputs: Sequence[str], prompt: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """``ids`` and ``positions`` (texts, tokens); ``parts``, the number of the text of its path that a token is of,
        -1 where there is none; ``last``, 1 where it is of the last one."""
        rows = [self._row(text.split(SEPARATOR), prompt or "") for text in inputs]
        width = max(len(ids) for ids, _, _ in rows)
        ids = torch.full((len(rows), width), self.pad)
        positions = torch.zeros((len(rows), width), dtype=torch.long)
        parts = torch.full((len(rows), width), -1)
        for i, (own, at, part) in enumerate(rows):
            ids[i, : len(own)], positions[i, : len(own)] = torch.tensor(own), torch.tensor(at)
            parts[i, : len(own)] = torch.tensor(part)
        last = parts == parts.max(dim=1, keepdim=True).values
        return {"input_ids": ids, "positions": positions, "parts": parts, "last": last}

    def _row(self, path: Sequence[str], prompt: str) -> tuple[list[int], list[int], list[int]]:
        ids: list[int] = []
        positions: list[int] = []
        parts: list[int] = []
        start = 0
        for number, text in enumerate(path):
            words = (prompt + text if number == 0 else text).translate(self.normalisation)
            own = self.tokenizer.encode(words).ids
            longest = _LONGEST if number == len(path) - 1 else _LONGEST_ABOVE
            own = (own if number == 0 else own[1:])[:longest]
            ids += own
            positions += range(start, start + len(own))
            parts += [number] * len(own)
            start = min(ABOVE, start + len(own))
        return ids, positions, parts

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Add ``sentence_embedding``, shape (texts, hidden)."""
        parts = features["parts"]
        there = parts >= 0
        sees = (parts[:, :, None] >= parts[:, None, :]) & there[:, None, :]
        sees |= ~there[:, :, None]  # a row that sees nothing would be no number
        mask = torch.zeros(sees.shape, dtype=torch.bfloat16).masked_fill(~sees, -1e9)[:, None]
        with torch.no_grad():
            hidden = self.bert.embeddings(input_ids=features["input_ids"], position_ids=features["positions"])[there]
            for layer in self.bert.encoder.layer[:-TRAINED_LAYERS]:
                hidden = unpadded(layer, hidden, there, mask)
        for layer in self.bert.encoder.layer[-TRAINED_LAYERS:]:
            hidden = unpadded(layer, hidden, there, mask)
        last = features["last"][there].float()[:, None]
        row = torch.nonzero(there)[:, 0]
        sums = torch.zeros((len(parts), hidden.shape[1])).index_add(0, row, hidden.float() * last)
        features["sentence_embedding"] = sums / features["last"].sum(1, keepdim=True)
        return features

    def get_embedding_dimension(self) -> int:
        """The length of a vector."""
        return int(self.bert.config.hidden_size)

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Nothing: `trained_tensors` gives what is kept."""

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> PathEncoder:
        """Not to be had from a folder.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError


class ReportPassages:
    """The passages of one author's reports as paths, and the nearest ones to a question."""

    def __init__(self, author: Author, model: SentenceTransformer) -> None:
        self.author, self.model = author, model
        self.paths = {
            file: [passage_path(report, p) for p in author.passages(file)] for file, report in author.reports.items()
        }
        self._vectors: dict[str, torch.Tensor] = {}

    def nearest(self, question: torch.Tensor, file: str, count: int) -> list[int]:
        """Numbers of the passages of a report nearest to a question's vector."""
        if file not in self._vectors:
            texts = [SEPARATOR.join(path) for path in self.paths[file]]
            self._vectors[file] = encode_texts(self.model, texts, PROMPTS["document"])
        scores = self._vectors[file] @ question
        return [int(i) for i in torch.topk(scores, min(count, len(scores))).indices]


def encode_texts(model: SentenceTransformer, texts: Sequence[str], prompt: str) -> torch.Tensor:
    """Unit vectors of texts or joined paths, shape (texts, hidden)."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = model.encode(list(texts), prompt=prompt, convert_to_tensor=True, batch_size=32, show_progress_bar=False)
    assert isinstance(found, torch.Tensor)
    return found.float()


def _file(report: Report) -> str:
    return Path(report.file).name


def field_rows(author: Author, model: SentenceTransformer, epochs: int, chance: random.Random) -> Iterator[list[str]]:
    """(question, passage that answers, one that nearly does) as columns, each question once an epoch in other words."""
    passages = ReportPassages(author, model)
    atlas = Atlas(list(author.reports.values()))
    lessons = [lesson for lesson in author.lessons() if _not_held(lesson.answers)]
    questions = encode_texts(model, [lesson.chinese[0] for lesson in lessons], PROMPTS["query"])
    candidates = [_candidates(lesson, passages, vector) for lesson, vector in zip(lessons, questions, strict=True)]
    for _ in range(epochs):
        for lesson, (positives, negatives) in zip(lessons, candidates, strict=True):
            words = _wording(lesson, atlas, chance)
            yield [words, SEPARATOR.join(chance.choice(positives)), SEPARATOR.join(chance.choice(negatives))]


def _not_held(marks: Sequence[LabelledPassage]) -> list[LabelledPassage]:
    return [mark for mark in marks if _file(mark.report) != HELD_REPORT]


def _candidates(
    lesson: Lesson, passages: ReportPassages, question: torch.Tensor
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Paths that answer, and paths that nearly do: labelled ones and the nearest of the same report."""

    def path(file: str, passage: Passage) -> tuple[str, ...]:
        return passages.paths[file][passages.author.passages(file).index(passage)]

    positives = [path(_file(mark.report), mark.passage) for mark in _not_held(lesson.answers)]
    partial = [path(_file(m.report), m.passage) for m in lesson.marks if m.label == "partial"]
    near = [path(_file(m.report), m.passage) for m in lesson.marks if m.label not in ("yes", "partial")]
    file = lesson.file or _file(_not_held(lesson.answers)[0].report)
    mined = [passages.paths[file][i] for i in passages.nearest(question, file, _MINED + len(positives))]
    known = {*positives, *partial}
    negatives = [p for p in (*near, *near, *mined) if p not in known]
    return positives, negatives or [p for p in passages.paths[file] if p not in known]


def _wording(lesson: Lesson, atlas: Atlas, chance: random.Random) -> str:
    english = lesson.english and chance.random() < _ENGLISH
    words = chance.choice(lesson.english if english else lesson.chinese)
    if chance.random() < _WITHOUT_PLACE:
        return understand(words, atlas).topic or words
    return words


def general_rows(path: Path, epochs: int, chance: random.Random) -> Iterator[list[str]]:
    """The same of texts of other kinds; what nearly answers stands in the same text."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    beside: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        beside.setdefault(row["document"], []).append(row)
    for _ in range(epochs):
        for row in rows:
            others = [other for other in beside[row["document"]] if other["sentence"] != row["sentence"]] or rows
            english = row.get("en") and (not row["zh"] or chance.random() < _ENGLISH)
            question = chance.choice(row["en"] if english else row["zh"])
            near = chance.choice(others)
            yield [question, SEPARATOR.join(_general_path(row)), SEPARATOR.join(_general_path(near))]


def _general_path(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["document"], row["sentence"])


def _columns(rows: Sequence[list[str]]) -> Dataset:
    return Dataset.from_dict(
        dict(zip(("anchor", "positive", "negative"), map(list, zip(*rows, strict=True)), strict=True))
    )


def train(learning: Path, names: Sequence[str], epochs: int, start: Path | None, share: float) -> bytes:
    """Train on these authors (all but none given) and give the bytes of ``tuned_layers.npz``."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    before = EncoderWeights.open(bundled_weights())
    module = PathEncoder(tuned_weights(start) if start else before)
    model = SentenceTransformer(modules=[module, Normalize()], device="cpu")
    model.eval()
    field = [row for author in authors(learning, names) for row in field_rows(author, model, epochs, chance)]
    data = {"field": _columns(field)}
    if (general := learning / "general.jsonl").is_file():
        data["general"] = _columns(list(general_rows(general, epochs, chance)))
    prompts = {"anchor": PROMPTS["query"], "positive": PROMPTS["document"], "negative": PROMPTS["document"]}
    with tempfile.TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=folder,
            num_train_epochs=1,  # the rows are told once an epoch already, each time in other words
            per_device_train_batch_size=BATCH,
            learning_rate=RATE,
            warmup_steps=0.1,
            lr_scheduler_type="linear",
            max_grad_norm=1.0,
            weight_decay=0.01,
            bf16=True,
            use_cpu=True,
            seed=SEED,
            batch_sampler="no_duplicates",
            prompts=dict.fromkeys(data, prompts),
            logging_steps=10,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        trainer = SentenceTransformerTrainer(
            model=model,
            args=arguments,
            train_dataset=DatasetDict(data),
            loss=MultipleNegativesRankingLoss(model, scale=1 / TEMPERATURE),
        )
        trainer.train()
    return packed_tensors(trained_tensors(module.bert, before, TRAINED_LAYERS, share), WEIGHT_LIMIT)


def main() -> None:
    """Train and write the tuned layers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learning", type=Path, help="the folder of authors")
    parser.add_argument("--authors", nargs="*", default=[], help="only these")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--start", type=Path, help="go on from these tuned layers, which also mine the hard negatives")
    parser.add_argument("--share", type=float, default=0.8, help="of the trained weights in the average")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "encoding" / TUNED_FILE)
    given = parser.parse_args()
    data = train(given.learning, given.authors, given.epochs, given.start, given.share)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_bytes(data)


if __name__ == "__main__":
    main()
