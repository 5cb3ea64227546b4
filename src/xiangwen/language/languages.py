"""The languages that are asked and answered in."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]
"""Chinese or English."""
