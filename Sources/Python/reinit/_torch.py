"""torch modules: the tree from the real module, filled where its tensors lie."""
from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import nn

from ._arrays import run_function
from ._distributed import Shard, is_distributed
from ._errors import Error, usage
from ._plan import Plan
from ._rules import RuleList, Rules
from ._session import Session
from ._torch_layers import described
from ._tree import Tree

_DTYPES = {torch.float64: "f64", torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16", torch.int64: "i64",
           torch.int32: "i32", torch.int16: "i16", torch.int8: "i8", torch.uint8: "u8", torch.bool: "bool"}
for _name, _type in (("float8_e4m3fn", "f8_e4m3"), ("float8_e5m2", "f8_e5m2"), ("uint16", "u16"), ("uint32", "u32"),
                     ("uint64", "u64")):
    if hasattr(torch, _name):
        _DTYPES[getattr(torch, _name)] = _type
#: How many elements are staged at a time for memory that cannot be written to directly.
CHUNK = 1 << 24


class Computed:
    """A weight that is computed from others (weight norm, spectral norm, …): set through what computes it."""

    def __init__(self, module: nn.Module, name: str) -> None:
        self.module = module
        self.name = name
        value: torch.Tensor = getattr(module, name)
        self.value = value.detach()

    def set(self, value: torch.Tensor) -> None:
        """Sets the originals so that the weight is this."""
        hook = _weight_norm(self.module, self.name)
        if hook is None:
            setattr(self.module, self.name, value)
            return
        with torch.no_grad():
            getattr(self.module, self.name + "_v").copy_(value)
            getattr(self.module, self.name + "_g").copy_(torch.norm_except_dim(value, 2, hook.dim))
            setattr(self.module, self.name, hook.compute_weight(self.module))


def _weight_norm(module: nn.Module, name: str) -> Any:
    """The hook of torch's older weight norm."""
    for hook in module._forward_pre_hooks.values():
        if type(hook).__name__ == "WeightNorm" and getattr(hook, "name", None) == name:
            return hook
    return None


class Described:
    """A module, taken apart: its tensors under the names of its state dict, and what they are."""

    def __init__(self, module: nn.Module) -> None:
        if not isinstance(module, nn.Module):
            raise usage("this is no torch module", "module", "torch.nn.Module", type(module).__name__,
                        ["state dicts and dicts of arrays are taken as well"])
        self.module = module
        self.tensors: list[dict[str, Any]] = []
        self.layers: list[dict[str, str]] = []
        self.values: list[torch.Tensor | Computed | Shard] = []
        self._first: dict[Any, str] = {}
        self._ties: dict[str, list[str]] = {}
        self._hidden: set[int] = set()
        for path, part in module.named_modules(remove_duplicate=False):
            self._add(path, part)

    @property
    def ties(self) -> list[list[str]]:
        """Names of one tensor, those that have several."""
        return [[first, *others] for first, others in self._ties.items()]

    def _add(self, path: str, part: nn.Module) -> None:
        if id(part) in self._hidden:
            return
        own = self._own(part)
        if not own and not part._modules:
            return
        name = path.rsplit(".", 1)[-1]
        tensors = {field: value.value if isinstance(value, Computed) else value for field, value in own.items()}
        told = described(part, name, tensors) if own else None
        fields = told[1] if told else {}
        prefix = path + "." if path else ""
        if told:
            self.layers.append({"path": path, "type": told[0]})
        elif path:
            self.layers.append({"path": path, "kind": type(part).__name__})
        for field, value in own.items():
            self._append(prefix + field, value, tensors[field], fields.get(field))

    def _own(self, part: nn.Module) -> dict[str, Any]:
        """The tensors of a module itself, those of parametrized weights as they are computed."""
        own: dict[str, Any] = {}
        parametrized = getattr(part, "parametrizations", None) if "parametrizations" in part._modules else None
        if parametrized is not None:
            self._hide(parametrized)
            for field in parametrized:
                own[field] = Computed(part, field)
        for field, value in part._parameters.items():
            if value is None:
                continue
            base = field[:-2]
            if field[-2:] in ("_g", "_v") and _weight_norm(part, base) is not None:
                if base not in own:
                    own[base] = Computed(part, base)
                continue
            own[field] = value
        for field, value in part._buffers.items():
            if value is not None and field not in part._non_persistent_buffers_set:
                own[field] = value
        return own

    def _hide(self, part: nn.Module) -> None:
        self._hidden.update(id(inner) for inner in part.modules())

    def _append(self, name: str, value: Any, tensor: torch.Tensor, told: Mapping[str, Any] | None) -> None:
        if isinstance(tensor, nn.parameter.UninitializedTensorMixin):
            raise usage("a lazy module has no shapes yet", f"'{name}'", "a parameter with a shape", "an uninitialized one",
                        ["run the module once on an input, and then initialize it"])
        item: dict[str, Any] = {"name": name, "shape": list(tensor.shape), "dtype": _DTYPES.get(tensor.dtype, "opaque")}
        if told:
            item.update(told)
        self.tensors.append(item)
        if is_distributed(tensor):
            if isinstance(value, Computed):
                raise usage("a weight that is computed from others is distributed", f"'{name}'",
                            "an ordinary parameter", type(value.module).__name__)
            self.values.append(Shard(name, tensor))
            # What is tied is one parameter: parts alone do not tell.
            self._tie(id(value), name)
            return
        self.values.append(value)
        if not isinstance(value, Computed):
            self._tie(id(value) if tensor.numel() == 0 or tensor.device.type == "meta" else (
                tensor.device, tensor.data_ptr(), tensor.shape, tensor.stride(), tensor.dtype), name)

    def _tie(self, key: Any, name: str) -> None:
        first = self._first.setdefault(key, name)
        if first != name:
            self._ties.setdefault(first, []).append(name)

    def tree(self, session: Session | None, config: Mapping[str, Any] | None) -> Tree:
        """The tree, opened.

        A module whose tensors do not have the shapes of the class that it is derived from is not taken for one.
        """
        while True:
            try:
                return Tree(self.tensors, self.layers, self.ties, config, session)
            except Error as error:
                if error.code != "R0509" or not self._forget((error.place or "").strip("'")):
                    raise

    def _forget(self, name: str) -> bool:
        """Takes the layer that has a tensor for one of which nothing is known; whether there was one."""
        owners = [layer for layer in self.layers
                  if "type" in layer and (name.startswith(layer["path"] + ".") or not layer["path"])]
        if not owners:
            return False
        owner = max(owners, key=lambda layer: len(layer["path"]))
        del owner["type"]
        owner["kind"] = type(self.module.get_submodule(owner["path"])).__name__
        return True

    def paths(self, kind: type, field: str | None = None) -> list[str]:
        """Where modules of a type are, each once; those with a tensor of that name, where one is given."""
        found = [path for path, part in self.module.named_modules() if isinstance(part, kind)]
        if field is None:
            return found
        names = {tensor["name"] for tensor in self.tensors}
        return [path for path in found if (f"{path}.{field}" if path else field) in names]


def is_direct(tensor: torch.Tensor) -> bool:
    """Whether the library can write where a tensor lies."""
    return (tensor.device.type == "cpu" and tensor.layout is torch.strided and tensor.is_contiguous()
            and type(tensor.data) is torch.Tensor and not tensor.is_neg() and not tensor.is_conj())


def _config(module: nn.Module) -> Mapping[str, Any] | None:
    """What transformers' models say of themselves, for expressions such as `config.initializer_range`."""
    told = getattr(module, "config", None)
    give = getattr(told, "to_dict", None)
    if give is None:
        return None
    try:
        value = give()
        return value if isinstance(value, dict) else None
    except Exception:  # a config of another kind says nothing
        return None


def _present(value: torch.Tensor | Computed | Shard) -> torch.Tensor:
    """The values that are there; of a distributed tensor the tensor, without its values."""
    if isinstance(value, Computed):
        return value.value
    return value.tensor if isinstance(value, Shard) else value.detach()


class Prepared:
    """A module with its plan."""

    def __init__(self, module: nn.Module, rules: Rules, seed: int, at: Sequence[str], session: Session | None) -> None:
        self.described = Described(module)
        self.tree = self.described.tree(session, _config(module))
        self.rules = RuleList(rules, seed, self.described.paths, at)
        #: What holds copies of present values.
        self.kept: list[Any] = []
        direct = [value.data_ptr() if isinstance(value, torch.Tensor) and value.numel() and is_direct(value) else None
                  for value in self.described.values]
        self.direct = direct
        self._sizes = [_present(value).numel() for value in self.described.values]
        self.plan = self._planned(direct)

    def _planned(self, direct: list[int | None]) -> Plan:
        try:
            plan = Plan(self.tree, self.rules, direct, self.described)
            if not plan.reads or all(known or not value for known, value in zip(direct, self._sizes)):
                return plan
        except Error as error:
            if error.code not in ("R0227", "R0120") or all(direct):
                raise
        # Some values are not where the library can read them: it gets copies.
        present = list(direct)
        for index, value in enumerate(self.described.values):
            if present[index] is None:
                tensor = value.whole() if isinstance(value, Shard) else _present(value)
                if tensor.numel() and tensor.device.type != "meta" and tensor.dtype in _DTYPES:
                    self.kept.append(tensor.to("cpu").contiguous())
                    present[index] = self.kept[-1].data_ptr()
        return Plan(self.tree, self.rules, present, (self.described, self.kept))


def plan(module: nn.Module, rules: Rules, *, seed: int = 0, at: Sequence[str] = (),
         session: Session | None = None) -> Plan:
    """The plan for a module; nothing is written."""
    return Prepared(module, rules, seed, at, session).plan


def apply_(module: nn.Module, rules: Rules, *, seed: int = 0, at: Sequence[str] = (), threads: int | None = None,
           session: Session | None = None) -> Plan:
    """Fills a module's tensors in place; see :func:`reinit.apply_`."""
    prepared = Prepared(module, rules, seed, at, session)
    plan = prepared.plan
    names, values = prepared.tree.names, prepared.described.values
    filled = [plan.filled(index) for index in range(len(values))]
    direct: list[int | None] = []
    others: list[int] = []
    for index, value in enumerate(values):
        if plan.function(index) is not None and isinstance(value, Shard):
            raise usage("a function sees whole tensors, and this one is distributed", f"'{names[index]}'",
                        "an initializer", "a function")
        if not filled[index] or plan.function(index) is not None:
            direct.append(None)
        elif prepared.direct[index] is not None:
            direct.append(prepared.direct[index])
        else:
            direct.append(None)
            others.append(index)
            _require_memory(names[index], value)
    shards = [index for index in others if isinstance(values[index], Shard)]
    others = [index for index in others if index not in shards]
    staged = list(_whole(plan, others, values))
    plan.fill(direct, threads)
    with torch.no_grad():
        for index in shards:
            values[index].fill(plan, index)
        for index, buffer in staged:
            _store(values[index], buffer)
        for index in others:
            if not any(index == known for known, _ in staged):
                _by_ranges(plan, index, values[index])
        _changed(value for value, address in zip(values, direct) if address is not None)
        _functions(plan, names, values)
    return plan


def _require_memory(name: str, value: Any) -> None:
    value = value.local if isinstance(value, Shard) else value
    if isinstance(value, torch.Tensor) and value.numel() and value.device.type == "meta":
        raise usage("a tensor has no memory", f"'{name}'", "a tensor on a device", "one on the device 'meta'",
                    ["module.to_empty(device='cpu') gives it memory"])


def _is_by_ranges(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_contiguous() and value.layout is torch.strided


def _whole(plan: Plan, others: list[int], values: Sequence[Any]) -> Iterator[tuple[int, torch.Tensor]]:
    """Copies of what cannot be written by ranges, filled."""
    for index in others:
        value = values[index]
        if _is_by_ranges(value) and value.numel() > 0 and plan.filled(index) == value.numel():
            continue
        tensor = value.value if isinstance(value, Computed) else value.detach()
        buffer = tensor.to("cpu").contiguous().clone()
        if buffer.numel():
            plan.write(index, 0, buffer.numel(), buffer.data_ptr())
        yield index, buffer


def _store(value: Any, buffer: torch.Tensor) -> None:
    if isinstance(value, Computed):
        value.set(buffer.to(value.value.device))
    else:
        value.copy_(buffer)


def _by_ranges(plan: Plan, index: int, value: torch.Tensor) -> None:
    """Fills memory of another device, a piece at a time."""
    flat = value.detach().view(-1)
    buffer = torch.empty(min(CHUNK, flat.numel()), dtype=flat.dtype)
    for first in range(0, flat.numel(), CHUNK):
        count = min(CHUNK, flat.numel() - first)
        plan.write(index, first, count, buffer.data_ptr())
        flat[first:first + count].copy_(buffer[:count])


def _changed(values: Iterator[Any]) -> None:
    """Tells autograd what was written without its knowledge."""
    tensors = [value for value in values if isinstance(value, torch.Tensor)]
    increment = getattr(torch.autograd.graph, "increment_version", None)
    if increment is None or not tensors:
        return
    try:
        increment(tensors)
    except TypeError:
        for tensor in tensors:
            increment(tensor)


def _functions(plan: Plan, names: Sequence[str], values: Sequence[Any]) -> None:
    if not plan.has_functions:
        return
    done: set[int] = set()
    for index, value in enumerate(values):
        function = plan.function(index)
        if function is None or id(value) in done:
            continue
        done.add(id(value))
        tensor = value.value if isinstance(value, Computed) else value.detach()
        copy = tensor.to("cpu").contiguous()
        if copy.dtype is torch.bfloat16:
            # NumPy has no such type: the function sees 32-bit floats.
            copy = copy.float()
        view = copy.numpy()
        if not isinstance(value, Computed) and view.ctypes.data == value.data_ptr():
            run_function(function, view, names[index], plan.seed)
            _changed(iter([value]))
            continue
        view = np.array(view, copy=True)
        run_function(function, view, names[index], plan.seed)
        _store(value, torch.from_numpy(view).to(tensor.dtype))


def apply_state_dict_(state: Mapping[str, torch.Tensor], rules: Rules, *, seed: int, types: Mapping[str, str] | None,
                      at: Sequence[str], threads: int | None, session: Session | None) -> Plan:
    """Fills the tensors of a state dict in place; layers are those that are told."""
    holder = _StateDict(state, types, session)
    plan = Plan(holder.tree, RuleList(rules, seed, at=at),
                [value.data_ptr() if value.numel() and is_direct(value) else None for value in holder.values], holder)
    direct: list[int | None] = []
    others = []
    for index, value in enumerate(holder.values):
        wanted = plan.filled(index) > 0 and plan.function(index) is None
        direct.append(value.data_ptr() if wanted and value.numel() and is_direct(value) else None)
        if wanted and direct[-1] is None:
            _require_memory(holder.tree.names[index], value)
            others.append(index)
    staged = list(_whole(plan, others, holder.values))
    plan.fill(direct, threads)
    with torch.no_grad():
        for index, buffer in staged:
            _store(holder.values[index], buffer)
        for index in others:
            if not any(index == known for known, _ in staged):
                _by_ranges(plan, index, holder.values[index])
        _changed(value for value, address in zip(holder.values, direct) if address is not None)
        _functions(plan, holder.tree.names, holder.values)
    return plan


class _StateDict:
    def __init__(self, state: Mapping[str, torch.Tensor], types: Mapping[str, str] | None,
                 session: Session | None) -> None:
        tensors, groups = [], {}
        self.values: list[torch.Tensor] = []
        for name, value in state.items():
            if not isinstance(value, torch.Tensor):
                continue
            tensors.append({"name": name, "shape": list(value.shape), "dtype": _DTYPES.get(value.dtype, "opaque")})
            self.values.append(value.detach())
            if value.numel() and value.device.type != "meta":
                groups.setdefault((value.device, value.data_ptr(), value.shape, value.stride()), []).append(name)
        layers = [{"path": path, "type": kind} for path, kind in (types or {}).items()]
        self.tree = Tree(tensors, layers, [names for names in groups.values() if len(names) > 1], session=session)


def fill_(tensor: torch.Tensor, tree: Tree, rules: RuleList) -> None:
    """Fills one tensor by the rule of a tree of one."""
    direct = tensor.data_ptr() if tensor.numel() and is_direct(tensor) else None
    plan = Plan(tree, rules, [direct], tensor)
    _require_memory(tree.names[0], tensor)
    with torch.no_grad():
        if direct is not None:
            plan.fill([direct])
            _changed(iter([tensor]))
        elif tensor.numel():
            for index, buffer in _whole(plan, [0], [tensor]):
                tensor.copy_(buffer)
                return
            _by_ranges(plan, 0, tensor)


def dtype_name(tensor: torch.Tensor) -> str:
    """What the library calls the type of a tensor's elements."""
    return _DTYPES.get(tensor.dtype, "opaque")


