"""Where tests find what they read: the project, its seeds, the reports and questions beside the tests."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SEEDS = ROOT / "seeds"
DEV = TESTS / "reports_dev"
"""Fifteen reports on which rules were made."""
