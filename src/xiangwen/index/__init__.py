"""The index of a collection: vectors, lexical index, texts and metadata in a plain documented format.

`entries` is what it holds of each report, `previous` what is taken over from the index before, `checkpoint` what a
build under way has encoded, `building` puts them together, `build_report` tells what was done, `checking` whether it
still holds, `watching` when to build again. `storage` knows the files, `store` is what is searched wherever it is kept
and `wanted` what that has to know of a question, `opened` what answers are computed from, `problems` says in plain
words why an index cannot be used.
"""

from xiangwen.index.build_report import BuildReport
from xiangwen.index.building import BUILD_REPORT, BuildProgress, build
from xiangwen.index.checking import CheckResult, check
from xiangwen.index.entries import passage_path
from xiangwen.index.opened import Index
from xiangwen.index.problems import IndexDamaged, IndexMissing, IndexOutdated, IndexProblem
from xiangwen.index.storage import in_use
from xiangwen.index.store import Store
from xiangwen.index.watching import Watch

__all__ = [
    "BUILD_REPORT",
    "BuildProgress",
    "BuildReport",
    "CheckResult",
    "Index",
    "IndexDamaged",
    "IndexMissing",
    "IndexOutdated",
    "IndexProblem",
    "Store",
    "Watch",
    "build",
    "check",
    "in_use",
    "passage_path",
]
