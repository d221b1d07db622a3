"""Plans: who gets what, before anything is written."""
from __future__ import annotations

import ctypes
import html
import json
from typing import Any, Sequence

from ._errors import usage
from ._library import Handle, call, handle_of, library, pointers, text_of
from ._rules import Function, RuleList
from ._tree import Tree


class Plan:
    """Rules held against a tree: a table, as text in a terminal and as HTML in a notebook.

    ``rules`` says for each rule what it came to, ``tensors`` for each tensor which rule fills it, by which method, with which
    numbers and fans; both as ``reinit apply --dry-run --format json`` has them.
    """

    def __init__(self, tree: Tree, rules: RuleList, present: Sequence[int | None] = (), keep: object = None) -> None:
        self.tree = tree
        #: What has the present values, as long as the plan may read them.
        self._keep = keep
        self._functions = rules.functions
        array = pointers(present) if present else None
        text = rules.json
        self.handle = Handle(
            handle_of("reinit_plan_make", tree.handle.value, text, len(text), array, len(present)), "reinit_plan_free")
        self._told: dict[str, Any] | None = None

    @property
    def json(self) -> dict[str, Any]:
        """All of it, `reinit.apply/1`."""
        if self._told is None:
            self._told = json.loads(text_of("reinit_plan_json", self.handle.value))
        return self._told

    @property
    def rules(self) -> list[dict[str, Any]]:
        """What each rule came to: ``rule``, ``tensors``, ``parameters``."""
        return self.json["rules"]  # type: ignore[no-any-return]

    @property
    def tensors(self) -> list[dict[str, Any]]:
        """What becomes of each tensor: ``path``, ``shape``, ``dtype``, ``rule``, ``changed``, ``method``, ``numbers``, ``fanIn``, …"""
        return self.json["tensors"]  # type: ignore[no-any-return]

    @property
    def seed(self) -> int:
        """The seed of all values."""
        return int(self.json["seed"])

    @property
    def warnings(self) -> list[str]:
        """Things worth saying that are no errors."""
        return self.json["notes"]  # type: ignore[no-any-return]

    def __getitem__(self, name: str) -> dict[str, Any]:
        for tensor in self.tensors:
            if tensor["path"] == name:
                return tensor
        raise KeyError(name)

    def filled(self, index: int) -> int:
        """How many elements of a tensor are filled."""
        return library().reinit_plan_filled(self.handle.value, index)  # type: ignore[no-any-return]

    def function(self, index: int) -> Function | None:
        """The function that fills a tensor; None for most."""
        if not any(self._functions):
            return None
        item = self.json["winners"][index]
        return None if item is None else self._functions[item]

    @property
    def has_functions(self) -> bool:
        """Whether some rule has a function."""
        return any(self._functions)

    @property
    def reads(self) -> bool:
        """Whether new values are made of old ones."""
        return bool(library().reinit_plan_reads(self.handle.value))

    def write(self, index: int, first: int, count: int, address: int) -> None:
        """Writes elements of a tensor to memory."""
        call("reinit_plan_values", self.handle.value, index, first, count, address)

    def fill(self, addresses: Sequence[int | None], threads: int | None = None) -> None:
        """Fills tensors whose memory is known, all at once."""
        if threads is not None and not (isinstance(threads, int) and 1 <= threads <= 1024):
            raise usage("work cannot be shared among so many threads", "threads", "1 to 1024", repr(threads))
        call("reinit_fill", self.handle.value, pointers(addresses), len(addresses), threads or 0)

    def receipt(self, addresses: Sequence[int | None] = ()) -> str:
        """The text for the metadata ``reinit.receipt`` of a safetensors file."""
        array = pointers(addresses) if addresses else None
        return text_of("reinit_plan_receipt", self.handle.value, array, len(addresses))

    # ---- how it looks ----

    _HEAD = ("tensor", "layer", "shape", "dtype", "fan in", "fan out", "rule", "values")

    def _rows(self) -> list[tuple[str, ...]]:
        layers = {tensor["path"]: tensor.get("layer") or "" for tensor in self.tree.tensors}
        rows = []
        for tensor in self.tensors:
            numbers = ", ".join(f"{name}: {value:.6g}" for name, value in tensor.get("numbers", {}).items()
                                if isinstance(value, (int, float)))
            values = f"{tensor['method']}({numbers})" if tensor["changed"] else "as it is"
            if "parts" in tensor:
                values = "; ".join(f"{part['part'] or 'rest'}: {part['method']}" for part in tensor["parts"])
            rows.append((tensor["path"], layers.get(tensor["path"], ""), "×".join(map(str, tensor["shape"])) or "scalar",
                         tensor["dtype"], str(tensor.get("fanIn", "")), str(tensor.get("fanOut", "")),
                         tensor["rule"] or "no rule", values))
        return rows

    def _summary(self) -> str:
        changed = [tensor for tensor in self.tensors if tensor["changed"]]
        parameters = sum(rule["parameters"] for rule in self.rules)
        return (f"{len(changed)} of {len(self.tensors)} tensors are filled, {parameters:,} parameters reached by rules; "
                f"seed {self.seed}")

    def __str__(self) -> str:
        rows = [self._HEAD, *self._rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self._HEAD))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        lines.insert(1, "  ".join("─" * width for width in widths))
        return "\n".join([*lines, "", self._summary(), *self.warnings])

    def __repr__(self) -> str:
        return f"<reinit.Plan: {self._summary()}>"

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag} style='text-align:left'>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join(row(cells, "td") for cells in self._rows())
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in [self._summary(), *self.warnings])
        return f"<table><thead>{row(self._HEAD, 'th')}</thead><tbody>{body}</tbody></table>{notes}"


def address_of(buffer: Any) -> int:
    """The address of a ctypes object's memory."""
    return ctypes.addressof(buffer)
