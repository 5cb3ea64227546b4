"""How good the answers are: figures against gold questions, how honest the confidence is, what got better or worse."""

from xiangwen.evaluation.gold import EvaluationProblem, Gold, read_gold
from xiangwen.evaluation.reliability import Bin, reliability
from xiangwen.evaluation.scoring import Checked, Figures, Share, check, score

__all__ = [
    "Bin",
    "Checked",
    "EvaluationProblem",
    "Figures",
    "Gold",
    "Share",
    "check",
    "read_gold",
    "reliability",
    "score",
]
