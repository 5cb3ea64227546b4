"""The bundled model in plain sentence-transformers, torch fp32: what the int8 encoder is measured against."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import BertModel, PreTrainedTokenizerFast

from xiangwen.encoding import PROMPTS
from xiangwen.encoding.tokenizer import build_tokenizer
from xiangwen.encoding.weights import EncoderWeights, bert_state, bundled_weights
from xiangwen.training.bert import bert_config


@dataclass(frozen=True)
class TorchReference:
    """A `SentenceTransformer` with the code point map of the original tokenizer in front of it."""

    model: SentenceTransformer
    normalisation: dict[int, str]

    def encode_query(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (texts, 384)."""
        return self.model.encode_query([text.translate(self.normalisation) for text in texts])

    def encode_document(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (texts, 384)."""
        return self.model.encode_document([text.translate(self.normalisation) for text in texts])


def load_torch_reference() -> TorchReference:
    """Write the weights as a Hugging Face folder (470 MB, removed again) and open that as anyone would."""
    weights = EncoderWeights.open(bundled_weights())
    sizes, vocabulary = weights.architecture, weights.vocabulary
    config = bert_config(sizes, pad_token_id=vocabulary.pad)
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict({name: torch.from_numpy(values) for name, values in bert_state(weights).items()})
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=build_tokenizer(vocabulary),
        pad_token=vocabulary.pieces[vocabulary.pad],
        model_max_length=sizes.positions,
    )
    with tempfile.TemporaryDirectory() as folder:
        bert.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        modules = [Transformer(str(Path(folder))), Pooling(sizes.hidden), Normalize()]
        model = SentenceTransformer(modules=modules, prompts=PROMPTS, device="cpu")
    return TorchReference(model, vocabulary.normalisation)
