"""Where a collection is asked: in its index folder, or on Milvus where that folder's index has been put."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

# FAISS and the client of Milvus take seconds to import; the chat's server is up before.
if TYPE_CHECKING:
    from xiangwen.index import BuildProgress, BuildReport, CheckResult, Store
    from xiangwen.milvus import Address, Published


@dataclass(frozen=True)
class Home:
    """An index folder, and the address on Milvus that is asked instead of it."""

    directory: Path
    store: Address | None = None

    @classmethod
    def at(cls, directory: Path, store: str | None) -> Home:
        """From what stands after ``--index`` and ``--store``.

        Raises:
            IndexProblem: if ``store`` is no address.
        """
        if store is None:
            return cls(directory)
        from xiangwen.milvus import Address

        return cls(directory, Address.read(store))

    def load(self, model: str | None = None) -> Store:
        """Open what is asked.

        Raises:
            IndexProblem: if it is missing, damaged, not to be reached, or made by another version or model.
        """
        if self.store is None:
            from xiangwen.index import Index

            return Index.load(self.directory, model)
        from xiangwen.milvus import MilvusStore

        opened = MilvusStore.load(self.store, model)
        opened.take_corrections(self.directory)  # which stay beside the index folder
        return opened

    def in_use(self) -> tuple[str, str] | None:
        """What would be opened now, to notice a change; None where there is nothing, or Milvus does not answer."""
        from xiangwen.index import IndexProblem, in_use

        if self.store is None:
            return in_use(self.directory)
        from xiangwen.milvus import name_in_use

        with suppress(IndexProblem):
            name = name_in_use(self.store)
            return (name, "") if name else None
        return None

    def build(
        self,
        reports: Path,
        model: str,
        *,
        rebuild: bool = False,
        progress: BuildProgress = lambda stage, done, total: None,
    ) -> tuple[BuildReport, Published | None]:
        """Bring the index folder up to date, and put it onto Milvus where that is asked.

        Raises:
            UnreadableFile: if the folder of reports is missing or holds no readable report.
            EncoderError: if the model cannot be loaded.
            IndexProblem: if the index cannot be written, or Milvus cannot be reached or written.
        """
        from xiangwen.index import build

        if self.store is None:
            return build(reports, self.directory, model, rebuild=rebuild, progress=progress), None
        from xiangwen.milvus import publish, reach

        reach(self.store)  # whatever cannot be reached is told before hours of encoding
        result = build(reports, self.directory, model, rebuild=rebuild, progress=progress)
        return result, publish(self.directory, self.store, progress)

    def check(self, reports: Path | None) -> CheckResult:
        """Check the index folder, and whether Milvus serves just this index.

        Raises:
            UnreadableFile: if ``reports`` is given and does not exist.
        """
        from xiangwen.index import IndexProblem, check

        result = check(self.directory, reports)
        if self.store is None:
            return result
        from xiangwen.milvus import difference

        try:
            problem = difference(self.directory, self.store)
        except IndexProblem as error:
            problem = str(error)
        return replace(result, problems=(*result.problems, problem)) if problem else result
