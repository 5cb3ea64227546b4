"""Questions to answers: evidence and verdicts put into words, every number and quote with its citation."""

from xiangwen.answers.answer import Answer, Value, Verdict
from xiangwen.answers.citation import Citation
from xiangwen.answers.lines import Line

__all__ = ["Answer", "Citation", "Line", "Value", "Verdict"]
