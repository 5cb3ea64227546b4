"""Why an index cannot be used, each in one plain sentence with the command that mends it."""

from __future__ import annotations

REBUILD = "请运行 xiangwen build --rebuild 重新建立。 Run: xiangwen build --rebuild"


class IndexProblem(Exception):
    """An index that cannot be used; the message is one plain sentence with the command that mends it."""


class IndexMissing(IndexProblem):
    """There is no index in that folder."""


class IndexDamaged(IndexProblem):
    """The index is incomplete or its files have changed since they were written."""


class IndexOutdated(IndexProblem):
    """The index was made by another version or another model."""
