"""Put an index onto Milvus: into new collections, which the name stands for once they are complete.

An alias names the collection in use and is moved in one step, so an upload that is killed leaves the earlier one
serving; the next upload clears away what it had written. The collection before stays until then, for whoever has just
asked it something.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import xiangwen
from xiangwen.index import Index, IndexProblem, in_use
from xiangwen.milvus.address import Address
from xiangwen.milvus.connection import Connection, missing
from xiangwen.milvus.rows import (
    ABOUT,
    FORMAT_VERSION,
    PIECES,
    about_schema,
    joined,
    passage_row,
    passages_schema,
    text_rows,
    word_number,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 1_000
"""Rows sent at a time: some 3 MB."""
_VECTORS = 65_536
"""Vectors that the covariance is summed over at a time."""


@dataclass(frozen=True)
class Published:
    """What an upload did."""

    store: str
    """The address."""
    collection: str
    """What the name stands for now."""
    reports: int
    passages: int
    seconds: float
    unchanged: bool = False
    """Whether it was there already."""


def publish(
    directory: Path, address: Address, progress: Callable[[str, int, int], None] = lambda stage, done, total: None
) -> Published:
    """Put the index of a folder onto Milvus and let the name stand for it.

    Args:
        directory: the index folder.
        address: where to; what the name stood for before stays as it is until all is written.
        progress: called with ("upload", passages written, passages).

    Raises:
        IndexProblem: if the index cannot be used, or Milvus cannot be reached or written.
    """
    started = time.perf_counter()
    index, source = Index.load(directory), (in_use(directory) or ("", ""))[1]
    connection = Connection(address, new=True)
    before = connection.in_use()
    name = before or ""
    unchanged = before is not None and _source(connection, before) == source
    if not unchanged:
        name = f"{address.name}_{time.strftime('%Y%m%d_%H%M%S')}_{secrets.token_hex(3)}"
        _clear(connection, keep={before} if before else set())
        try:
            _write(connection, name, index, source, progress)
            with connection.asking() as client:
                move = client.alter_alias if before else client.create_alias
                move(name, address.name)
        except BaseException:
            with suppress(IndexProblem):
                _clear(connection, keep={before} if before else set())
            raise
        _clear(connection, keep={name, *([before] if before else [])})
    seconds = time.perf_counter() - started
    return Published(str(address), name, len(index.reports), len(index.passages), seconds, unchanged)


def reach(address: Address) -> None:
    """Make sure that Milvus answers.

    Raises:
        IndexProblem: if it does not.
    """
    Connection(address, new=True).in_use()


def name_in_use(address: Address) -> str | None:
    """The collection that the name stands for now; None where there is none.

    Raises:
        IndexProblem: if Milvus does not answer.
    """
    return Connection(address).in_use()


def difference(directory: Path, address: Address) -> str:
    """Why Milvus does not serve the index of a folder, in a plain sentence; empty where it does.

    Raises:
        IndexProblem: if Milvus does not answer, or has no such collection.
    """
    connection = Connection(address)
    collection = connection.in_use()
    if collection is None:
        raise missing(address)
    if _source(connection, collection) == (in_use(directory) or ("", ""))[1]:
        return ""
    return (
        f"{address} 上的不是 {directory} 中的索引，请运行 xiangwen build --store {address}。 "
        f"It holds another index than the folder: run xiangwen build --store {address}"
    )


def _write(
    connection: Connection, name: str, index: Index, source: str, progress: Callable[[str, int, int], None]
) -> None:
    """Write both collections and check that all of it has arrived."""
    dimensions, total = index.vectors.shape[1], len(index.passages)
    with connection.asking() as client:
        for collection, (schema, indexes) in (
            (name, passages_schema(client, dimensions, total)),
            (name + ABOUT, about_schema(client, dimensions)),
        ):
            client.create_collection(collection, schema=schema)
            client.create_index(collection, indexes, sync=False)  # while rows come in; loading waits for it
    expected = {name: total, name + ABOUT: 0}
    about = _about_rows(index, source)
    while batch := list(islice(about, _BATCH)):
        connection.write(name + ABOUT, batch)
        expected[name + ABOUT] += len(batch)
    rows, done = _passage_rows(index), 0
    while batch := list(islice(rows, _BATCH)):
        connection.write(name, batch)
        done += len(batch)
        progress("upload", done, total)
    for collection, count in expected.items():
        with connection.asking() as client:
            client.flush(collection)
        connection.load(collection)
        if connection.count(collection) != count:
            raise IndexProblem(f"{connection.address} 没有收到全部句子，请重试。 Not all passages arrived: try again.")


def _passage_rows(index: Index) -> Iterator[dict[str, Any]]:
    words, weights = index.lexical.weights()
    numbers = np.array([word_number(word) for word in words], dtype=np.int64)
    for report, texts in enumerate(index.reports):
        text = texts.text
        for number in range(int(index.starts[report]), int(index.starts[report + 1])):
            first, last = weights.indptr[number], weights.indptr[number + 1]
            own: dict[int, float] = {}
            for word, weight in zip(numbers[weights.indices[first:last]], weights.data[first:last], strict=True):
                own[int(word)] = own.get(int(word), 0.0) + float(weight)
            yield passage_row(number, report, text, index.passages[number], index.signals, index.vectors[number], own)


def _about_rows(index: Index, source: str) -> Iterator[dict[str, Any]]:
    mean, covariance = moments(index.vectors)
    nothing = np.zeros_like(mean)
    manifest = {
        "format": FORMAT_VERSION,
        "xiangwen": xiangwen.__version__,
        "source": source,
        "model": index.model,
        "fingerprint": index.model_fingerprint,
        "dimensions": len(mean),
        "reports": len(index.reports),
        "passages": len(index.passages),
    }
    yield from text_rows("manifest", 0, json.dumps(manifest), nothing)
    yield from text_rows("ledger", 0, b64encode(index.ledger_as_read.packed()).decode(), nothing)
    for row, vector in enumerate([*covariance, mean]):
        yield from text_rows("moment", row, "", vector)
    for number, report in enumerate(index.reports):
        known = {key: value for key, value in asdict(report).items() if key != "text"}
        known["passages"] = int(index.sizes[number])
        yield from text_rows("report", number, json.dumps(known, ensure_ascii=False), nothing)
        yield from text_rows("text", number, report.text, nothing)
        yield from text_rows("outline", number, index.texts.outline_bytes(number).decode(), nothing)


def moments(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean, shape (dimensions,), and covariance, shape (dimensions, dimensions), of all vectors.

    They give the mean and the variance of the similarity of any query q to all passages: q·mean and q·covariance·q.
    """
    blocks = range(0, len(vectors), _VECTORS)
    mean = sum(vectors[i : i + _VECTORS].sum(axis=0, dtype=np.float64) for i in blocks) / len(vectors)
    covariance = np.zeros((vectors.shape[1], vectors.shape[1]))
    for start in blocks:
        centred = vectors[start : start + _VECTORS] - mean
        covariance += centred.T @ centred
    return np.asarray(mean, dtype=np.float32), (covariance / len(vectors)).astype(np.float32)


def _source(connection: Connection, collection: str) -> str | None:
    """What index a collection was made from; None where that cannot be read."""
    with suppress(IndexProblem, ValueError, KeyError):
        connection.load(collection + ABOUT)
        rows = connection.rows(collection + ABOUT, 'kind == "manifest"', PIECES)
        manifest = json.loads(joined(rows))
        return str(manifest["source"]) if manifest["format"] == FORMAT_VERSION else None
    return None


def _clear(connection: Connection, keep: set[str]) -> None:
    """Drop all collections that were written for the name, finished or not, but these."""
    ours = re.compile(rf"({re.escape(connection.address.name)}_\d{{8}}_\d{{6}}_[0-9a-f]{{6}})(?:{ABOUT})?")
    with connection.asking() as client:
        for collection in client.list_collections():
            match = ours.fullmatch(collection)
            if match and match[1] not in keep:
                client.drop_collection(collection)
