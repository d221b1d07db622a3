"""Trees of JAX arrays, such as Flax parameters: filled anew, for JAX's arrays do not change."""
from __future__ import annotations

from typing import Any, Mapping, Sequence

import jax
import numpy as np

from ._arrays import dtype_name
from ._errors import Error, usage
from ._plan import Plan
from ._ranges import runs
from ._rules import RuleList, Rules
from ._session import Session
from ._tree import Tree

#: What Flax calls its parameters, and what they are for.
_ROLES = {"bias": "bias", "scale": "scale", "mean": "buffer", "var": "buffer"}


def applied(params: Any, rules: Rules, *, seed: int = 0, at: Sequence[str] = (), types: Mapping[str, str] | None = None,
            session: Session | None = None) -> tuple[Any, Plan]:
    """The same tree with what rules reach filled, and the plan; see :func:`reinit.applied`."""
    leaves, structure = jax.tree_util.tree_flatten_with_path(params)
    names = [".".join(_part(part) for part in path) for path, _ in leaves]
    values = [value for _, value in leaves]
    for name, value in zip(names, values):
        if not isinstance(value, (jax.Array, np.ndarray)):
            raise usage("a leaf is no array", f"'{name}'", "a jax.Array or numpy.ndarray", type(value).__name__)
    layers = [{"path": path, "type": kind} for path, kind in (types or {}).items()]
    owned = tuple(path + "." for path in types or {})
    tensors = [_described(name, value, bool(owned) and name.startswith(owned)) for name, value in zip(names, values)]
    tree = Tree(tensors, layers, session=session)
    plan = _planned(tree, RuleList(rules, seed, at=at), names, values)
    for index, name in enumerate(names):
        if plan.function(index) is not None:
            raise usage("a function fills what is in memory, and JAX's arrays do not change", f"'{name}'", "an initializer", "a function")
    filled = [_filled(plan, index, value) if plan.filled(index) else value for index, value in enumerate(values)]
    return jax.tree_util.tree_unflatten(structure, filled), plan


def _part(part: Any) -> str:
    for field in ("key", "idx", "name"):
        if hasattr(part, field):
            return str(getattr(part, field))
    return str(part)


def _described(name: str, value: Any, is_told: bool) -> dict[str, Any]:
    """A leaf by Flax's names: kernels have their inputs before their outputs, at the end."""
    item: dict[str, Any] = {"name": name, "shape": list(value.shape), "dtype": dtype_name(value.dtype)}
    if is_told:
        return item
    *above, field = name.split(".")
    rank, parent = len(value.shape), above[-1] if above else ""
    if field == "kernel" and rank >= 2:
        item["role"] = "weight"
        if parent == "out" and rank == 3:
            item["geometry"] = {"out": 2, "in": [0, 1]}
        elif not (parent in ("query", "key", "value") and rank == 3):
            item["geometry"] = {"out": rank - 1, "in": [rank - 2]}
    elif field == "embedding" and rank == 2:
        item["role"] = "weight"
        item["geometry"] = {"out": 1, "in": [0], "one_hot": True}
    elif field in _ROLES:
        item["role"] = _ROLES[field]
    return item


def _planned(tree: Tree, rules: RuleList, names: Sequence[str], values: Sequence[Any]) -> Plan:
    """The plan; values are looked at only by rules that do so."""
    try:
        plan = Plan(tree, rules)
        if not plan.reads:
            return plan
    except Error as error:
        if error.code not in ("R0227", "R0120"):
            raise
    kept: list[np.ndarray] = []
    for name, value in zip(names, values):
        if isinstance(value, jax.Array) and not value.is_fully_addressable:
            raise usage("a rule reads old values, and some are with other processes", f"'{name}'",
                        "an array of which all is here", "one of several processes")
        kept.append(np.ascontiguousarray(np.asarray(value)))
    return Plan(tree, rules, [array.ctypes.data if array.size else None for array in kept], kept)


def _filled(plan: Plan, index: int, old: Any) -> Any:
    """An array with the values of a plan, each process its part."""

    def part(where: tuple[slice, ...]) -> np.ndarray:
        indices = [np.arange(size)[cut] for size, cut in zip(old.shape, where)]
        made = np.empty([len(one) for one in indices], old.dtype)
        if plan.filled(index) < old.size:
            made[...] = np.asarray(old)[where]
        for first, place, count in runs(old.shape, indices):
            plan.write(index, first, count, made.ctypes.data + place * made.itemsize)
        return made

    if isinstance(old, np.ndarray):
        return part(tuple(slice(None) for _ in old.shape))
    return jax.make_array_from_callback(old.shape, old.sharding, part)
