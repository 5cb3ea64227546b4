"""The index of a collection: vectors, BM25, texts and metadata in a plain documented format.

store           what is searched, wherever it is kept
report_search   the best passages of every report, of a store on a server
subset          the passages that a question is computed from
report_ranges   which passages are whose
opened          an opened index, from which answers are computed
texts           exact texts, outlines and passages
vectors         the vectors of the passages (FAISS)
bm25            BM25 over the words of the passages
word_counts     how often each word stands in each passage, from which BM25 is computed
signals         what a passage shows by its form: stance, units, denial
occurrences     which passages and headings hold a word
code_points     texts one after another, from which occurrences are made
top_k           the k largest of many scores
building        a build, from the files to the index in use
entries         what the index holds of each report
recipe          a digest of the code that entries are made by
previous        the previous index, as far as it is taken over
checkpoint      the vectors of a build under way
build_report    what a build did, file by file
storage         the files of an index, their manifest and checksums
checking        whether an index is whole and up to date
watching        when the reports have changed, so that it is built again
problems        why an index cannot be used, in plain words
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
