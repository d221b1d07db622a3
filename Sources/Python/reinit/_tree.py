"""Trees as the library takes them: tensors, layers, ties."""
from __future__ import annotations

import json
from typing import Any, Mapping, Sequence

from ._library import Handle, handle_of, text_of
from ._session import Session


class Tree:
    """A described model, opened: its tensors in order, each with its layer, role and fans."""

    def __init__(self, tensors: Sequence[Mapping[str, Any]], layers: Sequence[Mapping[str, Any]] = (),
                 ties: Sequence[Sequence[str]] = (), config: Mapping[str, Any] | None = None,
                 session: Session | None = None) -> None:
        value = {"schema": "reinit.tree/1", "tensors": list(tensors), "layers": list(layers), "ties": list(ties)}
        if config is not None:
            value["config"] = dict(config)
        text = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogateescape")
        self.session = session
        self.names: list[str] = [tensor["name"] for tensor in tensors]
        self.index = {name: index for index, name in enumerate(self.names)}
        self.handle = Handle(handle_of("reinit_tree_open", session.value if session else None, text, len(text)),
                             "reinit_tree_free")

    @property
    def tensors(self) -> list[dict[str, Any]]:
        """What was understood: ``path``, ``shape``, ``dtype``, ``role``, ``layer``, ``fanIn``, ``fanOut``, ``tied``."""
        return json.loads(text_of("reinit_tree_json", self.handle.value))["tensors"]  # type: ignore[no-any-return]
