"""From a passage's features to how likely it answers, and from a report's passages to its verdict."""

from xiangwen.retrieval.scoring import ScoredPassages, Scorer
from xiangwen.retrieval.verdict_model import VerdictModel

__all__ = ["ScoredPassages", "Scorer", "VerdictModel"]
