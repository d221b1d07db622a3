"""Functions for one tensor, named as in ``torch.nn.init``, whose values are known by name and seed.

Each takes a torch tensor or a NumPy array, fills it in place, and returns it. ``name`` keys the values: the same name, seed
and shape give the same bits as a rule that fills a tensor of that name. Fans are torch's, from the shape, unless ``groups``
and others are said by a module: :func:`reinit.apply_` knows those.
"""
from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from ._errors import usage
from ._plan import Plan
from ._rules import RuleList, selector
from ._tree import Tree

T = TypeVar("T")


def fill_(tensor: T, initializer: str, *, name: str, seed: int = 0) -> T:
    """Fills a tensor by an initializer's text: ``fill_(w, "orthogonal(gain: 1.4)", name="fc.weight", seed=7)``."""
    if not isinstance(name, str) or not name:
        raise usage("a tensor needs a name, which keys its values", "name", "a text, as in 'fc.weight'", repr(name))
    is_array = isinstance(tensor, np.ndarray)
    if not is_array and not hasattr(tensor, "data_ptr"):
        raise usage("this is neither a torch tensor nor a NumPy array", "tensor", found=type(tensor).__name__)
    from . import _arrays
    if is_array:
        dtype = _arrays.dtype_name(tensor.dtype)  # type: ignore[attr-defined]
    else:
        from . import _torch
        dtype = _torch.dtype_name(tensor)  # type: ignore[arg-type]
    shape = list(tensor.shape)  # type: ignore[attr-defined]
    item: dict[str, Any] = {"name": name, "shape": shape, "dtype": dtype, "role": "weight"}
    if len(shape) >= 2:
        item["geometry"] = {"out": 0, "in": [1]}
    tree = Tree([item])
    rules = RuleList([(selector(name), initializer)], seed)
    if not is_array:
        _torch.fill_(tensor, tree, rules)  # type: ignore[arg-type]
        return tensor
    array: np.ndarray = tensor  # type: ignore[assignment]
    if not array.flags.writeable:
        raise usage("an array cannot be written to", f"'{name}'", "a writeable array", "a read-only one")
    target = array if _arrays.is_filled_in_place(array) else np.array(array, order="C", copy=True)
    plan = Plan(tree, rules, [target.ctypes.data if target.size else None], target)
    if target.size:
        plan.fill([target.ctypes.data])
    if target is not array:
        array[...] = target
    return tensor


def uniform_(tensor: T, a: float = 0.0, b: float = 1.0, *, name: str, seed: int = 0) -> T:
    """Values uniform in [a, b)."""
    return fill_(tensor, f"uniform(low: {_number(a)}, high: {_number(b)})", name=name, seed=seed)


def normal_(tensor: T, mean: float = 0.0, std: float = 1.0, *, name: str, seed: int = 0) -> T:
    """Normal values."""
    return fill_(tensor, f"normal(mean: {_number(mean)}, std: {_number(std)})", name=name, seed=seed)


def trunc_normal_(tensor: T, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, *, name: str,
                  seed: int = 0) -> T:
    """Normal values between a and b."""
    return fill_(tensor, f"truncated_normal(mean: {_number(mean)}, std: {_number(std)}, low: {_number(a)}, "
                         f"high: {_number(b)})", name=name, seed=seed)


def constant_(tensor: T, val: float, *, name: str = "tensor") -> T:
    """One value."""
    return fill_(tensor, f"constant({_number(val)})", name=name)


def ones_(tensor: T, *, name: str = "tensor") -> T:
    """Ones."""
    return fill_(tensor, "ones", name=name)


def zeros_(tensor: T, *, name: str = "tensor") -> T:
    """Zeros."""
    return fill_(tensor, "zeros", name=name)


def eye_(tensor: T, *, name: str = "tensor") -> T:
    """The identity, of a matrix."""
    return fill_(tensor, "identity", name=name)


def dirac_(tensor: T, groups: int = 1, *, name: str = "tensor") -> T:
    """Convolutions that pass channels through."""
    return fill_(tensor, f"dirac(groups: {int(groups)})", name=name)


def xavier_uniform_(tensor: T, gain: float = 1.0, *, name: str, seed: int = 0) -> T:
    """Uniform values of variance 2 gain² / (fan_in + fan_out) (Glorot, Bengio, 2010)."""
    return fill_(tensor, f"glorot_uniform(gain: {_number(gain)})", name=name, seed=seed)


def xavier_normal_(tensor: T, gain: float = 1.0, *, name: str, seed: int = 0) -> T:
    """Normal values of variance 2 gain² / (fan_in + fan_out) (Glorot, Bengio, 2010)."""
    return fill_(tensor, f"glorot_normal(gain: {_number(gain)})", name=name, seed=seed)


def kaiming_uniform_(tensor: T, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, name: str,
                     seed: int = 0) -> T:
    """Uniform values of variance gain² / fan (He et al., 2015)."""
    return fill_(tensor, _kaiming("uniform", a, mode, nonlinearity), name=name, seed=seed)


def kaiming_normal_(tensor: T, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, name: str,
                    seed: int = 0) -> T:
    """Normal values of variance gain² / fan (He et al., 2015)."""
    return fill_(tensor, _kaiming("normal", a, mode, nonlinearity), name=name, seed=seed)


def orthogonal_(tensor: T, gain: float = 1.0, *, name: str, seed: int = 0) -> T:
    """A matrix with orthogonal rows or columns (Saxe et al., 2014)."""
    return fill_(tensor, f"orthogonal(gain: {_number(gain)})", name=name, seed=seed)


def sparse_(tensor: T, sparsity: float, std: float = 0.01, *, name: str, seed: int = 0) -> T:
    """Normal values with a part of each column at 0 (Martens, 2010)."""
    return fill_(tensor, f"sparse(sparsity: {_number(sparsity)}, std: {_number(std)})", name=name, seed=seed)


def _kaiming(form: str, a: float, mode: str, nonlinearity: str) -> str:
    slope = f", slope: {_number(a)}" if nonlinearity == "leaky_relu" else ""
    return f"kaiming_{form}(mode: {mode}, nonlinearity: {nonlinearity}{slope})"


def _number(value: Any) -> str:
    try:
        return repr(float(value))
    except (TypeError, ValueError):
        raise usage("an argument is no number", found=repr(value)) from None
