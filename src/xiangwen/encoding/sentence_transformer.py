"""Any SentenceTransformer as an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from sentence_transformers import SentenceTransformer

from .interface import TextOrPath
from .weights import Floats

SAMPLED_WEIGHTS = 4096
"""Values of each tensor that go into the fingerprint of a torch model; training moves all of them."""


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

    def encode_document(self, texts: Sequence[TextOrPath]) -> Floats:
        """Vectors of what is searched, shape (texts, dimension), unit length."""
        return np.asarray(self.model.encode_document(list(texts), **_QUIETLY), dtype=np.float32)


_QUIETLY: dict[str, Any] = {"show_progress_bar": False, "normalize_embeddings": True}
