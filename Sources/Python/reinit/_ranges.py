"""Parts of tensors as ranges of the whole."""
from __future__ import annotations

from typing import Iterator, Sequence

import numpy as np


def runs(shape: Sequence[int], indices: Sequence[np.ndarray]) -> Iterator[tuple[int, int, int]]:
    """Neighbors in a tensor and in a part of it: where they begin in the whole, where in the part, how many there are.

    ``indices`` says for each axis which indices of the whole the part has, in order.
    """
    if any(len(index) == 0 for index in indices):
        return
    cut = [axis for axis, index in enumerate(indices) if len(index) != shape[axis]]
    axis = cut[-1] if cut else 0
    inner = int(np.prod(tuple(shape)[axis + 1:], dtype=np.int64))
    last = indices[axis] if len(shape) else np.zeros(1, np.int64)
    pieces = np.split(np.arange(len(last)), np.flatnonzero(np.diff(last) != 1) + 1)
    outer = np.zeros(1, np.int64)
    for before in range(axis):
        stride = int(np.prod(tuple(shape)[before + 1:], dtype=np.int64))
        outer = (outer[:, None] + indices[before][None, :] * stride).reshape(-1)
    for row, start in enumerate(outer.tolist()):
        for piece in pieces:
            yield start + int(last[piece[0]]) * inner, (row * len(last) + int(piece[0])) * inner, len(piece) * inner
