"""Initializes neural-network weights outside of layer declarations, by rules::

    import reinit
    plan = reinit.apply_(model, {"Linear.weight": "kaiming_normal(mode: fan_out)", "*.bias": "zeros"}, seed=7)
    print(plan)

Values depend on seed, name and index alone: any number of threads, any device and any shard give the bits that the command
``reinit apply`` writes for the same names, shapes, rules and seed.
"""
from __future__ import annotations

import sys
from typing import Any, Mapping, Sequence

from ._errors import Error, usage
from ._functions import (constant_, dirac_, eye_, fill_, kaiming_normal_, kaiming_uniform_, normal_, ones_, orthogonal_,
                         sparse_, trunc_normal_, uniform_, xavier_normal_, xavier_uniform_, zeros_)
from ._plan import Plan
from ._rules import KEEP, Recipe, Rules, recipe
from ._session import Session, names
from ._tree import Tree

__all__ = [
    "KEEP", "Error", "Plan", "Recipe", "Rules", "Session", "Tree", "applied", "apply_", "constant_", "dirac_", "eye_", "fill_",
    "kaiming_normal_", "kaiming_uniform_", "names", "normal_", "ones_", "orthogonal_", "plan", "recipe", "sparse_",
    "trunc_normal_", "uniform_", "version", "xavier_normal_", "xavier_uniform_", "zeros_",
]


def version() -> str:
    """The library's version."""
    from ._library import library
    return library().reinit_version().decode()  # type: ignore[no-any-return]


def apply_(target: Any, rules: Rules, *, seed: int = 0, at: Sequence[str] = (), threads: int | None = None,
           types: Mapping[str, str] | None = None, session: Session | None = None) -> Plan:
    """Fills what rules reach of a torch module, a state dict or a dict of NumPy arrays, in place.

    ``rules``: a dict or a list. Left sides are selectors of the command line (``"Conv.weight"``, ``"layer4.**.bn3.weight"``),
    Python types (``nn.Linear``), or a type with a field (``(nn.Linear, "bias")``); right sides are initializers
    (``"normal(std: 0.02)"``), numbers, ``reinit.KEEP``, or functions that get a NumPy view. The last rule that matches wins.

    ``types``: of a dict, which layer stands where; a module says that itself.

    Errors are :class:`reinit.Error`, raised before anything is written. Returns the plan, which prints as a table.
    """
    kind = _kind(target)
    if kind == "module":
        if types:
            raise usage("a module says itself what its layers are", "types", "none", repr(dict(types)))
        from . import _torch
        return _torch.apply_(target, rules, seed=seed, at=at, threads=threads, session=session)
    if kind == "state dict":
        from . import _torch
        return _torch.apply_state_dict_(target, rules, seed=seed, types=types, at=at, threads=threads, session=session)
    from . import _arrays
    return _arrays.apply_arrays_(target, rules, seed=seed, types=types, at=at, threads=threads, session=session)


def applied(params: Any, rules: Rules, *, seed: int = 0, at: Sequence[str] = (), types: Mapping[str, str] | None = None,
            session: Session | None = None) -> tuple[Any, Plan]:
    """A tree of JAX arrays (Flax parameters, any pytree) with what rules reach filled, and the plan.

    JAX's arrays do not change, so that a new tree comes back; what no rule reaches is the same array. Names are the keys with dots between:
    ``params.Dense_0.kernel``. Flax's names say what axes mean: kernels are ``[…, in, out]``. Arrays that are sharded stay so, and each process
    makes its own parts.
    """
    from . import _jax
    return _jax.applied(params, rules, seed=seed, at=at, types=types, session=session)


def plan(target: Any, rules: Rules, *, seed: int = 0, at: Sequence[str] = (), types: Mapping[str, str] | None = None,
         session: Session | None = None) -> Plan:
    """What :func:`apply_` would do, as a table: ``print(reinit.plan(model, rules))``. Nothing is written."""
    kind = _kind(target)
    if kind == "module":
        from . import _torch
        return _torch.plan(target, rules, seed=seed, at=at, session=session)
    if kind == "state dict":
        from . import _torch
        from ._rules import RuleList
        holder = _torch._StateDict(target, types, session)
        present = [value.data_ptr() if value.numel() and _torch.is_direct(value) else None for value in holder.values]
        return Plan(holder.tree, RuleList(rules, seed, at=at), present, holder)
    from . import _arrays
    return _arrays.plan_arrays(target, rules, seed=seed, types=types, at=at, session=session)


def _kind(target: Any) -> str:
    torch = sys.modules.get("torch")
    if torch is not None:
        if isinstance(target, torch.nn.Module):
            return "module"
        if isinstance(target, Mapping) and any(isinstance(value, torch.Tensor) for value in target.values()):
            return "state dict"
    if isinstance(target, Mapping):
        return "arrays"
    raise usage("this is nothing that can be filled", "target", "a torch module, a state dict or a dict of NumPy arrays",
                type(target).__name__)
