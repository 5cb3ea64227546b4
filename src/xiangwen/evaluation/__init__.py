"""How good the answers are: figures against gold questions, how honest the confidence is, what got better or worse."""

from xiangwen.evaluation.gold import EvaluationProblem, Gold
from xiangwen.evaluation.reliability import reliability

__all__ = ["EvaluationProblem", "Gold", "reliability"]
