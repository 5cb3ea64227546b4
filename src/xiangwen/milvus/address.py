"""Where a collection is: ``milvus://HOST:PORT/NAME`` on a server, ``milvus:FILE.db`` in a file of Milvus Lite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from xiangwen.index import IndexProblem

_PORT = 19530
"""Where Milvus listens unless told otherwise."""
_NAME = "xiangwen"
_SERVER = re.compile(r"milvus://(?P<host>[^/:@\s]+|\[[0-9a-fA-F:]+\])(?::(?P<port>\d{1,5}))?(?:/(?P<name>\w*))?/?")
_FILE = re.compile(r"milvus:(?://(?=/))?(?P<file>.+?\.db)(?:/(?P<name>\w*))?/?")
_WORD = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)


@dataclass(frozen=True)
class Address:
    """A collection on a Milvus server or in a file of Milvus Lite."""

    uri: str
    """What the client connects to: ``http://HOST:PORT`` or the path of a file."""
    name: str
    """Of the collection; its alias on the server."""

    @classmethod
    def read(cls, text: str) -> Address:
        """Read what stands after ``--store``.

        Raises:
            IndexProblem: if it is no address.
        """
        server, file = _SERVER.fullmatch(text), _FILE.fullmatch(text)
        found = server or file
        name = (found["name"] if found else None) or _NAME
        if found is None or not _WORD.fullmatch(name) or (server and int(server["port"] or 0) > 65_535):
            raise IndexProblem(
                f"--store {text} 不是 Milvus 地址，请写成 milvus://主机:{_PORT}/名称 或 milvus:文件.db"
                "（名称用英文字母、数字和 _）。 "
                f"Not an address of Milvus: write milvus://HOST:{_PORT}/NAME or milvus:FILE.db."
            )
        if server:
            return cls(f"http://{server['host']}:{server['port'] or _PORT}", name)
        return cls(str(Path(found["file"]).absolute()), name)

    @property
    def is_file(self) -> bool:
        """Whether it is a file of Milvus Lite."""
        return not self.uri.startswith("http://")

    def __str__(self) -> str:
        return f"milvus:{self.uri}/{self.name}" if self.is_file else f"milvus://{self.uri[7:]}/{self.name}"
