"""What the passages of a report that were not fetched support together.

A report's verdict leans on how much all its passages support an answer together, and most of that is many passages with
very little each. A store that sends only the promising passages of most reports sends some reports whole: what the
passages beyond the best weigh there is what they weigh elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def unfetched_support(
    starts: NDArray[np.int64], sizes: NDArray[np.int64], supports: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """What the passages of each report that are not among the rows support together, shape (reports,).

    Args:
        starts: where the rows of each report begin; every report has a row.
        sizes: how many passages each report has.
        supports: the probability of each row, the rows of a report side by side.
    """
    lengths = np.diff([*starts, len(supports)])
    missing = sizes - lengths
    if not missing.any():
        return np.zeros(len(sizes))
    looked_at = round(float(lengths[missing > 0].mean()))
    rest = [
        np.sort(supports[start : start + length])[: max(0, length - looked_at)]
        for start, length in zip(starts[missing == 0], lengths[missing == 0], strict=True)
    ]
    known = np.concatenate([np.zeros(0), *rest])
    return np.asarray(missing * (known.mean() if len(known) else 0.0))
