"""The bundled encoder as a module of sentence-transformers, and any other SentenceTransformer as an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule, Normalize

from .bundled import BundledEncoder
from .interface import PROMPTS, Text
from .unpack import SETTINGS_FILE
from .weights import Floats

SAMPLED_WEIGHTS = 4096
"""Values of each tensor that go into the fingerprint of a torch model; training moves all of them."""


class OnnxEncoder(InputModule):
    """Texts or paths -> mean-pooled vectors, shape (texts, dimension), not yet of unit length."""

    config_file_name = SETTINGS_FILE

    def __init__(self, encoder: BundledEncoder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.encoder = encoder
        self.tokenizer = encoder.cutter  # type: ignore[assignment]

    def preprocess(  # type: ignore[override]
        self, inputs: Sequence[Text], prompt: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The texts as they are, and what stands before them."""
        return {"texts": list(inputs), "prompt": prompt or ""}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Add `sentence_embedding`, fp32 of shape (texts, dimension)."""
        features["sentence_embedding"] = torch.from_numpy(self.encoder.pooled(features["texts"], features["prompt"]))
        return features

    def get_embedding_dimension(self) -> int:
        """The length of a vector."""
        return self.encoder.dimension

    def get_config_dict(self) -> dict[str, Any]:
        """What tells this module from another one; shown by `repr`."""
        return {"dimension": self.encoder.dimension, "digest": self.encoder.digest}

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Copy the files, so that the folder opens with `load`."""
        self.encoder.save(Path(output_path))

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any) -> OnnxEncoder:  # type: ignore[override]
        """Open the module saved in a local folder."""
        return cls(BundledEncoder(Path(model_name_or_path) / subfolder))


def as_sentence_transformer(encoder: BundledEncoder) -> SentenceTransformer:
    """The bundled encoder for whatever wants a SentenceTransformer."""
    return SentenceTransformer(modules=[OnnxEncoder(encoder), Normalize()], prompts=PROMPTS, device="cpu")


class OtherEncoder:
    """Any SentenceTransformer as an encoder."""

    reads_paths = False

    def __init__(self, model: SentenceTransformer) -> None:
        self.model = model

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self.model.get_embedding_dimension() or 0

    @property
    def fingerprint(self) -> str:
        """Of prompts, weights and vocabulary."""
        model = self.model
        digest = hashlib.sha256(repr(sorted(model.prompts.items())).encode())
        for module in model:
            digest.update(repr((type(module).__name__, getattr(module, "max_seq_length", None))).encode())
            for name, tensor in module.state_dict().items():
                flat = tensor.detach().reshape(-1)
                sample = flat[:: max(1, len(flat) // SAMPLED_WEIGHTS)].cpu().double().numpy()
                digest.update(f"{name}{tuple(tensor.shape)}".encode() + sample.tobytes())
        vocabulary: dict[str, int] = getattr(model.tokenizer, "get_vocab", dict)()
        digest.update(repr(sorted(vocabulary.items(), key=lambda item: item[1])).encode())
        return digest.hexdigest()[:16]

    def encode_query(self, texts: Sequence[str]) -> Floats:
        """Vectors of questions, shape (texts, dimension), unit length."""
        return np.asarray(self.model.encode_query(list(texts), **_QUIETLY), dtype=np.float32)

    def encode_document(self, texts: Sequence[Text]) -> Floats:
        """Vectors of what is searched, shape (texts, dimension), unit length."""
        return np.asarray(self.model.encode_document(list(texts), **_QUIETLY), dtype=np.float32)


_QUIETLY: dict[str, Any] = {"show_progress_bar": False, "normalize_embeddings": True}
