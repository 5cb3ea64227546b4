"""The index of a collection: FAISS vectors, lexical index, texts and metadata in a plain documented format.

`building` makes it, `storage` knows its files, `opened` is what questions are asked of, `problems` says in plain words
why one cannot be used.
"""

from xiangwen.index.building import BuildResult, build, passage_context
from xiangwen.index.opened import Index, IndexedPassage, IndexedSection
from xiangwen.index.problems import IndexDamaged, IndexMissing, IndexOutdated, IndexProblem
from xiangwen.index.storage import FORMAT_VERSION

__all__ = [
    "FORMAT_VERSION",
    "BuildResult",
    "Index",
    "IndexDamaged",
    "IndexMissing",
    "IndexOutdated",
    "IndexProblem",
    "IndexedPassage",
    "IndexedSection",
    "build",
    "passage_context",
]
