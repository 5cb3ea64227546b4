"""Speak to Milvus: connect, ask, write, and say in plain words what went wrong."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.index import IndexMissing, IndexProblem
from xiangwen.milvus.address import Address

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pymilvus import MilvusClient

TOKEN = "XIANGWEN_MILVUS_TOKEN"
"""The environment variable that holds ``USER:PASSWORD`` where the server asks for them: never in an address, which
stands in the list of processes and in logs."""
_PATIENCE = 10.0
"""Seconds that a server has to accept a connection."""
_SELDOM = {"grpc.keepalive_time_ms": 300_000}
"""Milvus Lite hangs up on whoever makes sure of it more often; a server is made sure of every ten seconds."""
_NO_SUCH = 100
"""Milvus's number for a collection that is not there."""
MOST_HITS = 16_384
"""Hits that Milvus gives for one search."""
_ROWS = 2_000
"""Rows fetched at a time: some 5 MB."""


class Connection:
    """One client of one Milvus, for all threads."""

    def __init__(self, address: Address, *, new: bool = False) -> None:
        """Connect.

        Args:
            address: where.
            new: make the file of Milvus Lite where there is none.

        Raises:
            IndexMissing: if there is no such file.
            IndexProblem: if nothing answers there, or the client is not installed.
        """
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise IndexProblem(
                "没有安装 Milvus 的组件，请运行 pip install 'xiangwen[milvus]'。 Run: pip install 'xiangwen[milvus]'"
            ) from error
        # Both write what they raise, with a traceback, into the log as well.
        for name in ("pymilvus", "milvus_lite"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.address = address
        if address.is_file and not new and not Path(address.uri).exists():
            raise missing(address)
        if address.is_file and not Path(address.uri).parent.is_dir():
            raise IndexProblem(f"没有文件夹 {Path(address.uri).parent}。 There is no such folder.")
        with self._plainly("connect"):
            self.client: MilvusClient = MilvusClient(
                address.uri,
                token=os.environ.get(TOKEN, ""),
                timeout=_PATIENCE,
                grpc_options=_SELDOM if address.is_file else {},
            )

    def close(self) -> None:
        """Let go of the server; a file stays open until the program ends."""
        self.client.close()

    @contextmanager
    def _plainly(self, doing: str) -> Iterator[None]:
        from grpc import RpcError
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, RpcError, OSError, RuntimeError) as error:
            if getattr(error, "code", None) == _NO_SUCH:
                raise missing(self.address) from error
            if doing == "connect" and self.address.is_file:
                raise IndexProblem(
                    f"无法打开 {self.address}，可能另一个程序正在使用它。 Cannot open it: is another program using it?"
                ) from error
            why = " ".join(str(getattr(error, "message", "") or error).split())[:200]
            raise IndexProblem(
                f"Milvus（{self.address}）没有应答，请确认它在运行、地址正确。 Milvus does not answer: {why}"
            ) from error

    def load(self, *collections: str) -> None:
        """Make collections ready to be asked; nothing happens where they are."""
        with self._plainly("ask"):
            for collection in collections:
                self.client.load_collection(collection)

    def in_use(self) -> str | None:
        """The collection that the name stands for now; None where there is none of that name."""
        with self._plainly("ask"):
            if self.address.name not in self.client.list_aliases().get("aliases", ()):
                return None
            return str(self.client.describe_alias(self.address.name)["collection_name"])

    def count(self, collection: str) -> int:
        """How many rows a collection has, the last one written included."""
        with self._plainly("ask"):
            rows = self.client.query(collection, "", output_fields=["count(*)"], consistency_level="Strong")
            return int(rows[0]["count(*)"])

    def count_where(self, collection: str, filter_: str) -> int:
        """How many rows meet a filter."""
        with self._plainly("ask"):
            return int(self.client.query(collection, filter_, output_fields=["count(*)"])[0]["count(*)"])

    def rows(self, collection: str, filter_: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """The rows that meet a filter, in any order; it must not be met by more than `MOST_HITS`."""
        with self._plainly("ask"):
            return list(self.client.query(collection, filter_, output_fields=list(fields), limit=MOST_HITS))

    def numbered(
        self, collection: str, column: str, numbers: Sequence[int], fields: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        """The rows whose column is one of these numbers, in any order."""
        for start in range(0, len(numbers), _ROWS):
            yield from self.rows(collection, among(column, numbers[start : start + _ROWS]), fields)

    def search(
        self,
        collection: str,
        column: str,
        query: NDArray[np.float32] | dict[int, float],
        count: int,
        filter_: str = "",
        each: int | None = None,
        effort: int | None = None,
    ) -> list[int]:
        """Numbers of the rows nearest to the query by inner product, nearest first.

        Args:
            collection: where.
            column: of vectors, dense or sparse.
            query: one such vector.
            count: how many; with ``each``, of how many reports.
            filter_: what they have to meet.
            each: at most so many of every report.
            effort: how far an approximate index looks (HNSW's ef).
        """
        grouped = {"group_by_field": "report", "group_size": each} if each else {}
        with self._plainly("ask"):
            found = self.client.search(
                collection,
                [query],
                filter=filter_,
                limit=min(count, MOST_HITS // (each or 1)),
                anns_field=column,
                search_params={"params": {"ef": effort} if effort else {}},
                **grouped,
            )[0]
        hits = [(-float(hit["distance"]), int(hit["number"])) for hit in found]
        return [number for _, number in sorted(hits)]

    def best(self, collection: str, column: str, query: dict[int, float]) -> float:
        """The highest inner product with the query, 0 where none is above it."""
        with self._plainly("ask"):
            found = self.client.search(collection, [query], limit=1, anns_field=column)[0]
        return float(found[0]["distance"]) if len(found) else 0.0

    def write(self, collection: str, rows: Sequence[dict[str, Any]]) -> None:
        """Add some rows."""
        with self._plainly("write"):
            self.client.insert(collection, list(rows))

    @contextmanager
    def asking(self) -> Iterator[MilvusClient]:
        """The client for whatever else is to be done, its failures told in plain words."""
        with self._plainly("ask"):
            yield self.client


def among(column: str, numbers: Sequence[int]) -> str:
    """A filter for these numbers, in ascending order; runs of them are told by their ends."""
    if len(numbers) and numbers[-1] - numbers[0] + 1 == len(numbers):
        return f"{column} >= {numbers[0]} and {column} <= {numbers[-1]}"
    return f"{column} in [{','.join(map(str, numbers))}]"


def missing(address: Address) -> IndexMissing:
    """There is no collection of that name."""
    return IndexMissing(
        f"Milvus 上还没有 {address}，请运行 xiangwen build --store {address}。 "
        f"There is no such collection: run xiangwen build --store {address}"
    )
