"""Tensors of which each process holds a part: torch's DTensor, as FSDP2 and tensor parallelism make them."""
from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch

from ._errors import usage
from ._plan import Plan
from ._ranges import runs


def is_distributed(tensor: Any) -> bool:
    """Whether a tensor is a DTensor; torch's part for these is not loaded for the question."""
    module = sys.modules.get("torch.distributed.tensor")
    return module is not None and isinstance(tensor, module.DTensor)


class Shard:
    """A parameter of which this process has a part: filled with those values of the whole that are here."""

    def __init__(self, name: str, tensor: Any) -> None:
        self.tensor = tensor.detach()
        self.local: torch.Tensor = self.tensor.to_local()
        self._indices = _indices(name, self.tensor)
        found = tuple(len(index) for index in self._indices)
        if self.local.numel() and found != tuple(self.local.shape):
            raise usage("a distributed tensor lies in a way that is not known", f"'{name}'", f"a part of shape {found}",
                        f"{tuple(self.local.shape)}, {self.tensor.placements}")

    def whole(self) -> torch.Tensor:
        """All values, which every process has to ask for at the same time."""
        value: torch.Tensor = self.tensor.full_tensor()
        return value

    def fill(self, plan: Plan, number: int) -> None:
        """Writes the values that are here."""
        direct = self.local.device.type == "cpu" and self.local.is_contiguous() and type(self.local) is torch.Tensor
        part = self.local if direct else self.local.to("cpu").contiguous().clone()
        for first, place, count in runs(self.tensor.shape, self._indices):
            plan.write(number, first, count, part.data_ptr() + place * part.element_size())
        if not direct:
            self.local.copy_(part)


def _indices(name: str, tensor: Any) -> list[np.ndarray]:
    """For each axis, which indices of the whole are here: axes are split as torch itself splits them."""
    mesh = tensor.device_mesh
    coordinate = mesh.get_coordinate()
    rank = len(tensor.shape)
    indices: list[torch.Tensor] = []
    for axis, size in enumerate(tensor.shape):
        shape = [1] * rank
        shape[axis] = size
        indices.append(torch.arange(size).view(shape))
    for dimension, placement in enumerate(tensor.placements):
        if placement.is_replicate():
            continue
        if placement.is_partial() or not hasattr(placement, "dim"):
            raise usage("the values of a distributed tensor are sums of what processes have", f"'{name}'",
                        "a tensor that is sharded or replicated", str(placement))
        axis = placement.dim % rank
        if coordinate is None:
            indices[axis] = indices[axis].narrow(axis, 0, 0)
            continue
        parts, _ = placement._split_tensor(indices[axis], mesh.size(dimension), with_padding=False, contiguous=True)
        indices[axis] = parts[coordinate[dimension]]
    return [index.reshape(-1).numpy() for index in indices]
