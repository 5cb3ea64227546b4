"""Check an index against its checksums, its model and the files it was built from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiangwen.encoding import EncoderError, load_encoder
from xiangwen.index.problems import REBUILD, IndexProblem
from xiangwen.index.storage import FILES, damaged_files, read_manifest, read_rows
from xiangwen.reports import Changes, changes_since, check_folder


@dataclass(frozen=True)
class CheckResult:
    """What a check found; everything in order where nothing but counts and notes is filled."""

    reports: int = 0
    passages: int = 0
    problems: tuple[str, ...] = ()
    """Why the index, or its model, cannot be used, a plain sentence each."""
    damaged: tuple[str, ...] = ()
    """Files of the index that are missing or not as they were written."""
    new: tuple[str, ...] = ()
    """Files of the reports folder that the index does not know."""
    changed: tuple[str, ...] = ()
    """Files that have other bytes than those that were indexed."""
    missing: tuple[str, ...] = ()
    """Files that were indexed and are gone."""
    notes: tuple[str, ...] = ()
    """What else there is to know of the index, a plain sentence each."""

    @property
    def ok(self) -> bool:
        """Whether the index is whole and up to date."""
        return not (self.problems or self.damaged or self.new or self.changed or self.missing)


def check(directory: Path, reports_folder: Path | None = None) -> CheckResult:
    """Check the index in use.

    Args:
        directory: the index folder.
        reports_folder: the reports to compare with; None takes the folder that the index was built from.

    Raises:
        UnreadableFile: if ``reports_folder`` is given and does not exist.
    """
    if reports_folder is not None:
        check_folder(reports_folder)
    try:
        folder, manifest = read_manifest(directory)
    except IndexProblem as error:
        return CheckResult(problems=(str(error),))
    damaged = damaged_files(folder, manifest)
    problems, notes = _model_problems(manifest), list(map(str, manifest.get("notes", ())))
    changes = Changes()
    root = reports_folder or Path(manifest["folder"])
    if FILES in damaged:
        notes.append("文件清单已损坏，未与报告比较。 The list of files is damaged: not compared with the reports.")
    elif not root.is_dir():
        notes.append(f"报告文件夹 {root} 不在，未与报告比较。 The reports folder is not there: not compared.")
    else:
        indexed = {row["file"]: row["sha256"] for row in read_rows(folder / FILES)}
        changes = changes_since(indexed, root, directory)
    return CheckResult(
        manifest["reports"],
        manifest["passages"],
        problems,
        damaged,
        changes.new,
        changes.changed,
        changes.missing,
        tuple(notes),
    )


def _model_problems(manifest: dict[str, Any]) -> tuple[str, ...]:
    model = manifest["model"]
    try:
        same = load_encoder(model).fingerprint == manifest["fingerprint"]
    except EncoderError as error:
        return (f"模型 {model} 无法载入，请恢复它或重建索引。 {error}",)
    return () if same else (f"模型 {model} 与建立索引时不同，{REBUILD}",)
