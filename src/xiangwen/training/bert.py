"""The encoder's weights as a torch `BertModel`, to be trained, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize
from transformers import BertConfig, BertModel

from xiangwen.encoding.graph import WEIGHT_LIMIT
from xiangwen.encoding.weights import LAYER_NAMES, Architecture, EncoderWeights, Floats, bert_state


def bert_config(sizes: Architecture, **more: Any) -> BertConfig:
    """The architecture as transformers writes it, with ``more`` of its settings."""
    return BertConfig(
        vocab_size=sizes.vocabulary,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.feed_forward,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.types,
        layer_norm_eps=sizes.epsilon,
        **more,
    )


def bert_of(weights: EncoderWeights) -> BertModel:
    """A `BertModel` in fp32 with these weights, without pooler and without dropout, every parameter frozen.

    Without dropout inside, attention runs in the fast kernel.
    """
    config = bert_config(weights.architecture, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0)
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict({k: torch.from_numpy(v) for k, v in bert_state(weights).items()}, strict=False)
    bert.requires_grad_(False)
    return bert


def unpadded(layer: nn.Module, hidden: torch.Tensor, there: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """A BERT layer over the tokens that are there: a third less work than with padding.

    Args:
        layer: of a `BertModel`.
        hidden: shape (tokens, hidden), those that are there, one text after the other.
        there: which places of (texts, longest) hold a token.
        mask: what attention adds, 0 or far below 0, to be broadcast to (texts, heads, longest, longest).
    """
    own: Any = layer.attention.self  # type: ignore[union-attr]

    def heads(values: torch.Tensor) -> torch.Tensor:
        padded = values.new_zeros((*there.shape, values.shape[-1])).masked_scatter(there[..., None], values)
        return padded.view(*there.shape, own.num_attention_heads, -1).transpose(1, 2)

    query, key, value = (heads(part(hidden)) for part in (own.query, own.key, own.value))
    seen = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask.to(query.dtype))
    attended = layer.attention.output(seen.transpose(1, 2).flatten(2)[there], hidden)  # type: ignore[union-attr,operator]
    result: torch.Tensor = layer.output(layer.intermediate(attended), attended)  # type: ignore[operator]
    return result


class InSteps(nn.Module):
    """A matrix in the steps that the graph computes with, its gradient passed straight through.

    Trained without, a judge loses .05 of its area under the curve when its weights are rounded (Jacob et al. 2018,
    "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference").
    """

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """Shape (outputs, inputs) to the same."""
        step = weight.detach().abs().amax(dim=1, keepdim=True) / WEIGHT_LIMIT
        return weight + ((weight / step).round() * step - weight).detach()


def train_in_steps(bert: BertModel, layers: int) -> list[nn.Parameter]:
    """Let the topmost layers be trained with rounded matrices; their parameters."""
    for layer in bert.encoder.layer[-layers:]:
        layer.requires_grad_(True)
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                parametrize.register_parametrization(module, "weight", InSteps())
    return [parameter for parameter in bert.parameters() if parameter.requires_grad]


def load_tensors(bert: BertModel, tensors: dict[str, Floats]) -> None:
    """Put tensors by their E5S1 names into a model."""
    state = bert.state_dict()
    for name, tensor in tensors.items():
        number, part, kind = name.split(".")
        full = f"encoder.layer.{number[1:]}.{LAYER_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"
        state[full] = torch.from_numpy(np.ascontiguousarray(tensor))
    bert.load_state_dict(state)


def trained_tensors(bert: BertModel, before: EncoderWeights, layers: int, share: float = 1.0) -> dict[str, Floats]:
    """The topmost layers by their E5S1 names: ``share`` of the trained weights and the rest of those before."""
    state = {k.replace("parametrizations.weight.original", "weight"): v for k, v in bert.state_dict().items()}
    last = before.architecture.layers
    tensors = {}
    for number in range(last - layers, last):
        for ours, theirs in LAYER_NAMES.items():
            for kind, full in (("w", "weight"), ("b", "bias")):
                new = state[f"encoder.layer.{number}.{theirs}.{full}"].float().numpy()
                name = f"l{number}.{ours}.{kind}"
                tensors[name] = (share * new + (1 - share) * before.tensor(name)).astype(np.float32)
    return tensors
