"""Questions to answers: evidence and verdicts put into words, every number and quote with its citation."""

from xiangwen.answers.answer import Answer, Citation, Value, Verdict

__all__ = ["Answer", "Citation", "Value", "Verdict"]
