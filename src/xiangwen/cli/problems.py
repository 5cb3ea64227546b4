"""What goes wrong, in one plain sentence."""

from __future__ import annotations

import sys

KNOWN_PROBLEMS = (
    ("xiangwen.reports", "UnreadableFile"),
    ("xiangwen.encoding", "EncoderError"),
    ("xiangwen.machine.fitted", "WeightsOutdated"),
    ("xiangwen.questions.request", "WrongRequest"),
    ("xiangwen.index", "IndexProblem"),
    ("xiangwen.ledger.indicators", "IndicatorProblem"),
    ("xiangwen.ledger.corrections", "CorrectionProblem"),
    ("xiangwen.exports.ledger_rows", "LedgerProblem"),
    ("xiangwen.exports.assessment", "AssessmentProblem"),
    ("xiangwen.exports", "ExportProblem"),
    ("xiangwen.web", "WebProblem"),
    ("xiangwen.web.passwords", "PasswordProblem"),
    ("xiangwen.evaluation", "EvaluationProblem"),
)
"""Exceptions whose message is a plain sentence for the user, by module and name."""


class LineProblem(ValueError):
    """A line of a batch that is no question; the message is one plain sentence."""


class NotFound(Exception):
    """Something the user named is not there; the message is one plain sentence."""


def plain_sentence(error: Exception) -> str:
    """What the user is told of an exception."""
    # Only a module that is loaded can have raised its exception, so nothing is imported to find out.
    for module, name in KNOWN_PROBLEMS:
        known = getattr(sys.modules.get(module), name, None)
        if known is not None and isinstance(error, known):
            return str(error)
    if isinstance(error, LineProblem | NotFound):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"无法读写 {error.filename or '文件'}（{error.strerror}）。 Cannot read or write it: {error.strerror}."
    if isinstance(error, MemoryError):
        return "内存不足，请关闭其他程序后重试。 Out of memory: close other programs and try again."
    return (
        f"程序内部出错（{type(error).__name__}），请设 XIANGWEN_DEBUG=1 重新运行并把输出发给维护者。 "
        "Internal error: run it again with XIANGWEN_DEBUG=1 and send the output to the maintainers."
    )
