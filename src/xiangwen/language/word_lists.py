"""Lists of words that ship as TOML beside the code that reads them, for people to edit."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def word_list(package: str, *name: str) -> dict[str, Any]:
    """A TOML file of a package: ``word_list("xiangwen.reports", "issuers.toml")``."""
    return tomllib.loads(files(package).joinpath(*name).read_text(encoding="utf-8"))
