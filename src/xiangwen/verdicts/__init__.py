"""From a passage's features to how likely it answers, and from a report's passages to its verdict."""

from xiangwen.verdicts.model import VerdictModel
from xiangwen.verdicts.scoring import Scored, Scorer

__all__ = ["Scored", "Scorer", "VerdictModel"]
