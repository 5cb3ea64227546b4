"""Train the judge: ``python -m xiangwen.judge.train PAIRS REPORTS [REPORTS …]`` writes ``adapter.npz``.

A cross-encoder from the bundled multilingual-e5-small weights: low-rank adapters (LoRA, Hu et al. 2021) on every linear
layer, mean pooling, a linear head over six labels. Mean pooling because the [CLS] pooler collapsed to the base rate;
adapters because they fit in a few megabytes. Three topics and a quarter of the reports are never trained on; all
figures printed are measured on them.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import nn
from transformers import BertConfig, BertModel

from xiangwen.embedding.tokenizer import build_tokenizer
from xiangwen.embedding.weights import LAYER_NAMES, Weights, bert_state, bundled_weights
from xiangwen.judge.pair import LABELS, context, encode, is_held
from xiangwen.passages import split_passages
from xiangwen.reports import read_folder

log = logging.getLogger(__name__)

RANK = 16
ADAPTED_LAYERS = 8
"""The topmost ones: nothing need be carried back through the others, which saves a third of the time."""
SEED = 20
_MATRICES = ("q", "k", "v", "ao", "fi", "fo")


@dataclass(frozen=True)
class Pair:
    """One labelled pair with all wordings of its question."""

    wordings: tuple[str, ...]
    english: tuple[str, ...]
    context: str
    sentence: str
    label: int
    held: bool
    form: str
    file: str


def read_pairs(path: Path, folders: Sequence[Path]) -> list[Pair]:
    """All labelled pairs; an unlabelled passage of a completely labelled question takes part as unrelated."""
    places: dict[tuple[str, int, int], tuple[str, str]] = {}
    passages: dict[str, list[tuple[str, int, int]]] = {}
    for folder in folders:
        for report in read_folder(folder).reports:
            name = Path(report.file).name
            for p in split_passages(report.text):
                key = (name, p.start, p.end)
                places[key] = (context(report, p), report.text[p.start : p.end])
                passages.setdefault(name, []).append(key)
    chance = random.Random(SEED)
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        labelled = {tuple(place): name for name, rows in row["labels"].items() for place in rows}
        if row["complete"]:
            for name in chance.sample(sorted(passages), 3):
                labelled.setdefault(chance.choice(passages[name]), "unrelated")
        for key, name in labelled.items():
            if key not in places:
                continue
            pairs.append(
                Pair(
                    wordings=(row["question"], *row["variants"]),
                    english=tuple(row["english"]),
                    context=places[key][0],
                    sentence=places[key][1],
                    label=LABELS.index(name),
                    held=is_held(row, key[0]),
                    form=row["form"],
                    file=key[0],
                )
            )
    return pairs


class LoRA(nn.Module):
    """A frozen linear layer with a trained low-rank addition: ``x W^T + b + (x A^T) B^T * scale``."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.linear = linear
        self.a = nn.Parameter(torch.randn(rank, linear.in_features) / math.sqrt(linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))
        self.scale = 2.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (…, inputs) to (…, outputs)."""
        y: torch.Tensor = self.linear(x) + (x @ self.a.T) @ self.b.T * self.scale
        return y


class Judge(nn.Module):
    """The encoder with adapters, mean pooling and the head."""

    def __init__(self, weights: Weights, rank: int) -> None:
        super().__init__()
        sizes = weights.architecture
        config = BertConfig(
            vocab_size=sizes.vocabulary,
            hidden_size=sizes.hidden,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            intermediate_size=sizes.feed_forward,
            max_position_embeddings=sizes.positions,
            type_vocab_size=sizes.types,
            layer_norm_eps=sizes.epsilon,
            # Without dropout inside, attention runs in the fast kernel; the head has its own.
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=0.0,
        )
        self.bert = BertModel(config, add_pooling_layer=False)
        self.bert.load_state_dict({k: torch.from_numpy(v) for k, v in bert_state(weights).items()}, strict=False)
        self.bert.requires_grad_(False)
        self.adapters: dict[str, LoRA] = {}
        for number, layer in enumerate(self.bert.encoder.layer):
            if number < sizes.layers - ADAPTED_LAYERS:
                continue
            for ours in _MATRICES:
                *parents, last = LAYER_NAMES[ours].split(".")
                parent = layer
                for name in parents:
                    parent = getattr(parent, name)
                adapter = LoRA(getattr(parent, last), rank)
                setattr(parent, last, adapter)
                self.adapters[f"l{number}.{ours}"] = adapter
        self.head = nn.Linear(sizes.hidden, len(LABELS))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Scores of the labels, shape (pairs, 6)."""
        hidden = self.bert(ids, attention_mask=mask).last_hidden_state
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        scores: torch.Tensor = self.head(nn.functional.dropout(mean.float(), 0.1, self.training))
        return scores


def _batch(rows: list[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def train(
    pairs: list[Pair], epochs: int, rate: float, batch: int, minutes: float, out: Path, start: Path | None = None
) -> None:
    """Train on the pairs that are not held out, measure on the others, write the adapter after every epoch."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    weights = Weights.open(bundled_weights())
    tokenizer, normalisation = build_tokenizer(weights.vocabulary), weights.vocabulary.normalisation
    model = Judge(weights, RANK)
    if start:
        _restore(model, start)
    seen = [p for p in pairs if not p.held]
    held = [p for p in pairs if p.held]
    log.info("%d pairs to train on, %d held out", len(seen), len(held))
    body = [p for a in model.adapters.values() for p in (a.a, a.b)]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": model.head.parameters(), "lr": 2 * rate}], weight_decay=0.01
    )
    steps = epochs * (len(seen) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=[rate, 2 * rate], total_steps=steps + 1, pct_start=0.08, anneal_strategy="linear"
    )
    # The rare labels count more, but not so much that the base rates are lost.
    counts = np.bincount([p.label for p in seen], minlength=len(LABELS))
    weight = torch.tensor((counts.max() / np.maximum(counts, 1)) ** 0.3, dtype=torch.float32)
    loss_of = nn.CrossEntropyLoss(weight=weight, label_smoothing=0.05)
    started, step = time.time(), 0
    for epoch in range(epochs):
        chance.shuffle(seen)
        # Batches of like length: padding is wasted work.
        encoded = []
        for p in seen:
            english = bool(p.english) and chance.random() < 0.25
            question = chance.choice(p.english if english else p.wordings)
            encoded.append((encode(tokenizer, normalisation, question, [p.context], [p.sentence])[0], p.label))
        blocks = [
            sorted(encoded[i : i + 50 * batch], key=lambda e: len(e[0])) for i in range(0, len(encoded), 50 * batch)
        ]
        batches = [block[i : i + batch] for block in blocks for i in range(0, len(block), batch)]
        chance.shuffle(batches)
        model.train()
        total = 0.0
        for rows in batches:
            if len(rows) < batch or step >= steps:
                continue
            ids, mask = _batch([r for r, _ in rows], weights.vocabulary.pad)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores = model(ids, mask)
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
            if (time.time() - started) / 60 > minutes:
                break
        _save(model, out)
        if held:
            log.info("epoch %d: %s", epoch + 1, measure(model, held, tokenizer, normalisation, weights.vocabulary.pad))
        if (time.time() - started) / 60 > minutes:
            log.info("stopped after %.0f minutes", minutes)
            break


def measure(
    model: Judge, pairs: list[Pair], tokenizer: Any, normalisation: dict[int, str], pad: int
) -> dict[str, float]:
    """Area under the curve and accuracy of "says so" on pairs not trained on, first wording."""
    model.eval()
    rows = [encode(tokenizer, normalisation, p.wordings[0], [p.context], [p.sentence])[0] for p in pairs]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    p: NDArray[np.float64] = np.zeros(len(rows))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for i in range(0, len(order), 32):
            part = order[i : i + 32]
            scores = model(*_batch([rows[j] for j in part], pad)).float().softmax(1).numpy()
            p[part] = scores[:, 0] + scores[:, 1]
    y = np.array([pair.label < 2 for pair in pairs])
    hard = np.array([pair.label != 5 for pair in pairs])
    return {
        "pairs": len(pairs),
        "auc": round(float(roc_auc_score(y, p)), 4),
        "auc_hard": round(float(roc_auc_score(y[hard], p[hard])), 4),
        "accuracy": round(float(((p > 0.5) == y).mean()), 4),
        "base_rate": round(float(1 - y.mean()), 4),
    }


def _save(model: Judge, out: Path) -> None:
    """Adapters and head in half precision; a few megabytes."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, adapter in model.adapters.items():
        arrays[f"{name}.a"] = adapter.a.detach().numpy().astype(np.float16)
        arrays[f"{name}.b"] = (adapter.b.detach() * adapter.scale).numpy().astype(np.float16)
    arrays["head.w"] = model.head.weight.detach().numpy().astype(np.float32)
    arrays["head.b"] = model.head.bias.detach().numpy().astype(np.float32)
    part = out.with_suffix(".part.npz")
    np.savez_compressed(part, allow_pickle=False, **arrays)
    part.replace(out)


def _restore(model: Judge, path: Path) -> None:
    """Go on from an adapter that `_save` wrote."""
    arrays = np.load(path)
    with torch.no_grad():
        for name, adapter in model.adapters.items():
            adapter.a.copy_(torch.from_numpy(arrays[f"{name}.a"].astype(np.float32)))
            adapter.b.copy_(torch.from_numpy(arrays[f"{name}.b"].astype(np.float32)) / adapter.scale)
        model.head.weight.copy_(torch.from_numpy(arrays["head.w"]))
        model.head.bias.copy_(torch.from_numpy(arrays["head.b"]))


def main() -> None:
    """Train and write the adapter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("adapter.npz"))
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=170)
    parser.add_argument("--start", type=Path, help="go on from this adapter")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    pairs = read_pairs(arguments.pairs, arguments.reports)
    train(pairs, arguments.epochs, arguments.rate, arguments.batch, arguments.minutes, arguments.out, arguments.start)


if __name__ == "__main__":
    main()
