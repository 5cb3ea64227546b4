"""The names of all features, in the order in which they are computed and weighed.

The files of weights name them too, and are refused where these are others (`xiangwen.retrieval.verdict_model`).
"""

from __future__ import annotations

FEATURES = (
    "similarity",
    "gloss_similarity",
    "similarity_in_report",
    "coverage",
    "coverage_with_headings",
    "rarest_word",
    "missing_word",
    "lexical",
    "bigrams",
    "unit_asked_found",
    "unit_asked_missing",
    "number_found",
    "plan_not_asked",
    "plan_asked",
    "lack_not_asked",
    "lack_asked",
    "denies",
    "every_asked_found",
    "every_asked_missing",
    "heading",
    "opening",
    "length",
    "strength",
)
"""Of a passage for a question; `evidence_of` computes them."""
JUDGE_FEATURES = (
    "features",
    "judge_says_so",
    "judge_yes",
    "judge_no",
    "judge_future",
    "judge_about",
    "english",
    "mention",
)
"""What the combined model weighs: the prior that the features give, and the judge's reading."""
NEARNESS = ("cosine", "similarity", "gloss_similarity", "similarity_in_report")
"""What counts beside these for a question about one place: the encoder has learned what answers such a question."""
ANSWER_FEATURES = (*JUDGE_FEATURES, *NEARNESS)
REPORT_FEATURES = ("best", "second", "sum", "best_denies", "most_denying")
"""What decides the verdict of a report; `best_rows` computes them from the probabilities of its passages."""
