"""Writes the encoder as an ONNX graph: int8 matrix products, mean pooling; about 23 MB.

The graph takes one text at a time, the vectors of its `words`, (1, tokens, hidden), which `words` looks up in the one
table of all graphs, and returns `sentence_embedding`, (1, hidden).
One text a run needs no padding and no mask, so ONNX Runtime takes its fast attention kernel; and a vector never
depends on the texts that happened to share its batch, although dynamic quantisation takes its scales from the data.

Measured on 24 passages of 510 characters, 2 cores with VNNI (cosine against fp32: worst of 275 short texts):
fp32 9.5 passages/s; int8 with one scale a tensor 29.5, cosine .986; with one scale a token in front of the
last product of each layer, whose GELU inputs are spiky, 28.1, cosine .995. The last one is what is built here.

With `packs` the graph takes several texts at a time as well (`packing`): `positions` of its tokens, shape (tokens,),
the `sizes` of the blocks that they come in, shape (blocks,), and for each block i which tokens are seen from it,
`seen.i`, shape (seen,), and which of its tokens sees which of them, `sight.i`, (1, 1, size, seen), 0 or far below 0.
It returns the `token_embeddings` too, (1, tokens, hidden). With no sizes it is one text, all of which every token sees:
the fast kernel again.

Each block attends by itself, as wide as it needs: in one product for all, as wide as the widest, what is in between no
longer fits the cache, and a pack of 512 tokens takes 10 % longer, one of 1,024 takes 18 %.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .packing import BLOCKS
from .weights import EncoderWeights, Floats
from .words import WORDS

MICROSOFT = "com.microsoft"  # ONNX Runtime's own fused operators
OPSET = 21
IR_VERSION = 10

# Weights keep 7 of int8's 8 bits: without VNNI (most processors before 2019) ONNX Runtime adds pairs of uint8 x int8
# products in 16 bits, and 2 x 255 x 127 would overflow there. They were 4-bit to begin with, so little is lost.
WEIGHT_LIMIT = 63

# The smallest value of GELU is -0.16997 (at x = -0.7518): adding 0.17 makes every input of the last product positive.
GELU_FLOOR = 0.17


def write_graph(weights: EncoderWeights, path: Path, advance: Callable[[float], None], *, packs: bool = False) -> None:
    """Write the encoder in `weights` to `path`; `advance` hears the fraction that is done, 0 to 1."""
    sizes = weights.architecture
    graph = _Graph(packs)
    hidden = _embed(graph, weights)
    if packs:
        blocks = graph.node("Size", ["sizes"], "blocks")
        graph.node("Greater", [blocks, graph.constant("nothing", np.array(0))], "is_pack")
    for layer in range(sizes.layers):
        advance((layer + 1) / (sizes.layers + 2))
        hidden = _layer(graph, weights, f"l{layer}.", hidden)
    graph.node("ReduceMean", [hidden, graph.constant("token_axis", np.array([1]))], "sentence_embedding", keepdims=0)
    inputs = [helper.make_tensor_value_info(WORDS, TensorProto.FLOAT, [1, "tokens", sizes.hidden])]
    outputs = [helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, [1, sizes.hidden])]
    if packs:
        inputs.append(helper.make_tensor_value_info("positions", TensorProto.INT32, ["tokens"]))
        inputs.append(helper.make_tensor_value_info("sizes", TensorProto.INT64, ["blocks"]))
        for i in range(BLOCKS):
            inputs.append(helper.make_tensor_value_info(f"seen.{i}", TensorProto.INT32, [f"width.{i}"]))
            inputs.append(
                helper.make_tensor_value_info(f"sight.{i}", TensorProto.FLOAT, [1, 1, f"size.{i}", f"width.{i}"])
            )
        graph.node("Identity", [hidden], "token_embeddings")
        outputs.append(
            helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, [1, "tokens", sizes.hidden])
        )
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "multilingual-e5-small",
            inputs,
            outputs,
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=IR_VERSION,
    )
    onnx.save_model(model, str(path))
    advance(1.0)


class _Graph:
    """Nodes and constants in the making."""

    def __init__(self, packs: bool) -> None:
        self.packs = packs
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, *more: str, domain: str = "", **attributes: Any) -> str:
        """Add a node and return the name of its first output."""
        self.nodes.append(helper.make_node(op, inputs, [output, *more], domain=domain, **attributes))
        return output

    def branch(self, output: str) -> onnx.GraphProto:
        """What was made so far as a branch that gives one tensor."""
        return helper.make_graph(
            self.nodes, output, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)]
        )


def _embed(graph: _Graph, weights: EncoderWeights) -> str:
    """Word + position + type, normalised."""
    # Every text is of type 0, so that row is added to the positions once and for all.
    table_of_positions = graph.constant("positions.table", weights.tensor("emb.pos") + weights.tensor("emb.type")[0])
    if graph.packs:
        position = graph.node("Gather", [table_of_positions, "positions"], "position")
    else:
        length = graph.node("Shape", [WORDS], "length", start=1, end=2)
        zero = graph.constant("zero", np.array([0]))
        position = graph.node("Slice", [table_of_positions, zero, length, zero], "position")
    return _add_and_normalise(graph, weights, "emb.ln", WORDS, position)


def _layer(graph: _Graph, weights: EncoderWeights, layer: str, hidden: str) -> str:
    """One BERT layer (post-norm): attention, then the feed-forward pair, each with its residual."""
    sizes = weights.architecture
    together = _product(graph, weights, [f"{layer}q", f"{layer}k", f"{layer}v"], hidden)
    thirds = graph.constant(f"{layer}thirds", np.array([sizes.hidden] * 3))
    query, key, value = f"{layer}query", f"{layer}key", f"{layer}value"
    graph.node("Split", [together, thirds], query, key, value, axis=-1)
    context = _attention(graph, [query, key, value], f"{layer}context", sizes.heads)
    attended = _product(graph, weights, [f"{layer}ao"], context)
    hidden = _add_and_normalise(graph, weights, f"{layer}aln", attended, hidden)
    wide = _product(graph, weights, [f"{layer}fi"], hidden)
    active = graph.node("Gelu", [wide], f"{layer}gelu", domain=MICROSOFT)
    narrow = _product_after_gelu(graph, weights, f"{layer}fo", active)
    return _add_and_normalise(graph, weights, f"{layer}oln", narrow, hidden)


def _attention(graph: _Graph, inputs: list[str], output: str, heads: int) -> str:
    """Every token to every other, or block by block to those that it sees."""
    if not graph.packs:
        return graph.node("MultiHeadAttention", inputs, output, domain=MICROSOFT, num_heads=heads)
    whole, blocks = _Graph(False), _Graph(False)
    whole.node("MultiHeadAttention", inputs, f"{output}.whole", domain=MICROSOFT, num_heads=heads)
    query, key, value = inputs
    first, *others = (f"{query}.{i}" for i in range(BLOCKS))
    blocks.node("Split", [query, "sizes"], first, *others, axis=1)
    contexts = []
    for i in range(BLOCKS):
        seen = [blocks.node("Gather", [name, f"seen.{i}"], f"{name}.{i}", axis=1) for name in (key, value)]
        parts = [f"{query}.{i}", *seen, "", "", f"sight.{i}"]
        contexts.append(blocks.node("MultiHeadAttention", parts, f"{output}.{i}", domain=MICROSOFT, num_heads=heads))
    blocks.node("Concat", contexts, f"{output}.pack", axis=1)
    branches = {"then_branch": blocks.branch(f"{output}.pack"), "else_branch": whole.branch(f"{output}.whole")}
    return graph.node("If", ["is_pack"], output, **branches)


def _add_and_normalise(graph: _Graph, weights: EncoderWeights, name: str, left: str, right: str) -> str:
    # Two nodes on purpose: the fused SkipLayerNormalization takes twice the time of both in ONNX Runtime 1.31.
    total = graph.node("Add", [left, right], f"{name}.sum")
    gain, bias = f"{name}.w", f"{name}.b"
    inputs = [total, graph.constant(gain, weights.tensor(gain)), graph.constant(bias, weights.tensor(bias))]
    return graph.node("LayerNormalization", inputs, f"{name}.out", epsilon=weights.architecture.epsilon)


def _int8(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """(outputs, inputs) fp32 -> int8 of shape (inputs, outputs) and one scale for each output."""
    scales = (np.abs(matrix).max(axis=1) / WEIGHT_LIMIT).astype(np.float32)
    return np.rint(matrix / scales[:, None]).astype(np.int8).T, scales


def _product(graph: _Graph, weights: EncoderWeights, names: list[str], inputs: str) -> str:
    """`inputs @ W.T + b` with int8 weights and one activation scale for the whole tensor; `names` are joined in one."""
    values, scales = _int8(np.concatenate([weights.tensor(f"{name}.w") for name in names]))
    bias = np.concatenate([weights.tensor(f"{name}.b") for name in names])
    name = names[0]
    operands = [
        inputs,
        graph.constant(f"{name}.int8", values),
        graph.constant(f"{name}.scales", scales),
        "",
        graph.constant(f"{name}.bias", bias),
    ]
    return graph.node("DynamicQuantizeMatMul", operands, f"{name}.out", domain=MICROSOFT)


def _product_after_gelu(graph: _Graph, weights: EncoderWeights, name: str, active: str) -> str:
    """The same with one activation scale for each token.

    With x + 0.17 >= 0 and q = round((x + 0.17) / s) in 0..255:  x @ W.T = s (q @ W.T) - 0.17 sum(W); the last term is
    constant and goes into the bias.
    """
    values, scales = _int8(weights.tensor(f"{name}.w"))
    bias = weights.tensor(f"{name}.b") - GELU_FLOOR * values.sum(axis=0, dtype=np.float32) * scales
    floor = graph.constant(f"{name}.floor", np.array(GELU_FLOOR, dtype=np.float32))
    step = graph.constant(f"{name}.step", np.array(1 / 255, dtype=np.float32))
    all_but_tokens = graph.constant(f"{name}.all_but_tokens", np.array([0, 2]))
    output_axis = graph.constant(f"{name}.output_axis", np.array([1]))
    positive = graph.node("Add", [active, floor], f"{name}.positive")
    largest = graph.node("ReduceMax", [positive, all_but_tokens], f"{name}.largest", keepdims=0)
    token_scales = graph.node("Mul", [largest, step], f"{name}.token_scales")
    quantised = graph.node(
        "QuantizeLinear", [positive, token_scales], f"{name}.quantised", axis=1, output_dtype=TensorProto.UINT8
    )
    whole = graph.node("MatMulInteger", [quantised, graph.constant(f"{name}.int8", values)], f"{name}.int32")
    product = graph.node("Cast", [whole], f"{name}.product", to=TensorProto.FLOAT)
    column = graph.node("Unsqueeze", [token_scales, output_axis], f"{name}.column")
    per_token = graph.node("Mul", [product, column], f"{name}.per_token")
    per_output = graph.node("Mul", [per_token, graph.constant(f"{name}.scales", scales)], f"{name}.per_output")
    return graph.node("Add", [per_output, graph.constant(f"{name}.bias", bias.astype(np.float32))], f"{name}.out")
