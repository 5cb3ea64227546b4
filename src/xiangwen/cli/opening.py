"""The index that a command asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

# What takes long to import is imported inside the function that needs it.
if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.index import Store


def open_assistant(directory: Path, model: str | None, store: str | None) -> Assistant:
    """What answers questions on it."""
    from xiangwen.answers.assistant import Assistant

    return Assistant(open_store(directory, model, store))


def open_store(directory: Path, model: str | None, store: str | None) -> Store:
    """The index of a folder, or the collection at an address on Milvus."""
    from xiangwen.milvus.home import Home

    return Home.at(directory, store).load(model)
