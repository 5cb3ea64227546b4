"""What is asked: kind, scope, topic and language of a question, read with an editable vocabulary."""

from xiangwen.questions.question import Question, Rank, Term, sides, understand
from xiangwen.questions.scope import Atlas, Scope

__all__ = ["Atlas", "Question", "Rank", "Scope", "Term", "sides", "understand"]
