"""Control characters never reach a terminal: a file name or a title could otherwise move its cursor or retitle it."""

from __future__ import annotations

import re
import sys

_CONTROLS = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")
"""C0 but for tab and line feed, DEL, C1, and the marks that turn the direction of writing."""
NO_CHARACTERS = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
"""What no text that is asked or said holds: controls but for tab and line ends, halves of surrogate pairs."""


def harmless(text: str) -> str:
    """A text with each control character shown as one 「\ufffd」."""
    return _CONTROLS.sub("\ufffd", text)


def for_stdout(text: str) -> str:
    """What is written to stdout: harmless on a terminal, exactly as it is into files and pipes."""
    return harmless(text) if sys.stdout.isatty() else text
