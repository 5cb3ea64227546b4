"""How good the answers are: figures against gold questions, how honest the confidence is, what got better or worse.

gold           questions with what answers them
suite          runs sets of questions
scoring        checks answers against gold, and adds up figures
reliability    confidence against what was right
baseline       figures against those kept
tables         figures as text and JSON
command        what `xiangwen evaluate` does
"""

from xiangwen.evaluation.gold import EvaluationProblem, Gold
from xiangwen.evaluation.reliability import reliability

__all__ = ["EvaluationProblem", "Gold", "reliability"]
