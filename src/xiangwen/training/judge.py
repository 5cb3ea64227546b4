"""Train the judge: ``python -m xiangwen.training.judge PAIRS REPORTS … --written WRITTEN``.

A cross-encoder from the bundled multilingual-e5-small weights: low-rank adapters (LoRA, Hu et al. 2021) on every linear
layer, mean pooling, a linear head over six labels. Mean pooling because the [CLS] pooler collapsed to the base rate;
adapters because they fit in a few megabytes. Three topics and a quarter of the reports are never trained on; all
figures printed are measured on them.
"""

from __future__ import annotations

import argparse
import logging
import math
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import nn
from transformers import BertConfig, BertModel

from xiangwen.encoding.tokenizer import build_tokenizer
from xiangwen.encoding.weights import LAYER_NAMES, Weights, bert_state, bundled_weights
from xiangwen.retrieval.pair import LABELS, encode
from xiangwen.training.pairs import SEED, Pair, read_pairs, read_written
from xiangwen.training.rewrites import rewritten

log = logging.getLogger(__name__)

RANK = 16
ADAPTED_LAYERS = 8
"""The topmost ones: nothing need be carried back through the others, which saves a third of the time."""
_ENGLISH = 0.35
"""Share of the English wordings among those drawn for a pair that has both."""
_MATRICES = ("q", "k", "v", "ao", "fi", "fo")


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
    pairs: list[Pair],
    epochs: int,
    rate: float,
    batch: int,
    minutes: float,
    out: Path,
    start: Path | None = None,
    share: float = 1.0,
) -> None:
    """Train on the pairs that are not held out, measure on the others, write the adapter after every epoch.

    Of the pairs a ``share``, drawn anew, takes part in each epoch.
    """
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
    log.info("to train on: %s", dict(Counter(p.source for p in seen)))
    body = [p for a in model.adapters.values() for p in (a.a, a.b)]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": model.head.parameters(), "lr": 2 * rate}], weight_decay=0.01
    )
    drawn = int(share * len(seen))
    steps = epochs * (drawn // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=[rate, 2 * rate], total_steps=steps + 1, pct_start=0.08, anneal_strategy="linear"
    )
    # The rare labels count more, but not so much that the base rates are lost.
    counts = np.bincount([LABELS.index(p.label) for p in seen], minlength=len(LABELS))
    weight = torch.tensor((counts.max() / np.maximum(counts, 1)) ** 0.3, dtype=torch.float32)
    loss_of = nn.CrossEntropyLoss(weight=weight, label_smoothing=0.05)
    started, step = time.time(), 0
    for epoch in range(epochs):
        chance.shuffle(seen)
        # Batches of like length: padding is wasted work.
        encoded = []
        for p in seen[:drawn]:
            english = bool(p.english) and (not p.wordings or chance.random() < _ENGLISH)
            question = chance.choice(p.english if english else p.wordings)
            encoded.append(
                (encode(tokenizer, normalisation, question, [p.context], [p.sentence])[0], LABELS.index(p.label))
            )
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
            log.info("epoch %d", epoch + 1)
            for line in measure(model, held, tokenizer, normalisation, weights.vocabulary.pad):
                log.info("%s", line)
        if (time.time() - started) / 60 > minutes:
            log.info("stopped after %.0f minutes", minutes)
            break


def measure(model: Judge, pairs: list[Pair], tokenizer: Any, normalisation: dict[int, str], pad: int) -> Iterator[str]:
    """A table over pairs not trained on: whether a sentence says so, by source, language, form and label.

    Each pair is asked in its first Chinese wording and, where it has one, in its first English wording.
    """
    model.eval()
    asked = [(p, w[0], language) for p in pairs for language, w in (("zh", p.wordings), ("en", p.english)) if w]
    rows = [encode(tokenizer, normalisation, words, [p.context], [p.sentence])[0] for p, words, _ in asked]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    says: NDArray[np.float64] = np.zeros(len(rows))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for i in range(0, len(order), 32):
            part = order[i : i + 32]
            scores = model(*_batch([rows[j] for j in part], pad)).float().softmax(1).numpy()
            says[part] = scores[:, 0] + scores[:, 1]
    gold = np.array([p.says_so for p, _, _ in asked])
    groups: dict[str, list[int]] = {}
    for i, (p, _, language) in enumerate(asked):
        source = p.source if p.source in ("report", "written") else "rewritten"
        names = [f"{source} {language}", f"{source} form {p.form}", f"{source} label {p.label}"]
        for name in (*names, source, *([f"{source} hard"] if p.label != "unrelated" else [])):
            groups.setdefault(name, []).append(i)
    yield f"{'held out':28} {'pairs':>6} {'base':>6} {'right':>6} {'AUC':>6}"
    for name in sorted(groups):
        y, p_says = gold[groups[name]], says[groups[name]]
        right = float(((p_says > 0.5) == y).mean())
        base = float(max(y.mean(), 1 - y.mean()))
        area = f"{roc_auc_score(y, p_says):6.3f}" if 0 < y.mean() < 1 else "     –"
        yield f"{name:28} {len(y):6} {base:6.3f} {right:6.3f} {area}"


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
    parser.add_argument("--written", type=Path, help="pairs whose sentences were written for the training")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "retrieval" / "judge_adapter.npz")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=170)
    parser.add_argument("--share", type=float, default=1.0, help="of the pairs, drawn anew for every epoch")
    parser.add_argument("--start", type=Path, help="go on from this adapter")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    pairs = list(read_pairs(arguments.pairs, arguments.reports))
    if arguments.written:
        pairs += read_written(arguments.written)
    pairs += rewritten(pairs)
    given = arguments
    train(pairs, given.epochs, given.rate, given.batch, given.minutes, given.out, given.start, given.share)


if __name__ == "__main__":
    main()
