"""Plugins, and what can be named."""
from __future__ import annotations

import ctypes
import json
import os
from typing import Any, Sequence

from ._library import Handle, handle_of, text_of


class Session:
    """Plugins from files, whose layers and initializers can be named.

    Plugins have all rights of the process: load what you trust.
    """

    def __init__(self, plugins: Sequence[str | os.PathLike[str]]) -> None:
        files = [os.fsencode(file) for file in plugins]
        array = (ctypes.c_char_p * max(1, len(files)))(*files)
        self._handle = Handle(handle_of("reinit_session_open", array, len(files)), "reinit_session_free")

    @property
    def value(self) -> int:
        """The library's handle."""
        return self._handle.value

    def list(self, what: str) -> list[dict[str, str]]:
        """What can be named: of ``initializers``, ``presets``, ``layers``, ``recipes`` or ``plugins``."""
        return names(what, self.value)


def names(what: str, session: Any = None) -> list[dict[str, str]]:
    """What can be named without plugins: of ``initializers``, ``presets``, ``layers`` or ``recipes``."""
    text = text_of("reinit_session_list", session, what.encode("utf-8", "surrogateescape"))
    return json.loads(text)["items"]  # type: ignore[no-any-return]
