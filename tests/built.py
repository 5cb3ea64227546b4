"""A collection built for a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xiangwen.encoding.bundled import BundledEncoder


def assistant_over(reports: Path, directory: Path, encoder: BundledEncoder, *, judge: bool = True) -> Assistant:
    """An assistant over the reports of a folder, whose index is built in ``directory``."""
    build(reports, directory, encoder=encoder)
    index = Index.load(directory)
    index.encoder = encoder
    return Assistant(index) if judge else Assistant(index, judge=False)


def assistant_over_texts(
    texts: Mapping[str, str], folder: Path, encoder: BundledEncoder, *, judge: bool = True
) -> Assistant:
    """The same over texts by their file names, written into an empty ``folder``."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return assistant_over(folder, folder / "index", encoder, judge=judge)
