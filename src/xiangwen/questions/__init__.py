"""What is asked: kind, scope, topic and language of a question, read with an editable vocabulary."""

from xiangwen.questions.atlas import Atlas
from xiangwen.questions.question import Question, Term, sides, understand
from xiangwen.questions.scope import Note, Scope, ScopeReading

__all__ = ["Atlas", "Note", "Question", "Scope", "ScopeReading", "Term", "sides", "understand"]
