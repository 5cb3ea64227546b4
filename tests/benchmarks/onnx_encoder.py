"""The bundled encoder as a module of sentence-transformers, for programs that want a SentenceTransformer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule, Normalize

from xiangwen.encoding import PROMPTS
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.encoding.interface import TextOrPath
from xiangwen.encoding.unpack import SETTINGS_FILE


class OnnxEncoder(InputModule):
    """Texts or paths -> mean-pooled vectors, shape (texts, dimension), not yet of unit length."""

    config_file_name = SETTINGS_FILE

    def __init__(self, encoder: BundledEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.tokenizer = encoder.cutter

    def preprocess(self, inputs: Sequence[TextOrPath], prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
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
    def load(cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any) -> OnnxEncoder:
        """Open the module saved in a local folder."""
        return cls(BundledEncoder(Path(model_name_or_path) / subfolder))


def as_sentence_transformer(encoder: BundledEncoder) -> SentenceTransformer:
    """The bundled encoder for whatever wants a SentenceTransformer."""
    return SentenceTransformer(modules=[OnnxEncoder(encoder), Normalize()], prompts=PROMPTS, device="cpu")
