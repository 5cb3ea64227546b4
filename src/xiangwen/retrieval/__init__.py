"""From a passage's features to how likely it answers, and from a report's passages to its verdict.

candidate_source     the passages that a question is computed from
evidence             every passage in scope with its features
feature_names        the names of all features, as the weights have them
verdict_model        logistic regressions that weigh the features, and what decides the verdict of a report
scoring              the features, then the judge on the most promising candidates, then the probabilities
cross_encoder        the judge, a cross-encoder: it reads a question and a passage together and gives a label
pair                 the text that the judge reads, and its labels
figures              the figures of sentences before the judge, each marked in turn
label_propagation    the judge's readings of some passages carried over to those like them
list_threshold       the probability from which on a report is listed
unfetched_support    what the passages weigh that a server did not send
"""

from xiangwen.retrieval.scoring import ScoredPassages, Scorer
from xiangwen.retrieval.verdict_model import VerdictModel

__all__ = ["ScoredPassages", "Scorer", "VerdictModel"]
