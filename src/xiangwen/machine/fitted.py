"""Whether what was learnt fits the code that reads it: what its file was fitted for is what the code has, in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest


class WeightsOutdated(ValueError):
    """A file of weights was fitted for other code; the message is one plain sentence for the user."""


def must_fit(file: str, fitted_for: Sequence[object], code_has: Sequence[object]) -> None:
    """Compare what a file of weights was fitted for with what the code has: names or sizes, in their order.

    Args:
        file: its name, for the message.
        fitted_for: as the file has it.
        code_has: what the code would take the weights for.

    Raises:
        WeightsOutdated: if they differ.
    """
    for fitted, known in zip_longest(fitted_for, code_has, fillvalue="–"):
        if fitted != known:
            raise WeightsOutdated(
                f"权重文件 {file} 与程序不符（文件中为 {fitted}，程序中为 {known}），请重新安装乡问，或重新训练。 "
                f"{file} was fitted for {fitted} where the code has {known}: install Xiangwen again, or fit it again."
            )
