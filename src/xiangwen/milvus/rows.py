"""What is stored of a passage and of a report: the columns of the two collections on Milvus.

NAME_<build>             one row a passage
  number   INT64         primary key; passages are numbered in the order of the reports
  report   INT64         number of its report
  stance   INT8          0 done, 1 plan, 2 shortcoming
  vector   FLOAT_VECTOR  unit length; inner product is cosine similarity
  words    SPARSE_FLOAT_VECTOR  BM25 score of each of its words, by the hash of the word
  quote    VARCHAR       its exact words; empty where they are too long
  plain    VARCHAR       the same simplified, in lower case, without quotation marks: what LIKE is asked of
  form     JSON          offsets, heading path, list item and what it shows by its form
NAME_<build>_about       all else, as pieces of text
  key      VARCHAR       primary key, kind/report/part
  kind     VARCHAR       manifest, ledger, report, text, outline or moment
  report   INT64         number of the report, or of the row of the covariance matrix
  part     INT64         texts longer than a VARCHAR come in parts
  escaped  BOOL          whether content is a JSON string, for text that UTF-8 cannot hold
  content  VARCHAR
  vector   FLOAT_VECTOR  of a moment: a row of the covariance of all vectors, the last one their mean; else zeros
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.index.texts import IndexedPassage
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import plain_words
from xiangwen.language.tokens import tokens
from xiangwen.segmentation.passages import with_lead

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pymilvus import CollectionSchema, MilvusClient
    from pymilvus.milvus_client import IndexParams

    from xiangwen.index.signals import Signals
    from xiangwen.segmentation.passages import Passage

FORMAT_VERSION = 3
PIECES = ("report", "part", "escaped", "content")
"""The columns that `joined` reads."""
PASSAGE_COLUMNS = ("number", "report", "stance", "vector", "words", "quote", "plain", "form")
ABOUT = "_about"
_LONGEST = 60_000
"""Bytes of a text in one column; a VARCHAR holds 65,535."""
_LEAD = 8_000
"""Characters of a list item's first sentence that are kept; the judge reads forty."""
_PART = 15_000
"""Characters of a text in one row."""
_EXACT_UP_TO = 1_000_000
"""Passages up to which every vector is compared; above, an HNSW graph finds the nearest."""
_NO_WORD = 0
"""What a passage without any word has for its only one: Milvus takes no empty vector."""


@dataclass(frozen=True)
class RemotePassage(IndexedPassage):
    """A passage that came without its report's text, but with its own words and what stands above them."""

    lead: str
    """The first sentence of its list item; empty where it is that sentence itself, or in no item."""
    words: str
    """Its exact words; empty where they are too long for a row."""

    def above(self, text: str) -> tuple[str, ...]:
        """What stands above the passage, whatever ``text`` is given."""
        return with_lead(self.headings_above, self.lead)


@dataclass(frozen=True, eq=False)
class FetchedPassage:
    """One passage as it was fetched."""

    number: int
    passage: RemotePassage
    vector: NDArray[np.float32]
    words: NDArray[np.uint32]
    weights: NDArray[np.float32]
    plain: str
    above: str
    signals: tuple[Any, ...]
    """stance, denies, every, heading, opening, length, units."""

    @classmethod
    def of(cls, row: dict[str, Any]) -> FetchedPassage:
        """From the columns of `PASSAGE_COLUMNS`."""
        form, words = row["form"], row["words"]
        denies, every, heading, opening = form["flags"]
        item_start, item_end = form["item"] or (None, None)
        start, end = form["at"]
        path = tuple(form["path"])
        passage = RemotePassage(
            start, end, path, bool(heading), item_start, item_end, row["report"], form["lead"], row["quote"]
        )
        signals = (row["stance"], denies, every, heading, opening, form["length"], form["units"])
        return cls(
            number=row["number"],
            passage=passage,
            vector=np.array(row["vector"], dtype=np.float32),
            words=np.fromiter(words.keys(), dtype=np.uint32, count=len(words)),
            weights=np.fromiter(words.values(), dtype=np.float32, count=len(words)),
            plain=row["plain"],
            above=_plain(passage.above("")),
            signals=signals,
        )


def passage_row(
    number: int,
    report: int,
    text: str,
    passage: Passage,
    signals: Signals,
    vector: NDArray[np.float32],
    words: dict[int, float],
) -> dict[str, Any]:
    """One row of the collection of passages; ``text`` is that of the report."""
    quote = text[passage.start : passage.end]
    lead = passage.lead_in(text)
    return {
        "number": number,
        "report": report,
        "stance": int(signals.stance[number]),
        "vector": vector,
        "words": words or {_NO_WORD: 1.0},
        "quote": quote if _fits(quote) else "",
        "plain": _cut(plain_words(simplify(passage.reading(text)))),
        "form": {
            "at": [passage.start, passage.end],
            "path": [_cut(heading) for heading in passage.heading_path],
            "item": [passage.item_start, passage.item_end] if passage.item_start is not None else None,
            "lead": _cut(lead[:_LEAD]),
            "flags": [
                int(column[number]) for column in (signals.denies, signals.every, signals.heading, signals.opening)
            ],
            "length": float(signals.length[number]),
            "units": int(signals.units[number]),
        },
    }


def word_number(word: str) -> int:
    """The column of a word among 2³² - 2: two of a million words share one in about a hundred places."""
    return (
        int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest()) % (2**32 - 3) + 1
    )


def query_words(text: str) -> dict[int, float]:
    """A query for the column ``words``: its inner product with a passage is the passage's BM25 score."""
    return weighted_words(Counter(tokens(text)))


def weighted_words(words: Mapping[str, float]) -> dict[int, float]:
    """The same of words, each with what it counts."""
    found: dict[int, float] = {}
    for word, weight in words.items():
        number = word_number(word)
        found[number] = found.get(number, 0.0) + weight
    return found


def text_rows(kind: str, report: int, text: str, vector: NDArray[np.float32]) -> Iterator[dict[str, Any]]:
    """A text as rows of the second collection."""
    escaped = not _encodes(text)
    step = _PART // 3 if escaped else _PART
    for part, start in enumerate(range(0, max(1, len(text)), step)):
        content = text[start : start + step]
        yield {
            "key": f"{kind}/{report}/{part}",
            "kind": kind,
            "report": report,
            "part": part,
            "escaped": escaped,
            "content": json.dumps(content) if escaped else content,
            "vector": vector,
        }


def joined(rows: Sequence[dict[str, Any]]) -> str:
    """The text of all pieces of one kind and report."""
    ordered = sorted(rows, key=lambda row: int(row["part"]))
    return "".join(json.loads(row["content"]) if row["escaped"] else row["content"] for row in ordered)


def passages_schema(client: MilvusClient, dimensions: int, passages: int) -> tuple[CollectionSchema, IndexParams]:
    """Columns and indexes of the collection of passages."""
    from pymilvus import DataType

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("number", DataType.INT64, is_primary=True)
    schema.add_field("report", DataType.INT64)
    schema.add_field("stance", DataType.INT8)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("quote", DataType.VARCHAR, max_length=65_535)
    schema.add_field("plain", DataType.VARCHAR, max_length=65_535)
    schema.add_field("form", DataType.JSON)
    indexes = client.prepare_index_params()
    if passages <= _EXACT_UP_TO:
        indexes.add_index("vector", index_type="FLAT", metric_type="IP")
    else:
        indexes.add_index("vector", index_type="HNSW", metric_type="IP", params={"M": 24, "efConstruction": 200})
    indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    indexes.add_index("report", index_type="INVERTED")
    return schema, indexes


def about_schema(client: MilvusClient, dimensions: int) -> tuple[CollectionSchema, IndexParams]:
    """Columns and indexes of the collection of reports, texts and statistics."""
    from pymilvus import DataType

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=100)
    schema.add_field("kind", DataType.VARCHAR, max_length=20)
    schema.add_field("report", DataType.INT64)
    schema.add_field("part", DataType.INT64)
    schema.add_field("escaped", DataType.BOOL)
    schema.add_field("content", DataType.VARCHAR, max_length=65_535)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type="FLAT", metric_type="IP")  # Milvus loads no collection without one
    indexes.add_index("report", index_type="INVERTED")
    return schema, indexes


@lru_cache(maxsize=50_000)
def _plain(above: tuple[str, ...]) -> str:
    return plain_words(simplify(" ".join(above)))


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fits(text: str) -> bool:
    return _encodes(text) and len(text.encode()) <= _LONGEST


def _cut(text: str) -> str:
    """As much of a text as a column holds."""
    return text.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")
