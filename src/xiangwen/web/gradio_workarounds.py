"""What works around Gradio.

Gradio takes seconds to import and reads the environment when it is, so it is imported here in functions alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from xiangwen.web.problems import PROBLEMS

if TYPE_CHECKING:
    import gradio as gr

P = ParamSpec("P")
T = TypeVar("T")


def by_name(functions: Mapping[str, Callable[[Any], Any]]) -> list[Callable[[Any], Any]]:
    """Functions for ``server_functions``: Gradio calls each by its own name and marks it, which no method allows."""

    def named(name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def plain(argument: Any) -> Any:
            return function(argument)

        plain.__name__ = name
        return plain

    return [named(name, function) for name, function in functions.items()]


def with_problems_told(function: Callable[P, T]) -> Callable[P, T]:
    """A function for ``gr.api``: of all exceptions gradio_client is told the message of `gr.Error` alone."""

    @wraps(function)
    def told(*arguments: P.args, **named: P.kwargs) -> T:
        import gradio as gr

        try:
            return function(*arguments, **named)
        except PROBLEMS as problem:
            raise gr.Error(str(problem), print_exception=False) from problem

    return told


def carried(event: gr.EventData, *names: str) -> dict[str, Any]:
    """What an event of the page carries, which has each field as an attribute; None where there is none."""
    return {name: getattr(event, name, None) for name in names}
