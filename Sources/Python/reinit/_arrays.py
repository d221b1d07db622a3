"""Dictionaries of NumPy arrays."""
from __future__ import annotations

from typing import Any, Mapping, MutableMapping, Sequence

import numpy as np

from ._errors import usage
from ._plan import Plan
from ._rules import RuleList, Rules
from ._session import Session
from ._tree import Tree

_DTYPES = {"float64": "f64", "float32": "f32", "float16": "f16", "bfloat16": "bf16", "float8_e4m3fn": "f8_e4m3",
           "float8_e5m2": "f8_e5m2", "int64": "i64", "int32": "i32", "int16": "i16", "int8": "i8", "uint64": "u64",
           "uint32": "u32", "uint16": "u16", "uint8": "u8", "bool": "bool"}


def dtype_name(dtype: Any) -> str:
    """What the library calls a type of elements; those that it does not interpret are opaque."""
    return _DTYPES.get(getattr(dtype, "name", str(dtype)), "opaque")


def is_filled_in_place(array: np.ndarray) -> bool:
    """Whether the library can write where the array lies."""
    return bool(array.flags.c_contiguous and array.flags.writeable and array.flags.aligned
                and array.dtype.isnative)


def tree_of(arrays: Mapping[str, np.ndarray], types: Mapping[str, str] | None, session: Session | None,
            config: Mapping[str, Any] | None) -> Tree:
    """The tree of arrays under dotted names, with the layers that are told."""
    tensors = []
    for name, array in arrays.items():
        if not isinstance(name, str):
            raise usage("a name is no text", "arrays", "dotted names, as in 'encoder.0.weight'", repr(name))
        if not isinstance(array, np.ndarray):
            raise usage("what a name has is no NumPy array", f"'{name}'", "numpy.ndarray", type(array).__name__)
        tensors.append({"name": name, "shape": list(array.shape), "dtype": dtype_name(array.dtype)})
    layers = [{"path": path, "type": kind} for path, kind in (types or {}).items()]
    return Tree(tensors, layers, config=config, session=session)


def plan_arrays(arrays: Mapping[str, np.ndarray], rules: Rules, *, seed: int = 0,
                types: Mapping[str, str] | None = None, at: Sequence[str] = (), session: Session | None = None,
                config: Mapping[str, Any] | None = None) -> Plan:
    """The plan for a dictionary of arrays; see :func:`apply_arrays_`."""
    tree = tree_of(arrays, types, session, config)
    kept = [np.ascontiguousarray(array) for array in arrays.values()]
    present = [array.ctypes.data if array.size else None for array in kept]
    return Plan(tree, RuleList(rules, seed, at=at), present, kept)


def apply_arrays_(arrays: MutableMapping[str, np.ndarray], rules: Rules, *, seed: int = 0,
                  types: Mapping[str, str] | None = None, at: Sequence[str] = (), threads: int | None = None,
                  session: Session | None = None, config: Mapping[str, Any] | None = None) -> Plan:
    """Fills NumPy arrays under dotted names, in place.

    ``types`` says what stands where, as a layer's text: ``{"conv1": "Conv(in: 3, out: 64, kernel: [7, 7])"}``. An array that
    belongs to no layer is reached by its path, and has no fan.
    """
    plan = plan_arrays(arrays, rules, seed=seed, types=types, at=at, session=session, config=config)
    targets: list[np.ndarray | None] = []
    staged: list[tuple[np.ndarray, np.ndarray]] = []
    for index, (name, array) in enumerate(arrays.items()):
        if plan.filled(index) == 0 or array.size == 0 or plan.function(index) is not None:
            targets.append(None)
        elif is_filled_in_place(array):
            targets.append(array)
        elif not array.flags.writeable:
            raise usage("an array cannot be written to", f"'{name}'", "a writeable array", "a read-only one",
                        ["array.copy() is writeable"])
        else:
            # A copy of its own: another array may share the memory that the present values are read from.
            staged.append((array, np.array(array, order="C", copy=True)))
            targets.append(staged[-1][1])
    plan.fill([None if target is None else target.ctypes.data for target in targets], threads)
    for array, copy in staged:
        array[...] = copy
    for index, (name, array) in enumerate(arrays.items()):
        function = plan.function(index)
        if function is not None:
            run_function(function, array, name, plan.seed)
    return plan


def run_function(function: Any, view: np.ndarray, name: str, seed: int) -> None:
    """Lets a function fill an array: in place, or by what it returns.

    It gets the array, and if it takes more, the name and the seed.
    """
    code = getattr(function, "__code__", None)
    taken = 1
    if code is not None:
        taken = code.co_argcount - (1 if hasattr(function, "__self__") else 0)
    result = function(*(view, name, seed)[:max(1, min(taken, 3))])
    if result is None or result is view:
        return
    result = np.asarray(result)
    if result.shape != view.shape and result.ndim != 0:
        raise usage("a function made an array of another shape", f"'{name}'", str(list(view.shape)),
                    str(list(result.shape)))
    view[...] = result
